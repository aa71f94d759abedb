//! What the index keeps of every frame: at most 64 bytes.

use std::time::Duration;

use crate::frame::At;
use crate::protocol::{Integrity, Relation};

/// Which way bytes went, seen from this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dir {
    /// We sent them.
    Tx,
    /// We received them.
    Rx,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A frame of a protocol.
    Frame(Integrity),
    /// Bytes that belong to no frame.
    Noise,
    /// Our own bytes, come back from the line, all or a part of them. [`Relation::message`] is the entry of
    /// what was sent.
    Echo,
    /// Something that happened to the link, see [`super::Trace::mark`].
    Mark(u32),
}

/// A run of recorded bytes with what was found out about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When its first byte was handed over.
    pub first: At,
    /// When its last byte was handed over; for what we sent, when it had left the wire.
    pub last: At,
    /// Where its bytes begin among those of its way.
    pub start: u64,
    /// How many they are.
    pub len: u32,
    /// What it is.
    pub kind: EntryKind,
    /// Which way it went.
    pub way: Dir,
    /// Which family claims it: index into [`crate::protocol::registry::FAMILIES`]; `None` for noise and marks.
    pub family: Option<u8>,
    /// How it relates to other frames.
    pub relation: Relation,
}

/// What a framer and a tracker have found out about the next bytes of a way that no entry covers yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Which way.
    pub way: Dir,
    /// How many of the unclaimed bytes.
    pub len: u32,
    /// What they are; not a mark.
    pub kind: EntryKind,
    /// When the first of them came.
    pub first: At,
    /// When the last of them came.
    pub last: At,
    /// Which family claims them.
    pub family: Option<u8>,
    /// How they relate to other frames.
    pub relation: Relation,
}

impl Entry {
    /// How long after the end of `request` this began.
    #[must_use]
    pub fn latency(&self, request: &Self) -> Duration {
        self.first.since(request.last)
    }
}

/// Bytes as the link handed them over at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Which way they went.
    pub way: Dir,
    /// When.
    pub at: At,
    /// Where they begin among the bytes of their way.
    pub start: u64,
    /// How many they are.
    pub len: u32,
}
