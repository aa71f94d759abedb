//! Entries and readings of a trace as text for other programs and for people. One file a format.
//!
//! Passwords print as `**`; foreign text only as visible text.

mod csv;
mod hex;
mod markdown;

pub use csv::{FramesCsv, ReadingsCsv, readings_csv};
pub use hex::Hex;
pub use markdown::{FramesMarkdown, ReadingsMarkdown};

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;

use super::{Dir, Entry, EntryKind, Mark, Trace};
use crate::frame::{Direction, Dissection, Mask};

/// An entry with all that can be said of it.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// Its number.
    pub number: u32,
    /// What the index has of it.
    pub entry: Entry,
    /// When its first byte came.
    pub wall: Timestamp,
    /// Its bytes.
    pub bytes: Cow<'a, [u8]>,
    /// Which of them are secret.
    pub mask: Mask,
    /// Its explanation, for frames and echoes of a known protocol.
    pub dissection: Option<Dissection>,
    /// What happened, for marks.
    pub mark: Option<&'a Mark>,
    /// How long after its request it came, for replies.
    pub latency: Option<Duration>,
}

impl<'a> Row<'a> {
    /// The row of an entry.
    #[must_use]
    pub fn of(trace: &'a Trace, number: u32) -> Option<Self> {
        let entry = trace.entry(number)?;
        let dissection = trace.dissect(number).filter(|_| !is_part_of_echo(trace, &entry));
        let request = entry.relation.answers.and_then(|request| trace.entry(request));
        Some(Self {
            number,
            wall: trace.wall(entry.first),
            bytes: trace.bytes_of(&entry),
            mask: trace.mask(number, dissection.as_ref()),
            mark: trace.mark_of(&entry),
            latency: request.map(|request| entry.latency(&request)),
            dissection,
            entry,
        })
    }

    /// RFC 3339 with microseconds, in UTC.
    #[must_use]
    pub fn time(&self) -> String {
        format!("{:.6}", self.wall)
    }

    /// `frame`, `noise`, `echo` or `mark`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.entry.kind {
            EntryKind::Frame(_) => "frame",
            EntryKind::Noise => "noise",
            EntryKind::Echo => "echo",
            EntryKind::Mark(_) => "mark",
        }
    }

    /// `out` or `in`; empty for marks.
    #[must_use]
    pub const fn way(&self) -> &'static str {
        match (self.entry.kind, self.entry.way) {
            (EntryKind::Mark(_), _) => "",
            (_, Dir::Tx) => "out",
            (_, Dir::Rx) => "in",
        }
    }

    /// `request`, `reply` or `push`; empty where it is not known.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        match self.dissection.as_ref().map(|dissection| dissection.direction) {
            Some(direction) if direction != Direction::Unknown => direction.word(),
            _ => "",
        }
    }

    /// `good`, `bad` or `unchecked`; empty for what is no frame.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        self.dissection.as_ref().map_or("", |dissection| dissection.verdict.word())
    }

    /// One line that says what it is, safe to show.
    #[must_use]
    pub fn summary(&self) -> String {
        match (self.mark, &self.dissection) {
            (Some(mark), _) => mark.to_string(),
            (None, Some(dissection)) if self.entry.kind == EntryKind::Echo => {
                format!("echo of {}", dissection.title)
            }
            (None, Some(dissection)) => dissection.summary(),
            (None, None) if self.entry.kind == EntryKind::Echo => "part of an echo".to_owned(),
            (None, None) => match self.bytes.len() {
                1 => format!("{} of 1 byte", self.kind()),
                bytes => format!("{} of {bytes} bytes", self.kind()),
            },
        }
    }

    /// The bytes as spaced hex, secrets masked.
    #[must_use]
    pub fn hex(&self) -> String {
        self.mask.spaced_hex(&self.bytes)
    }
}

/// Whether an echo is cut short, so that explaining it by itself would only find it damaged.
fn is_part_of_echo(trace: &Trace, entry: &Entry) -> bool {
    let request = entry.relation.message.filter(|_| entry.kind == EntryKind::Echo);
    request.and_then(|request| trace.entry(request)).is_some_and(|request| entry.len < request.len)
}

/// A form of writing entries down. Buffer what it writes to.
pub trait Format {
    /// What comes before the first entry.
    ///
    /// # Errors
    /// What writing says.
    fn begin(&mut self) -> io::Result<()>;

    /// An entry, or nothing if it has no place in this format.
    ///
    /// # Errors
    /// What writing says.
    fn row(&mut self, row: &Row<'_>) -> io::Result<()>;

    /// Everything must have been handed on when this returns.
    ///
    /// # Errors
    /// What writing says.
    fn end(&mut self) -> io::Result<()>;
}

/// Writes entries of a trace.
///
/// # Errors
/// What writing says.
pub fn export(trace: &Trace, numbers: Range<u32>, format: &mut dyn Format) -> io::Result<()> {
    format.begin()?;
    for row in numbers.map_while(|number| Row::of(trace, number)) {
        format.row(&row)?;
    }
    format.end()
}

#[cfg(test)]
mod tests;
