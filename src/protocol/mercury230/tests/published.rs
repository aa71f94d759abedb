//! Every published frame of the family, with the values its source names.

use serde_json::Value as Json;

use super::super::{Mercury230, rows, state};
use crate::frame::{Direction, Dissection, FieldTree, Value, Verdict, hex, visible};
use crate::protocol::{Context, Family};
use crate::reading::{Measured, Reading};

static PARSED: std::sync::LazyLock<Vec<Vector>> =
    std::sync::LazyLock::new(|| VECTORS.lines().map(vector).collect());

const VECTORS: &str = include_str!("../../../../tests/vectors/mercury230.jsonl");

/// A line of the vectors file.
#[derive(Clone)]
pub(super) struct Vector {
    pub id: String,
    pub bytes: Vec<u8>,
    pub request: Option<Vec<u8>>,
    pub is_request: bool,
    json: Json,
}

pub(super) fn vectors() -> Vec<Vector> {
    PARSED.clone()
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
    pub(super) fn explain(&self) -> Dissection {
        let direction = if self.is_request { Direction::Request } else { Direction::Reply };
        let request = self.request.as_deref();
        (&Mercury230 as &dyn Family)
            .dissect(&self.bytes, &Context { direction, request, ..Context::default() })
    }

    pub(super) fn decoded(&self, key: &str) -> &Json {
        &self.json["decoded"][key]
    }
}

pub(super) fn by_id(id: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.id == id).unwrap()
}

/// The numbers among the readings, in order; `None` for those that are absent.
fn numbers(dissection: &Dissection) -> Vec<Option<f64>> {
    let number = |reading: &Reading| match &reading.value {
        Measured::Number(number) => Some(Some(number.to_string().parse().unwrap())),
        Measured::Absent(_) => Some(None),
        _ => None,
    };
    dissection.readings.iter().filter_map(number).collect()
}

/// The reading with a quantity, as text.
pub(super) fn told(dissection: &Dissection, quantity: &str) -> String {
    let reading = dissection.readings.iter().find(|reading| reading.quantity.name() == quantity);
    visible::measured(&reading.unwrap_or_else(|| panic!("no {quantity}: {:?}", dissection.readings)).value)
}

fn close(found: Option<f64>, expected: &Json, factor: f64) -> bool {
    match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected * factor).abs() < 1e-6,
        (None, None) => true,
        _ => false,
    }
}

#[test]
fn every_frame_is_sound_and_explained_to_its_last_byte() {
    assert_eq!(vectors().len(), 200);
    for vector in vectors() {
        let dissection = vector.explain();
        assert_eq!(dissection.verdict, Verdict::Good, "{}", vector.id);
        assert_eq!(dissection.address, Some(vector.bytes[0].into()), "{}", vector.id);
        assert!(dissection.wire().unwrap().fields.tiles(vector.bytes.len()), "{}", vector.id);
        assert_ne!(dissection.title, "Unknown command", "{}", vector.id);
    }
}

#[test]
fn every_request_is_the_command_that_its_source_names() {
    let mut requests = 0;
    for vector in vectors().iter().filter(|vector| vector.is_request) {
        let dissection = vector.explain();
        let code = vector.decoded("code").as_str().unwrap();
        let wire = dissection.wire().unwrap();
        let command = wire.fields.iter().find(|field| field.label.to_string() == "command").unwrap();
        assert!(hex::compact(wire.bytes_of(command)).starts_with(code), "{}", vector.id);
        let title = |code: &str| rows::COMMANDS.iter().find(|c| c.code == code).map(|c| c.title);
        let expected = match code {
            "01" => Some("Open the channel"),
            "02" => Some("Close the channel"),
            "05" if vector.decoded("array") == 6 => title("0560"),
            "04" if vector.decoded("params_hex") == "00" => title("0400"),
            "08" if vector.decoded("param") == "16" => None,
            "08" if vector.decoded("ext_hex").is_string() => title("080100"),
            "08" => title(&format!("08{}", vector.decoded("param").as_str().unwrap())),
            "03" => title(&format!("03{}", &vector.decoded("params_hex").as_str().unwrap()[..2])),
            code => title(code),
        };
        assert!(
            expected.is_none_or(|title| dissection.title == title),
            "{}: {}",
            vector.id,
            dissection.title
        );
        assert!(dissection.readings.is_empty(), "{}", vector.id);
        assert!(dissection.problems.is_empty(), "{}: {:?}", vector.id, dissection.problems);
        if vector.decoded("level").is_number() {
            assert!(wire.fields.iter().any(|field| field.value == Value::Secret), "{}", vector.id);
        }
        requests += 1;
    }
    assert_eq!(requests, 121);
}

