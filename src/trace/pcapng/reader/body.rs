//! The inside of a block: interfaces, packets and their options.

use jiff::Timestamp;

use super::super::super::Dir;
use super::super::{Happening, RTAC_HEADER, RTAC_SERIAL, UPPER_PDU, USER0, option};
use super::{Block, FlawKind, Interface, Packet};
use crate::protocol::LineSettings;

/// The inside of a block.
#[derive(Clone, Copy)]
pub(super) struct Body<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

/// Why a packet is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    LinkType(u16),
    Contradicts(&'static str),
}

impl Unreadable {
    /// As the flaw of a block of so many bytes.
    pub(super) const fn kind(self, bytes: usize) -> FlawKind {
        match self {
            Self::LinkType(number) => FlawKind::LinkType(number),
            Self::Contradicts(why) => FlawKind::Unread { bytes: bytes as u64, why },
        }
    }
}

/// A packet, and what was recorded of it in part only.
type Read = Result<(Packet, Option<FlawKind>), Unreadable>;

const TOO_SHORT: Unreadable = Unreadable::Contradicts("its block is shorter than any packet's");
const TOO_LONG: Unreadable = Unreadable::Contradicts("its length is larger than its block");
const UNDESCRIBED: Unreadable = Unreadable::Contradicts("its interface is not described");

/// The fields that the kinds of packet blocks have in common.
#[derive(Clone, Copy)]
struct Fields<'a> {
    interface: usize,
    wall: Timestamp,
    /// Bytes that were recorded, and that there were.
    lengths: (u32, u32),
    /// From the data on.
    rest: Body<'a>,
}

/// Options one by one: code and value.
struct Options<'a> {
    body: Body<'a>,
    at: usize,
    /// The last one is longer than what is left of its block.
    run_over: bool,
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, Body<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let Self { body, at, .. } = *self;
        let (code, length) = (body.half(at)?, usize::from(body.half(at + 2)?));
        if code == 0 {
            return None;
        }
        let Some(bytes) = body.bytes.get(at + 4..at + 4 + length) else {
            self.run_over = true;
            return None;
        };
        self.at += 4 + length.next_multiple_of(4);
        Some((code, Body { bytes, ..body }))
    }
}

impl<'a> Body<'a> {
    /// The inside of a whole block.
    pub(super) fn of(block: Block<'a>) -> Self {
        let inside = block.bytes.len().saturating_sub(4);
        Self { bytes: block.bytes.get(8..inside).unwrap_or_default(), big_endian: block.big_endian }
    }

    /// Bytes of the whole block.
    pub(super) const fn length(self) -> u64 {
        self.bytes.len() as u64 + 12
    }

    fn from(self, at: usize) -> Self {
        Self { bytes: self.bytes.get(at..).unwrap_or_default(), ..self }
    }

    fn half(self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..)?.first_chunk().copied()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn word(self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..)?.first_chunk().copied()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn long(self, at: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..)?.first_chunk().copied()?;
        Some(if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// The options from `at` on.
    const fn options(self, at: usize) -> Options<'a> {
        Options { body: self, at, run_over: false }
    }

