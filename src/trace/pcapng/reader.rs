//! Reading capture files, ours and other programs', whole, damaged or torn.
//!
//! What is not read as it was written is given as a [`Flaw`] at its place among the packets. Where the file says that
//! every block has its check, as ours do, each block without a fitting one is a flaw as well.

mod blocks;
mod body;
mod section;

use std::io::{self, Read};

use blocks::{Block, Blocks, Gap, Next, Why};
use jiff::Timestamp;
use section::Section;

use super::super::Dir;
use super::{Flaw, FlawKind, Happening, INTERFACE, OLD_PACKET, PACKET, Place, SECTION, SIMPLE_PACKET};
use crate::protocol::LineSettings;

/// Why a file cannot be read as a capture.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// It is something else.
    #[error("not a pcapng capture")]
    NotACapture,
    /// The system failed to read it.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// A link, with one set of line settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its name as the file has it: foreign bytes.
    pub name: Vec<u8>,
    /// Its line settings, where the description tells them.
    pub line: Option<LineSettings>,
    link_type: u16,
    /// Bytes of a packet that are recorded at most; 0 for all.
    most: u32,
    resolution: u8,
    offset_seconds: i64,
}

/// A recorded happening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Which of [`Reader::interfaces`] it belongs to.
    pub interface: usize,
    /// When.
    pub wall: Timestamp,
    /// What.
    pub what: Happening,
    /// Which way its bytes went.
    pub way: Dir,
    /// The bytes; none for a remark.
    pub bytes: Vec<u8>,
    /// What the file remarks on it: foreign bytes.
    pub comment: Vec<u8>,
}

/// What a capture holds next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A packet.
    Packet(Packet),
    /// Something that was not read as it was written. A packet that was changed follows as it stands.
    Flaw(Flaw),
}

/// Whether bytes begin like a capture, be it with a bit changed.
#[must_use]
pub fn is_capture(bytes: &[u8]) -> bool {
    let Some(kind) = bytes.first_chunk().copied().map(u32::from_be_bytes) else { return false };
    kind == SECTION || ((kind ^ SECTION).count_ones() <= 2 && blocks::byte_order(bytes).is_some())
}

/// Whether a section header begins here.
fn is_section(bytes: &[u8]) -> bool {
    bytes.starts_with(&SECTION.to_be_bytes())
}

/// Reads packets one by one.
#[derive(Debug)]
pub struct Reader<R> {
    blocks: Blocks<R>,
    section: Section,
    /// A packet whose flaw was given already.
    flawed: Option<Packet>,
}

impl<R: Read> Reader<R> {
    /// Reads the beginning of a capture.
    ///
    /// # Errors
    /// [`CaptureError::NotACapture`] when it does not begin as one.
    pub fn new(from: R) -> Result<Self, CaptureError> {
        let mut blocks = Blocks::new(from);
        let head = blocks.peek(12)?;
        if !is_capture(head) || blocks::byte_order(head).is_none() {
            return Err(CaptureError::NotACapture);
        }
        Ok(Self { blocks, section: Section::default(), flawed: None })
    }

    /// The interfaces described so far.
    #[must_use]
    pub fn interfaces(&self) -> &[Interface] {
        self.section.interfaces()
    }

    /// Whether the last section says that each of its blocks is checked, but not that it is complete: it was cut off
    /// between two packets, or is still being written.
    #[must_use]
    pub const fn lacks_its_end(&self) -> bool {
        self.section.lacks_its_end()
    }

    /// The next packet or flaw; `None` at the end.
    ///
    /// # Errors
    /// What the system says when the file cannot be read any further; all before was given.
    pub fn next_record(&mut self) -> io::Result<Option<Record>> {
        if let Some(packet) = self.flawed.take() {
            return Ok(Some(Record::Packet(packet)));
        }
        loop {
            let (flaw, packet) = match self.blocks.advance()? {
                Next::End => return Ok(None),
                Next::Gap(gap) => (Some(self.section.gap(gap)), None),
                Next::Block(block) => self.section.block(block),
            };
            match (flaw, packet) {
                (Some(flaw), packet) => {
                    self.flawed = packet;
                    return Ok(Some(Record::Flaw(flaw)));
                }
                (None, Some(packet)) => return Ok(Some(Record::Packet(packet))),
                (None, None) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
