//! Even parity in software: 7E1 characters carried as bytes of an 8N1 line.
//!
//! A port or a converter set to 8N1 hands over each 7E1 character with its parity bit in bit 7; the other way
//! round, the bit has to be put there before sending, or the meter stays silent. `/?!` CR LF is AF 3F 21 8D 0A.

/// A byte with its parity bit: bit 7 makes the count of ones even.
#[must_use]
pub const fn with_parity(byte: u8) -> u8 {
    let character = byte & 0x7F;
    if is_even(character) { character } else { character | 0x80 }
}

/// Whether the count of ones is even, as 7E1 makes it.
#[must_use]
pub const fn is_even(byte: u8) -> bool {
    byte.count_ones().is_multiple_of(2)
}

/// Puts the parity bits in.
pub fn apply(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = with_parity(*byte);
    }
}

/// Takes the parity bits out and says how many bytes had a wrong one.
pub fn strip(bytes: &mut [u8]) -> usize {
    let mut errors = 0;
    for byte in bytes {
        errors += usize::from(!is_even(*byte));
        *byte &= 0x7F;
    }
    errors
}

/// What received bytes say about parity in software.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Some byte has bit 7 set and every byte has an even count of ones: the bits are parity.
    Even,
    /// No byte has bit 7 set, and some would need it: the port has dealt with parity.
    None,
    /// Bit 7 is set somewhere, but not as even parity would have it: damage, or another protocol.
    Otherwise,
    /// Too little to tell: no byte has or would need the bit.
    Unclear,
}

/// What bytes say about parity in software.
#[must_use]
pub fn detect(bytes: &[u8]) -> Evidence {
    let has_bit = bytes.iter().any(|byte| byte & 0x80 != 0);
    let all_even = bytes.iter().all(|byte| is_even(*byte));
    match (has_bit, all_even) {
        (true, true) => Evidence::Even,
        (true, false) => Evidence::Otherwise,
        (false, false) => Evidence::None,
        (false, true) => Evidence::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_sign_on_gets_the_bytes_seen_on_real_lines() {
        let mut bytes = *b"/?!\r\n";
        apply(&mut bytes);
        assert_eq!(bytes, [0xAF, 0x3F, 0x21, 0x8D, 0x0A]);
        assert_eq!(detect(&bytes), Evidence::Even);
        assert_eq!(strip(&mut bytes), 0);
        assert_eq!(&bytes, b"/?!\r\n");
    }

    #[test]
    fn a_port_that_takes_parity_out_is_told_from_one_that_does_not() {
        assert_eq!(detect(b"/TPC5NEVAMT324.2303\r\n"), Evidence::None);
        assert_eq!(detect(&[0x06]), Evidence::Unclear);
        assert_eq!(detect(&[0xC0, 0x48, 0xFD]), Evidence::Otherwise);
    }

    proptest! {
        #[test]
        fn every_single_turned_bit_is_counted(text in "[ -~]{1,40}", at in any::<prop::sample::Index>(), bit in 0..8) {
            let mut bytes = text.clone().into_bytes();
            apply(&mut bytes);
            let at = at.index(bytes.len());
            bytes[at] ^= 1u8 << bit;
            prop_assert_eq!(strip(&mut bytes), 1);
        }

        #[test]
        fn what_is_put_in_comes_out(text in "[ -~]{0,80}") {
            let mut bytes = text.clone().into_bytes();
            apply(&mut bytes);
            prop_assert_eq!(strip(&mut bytes), 0);
            prop_assert_eq!(bytes, text.into_bytes());
        }
    }
}
