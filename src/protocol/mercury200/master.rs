//! Requests of a master, told from what meters say.

use super::tracker::is_request_shaped;
use super::wire::{Frame, HEAD, SHORTEST};
use super::{commands, layout};
use crate::protocol::{Access, MasterRequest, Strength};

/// The highest address of eight decimal digits, which is what a meter's plate has room for.
const HIGHEST: u32 = 99_999_999;
/// Zero in the answer of a Mercury 230 to the question for its ratios, as long as both are below 256.
const RATIOS: u32 = 0x00FF_00FF;

/// The request at the beginning of bytes: of the list, of the length that its code tells, which is not that of its
/// answer.
pub(super) fn request_at(bytes: &[u8]) -> Option<MasterRequest> {
    let layout = layout::of(*bytes.get(HEAD - 1)?)?;
    let len = SHORTEST + layout.request_size();
    let wire = bytes.get(..len)?;
    let frame = Frame::parse(wire).filter(Frame::is_sound)?;
    let access = commands::by_code(frame.code)?.access;
    let address = Some(frame.address.to_string());
    let strength = strength(frame.address, access);
    (is_request_shaped(&frame) == Some(true)).then_some(MasterRequest { len, address, strength })
}

/// Codes of writes are low numbers, which stand in many an answer of a Mercury 230: weekdays, months. So do addresses
/// that no plate has, and those that read as its ratios.
const fn strength(address: u32, access: Access) -> Strength {
    let is_likely = address <= HIGHEST && (address == 0 || address & RATIOS != 0);
    if is_likely && matches!(access, Access::Read) { Strength::Listed } else { Strength::Doubtful }
}
