//! Command and arguments of a frame: the inverse of [`super::compose`].

use super::form::PASSWORD;
use super::rows::{self, Row};
use super::{choices, compose, wire};
use crate::protocol::incotex::items;
use crate::protocol::{Access, Dialect, Request};

/// More bytes than the longest request has: 24.
const LONGEST: usize = 32;
/// Sets a parameter (M236, 3).
const SET: u8 = 0x03;
/// Writes memory by its physical address (M236, 3): the factory's.
const WRITE_MEMORY: u8 = 0x07;

/// What a frame would do to a meter. Opening and closing the channel change nothing. What sets or writes and is in no
/// list acts, and so does anything but a read that is sent to all at once.
pub(super) fn access(frame: &[u8]) -> Option<Access> {
    let request = Some(frame).filter(|frame| frame.len() <= LONGEST)?;
    let parsed = wire::Frame::parse(request).filter(wire::Frame::is_sound)?;
    let access = match parsed.body {
        [rows::OPEN, level, password @ ..] => {
            let is_level = choices::LEVEL.iter().any(|known| known.value == i64::from(*level));
            return (is_level && password.len() == PASSWORD).then_some(Access::Read);
        }
        [rows::CLOSE] => return Some(Access::Read),
        body if reads(body) => return Some(Access::Read),
        [WRITE_MEMORY, ..] => Access::Control,
        body => match rows::of(body) {
            Some(row) if row.command.access != Access::Read => row.command.access,
            _ if body.first() == Some(&SET) => Access::Control,
            _ => return None,
        },
    };
    Some(if parsed.address == wire::BROADCAST { Access::Control } else { access })
}

/// Whether a body is what one of the reads of the catalogue comes to.
fn reads(body: &[u8]) -> bool {
    rows::rows().filter(|row| row.command.access == Access::Read).any(|row| is_of(row, body))
}

fn is_of(row: &'static Row, body: &[u8]) -> bool {
    let Some(arguments) = row.arguments_in(body).and_then(|bytes| items::written(row.arguments, bytes))
    else {
        return false;
    };
    let pairs = arguments.iter().map(|(name, text)| (*name, text.as_str()));
    let request = row.command.arguments(pairs).map(|arguments| Request { command: &row.command, arguments });
    request.is_ok_and(|request| compose::body(&request, Dialect::default()).is_ok_and(|again| again == body))
}
