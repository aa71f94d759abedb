//! The data types of COSEM and how they lie in bytes (Blue Book, ed. 13, table 2; lengths as in BER).

use super::compact::description;
use super::loose;

/// Structures within structures that are followed.
pub(super) const DEEPEST: usize = 16;
/// Items in one notification that are followed.
pub(super) const MOST_ITEMS: usize = 4096;

/// A date and time in data of its own tag.
pub(super) const DATE_TIME: u8 = 0x19;
/// A compact array: values without tags behind one description of their type.
pub(super) const COMPACT: u8 = 0x13;
/// Bytes of a date and time.
pub(super) const DATE_TIME_LENGTH: usize = 12;

/// A piece of data: where it lies and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// Its type.
    pub tag: u8,
    /// How many structures it lies in.
    pub depth: u8,
    /// Elements of an array or structure; bits of a bit string.
    pub count: u16,
    /// Index of its tag among the bytes.
    pub start: usize,
    /// Index of its first byte after tag and length.
    pub content: usize,
    /// Index after its last byte; of an array or structure, after its count.
    pub end: usize,
    /// Index of the item that follows it on the same or a higher level.
    pub next: usize,
}

impl Item {
    /// Whether it holds other items.
    pub(super) const fn is_group(&self) -> bool {
        matches!(self.tag, 0x01 | 0x02)
    }

    /// Its bytes after tag and length.
    pub(super) fn bytes<'a>(&self, all: &'a [u8]) -> &'a [u8] {
        all.get(self.content..self.end).unwrap_or_default()
    }
}

/// What stops the reading of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Halt {
    /// Index of the byte.
    pub at: usize,
    /// What is the matter.
    pub what: &'static str,
    /// Whether more bytes could make it right.
    pub is_short: bool,
}

impl Halt {
    /// Nothing can follow that makes it right.
    pub(super) const fn wrong(at: usize, what: &'static str) -> Self {
        Self { at, what, is_short: false }
    }

    /// More bytes could make it right.
    pub(super) const fn short(at: usize, what: &'static str) -> Self {
        Self { at, what, is_short: true }
    }
}

/// Goes through one piece of data at `start`, hands on each of its items, and gives the index after it.
///
/// # Errors
/// [`Halt`] where it is no data, or not all of it.
pub(super) fn walk(bytes: &[u8], start: usize, found: &mut dyn FnMut(Item)) -> Result<usize, Halt> {
    // How many elements are still to come on each level.
    let mut open: [u16; DEEPEST] = [0; DEEPEST];
    let mut depth = 0usize;
    let mut end = start;
    for _ in 0..MOST_ITEMS {
        let item = read_item(bytes, end, depth as u8)?;
        end = item.end;
        found(item);
        if item.is_group() && item.count > 0 {
            let level = open.get_mut(depth).ok_or(Halt::wrong(item.start, "nested too deep"))?;
            *level = item.count;
            depth += 1;
            continue;
        }
        loop {
            let Some(level) = depth.checked_sub(1).and_then(|upper| open.get_mut(upper)) else {
                return Ok(end);
            };
            *level = level.saturating_sub(1);
            if *level > 0 {
                break;
            }
            depth -= 1;
        }
    }
    Err(Halt::wrong(end, "more than 4096 elements"))
}

/// Data as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tree {
    /// All items, each group before its elements.
    pub items: Vec<Item>,
    /// Index after the last byte read.
    pub end: usize,
    /// Why it was not read to its end, if so.
    pub halt: Option<Halt>,
}

impl Tree {
    /// Reads one piece of data at `start`.
    pub(super) fn read(bytes: &[u8], start: usize) -> Self {
        let mut tree = Self { items: Vec::with_capacity(64), end: start, halt: None };
        let read = walk(bytes, start, &mut |item| {
            tree.end = item.end;
            tree.items.push(item);
        });
        tree.halt = read.err();
        if tree.halt.is_some() || tree.end != bytes.len() {
            tree = Self::without_tags(bytes, start).unwrap_or(tree);
        }
        tree.link();
        tree
    }

    /// The indices of the elements of a group.
    pub(super) fn elements(&self, group: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.items.get(group).filter(|item| item.is_group()).map_or(0, |item| item.next);
        let mut at = group + 1;
        std::iter::from_fn(move || {
            let item = self.items.get(at).filter(|_| at < end)?;
            let here = at;
            at = item.next;
            Some(here)
        })
    }

    /// A list whose elements have no tags, if all the bytes are one.
    fn without_tags(bytes: &[u8], start: usize) -> Option<Self> {
        let mut items = Vec::new();
        let end = loose::walk(bytes, start, &mut |item| items.push(item)).ok()?;
        (end == bytes.len()).then_some(Self { items, end, halt: None })
    }

    /// Notes for every item where the next one of its level is.
    fn link(&mut self) {
        let count = self.items.len();
        // The nearest item behind that lies on each level.
        let mut nearest = [count; DEEPEST + 1];
        for (index, item) in self.items.iter_mut().enumerate().rev() {
            let depth = usize::from(item.depth).min(DEEPEST);
            item.next = nearest.iter().take(depth + 1).copied().min().unwrap_or(count);
            if let Some(level) = nearest.get_mut(depth) {
                *level = index;
            }
        }
    }
}

