//! The trace in memory, its old parts in a file.

mod damage;
mod explain;
mod recall;

use std::borrow::Cow;

use damage::Damaged;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::capture::{Capture, CaptureState};
use super::pages::{Pages, Paging, Stream};
use super::stored::{ANSWERED_BY, LAST, Stored, StoredChunk};
use super::{Claim, Dir, Entry, EntryKind, Mark};
use crate::frame::At;
use crate::protocol::{MeterKey, Relation};

const ENTRY_BYTES: u64 = size_of::<Stored>() as u64;
const CHUNK_BYTES: u64 = size_of::<StoredChunk>() as u64;

/// Everything that went over a link, in order.
///
/// Costs 48 bytes a frame, 16 bytes a chunk and the bytes themselves. Beyond [`Paging::budget`] the oldest of
/// all that is in a file and read back when asked for. The file has a bound too, and may fail: then the oldest is given
/// up, and counted.
#[derive(Debug)]
pub struct Trace {
    origin: Timestamp,
    pub(super) pages: Pages,
    claimed_out: u64,
    claimed_in: u64,
    marks: Vec<Mark>,
    capture: Option<Capture>,
    keys: Vec<MeterKey>,
    damaged: Damaged,
    zone: Option<TimeZone>,
    cut: u32,
}

impl Trace {
    /// An empty trace whose [`At::ZERO`] is `origin`.
    #[must_use]
    pub fn new(origin: Timestamp) -> Self {
        Self::with_paging(origin, Paging::default())
    }

    /// An empty trace with a budget and a folder of one's own.
    #[must_use]
    pub fn with_paging(origin: Timestamp, paging: Paging) -> Self {
        let pages = Pages::new(paging);
        Self {
            origin,
            pages,
            claimed_out: 0,
            claimed_in: 0,
            marks: Vec::new(),
            capture: None,
            keys: Vec::new(),
            damaged: Damaged::default(),
            cut: 0,
            zone: None,
        }
    }

    /// Writes everything recorded from here on to a capture as well.
    pub fn capture_to(&mut self, capture: Capture) {
        self.capture = Some(capture);
    }

    /// How the capture fares.
    #[must_use]
    pub fn capture_state(&self) -> CaptureState {
        self.capture.as_ref().map_or(CaptureState::Off, Capture::state)
    }

    /// Ends the capture: its file then says that nothing is missing behind its last record.
    pub fn end_capture(&mut self) {
        if let Some(capture) = &mut self.capture {
            capture.end();
        }
    }

    /// Records bytes before anything looks at them: in the capture, then in memory.
    pub fn record(&mut self, way: Dir, bytes: &[u8], at: At) {
        if bytes.is_empty() {
            return;
        }
        let wall = self.wall(at);
        if let Some(capture) = &mut self.capture {
            capture.bytes(way, bytes, at, wall);
        }
        self.keep(way, bytes, at);
    }

    fn keep(&mut self, way: Dir, bytes: &[u8], at: At) {
        if bytes.is_empty() {
            return;
        }
        let (bytes_of_way, chunks) = streams(way);
        let chunk = StoredChunk::of(at, self.pages.len(bytes_of_way));
        self.pages.append(chunks, &chunk.0);
        self.pages.append(bytes_of_way, bytes);
    }

    /// Adds an entry over the next unclaimed bytes of a way and gives its number. It covers no more than is
    /// unclaimed.
    pub fn claim(&mut self, claim: Claim) -> u32 {
        let pending = u32::try_from(self.pending(claim.way)).unwrap_or(u32::MAX);
        let len = claim.len.min(pending);
        let claimed = self.claimed_mut(claim.way);
        let start = *claimed;
        *claimed += u64::from(len);
        let number = self.push(&Entry {
            first: claim.first,
            last: claim.last,
            start,
            len,
            kind: claim.kind,
            way: claim.way,
            family: claim.family,
            relation: claim.relation,
        });
        if let Some(request) = claim.relation.answers {
            self.answer(request, number);
        }
        number
    }

    /// How many recorded bytes of a way no entry covers yet.
    #[must_use]
    pub fn pending(&self, way: Dir) -> u64 {
        self.pages.len(streams(way).0).saturating_sub(self.claimed(way))
    }

