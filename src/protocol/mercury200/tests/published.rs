//! Every published frame of the family, with the values its source names.

use serde_json::Value as Json;

use super::super::Mercury200;
use crate::frame::{Direction, Dissection, FieldTree, Label, Verdict, hex};
use crate::protocol::{Context, Family, Integrity, LineSettings, Piece, PieceKind, Source};

const VECTORS: &str = include_str!("../../../../tests/vectors/mercury200.jsonl");

/// A line of the vectors file.
pub(super) struct Vector {
    pub id: String,
    pub bytes: Vec<u8>,
    pub request: Option<Vec<u8>>,
    pub is_request: bool,
    json: Json,
}

pub(super) fn vectors() -> Vec<Vector> {
    VECTORS.lines().map(vector).collect()
}

fn vector(line: &str) -> Vector {
    let json: Json = serde_json::from_str(line).unwrap();
    let bytes = |key: &str| json[key].as_str().map(|text| hex::parse(text).unwrap());
    Vector {
        id: json["id"].as_str().unwrap().to_owned(),
        bytes: bytes("hex").unwrap(),
        request: bytes("request_hex"),
        is_request: json["direction"] == "request",
        json,
    }
}

impl Vector {
    pub(super) fn is_sound(&self) -> bool {
        self.json["crc_origin"] != "none"
    }

    pub(super) fn explain(&self, direction: Direction) -> Dissection {
        let request = self.request.as_deref();
        (&Mercury200 as &dyn Family)
            .dissect(&self.bytes, &Context { direction, request, ..Context::default() })
    }

    fn direction(&self) -> Direction {
        if self.is_request { Direction::Request } else { Direction::Reply }
    }
}

/// The text of a field, found by its label.
fn field(dissection: &Dissection, label: &str) -> String {
    let wire = dissection.wire().unwrap();
    let field = wire.fields.iter().find(|field| field.label.to_string() == label);
    wire.text_of(field.unwrap_or_else(|| panic!("no field {label}: {:?}", wire.fields)))
}

/// What a value of the vectors file is in the dissection.
fn told(dissection: &Dissection, name: &str) -> String {
    let time = |label: &str| {
        dissection
            .wire()
            .unwrap()
            .fields
            .iter()
            .find(|field| field.label.to_string().starts_with(label))
            .unwrap()
            .value
            .to_string()
    };
    match name {
        "voltage_v" => field(dissection, "voltage"),
        "current_a" => field(dissection, "current"),
        "power_w" | "load_power_kw" => field(dissection, "active power"),
        "T1_kwh" | "T2_kwh" | "T3_kwh" | "T4_kwh" => field(dissection, &format!("tariff {}", &name[1..2])),
        "version" => field(dissection, "version"),
        "firmware_date" => field(dissection, "firmware date"),
        "serial" => field(dissection, "serial number"),
        "battery_v" => field(dissection, "battery voltage"),
        "production_date" => field(dissection, "production date"),
        "ispoln_hex" => field(dissection, "build"),
        "dow" => field(dissection, "weekday").split(' ').next().unwrap().to_owned(),
        "time" => time("last mains").split(' ').nth(1).unwrap().to_owned(),
        "date" => time("last mains").split(' ').next().unwrap().to_owned(),
        "function" => field(dissection, "pulse output").split(' ').next().unwrap().to_owned(),
        "power_limit_kw" => field(dissection, "power limit"),
        "param" => field(dissection, "parameter").split(' ').next().unwrap().to_owned(),
        "reactive_power_var" => field(dissection, "reactive power"),
        "cos_phi" => field(dissection, "power factor"),
        "apparent_power_va" => field(dissection, "apparent power"),
        other => panic!("no rule for {other}"),
    }
}

