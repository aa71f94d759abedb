//! What hears the pieces of the stream.

use super::job::Active;
use super::seven::SevenBits;
use super::silence::Silence;
use super::{Counters, EchoState, Status};
use crate::frame::At;
use crate::link::LineError;
use crate::protocol::{Event, Judged};
use crate::trace::{Claimed, EntryKind, Way};

/// What hears the pieces of the stream: the running exchange and the counters.
#[derive(Default)]
pub(super) struct Talk {
    pub(super) active: Option<Active>,
    pub(super) status: Status,
    pub(super) silence: Silence,
    pub(super) seven: SevenBits,
}

impl Talk {
    /// Tells the running exchange of a received piece, and counts it. True when it is the first echo.
    pub(super) fn hear(&mut self, piece: &Claimed<'_>, at: At) -> bool {
        if piece.way == Way::Out {
            if let Some(active) = self.active.as_mut().filter(|active| active.is_asking()) {
                active.request = Some(piece.number);
            }
            return false;
        }
        self.count(piece.kind, piece.bytes.len());
        let first_echo = self.echo(piece.kind);
        let parity_errors = self.tell(piece.number, piece.kind, piece.bytes, at);
        self.status.counters.line_errors.add(LineError::Parity, parity_errors as u64);
        first_echo
    }

    /// Tells the running exchange of a received entry; gives the count of its wrong parity bits.
    pub(super) fn tell(&mut self, number: u32, kind: EntryKind, bytes: &[u8], at: At) -> usize {
        let (bytes, parity_errors) = self.seven.receive(kind, bytes);
        let is_sound = matches!(kind, EntryKind::Frame(judged) if judged != Judged::Bad);
        if is_sound {
            self.silence.hear();
        }
        let Some(active) = self.active.as_mut().filter(|active| !active.is_deaf) else {
            return parity_errors;
        };
        match kind {
            EntryKind::Frame(_) => {
                if is_sound {
                    active.spent.hear();
                }
                active.reply = Some(number);
                active.hear(Event::Frame(&bytes), at);
            }
            EntryKind::Echo => active.hear(Event::Echo, at),
            EntryKind::Noise => active.hear(Event::Noise(&bytes), at),
            EntryKind::Mark(_) => {}
        }
        parity_errors
    }

    fn count(&mut self, kind: EntryKind, len: usize) {
        let Counters { good, bad, noise_bytes, .. } = &mut self.status.counters;
        match kind {
            EntryKind::Frame(Judged::Bad) => *bad += 1,
            EntryKind::Frame(_) => *good += 1,
            EntryKind::Noise => *noise_bytes += len as u64,
            EntryKind::Echo | EntryKind::Mark(_) => {}
        }
    }

    fn echo(&mut self, kind: EntryKind) -> bool {
        let before = self.status.echo;
        match kind {
            EntryKind::Echo => self.status.echo = EchoState::Present,
            EntryKind::Frame(_) if before == EchoState::Unknown && self.active.is_some() => {
                self.status.echo = EchoState::Absent;
            }
            _ => {}
        }
        self.status.echo == EchoState::Present && before != EchoState::Present
    }
}
