//! Hex of several lines, read a piece at a time.

use super::InputError;
use crate::frame::hex::{Digits, HexError};

/// Bytes from hex of several lines, each in whole bytes, with remarks behind `#`.
#[derive(Debug, Default)]
pub(super) struct HexText {
    /// Line ends so far.
    ends: usize,
    digits: Digits,
    is_remark: bool,
    has_bytes: bool,
}

impl HexText {
    /// Adds the bytes of a piece, which may end within a line.
    pub(super) fn push(&mut self, piece: &[u8], to: &mut Vec<u8>) -> Result<(), InputError> {
        for (index, &byte) in piece.iter().enumerate() {
            match byte {
                b'\n' => self.end_line(to)?,
                _ if self.is_remark => {}
                b'#' => self.is_remark = true,
                0..=0x7F => self.named(|digits| digits.push(char::from(byte), to))?,
                _ => self.named(|digits| digits.push(character(piece.get(index..)), to))?,
            }
        }
        self.has_bytes |= !to.is_empty();
        Ok(())
    }

    /// The text ends here.
    pub(super) fn finish(&mut self, to: &mut Vec<u8>) -> Result<(), InputError> {
        self.end_line(to)?;
        self.has_bytes |= !to.is_empty();
        if self.has_bytes { Ok(()) } else { Err(InputError::Empty) }
    }

    fn end_line(&mut self, to: &mut Vec<u8>) -> Result<(), InputError> {
        self.named(|digits| digits.finish(to))?;
        self.ends += 1;
        self.is_remark = false;
        Ok(())
    }

    /// An error with its line.
    fn named(&mut self, read: impl FnOnce(&mut Digits) -> Result<(), HexError>) -> Result<(), InputError> {
        read(&mut self.digits).map_err(|error| InputError::Hex { line: self.ends + 1, error })
    }
}

/// The first character of some bytes.
fn character(bytes: Option<&[u8]>) -> char {
    let first = bytes.unwrap_or_default().utf8_chunks().next();
    first.and_then(|chunk| chunk.valid().chars().next()).unwrap_or(char::REPLACEMENT_CHARACTER)
}
