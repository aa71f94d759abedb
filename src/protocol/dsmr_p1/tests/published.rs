//! Every published telegram, with the values its source names.

use serde_json::Value as Json;

use super::super::P1;
use crate::frame::{At, LayerKind, Secret};
use crate::frame::{Dissection, Field, FieldTree, Label, Layer, Reason, Value, Verdict, hex};
use crate::protocol::Integrity;
use crate::protocol::{Context, Family, LineSettings, MeterKey, Piece, PieceKind, Source};
use crate::reading::{Decimal, Unit};

const VECTORS: &str = include_str!("../../../../tests/vectors/dsmr_p1.jsonl");

/// A line of the vectors file.
pub(super) struct Vector {
    pub id: String,
    pub text: Vec<u8>,
    pub json: Json,
}

pub(super) fn vectors() -> Vec<Vector> {
    let vector = |line: &str| {
        let json: Json = serde_json::from_str(line).unwrap();
        let text = |key: &str| json[key].as_str().unwrap().to_owned();
        Vector { id: text("id"), text: text("text").into_bytes(), json }
    };
    VECTORS.lines().map(vector).collect()
}

impl Vector {
    /// The bytes of the encrypted frame, where there is one.
    pub(super) fn frame(&self) -> Option<Vec<u8>> {
        self.json["frame_hex"].as_str().map(|text| hex::parse(text).unwrap())
    }

    /// The keys that open it. The additional data end with the authentication key.
    pub(super) fn key(&self) -> MeterKey {
        let bytes = |key: &str| self.json[key].as_str().map(|text| hex::parse(text).unwrap());
        MeterKey {
            system_title: None,
            encryption: Secret::new(bytes("key_hex").unwrap()),
            authentication: bytes("aad_hex").map(|aad| Secret::new(aad[1..].to_vec())),
        }
    }

    /// Whether its own CRC fits; `None` where it has none.
    pub(super) fn fits(&self) -> Option<bool> {
        self.json["crc_verified"].as_bool()
    }

    pub(super) fn explain(&self) -> Dissection {
        (&P1 as &dyn Family).dissect(&self.text, &Context::default())
    }
}

pub(super) fn find(id: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.id == id).unwrap_or_else(|| panic!("no vector {id}"))
}

/// A data line of a layer: the reference of its object and its fields, the first being the line itself.
pub(super) struct Expected<'a> {
    pub object: String,
    fields: Vec<&'a Field>,
}

pub(super) fn lines(layer: &Layer) -> Vec<Expected<'_>> {
    let mut lines: Vec<Expected<'_>> = Vec::new();
    for field in &layer.fields {
        if field.depth == 0 {
            lines.push(Expected { object: String::new(), fields: vec![field] });
        } else if let Some(line) = lines.last_mut() {
            if field.label == Label::Name("object") && line.fields.len() == 1 {
                line.object = layer.text_of(field);
            }
            line.fields.push(field);
        }
    }
    lines.retain(|line| !line.object.is_empty());
    lines
}

/// The fields of what stood in brackets.
pub(super) fn contents<'a>(line: &Expected<'a>) -> Vec<&'a Field> {
    let is_frame = |label: Label| {
        ["object", "bracket", "brackets", "line end"].iter().any(|name| label == Label::Name(name))
    };
    // A log names an object in its second bracket, too.
    line.fields[1..]
        .iter()
        .enumerate()
        .filter(|(index, field)| {
            *index > 0 && (!is_frame(field.label) || (field.label == Label::Name("object") && *index > 1))
        })
        .map(|(_, field)| *field)
        .collect()
}

fn number(json: &Json) -> Option<f64> {
    json.as_f64()
}

