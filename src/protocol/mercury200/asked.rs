//! Command and arguments of a frame: the inverse of [`super::compose`].

use super::commands::COMMANDS;
use super::layout::LAYOUTS;
use super::{compose, wire};
use crate::protocol::incotex::items;
use crate::protocol::{Access, Request};

/// What a frame would do to a meter: by its command, where the frame is sound and as long as that command's request.
pub(super) fn access(frame: &[u8]) -> Option<Access> {
    let request = Some(frame).filter(|frame| frame.len() <= wire::LONGEST)?;
    let parsed = wire::Frame::parse(request).filter(wire::Frame::is_sound)?;
    let row = LAYOUTS.iter().position(|layout| layout.code == parsed.code)?;
    let (layout, command) = (LAYOUTS.get(row)?, COMMANDS.get(row)?);
    if parsed.payload.len() != layout.request_size() {
        return None;
    }
    if command.access != Access::Read {
        return Some(command.access);
    }
    let arguments = items::written(layout.request, parsed.payload)?;
    let pairs = arguments.iter().map(|(name, text)| (*name, text.as_str()));
    let request = Request { command, arguments: command.arguments(pairs).ok()? };
    let again = compose::request(parsed.address, &request).ok()?;
    (again == frame).then_some(Access::Read)
}
