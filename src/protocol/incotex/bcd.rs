//! Packed BCD, most significant byte first, without sign.

use crate::reading::Absent;

/// The number that bytes hold, two digits a byte.
///
/// # Errors
/// [`Absent::NoData`] when all bytes are FF, [`Absent::Malformed`] when a half byte is no decimal digit or
/// there are more than nine bytes.
pub(crate) fn number(bytes: &[u8]) -> Result<u64, Absent> {
    if !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0xFF) {
        return Err(Absent::NoData);
    }
    if bytes.len() > 9 {
        return Err(Absent::Malformed);
    }
    bytes.iter().try_fold(0u64, |number, byte| Ok(number * 100 + u64::from(pair(*byte)?)))
}

/// The two digits of a byte.
pub(crate) fn pair(byte: u8) -> Result<u8, Absent> {
    let (high, low) = (byte >> 4, byte & 0x0F);
    if high > 9 || low > 9 { Err(Absent::Malformed) } else { Ok(high * 10 + low) }
}

/// A number as `count` bytes of BCD, `None` when it has more digits.
pub(crate) fn bytes(number: u64, count: usize) -> Option<Vec<u8>> {
    let mut rest = number;
    let mut digits = vec![0; count];
    for byte in digits.iter_mut().rev() {
        let pair = (rest % 100) as u8;
        *byte = ((pair / 10) << 4) | (pair % 10);
        rest /= 100;
    }
    (rest == 0).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ff_is_no_data_and_other_hex_digits_are_no_number() {
        assert_eq!(number(&[0x23, 0x58]), Ok(2358));
        assert_eq!(number(&[0xFF, 0xFF]), Err(Absent::NoData));
        assert_eq!(number(&[0xFF, 0x12]), Err(Absent::Malformed));
        assert_eq!(number(&[0x1A]), Err(Absent::Malformed));
        assert_eq!(bytes(100, 1), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(number in 0u64..100_000_000) {
            prop_assert_eq!(super::number(&bytes(number, 4).unwrap()), Ok(number));
        }
    }
}
