//! What could be behind a wrong checksum.

use std::fmt::Write as _;

use crate::frame::checksum;

/// `CRC 1C, expected 1B`, and what would make it fit: another rule, or one flipped bit. Only hints: an 8-bit
/// checksum fits by chance once in 256 times.
pub(super) fn explain(content: &[u8], found: u8, expected: u8) -> String {
    let mut text = format!("CRC {found:02X}, expected {expected:02X}");
    if let Some(rule) = other_rule(content, found) {
        let _ = write!(text, "; {rule} would fit");
    }
    for (nth, (index, found, meant)) in flipped_bits(content).enumerate() {
        let what = if nth == 0 { "; one flipped bit would explain it:" } else { " or" };
        let _ = write!(text, "{what} byte {index} of the content, {found:02X} for {meant:02X}");
    }
    text
}

/// The name of another known rule of one byte that the checksum fits.
fn other_rule(content: &[u8], found: u8) -> Option<&'static str> {
    let before = content.split_last()?.1;
    checksum::RULES
        .iter()
        .filter(|rule| rule.width == 1)
        .find(|rule| (rule.compute)(before) == u16::from(found))
        .map(|rule| rule.name)
}

/// The bytes of the content, counted from 0, that may differ in one bit from what was sent: index, what it
/// is, what it would be. In frames of more than 127 bits there may be two: the polynomial repeats itself.
fn flipped_bits(content: &[u8]) -> impl Iterator<Item = (usize, u8, u8)> {
    // The CRC of a frame with its checksum is 0; what is left is what the error alone gives.
    let syndrome = checksum::CE.checksum(content);
    let mut errors: [u8; 8] = std::array::from_fn(|bit| 1 << bit);
    content.iter().enumerate().rev().filter_map(move |(index, byte)| {
        errors = errors.map(|error| checksum::CE.checksum(&[error]));
        let bit = errors.iter().position(|error| *error == syndrome)?;
        Some((index, *byte, *byte ^ 1 << bit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;

    #[test]
    fn a_flipped_bit_is_among_the_guesses() {
        let good = hex::parse("48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B").unwrap();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let guesses: Vec<_> = flipped_bits(&bad).collect();
            assert!(guesses.contains(&(bit / 8, bad[bit / 8], good[bit / 8])), "{guesses:?}");
            assert!(guesses.len() <= 2, "{guesses:?}");
        }
    }

    #[test]
    fn another_rule_that_fits_is_named() {
        let mut content = hex::parse("48 FD 00 96 34 50 01 21").unwrap();
        let xor = content.iter().fold(0, |sum, byte| sum ^ byte);
        content.push(xor);
        let text = explain(&content, xor, 0x68);
        assert!(text.starts_with(&format!("CRC {xor:02X}, expected 68; XOR (BCC) would fit")), "{text}");
    }
}
