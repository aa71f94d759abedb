//! The inside of a block: interfaces, packets and their options.

use jiff::Timestamp;

use super::super::super::Way;
use super::super::{Happening, RTAC_HEADER, RTAC_SERIAL, UPPER_PDU, USER0, option};
use super::{Interface, Packet};
use crate::protocol::LineSettings;

/// The inside of a block.
#[derive(Clone, Copy)]
pub(super) struct Body<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) big_endian: bool,
}

impl<'a> Body<'a> {
    fn half(self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..)?.first_chunk().copied()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    pub(super) fn word(self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..)?.first_chunk().copied()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn long(self, at: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..)?.first_chunk().copied()?;
        Some(if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// The options from `at` on: code and value.
    fn options(self, at: usize) -> impl Iterator<Item = (u16, Self)> + 'a {
        let mut at = at;
        std::iter::from_fn(move || {
            let (code, length) = (self.half(at)?, usize::from(self.half(at + 2)?));
            if code == 0 {
                return None;
            }
            let bytes = self.bytes.get(at + 4..at + 4 + length)?;
            at += 4 + length.next_multiple_of(4);
            Some((code, Self { bytes, ..self }))
        })
    }

    pub(super) fn interface(self) -> Interface {
        let mut interface = Interface {
            name: Vec::new(),
            line: None,
            link_type: self.half(0).unwrap_or_default(),
            resolution: 6,
            offset_seconds: 0,
        };
        for (code, value) in self.options(8) {
            match code {
                option::NAME => interface.name = value.bytes.to_vec(),
                option::DESCRIPTION => interface.line = line_of(value.bytes),
                option::RESOLUTION => interface.resolution = value.bytes.first().copied().unwrap_or(6),
                option::OFFSET => interface.offset_seconds = value.long(0).unwrap_or_default().cast_signed(),
                _ => {}
            }
        }
        interface
    }

    pub(super) fn packet(self, interfaces: &[Interface]) -> Option<Packet> {
        let index = self.word(0)? as usize;
        let interface = interfaces.get(index)?;
        let stamp = u64::from(self.word(4)?) << 32 | u64::from(self.word(8)?);
        let length = self.word(12)? as usize;
        let data = self.bytes.get(20..20_usize.checked_add(length)?)?;
        let (mut comment, mut flags) = (Vec::new(), 0);
        for (code, value) in self.options(20 + length.next_multiple_of(4)) {
            match code {
                option::COMMENT => comment = value.bytes.to_vec(),
                option::FLAGS => flags = value.word(0).unwrap_or_default(),
                _ => {}
            }
        }
        let flagged = if flags & 3 == 2 { Happening::Sent } else { Happening::Received };
        let (what, bytes) = payload(interface.link_type, data, flagged)?;
        let way = match what {
            Happening::Sent | Happening::SendEnd => Way::Out,
            Happening::Received | Happening::Damaged(_) => Way::In,
            _ if flags & 3 == 2 => Way::Out,
            _ => Way::In,
        };
        Some(Packet {
            interface: index,
            wall: interface.wall(stamp),
            what,
            way,
            bytes: bytes.to_vec(),
            comment,
        })
    }
}

impl Interface {
    /// The time a stamp stands for: a resolution byte is the exponent of 10, or of 2 with its top bit set.
    fn wall(&self, stamp: u64) -> Timestamp {
        const NANOS: u128 = 1_000_000_000;
        let exponent = u32::from(self.resolution & 0x7F);
        let nanos = match (self.resolution & 0x80, stamp) {
            (0, stamp) => match 10_u128.checked_pow(exponent) {
                Some(units) => u128::from(stamp) * NANOS / units,
                None => 0,
            },
            (_, stamp) => (u128::from(stamp) * NANOS).checked_shr(exponent).unwrap_or(0),
        };
        let offset = i128::from(self.offset_seconds) * 1_000_000_000;
        let nanos = i128::try_from(nanos).unwrap_or(i128::MAX).saturating_add(offset);
        Timestamp::from_nanosecond(nanos).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// The line settings in an interface's description.
fn line_of(description: &[u8]) -> Option<LineSettings> {
    std::str::from_utf8(description).ok()?.parse().ok()
}

/// What a packet tells and the bytes in it; `None` for a link type that carries no serial traffic.
fn payload(link_type: u16, data: &[u8], flagged: Happening) -> Option<(Happening, &[u8])> {
    match link_type {
        RTAC_SERIAL => {
            let (header, bytes) = data.split_at_checked(RTAC_HEADER)?;
            Some((Happening::of(*header.get(8)?), bytes))
        }
        USER0 => Some((flagged, data)),
        UPPER_PDU => Some((flagged, behind_tags(data)?)),
        _ => None,
    }
}

/// The bytes behind the tags of an exported PDU: tag and length of two bytes each, big endian, until tag 0.
fn behind_tags(data: &[u8]) -> Option<&[u8]> {
    let mut rest = data;
    loop {
        let &[tag_high, tag_low, high, low, ..] = rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        rest = rest.get(4 + length..)?;
        if (tag_high, tag_low) == (0, 0) {
            return Some(rest);
        }
    }
}