/// Reads the one piece of data at `start`; of a group only its head.
///
/// # Errors
/// [`Halt`].
pub(super) fn read_item(bytes: &[u8], start: usize, depth: u8) -> Result<Item, Halt> {
    let tag = *bytes.get(start).ok_or(Halt::short(start, "the data ends before an element"))?;
    let mut item = Item { tag, depth, count: 0, start, content: start + 1, end: 0, next: 0 };
    let length = match form(tag).ok_or(Halt::wrong(start, "no type of COSEM data has this tag"))? {
        Form::Fixed(length) => length,
        Form::Group => {
            let (count, after) = length_at(bytes, item.content)?;
            let left = bytes.len().saturating_sub(after);
            // Every element has at least its tag.
            let too_many = Halt::short(item.content, "more elements announced than there are bytes");
            item.count = u16::try_from(count).ok().filter(|_| count <= left).ok_or(too_many)?;
            item.content = after;
            0
        }
        Form::Counted => {
            let (length, after) = length_at(bytes, item.content)?;
            item.content = after;
            length
        }
        Form::Bits => {
            let (bits, after) = length_at(bytes, item.content)?;
            item.count = u16::try_from(bits).map_err(|_| Halt::wrong(item.content, "too many bits"))?;
            item.content = after;
            bits.div_ceil(8)
        }
        Form::Compact => {
            let described = description(bytes, item.content)?;
            let (length, after) = length_at(bytes, described)?;
            (after - item.content).saturating_add(length)
        }
    };
    item.end = item.content.saturating_add(length);
    if item.end > bytes.len() { Err(Halt::short(start, "an element ends beyond the data")) } else { Ok(item) }
}

/// How an element's bytes are counted.
enum Form {
    Fixed(usize),
    /// Count of elements, then the elements.
    Group,
    /// Count of bytes, then the bytes.
    Counted,
    /// Count of bits, then the bytes they fill.
    Bits,
    /// A description of the type, a count of bytes, then the bytes.
    Compact,
}

#[rustfmt::skip]
const fn form(tag: u8) -> Option<Form> {
    Some(match tag {
        0x00 | 0xFF => Form::Fixed(0),
        0x01 | 0x02 => Form::Group,
        0x04 => Form::Bits,
        0x09 | 0x0A | 0x0C => Form::Counted,
        COMPACT => Form::Compact,
        0x03 | 0x0D | 0x0F | 0x11 | 0x16 | 0x1C | 0x1F => Form::Fixed(1),
        0x10 | 0x12 | 0x1D | 0x20 => Form::Fixed(2),
        0x05 | 0x06 | 0x17 | 0x1B | 0x1E | 0x21 => Form::Fixed(4),
        0x14 | 0x15 | 0x18 => Form::Fixed(8),
        0x1A => Form::Fixed(5),
        DATE_TIME => Form::Fixed(DATE_TIME_LENGTH),
        _ => return None,
    })
}

/// What a type is called.
#[rustfmt::skip]
pub(super) const fn type_name(tag: u8) -> &'static str {
    match tag {
        0x00 => "null-data", 0x01 => "array", 0x02 => "structure", 0x03 => "boolean", 0x04 => "bit-string",
        0x05 => "double-long", 0x06 => "double-long-unsigned", 0x09 => "octet-string",
        0x0A => "visible-string", 0x0C => "utf8-string", 0x0D => "bcd", 0x0F => "integer", 0x10 => "long",
        0x11 => "unsigned", 0x12 => "long-unsigned", 0x13 => "compact-array", 0x14 => "long64",
        0x15 => "long64-unsigned", 0x16 => "enum", 0x17 => "float32", 0x18 => "float64", 0x19 => "date-time",
        0x1A => "date", 0x1B => "time", 0x1C => "delta-integer", 0x1D => "delta-long",
        0x1E => "delta-double-long", 0x1F => "delta-unsigned", 0x20 => "delta-long-unsigned",
        0x21 => "delta-double-long-unsigned", 0xFF => "don't-care",
        _ => "no type",
    }
}

/// A value without its tag, which is known from elsewhere.
pub(super) fn untagged(bytes: &[u8], tag: u8, at: usize, depth: u8) -> Option<Item> {
    let (content, length) = match form(tag)? {
        Form::Fixed(length) => (at, length),
        Form::Counted => length_at(bytes, at).ok().map(|(length, after)| (after, length))?,
        Form::Bits => length_at(bytes, at).ok().map(|(bits, after)| (after, bits.div_ceil(8)))?,
        Form::Group | Form::Compact => return None,
    };
    let end = content.checked_add(length).filter(|end| *end <= bytes.len())?;
    Some(Item { tag, depth, count: 0, start: at, content, end, next: 0 })
}

/// A length as in BER and the index after it.
///
/// # Errors
/// [`Halt`] for the indefinite form, more than four bytes, or an end within it.
pub(super) fn length_at(bytes: &[u8], at: usize) -> Result<(usize, usize), Halt> {
    let cut = Halt::short(at, "a length is cut short");
    match *bytes.get(at).ok_or(cut)? {
        short @ 0..=0x7F => Ok((short.into(), at + 1)),
        long @ 0x81..=0x84 => {
            let after = at + 1 + usize::from(long & 0x7F);
            let digits = bytes.get(at + 1..after).ok_or(cut)?;
            let length = digits.iter().fold(0u64, |length, digit| length << 8 | u64::from(*digit));
            Ok((usize::try_from(length).unwrap_or(usize::MAX), after))
        }
        _ => Err(Halt::wrong(at, "not a length")),
    }
}

/// The whole number in an item, if it is one.
pub(super) fn integer(item: &Item, bytes: &[u8]) -> Option<i128> {
    let content = item.bytes(bytes);
    let unsigned = || content.iter().fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    let unused = 128 - 8 * content.len().clamp(1, 16) as u32;
    match item.tag {
        0x06 | 0x11 | 0x12 | 0x15 | 0x16 | 0x1F | 0x20 | 0x21 => i128::try_from(unsigned()).ok(),
        0x05 | 0x0F | 0x10 | 0x14 | 0x1C | 0x1D | 0x1E => {
            Some((unsigned() << unused).cast_signed() >> unused)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
