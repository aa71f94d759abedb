//! The trace in memory.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::{Claim, Entry, EntryKind, Mark, Way};
use crate::frame::{At, Dissection};
use crate::protocol::{Context, Relation, registry};

/// The recorded bytes of one way and how many of them entries cover.
#[derive(Debug, Default)]
struct Stream {
    bytes: Vec<u8>,
    claimed: u64,
}

/// Everything that went over a link, in order.
#[derive(Debug)]
pub struct Trace {
    origin: Timestamp,
    sent: Stream,
    received: Stream,
    entries: Vec<Entry>,
    marks: Vec<Mark>,
}

impl Trace {
    /// An empty trace whose [`At::ZERO`] is `origin`.
    #[must_use]
    pub fn new(origin: Timestamp) -> Self {
        Self {
            origin,
            sent: Stream::default(),
            received: Stream::default(),
            entries: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Records bytes before anything looks at them.
    pub fn record(&mut self, way: Way, bytes: &[u8], _at: At) {
        self.stream_mut(way).bytes.extend_from_slice(bytes);
    }

    /// Adds an entry over the next unclaimed bytes of a way and gives its number.
    pub fn claim(&mut self, claim: Claim) -> u32 {
        let stream = self.stream_mut(claim.way);
        let start = stream.claimed;
        stream.claimed += u64::from(claim.len);
        self.push(Entry {
            first: claim.first,
            last: claim.last,
            start,
            len: claim.len,
            kind: claim.kind,
            way: claim.way,
            family: claim.family,
            relation: claim.relation,
        })
    }

    /// How many recorded bytes of a way no entry covers yet.
    #[must_use]
    pub fn pending(&self, way: Way) -> u64 {
        let stream = self.stream(way);
        (stream.bytes.len() as u64).saturating_sub(stream.claimed)
    }

    /// The last byte of something we sent has left the wire: its [`Entry::last`] is known now.
    pub fn left_the_wire(&mut self, number: u32, at: At) {
        if let Some(entry) = self.entries.get_mut(number as usize).filter(|entry| entry.way == Way::Out) {
            entry.last = at.max(entry.first);
        }
    }

    /// Adds something that happened to the link.
    pub fn mark(&mut self, mark: Mark, at: At) -> u32 {
        let index = u32::try_from(self.marks.len()).unwrap_or(u32::MAX);
        self.marks.push(mark);
        self.push(Entry {
            first: at,
            last: at,
            start: 0,
            len: 0,
            kind: EntryKind::Mark(index),
            way: Way::In,
            family: None,
            relation: Relation::default(),
        })
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// An entry by its number.
    #[must_use]
    pub fn entry(&self, number: u32) -> Option<Entry> {
        self.entries.get(number as usize).copied()
    }

    /// What a mark entry says.
    #[must_use]
    pub fn mark_of(&self, entry: &Entry) -> Option<&Mark> {
        match entry.kind {
            EntryKind::Mark(index) => self.marks.get(index as usize),
            _ => None,
        }
    }

    /// The bytes of an entry.
    #[must_use]
    pub fn bytes_of(&self, entry: &Entry) -> Cow<'_, [u8]> {
        let start = usize::try_from(entry.start).unwrap_or(usize::MAX);
        let end = start.saturating_add(entry.len as usize);
        self.stream(entry.way).bytes.get(start..end).unwrap_or_default().into()
    }

    /// Explains a frame entry by itself, without those before it; `None` for noise and marks.
    #[must_use]
    pub fn dissect(&self, number: u32) -> Option<Dissection> {
        let entry = self.entry(number)?;
        let family = registry::FAMILIES.get(usize::from(entry.family?))?;
        let request = entry.relation.answers.and_then(|n| self.entry(n)).map(|e| self.bytes_of(&e));
        let context = Context {
            direction: entry.relation.direction,
            request: request.as_deref(),
            parts: &[],
            dialect: entry.relation.dialect,
            step: entry.relation.step,
        };
        Some(family.dissect(&self.bytes_of(&entry), &context))
    }

    /// The wall time of a moment.
    #[must_use]
    pub fn wall(&self, at: At) -> Timestamp {
        let passed = SignedDuration::try_from(at.since(At::ZERO)).unwrap_or(SignedDuration::MAX);
        self.origin.saturating_add(passed).unwrap_or(self.origin)
    }

    fn push(&mut self, entry: Entry) -> u32 {
        let number = self.len();
        self.entries.push(entry);
        number
    }

    fn stream(&self, way: Way) -> &Stream {
        match way {
            Way::Out => &self.sent,
            Way::In => &self.received,
        }
    }

    fn stream_mut(&mut self, way: Way) -> &mut Stream {
        match way {
            Way::Out => &mut self.sent,
            Way::In => &mut self.received,
        }
    }
}
