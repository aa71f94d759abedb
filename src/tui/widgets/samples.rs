//! What the tests of widgets draw: frames of an Energomera CE307 as its manual describes them.

use crate::frame::checksum::CheckKind;
use crate::frame::{
    Checksum, Direction, Dissection, Field, Layer, LayerKind, Mismatch, Span, Value, Verdict,
};
use crate::reading::{Decimal, MeterTime, Unit};

const REPLY: [u8; 18] = [
    0xC0, 0x48, 0xFD, 0x00, 0x96, 0x34, 0x57, 0x01, 0x30, 0x00, 0x09, 0x22, 0xEC, 0x8B, 0x04, 0x00, 0x1B,
    0xC0,
];
const REQUEST: [u8; 17] =
    [0xC0, 0x48, 0x96, 0x34, 0xFD, 0x00, 0x00, 0x00, 0x00, 0x00, 0xD2, 0x01, 0x30, 0x00, 0x01, 0xF5, 0xC0];

fn field(label: &'static str, start: usize, end: usize, value: Value) -> Field {
    Field::new(label, Span::new(start, end), value)
}

/// The reply to "energy by tariff".
pub(super) fn reply() -> Layer {
    let month = MeterTime { day: None, ..MeterTime::date(2022, 9, 1) };
    let fields = vec![
        field("frame", 0, 18, Value::Bytes),
        field("END", 0, 1, Value::Word("start")).at_depth(1),
        field("OPT", 1, 2, Value::Hex(0x48, 2)).at_depth(1),
        field("header", 2, 7, Value::Bytes).at_depth(1),
        field("to", 2, 4, Value::count(253)).at_depth(2).note("this computer"),
        field("from", 4, 6, Value::count(13462)).at_depth(2),
        field("service", 6, 7, Value::Meaning(0x57, "reply, 7 data bytes")).at_depth(2),
        field("command", 7, 9, Value::Hex(0x0130, 4)).at_depth(1).note("Energy by tariff"),
        field("data", 9, 16, Value::Bytes).at_depth(1),
        field("date", 9, 12, Value::Time(month)).at_depth(2),
        field("energy", 12, 16, Value::Number(Decimal::new(297_964, 2)))
            .at_depth(2)
            .unit(Unit::KilowattHour)
            .note("T1"),
        field("CRC", 16, 17, Value::Hex(0x1B, 2)).at_depth(1).verdict(Verdict::Good),
        field("END", 17, 18, Value::Word("end")).at_depth(1),
    ];
    Layer { kind: LayerKind::Wire, bytes: REPLY.into(), fields, from: Vec::new() }
}

/// The same reply with a wrong checksum.
pub(super) fn damaged() -> Layer {
    let mut layer = reply();
    layer.bytes[16] = 0x1C;
    layer.fields[11] = layer.fields[11].clone().verdict(mismatch());
    layer
}

const fn mismatch() -> Verdict {
    Verdict::Bad(Mismatch::new(0x1C, 0x1B, 2))
}

/// The request for "energy by tariff", with its password.
pub(super) fn request() -> Layer {
    let fields = vec![
        field("END", 0, 1, Value::Word("start")),
        field("OPT", 1, 2, Value::Hex(0x48, 2)),
        field("to", 2, 4, Value::count(13462)),
        field("from", 4, 6, Value::count(253)),
        field("password", 6, 10, Value::Secret),
        field("service", 10, 11, Value::Meaning(0xD2, "request, 2 data bytes")),
        field("command", 11, 13, Value::Hex(0x0130, 4)),
        field("depth", 13, 14, Value::count(0)),
        field("tariff", 14, 15, Value::count(1)),
        field("CRC", 15, 16, Value::Hex(0xF5, 2)).verdict(Verdict::Good),
        field("END", 16, 17, Value::Word("end")),
    ];
    Layer { kind: LayerKind::Wire, bytes: REQUEST.into(), fields, from: Vec::new() }
}

/// A layer with every byte value in a text field, as a hostile meter might send.
pub(super) fn hostile() -> Layer {
    let bytes: Vec<u8> = (0..=255).collect();
    let fields = vec![
        field("name", 0, 200, Value::Text),
        field("key", 200, 210, Value::Secret),
        field("rest", 210, 256, Value::Bytes),
        field("beyond", 300, 400, Value::Text),
    ];
    Layer { kind: LayerKind::Decrypted, bytes: bytes.into(), fields, from: Vec::new() }
}

/// A layer of nothing.
pub(super) fn empty() -> Layer {
    Layer { kind: LayerKind::Wire, bytes: Box::default(), fields: Vec::new(), from: Vec::new() }
}

/// A dissection around a layer, of that direction and verdict.
pub(super) fn dissection(layer: Layer, direction: Direction, verdict: Verdict) -> Dissection {
    let found = match verdict {
        Verdict::Bad(mismatch) => mismatch.found as u32,
        _ => 0x1B,
    };
    Dissection {
        protocol: "energomera-ce",
        direction,
        address: Some(13462),
        title: "Energy by tariff",
        part: None,
        verdict,
        checksum: Some(Checksum::new(CheckKind::Crc8B5, found, 0x1B, 2)),
        layers: vec![layer],
        readings: Vec::new(),
        problems: Vec::new(),
        bare: None,
    }
}
