//! Bytes that belong together, with the times at which they are handed over.

use std::time::Duration;

use crate::frame::At;
use crate::sim::line::{Pace, Piece};

/// A message, or as much of one as is seen at once: pieces in order of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Burst(Vec<Piece>);

impl Burst {
    /// Takes pieces in order of time; empty ones are left out.
    #[must_use]
    pub fn new(pieces: Vec<Piece>) -> Self {
        Self(pieces.into_iter().filter(|piece| !piece.bytes.is_empty()).collect())
    }

    /// The pieces.
    #[must_use]
    pub fn into_pieces(self) -> Vec<Piece> {
        self.0
    }

    /// All its bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|piece| piece.bytes.iter().copied()).collect()
    }

    /// How many bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|piece| piece.bytes.len()).sum()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When its first bytes are handed over.
    #[must_use]
    pub fn first_at(&self) -> Option<At> {
        self.0.first().map(|piece| piece.at)
    }

    /// When its last bytes are handed over.
    #[must_use]
    pub fn last_at(&self) -> Option<At> {
        self.0.last().map(|piece| piece.at)
    }

    /// When the byte at a position is handed over, the last one's time beyond the end.
    #[must_use]
    pub fn at(&self, position: usize) -> At {
        let mut seen = 0;
        let holds = |piece: &&Piece| {
            seen += piece.bytes.len();
            position < seen
        };
        self.0.iter().find(holds).or(self.0.last()).map_or(At::ZERO, |piece| piece.at)
    }

    /// Puts another byte, several or none in the place of every byte. `change` is told the position.
    pub fn rewrite(&mut self, mut change: impl FnMut(usize, u8, At) -> Vec<u8>) {
        let mut position = 0;
        for piece in &mut self.0 {
            let mut rewritten = Vec::with_capacity(piece.bytes.len());
            for byte in &piece.bytes {
                rewritten.extend(change(position, *byte, piece.at));
                position += 1;
            }
            piece.bytes = rewritten;
        }
        self.0.retain(|piece| !piece.bytes.is_empty());
    }

    /// Puts other bytes in the place of all, keeping times as far as the lengths allow.
    pub fn replace(&mut self, bytes: &[u8], pace: Pace) {
        let mut rest = bytes;
        for piece in &mut self.0 {
            let (now, later) = rest.split_at(piece.bytes.len().min(rest.len()));
            piece.bytes = now.to_vec();
            rest = later;
        }
        self.0.retain(|piece| !piece.bytes.is_empty());
        self.append(rest, pace);
    }

    /// Adds bytes that follow at a pace.
    pub fn append(&mut self, bytes: &[u8], pace: Pace) {
        let end = self.last_at().unwrap_or(At::ZERO);
        if pace == Pace::Instant
            && let Some(last) = self.0.last_mut()
        {
            last.bytes.extend_from_slice(bytes);
        } else {
            self.0.extend(pace.pieces(bytes, end));
        }
    }

    /// Puts bytes before the first one; the rest comes later by the time these take.
    pub fn prepend(&mut self, bytes: &[u8], pace: Pace) {
        let Some(first) = self.first_at() else { return };
        if pace == Pace::Instant {
            if let Some(piece) = self.0.first_mut() {
                piece.bytes.splice(0..0, bytes.iter().copied());
            }
            return;
        }
        let step = pace.time(1);
        self.delay(pace.time(bytes.len()));
        let before = bytes.iter().enumerate().map(|(index, byte)| Piece {
            at: first + step * u32::try_from(index).unwrap_or(u32::MAX),
            bytes: vec![*byte],
        });
        self.0.splice(0..0, before.collect::<Vec<_>>());
    }

    /// Everything comes later.
    pub fn delay(&mut self, by: Duration) {
        for piece in &mut self.0 {
            piece.at = piece.at + by;
        }
    }

    /// Nothing is handed over before the piece ahead of it.
    pub fn not_before(&mut self, at: At) {
        let mut earliest = at;
        for piece in &mut self.0 {
            piece.at = piece.at.max(earliest);
            earliest = piece.at;
        }
    }

    /// Handed over at multiples of a time only; what falls together is one piece.
    pub fn quantise(&mut self, step: Duration) {
        let step = u64::try_from(step.as_nanos()).unwrap_or(u64::MAX).max(1);
        let round = |at: At| At::from_nanos(at.nanos().div_ceil(step).saturating_mul(step));
        let mut clumped: Vec<Piece> = Vec::new();
        for piece in std::mem::take(&mut self.0) {
            let at = round(piece.at);
            match clumped.last_mut() {
                Some(last) if last.at == at => last.bytes.extend(piece.bytes),
                _ => clumped.push(Piece { at, bytes: piece.bytes }),
            }
        }
        self.0 = clumped;
    }

    /// Cut into pieces of these sizes, the last one repeating, each handed over when its last byte is there and
    /// every next one later by a gap.
    pub fn split(&mut self, sizes: &[usize], gap: Duration) {
        let times: Vec<At> =
            self.0.iter().flat_map(|piece| std::iter::repeat_n(piece.at, piece.bytes.len())).collect();
        let bytes = self.bytes();
        let last_size = sizes.last().copied().unwrap_or(1).max(1);
        let (mut start, mut late) = (0, Duration::ZERO);
        let mut sizes = sizes.iter().copied();
        self.0.clear();
        while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
            let size = sizes.next().unwrap_or(last_size).clamp(1, rest.len());
            let at = times.get(start + size - 1).copied().unwrap_or_default() + late;
            self.0.push(Piece { at, bytes: rest.iter().take(size).copied().collect() });
            start += size;
            late += gap;
        }
    }

    /// With a pause after every so many bytes (the last size repeating); otherwise the characters follow each
    /// other as before.
    pub fn pause(&mut self, sizes: &[usize], gap: Duration) {
        let last_size = sizes.last().copied().unwrap_or(1).max(1);
        let mut sizes = sizes.iter().copied();
        let mut left = sizes.next().unwrap_or(last_size);
        let mut late = Duration::ZERO;
        let mut paused: Vec<Piece> = Vec::new();
        for Piece { at, bytes } in std::mem::take(&mut self.0) {
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                if left == 0 {
                    left = sizes.next().unwrap_or(last_size).max(1);
                    late += gap;
                }
                let (now, later) = rest.split_at(left.min(rest.len()));
                paused.push(Piece { at: at + late, bytes: now.to_vec() });
                left -= now.len();
                rest = later;
            }
        }
        self.0 = paused;
    }

    /// Only the first so many bytes.
    pub fn truncate(&mut self, keep: usize) {
        self.rewrite(|position, byte, _| if position < keep { vec![byte] } else { Vec::new() });
    }

    /// The characters follow each other at a pace from where the first one is.
    pub fn repace(&mut self, pace: Pace) {
        let Some(first) = self.first_at() else { return };
        let mut paced = pace.pieces(&self.bytes(), first);
        // A slower pace delays; a faster one cannot make bytes come before they were there.
        let mut position = 0;
        for piece in &mut paced {
            position += piece.bytes.len();
            piece.at = piece.at.max(self.at(position.saturating_sub(1)));
        }
        self.0 = paced;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::LineSettings;

    fn burst(pieces: &[(u64, &[u8])]) -> Burst {
        let piece = |(ms, bytes): &(u64, &[u8])| Piece { at: At::from_millis(*ms), bytes: bytes.to_vec() };
        Burst::new(pieces.iter().map(piece).collect())
    }

    #[test]
    fn splitting_cuts_across_pieces_and_waits_for_the_last_byte_of_each() {
        let mut b = burst(&[(1, &[1, 2]), (3, &[3, 4, 5])]);
        b.split(&[3, 1], Duration::from_millis(10));
        assert_eq!(b, burst(&[(3, &[1, 2, 3]), (13, &[4]), (23, &[5])]));
    }

    #[test]
    fn pausing_keeps_the_pace_between_the_pauses() {
        let mut b = burst(&[(1, &[1]), (2, &[2]), (3, &[3]), (5, &[4, 5])]);
        b.pause(&[2, 2], Duration::from_millis(10));
        assert_eq!(b, burst(&[(1, &[1]), (2, &[2]), (13, &[3]), (15, &[4]), (25, &[5])]));
    }

    #[test]
    fn quantising_rounds_up_and_clumps() {
        let mut b = burst(&[(1, &[1]), (16, &[2]), (17, &[3]), (30, &[4])]);
        b.quantise(Duration::from_millis(16));
        assert_eq!(b, burst(&[(16, &[1, 2]), (32, &[3, 4])]));
    }

    #[test]
    fn a_prefix_on_the_wire_pushes_the_rest_back() {
        let pace = Pace::Wire(LineSettings::n81(10_000));
        let mut b = burst(&[(1, &[7]), (2, &[8])]);
        b.prepend(&[0xFF], pace);
        assert_eq!(b, burst(&[(1, &[0xFF]), (2, &[7]), (3, &[8])]));
        b.append(&[9], pace);
        assert_eq!((b.len(), b.last_at()), (4, Some(At::from_millis(4))));
    }

    #[test]
    fn without_pace_what_is_added_belongs_to_the_same_piece() {
        let mut b = burst(&[(1, &[7])]);
        b.prepend(&[6], Pace::Instant);
        b.append(&[8], Pace::Instant);
        assert_eq!(b, burst(&[(1, &[6, 7, 8])]));
    }

    #[test]
    fn a_slower_pace_stretches() {
        let mut b = burst(&[(1, &[1, 2, 3])]);
        b.repace(Pace::Wire(LineSettings::n81(1000)));
        assert_eq!(b, burst(&[(11, &[1]), (21, &[2]), (31, &[3])]));
    }

    proptest! {
        #[test]
        fn handing_over_otherwise_changes_no_byte(
            bytes in proptest::collection::vec(any::<u8>(), 1..60),
            sizes in proptest::collection::vec(1_usize..9, 1..4),
            step in 1_u64..40,
        ) {
            let mut b = Burst::new(Pace::Wire(LineSettings::default()).pieces(&bytes, At::ZERO));
            b.split(&sizes, Duration::from_millis(1));
            b.quantise(Duration::from_millis(step));
            b.repace(Pace::Wire(LineSettings::n81(2400)));
            prop_assert_eq!(b.bytes(), bytes);
            let times: Vec<At> = b.into_pieces().iter().map(|p| p.at).collect();
            prop_assert!(times.is_sorted());
        }
    }
}
