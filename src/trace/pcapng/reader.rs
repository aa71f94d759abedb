//! Reading capture files, ours and other programs', whole, damaged or torn.
//!
//! Nothing is allocated from a length that a file states: only as its bytes really come. Blocks that are not
//! known or too long are skipped by their length. Where the file ends inside a block, or a block contradicts
//! itself, everything before it is good and the rest is reported as [`Torn`].

mod body;

use std::io::{self, Read};

use body::Body;
use jiff::Timestamp;

use super::super::Way;
use super::{BYTE_ORDER, Happening, INTERFACE, PACKET, SECTION};
use crate::protocol::LineSettings;

/// Longest block that is looked into; Wireshark cuts packets at 256 KiB.
const LONGEST_BLOCK: usize = 320 << 10;
/// Bytes read at once.
const STEP: usize = 64 << 10;
/// Interfaces that one section may describe.
const MOST_INTERFACES: usize = 4096;

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

/// The end of a capture that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn {
    /// Where it begins: bytes from the beginning of the file, all before being whole blocks.
    pub at: u64,
    /// How many bytes were cut.
    pub bytes: u64,
    /// Why.
    pub why: &'static str,
}

/// A link, with one set of line settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its name as the file has it: foreign bytes.
    pub name: Vec<u8>,
    /// Its line settings, where the description tells them.
    pub line: Option<LineSettings>,
    link_type: u16,
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
    pub way: Way,
    /// The bytes; none for a remark.
    pub bytes: Vec<u8>,
    /// What the file remarks on it: foreign bytes.
    pub comment: Vec<u8>,
}

/// Whether bytes begin like a capture.
#[must_use]
pub fn is_capture(bytes: &[u8]) -> bool {
    bytes.starts_with(&SECTION.to_be_bytes())
}

/// Reads packets one by one.
#[derive(Debug)]
pub struct Reader<R> {
    from: R,
    /// Bytes read and not yet used begin at `used`.
    buffer: Vec<u8>,
    used: usize,
    position: u64,
    big_endian: bool,
    interfaces: Vec<Interface>,
    /// Where the interfaces of the present section begin.
    section: usize,
    skipped: u64,
    ended: bool,
    torn: Option<Torn>,
}

/// What a block came to.
enum Step {
    Packet(Packet),
    Nothing,
}

/// Why there is no further block.
enum Stop {
    End,
    Torn(&'static str),
    /// The file ends within a block of which so many bytes were passed over already.
    TornAfter(u64),
    Io(io::Error),
}

impl<R: Read> Reader<R> {
    /// Reads the beginning of a capture.
    ///
    /// # Errors
    /// [`CaptureError::NotACapture`] when it does not begin as one.
    pub fn new(from: R) -> Result<Self, CaptureError> {
        let mut reader = Self {
            from,
            buffer: Vec::new(),
            used: 0,
            position: 0,
            big_endian: false,
            interfaces: Vec::new(),
            section: 0,
            skipped: 0,
            ended: false,
            torn: None,
        };
        reader.fill(12)?;
        let order = reader.rest().get(8..12).unwrap_or_default();
        if !is_capture(reader.rest())
            || !(order == BYTE_ORDER.to_be_bytes() || order == BYTE_ORDER.to_le_bytes())
        {
            return Err(CaptureError::NotACapture);
        }
        Ok(reader)
    }

    /// The interfaces described so far.
    #[must_use]
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// What could not be read, once the packets have ended.
    #[must_use]
    pub const fn torn(&self) -> Option<Torn> {
        self.torn
    }

