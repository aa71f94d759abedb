//! Cutting a stream that no protocol claims: a run of noise ends where the line falls silent.

use std::time::Duration;

use crate::frame::At;
use crate::protocol::{Framer, LineSettings, Piece, PieceKind};

/// Bytes after which a run is cut even on a line that never falls silent.
const LONGEST: usize = 256;
/// A silence shorter than this never ends a run: adapters hold bytes back for up to 16 ms and converters
/// pack for 12 ms.
const SHORTEST_SILENCE: Duration = Duration::from_millis(20);

/// A framer that knows no frames.
pub(super) struct Runs {
    held: Vec<u8>,
    first: At,
    last: At,
    silence: Duration,
}

impl Runs {
    /// For a line: four characters of silence end a run, but never less than the adapters need.
    pub(super) fn new(line: LineSettings) -> Self {
        let silence = line.wire_time(4).max(SHORTEST_SILENCE);
        Self { held: Vec::with_capacity(LONGEST), first: At::ZERO, last: At::ZERO, silence }
    }
}

impl Framer for Runs {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if at.since(self.last) >= self.silence {
            self.finish(out);
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = LONGEST.saturating_sub(self.held.len());
            let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
            if self.held.is_empty() {
                self.first = at;
            }
            self.held.extend_from_slice(now);
            self.last = at;
            rest = later;
            if self.held.len() >= LONGEST {
                self.finish(out);
            }
        }
    }

    fn deadline(&self) -> Option<At> {
        (!self.held.is_empty()).then(|| self.last + self.silence)
    }

    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if self.deadline().is_some_and(|deadline| deadline <= at) {
            self.finish(out);
        }
    }

    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        if !self.held.is_empty() {
            out(Piece { kind: PieceKind::Noise, bytes: &self.held, first: self.first, last: self.last });
            self.held.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs_of(chunks: &[(&[u8], u64)]) -> Vec<Vec<u8>> {
        let mut runs = Runs::new(LineSettings::n81(9600));
        let mut found = Vec::new();
        let mut keep = |piece: Piece<'_>| found.push(piece.bytes.to_vec());
        for (bytes, at) in chunks {
            runs.push(bytes, At::from_millis(*at), &mut keep);
        }
        runs.finish(&mut keep);
        found
    }

    #[test]
    fn a_silence_ends_a_run() {
        assert_eq!(runs_of(&[(b"ab", 0), (b"c", 5), (b"d", 40)]), [b"abc".to_vec(), b"d".to_vec()]);
    }

    #[test]
    fn a_run_stays_short_on_a_line_that_is_never_silent() {
        let flood = [0x55; 1000];
        let lengths: Vec<usize> = runs_of(&[(&flood, 0)]).iter().map(Vec::len).collect();
        assert_eq!(lengths, [256, 256, 256, 232]);
    }
}
