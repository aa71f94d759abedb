//! Requests of a master, told from what meters say.

use super::asked::is_listed;
use super::frame::{self, BROADCAST, Kind};
use crate::frame::Direction;
use crate::protocol::{MasterRequest, Strength};

/// Where a frame begins and ends.
const END: u8 = 0xC0;
/// The longest frame, every byte of it stuffed.
const LONGEST: usize = 96;

/// The request at the beginning of bytes: between two marks, of a length that its service byte tells, with a CRC.
pub(super) fn request_at(bytes: &[u8]) -> Option<MasterRequest> {
    let rest = bytes.strip_prefix(&[END])?;
    let content = rest.iter().take(LONGEST).position(|byte| *byte == END)?;
    let len = content + 2;
    let wire = bytes.get(..len)?;
    let packet = frame::parse(wire, Direction::Unknown).ok()?;
    let could_answer =
        frame::parse(wire, Direction::Reply).is_ok_and(|reply| !matches!(reply.kind, Kind::Request { .. }));
    if could_answer || !matches!(packet.kind, Kind::Request { .. }) {
        return None;
    }
    if !is_listed(&packet) {
        return None;
    }
    let address = (packet.to != BROADCAST).then(|| packet.to.to_string());
    Some(MasterRequest { len, address, strength: Strength::Marked })
}
