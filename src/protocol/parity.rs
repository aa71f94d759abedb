//! Characters of seven bits and a parity bit, carried as the bytes of an 8N1 line.
//!
//! A port or converter set to 8N1 hands every 7E1 character over with its parity bit in bit 7, and a meter on
//! such a line hears only what is sent to it in the same way: `/?!` CR LF is AF 3F 21 8D 0A. A pseudo-terminal
//! is always 8N1 (Linux, drivers/tty/pty.c), and so is many a converter.

use super::{LineSettings, Parity};

/// Bit 7 of a byte, where it is the parity of the other seven.
const PARITY_BIT: u8 = 0x80;

/// How many ones a character has together with its parity bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// An even number: 7E1.
    Even,
    /// An odd number: 7O1.
    Odd,
}

impl Weight {
    /// What the characters of a line have; `None` where they have eight bits or no parity bit.
    #[must_use]
    pub const fn of(line: LineSettings) -> Option<Self> {
        match (line.data_bits, line.parity) {
            (7, Parity::Even) => Some(Self::Even),
            (7, Parity::Odd) => Some(Self::Odd),
            _ => None,
        }
    }

    /// Whether a byte has it.
    #[must_use]
    pub const fn fits(self, byte: u8) -> bool {
        byte.count_ones().is_multiple_of(2) == matches!(self, Self::Even)
    }

    /// Puts the parity bits in; bit 7 of what is given does not count.
    pub fn apply(self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte &= !PARITY_BIT;
            if !self.fits(*byte) {
                *byte |= PARITY_BIT;
            }
        }
    }

    /// Takes the parity bits out.
    pub fn strip(bytes: &mut [u8]) {
        for byte in bytes {
            *byte &= !PARITY_BIT;
        }
    }

    /// How many bytes have a wrong parity bit.
    #[must_use]
    pub fn errors(self, bytes: &[u8]) -> usize {
        bytes.iter().filter(|byte| !self.fits(**byte)).count()
    }

    /// What received bytes show.
    #[must_use]
    pub fn evidence(self, bytes: &[u8]) -> Evidence {
        let has_bit = bytes.iter().any(|byte| byte & PARITY_BIT != 0);
        match (has_bit, self.errors(bytes)) {
            (true, 0) => Evidence::Carried,
            (true, _) => Evidence::Damaged,
            (false, 0) => Evidence::Unclear,
            (false, _) => Evidence::Plain,
        }
    }
}

/// What received bytes show about bit 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Some byte has bit 7 set, and all have the right weight: the bits are parity.
    Carried,
    /// No byte has bit 7 set though some would need it: the far end deals with parity itself.
    Plain,
    /// Bit 7 is set somewhere, but not as parity would have it.
    Damaged,
    /// No byte has the bit set and none would need it.
    Unclear,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_sign_on_becomes_the_bytes_seen_on_real_lines() {
        let mut bytes = *b"/?!\r\n";
        Weight::Even.apply(&mut bytes);
        assert_eq!(bytes, [0xAF, 0x3F, 0x21, 0x8D, 0x0A]);
        assert_eq!(Weight::Even.evidence(&bytes), Evidence::Carried);
        Weight::strip(&mut bytes);
        assert_eq!(&bytes, b"/?!\r\n");
    }

    #[test]
    fn only_seven_bits_with_parity_can_be_carried() {
        assert_eq!(Weight::of(LineSettings::e71(300)), Some(Weight::Even));
        assert_eq!(Weight::of("300-7O1".parse().unwrap()), Some(Weight::Odd));
        for line in ["300-7N2", "9600-8N1", "2400-8E1"] {
            assert_eq!(Weight::of(line.parse().unwrap()), None, "{line}");
        }
    }

    #[test]
    fn what_bytes_show_is_told_apart() {
        let evidence = |bytes: &[u8]| Weight::Even.evidence(bytes);
        assert_eq!(evidence(b"/TPC5NEVAMT324.2303\r\n"), Evidence::Plain);
        assert_eq!(evidence(&[0x06]), Evidence::Unclear);
        assert_eq!(evidence(&[0x95]), Evidence::Carried);
        assert_eq!(evidence(&[0xC0, 0x48, 0xFD]), Evidence::Damaged);
        assert_eq!(evidence(&[]), Evidence::Unclear);
    }

    proptest! {
        #[test]
        fn what_is_put_in_comes_out(text in "[\\x00-\\x7F]{0,80}", odd: bool) {
            let weight = if odd { Weight::Odd } else { Weight::Even };
            let mut bytes = text.clone().into_bytes();
            weight.apply(&mut bytes);
            prop_assert_eq!(weight.errors(&bytes), 0);
            Weight::strip(&mut bytes);
            prop_assert_eq!(bytes, text.into_bytes());
        }

        #[test]
        fn every_single_turned_bit_is_counted(
            text in "[\\x00-\\x7F]{1,40}", at in any::<prop::sample::Index>(), bit in 0..8
        ) {
            let mut bytes = text.into_bytes();
            Weight::Even.apply(&mut bytes);
            let at = at.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
            prop_assert_eq!(Weight::Even.errors(&bytes), 1);
        }
    }
}
