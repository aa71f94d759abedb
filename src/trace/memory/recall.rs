//! What a trace holds, read back: entries, their bytes, the chunks they came in.

use std::borrow::Cow;

use super::{CHUNK_BYTES, ENTRY_BYTES, Trace, index_of, streams};
use crate::trace::pages::Stream;
use crate::trace::stored::{Stored, StoredChunk};
use crate::trace::{Chunk, Dir, Entry, EntryKind, Mark};

impl Trace {
    /// An entry by its number. (Also `None` when the file of old entries cannot be read back, and for what
    /// was forgotten.)
    #[must_use]
    pub fn entry(&self, number: u32) -> Option<Entry> {
        self.stored(number).map(|stored| stored.entry())
    }

    /// The entry that answers another, the first one where several do.
    #[must_use]
    pub fn answered_by(&self, number: u32) -> Option<u32> {
        self.stored(number)?.answered_by()
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
        self.pages.read(streams(entry.way).0, entry.start, entry.len as usize)
    }

    /// The chunks, as the link handed them over, in which the bytes of an entry came; the first may begin
    /// before it and the last may end behind it.
    #[must_use]
    pub fn chunks_of(&self, entry: &Entry) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        let end = entry.start.saturating_add(u64::from(entry.len));
        let mut number = self.chunk_at(entry.way, entry.start);
        while let Some(chunk) = self.chunk(entry.way, number).filter(|chunk| chunk.start < end) {
            chunks.push(chunk);
            number += 1;
        }
        chunks
    }

    pub(super) fn stored(&self, number: u32) -> Option<Stored> {
        let mut stored = Stored([0; ENTRY_BYTES as usize]);
        self.pages.copy(Stream::Index, index_of(number), &mut stored.0).then_some(stored)
    }

    /// The number of the chunk that holds the byte at `start`.
    fn chunk_at(&self, way: Dir, start: u64) -> u64 {
        let (mut low, mut high) = (0, self.pages.len(streams(way).1) / CHUNK_BYTES);
        while high - low > 1 {
            let middle = u64::midpoint(low, high);
            match self.stored_chunk(way, middle) {
                Some(chunk) if chunk.start() <= start => low = middle,
                _ => high = middle,
            }
        }
        low
    }

    fn chunk(&self, way: Dir, number: u64) -> Option<Chunk> {
        let end = match self.stored_chunk(way, number + 1) {
            Some(next) => next.start(),
            None => self.pages.len(streams(way).0),
        };
        Some(self.stored_chunk(way, number)?.chunk(way, end))
    }

    fn stored_chunk(&self, way: Dir, number: u64) -> Option<StoredChunk> {
        let mut stored = StoredChunk([0; CHUNK_BYTES as usize]);
        let start = number.checked_mul(CHUNK_BYTES)?;
        self.pages.copy(streams(way).1, start, &mut stored.0).then_some(stored)
    }
}