    pub(super) fn interface(self) -> Interface {
        let mut interface = Interface {
            link_type: self.half(0).unwrap_or_default(),
            most: self.word(4).unwrap_or_default(),
            resolution: 6,
            ..Interface::ours()
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

    /// An enhanced packet block. Among checked blocks an interface whose description was damaged is known all the
    /// same: it can only be one of ours.
    pub(super) fn packet(self, interfaces: &[Interface], is_ours: bool) -> Read {
        let index = self.word(0).ok_or(TOO_SHORT)? as usize;
        let ours = Interface::ours();
        let interface = interfaces.get(index).or(is_ours.then_some(&ours)).ok_or(UNDESCRIBED)?;
        self.stamped(interface, index, 4)
    }

    /// A packet block as it was before the enhanced one.
    pub(super) fn old_packet(self, interfaces: &[Interface]) -> Read {
        let index = usize::from(self.half(0).ok_or(TOO_SHORT)?);
        self.stamped(interfaces.get(index).ok_or(UNDESCRIBED)?, index, 4)
    }

    /// A packet block without a time, of the first interface.
    pub(super) fn simple_packet(self, interfaces: &[Interface], wall: Timestamp) -> Read {
        let interface = interfaces.first().ok_or(UNDESCRIBED)?;
        let of = self.word(0).ok_or(TOO_SHORT)?;
        let most = if interface.most == 0 { u32::MAX } else { interface.most };
        let there = u32::try_from(self.bytes.len().saturating_sub(4)).unwrap_or(u32::MAX);
        // Shorter than its block, it is cut to what the interface keeps.
        let kept = if of.min(most) <= there { of.min(most) } else { return Err(TOO_LONG) };
        Fields { interface: 0, wall, lengths: (kept, of), rest: self.from(4) }.read(interface)
    }

    /// A packet with its time and both its lengths at `at`.
    fn stamped(self, interface: &Interface, index: usize, at: usize) -> Read {
        let word = |number: usize| self.word(at + 4 * number).ok_or(TOO_SHORT);
        let stamp = u64::from(word(0)?) << 32 | u64::from(word(1)?);
        let fields = Fields {
            interface: index,
            wall: interface.wall(stamp),
            lengths: (word(2)?, word(3)?),
            rest: self.from(at + 16),
        };
        fields.read(interface)
    }
}

impl Fields<'_> {
    fn read(self, interface: &Interface) -> Read {
        let (kept, of) = self.lengths;
        let length = kept as usize;
        let data = self.rest.bytes.get(..length).ok_or(TOO_LONG)?;
        let (mut comment, mut flags) = (Vec::new(), 0);
        let mut options = self.rest.options(length.next_multiple_of(4));
        for (code, value) in &mut options {
            match code {
                option::COMMENT => comment = value.bytes.to_vec(),
                option::FLAGS => flags = value.word(0).unwrap_or_default(),
                _ => {}
            }
        }
        let is_out = flags & 3 == 2;
        let flagged = if is_out { Happening::Sent } else { Happening::Received };
        let (what, bytes) = payload(interface.link_type, data, flagged)?;
        let way = match what {
            Happening::Sent | Happening::SendEnd => Dir::Tx,
            Happening::Received | Happening::Damaged(_) => Dir::Rx,
            _ if is_out => Dir::Tx,
            _ => Dir::Rx,
        };
        let part = (kept < of).then_some(FlawKind::Part { kept, of });
        let part = part.or(options.run_over.then_some(FlawKind::Options));
        let (interface, wall, bytes) = (self.interface, self.wall, bytes.to_vec());
        Ok((Packet { interface, wall, what, way, bytes, comment }, part))
    }
}

impl Interface {
    /// As we describe ours, without a name and with a line that is not known.
    pub(super) const fn ours() -> Self {
        Self {
            name: Vec::new(),
            line: None,
            link_type: RTAC_SERIAL,
            most: 0,
            resolution: 9,
            offset_seconds: 0,
        }
    }

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

/// What a packet tells and the bytes in it.
fn payload(link_type: u16, data: &[u8], flagged: Happening) -> Result<(Happening, &[u8]), Unreadable> {
    match link_type {
        RTAC_SERIAL => {
            let (header, bytes) = data
                .split_first_chunk::<RTAC_HEADER>()
                .ok_or(Unreadable::Contradicts("it is shorter than the header of its link type"))?;
            let [.., event, _, _, _] = *header;
            Ok((Happening::of(event), bytes))
        }
        USER0 => Ok((flagged, data)),
        UPPER_PDU => {
            let bytes = behind_tags(data).ok_or(Unreadable::Contradicts("the tags in it do not end"))?;
            Ok((flagged, bytes))
        }
        number => Err(Unreadable::LinkType(number)),
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
