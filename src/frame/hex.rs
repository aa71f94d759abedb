//! Hex in and out: the digits by the crate `hex`, what people write between them here.

use ::hex::FromHex as _;

use std::fmt;

/// What is wrong with a text that should be hex, and at which character (counted from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HexError {
    /// A character that is neither a hex digit nor a separator.
    NotHex {
        /// Which character, from 1.
        position: usize,
        /// The character.
        found: char,
    },
    /// One digit is left without its partner.
    Odd {
        /// How many digits there were.
        digits: usize,
    },
}

impl fmt::Display for HexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHex { position, found } => {
                write!(f, "character {position} is {}, not a hex digit", shown(*found))
            }
            Self::Odd { digits } => {
                write!(f, "odd number of hex digits ({digits}): the last byte lacks one")
            }
        }
    }
}

impl std::error::Error for HexError {}

fn shown(found: char) -> String {
    format!("'{}'", super::visible::string(&found.to_string()))
}

/// Bytes from hex digits in any case, with spaces, line breaks, commas, colons, hyphens and `0x` between them.
///
/// # Errors
/// [`HexError`] names the first character that does not belong, or an odd count of digits.
pub fn parse(text: &str) -> Result<Vec<u8>, HexError> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut digits = Digits::default();
    text.chars().try_for_each(|character| digits.push(character, &mut bytes))?;
    digits.finish(&mut bytes)?;
    Ok(bytes)
}

/// Hex read a character at a time; see [`parse`] for what may stand between the digits.
#[derive(Debug, Default)]
pub struct Digits {
    /// Characters so far, and digits among them.
    characters: usize,
    count: usize,
    /// The first digit of a byte.
    high: Option<char>,
    /// A 0 was read that may begin `0x`.
    zero: bool,
}

impl Digits {
    /// Reads a character and adds the byte that it completes.
    ///
    /// # Errors
    /// [`HexError::NotHex`] when it is neither a digit nor a separator.
    pub fn push(&mut self, character: char, to: &mut Vec<u8>) -> Result<(), HexError> {
        self.characters += 1;
        let was_zero = std::mem::take(&mut self.zero);
        if was_zero && matches!(character, 'x' | 'X') {
            return Ok(());
        }
        if was_zero {
            self.digit('0', to);
        }
        match character {
            '0' => self.zero = true,
            digit if digit.is_ascii_hexdigit() => self.digit(digit, to),
            separator if is_separator(separator) => {}
            found => return Err(HexError::NotHex { position: self.characters, found }),
        }
        Ok(())
    }

    /// The text or its line ends here, with a whole byte; the next one begins anew.
    ///
    /// # Errors
    /// [`HexError::Odd`] when a digit is left over.
    pub fn finish(&mut self, to: &mut Vec<u8>) -> Result<(), HexError> {
        if std::mem::take(&mut self.zero) {
            self.digit('0', to);
        }
        let Self { high, count: digits, .. } = std::mem::take(self);
        if high.is_some() { Err(HexError::Odd { digits }) } else { Ok(()) }
    }

    fn digit(&mut self, digit: char, to: &mut Vec<u8>) {
        self.count += 1;
        match self.high.take() {
            Some(high) => to.extend(byte(high, digit)),
            None => self.high = Some(digit),
        }
    }
}

const fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | ',' | ':' | '-' | ';')
}

/// The byte of two hex digits; `None` where one is none.
#[must_use]
pub fn byte(high: char, low: char) -> Option<u8> {
    let digits = [u8::try_from(high).ok()?, u8::try_from(low).ok()?];
    <[u8; 1]>::from_hex(digits).ok().map(|[byte]| byte)
}

/// The bytes of hex digits with nothing between them; `None` for anything else.
#[must_use]
pub fn digits(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    ::hex::decode(text).ok()
}

/// The number of one to sixteen hex digits, as protocols send it in text; `None` for anything else.
#[must_use]
pub fn number(digits: &[u8]) -> Option<u64> {
    let is_number = (1..=16).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(digits).ok().filter(|_| is_number)?;
    u64::from_str_radix(text, 16).ok()
}

/// `C0 48 96`.
#[must_use]
pub fn spaced(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        put(&mut text, *byte);
    }
    text
}

/// `C04896`.
#[must_use]
pub fn compact(bytes: &[u8]) -> String {
    ::hex::encode_upper(bytes)
}

/// Adds the two digits of a byte.
pub fn put(text: &mut String, byte: u8) {
    let mut digits = [0; 2];
    // Two places hold what one byte needs.
    let _ = ::hex::encode_to_slice([byte], &mut digits);
    text.extend(digits.map(|digit| char::from(digit.to_ascii_uppercase())));
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
    fn a_number_has_one_to_sixteen_digits_and_nothing_else() {
        assert_eq!(number(b"00fF"), Some(255));
        assert_eq!(number(b"FFFFFFFFFFFFFFFF"), Some(u64::MAX));
        for text in ["", "+1", "-1", "0x1", " 1", "G", "00000000000000001", "\u{660}"] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
        assert_eq!((byte('a', 'B'), byte('+', '1'), byte('1', 'ı')), (Some(0xAB), None, None));
    }

    #[test]
    fn says_which_character_is_wrong() {
        assert_eq!(parse("C0 4G"), Err(HexError::NotHex { position: 5, found: 'G' }));
        assert_eq!(parse("C0 4"), Err(HexError::Odd { digits: 3 }));
        assert!(parse("C0 \u{1b}").is_err_and(|e| !e.to_string().contains('\u{1b}')));
    }
}
