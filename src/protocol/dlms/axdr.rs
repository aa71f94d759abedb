//! The data types of COSEM and how they lie in bytes (Blue Book, ed. 13, table 2; lengths as in BER).

/// Structures within structures that are followed.
const DEEPEST: usize = 16;
/// Items in one notification that are followed.
const MOST_ITEMS: usize = 4096;

/// A date and time in data of its own tag.
pub const DATE_TIME: u8 = 0x19;
/// A compact array: values without tags behind one description of their type.
pub const COMPACT: u8 = 0x13;
/// Bytes of a date and time.
pub const DATE_TIME_LENGTH: usize = 12;

/// A piece of data: where it lies and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
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
    pub const fn is_group(&self) -> bool {
        matches!(self.tag, 0x01 | 0x02)
    }

    /// Its bytes after tag and length.
    pub fn bytes<'a>(&self, all: &'a [u8]) -> &'a [u8] {
        all.get(self.content..self.end).unwrap_or_default()
    }
}

/// What stops the reading of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Halt {
    /// Index of the byte.
    pub at: usize,
    /// What is the matter.
    pub what: &'static str,
    /// Whether more bytes could make it right.
    pub is_short: bool,
}

impl Halt {
    const fn wrong(at: usize, what: &'static str) -> Self {
        Self { at, what, is_short: false }
    }

    const fn short(at: usize, what: &'static str) -> Self {
        Self { at, what, is_short: true }
    }
}

/// Data as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// All items, each group before its elements.
    pub items: Vec<Item>,
    /// Index after the last byte read.
    pub end: usize,
    /// Why it was not read to its end, if so.
    pub halt: Option<Halt>,
}

impl Tree {
    /// Reads one piece of data at `start`.
    pub fn read(bytes: &[u8], start: usize) -> Self {
        let mut tree = Self { items: Vec::with_capacity(64), end: start, halt: None };
        tree.halt = tree.fill(bytes).err();
        let is_whole = tree.halt.is_none() && tree.end == bytes.len();
        if let Some(items) = Some(()).filter(|()| !is_whole).and_then(|()| loose_list(bytes, start)) {
            tree = Self { items, end: bytes.len(), halt: None };
        }
        tree.link();
        tree
    }

    /// The indices of the elements of a group.
    pub fn elements(&self, group: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.items.get(group).filter(|item| item.is_group()).map_or(0, |item| item.next);
        let mut at = group + 1;
        std::iter::from_fn(move || {
            let item = self.items.get(at).filter(|_| at < end)?;
            let here = at;
            at = item.next;
            Some(here)
        })
    }

