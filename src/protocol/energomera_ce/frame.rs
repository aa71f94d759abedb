//! The frame: two END bytes around the stuffed content, the layouts of requests and replies in it.
//!
//! CE102 command description INES.411152.094D5, sections 2.2 to 2.4; CE307 manual, app. B, sections 1.2 to 1.4.
//!
//! ```text
//! request  C0 | OPT 48 | to 2 | from 2 | password 4 | service D0+n | command 2 | data n | CRC-8 | C0
//! reply    C0 | OPT 48 | to 2 | from 2 |              service 50+n | command 2 | data n | CRC-8 | C0
//! ```
//!
//! Addresses, password and most data are sent least significant byte first, the command code most
//! significant byte first. What stands between the END bytes is stuffed, the checksum included.

use std::fmt;

use super::stuffing::{END, stuff, unstuffed};
use super::variants;
use crate::frame::{Direction, checksum};

/// OPT: 16-bit addresses, 8-bit checksum.
pub(super) const OPT: u8 = 0x48;
/// The address that every meter hears.
pub(super) const BROADCAST: u16 = 0xFFFF;
/// Content of the longest request: header 12, data 15, CRC 1.
pub(super) const CONTENT_MAX: usize = 28;
/// Content of the shortest reply: OPT, addresses, service, command, CRC.
pub(super) const CONTENT_MIN: usize = 9;
/// The longest frame there can be, every byte of the longest request stuffed.
pub(super) const WIRE_MAX: usize = 2 * CONTENT_MAX + 2;
/// Most data bytes that fit the four bits of the length.
pub(super) const DATA_MAX: usize = 15;

/// Up to fifteen data bytes, kept without allocation.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Data {
    bytes: [u8; DATA_MAX],
    length: usize,
}

impl Data {
    /// Takes up to fifteen bytes; `None` for more.
    pub(super) fn new(data: &[u8]) -> Option<Self> {
        let mut bytes = [0; DATA_MAX];
        bytes.get_mut(..data.len())?.copy_from_slice(data);
        Some(Self { bytes, length: data.len() })
    }

    /// The bytes.
    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

/// Which of the three messages a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Class 5 with the direction bit: carry a command out. `password` as the number on the wire.
    Request {
        /// 0 for none.
        password: u32,
    },
    /// Class 5: done, with data.
    Reply,
    /// Class 7: not done; one data byte tells why, old firmware sends none.
    Refusal,
}

/// A sound frame, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packet {
    /// Request, reply or refusal.
    pub kind: Kind,
    /// Receiver.
    pub to: u16,
    /// Sender.
    pub from: u16,
    /// Command code.
    pub command: u16,
    /// The data bytes.
    pub data: Data,
}

impl Packet {
    /// Which way it goes.
    pub(super) const fn direction(&self) -> Direction {
        match self.kind {
            Kind::Request { .. } => Direction::Request,
            Kind::Reply | Kind::Refusal => Direction::Reply,
        }
    }

    /// The address of the meter in it.
    pub(super) const fn meter(&self) -> u16 {
        match self.kind {
            Kind::Request { .. } => self.to,
            Kind::Reply | Kind::Refusal => self.from,
        }
    }

    /// Whether this reply can be the answer to `request`: addresses mirrored, command echoed.
    pub(super) fn answers(&self, request: &Self) -> bool {
        matches!(request.kind, Kind::Request { .. })
            && !matches!(self.kind, Kind::Request { .. })
            && self.to == request.from
            && (self.from == request.to || request.to == BROADCAST)
            && self.command == request.command
    }

    /// The frame on the wire.
    pub(super) fn to_wire(self) -> Vec<u8> {
        let data = self.data.as_slice();
        let mut content = Vec::with_capacity(CONTENT_MAX);
        content.push(OPT);
        content.extend(self.to.to_le_bytes());
        content.extend(self.from.to_le_bytes());
        let class = match self.kind {
            Kind::Request { password } => {
                content.extend(password.to_le_bytes());
                0xD0
            }
            Kind::Reply => 0x50,
            Kind::Refusal => 0x70,
        };
        content.push(class | data.len() as u8);
        content.extend(self.command.to_be_bytes());
        content.extend(data);
        seal(content)
    }
}