/// Whether a text says what the vectors file says; numbers may differ in their trailing zeros.
fn agrees(told: &str, expected: &Json) -> bool {
    match expected {
        Json::Null => told == "the meter marks this value as absent",
        Json::Number(number) => {
            told.parse::<f64>().is_ok_and(|told| (told - number.as_f64().unwrap()).abs() < 1e-9)
        }
        Json::String(text) => told == text,
        _ => false,
    }
}

#[test]
fn every_published_frame_says_what_its_source_says() {
    let mut values = 0;
    for vector in vectors().iter().filter(|vector| vector.is_sound()) {
        let decoded = &vector.json["decoded"];
        let dissection = vector.explain(vector.direction());
        assert_eq!(dissection.verdict, Verdict::Good, "{}", vector.id);
        assert_eq!(dissection.address, decoded["address"].as_u64(), "{}", vector.id);
        assert_eq!(field(&dissection, "command"), decoded["command"].as_str().unwrap(), "{}", vector.id);
        assert!(dissection.wire().unwrap().fields.tiles(vector.bytes.len()), "{}", vector.id);
        let is_alone = vector.request.is_none();
        let odd =
            dissection.problems.iter().find(|problem| !(is_alone && problem.code.as_str() == "context"));
        assert_eq!(odd, None, "{}", vector.id);
        for (name, expected) in decoded["values"].as_object().into_iter().flatten() {
            let told = told(&dissection, name);
            assert!(agrees(&told, expected), "{}: {name} is {told}, expected {expected}", vector.id);
            values += 1;
        }
    }
    assert_eq!((vectors().len(), values), (71, 78));
}

#[test]
fn a_frame_without_crc_is_never_good() {
    let negatives: Vec<Vector> = vectors().into_iter().filter(|vector| !vector.is_sound()).collect();
    assert_eq!(negatives.len(), 1);
    for vector in negatives {
        let dissection = vector.explain(Direction::Unknown);
        assert_eq!(dissection.verdict, Verdict::Malformed("cut short"));
        assert_eq!((dissection.address, field(&dissection, "command")), (Some(10_925_856), "28".into()));
        assert!(dissection.wire().unwrap().fields.tiles(vector.bytes.len()));
        assert!(dissection.readings.is_empty());
    }
}

#[test]
fn which_way_a_frame_goes_follows_from_its_length() {
    for vector in vectors().iter().filter(|vector| vector.is_sound()) {
        assert_eq!(vector.explain(Direction::Unknown).direction, vector.direction(), "{}", vector.id);
    }
}

#[test]
fn an_echo_is_named_and_reads_nothing() {
    for vector in vectors().iter().filter(|vector| vector.is_sound() && vector.is_request) {
        let dissection = vector.explain(Direction::Reply);
        assert!(dissection.problems.iter().any(|problem| problem.code.as_str() == "echo"), "{}", vector.id);
        assert!(dissection.readings.is_empty(), "{}", vector.id);
    }
}

#[test]
fn the_captured_replies_read_as_registers_with_code_and_unit() {
    let readings = |id: &str| -> Vec<String> {
        let vector = vectors().into_iter().find(|vector| vector.id == id).unwrap();
        let readings = vector.explain(Direction::Reply).readings;
        readings
            .iter()
            .map(|reading| {
                let code = reading.code.map_or(reading.quantity.name().to_owned(), |code| code.to_string());
                format!("{code}={} {}", crate::frame::visible::measured(&reading.value), reading.unit)
            })
            .collect()
    };
    assert_eq!(readings("m200-ms-rsp-63"), ["32.7.0=235.8 V", "31.7.0=2.64 A", "1.7.0=588 W"]);
    assert_eq!(
        readings("m200-ms-rsp-27"),
        ["1.8.1=621.42 kWh", "1.8.2=208.34 kWh", "1.8.3=0.00 kWh", "1.8.4=0.00 kWh"]
    );
    assert_eq!(readings("m206-io-rsp-86-02"), ["13.7.0=0.857 ", "9.7.0=583 VA"]);
    assert_eq!(readings("m200-io-rsp-2F"), ["96.1.0=10925595 "]);
    assert_eq!(readings("m200-ex-rsp-2C"), ["last mains on=2011-04-18 11:24:06 "]);
    assert_eq!(readings("m200-ex-rsp-28"), ["version=8.3 ", "firmware date=2010-03-01 "]);
    assert_eq!(readings("m200-io-rsp-26"), ["1.7.0=0.41 kW"]);
}

