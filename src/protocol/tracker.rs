//! Relations between frames, found once and kept in the index.

use super::dialect::Dialect;
use super::framer::Source;
use crate::frame::{At, Direction};

/// A frame as a tracker is shown it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its number in the trace.
    pub number: u32,
    /// Its bytes as on the wire.
    pub bytes: &'a [u8],
    /// Which stream it came out of.
    pub source: Source,
    /// When its first byte came.
    pub first: At,
    /// When its last byte came.
    pub last: At,
}

/// What a tracker found out about a frame; enough to explain it later without its predecessors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Relation {
    /// Which way it goes.
    pub direction: Direction,
    /// The frame this one answers.
    pub answers: Option<u32>,
    /// The first frame of the message this one is a part of, for messages of several frames.
    pub message: Option<u32>,
    /// Which part of that message, from 0.
    pub part: u16,
    /// The step of a session, by the family's own count; 0 where there are no sessions.
    pub step: u8,
    /// The dialect in force.
    pub dialect: Dialect,
}

/// Sees every frame of a link once, in order, and must be cheap.
pub trait Tracker: Send {
    /// Takes note of a frame and says how it relates to those before.
    fn track(&mut self, frame: Seen<'_>) -> Relation;
}
