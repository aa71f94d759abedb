//! Reading capture files of several makings.

use super::super::{RTAC_SERIAL, UPPER_PDU, USER0, option};
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
    for bytes in
        [&b""[..], b"C0 48 96", b"\x0A\x0D\x0D\x0A\x1C\0\0\0wxyz", b"\xD4\xC3\xB2\xA1\x02\0\x04\0\0\0\0\0"]
    {
        assert!(matches!(Reader::new(bytes), Err(CaptureError::NotACapture)));
    }
}
