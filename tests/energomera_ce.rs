//! Every frame of `tests/vectors/energomera_ce.jsonl`, whose lines name their sources: hex in, the decoded
//! values out.
#![cfg(test)]

use meterscope::frame::{At, Dissection, Field, FieldTree, Layer, LayerKind, Value, hex, visible};
use meterscope::protocol::energomera_ce::{CLASSIC, Ce, KERNEL10};
use meterscope::protocol::{Context, Dialect, Family, Integrity, LineSettings, PieceKind, Source};
use meterscope::reading::Measured;
use serde_json::Value as Json;

const VECTORS: &str = include_str!("vectors/energomera_ce.jsonl");

struct Vector {
    id: String,
    wire: Vec<u8>,
    meter: String,
    decoded: Json,
    is_sound: bool,
}

fn vectors() -> Vec<Vector> {
    let parse = |line: &str| {
        let json: Json = serde_json::from_str(line).expect("a line of JSON");
        let text = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
        assert!(!text("source").is_empty(), "every vector names its source");
        Vector {
            id: text("id"),
            wire: hex::parse(&text("hex")).expect("hex"),
            meter: text("meter"),
            decoded: json["decoded"].clone(),
            is_sound: json["checksum_verified"].as_bool().expect("a word on its checksum"),
        }
    };
    VECTORS.lines().map(parse).collect()
}

fn dialect(vector: &Vector) -> Dialect {
    match vector.meter.as_str() {
        meter if meter.starts_with("CE307") || meter.starts_with("CE102 R5.1") => KERNEL10,
        meter if meter.starts_with("CE102 S7") => CLASSIC,
        _ => Dialect::default(),
    }
}

fn dissect(vector: &Vector, dialect: Dialect) -> Dissection {
    let explained = (&Ce as &dyn Family).dissect(&vector.wire, &Context { dialect, ..Context::default() });
    for layer in &explained.layers {
        assert!(layer.fields.tiles(layer.bytes.len()), "{}: {}", vector.id, layer.kind);
    }
    explained
}

/// The layer without stuffing.
fn plain(explained: &Dissection) -> &Layer {
    explained.layers.last().expect("a layer")
}

fn field<'a>(explained: &'a Dissection, label: &'static str) -> &'a Field {
    let found = plain(explained).fields.iter().find(|field| field.label == label.into());
    found.unwrap_or_else(|| panic!("no field {label}: {:#?}", plain(explained).fields))
}

fn bytes<'a>(explained: &'a Dissection, label: &'static str) -> &'a [u8] {
    plain(explained).bytes_of(field(explained, label))
}

fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn text(explained: &Dissection, label: &'static str) -> String {
    plain(explained).text_of(field(explained, label))
}

fn readings(explained: &Dissection) -> Vec<String> {
    explained.readings.iter().map(|reading| visible::measured(&reading.value)).collect()
}

fn hex_number(json: &Json) -> u64 {
    u64::from_str_radix(json.as_str().expect("hex text").trim_start_matches("0x"), 16).expect("hex digits")
}

/// Checks one decoded value against the dissection. Every key of every line is known here.
fn check(explained: &Dissection, key: &str, expected: &Json, id: &str) {
    let is_known = check_frame(explained, key, expected) || check_values(explained, key, expected);
    // Words about values that are checked under other keys.
    let is_remark = ["command_name", "data_note", "note", "payload_hex", "crc8_computed_over_stuffed"];
    assert!(is_known || is_remark.contains(&key), "{id}: nobody checks {key}");
}

fn count(explained: &Dissection, label: &'static str) -> u64 {
    text(explained, label).parse::<u64>().expect("a number")
}

fn data(explained: &Dissection) -> &[u8] {
    // The data of a refusal is its error code.
    let labels = ["data", "error"].into_iter();
    let has = |label: &&'static str| plain(explained).fields.iter().any(|f| f.label == (*label).into());
    labels.filter(|label| has(label)).map(|label| bytes(explained, label)).next().unwrap_or_default()
}

