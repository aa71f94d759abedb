//! Telling our own bytes, come back from the line, from what a meter says.
//!
//! Two-wire adapters hear themselves. A request's echo can pass for a frame, checksum and all (a Mercury 200
//! answers a command without data by the same bytes), so it is compared with what was sent before anything
//! decodes it.

use std::time::Duration;

use crate::frame::At;

/// Fewer bytes than this of what was sent may be there by chance.
pub(super) const SHORTEST_PART: usize = 3;
/// So many bytes at the beginning of a request an answer may begin with, too: address and command.
const SHARED: usize = 5;
/// How long matching bytes are kept from the framer when no more come.
const PATIENCE: Duration = Duration::from_millis(20);

/// What is still expected of an echo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watch {
    /// Nothing: an answer or the whole echo has come, or nothing was sent.
    Off,
    /// Everything received since the request is its beginning, so many bytes of it.
    Matching(usize),
    /// Something else came first; an echo may still follow.
    Loose,
}

/// Compares what comes in with what was sent last.
#[derive(Debug)]
pub(super) struct Echo {
    sent: Vec<u8>,
    watch: Watch,
    /// Lengths and times of the pieces in which the matching bytes came.
    held: Vec<(usize, At)>,
}

/// What came of received bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// The framer takes everything held, then the bytes.
    Differs,
    /// All of the bytes are held.
    Held,
    /// With the first so many of the bytes the echo is whole.
    Whole {
        /// How many of the bytes belong to it.
        taken: usize,
        /// When its first byte came.
        first: At,
    },
}

/// The place of our own bytes within noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// How many bytes lie before them.
    pub(super) before: usize,
    /// How many they are.
    pub(super) len: usize,
    /// Whether they are all that was sent.
    pub(super) whole: bool,
}

impl Echo {
    pub(super) const fn new() -> Self {
        Self { sent: Vec::new(), watch: Watch::Off, held: Vec::new() }
    }

    /// Something was sent. `quiet`: nothing received is waiting in the framer, so that the next byte received
    /// is the first of the echo, if there is one.
    pub(super) fn expect(&mut self, sent: &[u8], quiet: bool) {
        self.sent.clear();
        self.sent.extend_from_slice(sent);
        self.held.clear();
        self.watch = if quiet { Watch::Matching(0) } else { Watch::Loose };
    }

    /// The whole echo or an answer has come: whatever comes now is no echo.
    pub(super) fn done(&mut self) {
        self.watch = Watch::Off;
        self.held.clear();
    }

    /// Compares received bytes with the beginning of what was sent.
    pub(super) fn receive(&mut self, bytes: &[u8], at: At) -> Match {
        let Watch::Matching(matched) = self.watch else {
            return Match::Differs;
        };
        let expected = self.sent.get(matched..).unwrap_or_default();
        let taken = expected.len().min(bytes.len());
        if taken == 0 && !bytes.is_empty() || expected.get(..taken) != bytes.get(..taken) {
            return Match::Differs;
        }
        if taken < expected.len() {
            self.held.push((taken, at));
            self.watch = Watch::Matching(matched + taken);
            return Match::Held;
        }
        let first = self.held.first().map_or(at, |(_, first)| *first);
        self.done();
        Match::Whole { taken, first }
    }

    /// Stops holding and moves what was held to `bytes`, the lengths and times of its chunks to `chunks`.
    pub(super) fn release(&mut self, bytes: &mut Vec<u8>, chunks: &mut Vec<(usize, At)>) {
        bytes.clear();
        chunks.clear();
        if let Watch::Matching(matched) = self.watch {
            bytes.extend_from_slice(self.sent.get(..matched).unwrap_or_default());
            chunks.append(&mut self.held);
            self.watch = Watch::Loose;
        }
    }

    /// Lends the bytes sent last out, so that they can be claimed while this is in use.
    pub(super) fn take_sent(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.sent)
    }

    /// Takes them back.
    pub(super) fn put_sent(&mut self, sent: Vec<u8>) {
        self.sent = sent;
    }

    /// When held bytes have waited long enough for the rest of the echo.
    pub(super) fn deadline(&self) -> Option<At> {
        self.held.last().map(|(_, at)| *at + PATIENCE)
    }

    /// Whether a received frame is the request itself.
    pub(super) fn is_echo(&self, frame: &[u8]) -> bool {
        self.watch != Watch::Off && self.sent == frame
    }

    /// Our own bytes within what was received: all of what was sent wherever it stands, or the bytes being its
    /// beginning, its end or some longer part of it. A framer may have taken the first byte of the answer for
    /// the last one of a beginning.
    pub(super) fn part_of(&self, noise: &[u8]) -> Option<Part> {
        if self.watch == Watch::Off || noise.len() < SHORTEST_PART {
            return None;
        }
        if self.sent.is_empty() {
            return None;
        }
        if noise.len() >= self.sent.len() {
            let before = noise.windows(self.sent.len()).position(|window| window == self.sent)?;
            return Some(Part { before, len: self.sent.len(), whole: true });
        }
        let may_be_inner = noise.len() > SHORTEST_PART;
        let is_part = self.sent.starts_with(noise)
            || self.sent.ends_with(noise)
            || may_be_inner && self.sent.windows(noise.len()).any(|window| window == noise);
        if is_part {
            return Some(Part { before: 0, len: noise.len(), whole: false });
        }
        let (_, beginning) = noise.split_last()?;
        let is_beginning = beginning.len() > SHARED && self.sent.starts_with(beginning);
        is_beginning.then_some(Part { before: 0, len: beginning.len(), whole: false })
    }
}
