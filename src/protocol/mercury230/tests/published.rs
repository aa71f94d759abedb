//! Every published frame of the family, with the values its source names.

use serde_json::Value as Json;

use super::super::pulses::Constant;
use super::super::{Mercury230, rows, state, wire};
use crate::frame::{Direction, Dissection, FieldTree, Value, Verdict, hex, visible};
use crate::protocol::{Access, Context, Dialect, Family};
use crate::reading::{Measured, Period, Reading};

static PARSED: std::sync::LazyLock<Vec<Vector>> =
    std::sync::LazyLock::new(|| VECTORS.lines().map(vector).collect());

const VECTORS: &str = include_str!("../../../../tests/vectors/mercury230.jsonl");

/// A line of the vectors file.
#[derive(Clone)]
pub struct Vector {
    pub id: String,
    pub bytes: Vec<u8>,
    pub request: Option<Vec<u8>>,
    pub is_request: bool,
    json: Json,
}

pub fn vectors() -> Vec<Vector> {
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
    pub fn explain(&self) -> Dissection {
        let direction = if self.is_request { Direction::Request } else { Direction::Reply };
        let request = self.request.as_deref();
        Mercury230.dissect(&self.bytes, &Context { direction, request, ..Context::default() })
    }

    fn decoded(&self, key: &str) -> &Json {
        &self.json["decoded"][key]
    }
}

