//! The failures that a refusal comes to.

use super::super::password::Encoding;
use super::super::status;
use crate::protocol::Fault;

/// A command that was refused.
pub(super) fn refusal(byte: u8) -> Fault {
    Fault::Refused { code: Some(status::code(byte).into()), meaning: status::of(byte).meaning }
}

/// Why opening failed, with what to try next.
pub(super) fn refused_opening(byte: u8, encoding: Encoding) -> Fault {
    let meaning = match encoding {
        Encoding::Digits => {
            "the channel was not opened: wrong password, or it is sent the wrong way; its digits went out as \
             numbers, as types without the letter D want it; ascii: before it sends characters"
        }
        Encoding::Ascii => {
            "the channel was not opened: wrong password, or it is sent the wrong way; it went out as characters, \
             as types with the letter D want it; digits: before it sends numbers"
        }
        Encoding::Hex => "the channel was not opened: wrong password; it went out as the hex digits given",
    };
    Fault::Refused { code: Some(status::code(byte).into()), meaning }
}
