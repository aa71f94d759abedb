//! Reading capture files, ours and other programs', whole, damaged or torn.
//!
//! Nothing is allocated from a length that a file states: only as its bytes really come. Blocks that are not
//! known or too long are skipped by their length. Where the file ends inside a block, or a block contradicts
//! itself, everything before it is good and the rest is reported as [`Torn`].

use std::io::{self, Read};

use jiff::Timestamp;

use super::super::Way;
use super::{
    BYTE_ORDER, Happening, INTERFACE, PACKET, RTAC_HEADER, RTAC_SERIAL, SECTION, UPPER_PDU, USER0, option,
};
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

/// The inside of a block.
#[derive(Clone, Copy)]
struct Body<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl<'a> Body<'a> {
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

    fn interface(self) -> Interface {
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

    fn packet(self, interfaces: &[Interface]) -> Option<Packet> {
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
            Happening::Received => Way::In,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A block in either byte order, from words and bytes.
    struct Maker {
        big: bool,
        bytes: Vec<u8>,
    }

    impl Maker {
        fn word(&self, word: u32) -> [u8; 4] {
            if self.big { word.to_be_bytes() } else { word.to_le_bytes() }
        }

        fn half(&self, half: u16) -> [u8; 2] {
            if self.big { half.to_be_bytes() } else { half.to_le_bytes() }
        }

        fn block(&mut self, kind: u32, body: &[u8]) {
            let length = self.word(body.len().next_multiple_of(4) as u32 + 12);
            self.bytes.extend([self.word(kind), length].concat());
            self.bytes.extend(body);
            self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
            self.bytes.extend(length);
        }

        fn section(&mut self) {
            let body = [&self.word(BYTE_ORDER)[..], &self.half(1), &self.half(0), &[0xFF; 8]].concat();
            self.block(SECTION, &body);
        }

        fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
            let mut option = [&self.half(code)[..], &self.half(value.len() as u16), value].concat();
            option.resize(option.len().next_multiple_of(4), 0);
            option
        }

        fn interface(&mut self, link_type: u16, options: &[u8]) {
            let body = [&self.half(link_type)[..], &[0; 6], options].concat();
            self.block(INTERFACE, &body);
        }

        fn packet(&mut self, interface: u32, stamp: u64, data: &[u8], options: &[u8]) {
            let length = self.word(data.len() as u32);
            let stamp = [self.word((stamp >> 32) as u32), self.word(stamp as u32)].concat();
            let mut body = [&self.word(interface)[..], &stamp, &length, &length, data].concat();
            body.resize(body.len().next_multiple_of(4), 0);
            body.extend(options);
            self.block(PACKET, &body);
        }
    }

    fn maker(big: bool) -> Maker {
        let mut maker = Maker { big, bytes: Vec::new() };
        maker.section();
        maker
    }

    fn read(file: &[u8]) -> (Vec<Packet>, Option<Torn>, u64) {
        let mut reader = Reader::new(file).unwrap();
        let mut packets = Vec::new();
        while let Some(packet) = reader.next_packet().unwrap() {
            packets.push(packet);
        }
        (packets, reader.torn(), reader.skipped())
    }

    fn rtac(event: u8, bytes: &[u8]) -> Vec<u8> {
        [&[0; 8][..], &[event, 0, 0, 0], bytes].concat()
    }

    #[test]
    fn both_byte_orders_are_read() {
        for big in [false, true] {
            let mut file = maker(big);
            let name = file.option(option::NAME, b"COM3");
            let line = file.option(option::DESCRIPTION, b"2400 8E1");
            file.interface(RTAC_SERIAL, &[name, line].concat());
            let comment = file.option(option::COMMENT, b"hello");
            file.packet(0, 1_763_700_000_123_456, &rtac(1, b"abcde"), &comment);
            let mut reader = Reader::new(file.bytes.as_slice()).unwrap();
            let packet = reader.next_packet().unwrap().unwrap();
            assert_eq!((packet.what, packet.way, &*packet.bytes), (Happening::Sent, Way::Out, &b"abcde"[..]));
            assert_eq!(packet.comment, b"hello");
            assert_eq!(packet.wall, Timestamp::new(1_763_700_000, 123_456_000).unwrap(), "microseconds");
            let interface = &reader.interfaces()[0];
            assert_eq!((&*interface.name, interface.line), (&b"COM3"[..], Some(LineSettings::e81(2400))));
        }
    }

    #[test]
    fn stamps_count_in_what_the_interface_says() {
        for (resolution, offset, stamp, expected) in [
            (9, 0, 1_500_000_000, Timestamp::new(1, 500_000_000)),
            (3, 0, 1500, Timestamp::new(1, 500_000_000)),
            (0, 0, 7, Timestamp::new(7, 0)),
            (0x8A, 0, 1536, Timestamp::new(1, 500_000_000)),
            (6, 100, 500_000, Timestamp::new(100, 500_000_000)),
            (0x7F, 0, 1, Timestamp::new(0, 0)),
            (0xFF, 0, 1, Timestamp::new(0, 0)),
            (0, 0, u64::MAX, Timestamp::new(0, 0)),
        ] {
            let mut file = maker(false);
            let options = [
                file.option(option::RESOLUTION, &[resolution]),
                file.option(option::OFFSET, &i64::to_le_bytes(offset)),
            ];
            file.interface(RTAC_SERIAL, &options.concat());
            file.packet(0, stamp, &rtac(2, b"x"), &[]);
            assert_eq!(read(&file.bytes).0[0].wall, expected.unwrap(), "resolution {resolution:X}");
        }
    }

    #[test]
    fn what_is_not_serial_traffic_is_passed_over_and_counted() {
        let mut file = maker(false);
        file.interface(1, &[]); // Ethernet
        file.interface(RTAC_SERIAL, &[]);
        file.block(5, &[1; 20]); // interface statistics
        file.packet(0, 0, &[0; 60], &[]);
        file.packet(7, 0, &rtac(2, b"of no interface"), &[]);
        file.packet(1, 0, &[0; 5], &[]); // shorter than its header
        file.block(PACKET, &vec![0; LONGEST_BLOCK]);
        file.packet(1, 0, &rtac(2, b"x"), &[]);
        let (packets, torn, skipped) = read(&file.bytes);
        assert_eq!((packets.len(), torn, skipped), (1, None, 4));
    }

    #[test]
    fn bare_bytes_and_exported_pdus_go_by_their_flags() {
        let mut file = maker(false);
        file.interface(USER0, &[]);
        file.interface(UPPER_PDU, &[]);
        let out = file.option(option::FLAGS, &[2, 0, 0, 0]);
        file.packet(0, 0, b"abc", &out);
        file.packet(1, 0, b"\x00\x0C\x00\x04data\x00\x00\x00\x00abc", &[]);
        file.packet(1, 0, b"\x00\x0C\xFF\xFFdata", &[]);
        let (packets, _, skipped) = read(&file.bytes);
        let seen: Vec<_> = packets.iter().map(|packet| (packet.way, &*packet.bytes)).collect();
        assert_eq!((seen, skipped), (vec![(Way::Out, &b"abc"[..]), (Way::In, b"abc")], 1));
    }

    #[test]
    fn a_second_section_counts_its_interfaces_anew() {
        let mut file = maker(false);
        file.interface(1, &[]);
        let mut second = maker(true);
        second.interface(RTAC_SERIAL, &[]);
        second.packet(0, 0, &rtac(2, b"x"), &[]);
        let both = [file.bytes, second.bytes].concat();
        let (packets, ..) = read(&both);
        assert_eq!((packets.len(), packets[0].interface), (1, 1));
    }

    #[test]
    fn a_block_that_contradicts_itself_ends_the_capture_there() {
        let mut file = maker(false);
        file.interface(RTAC_SERIAL, &[]);
        file.packet(0, 0, &rtac(2, b"x"), &[]);
        let good = file.bytes.len();
        for (length, why) in [
            ([0, 0, 0, 0], "a block states an impossible length"),
            ([13, 0, 0, 0], "a block states an impossible length"),
            ([0xFC, 0xFF, 0xFF, 0xFF], "the file ends within a block"),
            ([16, 0, 0, 0], "the lengths at the two ends of a block differ"),
        ] {
            let broken = [&file.bytes[..], &[6, 0, 0, 0], &length, &[1; 20]].concat();
            let (packets, torn, _) = read(&broken);
            assert_eq!(packets.len(), 1);
            assert_eq!(torn, Some(Torn { at: good as u64, bytes: 28, why }));
        }
    }

    #[test]
    fn what_is_no_capture_is_not_read() {
        for bytes in [
            &b""[..],
            b"C0 48 96",
            b"\x0A\x0D\x0D\x0A\x1C\0\0\0wxyz",
            b"\xD4\xC3\xB2\xA1\x02\0\x04\0\0\0\0\0",
        ] {
            assert!(matches!(Reader::new(bytes), Err(CaptureError::NotACapture)));
        }
    }
}
