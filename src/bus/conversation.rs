//! What hears the entries of the stream: the running job, the silence of the line, parity in software, the counters.

use super::active::Active;
use super::jobs::Jobs;
use super::transmit::Transmitter;
use super::{Counters, EchoState, Status};
use crate::frame::At;
use crate::link::LineError;
use crate::protocol::Integrity;
use crate::trace::{Claimed, Dir, EntryKind};

/// All that hears the entries of the stream, for as long as bytes are cut into entries.
pub(super) struct Conversation<'a> {
    pub(super) jobs: &'a mut Jobs,
    pub(super) transmitter: &'a mut Transmitter,
    pub(super) status: &'a mut Status,
}

impl Conversation<'_> {
    /// Puts a new entry before the running job, and counts it. True when it is the first echo.
    pub(super) fn hear(&mut self, piece: &Claimed<'_>, at: At) -> bool {
        if piece.way == Dir::Tx {
            if let Some(active) = self.jobs.active_mut() {
                active.note_request(piece.number);
            }
            return false;
        }
        self.count(piece.kind, piece.bytes.len());
        let is_first_echo = self.echo(piece.kind);
        let parity_errors = self.tell(piece.number, piece.kind, piece.bytes, at);
        self.status.counters.line_errors.add(LineError::Parity, parity_errors as u64);
        is_first_echo
    }

    /// Puts a received entry before the running job; gives the count of its wrong parity bits.
    pub(super) fn tell(&mut self, number: u32, kind: EntryKind, bytes: &[u8], at: At) -> usize {
        let is_sound = matches!(kind, EntryKind::Frame(judged) if judged != Integrity::Bad);
        let (bytes, parity_errors) = self.transmitter.received(kind, bytes, is_sound);
        if let Some(active) = self.jobs.active_mut() {
            put_before(active, number, (kind, &bytes, is_sound), at);
        }
        parity_errors
    }

    fn count(&mut self, kind: EntryKind, len: usize) {
        let Counters { good, bad, noise_bytes, .. } = &mut self.status.counters;
        match kind {
            EntryKind::Frame(Integrity::Bad) => *bad += 1,
            EntryKind::Frame(_) => *good += 1,
            EntryKind::Noise => *noise_bytes += len as u64,
            EntryKind::Echo | EntryKind::Mark(_) => {}
        }
    }

    fn echo(&mut self, kind: EntryKind) -> bool {
        let before = self.status.echo;
        match kind {
            EntryKind::Echo => self.status.echo = EchoState::Present,
            EntryKind::Frame(_) if before == EchoState::Unknown && !self.jobs.is_free() => {
                self.status.echo = EchoState::Absent;
            }
            _ => {}
        }
        self.status.echo == EchoState::Present && before != EchoState::Present
    }
}

fn put_before(active: &mut Active, number: u32, (kind, bytes, is_sound): (EntryKind, &[u8], bool), at: At) {
    match kind {
        EntryKind::Frame(_) => active.hear_frame(number, bytes, is_sound, at),
        EntryKind::Noise => active.hear_noise(bytes, at),
        EntryKind::Echo => active.hear_echo(at),
        EntryKind::Mark(_) => {}
    }
}