    /// The recorded bytes of a way that no entry covers yet, at most the first `most`.
    #[must_use]
    pub fn pending_bytes(&self, way: Dir, most: usize) -> Cow<'_, [u8]> {
        self.pages.read(streams(way).0, self.claimed(way), most)
    }

    /// The last byte of something we sent has left the wire: its [`Entry::last`] is known now.
    pub fn left_the_wire(&mut self, number: u32, at: At) {
        let Some(entry) = self.entry(number).filter(|entry| entry.way == Dir::Tx) else {
            return;
        };
        let last = at.max(entry.first);
        self.pages.patch(Stream::Index, index_of(number) + LAST, &last.nanos().to_le_bytes());
        let wall = self.wall(last);
        if let Some(capture) = &mut self.capture {
            capture.sent(last, wall);
        }
    }

    /// Adds something that happened to the link.
    pub fn mark(&mut self, mark: Mark, at: At) -> u32 {
        let wall = self.wall(at);
        if let Some(capture) = &mut self.capture {
            capture.mark(&mark, at, wall);
        }
        self.push_mark(mark, at)
    }

    fn push_mark(&mut self, mark: Mark, at: At) -> u32 {
        let index = u32::try_from(self.marks.len()).unwrap_or(u32::MAX);
        self.marks.push(mark);
        self.push(&Entry {
            first: at,
            last: at,
            start: 0,
            len: 0,
            kind: EntryKind::Mark(index),
            way: Dir::Rx,
            family: None,
            relation: Relation::default(),
        })
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.pages.len(Stream::Index) / ENTRY_BYTES).unwrap_or(u32::MAX)
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Begins anew as another trace, with the same keys.
    pub fn restart(&mut self, other: Self) {
        let keys = std::mem::take(&mut self.keys);
        let zone = self.zone.take();
        let cut = self.cut.wrapping_add(1);
        *self = Self { keys, zone, cut, ..other };
    }

    /// Which of the traces that stood in this place it is: entry numbers of another mean nothing in this one.
    #[must_use]
    pub const fn cut(&self) -> u32 {
        self.cut
    }

    /// The wall time of a moment.
    #[must_use]
    pub fn wall(&self, at: At) -> Timestamp {
        let passed = SignedDuration::try_from(at.since(At::ZERO)).unwrap_or(SignedDuration::MAX);
        self.origin.saturating_add(passed).unwrap_or(self.origin)
    }

    /// Bytes in memory that could be put into the file; no more than the budget unless the file fails.
    #[must_use]
    pub fn resident_bytes(&self) -> usize {
        self.pages.resident()
    }

    /// Gives up the oldest of what is in memory until no more than `keep` bytes are: entries and bytes that nobody
    /// will ask for again. Numbers stay what they are.
    pub fn forget(&mut self, keep: usize) {
        self.pages.forget(keep);
    }

    /// From here on nothing old goes into a file: what is beyond so many bytes is given up, oldest first. For those
    /// who look at every entry once, soon after it came.
    pub const fn keep_in_memory(&mut self, budget: usize) {
        self.pages.keep_in_memory(budget);
    }

    /// Bytes that were recorded, of both ways.
    #[must_use]
    pub fn recorded_bytes(&self) -> u64 {
        self.pages.len(Stream::Sent) + self.pages.len(Stream::Received)
    }

    /// Bytes of old entries that were given up because there was no room for them.
    #[must_use]
    pub const fn given_up(&self) -> u64 {
        self.pages.given_up()
    }

    /// Why old entries could not be put into the file or read back from it, if so.
    #[must_use]
    pub fn paging_failure(&self) -> Option<String> {
        self.pages.failure()
    }

    fn push(&mut self, entry: &Entry) -> u32 {
        let number = self.len();
        self.pages.append(Stream::Index, &Stored::of(entry).0);
        number
    }

    fn answer(&mut self, request: u32, reply: u32) {
        if self.stored(request).is_some_and(|stored| stored.answered_by().is_none()) {
            self.pages.patch(Stream::Index, index_of(request) + ANSWERED_BY, &reply.to_le_bytes());
        }
    }

    const fn claimed(&self, way: Dir) -> u64 {
        match way {
            Dir::Tx => self.claimed_out,
            Dir::Rx => self.claimed_in,
        }
    }

    const fn claimed_mut(&mut self, way: Dir) -> &mut u64 {
        match way {
            Dir::Tx => &mut self.claimed_out,
            Dir::Rx => &mut self.claimed_in,
        }
    }
}

/// Where an entry begins in the index.
fn index_of(number: u32) -> u64 {
    u64::from(number) * ENTRY_BYTES
}

/// The streams of a way's bytes and of its chunks.
pub(super) const fn streams(way: Dir) -> (Stream, Stream) {
    match way {
        Dir::Tx => (Stream::Sent, Stream::SentChunks),
        Dir::Rx => (Stream::Received, Stream::ReceivedChunks),
    }
}

#[cfg(test)]
mod tests;
