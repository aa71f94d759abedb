//! Compact arrays: the description of a type once, then values without tags (Blue Book, ed. 13, table 2; the
//! description in Green Book, ed. 8, 9.5, `TypeDescription`).

use super::axdr::{DEEPEST, Halt, Item, MOST_ITEMS, length_at, untagged};

/// A compact array taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Compact {
    /// Index after the description of the type.
    pub described: usize,
    /// Index of the first byte of the contents.
    pub contents: usize,
    /// Simple values in one element.
    pub per_element: usize,
    /// The simple values.
    pub elements: Vec<Item>,
}

/// The elements of a compact array, one after the other, without tags: those of structures in it as if they stood
/// alone. `None` where the description does not fit the contents.
pub(super) fn compact(item: &Item, bytes: &[u8]) -> Option<Compact> {
    let mut kinds = Kinds::default();
    let described = kinds.read(bytes, item.content, 0).ok()?;
    let Kinds { tags, .. } = kinds;
    let (length, contents) = length_at(bytes, described).ok()?;
    let end = contents.checked_add(length).filter(|end| *end == item.end)?;
    let mut elements = Vec::new();
    let mut at = contents;
    while at < end && !tags.is_empty() {
        for tag in &tags {
            let element = untagged(bytes, *tag, at, item.depth + 1)?;
            at = element.end;
            elements.push(element);
        }
        if elements.len() > MOST_ITEMS {
            return None;
        }
    }
    (at == end).then_some(Compact { described, contents, per_element: tags.len(), elements })
}

/// The end of the type description at `at`.
///
/// # Errors
/// [`Halt`] for one that is cut short, nested too deep or says too much.
pub(super) fn description(bytes: &[u8], at: usize) -> Result<usize, Halt> {
    Kinds::default().read(bytes, at, 0)
}

/// The simple types that a type description comes to, in order.
#[derive(Debug, Default)]
struct Kinds {
    tags: Vec<u8>,
    /// Types looked at, so that arrays of arrays of nothing come to an end.
    seen: usize,
}

impl Kinds {
    /// Adds what is described at `at`; gives the index after it.
    fn read(&mut self, bytes: &[u8], at: usize, depth: usize) -> Result<usize, Halt> {
        let short = Halt::short(at, "a type description is cut short");
        let tag = *bytes.get(at).ok_or(short)?;
        self.seen += 1;
        if depth >= DEEPEST {
            return Err(Halt::wrong(at, "nested too deep"));
        }
        if self.seen > MOST_ITEMS {
            return Err(Halt::wrong(at, "more than 4096 elements"));
        }
        match tag {
            0x01 => {
                let count = bytes.get(at + 1..).and_then(|rest| rest.first_chunk()).ok_or(short)?;
                self.repeat(bytes, at + 3, (u16::from_be_bytes(*count), depth + 1))
            }
            0x02 => {
                let (count, mut after) = length_at(bytes, at + 1)?;
                for _ in 0..count {
                    after = self.read(bytes, after, depth + 1)?;
                }
                Ok(after)
            }
            _ => {
                self.tags.push(tag);
                Ok(at + 1)
            }
        }
    }

    /// An array within the type: the same description so many times.
    fn repeat(&mut self, bytes: &[u8], at: usize, (count, depth): (u16, usize)) -> Result<usize, Halt> {
        let first = self.tags.len();
        let after = self.read(bytes, at, depth)?;
        let once = self.tags.get(first..).unwrap_or_default().to_vec();
        if once.len().saturating_mul(count.into()) > MOST_ITEMS {
            return Err(Halt::wrong(at, "more than 4096 elements"));
        }
        self.tags.truncate(first);
        self.tags.extend((0..count).flat_map(|_| once.iter().copied()));
        Ok(after)
    }
}

#[cfg(test)]
mod tests {
    use super::super::axdr::{Tree, integer};
    use super::*;
    use crate::frame::hex;

    /// How many values an element has, and all values.
    fn parts(text: &str) -> Option<(usize, Vec<i128>)> {
        let bytes = hex::parse(text).unwrap();
        let item = *Tree::read(&bytes, 0).items.first()?;
        let found = compact(&item, &bytes)?;
        let number = |item: &Item| integer(item, &bytes).unwrap();
        Some((found.per_element, found.elements.iter().map(number).collect()))
    }

    #[test]
    fn a_compact_array_is_taken_apart_by_the_type_it_describes() {
        assert_eq!(parts("13 12 04 0001 FFFF"), Some((1, vec![1, 65535])));
        assert_eq!(parts("13 02 02 12 0F 06 0001 FF 0002 03"), Some((2, vec![1, -1, 2, 3])));
        assert_eq!(parts("13 01 0002 11 04 01 02 03 04"), Some((2, vec![1, 2, 3, 4])));
        assert_eq!(parts("13 12 03 0001 FF"), None, "a value is cut");
    }

    #[test]
    fn arrays_of_arrays_of_nothing_come_to_an_end() {
        let deep = format!("13 {} 02 00 00", "01 FFFF".repeat(15));
        assert_eq!(parts(&deep), Some((0, vec![])));
        assert_eq!(parts(&format!("13 {} 11 01 07", "01 0FFF".repeat(3))), None, "too many");
        assert_eq!(parts(&format!("13 {} 11 01 07", "01 0001".repeat(20))), None, "too deep");
    }

    #[test]
    fn a_compact_array_is_passed_over_whole() {
        let tree = Tree::read(&hex::parse("02 02 13 02 02 12 11 03 0001 05 11 09").unwrap(), 0);
        assert_eq!((tree.halt, tree.items.len()), (None, 3));
    }
}