fn check_value(id: &str, layer: &Layer, field: &Field, expected: &Json) {
    let value = &expected["value"];
    let shown = layer.text_of(field);
    match (number(value), field.value) {
        (Some(number), Value::Number(found)) => {
            assert!((found.to_f64() - number).abs() < 1e-9, "{id}: {found} for {number}");
        }
        (Some(_), Value::Meaning(code, _)) => assert_eq!(value.as_u64(), Some(code), "{id}"),
        (None, Value::Number(found)) => {
            let text = value.as_str().unwrap_or_default();
            assert_eq!(Decimal::parse(text), Some(found), "{id}: {text}");
        }
        (None, Value::Meaning(code, _)) => {
            assert_eq!(value.as_str().and_then(|text| text.parse().ok()), Some(code), "{id}");
        }
        (None, Value::Absent(_)) => assert_eq!(value.as_str().unwrap_or_default(), "", "{id}: {shown}"),
        (Some(number), Value::Time(_) | Value::Text) => {
            assert_eq!(raw(layer, field).parse::<f64>().ok(), Some(number), "{id}");
        }
        (_, Value::Time(_) | Value::Text) => {
            assert_eq!(value.as_str(), Some(raw(layer, field).as_str()), "{id}");
        }
        (expected, found) => panic!("{id}: {found:?} for {expected:?} {value}"),
    }
    if let Some(unit) = expected["unit"].as_str()
        && matches!(field.value, Value::Number(_))
    {
        assert!(field.unit.symbol().eq_ignore_ascii_case(unit), "{id}: {} for {unit}", field.unit);
    } else if matches!(field.value, Value::Number(_)) && expected.get("unit").is_some() {
        assert_eq!(field.unit, Unit::None, "{id}");
    }
}

fn raw(layer: &Layer, field: &Field) -> String {
    String::from_utf8_lossy(layer.bytes_of(field)).into_owned()
}

fn check_time(id: &str, field: &Field, expected: &Json) {
    if expected["invalid"] == true {
        let unset = matches!(field.value, Value::Absent(_)) || field.note.starts_with("not set");
        return assert!(unset, "{id}: {:?}", field.value);
    }
    let Value::Time(time) = field.value else { panic!("{id}: {:?} is no time", field.value) };
    let zone = match expected["dst"].as_bool() {
        Some(true) => " summer",
        Some(false) => " winter",
        None => "",
    };
    let local = expected["local"].as_str().unwrap().replace('T', " ");
    assert_eq!(time.to_string(), format!("{local}{zone}"), "{id}");
}

/// Holds one line against what its source says of it.
fn check(id: &str, layer: &Layer, line: &Expected<'_>, expected: &Json) {
    let fields = contents(line);
    if let Some(entries) = expected["entries"].as_array() {
        check_log(id, layer, &fields, expected, entries);
    } else if let Some(values) = expected["values"].as_array() {
        let time = expected.get("time");
        if let Some(time) = time {
            check_time(id, fields[0], time);
        }
        for (field, value) in fields.iter().skip(usize::from(time.is_some())).zip(values) {
            check_value(id, layer, field, value);
        }
    } else if let Some(time) = expected.get("time") {
        check_time(id, fields[0], time);
        let value = if expected.get("status").is_some() { fields.get(6) } else { fields.get(1) };
        if expected.get("value").is_some() {
            check_value(id, layer, value.unwrap_or_else(|| panic!("{id}: no value")), expected);
        }
    } else if expected.get("local").is_some() || expected.get("invalid").is_some() {
        check_time(id, fields[0], expected);
    } else {
        check_value(id, layer, fields[0], expected);
    }
}

fn check_log(id: &str, layer: &Layer, fields: &[&Field], expected: &Json, entries: &[Json]) {
    if let Some(count) = expected["count"].as_u64() {
        assert_eq!(layer.text_of(fields[0]), count.to_string(), "{id}");
    }
    let is_history = expected.get("objects").is_some();
    // One vector is a load profile with more objects, which its own reader took for a log.
    if fields.len() > 2 && !is_history && raw(layer, fields[2]).contains(':') {
        return;
    }
    let rest = fields.get(if is_history { 3 } else { 2 }..).unwrap_or_default();
    for (found, entry) in rest.chunks(if is_history { 3 } else { 2 }).zip(entries) {
        if is_history {
            check_time(id, found[0], &entry["period_end"]);
            check_time(id, found[1], &entry["occurred"]);
            check_value(id, layer, found[2], entry);
        } else {
            check_time(id, found[0], &entry["end"]);
            check_value(id, layer, found[1], entry);
        }
    }
}