    fn fill(&mut self, bytes: &[u8]) -> Result<(), Halt> {
        // How many elements are still to come on each level.
        let mut open: [u16; DEEPEST] = [0; DEEPEST];
        let mut depth = 0usize;
        loop {
            if self.items.len() >= MOST_ITEMS {
                return Err(Halt::wrong(self.end, "more than 4096 elements"));
            }
            let item = read_item(bytes, self.end, depth as u8)?;
            self.end = item.end;
            self.items.push(item);
            if item.is_group() && item.count > 0 {
                let level = open.get_mut(depth).ok_or(Halt::wrong(item.start, "nested too deep"))?;
                *level = item.count;
                depth += 1;
                continue;
            }
            loop {
                let Some(level) = depth.checked_sub(1).and_then(|upper| open.get_mut(upper)) else {
                    return Ok(());
                };
                *level = level.saturating_sub(1);
                if *level > 0 {
                    break;
                }
                depth -= 1;
            }
        }
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

/// A list whose elements are written without tags, as meters of EG.D (Czechia; ZPA, Sagemcom XT211) do
/// (`esphome-libs/dlms_parser`, dumps): a structure of structures `02 02`, class, OBIS code and attribute as they
/// are, then the value with its tag. Taken for one only where it fits to the last byte.
fn loose_list(bytes: &[u8], start: usize) -> Option<Vec<Item>> {
    let &[0x02, count, ..] = bytes.get(start..)? else { return None };
    let outer =
        Item { tag: 0x02, depth: 0, count: count.into(), start, content: start + 2, end: start + 2, next: 0 };
    let mut items = vec![outer];
    let mut at = outer.end;
    for _ in 0..count {
        at = loose_element(bytes, at, &mut items)?;
    }
    (at == bytes.len() && count > 0).then_some(items)
}

fn loose_element(bytes: &[u8], at: usize, items: &mut Vec<Item>) -> Option<usize> {
    let &[0x02, 0x02, 0x00, _, a, _, _, _, _, 0xFF, attribute, ..] = bytes.get(at..)? else { return None };
    if a > 8 || !(1..=15).contains(&attribute) {
        return None;
    }
    let group = Item { tag: 0x02, depth: 1, count: 2, start: at, content: at + 2, end: at + 2, next: 0 };
    items.push(group);
    items.push(untagged(bytes, 0x12, at + 2, 2)?);
    // An OBIS code has six bytes and here no length before them.
    items.push(Item { tag: 0x09, depth: 2, count: 0, start: at + 4, content: at + 4, end: at + 10, next: 0 });
    items.push(untagged(bytes, 0x0F, at + 10, 2)?);
    let value = read_item(bytes, at + 11, 2).ok().filter(|value| !value.is_group())?;
    items.push(value);
    Some(value.end)
}

fn read_item(bytes: &[u8], start: usize, depth: u8) -> Result<Item, Halt> {
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
            let described = description(bytes, item.content, 0)?;
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
pub const fn type_name(tag: u8) -> &'static str {
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

/// The elements of a compact array, one after the other, without tags: those of structures in it as if they stood
/// alone. `None` where the description does not fit the contents.
pub fn compact(item: &Item, bytes: &[u8]) -> Option<Compact> {
    let described = description(bytes, item.content, 0).ok()?;
    let mut kinds = Vec::new();
    leaves(bytes, item.content, &mut kinds).ok()?;
    let (length, contents) = length_at(bytes, described).ok()?;
    let end = contents.checked_add(length).filter(|end| *end == item.end)?;
    let mut elements = Vec::new();
    let mut at = contents;
    while at < end && !kinds.is_empty() {
        for tag in &kinds {
            let element = untagged(bytes, *tag, at, item.depth + 1)?;
            at = element.end;
            elements.push(element);
        }
        if elements.len() > MOST_ITEMS {
            return None;
        }
    }
    (at == end).then_some(Compact { described, contents, per_element: kinds.len(), elements })
}

/// A compact array taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compact {
    /// Index after the description of the type.
    pub described: usize,
    /// Index of the first byte of the contents.
    pub contents: usize,
    /// Simple values in one element.
    pub per_element: usize,
    /// The simple values.
    pub elements: Vec<Item>,
}

/// The simple types that a type description comes to, in order; gives the index after it.
fn leaves(bytes: &[u8], at: usize, kinds: &mut Vec<u8>) -> Result<usize, Halt> {
    let tag = *bytes.get(at).ok_or(Halt::short(at, "a type description is cut short"))?;
    if kinds.len() > MOST_ITEMS {
        return Err(Halt::wrong(at, "more than 4096 elements"));
    }
    match tag {
        0x01 => {
            let (high, low) = (bytes.get(at + 1), bytes.get(at + 2));
            let count = u16::from(high.copied().unwrap_or(0)) << 8 | u16::from(low.copied().unwrap_or(0));
            let mut after = at + 3;
            for _ in 0..usize::from(count).min(MOST_ITEMS) {
                after = leaves(bytes, at + 3, kinds)?;
            }
            Ok(after)
        }
        0x02 => {
            let (count, mut after) = length_at(bytes, at + 1)?;
            for _ in 0..count.min(bytes.len()) {
                after = leaves(bytes, after, kinds)?;
            }
            Ok(after)
        }
        _ => {
            kinds.push(tag);
            Ok(at + 1)
        }
    }
}

/// A value without its tag, which is known from elsewhere.
fn untagged(bytes: &[u8], tag: u8, at: usize, depth: u8) -> Option<Item> {
    let (content, length) = match form(tag)? {
        Form::Fixed(length) => (at, length),
        Form::Counted => length_at(bytes, at).ok().map(|(length, after)| (after, length))?,
        Form::Bits => length_at(bytes, at).ok().map(|(bits, after)| (after, bits.div_ceil(8)))?,
        Form::Group | Form::Compact => return None,
    };
    let end = content.checked_add(length).filter(|end| *end <= bytes.len())?;
    Some(Item { tag, depth, count: 0, start: at, content, end, next: 0 })
}

/// The end of a type description of a compact array.
fn description(bytes: &[u8], at: usize, depth: usize) -> Result<usize, Halt> {
    let tag = *bytes.get(at).ok_or(Halt::short(at, "a type description is cut short"))?;
    if depth >= DEEPEST {
        return Err(Halt::wrong(at, "nested too deep"));
    }
    match tag {
        0x01 => description(bytes, at + 3, depth + 1),
        0x02 => {
            let (count, mut after) = length_at(bytes, at + 1)?;
            if count > bytes.len() {
                return Err(Halt::short(at, "more elements announced than there are bytes"));
            }
            for _ in 0..count {
                after = description(bytes, after, depth + 1)?;
            }
            Ok(after)
        }
        _ => Ok(at + 1),
    }
}

/// A length as in BER and the index after it.
///
/// # Errors
/// [`Halt`] for the indefinite form, more than four bytes, or an end within it.
pub fn length_at(bytes: &[u8], at: usize) -> Result<(usize, usize), Halt> {
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
pub fn integer(item: &Item, bytes: &[u8]) -> Option<i128> {
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::hex;

    fn read(text: &str) -> Tree {
        Tree::read(&hex::parse(text).unwrap(), 0)
    }

    #[test]
    fn a_structure_knows_its_elements() {
        let tree = read("02 03 06 00000001 02 02 0F FF 16 23 09 02 4142");
        assert_eq!((tree.halt, tree.end), (None, 17));
        let tags = |group| tree.elements(group).map(|i| tree.items[i].tag).collect::<Vec<_>>();
        assert_eq!(tags(0), [0x06, 0x02, 0x09]);
        assert_eq!(tags(2), [0x0F, 0x16]);
        assert_eq!(tags(1), [0u8; 0]);
    }

    #[test]
    fn empty_groups_end_at_once() {
        let tree = read("02 02 01 00 11 07");
        assert_eq!((tree.halt, tree.items.len(), tree.elements(0).count()), (None, 3, 2));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        let what = |text: &str| read(text).halt.map(|halt| halt.at);
        assert_eq!(what("02 02 11 07 07"), Some(4));
        assert_eq!(what("02 05 11 07"), Some(1));
        assert_eq!(what("06 0000"), Some(0));
        assert_eq!(what("09 82 01"), Some(1));
        assert_eq!(what("09 80"), Some(1));
        assert_eq!(what(&"0201".repeat(20)), Some(32));
        assert_eq!(what(""), Some(0));
    }

    #[test]
    fn integers_of_every_width_and_sign() {
        let number = |text: &str| {
            let bytes = hex::parse(text).unwrap();
            integer(&Tree::read(&bytes, 0).items[0], &bytes)
        };
        assert_eq!(number("0F 80"), Some(-128));
        assert_eq!(number("10 8000"), Some(-32768));
        assert_eq!(number("05 FFFFFFFE"), Some(-2));
        assert_eq!(number("06 FFFFFFFF"), Some(4_294_967_295));
        assert_eq!(number("14 FFFFFFFFFFFFFFFE"), Some(-2));
        assert_eq!(number("15 8000000000000000"), Some(1 << 63));
        assert_eq!(number("03 01"), None);
    }

    #[test]
    fn a_compact_array_is_taken_apart_by_the_type_it_describes() {
        let parts = |text: &str| {
            let bytes = hex::parse(text).unwrap();
            let item = Tree::read(&bytes, 0).items[0];
            compact(&item, &bytes).map(|found| {
                let number = |item: &Item| integer(item, &bytes).unwrap();
                (found.per_element, found.elements.iter().map(number).collect::<Vec<_>>())
            })
        };
        assert_eq!(parts("13 12 04 0001 FFFF"), Some((1, vec![1, 65535])));
        assert_eq!(parts("13 02 02 12 0F 06 0001 FF 0002 03"), Some((2, vec![1, -1, 2, 3])));
        assert_eq!(parts("13 01 0002 11 04 01 02 03 04"), Some((2, vec![1, 2, 3, 4])));
        assert_eq!(parts("13 12 03 0001 FF"), None, "a value is cut");
    }

    #[test]
    fn a_list_without_tags_is_read_where_it_fits_to_the_last_byte() {
        let text = "02 02 0202 0003 0100010800FF 02 06 00003289 0202 0003 0100200700FF 02 12 0921";
        let tree = read(text);
        assert_eq!((tree.halt, tree.items.len()), (None, 11));
        let bytes = hex::parse(text).unwrap();
        assert_eq!(integer(&tree.items[5], &bytes), Some(12937));
        assert_eq!(tree.elements(1).map(|i| tree.items[i].tag).collect::<Vec<_>>(), [0x12, 0x09, 0x0F, 0x06]);
        assert!(read(&format!("{text} 00")).items.len() < 11, "one byte too many");
    }

    #[test]
    fn a_compact_array_is_passed_over_whole() {
        let tree = read("02 02 13 02 02 12 11 03 0001 05 11 09");
        assert_eq!((tree.halt, tree.items.len()), (None, 3));
    }

    proptest! {
        #[test]
        fn any_bytes_end_and_every_item_lies_within(bytes in prop::collection::vec(0u8..0x25, 0..200)) {
            let tree = Tree::read(&bytes, 0);
            prop_assert!(tree.end <= bytes.len());
            let mut at = 0;
            for (index, item) in tree.items.iter().enumerate() {
                prop_assert_eq!(item.start, at);
                prop_assert!(item.start <= item.content && item.start < item.end && item.content <= item.end && item.next > index);
                prop_assert!(item.next <= tree.items.len());
                at = item.end;
            }
        }
    }
}
