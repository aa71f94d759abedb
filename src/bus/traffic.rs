//! The record of the traffic: the trace, and the digest that cuts it into entries by the protocol.

use std::time::Duration;

use jiff::Timestamp;

use crate::frame::At;
use crate::link::LineError;
use crate::protocol::{Decoder, LineSettings};
use crate::reading::Reading;
use crate::trace::{Claimed, Digest, Dir, EntryKind, Mark, SharedTrace, Split, Trace};

/// What hears the entries that bytes are cut into.
pub(super) type Hear<'a> = &'a mut dyn FnMut(Claimed<'_>);

/// The record of the traffic.
pub(super) struct Traffic {
    trace: SharedTrace,
    digest: Digest,
    decoder: Option<Decoder>,
    split: Split,
}

impl Traffic {
    pub(super) fn new(trace: SharedTrace, split: Split, decoder: Option<Decoder>) -> Self {
        Self { trace, digest: Digest::new(decoder, split, LineSettings::default()), decoder, split }
    }

    /// The protocol by which it is cut.
    pub(super) const fn decoder(&self) -> Option<Decoder> {
        self.decoder
    }

    /// Whether it is cut by this protocol.
    pub(super) fn is_cut_by(&self, decoder: &Decoder) -> bool {
        self.decoder == Some(*decoder)
    }

    /// What came so far ends here; what comes is cut by another protocol.
    pub(super) fn cut_by(&mut self, decoder: Option<Decoder>, line: LineSettings) {
        self.decoder = decoder;
        self.digest = Digest::new(decoder, self.split, line);
    }

    /// Something happened to the link.
    pub(super) fn mark(&self, mark: Mark, at: At) {
        self.trace.lock().mark(mark, at);
    }

    /// A remark of the bus.
    pub(super) fn note(&self, text: impl Into<String>, at: At) {
        self.mark(Mark::Note(text.into()), at);
    }

    /// Looks at the trace.
    pub(super) fn look<R>(&self, look: impl FnOnce(&Trace) -> R) -> R {
        look(&self.trace.lock())
    }

    /// The time of day of a moment.
    pub(super) fn wall(&self, at: At) -> Timestamp {
        self.trace.lock().wall(at)
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> u32 {
        self.trace.lock().len()
    }

    /// Whether received bytes wait to be cut.
    pub(super) fn is_receiving(&self) -> bool {
        self.trace.lock().pending(Dir::Rx) > 0
    }

    /// An entry has left the wire.
    pub(super) fn left_the_wire(&self, number: u32, at: At) {
        self.trace.lock().left_the_wire(number, at);
    }

    /// A reading as of the zone of the meter's clock.
    pub(super) fn in_zone(&self, mut reading: Reading) -> Reading {
        reading.in_zone(self.trace.lock().zone());
        reading
    }

    /// From the end of a request to the first byte of its reply.
    pub(super) fn latency(&self, request: u32, reply: u32) -> Option<Duration> {
        let trace = self.trace.lock();
        Some(trace.entry(reply)?.latency(&trace.entry(request)?))
    }

    /// A received entry with its bytes and when it came.
    pub(super) fn received_entry(&self, number: u32) -> Option<(EntryKind, Vec<u8>, At)> {
        let trace = self.trace.lock();
        let entry = trace.entry(number).filter(|entry| entry.way == Dir::Rx)?;
        Some((entry.kind, trace.bytes_of(&entry).into_owned(), entry.last))
    }

    /// Nothing more is captured.
    pub(super) fn end_capture(&self) {
        self.trace.lock().end_capture();
    }
}

/// Bytes recorded and cut into entries.
impl Traffic {
    /// Bytes go out.
    pub(super) fn send(&mut self, bytes: &[u8], at: At, hear: Hear<'_>) {
        let mut trace = self.trace.lock();
        trace.record(Dir::Tx, bytes, at);
        self.digest.push(Dir::Tx, bytes, at, &mut trace, hear);
    }

    /// Bytes came in, damaged in this way if so.
    pub(super) fn receive(&mut self, bytes: &[u8], error: Option<LineError>, at: At, hear: Hear<'_>) {
        let mut trace = self.trace.lock();
        match error {
            Some(error) => trace.record_damaged(error, bytes, at),
            None => trace.record(Dir::Rx, bytes, at),
        }
        self.digest.push(Dir::Rx, bytes, at, &mut trace, hear);
    }

    /// What came so far ends here.
    pub(super) fn finish(&mut self, hear: Hear<'_>) {
        self.digest.finish(&mut self.trace.lock(), hear);
    }

    /// What came so far ends here; what comes is of other line settings.
    pub(super) fn set_line(&mut self, line: LineSettings, hear: Hear<'_>) {
        self.digest.set_line(line, &mut self.trace.lock(), hear);
    }

    /// When silence decides about what came so far.
    pub(super) fn deadline(&self) -> Option<At> {
        self.digest.deadline()
    }

    /// Silence has lasted until now.
    pub(super) fn expire(&mut self, now: At, hear: Hear<'_>) {
        self.digest.expire(now, &mut self.trace.lock(), hear);
    }
}
