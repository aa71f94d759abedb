//! What a receiver makes of characters that are sent with other line settings than its own.

use crate::protocol::{LineSettings, Parity};

/// The bytes that a receiver set to `ears` takes from characters sent without pause by a sender set to `mouth`.
///
/// A start bit is where the line falls. Every bit is sampled in its middle; after a character without a stop bit
/// the receiver waits until the line is high again.
pub(super) fn misheard(bytes: &[u8], mouth: LineSettings, ears: LineSettings) -> Vec<u8> {
    let wave = Wave::of(bytes, mouth, ears);
    let mut heard = Vec::new();
    let mut at = 0;
    while let Some(start) = wave.next(at, false) {
        let (byte, end) = wave.character(start, ears);
        heard.push(byte);
        let Some(high) = wave.next(end, true) else { break };
        at = high;
    }
    heard
}

/// The line over time, in parts of a second of which both kinds of bit have a whole number.
struct Wave {
    /// What is sent, bit by bit.
    bits: Vec<bool>,
    /// Parts that a bit of the sender takes.
    sent: usize,
    /// Parts that a bit of the receiver takes.
    taken: usize,
}

impl Wave {
    fn of(bytes: &[u8], mouth: LineSettings, ears: LineSettings) -> Self {
        let mut bits = Vec::with_capacity(bytes.len() * mouth.character_bits() as usize);
        for byte in bytes {
            bits.push(false);
            let data = (0..mouth.data_bits).map(|bit| byte >> bit & 1 == 1);
            bits.extend(data.clone());
            let is_odd = data.filter(|bit| *bit).count() % 2 == 1;
            match mouth.parity {
                Parity::None => {}
                Parity::Even => bits.push(is_odd),
                Parity::Odd => bits.push(!is_odd),
            }
            bits.extend((0..mouth.stop_bits).map(|_| true));
        }
        Self { bits, sent: (ears.baud as usize).max(1), taken: (mouth.baud as usize).max(1) }
    }

    /// Whether the line is high; after the last bit it stays so.
    fn is_high(&self, at: usize) -> bool {
        self.bits.get(at / self.sent).copied().unwrap_or(true)
    }

    /// When the line is next high, or low; `None` after the last bit.
    fn next(&self, at: usize, is_high: bool) -> Option<usize> {
        let first = at / self.sent;
        let found = self.bits.iter().skip(first).position(|bit| *bit == is_high)? + first;
        Some(at.max(found * self.sent))
    }

    /// The character whose start bit begins at a moment, and the middle of its stop bit.
    fn character(&self, start: usize, ears: LineSettings) -> (u8, usize) {
        let middle = |bit: usize| start + self.taken / 2 + bit * self.taken;
        let data = usize::from(ears.data_bits);
        let byte = (0..data).fold(0, |byte, bit| byte | u8::from(self.is_high(middle(bit + 1))) << bit);
        let parity = usize::from(ears.parity != Parity::None);
        (byte, middle(data + parity + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SLOW: LineSettings = LineSettings::e71(9600);
    const FAST: LineSettings = LineSettings::n81(115_200);

    #[test]
    fn a_slow_sender_is_heard_as_zeros_by_a_fast_receiver() {
        let heard = misheard(b"/ISk5\\2MT382-1003\r\n\r\n0-0:96.1.1(4B414C37303035)\r\n", SLOW, FAST);
        let others = heard.iter().filter(|byte| **byte != 0).count();
        assert!(heard.len() > 40 && others * 10 < heard.len(), "{heard:02X?}");
    }

    #[test]
    fn seven_bits_taken_for_eight_carry_their_parity_bit_on_top() {
        let heard = misheard(b"/A1", SLOW, LineSettings::n81(9600));
        assert_eq!(heard, [b'/' | 0x80, b'A', b'1' | 0x80]);
    }

    proptest! {
        #[test]
        fn the_same_settings_lose_nothing(bytes in proptest::collection::vec(0u8..128, 0..60)) {
            for line in [SLOW, FAST, LineSettings::e81(2400)] {
                prop_assert_eq!(&misheard(&bytes, line, line), &bytes);
            }
        }

        #[test]
        fn a_slow_receiver_hears_few_of_many(bytes in proptest::collection::vec(0u8..128, 200..400)) {
            let heard = misheard(&bytes, FAST, SLOW);
            prop_assert!(heard.len() * 8 < bytes.len());
        }
    }
}
