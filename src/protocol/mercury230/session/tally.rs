//! What came instead of an answer, and the failure it comes to.

use super::super::password::Encoding;
use super::super::status;
use crate::protocol::{Fault, Unfit};

/// What the answers to the present question have come to so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) asked: u32,
    pub(super) echo: bool,
    pub(super) noise_bytes: u32,
    pub(super) damaged: Option<String>,
    pub(super) unfit: Option<Unfit>,
    pub(super) refused: Option<u8>,
}

impl Tally {
    pub(super) fn fault(self) -> Fault {
        if let Some(status) = self.refused {
            refusal(status)
        } else if let Some(what) = self.damaged {
            Fault::Damaged { what }
        } else if let Some(unfit) = self.unfit {
            Fault::Unexpected(unfit)
        } else {
            Fault::NoAnswer { sent: self.asked, echo: self.echo, noise_bytes: self.noise_bytes }
        }
    }
}

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
