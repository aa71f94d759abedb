//! Two decimal digits in a byte.

/// The number that a BCD byte is; `None` when a half is no digit.
pub(super) const fn decode(byte: u8) -> Option<u8> {
    let (tens, ones) = (byte >> 4, byte & 0x0F);
    if tens > 9 || ones > 9 { None } else { Some(tens * 10 + ones) }
}

/// The byte of a number of 0 to 99; of a larger one its last two digits.
pub(super) const fn encode(number: u8) -> u8 {
    let number = number % 100;
    ((number / 10) << 4) | (number % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_digits_go_there_and_back_and_nothing_else_is_a_number() {
        for number in 0..100 {
            assert_eq!(decode(encode(number)), Some(number));
        }
        assert_eq!((0..=255u8).filter(|byte| decode(*byte).is_some()).count(), 100);
    }
}
