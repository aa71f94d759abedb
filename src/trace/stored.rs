//! Entries and chunks as the index keeps them: records of fixed length that can be put into a file.

use super::{Chunk, Dir, Entry, EntryKind};
use crate::frame::{At, Direction};
use crate::protocol::{Dialect, Integrity, Relation};

/// An entry in the index. All numbers little endian.
///
/// | bytes | what |
/// | --- | --- |
/// | 0..8, 8..16 | first, last: nanoseconds |
/// | 16..24 | start among the bytes of its way; for a mark its place among the marks |
/// | 24..28 | length |
/// | 28..32, 32..36, 36..40 | answers, message, answered by: entry numbers, all ones for none |
/// | 40..42 | part |
/// | 42, 43, 44 | kind, way, family (all ones for none) |
/// | 45, 46, 47 | direction, step, dialect |
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored(pub(super) [u8; 48]);

const _: () = assert!(size_of::<Stored>() <= 64);
const _: () = assert!(super::pages::SEGMENT.is_multiple_of(size_of::<Stored>()));
const _: () = assert!(super::pages::SEGMENT.is_multiple_of(size_of::<StoredChunk>()));

/// Where "last" and "answered by" lie, which are found out later.
pub(super) const LAST: u64 = 8;
pub(super) const ANSWERED_BY: u64 = 36;

/// Instead of an entry number.
const NONE: u32 = u32::MAX;

impl Stored {
    pub(super) fn of(entry: &Entry) -> Self {
        let start = if let EntryKind::Mark(index) = entry.kind { u64::from(index) } else { entry.start };
        let relation = &entry.relation;
        let mut record = Record([0; 48], 0);
        record.put(entry.first.nanos().to_le_bytes());
        record.put(entry.last.nanos().to_le_bytes());
        record.put(start.to_le_bytes());
        record.put(entry.len.to_le_bytes());
        record.put(relation.answers.unwrap_or(NONE).to_le_bytes());
        record.put(relation.message.unwrap_or(NONE).to_le_bytes());
        record.put(NONE.to_le_bytes());
        record.put(relation.part.to_le_bytes());
        record.put([kind_code(entry.kind), way_code(entry.way), entry.family.unwrap_or(u8::MAX)]);
        record.put([direction_code(relation.direction), relation.step, relation.dialect.0]);
        Self(record.0)
    }

    pub(super) fn entry(&self) -> Entry {
        let start = self.long(16);
        let kind = kind_of(self.byte(42), start as u32);
        Entry {
            first: At::from_nanos(self.long(0)),
            last: At::from_nanos(self.long(LAST as usize)),
            start: if let EntryKind::Mark(_) = kind { 0 } else { start },
            len: self.word(24),
            kind,
            way: way_of(self.byte(43)),
            family: Some(self.byte(44)).filter(|family| *family != u8::MAX),
            relation: Relation {
                direction: direction_of(self.byte(45)),
                answers: self.number(28),
                message: self.number(32),
                part: u16::from_le_bytes(self.at(40)),
                step: self.byte(46),
                dialect: Dialect(self.byte(47)),
            },
        }
    }

    pub(super) fn answered_by(&self) -> Option<u32> {
        self.number(ANSWERED_BY as usize)
    }

    fn at<const N: usize>(&self, start: usize) -> [u8; N] {
        bytes_at(&self.0, start)
    }

    fn byte(&self, start: usize) -> u8 {
        u8::from_le_bytes(self.at(start))
    }

    fn word(&self, start: usize) -> u32 {
        u32::from_le_bytes(self.at(start))
    }

    fn long(&self, start: usize) -> u64 {
        u64::from_le_bytes(self.at(start))
    }

    fn number(&self, start: usize) -> Option<u32> {
        Some(self.word(start)).filter(|number| *number != NONE)
    }
}

/// A chunk in its index: when it came and where it begins; it ends where the next one begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoredChunk(pub(super) [u8; 16]);

impl StoredChunk {
    pub(super) fn of(at: At, start: u64) -> Self {
        let mut record = Record([0; 16], 0);
        record.put(at.nanos().to_le_bytes());
        record.put(start.to_le_bytes());
        Self(record.0)
    }

    pub(super) fn at(&self) -> At {
        At::from_nanos(u64::from_le_bytes(bytes_at(&self.0, 0)))
    }