/// Why a frame is not sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Defect {
    /// No END at its end.
    Unfinished,
    /// Fewer content bytes than the shortest reply has.
    TooShort,
    /// More content bytes than the longest request has.
    TooLong,
    /// ESC before a byte that is neither of the two it may announce.
    Stuffing,
    /// The CRC does not fit.
    Checksum {
        /// The last content byte.
        found: u8,
        /// What the content before it gives.
        expected: u8,
    },
    /// The CRC fits but OPT is another: a related device.
    Opt(u8),
    /// OPT of a related protocol with another checksum.
    Variant(u8),
    /// The service byte is none of the three known.
    Service(u8),
    /// The service byte tells another count of data bytes than there are.
    Length {
        /// What the service byte says.
        declared: usize,
        /// What is there; negative numbers are given as 0.
        found: usize,
    },
}

impl Defect {
    /// The defect in words, without the numbers.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Unfinished => "no END at its end",
            Self::TooShort => "too short for a frame",
            Self::TooLong => "too long for a frame",
            Self::Stuffing => "wrong byte stuffing",
            Self::Checksum { .. } => "the CRC does not fit",
            Self::Opt(_) | Self::Variant(_) => "OPT of another protocol",
            Self::Service(_) => "unknown service byte",
            Self::Length { .. } => "the length does not fit the service byte",
        }
    }
}

/// Puts the checksum behind `content`, stuffs it and sets END around it.
pub(super) fn seal(mut content: Vec<u8>) -> Vec<u8> {
    content.push(checksum::CE.checksum(&content));
    let mut wire = Vec::with_capacity(content.len() * 2 + 2);
    wire.push(END);
    stuff(&content, &mut wire);
    wire.push(END);
    wire
}

/// The stuffed content of a frame: without its END bytes, the opening of which it may lack.
pub(super) fn inner(wire: &[u8]) -> Result<&[u8], Defect> {
    let body = wire.strip_suffix(&[END]).ok_or(Defect::Unfinished)?;
    Ok(body.strip_prefix(&[END]).unwrap_or(body))
}

/// Takes a frame apart.
///
/// `hint` decides where both layouts fit, which one classic energy reply in 256 makes possible; without it
/// the likelier is taken.
pub(super) fn parse(wire: &[u8], hint: Direction) -> Result<Packet, Defect> {
    parse_inner(inner(wire)?, hint)
}

/// Takes the stuffed content of a frame apart.
pub(super) fn parse_inner(stuffed: &[u8], hint: Direction) -> Result<Packet, Defect> {
    let parsed = unstuffed(stuffed, |content| {
        check(content)?;
        match shape(content, hint)? {
            Direction::Request => request(content).ok_or(Defect::TooShort),
            _ => reply(content).ok_or(Defect::TooShort),
        }
    });
    // The related protocols have longer frames, and their stuffing is not known.
    match (parsed, stuffed.first()) {
        (Err(Defect::TooLong | Defect::Stuffing), Some(&opt)) if variants::is_long(opt) => {
            Err(Defect::Variant(opt))
        }
        (parsed, _) => parsed,
    }
}

/// Takes an unstuffed content apart although its checksum may be wrong, if its length fits a layout.
pub(super) fn unchecked(content: &[u8], hint: Direction) -> Option<Packet> {
    if content.len() > CONTENT_MAX {
        return None;
    }
    match shape(content, hint).ok()? {
        Direction::Request => request(content),
        _ => reply(content),
    }
}

/// Length, checksum and OPT.
fn check(content: &[u8]) -> Result<(), Defect> {
    let (&found, before) = content.split_last().ok_or(Defect::TooShort)?;
    let opt = before.first().copied().unwrap_or_default();
    if content.len() < CONTENT_MIN {
        return Err(Defect::TooShort);
    }
    let expected = checksum::CE.checksum(before);
    match (opt, found == expected) {
        (OPT, true) if content.len() > CONTENT_MAX => Err(Defect::TooLong),
        (OPT, true) => Ok(()),
        (_, true) => Err(Defect::Opt(opt)),
        (_, false) if variants::is_long(opt) => Err(Defect::Variant(opt)),
        (_, false) => Err(Defect::Checksum { found, expected }),
    }
}

/// Which of the two layouts a content has.
pub(super) fn shape(content: &[u8], hint: Direction) -> Result<Direction, Defect> {
    let at = |index: usize| content.get(index).copied().unwrap_or_default();
    let as_request = at(9) >> 4 == 0xD && content.len() == 13 + usize::from(at(9) & 0x0F);
    let as_reply = matches!(at(5) >> 4, 5 | 7) && content.len() == 9 + usize::from(at(5) & 0x0F);
    // Command codes begin with 00 or 01, and masters call themselves 253 or so.
    let is_to_master = matches!(at(1), 0 | 1 | 253 | 254) && at(2) == 0;
    let is_likely_reply = at(10) > 1 || (at(6) <= 1 && is_to_master);
    match (as_request, as_reply) {
        (false, false) => Err(misfit(content)),
        (true, true) if hint != Direction::Unknown => Ok(hint),
        (true, true) if is_likely_reply => Ok(Direction::Reply),
        (true, _) => Ok(Direction::Request),
        (false, true) => Ok(Direction::Reply),
    }
}