fn by_id(id: &str) -> Vector {
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
fn told(dissection: &Dissection, quantity: &str) -> String {
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

fn field(dissection: &Dissection, label: &str) -> String {
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

#[test]
fn captured_replies_read_as_registers_with_code_and_unit() {
    let readings = |id: &str| -> Vec<String> {
        let name = |reading: &Reading| {
            reading.code.map_or_else(|| reading.quantity.name().to_owned(), |code| code.to_string())
        };
        let told = |r: &Reading| format!("{}={} {}", name(r), visible::measured(&r.value), r.unit);
        by_id(id).explain().readings.iter().map(told).collect()
    };
    let absent = "the meter marks this value as absent";
    assert_eq!(
        readings("wb-m230-rsp-00050000-44ab"),
        [
            "1.8.0=3196200 Wh".to_owned(),
            format!("2.8.0={absent} Wh"),
            "3.8.0=300444 varh".into(),
            format!("4.8.0={absent} varh")
        ]
    );
    assert_eq!(readings("m230-io-rsp-current"), ["31.7.0=0.236 A", "51.7.0=0.243 A", "71.7.0=1.011 A"]);
    assert_eq!(readings("wb-m230-rsp-00081111-b01c"), ["32.7.0=241.28 V"]);
    assert_eq!(
        readings("wb-m230-rsp-00056000-5099"),
        ["21.8.0=3196201 Wh", "41.8.0=3145769 Wh", "61.8.0=300445 Wh"]
    );
    assert_eq!(readings("m230-b19-rsp-freq"), ["14.7.0=50.03 Hz"]);
    assert_eq!(
        readings("m230-u2-rsp-0816-00"),
        ["1.7.0=7360.00 W", "21.7.0=7360.00 W", "41.7.0=0.00 W", "61.7.0=-12.34 W"]
    );
    assert_eq!(readings("m230-u1-rsp-0800"), ["96.1.0=36790160 ", "production date=2019-02-10 "]);
    assert_eq!(readings("m230-doc-29-rsp"), ["voltage distortion L1=2.01 %"]);
    assert_eq!(readings("m230-doc-14-rsp")[..1], ["5.8.0=1645 varh"]);
}

#[test]
fn an_archive_is_no_running_register() {
    for id in ["m230-doc-13-rsp", "m230-doc-15-rsp"] {
        let dissection = by_id(id).explain();
        assert!(
            !dissection.readings.is_empty() && dissection.readings.iter().all(|r| !r.is_energy_register()),
            "{id}"
        );
    }
    let at = by_id("m230-doc-15-rsp").explain().readings[0].at.unwrap();
    assert_eq!(at.to_string(), "2019-06-23");
}

#[test]
fn an_echo_is_never_a_value() {
    let vector = by_id("m230-b19-echo-freq");
    let dissection = vector.explain();
    assert!(dissection.readings.is_empty());
    assert_eq!(dissection.problems[0].code, "echo");
    // All requests as their own answers.
    for vector in vectors().iter().filter(|vector| vector.is_request) {
        let context =
            Context { direction: Direction::Reply, request: Some(&vector.bytes), ..Context::default() };
        let dissection = Mercury230.dissect(&vector.bytes, &context);
        assert!(dissection.readings.is_empty(), "{}", vector.id);
        assert!(dissection.problems.iter().any(|problem| problem.code == "echo"), "{}", vector.id);
    }
}

#[test]
fn without_its_request_an_answer_stays_raw_and_says_why() {
    for vector in vectors().iter().filter(|vector| !vector.is_request && vector.bytes.len() > 4) {
        let context = Context { direction: Direction::Reply, ..Context::default() };
        let dissection = Mercury230.dissect(&vector.bytes, &context);
        assert!(dissection.readings.is_empty(), "{}", vector.id);
        assert_eq!(dissection.problems[0].code, "context", "{}", vector.id);
    }
}

#[test]
fn what_is_both_a_link_test_and_a_status_is_said_to_be_both() {
    let bytes = hex::parse("00 00 01 B0").unwrap();
    let alone = Mercury230.dissect(&bytes, &Context::default());
    assert_eq!((alone.direction, alone.problems[0].code), (Direction::Unknown, "context"));
    let context = Context { direction: Direction::Reply, request: Some(&bytes), ..Context::default() };
    let answer = Mercury230.dissect(&bytes, &context);
    assert!(answer.problems[0].text.contains("cannot be told"));
    let close = Mercury230.dissect(&hex::parse("00 02 80 71").unwrap(), &Context::default());
    assert!(close.title.contains("Close") && close.title.contains("status 2"));
}

#[test]
fn a_password_is_secret_wherever_it_may_stand_and_zeros_are_none() {
    let secret = |bytes: &[u8], direction, request: Option<&[u8]>| {
        let context = Context { direction, request, ..Context::default() };
        let dissection = Mercury230.dissect(bytes, &context);
        let wire = dissection.wire().unwrap().clone();
        (0..bytes.len()).filter(|index| wire.is_secret(*index)).collect::<Vec<_>>()
    };
    let open = hex::parse("00 01 01 01 01 01 01 01 01 77 81").unwrap();
    let with_crc: Vec<usize> = (3..11).collect();
    assert_eq!(secret(&open, Direction::Request, None), with_crc);
    assert_eq!(secret(&open, Direction::Unknown, None), with_crc);
    // Damaged, cut short and echoed in pieces.
    let mut damaged = open.clone();
    damaged[4] ^= 1;
    assert_eq!(secret(&damaged, Direction::Request, None), with_crc);
    assert_eq!(secret(&open[..8], Direction::Request, None), [3, 4, 5, 6, 7]);
    assert_eq!(secret(&damaged, Direction::Reply, Some(&open)), (1..11).collect::<Vec<_>>());
    let change = &vectors().into_iter().find(|v| v.id == "m230-doc-07-req").unwrap().bytes;
    assert_eq!(secret(change, Direction::Request, None), (4..18).collect::<Vec<_>>());
    let zeros = Mercury230.with_checksum(&[0, 1, 1, 0, 0, 0, 0, 0, 0]);
    assert!(secret(&zeros, Direction::Request, None).is_empty());
}

#[test]
fn an_answer_from_another_address_or_of_another_length_reads_nothing() {
    let request = hex::parse("05 08 16 40 8E BA").unwrap();
    let problem = |body: &[u8]| {
        let bytes = Mercury230.with_checksum(body);
        let context = Context { request: Some(&request), direction: Direction::Reply, ..Context::default() };
        let dissection = Mercury230.dissect(&bytes, &context);
        assert!(dissection.readings.is_empty(), "{body:02X?}");
        dissection.problems[0].code
    };
    assert_eq!(problem(&[6, 0x00, 0x8B, 0x13]), "address");
    assert_eq!(problem(&[5, 0x00, 0x8B, 0x13, 0x00]), "length");
    assert_eq!(problem(&[5, 0x05]), "status");
}

#[test]
fn a_meter_that_repeats_codes_is_understood() {
    let request = hex::parse("05 08 16 40 8E BA").unwrap();
    let bytes = Mercury230.with_checksum(&[5, 8, 0x00, 0x8B, 0x13]);
    let context = Context { request: Some(&request), direction: Direction::Reply, ..Context::default() };
    let dissection = Mercury230.dissect(&bytes, &context);
    assert_eq!(told(&dissection, "frequency"), "50.03");
    assert_eq!(field(&dissection, "repeated code"), "08");
}

#[test]
fn a_single_phase_meter_has_no_other_phases() {
    let request = Mercury230.with_checksum(&[5, 8, 0x16, 0x21]);
    let bytes = Mercury230.with_checksum(&[5, 0, 0xEC, 0, 0, 0xF3, 0, 0, 0, 0]);
    let context = Context {
        request: Some(&request),
        direction: Direction::Reply,
        dialect: Dialect(3),
        ..Context::default()
    };
    let codes: Vec<String> =
        Mercury230.dissect(&bytes, &context).readings.iter().map(|r| r.code.unwrap().to_string()).collect();
    assert_eq!(codes, ["31.7.0", "91.7.0"]);
}

#[test]
fn access_follows_the_catalogue_and_what_is_not_in_it_has_none() {
    let access = |body: &[u8]| Mercury230.access_of(&Mercury230.with_checksum(body), Dialect::default());
    assert_eq!(access(&[5, 5, 0, 0]), Some(Access::Read));
    assert_eq!(access(&[5, 1, 1, 1, 1, 1, 1, 1, 1]), Some(Access::Read));
    assert_eq!(access(&[5, 3, 5, 7]), Some(Access::Control));
    assert_eq!(access(&[5, 3, 0x32, 7]), Some(Access::Write));
    assert_eq!(access(&[0xFE, 3, 0x32, 7]), Some(Access::Control));
    assert_eq!(
        (access(&[5, 7, 2, 0, 0, 1, 0]), access(&[5, 0xEE]), access(&[5, 8, 5, 5])),
        (None, None, None)
    );
}

#[test]
fn the_makers_record_of_the_profile_is_10_and_a_half_kilowatts_where_the_constant_was_heard() {
    let all = vectors();
    let record = all.iter().find(|vector| vector.decoded("values")["raw"].is_object()).unwrap();
    let context = Context {
        direction: Direction::Reply,
        request: record.request.as_deref(),
        // 1000 imp/kWh.
        step: Constant::of_variant(&[0, 4]).unwrap().in_step(),
        ..Context::default()
    };
    let readings = Mercury230.dissect(&record.bytes, &context).readings;
    let told = |r: &Reading| format!("{}={} {}", r.code.unwrap(), visible::measured(&r.value), r.unit);
    assert_eq!(
        readings.iter().take(3).map(told).collect::<Vec<_>>(),
        ["1.5.0=10500.0 W", "1.29.0=5250.0 Wh", "1.29.1=5250.0 Wh"]
    );
    assert!(readings.iter().all(|reading| reading.period == Period::Interval && reading.at.is_some()));
}

#[test]
fn dip_counters_and_the_limit_of_imbalance_have_their_low_byte_first() {
    let told = |request: &[u8], answer: &[u8]| -> Vec<String> {
        let (request, answer) = (wire::frame(5, request), wire::frame(5, answer));
        let context = Context { direction: Direction::Reply, request: Some(&request), ..Context::default() };
        let readings = Mercury230.dissect(&answer, &context).readings;
        readings.iter().map(|r| format!("{} {}", visible::measured(&r.value), r.unit)).collect()
    };
    let counters = [1, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0];
    assert_eq!(told(&[4, 0x30, 0xF9, 0], &counters)[..2], ["1 ", "258 "]);
    assert_eq!(told(&[4, 0x30, 0xF9, 0], &counters)[7], "255 ");
    assert_eq!(told(&[8, 0x20, 3], &[1, 0, 0xD0, 0x07]), ["675.36 %"]);
}
