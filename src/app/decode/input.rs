//! What a person hands in to be decoded: a capture, hex as text, or bytes as they are.

use crate::frame::hex::{self, HexError};

/// The forms of input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A capture file (pcapng), as read.
    Capture(Vec<u8>),
    /// Bytes of a link.
    Bytes(Vec<u8>),
}

/// Why input is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// It looks like hex, but is not.
    #[error("line {line}: {error}")]
    Hex {
        /// Line, from 1.
        line: usize,
        /// What is wrong, with the place in the line.
        error: HexError,
    },
    /// There is nothing in it.
    #[error("there are no bytes in it")]
    Empty,
}

/// How every pcapng file begins: the type of its section header block (draft-ietf-opsawg-pcapng, 4.1).
const PCAPNG: &[u8] = &[0x0A, 0x0D, 0x0D, 0x0A];

/// Finds out what was handed in.
///
/// It is hex when all of it is printable and the first thing that is no space is a hex digit or a `#`; in hex
/// `#` begins a remark up to the end of the line. A capture begins like one. All else is bytes.
///
/// # Errors
/// [`InputError`] names line and character of what is not hex.
pub fn recognise(content: Vec<u8>) -> Result<Input, InputError> {
    if content.is_empty() {
        return Err(InputError::Empty);
    }
    if content.starts_with(PCAPNG) {
        return Ok(Input::Capture(content));
    }
    match std::str::from_utf8(&content) {
        Ok(text) if looks_like_hex(text) => hex_text(text).map(Input::Bytes),
        _ => Ok(Input::Bytes(content)),
    }
}

fn looks_like_hex(text: &str) -> bool {
    let text = text.trim_start_matches('\u{FEFF}');
    let printable = text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\r' | '\n'));
    printable && text.trim_start().starts_with(|first: char| first.is_ascii_hexdigit() || first == '#')
}

/// Bytes from hex of several lines, each in whole bytes, with remarks behind `#`.
///
/// # Errors
/// [`InputError`] names line and character of what is not hex.
pub fn hex_text(text: &str) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for (index, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        let digits = line.split_once('#').map_or(line, |(digits, _)| digits);
        bytes.extend(hex::parse(digits).map_err(|error| InputError::Hex { line: index + 1, error })?);
    }
    if bytes.is_empty() { Err(InputError::Empty) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(content: &[u8]) -> Result<Input, InputError> {
        recognise(content.to_vec())
    }

    #[test]
    fn hex_is_taken_the_way_people_keep_it() {
        let expected = Ok(Input::Bytes(vec![0xC0, 0x48, 0x96]));
        for text in ["C0 48 96", "c04896\n", "# a request\nC0:48 # start\n0x96\n", " 0xC0,0x48,0x96"] {
            assert_eq!(bytes(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_text_or_does_not_begin_like_hex_is_bytes() {
        for content in [&[0xC0, 0x48][..], b"/ISk5\\2MT382", b"12\x01", &[0xFF, 0xFE]] {
            assert_eq!(bytes(content), Ok(Input::Bytes(content.to_vec())));
        }
    }

    #[test]
    fn a_capture_is_known_by_its_beginning() {
        assert!(matches!(bytes(b"\n\r\r\nrest"), Ok(Input::Capture(_))));
    }

    #[test]
    fn a_mistake_is_named_by_line_and_character() {
        let message = |text: &str| hex_text(text).unwrap_err().to_string();
        assert_eq!(message("C0\n48 9G"), "line 2: character 5 is 'G', not a hex digit");
        assert_eq!(message("C0 4"), "line 1: odd number of hex digits (3): the last byte lacks one");
        assert_eq!(message("# nothing"), "there are no bytes in it");
        assert_eq!(bytes(b""), Err(InputError::Empty));
    }
}
