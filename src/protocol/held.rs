//! The bytes that a framer has not decided about yet, each with its time.

use super::framer::{Piece, PieceKind};
use crate::frame::At;

/// Undecided bytes. What is handed over is dropped when more come, in one move.
#[derive(Debug, Default)]
pub(super) struct Held {
    bytes: Vec<u8>,
    times: Vec<At>,
    /// Where those start that have not been handed over.
    start: usize,
}

impl Held {
    /// With room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), times: Vec::with_capacity(bytes), start: 0 }
    }

    /// The undecided bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// When the last of the undecided bytes came.
    pub(super) fn last(&self) -> Option<At> {
        self.times.last().copied().filter(|_| !self.bytes().is_empty())
    }

    /// Bytes that came at `at`.
    pub(super) fn push(&mut self, bytes: &[u8], at: At) {
        self.compact();
        self.bytes.extend_from_slice(bytes);
        self.times.resize(self.bytes.len(), at);
    }

    /// Hands the first `length` bytes over, as far as they are there.
    pub(super) fn emit(&mut self, kind: PieceKind, length: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let end = self.start.saturating_add(length).min(self.bytes.len());
        if let (Some(bytes), Some([first, .., last] | [first @ last])) =
            (self.bytes.get(self.start..end), self.times.get(self.start..end))
        {
            out(Piece { kind, bytes, first: *first, last: *last });
        }
        self.start = end;
    }

    /// How many bytes there is room for without more memory.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity().max(self.times.capacity())
    }

    /// Drops what was handed over once that costs little: nothing is left, or less than was handed over.
    fn compact(&mut self) {
        if self.start * 2 >= self.bytes.len() {
            self.bytes.drain(..self.start);
            self.times.drain(..self.start);
            self.start = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_handed_over_once_with_its_time() {
        let mut held = Held::with_capacity(8);
        let mut told = Vec::new();
        for round in 0..100_u8 {
            held.push(&[round, round], At::from_millis(round.into()));
            let mut keep = |piece: Piece<'_>| told.push((piece.bytes.to_vec(), piece.first, piece.last));
            held.emit(PieceKind::Noise, if round == 99 { usize::MAX } else { 1 }, &mut keep);
        }
        assert_eq!((held.bytes(), held.last()), (&[][..], None));
        let bytes: Vec<u8> = told.iter().flat_map(|(bytes, ..)| bytes.clone()).collect();
        assert_eq!(bytes, (0..100).flat_map(|round| [round, round]).collect::<Vec<_>>());
        let (_, first, last) = told.last().unwrap();
        assert_eq!((*first, *last), (At::from_millis(49), At::from_millis(99)));
    }
}