    /// Packets that were left out: of link types that carry no serial traffic, of undescribed interfaces, or
    /// too long.
    #[must_use]
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The next packet; `None` at the end, then see [`Reader::torn`].
    ///
    /// # Errors
    /// What the system says when the file cannot be read any further; all packets before were given.
    pub fn next_packet(&mut self) -> io::Result<Option<Packet>> {
        while !self.ended {
            let stop = match self.block() {
                Ok(Step::Packet(packet)) => return Ok(Some(packet)),
                Ok(Step::Nothing) => continue,
                Err(stop) => stop,
            };
            self.ended = true;
            match stop {
                Stop::End => {}
                Stop::Torn(why) => self.torn = Some(self.torn_here(0, why)?),
                Stop::TornAfter(passed) => {
                    let why = "the file ends within a block";
                    self.torn = Some(self.torn_here(passed, why)?);
                }
                Stop::Io(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Reads one block. Uses at least 12 bytes of the input, or stops.
    fn block(&mut self) -> Result<Step, Stop> {
        self.fill(12).map_err(Stop::Io)?;
        match self.rest().len() {
            0 => return Err(Stop::End),
            1..12 => return Err(Stop::Torn("the file ends within a block")),
            _ => {}
        }
        if is_capture(self.rest()) {
            self.begin_section()?;
        }
        let (kind, length) = (self.word(0), self.word(4) as usize);
        if length < 12 || !length.is_multiple_of(4) {
            return Err(Stop::Torn("a block states an impossible length"));
        }
        if length > LONGEST_BLOCK {
            return self.skip_long(kind, length);
        }
        self.fill(length).map_err(Stop::Io)?;
        if self.rest().len() < length {
            return Err(Stop::Torn("the file ends within a block"));
        }
        if self.word(length - 4) as usize != length {
            return Err(Stop::Torn("the lengths at the two ends of a block differ"));
        }
        let start = self.used;
        self.used += length;
        self.position += length as u64;
        self.interpret(kind, start + 8..start + length - 4)
    }

    fn interpret(&mut self, kind: u32, body: std::ops::Range<usize>) -> Result<Step, Stop> {
        let body = Body { bytes: self.buffer.get(body).unwrap_or_default(), big_endian: self.big_endian };
        match kind {
            INTERFACE if self.interfaces.len() - self.section >= MOST_INTERFACES => {
                Err(Stop::Torn("more interfaces than any capture needs"))
            }
            INTERFACE => {
                let interface = body.interface();
                self.interfaces.push(interface);
                Ok(Step::Nothing)
            }
            PACKET => {
                let interfaces = self.interfaces.get(self.section..).unwrap_or_default();
                let Some(packet) = body.packet(interfaces) else {
                    self.skipped += 1;
                    return Ok(Step::Nothing);
                };
                Ok(Step::Packet(Packet { interface: packet.interface + self.section, ..packet }))
            }
            _ => Ok(Step::Nothing),
        }
    }

    /// A section header: its byte order is that of all that follows, and interfaces are counted anew.
    fn begin_section(&mut self) -> Result<(), Stop> {
        self.big_endian = match self.rest().get(8..12) {
            Some(order) if order == BYTE_ORDER.to_be_bytes() => true,
            Some(order) if order == BYTE_ORDER.to_le_bytes() => false,
            _ => return Err(Stop::Torn("a section without its byte order")),
        };
        self.section = self.interfaces.len();
        Ok(())
    }

    /// Passes over a block that is too long to be looked into, without holding it.
    fn skip_long(&mut self, kind: u32, length: usize) -> Result<Step, Stop> {
        let mut left = length;
        while left > 0 {
            self.fill(1).map_err(Stop::Io)?;
            let now = self.rest().len().min(left);
            if now == 0 {
                return Err(Stop::TornAfter((length - left) as u64));
            }
            self.used += now;
            left -= now;
        }
        self.position += length as u64;
        self.skipped += u64::from(kind == PACKET);
        Ok(Step::Nothing)
    }

    /// Counts what is left.
    fn torn_here(&mut self, passed: u64, why: &'static str) -> io::Result<Torn> {
        let mut bytes = passed;
        loop {
            bytes += self.rest().len() as u64;
            self.used = self.buffer.len();
            self.fill(1)?;
            if self.rest().is_empty() {
                return Ok(Torn { at: self.position, bytes, why });
            }
        }
    }

    /// Reads until so many unused bytes are there, or the input ends.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        while self.rest().len() < wanted {
            self.buffer.drain(..self.used);
            self.used = 0;
            let step = (&mut self.from).take(STEP as u64).read_to_end(&mut self.buffer)?;
            if step == 0 {
                break;
            }
        }
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }

    fn word(&self, at: usize) -> u32 {
        Body { bytes: self.rest(), big_endian: self.big_endian }.word(at).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
