//! Cutting the byte stream at the END bytes.
//!
//! Every END either closes what stands before it or opens what follows; nothing in the byte tells which. So
//! the content decides:
//!
//! - What stands before an END and is sound is a frame, with or without an END of its own before it: two
//!   frames may share one END, and a lost END costs no other frame.
//! - What stands between two END bytes and is not sound, but begins like a frame (OPT 48) or is as long as
//!   one, is a damaged frame. The END after it counts as its own; a frame that follows on the same END is
//!   still found by the first rule.
//! - All else is noise, and the END after it opens the next frame: END END, a few stray bytes between two
//!   END, bytes before the first END, a run longer than any frame can be.
//! - What was opened and not closed in [`patience`] is given up: a damaged frame if it begins with OPT 48,
//!   noise otherwise. Gaps within that time mean nothing.

use std::time::Duration;

use super::frame::{self, CONTENT_MIN, Defect, OPT, WIRE_MAX};
use super::stuffing::END;
use super::variants;
use crate::frame::{At, Direction};
use crate::protocol::{Framer, Integrity, LineSettings, Piece, PieceKind};

/// Noise is handed over at the latest when so many bytes of it are held.
const NOISE_MAX: usize = 256;

/// How long the rest of a frame is waited for: beyond what adapters, converters and a repeated TCP segment put
/// between bytes, well below the time a meter has for its answer.
fn patience(line: LineSettings) -> Duration {
    Duration::from_millis(500).max(line.wire_time(32))
}

/// What the held bytes behind the noise are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    /// They begin with an END that may open a frame.
    Open,
    /// They follow the start of the stream or the END of another frame.
    Bare,
    /// They cannot become a frame before the next END.
    Lost,
}

/// The framer of the CE protocol.
#[derive(Debug)]
pub(super) struct CeFramer {
    /// Noise, then the run.
    held: Vec<u8>,
    noise: usize,
    run: Run,
    noise_first: At,
    noise_last: At,
    run_first: At,
    last: At,
    patience: Duration,
}

impl CeFramer {
    /// For one stream over a line.
    pub(super) fn new(line: LineSettings) -> Self {
        Self {
            held: Vec::with_capacity(NOISE_MAX + 2 * variants::WIRE_MAX),
            noise: 0,
            run: Run::Bare,
            noise_first: At::ZERO,
            noise_last: At::ZERO,
            run_first: At::ZERO,
            last: At::ZERO,
            patience: patience(line),
        }
    }

    fn run_bytes(&self) -> &[u8] {
        self.held.get(self.noise..).unwrap_or_default()
    }

    /// Takes bytes of which none is an END.
    fn plain(&mut self, mut bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        while !bytes.is_empty() {
            let room = self.room(bytes);
            if room == 0 {
                self.run_is_noise(Run::Lost, out);
                continue;
            }
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.hold(now, at);
            if self.run == Run::Lost {
                self.run_is_noise(Run::Lost, out);
            }
            bytes = later;
        }
    }

    /// How many more bytes the run takes before it is too long for a frame and its END.
    fn room(&self, coming: &[u8]) -> usize {
        let held = self.run_bytes();
        let first = match self.run {
            Run::Open => held.get(1).or_else(|| coming.first()),
            Run::Bare => held.first().or_else(|| coming.first()),
            Run::Lost => return NOISE_MAX.saturating_sub(self.noise).max(1),
        };
        let limit =
            if first.is_some_and(|opt| variants::is_long(*opt)) { variants::WIRE_MAX } else { WIRE_MAX };
        limit.saturating_sub(held.len() + 1)
    }

    fn hold(&mut self, bytes: &[u8], at: At) {
        if self.held.len() == self.noise {
            self.run_first = at;
        }
        self.held.extend_from_slice(bytes);
        self.last = at;
    }

    /// An END came.
    fn end(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if let Some(judged) = self.judge() {
            self.hold(&[END], at);
            self.emit_frame(judged, out);
        } else {
            self.run_is_noise(Run::Open, out);
            self.hold(&[END], at);
        }
    }

    /// What the run is if an END closes it; `None` for noise.
    fn judge(&self) -> Option<Integrity> {
        let (content, is_open) = match self.run {
            Run::Open => (self.run_bytes().get(1..)?, true),
            Run::Bare => (self.run_bytes(), false),
            Run::Lost => return None,
        };
        let first = *content.first()?;
        match frame::parse_inner(content, Direction::Unknown) {
            Ok(_) => Some(Integrity::Good),
            Err(Defect::Opt(_) | Defect::Variant(_)) if is_open => Some(Integrity::Unchecked),
            Err(_) if is_open && (first == OPT || content.len() >= CONTENT_MIN) => Some(Integrity::Bad),
            Err(_) => None,
        }
    }

    fn run_is_noise(&mut self, next: Run, out: &mut dyn FnMut(Piece<'_>)) {
        if self.held.len() > self.noise {
            if self.noise == 0 {
                self.noise_first = self.run_first;
            }
            self.noise_last = self.last;
            self.noise = self.held.len();
        }
        self.run = next;
        if self.noise >= NOISE_MAX {
            self.emit_noise(out);
            self.held.clear();
            self.noise = 0;
        }
    }

    fn emit_noise(&self, out: &mut dyn FnMut(Piece<'_>)) {
        let bytes = self.held.get(..self.noise).unwrap_or_default();
        if !bytes.is_empty() {
            out(Piece { kind: PieceKind::Noise, bytes, first: self.noise_first, last: self.noise_last });
        }
    }

    fn emit_frame(&mut self, judged: Integrity, out: &mut dyn FnMut(Piece<'_>)) {
        self.emit_noise(out);
        let kind = PieceKind::Frame(judged);
        out(Piece { kind, bytes: self.run_bytes(), first: self.run_first, last: self.last });
        self.forget();
    }

    fn forget(&mut self) {
        self.held.clear();
        self.noise = 0;
        self.run = Run::Bare;
    }
}

impl Framer for CeFramer {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        self.expire(at, out);
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == END) {
            let (plain, from_end) = rest.split_at(end);
            self.plain(plain, at, out);
            self.end(at, out);
            rest = from_end.get(1..).unwrap_or_default();
        }
        self.plain(rest, at, out);
    }

    fn deadline(&self) -> Option<At> {
        (!self.held.is_empty()).then(|| self.last + self.patience)
    }

    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if self.deadline().is_some_and(|due| due <= at) {
            self.finish(out);
        }
    }

    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        if self.run == Run::Open && self.run_bytes().get(1) == Some(&OPT) {
            return self.emit_frame(Integrity::Bad, out);
        }
        self.run_is_noise(Run::Bare, out);
        self.emit_noise(out);
        self.forget();
    }
}

#[cfg(test)]
mod tests;
