//! The shape of a telegram: from the slash to the line of the exclamation mark, and its CRC.
//!
//! CRC-16/ARC over everything from `/` to `!`, both included, as four hex digits, most significant first (P1
//! Companion Standard 5.0.2, 6.2). Versions 2.2 and 3.0 have none. Heat gateways print it without leading zeros.

use super::wrapped::Wrapped;
use crate::frame::checksum::{ARC, CheckKind};
use crate::frame::{Checksum, hex};
use crate::protocol::Integrity;

/// Bytes of the longest telegram that is waited for. The longest known has 2339; a text message of 2048 digits
/// doubles that.
pub(super) const LONGEST: usize = 8 * 1024;

/// Hex digits of a CRC.
pub(super) const CRC_DIGITS: usize = 4;

/// Name of the rule.
pub(super) const CRC_KIND: CheckKind = CheckKind::Arc;

/// Bytes that show whether a telegram begins: slash, three letters of the maker, the speed character.
pub(super) const HEAD: usize = 5;

/// Whether five bytes are the beginning of a telegram beyond doubt.
pub(super) fn is_head(bytes: &[u8]) -> bool {
    matches!(bytes, [b'/', a, b, c, 0x21..=0x7E]
        if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_alphabetic())
}

/// Whether five bytes are the beginning of a telegram though one of them may be damaged.
pub(super) fn may_be_head(bytes: &[u8]) -> bool {
    matches!(bytes, [b'/', letters @ .., _] if letters.iter().filter(|b| b.is_ascii_alphabetic()).count() > 1)
}

/// Whether five bytes are the beginning of a telegram whose characters carry even parity in bit 7: 7E1, taken for
/// 8N1.
pub(super) fn is_parity_head(bytes: &[u8]) -> bool {
    let Ok(mut head) = <[u8; HEAD]>::try_from(bytes) else { return false };
    let is_even = bytes.iter().all(|byte| byte.count_ones().is_multiple_of(2));
    for byte in &mut head {
        *byte &= SEVEN_BITS;
    }
    is_even && bytes.first() != Some(&b'/') && is_head(&head)
}

/// The bits of a character without its parity bit.
pub(super) const SEVEN_BITS: u8 = 0x7F;

/// The characters without their parity bits, and where the first one is whose parity is wrong.
pub(super) fn without_parity(bytes: &[u8]) -> (Vec<u8>, Option<usize>) {
    let odd = bytes.iter().position(|byte| !byte.count_ones().is_multiple_of(2));
    (bytes.iter().map(|byte| byte & SEVEN_BITS).collect(), odd)
}

/// What follows the exclamation mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seal {
    /// Nothing.
    None,
    /// A CRC of so many digits.
    Crc {
        /// Its value.
        value: u16,
        /// One to four.
        digits: u8,
    },
    /// Something that is not a CRC.
    Garbled,
}

/// The end of a telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// Where the exclamation mark stands.
    pub mark: usize,
    /// What follows it.
    pub seal: Seal,
    /// Whether the line was ended.
    pub is_ended: bool,
}

/// Bytes that can follow an exclamation mark: four digits, NUL, CR, LF.
const LONGEST_TAIL: usize = CRC_DIGITS + 3;

impl End {
    /// The end of a telegram, if these bytes have one.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let from = bytes.len().saturating_sub(LONGEST_TAIL + 1);
        let tail = bytes.get(from..)?;
        let mark = from + tail.iter().rposition(|byte| *byte == b'!')?;
        let is_led = matches!(bytes.get(mark.checked_sub(1)?), Some(b'\n' | b')'));
        let is_wrapped = || Wrapped::of(bytes).is_some_and(|wrapped| wrapped.mark(bytes) == Some(mark));
        (is_led || is_wrapped()).then(|| Self::at(bytes, mark))
    }

    fn at(bytes: &[u8], mark: usize) -> Self {
        let tail = bytes.get(mark + 1..).unwrap_or_default();
        let is_end = |byte: &u8| matches!(byte, 0 | b'\r' | b'\n');
        let digits = tail.get(..tail.iter().position(is_end).unwrap_or(tail.len())).unwrap_or_default();
        Self { mark, seal: seal(digits), is_ended: tail.last() == Some(&b'\n') }
    }

    /// The CRC as found and as it should be; `None` where there is none.
    pub(super) fn checksum(&self, bytes: &[u8]) -> Option<Checksum> {
        let Seal::Crc { value, .. } = self.seal else { return None };
        let covered = bytes.get(..=self.mark)?;
        let mut expected = ARC.checksum(covered);
        if expected != value && has_no_return(covered) {
            // Meters end every line with CR LF; a file may have been saved without the CR.
            let whole = ARC.checksum(&with_carriage_returns(covered));
            expected = if whole == value { whole } else { expected };
        }
        let digits = CRC_DIGITS as u8;
        Some(Checksum::new(CRC_KIND, value.into(), expected.into(), digits))
    }

    /// The judgement that framing makes.
    pub(super) fn judge(&self, bytes: &[u8]) -> Integrity {
        match (self.seal, self.checksum(bytes)) {
            (Seal::None, _) => Integrity::Unchecked,
            (Seal::Crc { .. }, Some(sum)) if sum.found == sum.expected => Integrity::Good,
            _ => Integrity::Bad,
        }
    }

    /// Whether the digits of the CRC may lack some: it was cut before the end of its line.
    pub(super) fn is_cut(&self) -> bool {
        let is_short = matches!(self.seal, Seal::None | Seal::Crc { digits: 0..=3, .. });
        is_short && !self.is_ended
    }
}