/// What stands around the data.
fn check_frame(explained: &Dissection, key: &str, expected: &Json) -> bool {
    let number = || expected.as_u64().expect("a number");
    let string = || expected.as_str().expect("a text").to_owned();
    match key {
        "opt" => assert_eq!(little(bytes(explained, "OPT")), hex_number(expected)),
        "addr_dst" => assert_eq!(count(explained, "to"), number()),
        "addr_src" => assert_eq!(count(explained, "from"), number()),
        "password" => {
            assert_eq!(little(bytes(explained, "password")), number());
            assert_eq!(field(explained, "password").value == Value::Secret, number() != 0);
        }
        "serv" => assert_eq!(little(bytes(explained, "service")), hex_number(expected)),
        "class" => assert!(text(explained, "class").starts_with(&number().to_string())),
        "message_length" => assert_eq!(count(explained, "data bytes"), number()),
        "command" => assert_eq!(text(explained, "command"), string().trim_start_matches("0x")),
        "data_hex" => assert_eq!(hex::spaced(data(explained)), string()),
        "crc8" => {
            let sum = explained.checksum.expect("a checksum");
            assert_eq!([sum.found, sum.expected].map(u64::from), [hex_number(expected); 2]);
        }
        "byte0" => assert_eq!(u64::from(data(explained)[0]), number()),
        "byte1" => assert_eq!(u64::from(data(explained)[1]), number()),
        "unstuffed_hex" => {
            let unstuffed = &explained.layers[1];
            assert_eq!(unstuffed.kind, LayerKind::Unstuffed);
            assert_eq!(hex::spaced(&unstuffed.bytes), format!("C0 {} C0", string()));
        }
        "crc8_computed_over_unstuffed" => {
            let sum = explained.checksum.expect("a checksum");
            assert_eq!(u64::from(sum.expected), hex_number(expected));
            assert_ne!(sum.found, sum.expected);
        }
        "length_ok" => assert!(expected.as_bool().unwrap()),
        _ => return false,
    }
    true
}

/// What the data says.
fn check_values(explained: &Dissection, key: &str, expected: &Json) -> bool {
    let number = || expected.as_u64().expect("a number");
    let string = || expected.as_str().expect("a text").to_owned();
    let begins = |label| text(explained, label).starts_with(&number().to_string());
    match key {
        "dialect" => assert!(string().starts_with("kernel-10") && !explained.readings.is_empty()),
        "fix_date_ddmmyy" => {
            let parts: Vec<String> =
                bytes(explained, "date").iter().map(|byte| format!("{byte:02X}")).collect();
            assert_eq!(parts.join("."), string());
            let at = explained.readings[0].at.expect("a date");
            assert_eq!((at.day, at.month), (None, Some(string()[3..5].parse().unwrap())));
        }
        "raw" => assert_eq!(explained.readings[0].number().unwrap().units(), i128::from(number())),
        "kwh" => assert_eq!(readings(explained), [expected.to_string()]),
        "datetime" => assert_eq!(readings(explained), [string()]),
        "weekday_0_sunday" => assert!(begins("weekday")),
        "dst_enabled" => assert!(begins("daylight saving")),
        "to_summer" => {
            let labels = ["to summer, day", "to summer, month", "to summer, hour"];
            assert_eq!(change(explained, labels), string());
        }
        "to_winter" => {
            let labels = ["to winter, day", "to winter, month", "to winter, hour"];
            assert_eq!(change(explained, labels), string());
        }
        "kernel" => assert_eq!(u64::from(bytes(explained, "kernel")[0]), number()),
        "firmware_type" => assert_eq!(count(explained, "type"), number()),
        "firmware_version" => assert_eq!(count(explained, "version"), number()),
        "build_date" => assert_eq!(text(explained, "built"), string()),
        "skop_v0_v5_big_endian" => {
            let first = |label| text(explained, label).split(' ').next().unwrap().parse::<u64>().unwrap();
            let words = ["V0", "V1", "model number", "V3", "V4", "V5"].map(first);
            let expected: Vec<u64> =
                expected.as_array().unwrap().iter().map(|w| w.as_u64().unwrap()).collect();
            assert_eq!(words.as_slice(), expected);
        }
        "part" => assert_eq!(count(explained, "Part, eight characters each"), number()),
        // The vectors keep the characters in wire order, the reading turns them round.
        "serial_part_reversed" => {
            let Measured::Text(found) = &explained.readings[0].value else { panic!("a text") };
            assert_eq!(found.iter().rev().copied().collect::<Vec<u8>>(), string().into_bytes());
        }
        "error_code" | "error" => {
            assert_eq!(explained.problems[0].code.as_str(), "error-reply");
            assert!(explained.readings.is_empty());
            if let Some(code) = expected.as_u64() {
                assert_eq!(u64::from(bytes(explained, "error")[0]), code);
            }
        }
        _ => return false,
    }
    true
}

