//! The circumstances that the meaning of a frame depends on.

use super::dialect::Dialect;
use super::keys::MeterKey;
use super::secrets::Surroundings;
use crate::frame::Direction;

/// Everything besides its bytes that a frame's meaning depends on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// Which way it went, if known.
    pub direction: Direction,
    /// The request it answers, wire bytes.
    pub request: Option<&'a [u8]>,
    /// The frames of the message it belongs to, wire bytes, in order; empty for messages of one frame.
    pub parts: &'a [&'a [u8]],
    /// The frames of the message that this frame ends before it was whole, wire bytes, in order; empty where it ends
    /// none or they are not known.
    pub dropped: &'a [&'a [u8]],
    /// The dialect in force; a picked model fixes it.
    pub dialect: Dialect,
    /// The step of the session.
    pub step: u8,
    /// Keys to try on what is encrypted.
    pub keys: &'a [MeterKey],
    /// What stands around it on the line, for passwords that begin before it or end behind it.
    pub around: Surroundings<'a>,
}