/// The reference without group F and with the dots where they belong, as the vectors file keys it.
fn plain(object: &str) -> String {
    let (medium, code) = object.split_once(':').unwrap();
    let code = code.replace(':', ".");
    let groups: Vec<&str> = code.split(['.', '*']).take(3).collect();
    format!("{medium}:{}", groups.join("."))
}

fn check_all(id: &str, layer: &Layer, decoded: &Json) {
    let told = lines(layer);
    for (object, expected) in decoded.as_object().unwrap() {
        let found: Vec<&Expected<'_>> =
            told.iter().filter(|line| plain(&line.object) == plain(object)).collect();
        let all = expected.as_array().map_or_else(|| std::slice::from_ref(expected), Vec::as_slice);
        assert_eq!(found.len(), all.len(), "{id}: {object}");
        for (line, expected) in found.iter().zip(all) {
            check(&format!("{id} {object}"), layer, line, expected);
        }
    }
}

#[test]
fn every_published_value_is_found_in_its_line() {
    for vector in vectors() {
        let dissection = vector.explain();
        check_all(&vector.id, dissection.wire().unwrap(), &vector.json["decoded"]);
    }
}

#[test]
fn every_published_text_in_hex_is_read() {
    for vector in vectors() {
        let dissection = vector.explain();
        let texts = dissection.layers.iter().find(|layer| layer.kind == LayerKind::Texts);
        let read: Vec<String> =
            texts.iter().flat_map(|layer| layer.fields.iter().map(|field| raw(layer, field))).collect();
        for (object, expected) in vector.json["decoded"].as_object().unwrap() {
            if let Some(text) = expected["text"].as_str() {
                assert!(read.iter().any(|found| found == text), "{} {object}: {text} in {read:?}", vector.id);
            }
        }
    }
}

#[test]
fn a_crc_is_good_bad_or_not_there_as_published() {
    for vector in vectors() {
        let dissection = vector.explain();
        let expected = match vector.fits() {
            Some(true) => dissection.verdict == Verdict::Good,
            Some(false) => matches!(dissection.verdict, Verdict::Bad(_)),
            None => dissection.verdict == Verdict::Unchecked(Reason::NoChecksum),
        };
        assert!(expected, "{}: {:?}", vector.id, dissection.verdict);
        let codes: Vec<&str> = dissection.problems.iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!(codes.contains(&"checksum"), vector.fits() == Some(false), "{}: {codes:?}", vector.id);
        assert_eq!(dissection.readings.is_empty(), vector.fits() == Some(false), "{}", vector.id);
        if let Some(sum) = dissection.checksum {
            let calculated = vector.json["crc_calculated"].as_str().unwrap();
            assert_eq!(format!("{:04X}", sum.expected), calculated, "{}", vector.id);
        }
    }
}

#[test]
fn the_identification_is_what_stands_behind_the_slash() {
    for vector in vectors() {
        let dissection = vector.explain();
        let wire = dissection.wire().unwrap();
        let parts: String =
            wire.fields.iter().filter(|f| f.depth == 1).skip(1).take(3).map(|f| raw(wire, f)).collect();
        assert_eq!(parts, vector.json["identification"].as_str().unwrap(), "{}", vector.id);
    }
}

#[test]
fn every_byte_of_every_telegram_has_its_field() {
    for vector in vectors() {
        for bytes in [Some(vector.text.clone()), vector.frame()].into_iter().flatten() {
            let key = vector.frame().map(|_| vector.key());
            let context = Context { keys: key.as_slice(), ..Context::default() };
            let dissection = (&P1 as &dyn Family).dissect(&bytes, &context);
            for layer in &dissection.layers {
                assert!(layer.fields.tiles(layer.bytes.len()), "{} {}", vector.id, layer.kind);
            }
        }
    }
}