fn change(explained: &Dissection, labels: [&'static str; 3]) -> String {
    let [day, month, hour] = labels.map(|label| text(explained, label));
    format!("day {day} month {month} hour {hour}")
}

#[test]
fn every_vector_decodes_to_the_values_it_names() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 45);
    for vector in &vectors {
        let explained = dissect(vector, dialect(vector));
        assert_eq!(explained.verdict.word(), if vector.is_sound { "good" } else { "bad" }, "{}", vector.id);
        for (key, expected) in vector.decoded.as_object().expect("an object") {
            check(&explained, key, expected, &vector.id);
        }
        dissect(vector, Dialect::default());
    }
}

#[test]
fn every_vector_is_one_frame_of_its_own() {
    for vector in vectors() {
        let mut framer = Ce.framer(Source::Both, LineSettings::default());
        let mut pieces = Vec::new();
        framer.push(&vector.wire, At::ZERO, &mut |piece| pieces.push((piece.kind, piece.bytes.to_vec())));
        let judged = if vector.is_sound { Integrity::Good } else { Integrity::Bad };
        assert_eq!(pieces, [(PieceKind::Frame(judged), vector.wire.clone())], "{}", vector.id);
    }
}

#[test]
fn the_parts_of_a_serial_number_join_to_the_one_on_the_front_plate() {
    let vectors = vectors();
    let part = |id: &str| {
        let vector = vectors.iter().find(|vector| vector.id == id).expect(id);
        match &dissect(vector, dialect(vector)).readings[0].value {
            Measured::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
            other => panic!("{other:?}"),
        }
    };
    // Each part is turned round by itself, so the later one comes first.
    assert_eq!(part("ce-r51-enigma-11") + &part("ce-r51-enigma-09"), "011696174646950");
    assert_eq!(part("ce-s7v6-08") + &part("ce-s7v6-06"), "008483038000001");
}

/// Every flipped bit of every vector, in a stream with a sound frame behind it: nothing that is judged good
/// says anything else than the original, and the frame behind is not lost.
#[test]
fn no_flipped_bit_makes_a_good_frame_of_other_content() {
    let next = hex::parse("C0 48 FD 00 66 B7 57 01 20 19 21 23 02 19 07 22 1A C0").unwrap();
    let content = |wire: &[u8]| {
        let explained = (&Ce as &dyn Family).dissect(wire, &Context::default());
        let bytes: Vec<u8> = plain(&explained).bytes.to_vec();
        bytes.strip_prefix(&[0xC0]).unwrap_or(&bytes).to_vec()
    };
    for vector in vectors() {
        for bit in 0..vector.wire.len() * 8 {
            let mut flipped = vector.wire.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let mut framer = Ce.framer(Source::Both, LineSettings::default());
            let mut good = Vec::new();
            let mut keep = |piece: meterscope::protocol::Piece<'_>| {
                if piece.kind == PieceKind::Frame(Integrity::Good) {
                    good.push(content(piece.bytes));
                }
            };
            framer.push(&flipped, At::ZERO, &mut keep);
            framer.push(&next, At::ZERO, &mut keep);
            framer.finish(&mut keep);
            assert_eq!(good.pop(), Some(content(&next)), "{} bit {bit}", vector.id);
            let original = content(&vector.wire);
            assert!(good.iter().all(|found| *found == original), "{} bit {bit}: {good:02X?}", vector.id);
            let explained = (&Ce as &dyn Family).dissect(&flipped, &Context::default());
            let is_other = content(&flipped) != original;
            assert!(!is_other || explained.verdict.word() != "good", "{} bit {bit}", vector.id);
            assert!(!is_other || explained.readings.is_empty(), "{} bit {bit}", vector.id);
        }
    }
}
