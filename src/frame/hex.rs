//! Hex in and out.

use std::fmt::Write as _;

/// What is wrong with a text that should be hex, and at which character (counted from 1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HexError {
    /// A character that is neither a hex digit nor a separator.
    #[error("character {position} is {}, not a hex digit", shown(*.found))]
    NotHex {
        /// Which character, from 1.
        position: usize,
        /// The character.
        found: char,
    },
    /// One digit is left without its partner.
    #[error("odd number of hex digits ({digits}): the last byte lacks one")]
    Odd {
        /// How many digits there were.
        digits: usize,
    },
}

fn shown(found: char) -> String {
    format!("'{}'", super::visible::string(&found.to_string()))
}

/// Bytes from hex digits in any case, with spaces, line breaks, commas, colons, hyphens and `0x` between them.
///
/// # Errors
/// [`HexError`] names the first character that does not belong, or an odd count of digits.
pub fn parse(text: &str) -> Result<Vec<u8>, HexError> {
    let mut digits = Vec::with_capacity(text.len());
    let mut characters = text.chars().enumerate().peekable();
    while let Some((index, character)) = characters.next() {
        if character == '0' && characters.peek().is_some_and(|(_, next)| matches!(next, 'x' | 'X')) {
            characters.next();
        } else if let Some(digit) = character.to_digit(16) {
            digits.push(digit as u8);
        } else if !is_separator(character) {
            return Err(HexError::NotHex { position: index + 1, found: character });
        }
    }
    if digits.len() % 2 == 1 {
        return Err(HexError::Odd { digits: digits.len() });
    }
    Ok(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

const fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | ',' | ':' | '-' | ';')
}

/// `C0 48 96`.
#[must_use]
pub fn spaced(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        let _ = if index == 0 { write!(text, "{byte:02X}") } else { write!(text, " {byte:02X}") };
    }
    text
}

/// `C04896`.
#[must_use]
pub fn compact(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02X}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_hex_the_way_people_paste_it() {
        let bytes = vec![0xC0, 0x48, 0x96];
        for text in ["C0 48 96", "c04896", "0xC0, 0x48, 0x96", "C0:48:96", "C0-48-96\n"] {
            assert_eq!(parse(text), Ok(bytes.clone()), "{text}");
        }
    }

    #[test]
    fn says_which_character_is_wrong() {
        assert_eq!(parse("C0 4G"), Err(HexError::NotHex { position: 5, found: 'G' }));
        assert_eq!(parse("C0 4"), Err(HexError::Odd { digits: 3 }));
        assert!(parse("C0 \u{1b}").is_err_and(|e| !e.to_string().contains('\u{1b}')));
    }
}
