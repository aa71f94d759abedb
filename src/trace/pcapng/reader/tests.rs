//! Reading capture files of several makings.

use super::super::{BYTE_ORDER, RTAC_SERIAL, UPPER_PDU, USER0, option, read_all};
use super::blocks::LONGEST_BLOCK;
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

fn read(file: &[u8]) -> (Vec<Packet>, Vec<String>) {
    let (packets, flaws) = read_all(file).unwrap();
    (packets, flaws.iter().map(ToString::to_string).collect())
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
        let Some(Record::Packet(packet)) = reader.next_record().unwrap() else { panic!("no packet") };
        assert_eq!((packet.what, packet.way, &*packet.bytes), (Happening::Sent, Dir::Tx, &b"abcde"[..]));
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
fn what_is_not_read_is_named_by_packet_and_place() {
    let mut file = maker(false);
    file.interface(1, &[]); // Ethernet
    file.interface(RTAC_SERIAL, &[]);
    file.block(5, &[1; 20]); // interface statistics
    file.packet(0, 0, &[0; 60], &[]);
    file.packet(7, 0, &rtac(2, b"of no interface"), &[]);
    file.packet(1, 0, &[0; 5], &[]);
    file.block(PACKET, &vec![0; LONGEST_BLOCK]);
    file.block(PACKET, &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xE8, 3, 0, 0, 0xE8, 3, 0, 0, 1, 2, 3, 4]);
    file.block(0x1234, &[0; 8]);
    file.packet(1, 0, &rtac(2, b"x"), &[0xC1, 0, 0xFF, 0xFF]);
    let (packets, flaws) = read(&file.bytes);
    assert_eq!(packets.len(), 1);
    let expected = [
        "packet 1 at byte 100 is not read: link type 1 (Ethernet) carries no serial traffic",
        "packet 2 at byte 192 is not read (60 bytes): its interface is not described",
        "packet 3 at byte 252 is not read (40 bytes): it is shorter than the header of its link type",
        "packet 4 at byte 292 is not read (327692 bytes): its block is longer than the 327680 bytes that are looked into",
        "packet 5 at byte 327984 is not read (36 bytes): its length is larger than its block",
        "what follows packet 5 at byte 328020 is not read (20 bytes): its kind of block is not known",
        "packet 6 at byte 328040 has options that are longer than its block",
    ];
    assert_eq!(flaws, expected);
}

#[test]
fn a_packet_that_was_kept_in_part_and_a_time_that_goes_back_are_named() {
    let mut file = maker(false);
    file.interface(USER0, &[]);
    file.packet(0, 5, b"abc", &[]);
    file.packet(0, 4, b"abc", &[]);
    let part = file.bytes.len();
    file.packet(0, 6, b"abc", &[]);
    file.bytes[part + 24] = 9;
    let (packets, flaws) = read(&file.bytes);
    assert_eq!(packets.len(), 3, "they are given all the same");
    let expected = [
        "packet 2 at byte 84 has a time before that of the packet before it",
        "packet 3 at byte 120 was recorded in part: 3 of 9 bytes",
    ];
    assert_eq!(flaws, expected);
}

#[test]
fn simple_packets_and_those_before_the_enhanced_ones_are_read() {
    for big in [false, true] {
        let mut file = maker(big);
        file.interface(USER0, &[]);
        file.packet(0, 5_000_000, b"new", &[]);
        let simple = [&file.word(6)[..], b"simple\0\0"].concat();
        file.block(SIMPLE_PACKET, &simple);
        let stamp = [file.word(0), file.word(7_000_000), file.word(3), file.word(3)].concat();
        let sent = file.option(option::FLAGS, &file.word(2));
        let old = [&file.half(0)[..], &file.half(0), &stamp, b"old\0", &sent].concat();
        file.block(OLD_PACKET, &old);
        let (came, flaws) = read(&file.bytes);
        let told: Vec<_> = came.iter().map(|p| (&*p.bytes, p.way, p.wall.as_second())).collect();
        let expected: [(&[u8], Dir, i64); 3] =
            [(b"new", Dir::Rx, 5), (b"simple", Dir::Rx, 5), (b"old", Dir::Tx, 7)];
        assert_eq!((told.as_slice(), flaws.len()), (&expected[..], 0), "{flaws:?}");
    }
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
    let (packets, flaws) = read(&file.bytes);
    let seen: Vec<_> = packets.iter().map(|packet| (packet.way, &*packet.bytes)).collect();
    assert_eq!(seen, [(Dir::Tx, &b"abc"[..]), (Dir::Rx, b"abc")]);
    assert!(flaws[0].ends_with("the tags in it do not end") && flaws.len() == 1, "{flaws:?}");
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
fn a_block_that_contradicts_itself_costs_only_itself() {
    let mut file = maker(false);
    file.interface(RTAC_SERIAL, &[]);
    file.packet(0, 0, &rtac(2, b"x"), &[]);
    let good = file.bytes.len();
    let mut behind = maker(false);
    behind.packet(0, 0, &rtac(2, b"behind"), &[]);
    let behind = &behind.bytes[28..];
    for (length, why) in [
        ([0, 0, 0, 0], "its block states an impossible length"),
        ([13, 0, 0, 0], "its block states an impossible length"),
        ([0xFC, 0xFF, 0xFF, 0xFF], "its block is longer than the 327680 bytes that are looked into"),
        ([16, 0, 0, 0], "the lengths at the two ends of its block differ"),
        ([0xFC, 1, 0, 0], "its block states a wrong length"),
    ] {
        let broken = [&file.bytes[..], &[6, 0, 0, 0], &length, &[1; 20], behind].concat();
        let (packets, flaws) = read(&broken);
        assert_eq!(flaws, [format!("packet 2 at byte {good} is not read (28 bytes): {why}")]);
        assert_eq!(packets.last().map(|packet| &*packet.bytes), Some(&b"behind"[..]));
    }
    let cut = [&file.bytes[..], &[6, 0, 0, 0, 32, 0, 0, 0, 1, 1, 1, 1]].concat();
    assert_eq!(
        read(&cut).1,
        [format!("packet 2 at byte {good} is cut off: the file ends after 12 bytes of it")]
    );
}

#[test]
fn a_million_damaged_blocks_cost_no_more_than_their_bytes() {
    let mut file = maker(false);
    file.bytes.extend([PACKET.to_le_bytes(), 0x0004_0000_u32.to_le_bytes()].concat().repeat(200_000));
    let (packets, flaws) = read(&file.bytes);
    assert_eq!(packets, []);
    let mut kept = crate::trace::pcapng::Flaws::default();
    for flaw in read_all(&file.bytes).unwrap().1 {
        kept.add(flaw);
    }
    assert!(kept.lines().count() <= 21 && !flaws.is_empty());
}

#[test]
fn what_is_no_capture_is_not_read() {
    for bytes in
        [&b""[..], b"C0 48 96", b"\x0A\x0D\x0D\x0A\x1C\0\0\0wxyz", b"\xD4\xC3\xB2\xA1\x02\0\x04\0\0\0\0\0"]
    {
        assert!(matches!(Reader::new(bytes), Err(CaptureError::NotACapture)));
    }
}