/// Why neither layout fits.
fn misfit(content: &[u8]) -> Defect {
    let at = |index: usize| content.get(index).copied().unwrap_or_default();
    let length = |service: u8, before: usize| Defect::Length {
        declared: usize::from(service & 0x0F),
        found: content.len().saturating_sub(before),
    };
    if matches!(at(5) >> 4, 5 | 7) {
        length(at(5), 9)
    } else if at(9) >> 4 == 0xD && content.len() >= 13 {
        length(at(9), 13)
    } else {
        Defect::Service(at(5))
    }
}

fn request(content: &[u8]) -> Option<Packet> {
    let password = u32::from_le_bytes(content.get(5..9)?.try_into().ok()?);
    let data = content.get(12..content.len().checked_sub(1)?)?;
    packet(content, Kind::Request { password }, content.get(10..12)?, data)
}

fn reply(content: &[u8]) -> Option<Packet> {
    let kind = if content.get(5)? >> 4 == 7 { Kind::Refusal } else { Kind::Reply };
    let data = content.get(8..content.len().checked_sub(1)?)?;
    packet(content, kind, content.get(6..8)?, data)
}

fn packet(content: &[u8], kind: Kind, command: &[u8], data: &[u8]) -> Option<Packet> {
    Some(Packet {
        kind,
        to: u16::from_le_bytes(content.get(1..3)?.try_into().ok()?),
        from: u16::from_le_bytes(content.get(3..5)?.try_into().ok()?),
        command: u16::from_be_bytes(command.try_into().ok()?),
        data: Data::new(data)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;
    use proptest::prelude::*;

    #[test]
    fn the_frames_of_the_manual_come_apart_and_together() {
        let wire = hex::parse("C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 00 40 C0").unwrap();
        let packet = parse(&wire, Direction::Unknown).unwrap();
        assert_eq!((packet.to, packet.from, packet.command), (13462, 253, 0x0130));
        assert_eq!(packet.kind, Kind::Request { password: 0 });
        assert_eq!(packet.to_wire(), wire);
    }

    #[test]
    fn a_frame_that_fits_both_layouts_is_a_reply_when_it_goes_to_the_master() {
        // Classic energy 0x0001D012: the byte D0 stands where a request has its service byte.
        let reply = Packet {
            kind: Kind::Reply,
            to: 253,
            from: 13462,
            command: 0x0130,
            data: Data::new(&[0x12, 0xD0, 0x01, 0x00]).unwrap(),
        };
        assert_eq!(parse(&reply.to_wire(), Direction::Unknown), Ok(reply));
        assert!(matches!(
            parse(&reply.to_wire(), Direction::Request).unwrap().kind,
            Kind::Request { password: 0x1230_0154 }
        ));
    }

    #[test]
    fn each_defect_has_its_name() {
        let of = |text: &str| parse(&hex::parse(text).unwrap(), Direction::Unknown).unwrap_err();
        assert_eq!(of("C0 48 FD 00 96 34 50 01 21 68"), Defect::Unfinished);
        assert_eq!(of("C0 48 FD 00 96 C0"), Defect::TooShort);
        assert_eq!(of("C0 48 FD DB 00 96 34 50 01 21 68 C0"), Defect::Stuffing);
        assert_eq!(of("C0 48 FD 00 96 34 50 01 21 69 C0"), Defect::Checksum { found: 0x69, expected: 0x68 });
        let sealed = |content: &[u8]| parse(&seal(content.to_vec()), Direction::Unknown).unwrap_err();
        assert_eq!(sealed(&[0x48, 253, 0, 7, 0, 0x61, 1, 0x21, 0]), Defect::Service(0x61));
        assert_eq!(sealed(&[0x48, 253, 0, 7, 0, 0x52, 1, 0x21, 0]), Defect::Length { declared: 2, found: 1 });
        assert_eq!(sealed(&[0x05, 253, 0, 0xFE, 0xFF, 0x51, 1, 0x21, 0]), Defect::Opt(5));
        assert_eq!(sealed(&[0x48; 40]), Defect::TooLong);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = parse(&bytes, Direction::Unknown);
            let _ = parse(&seal(bytes), Direction::Unknown);
        }
    }
}
