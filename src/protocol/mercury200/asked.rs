//! Command and arguments of a frame: the inverse of [`super::compose`].

use super::commands::COMMANDS;
use super::form::{Form, Item, Origin};
use super::layout::LAYOUTS;
use super::{bcd, compose, wire};
use crate::frame::hex;
use crate::protocol::{Access, Request};

/// What a frame would do to a meter: by its command, where the frame is sound and as long as that command's request.
pub fn access(frame: &[u8]) -> Option<Access> {
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
    let arguments = arguments(layout.request, parsed.payload)?;
    let pairs = arguments.iter().map(|(name, text)| (*name, text.as_str()));
    let request = Request { command, arguments: command.arguments(pairs).ok()? };
    let again = compose::request(parsed.address, &request).ok()?;
    (again == frame).then_some(Access::Read)
}

/// The arguments in a payload, as a person writes them.
fn arguments(items: &[Item], payload: &[u8]) -> Option<Vec<(&'static str, String)>> {
    let mut found = Vec::new();
    let mut rest = payload;
    for item in items {
        let (bytes, later) = rest.split_at_checked(item.form.size())?;
        rest = later;
        match item.origin {
            Origin::Nowhere => {}
            Origin::Argument(name) => found.push((name, text(item.form, bytes)?)),
            Origin::Slice(name, _) => found.push((name, hex::compact(bytes))),
            Origin::Halves(high, low) => {
                let byte = *bytes.first()?;
                found.extend([(high, (byte >> 4).to_string()), (low, (byte & 0x0F).to_string())]);
            }
        }
    }
    Some(found)
}

fn text(form: Form, bytes: &[u8]) -> Option<String> {
    match (form, bytes) {
        (Form::Date, [day, month, year]) => {
            let two = |byte: &u8| bcd::pair(*byte).ok();
            Some(format!("20{:02}-{:02}-{:02}", two(year)?, two(month)?, two(day)?))
        }
        (Form::Count(_) | Form::Hex(_) | Form::Choice(_), _) => {
            Some(bytes.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte)).to_string())
        }
        _ => None,
    }
}
