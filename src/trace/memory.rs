//! The trace in memory, its old parts in a file.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::capture::{Capture, CaptureState};
use super::pages::{Pages, Paging, Stream};
use super::stored::{ANSWERED_BY, LAST, Stored, StoredChunk};
use super::{Chunk, Claim, Entry, EntryKind, Mark, Way};
use crate::frame::{At, Dissection};
use crate::protocol::{Context, MeterKey, Relation, registry};

mod damage;

use damage::Damaged;

/// The most frames of one message that are looked for.
const MOST_PARTS: u16 = 255;
/// How many entries may lie between the first and the last of them.
const FURTHEST_PART: u32 = 4096;

const ENTRY_BYTES: u64 = size_of::<Stored>() as u64;
const CHUNK_BYTES: u64 = size_of::<StoredChunk>() as u64;

/// Everything that went over a link, in order.
///
/// Costs 48 bytes a frame, 16 bytes a chunk and the bytes themselves. Beyond [`Paging::budget`] the oldest of
/// all that is in a file and read back when asked for; should the file fail, the memory grows instead.
#[derive(Debug)]
pub struct Trace {
    origin: Timestamp,
    pages: Pages,
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

    /// Records bytes before anything looks at them: in the capture, then in memory.
    pub fn record(&mut self, way: Way, bytes: &[u8], at: At) {
        if bytes.is_empty() {
            return;
        }
        let wall = self.wall(at);
        if let Some(capture) = &mut self.capture {
            capture.bytes(way, bytes, at, wall);
        }
        self.keep(way, bytes, at);
    }

    fn keep(&mut self, way: Way, bytes: &[u8], at: At) {
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
    pub fn pending(&self, way: Way) -> u64 {
        self.pages.len(streams(way).0).saturating_sub(self.claimed(way))
    }

    /// The recorded bytes of a way that no entry covers yet, at most the first `most`.
    #[must_use]
    pub fn pending_bytes(&self, way: Way, most: usize) -> Cow<'_, [u8]> {
        self.pages.read(streams(way).0, self.claimed(way), most)
    }