    pub(super) fn start(&self) -> u64 {
        u64::from_le_bytes(bytes_at(&self.0, 8))
    }

    pub(super) fn chunk(&self, way: Dir, end: u64) -> Chunk {
        let len = u32::try_from(end.saturating_sub(self.start())).unwrap_or(u32::MAX);
        Chunk { way, at: self.at(), start: self.start(), len }
    }
}

/// A record being filled from its beginning.
struct Record<const LEN: usize>([u8; LEN], usize);

impl<const LEN: usize> Record<LEN> {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some(place) = self.0.get_mut(self.1..self.1 + N) {
            place.copy_from_slice(&bytes);
        }
        self.1 += N;
    }
}

fn bytes_at<const N: usize>(bytes: &[u8], start: usize) -> [u8; N] {
    bytes.get(start..start + N).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
}

const fn kind_code(kind: EntryKind) -> u8 {
    match kind {
        EntryKind::Frame(Integrity::Good) => 0,
        EntryKind::Frame(Integrity::Bad) => 1,
        EntryKind::Frame(Integrity::Unchecked) => 2,
        EntryKind::Noise => 3,
        EntryKind::Echo => 4,
        EntryKind::Mark(_) => 5,
    }
}

const fn kind_of(code: u8, mark: u32) -> EntryKind {
    match code {
        0 => EntryKind::Frame(Integrity::Good),
        1 => EntryKind::Frame(Integrity::Bad),
        2 => EntryKind::Frame(Integrity::Unchecked),
        4 => EntryKind::Echo,
        5 => EntryKind::Mark(mark),
        _ => EntryKind::Noise,
    }
}

const fn way_code(way: Dir) -> u8 {
    match way {
        Dir::Tx => 0,
        Dir::Rx => 1,
    }
}

const fn way_of(code: u8) -> Dir {
    if code == 0 { Dir::Tx } else { Dir::Rx }
}

const fn direction_code(direction: Direction) -> u8 {
    match direction {
        Direction::Unknown => 0,
        Direction::Request => 1,
        Direction::Reply => 2,
        Direction::Push => 3,
    }
}

const fn direction_of(code: u8) -> Direction {
    match code {
        1 => Direction::Request,
        2 => Direction::Reply,
        3 => Direction::Push,
        _ => Direction::Unknown,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds() -> impl Strategy<Value = EntryKind> {
        prop_oneof![
            Just(EntryKind::Frame(Integrity::Good)),
            Just(EntryKind::Frame(Integrity::Bad)),
            Just(EntryKind::Frame(Integrity::Unchecked)),
            Just(EntryKind::Noise),
            Just(EntryKind::Echo),
            any::<u32>().prop_map(EntryKind::Mark),
        ]
    }

    fn relations() -> impl Strategy<Value = Relation> {
        let direction = prop_oneof![
            Just(Direction::Unknown),
            Just(Direction::Request),
            Just(Direction::Reply),
            Just(Direction::Push)
        ];
        let numbers = proptest::option::of(0..u32::MAX);
        (direction, numbers.clone(), numbers, any::<u16>(), any::<u8>(), any::<u8>()).prop_map(
            |(direction, answers, message, part, step, dialect)| Relation {
                direction,
                answers,
                message,
                part,
                step,
                dialect: Dialect(dialect),
            },
        )
    }

    pub(in super::super) fn entries() -> impl Strategy<Value = Entry> {
        let times = (any::<u64>(), any::<u64>(), any::<u64>(), any::<u32>());
        let family = proptest::option::of(0..u8::MAX);
        (times, kinds(), any::<bool>(), family, relations()).prop_map(
            |((first, last, start, len), kind, out, family, relation)| Entry {
                first: At::from_nanos(first),
                last: At::from_nanos(last),
                start: if let EntryKind::Mark(_) = kind { 0 } else { start },
                len,
                kind,
                way: if out { Dir::Tx } else { Dir::Rx },
                family,
                relation,
            },
        )
    }

    proptest! {
        #[test]
        fn an_entry_comes_back_as_it_was_stored(entry in entries()) {
            let stored = Stored::of(&entry);
            prop_assert_eq!(stored.entry(), entry);
            prop_assert_eq!(stored.answered_by(), None);
        }
    }
}