#[test]
fn a_month_is_known_only_with_its_request() {
    let vector = vectors().into_iter().find(|vector| vector.id == "m200-io-rsp-32a").unwrap();
    let alone = vector.explain(Direction::Reply);
    assert!(alone.readings.is_empty());
    assert_eq!(alone.problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>(), ["context"]);
    let request = hex::parse("00 0E 1F 9B 32 02").unwrap();
    let request = Mercury200.with_checksum(&request);
    let context = Context { direction: Direction::Reply, request: Some(&request), ..Context::default() };
    let known = (&Mercury200 as &dyn Family).dissect(&vector.bytes, &context);
    assert_eq!(known.readings.len(), 4);
    assert!(known.readings.iter().all(|r| r.period == crate::reading::Period::CalendarMonth(3)));
    assert!(known.readings.iter().all(|r| !r.is_energy_register()));
}

#[test]
fn half_bytes_beyond_nine_stay_raw_and_are_named() {
    let frame = super::super::wire::frame(411_486, 0x63, &[0x23, 0x5A, 0x02, 0x64, 0x00, 0x05, 0x88]);
    let dissection = (&Mercury200 as &dyn Family).dissect(&frame, &Context::default());
    assert_eq!(field(&dissection, "voltage"), "23 5A");
    assert_eq!(dissection.problems.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["bcd"]);
    assert_eq!(dissection.readings[0].number(), None);
    assert_eq!(dissection.readings[1].number().map(|n| n.to_string()).as_deref(), Some("2.64"));
}

#[test]
fn a_reply_of_another_length_is_named_and_reads_nothing() {
    let frame = super::super::wire::frame(411_486, 0x63, &[0x23, 0x58, 0x02, 0x64]);
    let dissection = (&Mercury200 as &dyn Family).dissect(&frame, &Context::default());
    assert_eq!(dissection.problems.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["length"]);
    assert!(dissection.readings.is_empty());
}

#[test]
fn a_wrong_crc_shows_found_and_expected() {
    let mut frame = hex::parse("00 06 47 5E 63 23 58 02 64 00 05 88 45 C6").unwrap();
    frame[6] = 0x50;
    let dissection = (&Mercury200 as &dyn Family).dissect(&frame, &Context::default());
    assert!(dissection.verdict.is_bad() && dissection.readings.is_empty());
    let text = &dissection.problems[0].text;
    assert!(text.starts_with("CRC C645, expected "), "{text}");
    assert_eq!(dissection.problems[0].code.as_str(), "checksum");
}

#[test]
fn every_published_frame_is_cut_out_of_the_stream() {
    for vector in vectors().iter().filter(|vector| vector.is_sound()) {
        let source = if vector.is_request { Source::Requests } else { Source::Replies };
        let mut cut = Vec::new();
        let mut framer = Mercury200.framer(source, LineSettings::default());
        framer.push(&vector.bytes, crate::frame::At::ZERO, &mut |piece: Piece<'_>| {
            cut.push((piece.kind, piece.bytes.to_vec()));
        });
        assert_eq!(cut, [(PieceKind::Frame(Integrity::Good), vector.bytes.clone())], "{}", vector.id);
    }
}

#[test]
fn labels_are_fixed_words() {
    let dissection = vectors()[0].explain(Direction::Request);
    assert!(
        dissection.wire().unwrap().fields.iter().all(|f| matches!(f.label, Label::Name(_) | Label::Nth(..)))
    );
}
