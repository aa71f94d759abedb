//! A write whose outcome is not known yet, and its record.

use jiff::Timestamp;

use super::job;
use super::permit::{Ended, Outgoing};
use crate::frame::{Direction, Mask};
use crate::protocol::secrets;
use crate::protocol::{Access, Context, Decoder, Failure};
use crate::trace::{Dir, EntryKind, Trace};

/// Answer bytes that are kept in a record at most.
const LONGEST_ANSWER: usize = 256;

/// By what bytes that go out are judged.
#[derive(Debug, Clone, Copy)]
pub(super) enum Composer {
    /// The protocol of a plan, which composed them.
    Plan(Decoder),
    /// A person, who typed them; the protocol by which the traffic is read, if there is one.
    Person(Option<Decoder>),
}

impl Composer {
    /// What bytes may do; `None` when they are not recognised.
    fn judge(self, bytes: &[u8]) -> Option<Access> {
        match self {
            Self::Plan(decoder) => decoder.family.access(bytes, decoder.dialect),
            Self::Person(decoder) => job::access(bytes, decoder),
        }
    }

    /// Whether bytes with this access are kept: all that a person typed, and all that does more than read.
    fn keeps(self, access: Option<Access>) -> bool {
        matches!(self, Self::Person(_)) || access != Some(Access::Read)
    }

    const fn decoder(self) -> Option<Decoder> {
        match self {
            Self::Plan(decoder) => Some(decoder),
            Self::Person(decoder) => decoder,
        }
    }
}

/// The record of a frame that goes out now with a permission; `None` for one of a plan that only reads.
pub(super) fn outgoing(
    bytes: &[u8],
    composer: Composer,
    request: usize,
    time: Timestamp,
) -> Option<Outgoing> {
    let access = composer.judge(bytes);
    let kept = || Outgoing { time, request, access, bytes: masked(bytes, composer.decoder()) };
    composer.keeps(access).then(kept)
}

/// A frame that may have changed a meter, as long as it is not known what came of it.
pub(super) struct PendingWrite {
    /// The first entry that can be part of its answer.
    from: u32,
}

impl PendingWrite {
    /// What comes in from now on can be the answer.
    pub(super) fn since(trace: &Trace) -> Self {
        Self { from: trace.len() }
    }

    /// What came of it.
    pub(super) fn ended(self, result: Result<(), Failure>, trace: &Trace, time: Timestamp) -> Ended {
        Ended { time, answer: answer(trace, self.from), result }
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
        if entry.way != Dir::Rx || !matches!(entry.kind, EntryKind::Frame(_) | EntryKind::Noise) {
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