#[test]
fn every_reply_has_the_values_that_its_source_names() {
    let mut checked = 0;
    for vector in vectors().iter().filter(|vector| !vector.is_request) {
        let dissection = vector.explain();
        let id = &vector.id;
        if let Some(status) = vector.decoded("status").as_u64() {
            let field = &dissection.wire().unwrap().fields[1];
            assert!(matches!(field.value, Value::Meaning(found, _) if found == status), "{id}: {field:?}");
            assert!(dissection.readings.is_empty(), "{id}");
            checked += 1;
            continue;
        }
        match vector.decoded("values") {
            Json::Array(values) => {
                let found = numbers(&dissection);
                assert_eq!(found.len(), values.len(), "{id}");
                for (found, expected) in found.into_iter().zip(values) {
                    check_value(id, found, expected);
                }
                checked += 1;
            }
            Json::Object(values) => {
                for (name, expected) in values {
                    check_named(id, &dissection, name, expected);
                }
                checked += 1;
            }
            _ => {}
        }
    }
    // An echo and an empty journal record without its request name no values.
    assert_eq!(checked, 77);
}

/// A fixture with a distortion has it read the wrong way round; the manual's example tells which is right.
fn check_value(id: &str, found: Option<f64>, expected: &Json) {
    if id.starts_with("wb-m230-rsp-0008116") {
        return;
    }
    match expected {
        Json::Object(with_directions) => {
            let value = &with_directions["value"];
            assert!(close(found.map(f64::abs), value, 1.0), "{id}: {found:?} for {expected}");
        }
        value => assert!(close(found, value, 1.0), "{id}: {found:?} for {expected}"),
    }
}

fn check_named(id: &str, dissection: &Dissection, name: &str, expected: &Json) {
    let is_known = check_energy(id, dissection, name, expected)
        || check_identity(id, dissection, name, expected)
        || check_moment(id, dissection, name, expected)
        || check_variant(dissection, name, expected);
    assert!(is_known, "{id}: nothing is known of {name}");
}

/// Energies and their maxima; whether the name is one of them.
fn check_energy(id: &str, dissection: &Dissection, name: &str, expected: &Json) -> bool {
    let energies = || numbers(dissection);
    let place = |names: &[&str]| names.iter().position(|known| *known == name);
    match name {
        "A+" | "A-" | "R+" | "R-" if expected.is_object() => {
            let raw = told(dissection, &format!("maximum {name}"));
            assert_eq!(raw, expected["raw"].to_string(), "{id} {name}");
            let quantity = format!("maximum {name}");
            let at = dissection.readings.iter().find(|r| r.quantity.name() == quantity).unwrap().at.unwrap();
            let (hour, minute) = (at.hour.unwrap(), at.minute.unwrap());
            assert_eq!(at.day.unwrap().to_string(), expected["day"].to_string(), "{id} {name}");
            assert_eq!(format!("{hour:02}:{minute:02}"), text(&expected["time"]), "{id} {name}");
        }
        "A+" | "A-" | "R+" | "R-" | "R1" | "R2" | "R3" | "R4" | "A+L1" | "A+L2" | "A+L3" => {
            let nth = [&["A+", "A-", "R+", "R-"][..], &["R1", "R2", "R3", "R4"], &["A+L1", "A+L2", "A+L3"]]
                .into_iter()
                .find_map(place)
                .unwrap();
            assert!(close(energies()[nth], expected, 1000.0), "{id} {name}: {:?}", energies());
        }
        _ => return false,
    }
    true
}

