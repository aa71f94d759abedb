//! The marks that a terminal device puts into what it receives (`PARMRK`, termios(3)).
//!
//! `FF 00 x` is the byte x, received damaged; `FF 00 00` is a break; `FF FF` is an undamaged FF. The system does
//! not say whether it was the parity bit or the stop bit that was wrong: without a parity bit it can only have
//! been the stop bit.

use crate::link::damage::{Damage, Heard, LineError};
use crate::protocol::{LineSettings, Parity};

/// What begins a mark.
const MARK: u8 = 0xFF;

/// Takes the marks out again. It keeps what the end of one read left unfinished for the next.
#[derive(Debug)]
pub(super) struct Marks {
    within: Within,
    damaged: LineError,
}

/// Where in a mark the last byte was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    None,
    Mark,
    MarkZero,
}

impl Marks {
    /// On a line of these settings.
    pub(super) fn of(line: LineSettings) -> Self {
        let mut marks = Self { within: Within::None, damaged: LineError::Framing };
        marks.set(line);
        marks
    }

    /// The line settings are now these.
    pub(super) fn set(&mut self, line: LineSettings) {
        self.damaged = if line.parity == Parity::None { LineError::Framing } else { LineError::Parity };
    }

    /// The bytes as they were received, and which are damaged. None where the read ended within a mark.
    pub(super) fn take_out(&mut self, marked: &[u8]) -> Heard {
        if self.within == Within::None && memchr::memchr(MARK, marked).is_none() {
            return Heard::from(marked.to_vec());
        }
        let mut heard = Heard::from(Vec::with_capacity(marked.len() + 1));
        for &byte in marked {
            self.push(byte, &mut heard);
        }
        heard
    }

    fn push(&mut self, byte: u8, heard: &mut Heard) {
        self.within = match (self.within, byte) {
            (Within::None, MARK) => Within::Mark,
            (Within::Mark, 0) => Within::MarkZero,
            (within, byte) => {
                match within {
                    // Bytes that came before marking was set: an FF stands for itself.
                    Within::Mark if byte != MARK => heard.bytes.push(MARK),
                    Within::None | Within::Mark => {}
                    Within::MarkZero => heard.damage.push(self.damage(byte, heard.bytes.len())),
                }
                heard.bytes.push(byte);
                Within::None
            }
        };
    }

    const fn damage(&self, byte: u8, place: usize) -> Damage {
        Damage { place, error: if byte == 0 { LineError::Break } else { self.damaged } }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the system makes of characters, those that are true being damaged.
    fn mark(line: &[(u8, bool)]) -> Vec<u8> {
        let marked = |&(byte, damaged): &(u8, bool)| match (byte, damaged) {
            (byte, true) => vec![MARK, 0, byte],
            (MARK, false) => vec![MARK, MARK],
            (byte, false) => vec![byte],
        };
        line.iter().flat_map(marked).collect()
    }

    fn characters() -> impl Strategy<Value = Vec<(u8, bool)>> {
        let byte = prop_oneof![Just(0), Just(MARK), any::<u8>()];
        proptest::collection::vec((byte, prop::bool::weighted(0.2)), 0..60)
    }

    /// Everything that comes out of chunks, as one.
    fn unmark(marks: &mut Marks, chunks: &[&[u8]]) -> Heard {
        let mut all = Heard::default();
        for chunk in chunks {
            let heard = marks.take_out(chunk);
            let before = all.bytes.len();
            all.damage.extend(heard.damage.iter().map(|d| Damage { place: before + d.place, ..*d }));
            all.bytes.extend(heard.bytes);
        }
        all
    }

    fn expected(line: &[(u8, bool)], damaged: LineError) -> Heard {
        let bytes = line.iter().map(|(byte, _)| *byte).collect();
        let error = |byte| if byte == 0 { LineError::Break } else { damaged };
        let damage = line.iter().enumerate().filter(|(_, (_, is_damaged))| *is_damaged);
        let damage = damage.map(|(place, (byte, _))| Damage { place, error: error(*byte) }).collect();
        Heard { bytes, damage }
    }

    proptest! {
        #[test]
        fn what_was_marked_comes_out_as_it_was_received_however_it_is_cut(
            line in characters(),
            cuts in proptest::collection::vec(1..9_usize, 0..40),
        ) {
            let marked = mark(&line);
            let (mut chunks, mut rest) = (Vec::new(), &marked[..]);
            for cut in cuts {
                let (chunk, behind) = rest.split_at(cut.min(rest.len()));
                chunks.push(chunk);
                rest = behind;
            }
            chunks.push(rest);
            let mut marks = Marks::of(LineSettings::e81(2400));
            prop_assert_eq!(unmark(&mut marks, &chunks), expected(&line, LineError::Parity));
            prop_assert_eq!(marks.within, Within::None);
        }

        #[test]
        fn foreign_bytes_never_grow(chunks in proptest::collection::vec(any::<Vec<u8>>(), 0..8)) {
            let mut marks = Marks::of(LineSettings::n81(9600));
            let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
            let given: usize = chunks.iter().map(|chunk| chunk.len()).sum();
            prop_assert!(unmark(&mut marks, &chunks).bytes.len() <= given);
        }
    }

    #[test]
    fn a_damaged_byte_stays_where_it_was_received() {
        let mut marks = Marks::of(LineSettings::e71(300));
        let heard = marks.take_out(b"/T\xFF\x00PC");
        assert_eq!(heard.bytes, b"/TPC");
        assert_eq!(heard.damage, [Damage { place: 2, error: LineError::Parity }]);
    }

    #[test]
    fn without_a_parity_bit_it_is_the_stop_bit_that_was_wrong() {
        let mut marks = Marks::of(LineSettings::e71(300));
        marks.set(LineSettings::n81(9600));
        let heard = marks.take_out(&[MARK, 0, MARK]);
        assert_eq!(heard.bytes, [MARK]);
        assert_eq!(heard.damage, [Damage { place: 0, error: LineError::Framing }]);
    }

    #[test]
    fn a_break_is_told_and_its_zeros_stay() {
        let heard = Marks::of(LineSettings::e81(2400)).take_out(&[0x10, MARK, 0, 0, 0x16]);
        assert_eq!(heard.bytes, [0x10, 0, 0x16]);
        assert_eq!(heard.damage, [Damage { place: 1, error: LineError::Break }]);
    }

    #[test]
    fn an_ff_from_before_marking_stands_for_itself() {
        let heard = Marks::of(LineSettings::n81(9600)).take_out(&[MARK, 0x41]);
        assert_eq!(heard, Heard::from(vec![MARK, 0x41]));
    }
}
