//! The line in time: how long characters take, and in which pieces a reader gets them.

use std::time::Duration;

use crate::frame::At;
use crate::protocol::LineSettings;

/// Whether the simulation takes the time that real meters and wires take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speed {
    /// Wire time, reaction times and push intervals of the real meter.
    #[default]
    Real,
    /// No wire time and no reaction time: answers come at once and in one piece.
    Max,
}

/// Bytes that are handed over together, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// When the last of them is there.
    pub at: At,
    /// The bytes, at least one.
    pub bytes: Vec<u8>,
}

/// How fast characters follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As fast as line settings allow.
    Wire(LineSettings),
    /// Without taking time.
    Instant,
}

/// A reader is woken at most once in this time, as the first byte that falls behind it fills a piece.
const PIECE_TIME: Duration = Duration::from_millis(1);

/// A piece holds at most this many characters, the receive trigger of a common UART FIFO.
const PIECE_CHARACTERS: usize = 16;

impl Pace {
    /// The pace of a line at a speed.
    #[must_use]
    pub const fn of(line: LineSettings, speed: Speed) -> Self {
        match speed {
            Speed::Real => Self::Wire(line),
            Speed::Max => Self::Instant,
        }
    }

    /// How long so many characters take.
    #[must_use]
    pub fn time(self, characters: usize) -> Duration {
        match self {
            Self::Wire(line) => line.wire_time(characters),
            Self::Instant => Duration::ZERO,
        }
    }

    /// How many characters fit into a time, to the nearest.
    #[must_use]
    pub fn characters(self, time: Duration) -> usize {
        let one = self.time(1).as_nanos();
        let rounded = time.as_nanos().saturating_add(one / 2).checked_div(one).unwrap_or(0);
        usize::try_from(rounded).unwrap_or(usize::MAX)
    }

    /// The pieces in which bytes arrive whose first bit leaves at `start`.
    #[must_use]
    pub fn pieces(self, bytes: &[u8], start: At) -> Vec<Piece> {
        let mut done = 0;
        let chunks = bytes.chunks(self.piece_size(bytes.len()));
        chunks
            .map(|chunk| {
                done += chunk.len();
                Piece { at: start + self.time(done), bytes: chunk.to_vec() }
            })
            .collect()
    }

    fn piece_size(self, whole: usize) -> usize {
        match self {
            Self::Wire(_) => {
                (1..PIECE_CHARACTERS).find(|n| self.time(*n) >= PIECE_TIME).unwrap_or(PIECE_CHARACTERS)
            }
            Self::Instant => whole.max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_nanos(pieces: &[Piece]) -> Vec<(u64, usize)> {
        pieces.iter().map(|p| (p.at.nanos(), p.bytes.len())).collect()
    }

    #[test]
    fn at_9600_every_character_is_a_piece_that_ends_with_its_stop_bit() {
        let pieces = Pace::Wire(LineSettings::n81(9600)).pieces(&[1, 2, 3], At::from_millis(1));
        assert_eq!(at_nanos(&pieces), [(2_041_666, 1), (3_083_333, 1), (4_125_000, 1)]);
    }

    #[test]
    fn at_115200_a_piece_is_what_arrives_in_a_millisecond() {
        let pieces = Pace::Wire(LineSettings::n81(115_200)).pieces(&[0; 30], At::ZERO);
        assert_eq!(at_nanos(&pieces), [(1_041_666, 12), (2_083_333, 12), (2_604_166, 6)]);
    }

    #[test]
    fn very_fast_lines_hand_over_sixteen_at_most() {
        let pieces = Pace::Wire(LineSettings::n81(921_600)).pieces(&[0; 40], At::ZERO);
        assert_eq!(pieces.iter().map(|p| p.bytes.len()).collect::<Vec<_>>(), [16, 16, 8]);
    }

    #[test]
    fn without_pace_all_comes_at_once() {
        assert_eq!(at_nanos(&Pace::Instant.pieces(&[0; 500], At::from_millis(7))), [(7_000_000, 500)]);
        assert!(Pace::Instant.pieces(&[], At::ZERO).is_empty());
    }

    #[test]
    fn a_skew_is_rounded_to_characters() {
        let pace = Pace::Wire(LineSettings::n81(9600));
        assert_eq!(pace.characters(Duration::from_millis(3)), 3);
        assert_eq!(pace.characters(Duration::from_micros(500)), 0);
        assert_eq!(Pace::Instant.characters(Duration::from_secs(1)), 0);
    }
}
