//! Blocks of a capture file as bytes. No I/O here.

use jiff::Timestamp;

use super::{BYTE_ORDER, Happening, INTERFACE, PACKET, RTAC_HEADER, RTAC_SERIAL, SECTION, check, option};
use crate::protocol::LineSettings;

/// Lines of RTAC headers: we do not know them.
const NO_LINES: u8 = 0;
/// Interfaces of one section; a link that changes its line more wildly goes on with the last.
const MOST_INTERFACES: usize = 256;

/// Makes the blocks of one section. Each is handed out whole, to be written at once.
#[derive(Debug)]
pub(in super::super) struct Encoder {
    name: String,
    block: Vec<u8>,
    /// Line settings of the interfaces described so far.
    lines: Vec<Option<LineSettings>>,
    current: u32,
}

impl Encoder {
    /// For a link of that name.
    pub(in super::super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), block: Vec::new(), lines: Vec::new(), current: 0 }
    }

    /// The beginning of a file: the section and its first interface.
    pub(in super::super) fn begin(&mut self, line: Option<LineSettings>) -> &[u8] {
        self.block.clear();
        self.section();
        self.lines.clear();
        self.lines.push(line);
        self.current = 0;
        self.interface(line);
        &self.block
    }

    /// Packets from here on belong to these line settings: the block that describes them, unless that was
    /// written before. To be asked for again if it could not be written.
    pub(in super::super) fn line(&mut self, line: LineSettings) -> Option<&[u8]> {
        let known = self.lines.iter().position(|known| *known == Some(line));
        if let Some(index) = known {
            self.current = index as u32;
            return None;
        }
        if self.lines.len() >= MOST_INTERFACES {
            return None;
        }
        self.block.clear();
        self.interface(Some(line));
        Some(&self.block)
    }

    /// The block that [`Encoder::line`] gave was written.
    pub(in super::super) fn line_written(&mut self, line: LineSettings) {
        self.current = self.lines.len() as u32;
        self.lines.push(Some(line));
    }

    /// For another file about the same link.
    pub(in super::super) fn afresh(&self) -> Self {
        Self::new(&self.name)
    }

    /// Bytes that went over the link.
    pub(in super::super) fn data(&mut self, what: Happening, bytes: &[u8], wall: Timestamp) -> &[u8] {
        self.packet(what, bytes, "", wall)
    }

    /// Something else that happened.
    pub(in super::super) fn remark(&mut self, comment: &str, wall: Timestamp) -> &[u8] {
        self.packet(Happening::Status, &[], comment, wall)
    }

    /// Bytes that are missing, and why.
    pub(in super::super) fn hole(&mut self, comment: &str, wall: Timestamp) -> &[u8] {
        self.packet(Happening::DataLost, &[], comment, wall)
    }

    /// The end of the recording: nothing behind it was lost.
    pub(in super::super) fn complete(&mut self, wall: Timestamp) -> &[u8] {
        self.packet(Happening::Complete, &[], "", wall)
    }

    fn packet(&mut self, what: Happening, bytes: &[u8], comment: &str, wall: Timestamp) -> &[u8] {
        self.block.clear();
        let start = self.open(PACKET);
        let nanos = u64::try_from(wall.as_nanosecond()).unwrap_or(0);
        let length = (RTAC_HEADER + bytes.len()) as u32;
        self.word(self.current);
        self.word((nanos >> 32) as u32);
        self.word(nanos as u32);
        self.word(length);
        self.word(length);
        self.rtac_header(what, nanos);
        self.block.extend_from_slice(bytes);
        self.pad();
        if !comment.is_empty() {
            self.option(option::COMMENT, comment.as_bytes());
        }
        if let Some(flags) = flags_of(what) {
            self.option(option::FLAGS, &flags.to_le_bytes());
        }
        self.close(start);
        &self.block
    }

    fn rtac_header(&mut self, what: Happening, nanos: u64) {
        let seconds = (nanos / 1_000_000_000) as u32;
        let micros = (nanos / 1000 % 1_000_000) as u32;
        self.block.extend_from_slice(&seconds.to_be_bytes());
        self.block.extend_from_slice(&micros.to_be_bytes());
        self.block.extend_from_slice(&[what.code(), NO_LINES, 0, 0]);
    }

    fn section(&mut self) {
        let start = self.open(SECTION);
        self.word(BYTE_ORDER);
        self.word(1); // version 1.0: two halves, the major one first
        self.block.extend_from_slice(&u64::MAX.to_le_bytes()); // of unknown length
        self.option(option::APPLICATION, concat!("meterscope ", env!("CARGO_PKG_VERSION")).as_bytes());
        self.close(start);
    }

    fn interface(&mut self, line: Option<LineSettings>) {
        let start = self.open(INTERFACE);
        self.word(u32::from(RTAC_SERIAL)); // and two bytes of zeros
        self.word(0); // packets of any length
        let name = std::mem::take(&mut self.name);
        self.option(option::NAME, name.as_bytes());
        self.name = name;
        if let Some(line) = line {
            self.option(option::DESCRIPTION, line.to_string().as_bytes());
            self.option(option::SPEED, &u64::from(line.baud).to_le_bytes());
        }
        self.option(option::RESOLUTION, &[9]);
        self.close(start);
    }

    fn option(&mut self, code: u16, value: &[u8]) {
        let value = value.get(..usize::from(u16::MAX)).unwrap_or(value);
        self.block.extend_from_slice(&code.to_le_bytes());
        self.block.extend_from_slice(&(value.len() as u16).to_le_bytes());
        self.block.extend_from_slice(value);
        self.pad();
    }

    fn word(&mut self, word: u32) {
        self.block.extend_from_slice(&word.to_le_bytes());
    }

    fn pad(&mut self) {
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }

    /// Begins a block; gives where.
    fn open(&mut self, kind: u32) -> usize {
        let start = self.block.len();
        self.word(kind);
        self.word(0);
        start
    }

    /// Ends the options and the block with its check, and fills in its length at both ends.
    fn close(&mut self, start: usize) {
        let length = (self.block.len() - start + check::LENGTH + 4) as u32;
        if let Some(place) = self.block.get_mut(start + 4..start + 8) {
            place.copy_from_slice(&length.to_le_bytes());
        }
        let sum = check::sum(self.block.get(start..).unwrap_or_default());
        self.option(check::CODE, &sum.to_le_bytes());
        self.word(0);
        self.word(length);
    }
}