#[test]
fn lines_that_their_source_could_not_read_are_named_or_read() {
    let corrupted = find("v50-sagemcom-corrupted").explain();
    let unreadable = corrupted.problems.iter().find(|problem| problem.code.as_str() == "line").unwrap();
    let wire = corrupted.wire().unwrap();
    assert_eq!(&wire.bytes[unreadable.span.unwrap().range()], b"1,0:2.7.0(00.000*kW)\r\n");
    let mixed = find("esphome-parser-mix").explain();
    let wire = mixed.wire().unwrap();
    let core = lines(wire).into_iter().find(|line| line.object == "1-0:0.2.0").unwrap();
    assert_eq!(raw(wire, contents(&core)[0]), "(ER11)", "brackets within a value");
}

#[test]
fn every_telegram_is_framed_whole_and_judged() {
    let mut framer = P1.framer(Source::Replies, LineSettings::n81(115_200));
    let mut pieces: Vec<(PieceKind, Vec<u8>)> = Vec::new();
    let mut keep = |piece: Piece<'_>| pieces.push((piece.kind, piece.bytes.to_vec()));
    let vectors = vectors();
    for vector in &vectors {
        framer.push(&vector.text, At::ZERO, &mut keep);
        if let Some(frame) = vector.frame() {
            framer.push(&frame, At::ZERO, &mut keep);
        }
    }
    framer.finish(&mut keep);
    let mut expected: Vec<(PieceKind, Vec<u8>)> = Vec::new();
    for vector in &vectors {
        let judged = match vector.fits() {
            Some(true) => Integrity::Good,
            Some(false) => Integrity::Bad,
            None => Integrity::Unchecked,
        };
        expected.push((PieceKind::Frame(judged), vector.text.clone()));
        expected.extend(vector.frame().map(|frame| (PieceKind::Frame(Integrity::Unchecked), frame)));
    }
    for (found, expected) in pieces.iter().zip(&expected) {
        assert_eq!(
            (found.0, String::from_utf8_lossy(&found.1)),
            (expected.0, String::from_utf8_lossy(&expected.1))
        );
    }
    assert_eq!(pieces.len(), expected.len());
}

#[test]
fn the_version_or_country_is_found_out() {
    let title = |protocol: &str| match protocol {
        "dsmr-2.2" | "dsmr-3.0" => "DSMR 2.2 or 3.0 telegram",
        "dsmr-4.0" | "dsmr-4.2" | "dsmr-mixed" => "DSMR 4 telegram",
        "dsmr-5.0" => "DSMR 5 telegram",
        "dsmr-be-fluvius" => "e-MUCS telegram",
        "dsmr-lu" | "dsmr-lu-encrypted" => "Smarty telegram",
        "dsmr-at" | "dsmr-at-encrypted" => "Austrian P1 telegram",
        "dsmr-se" => "H1 telegram",
        "dsmr-lt" => "Lithuanian P1 telegram",
        "dsmr-hu" => "Hungarian P1 telegram",
        "dsmr-ch" => "Swiss P1 telegram",
        "dsmr-si" => "Slovenian P1 telegram",
        "dsmr-pl" => "Polish P1 telegram",
        "dsmr-ie" => "Irish P1 telegram",
        "dsmr-q3d-d0" => "EasyMeter telegram",
        "dsmr-2.1-ace4000" => "DSMR 2.1 telegram",
        _ => "P1 telegram",
    };
    for vector in vectors() {
        if vector.id == "v22-xmx-minimal" || vector.json["protocol"] == "dsmr-5.0-heat" {
            continue;
        }
        // One file calls a telegram 4.2 that states version 50.
        let states_5 = vector.json["decoded"]["1-3:0.2.8"]["value"] == "50" && vector.json["country"] == "NL";
        let expected = if states_5 { "dsmr-5.0" } else { vector.json["protocol"].as_str().unwrap() };
        assert_eq!(vector.explain().title, title(expected), "{}", vector.id);
    }
}