fn seal(digits: &[u8]) -> Seal {
    if digits.is_empty() {
        return Seal::None;
    }
    let value = hex::number(digits).and_then(|number| u16::try_from(number).ok());
    match value {
        Some(value) if digits.len() <= CRC_DIGITS => Seal::Crc { value, digits: digits.len() as u8 },
        _ => Seal::Garbled,
    }
}

/// Whether something has taken the CR out of every line end.
pub(super) fn has_no_return(bytes: &[u8]) -> bool {
    memchr::memchr(b'\r', bytes).is_none()
}

/// With CR before every LF, as a meter sends.
pub(super) fn with_carriage_returns(covered: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(covered.len() + 64);
    for &byte in covered {
        if byte == b'\n' && bytes.last() != Some(&b'\r') {
            bytes.push(b'\r');
        }
        bytes.push(byte);
    }
    bytes
}

/// The body of a telegram, from slash to exclamation mark, with its CRC and line end.
pub(super) fn seal_up(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + LONGEST_TAIL);
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(format!("{:04X}\r\n", ARC.checksum(body)).as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crc_is_read_with_one_to_four_digits_of_either_case() {
        for (digits, value) in [("0B9F", 0x0B9F), ("B9F", 0x0B9F), ("60e5", 0x60E5), ("1e1D", 0x1E1D)] {
            let bytes = format!("/KAM5\r\n\r\n!{digits}\r\n");
            let end = End::of(bytes.as_bytes()).unwrap();
            assert_eq!(end.seal, Seal::Crc { value, digits: digits.len() as u8 }, "{digits}");
        }
        assert_eq!(End::of(b"/KAM5\r\n!\r\n").unwrap().seal, Seal::None);
        assert_eq!(End::of(b"/KAM5\r\n!12G4\r\n").unwrap().seal, Seal::Garbled);
    }

    #[test]
    fn an_exclamation_mark_within_a_line_is_no_end() {
        assert_eq!(End::of(b"/KAM5\r\n1-0:!\r\n"), None);
        assert_eq!(End::of(b"!"), None);
        assert!(End::of(b"/KAM5\r\n1-0:1.7.0(1)!9AD0\r\n").is_some());
    }

    #[test]
    fn what_is_sealed_up_is_judged_good() {
        let bytes = seal_up(b"/KAM5\r\n\r\n!");
        assert_eq!(End::of(&bytes).unwrap().judge(&bytes), Integrity::Good);
    }

    #[test]
    fn a_head_with_parity_bits_is_known_and_told_from_one_without() {
        let even = |byte: u8| byte | if byte.count_ones() % 2 == 1 { 0x80 } else { 0 };
        let head: Vec<u8> = b"/ISK5".iter().map(|byte| even(*byte)).collect();
        assert!(is_parity_head(&head) && !is_parity_head(b"/ISK5") && !is_head(&head));
        assert_eq!(without_parity(&head), (b"/ISK5".to_vec(), None));
        assert_eq!(without_parity(&[head[0], head[1] ^ 1]).1, Some(1));
    }

    #[test]
    fn a_head_is_known_by_its_three_letters() {
        assert!(is_head(b"/ISK5") && is_head(b"/NWA-") && is_head(b"/Lux5"));
        assert!(!is_head(b"/8.1(") && !is_head(b"/?!\r\n") && !is_head(b"/KA\r5"));
        assert!(may_be_head(b"/I3K5") && !may_be_head(b"/8.1("));
    }
}
