//! What could be behind a wrong checksum.

use std::fmt::Write as _;

use crate::frame::checksum;

/// `CRC 1C, expected 1B`, and what would make it fit: another rule, or one flipped bit. Only hints: an 8-bit
/// checksum fits by chance once in 256 times.
pub fn explain(content: &[u8], found: u8, expected: u8) -> String {
    let mut text = format!("CRC {found:02X}, expected {expected:02X}");
    if let Some(rule) = other_rule(content, found) {
        let _ = write!(text, "; {rule} would fit");
    }
    if let Some((index, old, new)) = flipped_bit(content) {
        let _ = write!(
            text,
            "; one flipped bit would explain it: byte {index} of the content, {old:02X} for {new:02X}"
        );
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

/// The byte of the content, counted from 0, that differs in one bit from what the checksum asks for: index,
/// what it is, what it would be.
fn flipped_bit(content: &[u8]) -> Option<(usize, u8, u8)> {
    // The CRC of the whole with its checksum is 0; what is left is what the error alone gives.
    let syndrome = checksum::CE.checksum(content);
    let mut errors: [(u8, u8); 8] = std::array::from_fn(|bit| (1 << bit, 1 << bit));
    for (index, byte) in content.iter().enumerate().rev() {
        for (bit, error) in &mut errors {
            *error = checksum::CE.checksum(&[*error]);
            if *error == syndrome {
                return Some((index, *byte, *byte ^ *bit));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;

    #[test]
    fn every_flipped_bit_is_found() {
        let good = hex::parse("48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B").unwrap();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(flipped_bit(&bad), Some((bit / 8, bad[bit / 8], good[bit / 8])));
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
