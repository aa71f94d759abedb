//! Requests of a master, told from what meters say.

use super::rows;
use super::wire::{BROADCAST, Frame};
use crate::protocol::{Access, MasterRequest, Strength};

/// Bytes of the shortest frame that an answer cannot be: those of four are a state as well as a test or a close.
const SHORTEST: usize = 5;
/// Bytes of the longest request.
const LONGEST: usize = 32;
/// From this address on nobody answers.
const LAST: u8 = BROADCAST - 1;
/// The first year, in BCD, that a clock is taken to say.
const FIRST_YEAR: u8 = 0x10;
/// Memories that can be read, without the bit that lengthens the address, and the most bytes at once.
const MEMORIES: std::ops::RangeInclusive<u8> = 0..=4;
const MOST_BYTES: std::ops::RangeInclusive<u8> = 1..=0x60;

/// The request at the beginning of bytes: a read of the list by its values, or the opening of the channel. Writes are
/// left out: they have no length of their own.
pub(super) fn request_at(bytes: &[u8]) -> Option<MasterRequest> {
    let (&[address, code], _) = bytes.split_first_chunk()?;
    let lengths = rows::request_lengths(code);
    if address >= LAST || lengths == 0 {
        return None;
    }
    let is_request = |len: &usize| bytes.get(..*len).is_some_and(is_request);
    let len = (SHORTEST..=LONGEST.min(bytes.len())).filter(|len| lengths >> len & 1 == 1).find(is_request)?;
    Some(MasterRequest { len, address: Some(address.to_string()), strength: Strength::Listed })
}

fn is_request(wire: &[u8]) -> bool {
    let is_known = |frame: &Frame<'_>| match *frame.body {
        [rows::OPEN, ..] => is_opening(frame.body),
        [0x06 | 0x16, memory, .., count] => {
            MEMORIES.contains(&(memory & 0x7F)) && MOST_BYTES.contains(&count) && rows::is_request(frame.body)
        }
        _ => rows::is_request(frame.body),
    };
    let reads = |body: &[u8]| {
        rows::is_session(body) || rows::of(body).is_some_and(|row| row.command.access == Access::Read)
    };
    Frame::parse(wire).is_some_and(|frame| reads(frame.body) && is_known(&frame) && frame.is_sound())
}

/// Whether a body opens the channel on a level there is, and is not what a clock says a second past a full hour and a
/// few minutes: `01 01 hour weekday day month year winter`.
fn is_opening(body: &[u8]) -> bool {
    let &[_, level, hour, weekday, day, month, year, winter] = body else { return false };
    let is_clock = hour <= 0x23
        && (1..=7).contains(&weekday)
        && (1..=0x31).contains(&day)
        && (1..=0x12).contains(&month)
        && year >= FIRST_YEAR
        && winter <= 1;
    (1..=3).contains(&level) && !is_clock
}
