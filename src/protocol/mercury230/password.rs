//! Passwords: six bytes, made of what a person writes (M236, appendix B).
//!
//! Meters whose type has no letter D take the digits as numbers, those with it take them as characters.

use super::form::PASSWORD;
use super::{has_letter_d, wire};
use crate::frame::{Secret, hex};
use crate::protocol::{ComposeError, Dialect};

/// What a password looks like.
pub(super) const FORM: &str =
    "6 digits, 6 characters or 12 hex digits; digits:111111 or ascii:111111 sets how they are sent";

/// What meters leave the factory with, by level.
const FACTORY: [&str; 2] = ["111111", "222222"];

/// A password as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Password {
    bytes: Secret,
    encoding: Encoding,
}

/// How a password came to its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Digits as numbers: 01 01 01 01 01 01.
    Digits,
    /// Characters: 31 31 31 31 31 31.
    Ascii,
    /// As hex.
    Hex,
}

impl Password {
    /// The six bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.reveal()
    }

    /// How it came to its bytes.
    pub(super) const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The frame that opens the channel.
    pub(super) fn open(&self, address: u8, level: u8) -> Vec<u8> {
        wire::frame(address, &[&[super::rows::OPEN, level], self.bytes()].concat())
    }
}

/// A password from what a person wrote.
///
/// # Errors
/// [`ComposeError::Password`] when it cannot be made into six bytes.
pub(super) fn encode(text: &[u8], dialect: Dialect) -> Result<Password, ComposeError> {
    let (bytes, encoding) = six(text, dialect).ok_or(ComposeError::Password(FORM))?;
    Ok(Password { bytes: Secret::new(bytes), encoding })
}

fn six(text: &[u8], dialect: Dialect) -> Option<(Vec<u8>, Encoding)> {
    let (wanted, text) = match (text.strip_prefix(b"digits:"), text.strip_prefix(b"ascii:")) {
        (Some(rest), _) => (Some(Encoding::Digits), rest),
        (_, Some(rest)) => (Some(Encoding::Ascii), rest),
        _ => (None, text),
    };
    let is_digits = text.iter().all(u8::is_ascii_digit);
    let natural = if is_digits && !has_letter_d(dialect) { Encoding::Digits } else { Encoding::Ascii };
    match (text.len(), wanted.unwrap_or(natural)) {
        (PASSWORD, Encoding::Digits) if is_digits => {
            Some((text.iter().map(|digit| digit - b'0').collect(), Encoding::Digits))
        }
        (PASSWORD, Encoding::Ascii) if text.is_ascii() => Some((text.to_vec(), Encoding::Ascii)),
        (12, _) if wanted.is_none() => {
            let bytes = std::str::from_utf8(text).ok().and_then(|text| hex::parse(text).ok())?;
            (bytes.len() == PASSWORD).then_some((bytes, Encoding::Hex))
        }
        _ => None,
    }
}

/// The password of a level: the one given, or that of the factory. Where the owner's level is needed and the
/// given one is the factory's for consumers, which stands for "none was given", it is the factory's for owners;
/// `digits:111111` says otherwise.
///
/// # Errors
/// [`ComposeError::Password`] when it cannot be made into six bytes.
pub(super) fn of_level(
    given: Option<&Secret>,
    level: u8,
    dialect: Dialect,
) -> Result<Password, ComposeError> {
    let [consumer, owner] = FACTORY;
    let factory = if level >= 2 { owner } else { consumer };
    match given.map(Secret::reveal) {
        Some(text) if !(level >= 2 && text == consumer.as_bytes()) => encode(text, dialect),
        _ => encode(factory.as_bytes(), dialect),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::mercury230::{PLAIN, WITH_D};

    #[test]
    fn digits_are_numbers_without_the_letter_d_and_characters_with_it() {
        let bytes = |text: &str, dialect| encode(text.as_bytes(), dialect).unwrap().bytes().to_vec();
        assert_eq!(bytes("111111", PLAIN), [1; 6]);
        assert_eq!(bytes("111111", WITH_D), [0x31; 6]);
        assert_eq!(bytes("ascii:123456", PLAIN), [0x31, 0x32, 0x33, 0x34, 0x35, 0x36]);
        assert_eq!(bytes("digits:123456", WITH_D), [1, 2, 3, 4, 5, 6]);
        assert_eq!(bytes("AAAAAA", PLAIN), [0x41; 6]);
        for dialect in [PLAIN, WITH_D] {
            assert_eq!(bytes("121314151617", dialect), [0x12, 0x13, 0x14, 0x15, 0x16, 0x17]);
        }
    }

    #[test]
    fn what_is_not_six_bytes_is_refused_without_being_shown() {
        for text in ["", "11111", "1111111", "digits:11111a", "ascii:1", "12131415161x", "пароль"] {
            let error = encode(text.as_bytes(), PLAIN).unwrap_err().to_string();
            assert!(error.contains("6 digits") && (text.is_empty() || !error.contains("пароль")), "{error}");
        }
    }

    #[test]
    fn the_factory_password_follows_the_level() {
        let bytes = |given: Option<&str>, level| {
            let given = given.map(|text| Secret::new(text.as_bytes().to_vec()));
            of_level(given.as_ref(), level, PLAIN).unwrap().bytes().to_vec()
        };
        assert_eq!((bytes(None, 1), bytes(None, 2)), (vec![1; 6], vec![2; 6]));
        assert_eq!((bytes(Some("111111"), 1), bytes(Some("111111"), 2)), (vec![1; 6], vec![2; 6]));
        assert_eq!(
            (bytes(Some("digits:111111"), 2), bytes(Some("654321"), 2)),
            (vec![1; 6], vec![6, 5, 4, 3, 2, 1])
        );
    }
}
