//! What was written and is not settled yet.

use jiff::Timestamp;

use super::permit::Written;
use super::{Decoder, errand};
use crate::frame::{Direction, Mask};
use crate::protocol::secrets;
use crate::protocol::{Access, Context, Failure};
use crate::trace::{EntryKind, Trace, Way};

/// Answer bytes that are kept in a record at most.
const LONGEST_ANSWER: usize = 256;

/// A frame that may have changed a meter, as long as it is not known what came of it.
pub(super) struct Unsettled {
    time: Timestamp,
    access: Option<Access>,
    bytes: String,
    /// The first entry that can be part of its answer.
    from: u32,
}

impl Unsettled {
    /// A frame that goes out now, unless it only reads.
    pub(super) fn of(bytes: &[u8], decoder: Option<Decoder>, trace: &Trace, time: Timestamp) -> Option<Self> {
        let access = match decoder {
            Some(decoder) => decoder.family.access_of(bytes, decoder.dialect),
            None => errand::access_of(bytes, None),
        };
        let changes = access != Some(Access::Read);
        changes.then(|| Self { time, access, bytes: masked(bytes, decoder), from: trace.len() })
    }

    /// With what came of it.
    pub(super) fn settled(self, request: usize, result: Result<(), Failure>, trace: &Trace) -> Written {
        let Self { time, access, bytes, from } = self;
        Written { time, request, access, bytes, answer: answer(trace, from), result }
    }
}

/// The bytes of a request as hex, those of secrets as `**`.
fn masked(bytes: &[u8], decoder: Option<Decoder>) -> String {
    let Some(decoder) = decoder else { return secrets::masked_hex(bytes) };
    let context = Context { direction: Direction::Request, dialect: decoder.dialect, ..Context::default() };
    Mask::of(&decoder.family.dissect(bytes, &context), 0).spaced_hex(bytes)
}

/// What came in from an entry on, as hex.
fn answer(trace: &Trace, from: u32) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut room = LONGEST_ANSWER;
    for number in from..trace.len() {
        let Some(entry) = trace.entry(number) else { break };
        if entry.way != Way::In || !matches!(entry.kind, EntryKind::Frame(_) | EntryKind::Noise) {
            continue;
        }
        let bytes = trace.bytes_of(&entry);
        let shown = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        parts.push(trace.mask(number, None).spaced_hex(shown));
        room -= shown.len();
        if room == 0 {
            break;
        }
    }
    parts.join(" ")
}