/// The direction in a packet's flags: 1 in, 2 out.
const fn flags_of(what: Happening) -> Option<u32> {
    match what {
        Happening::Received | Happening::Damaged(_) => Some(1),
        Happening::Sent | Happening::SendEnd => Some(2),
        Happening::Status | Happening::DataLost | Happening::Complete | Happening::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_laid_out_as_the_draft_and_the_link_type_say() {
        let mut encoder = Encoder::new("sim:");
        encoder.begin(None);
        let wall = Timestamp::new(1_763_700_000, 123_456_789).unwrap();
        let block = encoder.data(Happening::Sent, b"abc", wall);
        let word = |at: usize| u32::from_le_bytes(block[at..at + 4].try_into().unwrap());
        assert_eq!((word(0), word(4), word(block.len() - 4)), (6, block.len() as u32, block.len() as u32));
        let nanos = u64::from(word(12)) << 32 | u64::from(word(16));
        assert_eq!(nanos, 1_763_700_000_123_456_789);
        assert_eq!((word(20), word(24)), (15, 15));
        assert_eq!(block[28..32], 1_763_700_000_u32.to_be_bytes());
        assert_eq!(block[32..36], 123_456_u32.to_be_bytes());
        assert_eq!(block[36..40], [1, 0, 0, 0]);
        assert_eq!(&block[40..44], b"abc\0");
        assert_eq!(block[44..52], [2, 0, 4, 0, 2, 0, 0, 0], "flags: out");
    }

    #[test]
    fn line_settings_are_described_once() {
        let mut encoder = Encoder::new("serial:COM3");
        encoder.begin(Some(LineSettings::e71(300)));
        assert!(encoder.line(LineSettings::e71(9600)).is_some());
        assert!(encoder.line(LineSettings::e71(9600)).is_some(), "it was not written");
        encoder.line_written(LineSettings::e71(9600));
        assert!(encoder.line(LineSettings::e71(300)).is_none());
        assert!(encoder.line(LineSettings::e71(9600)).is_none());
    }
}