/// What a meter says of itself; whether the name is one of that.
fn check_identity(id: &str, dissection: &Dissection, name: &str, expected: &Json) -> bool {
    let number = |quantity: &str| told(dissection, quantity).parse::<f64>().ok();
    let is = |quantity: &str| assert_eq!(told(dissection, quantity), text(expected), "{id} {name}");
    match name {
        "temperature_c" => assert!(close(number("temperature"), expected, 1.0), "{id}"),
        "serial" => is("serial number"),
        "production_date" => is("production date"),
        "firmware" => is("version"),
        "firmware_crc16_hex" => assert_eq!(told(dissection, "firmware CRC"), text(expected).replace(' ', "")),
        "variant_hex" => is("build variant"),
        "variant_code" => {
            assert_eq!((told(dissection, "variant code"), expected), ("32 3A".into(), &"50.58".into()));
        }
        "variant_byte7" => {
            assert_eq!((told(dissection, "variant byte 7"), expected), ("0C".into(), &12.into()));
        }
        "variant_byte8" => {
            assert_eq!((told(dissection, "variant byte 8"), expected), ("00".into(), &0.into()));
        }
        "kU" => assert!(close(number("voltage ratio"), expected, 1.0)),
        "kI" => assert!(close(number("current ratio"), expected, 1.0)),
        "address" => assert!(close(number("network address"), expected, 1.0)),
        "word" => assert_eq!(told(dissection, "load control"), format!("{:04X}", expected.as_u64().unwrap())),
        "relay_off_now" | "switch_on_forbidden" | "off_by_interface" => assert_eq!(expected, 0),
        "errors" => {
            let codes: Vec<String> = expected.as_array().unwrap().iter().map(text).collect();
            assert_eq!(told(dissection, "state word"), codes.join(", "), "{id}");
            assert!(codes.iter().all(|code| dissection.problems.iter().any(|p| p.text.starts_with(code))));
        }
        "status_word_hex" => {
            let bytes = hex::parse(&text(expected)).unwrap();
            assert_eq!(told(dissection, "state word"), state::text(&bytes), "{id}");
        }
        _ => return false,
    }
    true
}

/// Times and the records of the load profile; whether the name is one of them.
fn check_moment(id: &str, dissection: &Dissection, name: &str, expected: &Json) -> bool {
    match name {
        "time" | "date" | "t1" | "t2" => time(id, dissection, name, &text(expected)),
        "dow" => assert_eq!(field(dissection, "weekday"), expected.to_string(), "{id}"),
        "winter" => assert_eq!(field(dissection, "season"), format!("{expected} winter"), "{id}"),
        "record" => assert_eq!(field(dissection, "record number"), expected.to_string(), "{id}"),
        "period_min" => assert!(field(dissection, "averaging period").starts_with(&expected.to_string())),
        "last_record_address" => assert_eq!(
            told(dissection, "address of last record"),
            (expected.as_u64().unwrap() / 16).to_string()
        ),
        "state" => assert_eq!(field(dissection, "state"), "0A", "{id}: tariff 1, winter, incomplete"),
        "raw" => {
            for (kind, expected) in expected.as_object().unwrap() {
                let found = told(dissection, &format!("profile {kind}")).parse::<f64>().ok();
                assert!(close(found, expected, 1.0), "{id} {kind}");
            }
        }
        _ => return false,
    }
    true
}

/// The build variant; whether the name is a part of it.
fn check_variant(dissection: &Dissection, name: &str, expected: &Json) -> bool {
    let is = |quantity: &str| assert_eq!(told(dissection, quantity), text(expected), "{name}");
    match name {
        "accuracy_A" => is("accuracy class, active"),
        "accuracy_R" => is("accuracy class, reactive"),
        "nominal_u_v" => assert_eq!(told(dissection, "nominal voltage"), format!("{} V", text(expected))),
        "nominal_i_a" => assert_eq!(told(dissection, "nominal current"), format!("{} A", text(expected))),
        "directions" => is("directions"),
        "phases" => is("phases"),
        "imp_per_kwh" => assert_eq!(told(dissection, "meter constant"), format!("{expected} imp/kWh")),
        "kind" => assert_eq!(
            (told(dissection, "metered energy"), text(expected)),
            ("active and reactive".into(), "AR".into())
        ),
        "variant_no" => assert!(told(dissection, "variant number").starts_with(&expected.to_string())),
        "relay" => assert_eq!((told(dissection, "relay"), expected), ("yes".into(), &1.into())),
        "per_phase_energy" => {
            assert_eq!((told(dissection, "active energy by phase"), expected), ("yes".into(), &1.into()));
        }
        "extended_arrays" => {
            assert_eq!((told(dissection, "extended arrays"), expected), ("yes".into(), &1.into()));
        }
        _ => return false,
    }
    true
}

fn text(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

pub(super) fn field(dissection: &Dissection, label: &str) -> String {
    let wire = dissection.wire().unwrap();
    let field = wire.fields.iter().find(|field| field.label.to_string() == label);
    wire.text_of(field.unwrap_or_else(|| panic!("no field {label}: {:?}", wire.fields)))
}

/// A time stands in the first (t2: the second) of the fields that hold one.
fn time(id: &str, dissection: &Dissection, name: &str, expected: &str) {
    let fields = &dissection.wire().unwrap().fields;
    let times: Vec<String> =
        fields.iter().filter(|f| matches!(f.value, Value::Time(_))).map(|f| f.value.to_string()).collect();
    let found = &times[usize::from(name == "t2")];
    assert!(found.contains(expected), "{id} {name}: {times:?}");
}
