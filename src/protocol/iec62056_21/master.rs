//! Requests of a master, told from what meters say.

use super::bcc::Method;
use super::chars::{CR, ETX, LF, SOH};
use super::message::{Command, Message, parse};
use crate::frame::visible;
use crate::protocol::{Dialect, MasterRequest, Strength};

/// The longest request that is looked for.
const LONGEST: usize = 160;
/// The longest address of a sign-on.
const LONGEST_ADDRESS: usize = 32;

/// The request at the beginning of bytes: a whole sign-on, or a command with a check character that fits. What both
/// sides send is left out: acknowledgements, operands for a password, signing off.
pub(super) fn request_at(bytes: &[u8]) -> Option<MasterRequest> {
    let text = characters(bytes.get(..bytes.len().min(LONGEST))?)?;
    let len = match *text {
        [b'/', b'?' | b'#' | b'0'..=b'9', ..] => end_of_sign_on(&text)?,
        [SOH, b'P', b'1' | b'2', ..] | [SOH, b'R' | b'W' | b'E', ..] => end_of_command(&text, 0)?,
        _ => return None,
    };
    let message = text.get(..len)?;
    let address = match parse(message) {
        Message::SignOn(address) => address,
        Message::Table(_) => 0..0,
        Message::Fast(address, command) if fits(&command, message) => address,
        Message::Command(command) if fits(&command, message) => 0..0,
        _ => return None,
    };
    let address = message.get(address).filter(|address| address.len() <= LONGEST_ADDRESS)?;
    if !address.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let address = (!address.is_empty()).then(|| visible::string(&String::from_utf8_lossy(address)));
    Some(MasterRequest { len, address, strength: Strength::Listed })
}

/// Characters without parity bits, up to the first byte that is none: either none has the bit, or all are even. Both
/// `/` and SOH have an odd number of ones, so that the first one tells.
fn characters(bytes: &[u8]) -> Option<Vec<u8>> {
    let &first = bytes.first().filter(|first| matches!(*first & 0x7F, b'/' | SOH))?;
    let is_plain = first & 0x80 == 0;
    let fits = |byte: &u8| if is_plain { byte & 0x80 == 0 } else { byte.count_ones().is_multiple_of(2) };
    Some(bytes.iter().take_while(|byte| fits(byte)).map(|byte| byte & 0x7F).collect())
}

fn end_of_sign_on(text: &[u8]) -> Option<usize> {
    let mark = text.iter().position(|byte| *byte == b'!')?;
    match text.get(mark + 1..)? {
        [CR, LF, ..] => Some(mark + 3),
        [SOH, ..] => end_of_command(text, mark + 1),
        _ => None,
    }
}

/// Where a command ends that begins at `start`: behind its check character.
fn end_of_command(text: &[u8], start: usize) -> Option<usize> {
    let etx = text.get(start..)?.iter().position(|byte| *byte == ETX)? + start;
    (etx + 1 < text.len()).then_some(etx + 2)
}

/// Whether the check character is there and right.
fn fits(command: &Command, text: &[u8]) -> bool {
    let found = command.block.bcc.and_then(|at| text.get(at));
    found.is_some_and(|found| {
        Method::of(Dialect::default()).judge(command.block.covered(text), *found).is_ok()
    })
}
