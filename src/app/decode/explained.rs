//! Captured bytes explained a piece at a time, so that a long capture costs no more memory than a short one.

use std::fs::File;
use std::io::Seek as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::input::{Bytes, Input, InputError};
use super::listener;
use crate::decode::{self, Found, LOOKED_AT};
use crate::frame::At;
use crate::protocol::{Decoder, MeterKey};
use crate::trace::pcapng::Flaws;
use crate::trace::replay::Replay;
use crate::trace::{Digest, Dir, EntryKind, Paging, Trace};

/// Packets of a capture that are played at once.
const PACKETS: usize = 256;

/// Bytes of the trace that are kept for what comes: requests that are still to be answered, the first frames of
/// a message. Far more than lie between them.
const KEPT: usize = 8 << 20;

/// Input being explained.
#[derive(Debug)]
pub struct Explained {
    trace: Trace,
    feed: Feed,
    is_timed: bool,
    found: Option<Found>,
}

/// What the entries come from.
#[derive(Debug)]
enum Feed {
    Bytes(Bytes, Box<Digest>),
    Capture(Box<Replay<File>>),
    Ended(Soundness),
}

/// How much of the input is what was once recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Soundness {
    /// What of a capture was not read as it was written.
    pub flaws: Flaws,
    /// A capture of ours does not say that it is complete.
    pub lacks_its_end: bool,
}

impl Explained {
    /// Input to be cut into frames by a protocol, or by the one that finds the most in its beginning; all of it is
    /// noise when none finds a frame.
    ///
    /// # Errors
    /// [`InputError`] when a capture cannot be read.
    pub fn new(input: Input, decoder: Option<Decoder>, keys: Vec<MeterKey>) -> Result<Self, InputError> {
        let (found, input) = match decoder {
            Some(_) => (None, input),
            None => find(input, &keys)?,
        };
        let decoder = decoder.or(found.as_ref().map(|found| found.taken));
        let (mut trace, feed) = match input {
            Input::Bytes(bytes) => {
                (Trace::new(Timestamp::UNIX_EPOCH), Feed::Bytes(bytes, Box::new(listener(decoder))))
            }
            Input::Capture(file) => {
                let replay = Replay::new(file, decoder)?;
                (replay.trace(in_memory()), Feed::Capture(Box::new(replay)))
            }
        };
        trace.set_keys(keys);
        Ok(Self { trace, is_timed: matches!(feed, Feed::Capture(_)), feed, found })
    }

    /// In which zone the clocks of the meters are, whatever their models say.
    pub fn set_zone(&mut self, zone: Option<TimeZone>) {
        self.trace.set_zone(zone);
    }

    /// Reads some more, whose entries are then in the trace; whether there was more. Entries and bytes of earlier
    /// steps may be gone from the trace.
    ///
    /// # Errors
    /// [`InputError`] when it cannot be read any further.
    pub fn step(&mut self) -> Result<bool, InputError> {
        self.trace.forget(KEPT);
        let trace = &mut self.trace;
        let soundness = match &mut self.feed {
            Feed::Ended(_) => return Ok(false),
            Feed::Bytes(bytes, digest) => {
                if let Some(piece) = bytes.next_piece()? {
                    trace.record(Dir::Rx, piece, At::ZERO);
                    digest.push(Dir::Rx, piece, At::ZERO, trace, &mut |_| {});
                    return Ok(true);
                }
                digest.finish(trace, &mut |_| {});
                Soundness::default()
            }
            Feed::Capture(replay) => {
                if replay.step(trace, PACKETS)? {
                    return Ok(true);
                }
                Soundness { flaws: replay.flaws().clone(), lacks_its_end: replay.lacks_its_end() }
            }
        };
        self.feed = Feed::Ended(soundness);
        Ok(true)
    }

    /// What has been read; see [`Explained::step`] for what is still in it.
    #[must_use]
    pub const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Whether its entries have times.
    #[must_use]
    pub const fn is_timed(&self) -> bool {
        self.is_timed
    }

    /// What was found out about whose bytes these are; `None` where that was said, and where nobody's are.
    #[must_use]
    pub const fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    /// How sound the input was, once all of it was read.
    #[must_use]
    pub const fn soundness(&self) -> Option<&Soundness> {
        match &self.feed {
            Feed::Ended(soundness) => Some(soundness),
            _ => None,
        }
    }
}

/// Forgetting keeps it small; there is nothing to be put into a file.
fn in_memory() -> Paging {
    Paging { budget: usize::MAX, ..Paging::default() }
}

/// The protocol that fits the beginning of some input best.
fn find(input: Input, keys: &[MeterKey]) -> Result<(Option<Found>, Input), InputError> {
    let (bytes, input) = match input {
        Input::Bytes(bytes) => (bytes.beginning().to_vec(), Input::Bytes(bytes)),
        Input::Capture(mut file) => (beginning(&mut file)?, Input::Capture(file)),
    };
    Ok((decode::find(&bytes, keys), input))
}

/// The first bytes of a capture in the order in which they went.
fn beginning(file: &mut File) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::new();
    {
        let mut replay = Replay::new(&*file, None)?;
        let mut trace = replay.trace(in_memory());
        let mut next = 0;
        let mut more = true;
        while more && bytes.len() < LOOKED_AT {
            more = replay.step(&mut trace, PACKETS)?;
            let entries = (next..trace.len()).filter_map(|number| trace.entry(number));
            for entry in entries.filter(|entry| entry.kind != EntryKind::Echo) {
                bytes.extend_from_slice(&trace.bytes_of(&entry));
            }
            next = trace.len();
        }
    }
    file.rewind()?;
    Ok(bytes)
}