    /// The last byte of something we sent has left the wire: its [`Entry::last`] is known now.
    pub fn left_the_wire(&mut self, number: u32, at: At) {
        let Some(entry) = self.entry(number).filter(|entry| entry.way == Way::Out) else {
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
            way: Way::In,
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

    /// An entry by its number. (Also `None` when the file of old entries cannot be read back.)
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

    /// Explains a frame or echo by itself, without those before it; `None` for noise and marks.
    #[must_use]
    pub fn dissect(&self, number: u32) -> Option<Dissection> {
        let entry = self.entry(number)?;
        let family = registry::FAMILIES.get(usize::from(entry.family?))?;
        let request = entry.relation.answers.and_then(|n| self.entry(n));
        let request = request.as_ref().map(|request| self.bytes_of(request));
        let parts = self.parts_of(number, &entry);
        let parts: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
        let context = Context {
            direction: entry.relation.direction,
            request: request.as_deref(),
            parts: &parts,
            keys: &self.keys,
            dialect: entry.relation.dialect,
            step: entry.relation.step,
        };
        let mut dissection = family.dissect(&self.bytes_of(&entry), &context);
        dissection.readings.iter_mut().for_each(|reading| reading.in_zone(self.zone()));
        Some(dissection)
    }

    /// In which zone the clocks of the meters are, whatever their models say.
    pub fn set_zone(&mut self, zone: Option<TimeZone>) {
        self.zone = zone;
    }

    /// The zone that was set.
    #[must_use]
    pub const fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    /// Which keys frames are explained with, those that came before too: dissections are not kept.
    pub fn set_keys(&mut self, keys: Vec<MeterKey>) {
        self.keys = keys;
    }

    /// Whether there are keys to explain frames with.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
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

    /// The frames of the message that a frame belongs to, up to itself; none for messages of one frame or where
    /// they cannot be found.
    fn parts_of(&self, number: u32, last: &Entry) -> Vec<Cow<'_, [u8]>> {
        let (Some(first), 1..=MOST_PARTS) = (last.relation.message, last.relation.part) else {
            return Vec::new();
        };
        if last.kind == EntryKind::Echo || number.saturating_sub(first) > FURTHEST_PART {
            return Vec::new();
        }
        let mut parts = Vec::with_capacity(usize::from(last.relation.part) + 1);
        for entry in (first..=number).filter_map(|number| self.entry(number)) {
            let is_part = entry.relation.message == Some(first) && entry.way == last.way;
            if is_part && usize::from(entry.relation.part) == parts.len() {
                parts.push(self.pages.read(streams(entry.way).0, entry.start, entry.len as usize));
            }
        }
        if parts.len() == usize::from(last.relation.part) + 1 { parts } else { Vec::new() }
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

    /// Why old entries could not be put into the file, if so.
    #[must_use]
    pub fn paging_failure(&self) -> Option<&str> {
        self.pages.failure()
    }

    fn stored(&self, number: u32) -> Option<Stored> {
        let mut stored = Stored([0; ENTRY_BYTES as usize]);
        self.pages.copy(Stream::Index, index_of(number), &mut stored.0).then_some(stored)
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

    /// The number of the chunk that holds the byte at `start`.
    fn chunk_at(&self, way: Way, start: u64) -> u64 {
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

    fn chunk(&self, way: Way, number: u64) -> Option<Chunk> {
        let end = match self.stored_chunk(way, number + 1) {
            Some(next) => next.start(),
            None => self.pages.len(streams(way).0),
        };
        Some(self.stored_chunk(way, number)?.chunk(way, end))
    }

    fn stored_chunk(&self, way: Way, number: u64) -> Option<StoredChunk> {
        let mut stored = StoredChunk([0; CHUNK_BYTES as usize]);
        let start = number.checked_mul(CHUNK_BYTES)?;
        self.pages.copy(streams(way).1, start, &mut stored.0).then_some(stored)
    }

    const fn claimed(&self, way: Way) -> u64 {
        match way {
            Way::Out => self.claimed_out,
            Way::In => self.claimed_in,
        }
    }

    const fn claimed_mut(&mut self, way: Way) -> &mut u64 {
        match way {
            Way::Out => &mut self.claimed_out,
            Way::In => &mut self.claimed_in,
        }
    }
}

/// Where an entry begins in the index.
fn index_of(number: u32) -> u64 {
    u64::from(number) * ENTRY_BYTES
}

/// The streams of a way's bytes and of its chunks.
const fn streams(way: Way) -> (Stream, Stream) {
    match way {
        Way::Out => (Stream::Sent, Stream::SentChunks),
        Way::In => (Stream::Received, Stream::ReceivedChunks),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::stored::tests::entries;
    use super::super::{Digest, Split};
    use super::*;
    use crate::frame::{Secret, hex};
    use crate::protocol::{Dialect, LineSettings};
    use crate::reading::Decimal;

    fn trace(budget: usize) -> Trace {
        let folder = std::env::temp_dir();
        Trace::with_paging(Timestamp::UNIX_EPOCH, Paging { budget, folder })
    }

    fn claim(way: Way, len: u32, answers: Option<u32>) -> Claim {
        let relation = Relation { answers, ..Relation::default() };
        Claim { way, len, kind: EntryKind::Noise, first: At::ZERO, last: At::ZERO, family: None, relation }
    }

    #[test]
    fn claims_take_what_is_pending_and_no_more() {
        let mut trace = trace(0);
        trace.record(Way::In, b"abcdef", At::ZERO);
        assert_eq!(&*trace.pending_bytes(Way::In, 4), b"abcd");
        trace.claim(claim(Way::In, 2, None));
        assert_eq!((trace.pending(Way::In), trace.pending(Way::Out)), (4, 0));
        let number = trace.claim(claim(Way::In, 100, None));
        let entry = trace.entry(number).unwrap();
        assert_eq!((entry.len, &*trace.bytes_of(&entry)), (4, &b"cdef"[..]));
        assert_eq!(trace.pending(Way::In), 0);
    }

    #[test]
    fn a_request_finds_its_first_reply() {
        let mut trace = trace(0);
        let request = trace.claim(claim(Way::Out, 0, None));
        let reply = trace.claim(claim(Way::In, 0, Some(request)));
        trace.claim(claim(Way::In, 0, Some(request)));
        assert_eq!((trace.answered_by(request), trace.answered_by(reply)), (Some(reply), None));
    }

    #[test]
    fn what_left_the_wire_later_than_it_was_handed_over_has_its_latency_from_then() {
        let mut trace = trace(0);
        trace.record(Way::Out, b"ask", At::ZERO);
        let request = trace.claim(claim(Way::Out, 3, None));
        trace.left_the_wire(request, At::from_millis(7));
        assert_eq!(trace.entry(request).unwrap().last, At::from_millis(7));
        let reply = trace.mark(Mark::Note(String::new()), At::from_millis(9));
        trace.left_the_wire(reply, At::from_millis(20));
        assert_eq!(trace.entry(reply).unwrap().last, At::from_millis(9), "only what was sent leaves");
    }

    #[test]
    fn the_chunks_of_an_entry_are_those_its_bytes_came_in() {
        let mut trace = trace(0);
        for (bytes, at) in [(&b"ab"[..], 1), (b"cde", 2), (b"f", 3), (b"gh", 4)] {
            trace.record(Way::In, bytes, At::from_millis(at));
        }
        trace.claim(claim(Way::In, 3, None));
        let number = trace.claim(claim(Way::In, 3, None));
        let entry = trace.entry(number).unwrap();
        let chunks: Vec<_> = trace.chunks_of(&entry).iter().map(|c| (c.at.nanos(), c.start, c.len)).collect();
        assert_eq!(chunks, [(2_000_000, 2, 3), (3_000_000, 5, 1)]);
    }

    /// A trace of a line that pushes DLMS, explained with keys.
    fn pushes(bytes: &[u8], keys: Vec<MeterKey>) -> Trace {
        let line = LineSettings::e81(2400);
        let mut trace = trace(0);
        let decoder = registry::family("dlms-mbus").map(|family| (family, Dialect(0)));
        let mut digest = Digest::new(decoder, Split::Listening, line);
        trace.set_keys(keys);
        trace.record(Way::In, bytes, At::ZERO);
        digest.push(Way::In, bytes, At::ZERO, &mut trace, &mut |_| {});
        digest.finish(&mut trace, &mut |_| {});
        trace
    }

    /// The push of the utility's leaflet: Netz Niederösterreich, Kaifa MA309.
    fn leaflet() -> (Vec<u8>, Vec<MeterKey>) {
        let line = include_str!("../../tests/vectors/dlms_mbus.jsonl").lines().next().unwrap();
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let bytes = |name: &str| hex::parse(json[name].as_str().unwrap()).unwrap();
        let encryption = Secret::new(bytes("key"));
        (bytes("hex"), vec![MeterKey { system_title: None, encryption, authentication: None }])
    }

    #[test]
    fn the_last_frame_of_a_message_is_explained_with_those_before_it() {
        let (bytes, keys) = leaflet();
        let noise_between = [&bytes[..256], &[0xE5], &bytes[256..]].concat();
        for (stream, last) in [(bytes.clone(), 1), (noise_between, 2)] {
            let trace = pushes(&stream, keys.clone());
            let whole = trace.dissect(last).unwrap();
            let names: Vec<_> = whole.layers.iter().map(|layer| layer.name).collect();
            assert_eq!(names, ["wire", "reassembled", "decrypted"]);
            assert!(whole.readings.iter().any(|r| r.number() == Some(Decimal::new(12937, 0))));
            let first = trace.dissect(0).unwrap();
            assert!(first.readings.is_empty() && first.problems.is_empty());
        }
    }

    #[test]
    fn without_a_key_a_message_is_put_together_all_the_same() {
        let (bytes, _) = leaflet();
        let told = pushes(&bytes, Vec::new()).dissect(1).unwrap();
        assert_eq!((told.layers.len(), told.problems[0].code), (2, "no-key"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn paged_out_or_not_a_trace_is_the_same(
            steps in proptest::collection::vec((entries(), proptest::collection::vec(any::<u8>(), 0..9)), 1..60),
            repeat in 1..120_usize,
        ) {
            let (mut held, mut paged) = (trace(usize::MAX), trace(0));
            for _ in 0..repeat {
                for (entry, bytes) in &steps {
                    for trace in [&mut held, &mut paged] {
                        trace.record(entry.way, bytes, entry.first);
                        let answers = Some(entry.len % (trace.len() + 1));
                        let relation = Relation { answers, ..entry.relation };
                        let kind = if let EntryKind::Mark(_) = entry.kind { EntryKind::Noise } else { entry.kind };
                        let Entry { way, first, last, family, .. } = *entry;
                        let len = bytes.len() as u32;
                        let number = trace.claim(Claim { way, len, kind, first, last, family, relation });
                        trace.left_the_wire(number / 2, entry.last);
                    }
                }
            }
            prop_assert_eq!(paged.resident_bytes(), 0);
            prop_assert_eq!(held.len(), paged.len());
            for number in (0..held.len()).rev().step_by(7) {
                let entry = held.entry(number).unwrap();
                prop_assert_eq!(Some(entry), paged.entry(number));
                prop_assert_eq!(held.bytes_of(&entry), paged.bytes_of(&entry));
                prop_assert_eq!(held.chunks_of(&entry), paged.chunks_of(&entry));
                prop_assert_eq!(held.answered_by(number), paged.answered_by(number));
            }
        }
    }
}
