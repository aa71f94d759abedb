//! A key as a person has it: hex digits, or the characters that some operators mail.

use crate::frame::{Secret, hex};

/// Bytes of a key: of security suites 0 and 1, and of suite 2.
const BYTES: [usize; 2] = [16, 32];
/// Characters of a key in ASCII.
const CHARACTERS: usize = 16;

/// What a key looks like.
pub const FORM: &str = "32 hex digits, 64 for suite 2, or 16 characters";

/// Why text is no key. Nothing of it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TypedKeyError {
    /// There is nothing.
    #[error("nothing is there")]
    Nothing,
    /// It ends too early.
    #[error("{digits} hex digits, {missing} missing at character {at}")]
    Short {
        /// Hex digits that are there.
        digits: usize,
        /// How many the next longer key has more.
        missing: usize,
        /// The character that the next one would be, from 1.
        at: usize,
    },
    /// It goes on too long.
    #[error("{digits} hex digits, too many from character {at} on")]
    Long {
        /// Hex digits that are there.
        digits: usize,
        /// The first character too many, from 1.
        at: usize,
    },
    /// Half as many hex digits as a key has; they may be meant as characters.
    #[error("16 hex digits: half a key. Characters go in quotes")]
    Half,
    /// Something in it is no hex digit, and it has not the length of characters either.
    #[error("character {at} is no hex digit; {count} characters are there")]
    NotHex {
        /// The character, from 1.
        at: usize,
        /// Characters that are there.
        count: usize,
    },
}

/// A key as a person types it: 32 hex digits, or 64 for security suite 2, in any case, with spaces, colons and
/// hyphens between them; or 16 printable characters of ASCII, in quotes where all of them are hex digits.
///
/// # Errors
/// [`TypedKeyError`].
pub fn typed(text: &str) -> Result<Secret, TypedKeyError> {
    let text = text.trim();
    if let Some(key) = quoted(text).and_then(characters) {
        return Ok(key);
    }
    let foreign = |character: char| !character.is_ascii_hexdigit() && !is_between(character);
    if let Some(at) = text.chars().position(foreign) {
        let count = text.chars().count();
        return characters(text).ok_or(TypedKeyError::NotHex { at: at + 1, count });
    }
    let digits = zeroize::Zeroizing::new(text.chars().filter(|c| !is_between(*c)).collect::<String>());
    match hex::parse(&digits) {
        Ok(bytes) if BYTES.contains(&bytes.len()) => Ok(Secret::new(bytes)),
        _ => Err(miscounted(text, digits.len())),
    }
}

/// Whether a key is nothing but zeros, which no meter should have.
#[must_use]
pub(super) fn is_zero(key: &Secret) -> bool {
    key.reveal().iter().all(|byte| *byte == 0)
}

fn is_between(character: char) -> bool {
    character.is_whitespace() || matches!(character, ':' | '-')
}

/// What stands between quotes.
fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// A key in ASCII.
fn characters(text: &str) -> Option<Secret> {
    let is_one = text.len() == CHARACTERS && text.bytes().all(|byte| (0x20..0x7F).contains(&byte));
    is_one.then(|| Secret::new(text.as_bytes().to_vec()))
}

/// Why so many hex digits are no key. From the middle between the two lengths on the longer one is meant.
fn miscounted(text: &str, digits: usize) -> TypedKeyError {
    let [short, long] = BYTES.map(|bytes| 2 * bytes);
    let length = text.chars().count();
    match digits {
        0 => TypedKeyError::Nothing,
        CHARACTERS => TypedKeyError::Half,
        _ if digits < short => TypedKeyError::Short { digits, missing: short - digits, at: length + 1 },
        _ if digits > long => TypedKeyError::Long { digits, at: place_of(text, long) },
        _ if digits < usize::midpoint(short, long) => {
            TypedKeyError::Long { digits, at: place_of(text, short) }
        }
        _ => TypedKeyError::Short { digits, missing: long - digits, at: length + 1 },
    }
}

/// Which character, from 1, the digit with an index is.
fn place_of(text: &str, digit: usize) -> usize {
    let digits = text.chars().enumerate().filter(|(_, character)| !is_between(*character));
    digits.map(|(at, _)| at + 1).nth(digit).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "000102030405060708090a0B0C0D0E0F";

    fn told(text: &str) -> String {
        typed(text).unwrap_err().to_string()
    }

    #[test]
    fn hex_digits_are_taken_as_people_write_them() {
        let plain: Vec<u8> = (0..16).collect();
        for text in [PLAIN, " 00:01:02:03 04-05-06-07 08090A0B 0C0D0E0F "] {
            assert_eq!(typed(text), Ok(Secret::new(plain.clone())));
        }
        assert_eq!(typed(&PLAIN.repeat(2)), Ok(Secret::new(plain.repeat(2))), "suite 2");
    }

    #[test]
    fn sixteen_characters_are_a_key_in_ascii() {
        let characters = |text: &str| typed(text).map(|key| key.reveal().to_vec());
        // The key of `kaifa-ma309-gh905`, as its operator mailed it.
        assert_eq!(characters("9CoQ7w5LMFoLS3gJ"), Ok(b"9CoQ7w5LMFoLS3gJ".to_vec()));
        assert_eq!(typed("9CoQ7w5LMFoLS3gJ"), typed("39436F513777354C4D466F4C5333674A"));
        assert_eq!(characters("\"0123456789ABCDEF\""), Ok(b"0123456789ABCDEF".to_vec()));
        assert_eq!(told("0123456789ABCDEF"), "16 hex digits: half a key. Characters go in quotes");
    }

    #[test]
    fn too_few_and_too_many_digits_are_named_with_their_place() {
        assert_eq!(told(&PLAIN[..31]), "31 hex digits, 1 missing at character 32");
        assert_eq!(told(&format!("{PLAIN}0")), "33 hex digits, too many from character 33 on");
        let spaced = "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 1";
        assert_eq!(told(spaced), "33 hex digits, too many from character 49 on");
        assert_eq!(told(&"0".repeat(63)), "63 hex digits, 1 missing at character 64");
        assert_eq!(told(&"0".repeat(66)), "66 hex digits, too many from character 65 on");
        assert_eq!(told("  "), "nothing is there");
    }

    #[test]
    fn a_misprint_is_named_by_its_place() {
        let misprint = PLAIN.replacen("03", "0S", 1);
        assert_eq!(told(&misprint), "character 8 is no hex digit; 32 characters are there");
        assert_eq!(told("9CoQ7w5LMFoLS3g"), "character 3 is no hex digit; 15 characters are there");
        assert_eq!(told("0é"), "character 2 is no hex digit; 2 characters are there");
        assert!(typed(&"é".repeat(8)).is_err(), "sixteen bytes, not sixteen characters of ASCII");
    }

    #[test]
    fn a_key_of_zeros_is_known_for_one() {
        assert!(is_zero(&typed(&"0".repeat(32)).unwrap()));
        assert!(!is_zero(&typed(PLAIN).unwrap()));
    }
}
