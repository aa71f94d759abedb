//! What exports look like, entry for entry.

use jiff::Timestamp;

use super::*;
use crate::frame::{At, Field, Span, Value};
use crate::protocol::{Integrity, Relation};
use crate::reading::{Code, Decimal, Measured, Reading, Unit};
use crate::trace::Claim;

fn row(kind: EntryKind, way: Dir, bytes: &[u8]) -> Row<'_> {
    let entry = Entry {
        first: At::ZERO,
        last: At::ZERO,
        start: 0,
        len: bytes.len() as u32,
        kind,
        way,
        family: None,
        relation: Relation::default(),
    };
    Row {
        number: 3,
        entry,
        wall: Timestamp::new(1_763_700_000, 123_456_789).unwrap(),
        bytes: bytes.into(),
        mask: Mask::default(),
        dissection: None,
        mark: None,
        latency: None,
    }
}

/// A good reply with a reading and a password in it.
fn reply(bytes: &[u8]) -> Row<'_> {
    let mut dissection = Dissection::unexplained("toy", bytes, "=cmd|' /C calc'!A0");
    dissection.verdict = crate::frame::Verdict::Good;
    dissection.direction = Direction::Reply;
    dissection.address = Some(42);
    let password = Field::new("password", Span::new(1, 3), Value::Secret);
    dissection.layers[0].fields.push(password);
    let (value, raw) = (Measured::Number(Decimal::new(297_964, 2)), [0xEC, 0x8B]);
    let reading = Reading::of(Code { c: 1, d: 8, e: 1 }, value, Unit::KilowattHour, &raw);
    dissection.readings = vec![reading];
    Row {
        mask: Mask::of(&dissection, 0),
        dissection: Some(dissection),
        latency: Some(Duration::from_micros(38_250)),
        ..row(EntryKind::Frame(Integrity::Good), Dir::Rx, bytes)
    }
}

fn written(row: &Row<'_>, format: impl FnOnce(&mut Vec<u8>) -> Box<dyn Format + '_>) -> String {
    let mut text = Vec::new();
    {
        let mut format = format(&mut text);
        format.begin().unwrap();
        format.row(row).unwrap();
        format.end().unwrap();
    }
    String::from_utf8(text).unwrap()
}

#[test]
fn frames_as_csv() {
    let text = written(&reply(b"\x01\x02\x03\x04"), |to| Box::new(FramesCsv::new(to)));
    let expected = "number,time,way,kind,direction,protocol,address,verdict,latency_ms,length,summary,hex\n\
        3,2025-11-21T04:40:00.123456Z,in,frame,reply,toy,42,good,38.250,4,\
        '=cmd|' /C calc'!A0: T1 2979.64 kWh,01 ** ** 04\n";
    assert_eq!(text, expected);
}

#[test]
fn readings_as_csv() {
    let text = written(&reply(b"\x01\x02\x03\x04"), |to| Box::new(ReadingsCsv::new(to)));
    let expected = "number,time,protocol,address,code,quantity,tariff,phase,period,value,unit,raw,at\n\
        3,2025-11-21T04:40:00.123456Z,toy,42,1.8.1,active energy import,1,,now,2979.64,kWh,EC8B,\n";
    assert_eq!(text, expected);
}

#[test]
fn entries_as_hex() {
    let text = written(&reply(b"\x01\x02\x03\x04"), |to| Box::new(Hex::new(to)));
    let expected = "# 3 2025-11-21T04:40:00.123456Z in frame good: =cmd|' /C calc'!A0: T1 2979.64 kWh\n\
        01 ** ** 04\n";
    assert_eq!(text, expected);
    let mark = Mark::Lost("gone\n01 02".to_owned());
    let lost = Row { mark: Some(&mark), ..row(EntryKind::Mark(0), Dir::Rx, b"") };
    let text = written(&lost, |to| Box::new(Hex::new(to)));
    assert_eq!(text, "# 3 2025-11-21T04:40:00.123456Z mark: link lost: gone\\u{A}01 02\n");
}

#[test]
fn entries_as_markdown() {
    let text = written(&row(EntryKind::Noise, Dir::Rx, b"\xFF\x00"), |to| Box::new(FramesMarkdown::new(to)));
    let line = "| 3 | 2025-11-21T04:40:00.123456Z | in | noise of 2 bytes |  | `FF 00` |";
    assert_eq!(text.lines().last(), Some(line));
}

#[test]
fn readings_as_markdown() {
    let text = written(&reply(b"\x01\x02\x03\x04"), |to| Box::new(ReadingsMarkdown::new(to)));
    let line = "| 2025-11-21T04:40:00.123456Z | 42 | 1.8.1 | active energy import | T1 2979.64 kWh |";
    assert_eq!(text.lines().last(), Some(line));
}

#[test]
fn a_range_of_a_trace_is_written_in_order() {
    let mut trace = Trace::new(Timestamp::UNIX_EPOCH);
    for byte in 0..5_u8 {
        trace.record(Dir::Rx, &[byte], At::from_millis(byte.into()));
        let (first, last) = (At::from_millis(byte.into()), At::from_millis(byte.into()));
        let (way, len, kind, relation) = (Dir::Rx, 1, EntryKind::Noise, Relation::default());
        trace.claim(Claim { way, len, kind, first, last, family: None, relation });
    }
    let mut text = Vec::new();
    export(&trace, 1..3, &mut Hex::new(&mut text)).unwrap();
    let text = String::from_utf8(text).unwrap();
    let expected = "# 1 1970-01-01T00:00:00.001000Z in noise: noise of 1 byte\n01\n\
        # 2 1970-01-01T00:00:00.002000Z in noise: noise of 1 byte\n02\n";
    assert_eq!(text, expected);
}
