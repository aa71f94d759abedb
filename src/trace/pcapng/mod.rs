//! Capture files: pcapng (IETF draft-ietf-opsawg-pcapng) with link type `RTAC_SERIAL`.
//!
//! Every link is an interface; so is every set of line settings it runs through, which its description tells
//! (`9600 8N1`). A chunk is an enhanced packet block: 12 bytes of RTAC header, then the bytes. Of a chunk with
//! damaged bytes these are packets of their own, whose event says what was wrong. Things that happen to the link
//! are packets without bytes and with a comment; so is a hole where the disk did not take what came, and the end of
//! the recording. Every block ends with a check.

mod check;
mod flaw;
mod reader;
mod writer;

pub use flaw::{Flaw, FlawKind, Flaws, LinkType, Place};
pub use reader::{CaptureError, Interface, Packet, Reader, Record, is_capture};
pub(super) use writer::Encoder;

use crate::link::LineError;

/// Section header block.
const SECTION: u32 = 0x0A0D_0D0A;
/// Interface description block.
const INTERFACE: u32 = 1;
/// Packet block, which the enhanced one replaced.
const OLD_PACKET: u32 = 2;
/// Simple packet block: no time, no interface.
const SIMPLE_PACKET: u32 = 3;
/// Enhanced packet block.
const PACKET: u32 = 6;
/// Written in a section header in the byte order of the section.
const BYTE_ORDER: u32 = 0x1A2B_3C4D;

/// `LINKTYPE_RTAC_SERIAL` of the tcpdump.org registry of link types.
const RTAC_SERIAL: u16 = 250;
/// `LINKTYPE_USER0`: bare bytes, the direction only in the packet's flags.
const USER0: u16 = 147;
/// `LINKTYPE_WIRESHARK_UPPER_PDU`: tags, then the bytes.
const UPPER_PDU: u16 = 252;

/// Seconds (4), microseconds (4), event (1), control lines (1), footer (2); big endian.
const RTAC_HEADER: usize = 12;

/// Codes of options, which stand behind the fixed part of a block.
mod option {
    pub(super) const COMMENT: u16 = 1;
    pub(super) const APPLICATION: u16 = 4;
    pub(super) const NAME: u16 = 2;
    pub(super) const DESCRIPTION: u16 = 3;
    pub(super) const SPEED: u16 = 8;
    pub(super) const RESOLUTION: u16 = 9;
    pub(super) const OFFSET: u16 = 14;
    pub(super) const FLAGS: u16 = 2;
}

/// What an RTAC packet tells (the event byte of its header).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happening {
    /// Something other than data: a change of lines, or what the comment says. Code 0.
    Status,
    /// Bytes were sent: the moment at which that began. Code 1.
    Sent,
    /// Bytes were received. Code 2.
    Received,
    /// Sending has ended. Code 3.
    SendEnd,
    /// Bytes are missing here. Code 5.
    DataLost,
    /// The recording ended as it should. Code 6.
    Complete,
    /// Bytes were received damaged. Codes 7 framing error, 8 parity error, 9 break.
    Damaged(LineError),
    /// Any other code, such as 10 overflow.
    Other(u8),
}

impl Happening {
    const fn code(self) -> u8 {
        match self {
            Self::Status => 0,
            Self::Sent => 1,
            Self::Received => 2,
            Self::SendEnd => 3,
            Self::DataLost => 5,
            Self::Complete => 6,
            Self::Damaged(LineError::Framing) => 7,
            Self::Damaged(LineError::Parity) => 8,
            Self::Damaged(LineError::Break) => 9,
            Self::Other(code) => code,
        }
    }

    const fn of(code: u8) -> Self {
        match code {
            0 => Self::Status,
            1 => Self::Sent,
            2 => Self::Received,
            3 => Self::SendEnd,
            5 => Self::DataLost,
            6 => Self::Complete,
            7 => Self::Damaged(LineError::Framing),
            8 => Self::Damaged(LineError::Parity),
            9 => Self::Damaged(LineError::Break),
            code => Self::Other(code),
        }
    }
}

/// All packets and flaws of a file.
#[cfg(test)]
pub(super) fn read_all(file: &[u8]) -> Option<(Vec<Packet>, Vec<Flaw>)> {
    let mut reader = Reader::new(file).ok()?;
    let (mut packets, mut flaws) = (Vec::new(), Vec::new());
    while let Some(record) = reader.next_record().unwrap() {
        match record {
            Record::Packet(packet) => packets.push(packet),
            Record::Flaw(flaw) => flaws.push(flaw),
        }
    }
    Some((packets, flaws))
}
