//! What single frames say: registers, secrets, echoes, and answers whose request is not known.

use super::super::pulses::Constant;
use super::super::{Mercury230, wire};
use super::published::{by_id, field, told, vectors};
use crate::frame::{Direction, hex, visible};
use crate::protocol::{Access, Context, Dialect, Family};
use crate::reading::{Period, Reading};

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
    assert_eq!(dissection.problems[0].code.as_str(), "echo");
    // All requests as their own answers.
    for vector in vectors().iter().filter(|vector| vector.is_request) {
        let context =
            Context { direction: Direction::Reply, request: Some(&vector.bytes), ..Context::default() };
        let dissection = (&Mercury230 as &dyn Family).dissect(&vector.bytes, &context);
        assert!(dissection.readings.is_empty(), "{}", vector.id);
        assert!(dissection.problems.iter().any(|problem| problem.code.as_str() == "echo"), "{}", vector.id);
    }
}

#[test]
fn without_its_request_an_answer_stays_raw_and_says_why() {
    for vector in vectors().iter().filter(|vector| !vector.is_request && vector.bytes.len() > 4) {
        let context = Context { direction: Direction::Reply, ..Context::default() };
        let dissection = (&Mercury230 as &dyn Family).dissect(&vector.bytes, &context);
        assert!(dissection.readings.is_empty(), "{}", vector.id);
        assert_eq!(dissection.problems[0].code.as_str(), "context", "{}", vector.id);
    }
}

#[test]
fn what_is_both_a_link_test_and_a_status_is_said_to_be_both() {
    let bytes = hex::parse("00 00 01 B0").unwrap();
    let alone = (&Mercury230 as &dyn Family).dissect(&bytes, &Context::default());
    assert_eq!((alone.direction, alone.problems[0].code.as_str()), (Direction::Unknown, "context"));
    let context = Context { direction: Direction::Reply, request: Some(&bytes), ..Context::default() };
    let answer = (&Mercury230 as &dyn Family).dissect(&bytes, &context);
    assert!(answer.problems[0].text.contains("cannot be told"));
    let close =
        (&Mercury230 as &dyn Family).dissect(&hex::parse("00 02 80 71").unwrap(), &Context::default());
    assert!(close.title.contains("Close") && close.title.contains("status 2"));
}

#[test]
fn a_password_is_secret_wherever_it_may_stand_and_zeros_are_none() {
    let secret = |bytes: &[u8], direction, request: Option<&[u8]>| {
        let context = Context { direction, request, ..Context::default() };
        let dissection = (&Mercury230 as &dyn Family).dissect(bytes, &context);
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
        let dissection = (&Mercury230 as &dyn Family).dissect(&bytes, &context);
        assert!(dissection.readings.is_empty(), "{body:02X?}");
        dissection.problems[0].code.as_str()
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
    let dissection = (&Mercury230 as &dyn Family).dissect(&bytes, &context);
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
    let codes: Vec<String> = (&Mercury230 as &dyn Family)
        .dissect(&bytes, &context)
        .readings
        .iter()
        .map(|r| r.code.unwrap().to_string())
        .collect();
    assert_eq!(codes, ["31.7.0", "91.7.0"]);
}

#[test]
fn access_follows_the_catalogue_and_what_is_not_in_it_has_none() {
    let access = |body: &[u8]| Mercury230.access(&Mercury230.with_checksum(body), Dialect::default());
    assert_eq!(access(&[5, 5, 0, 0]), Some(Access::Read));
    assert_eq!(access(&[5, 1, 1, 1, 1, 1, 1, 1, 1]), Some(Access::Read));
    assert_eq!(access(&[5, 3, 5, 7]), Some(Access::Control));
    assert_eq!(access(&[5, 3, 0x1C, 7]), Some(Access::Write));
    assert_eq!(access(&[0xFE, 3, 0x1C, 7]), Some(Access::Control));
    assert_eq!(
        (access(&[5, 7, 2, 0, 0, 1, 0]), access(&[5, 0xEE]), access(&[5, 8, 5, 5])),
        (Some(Access::Control), None, None)
    );
    assert_eq!(access(&[5, 3, 0xEE]), Some(Access::Control), "it sets what no list has");
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
    let readings = (&Mercury230 as &dyn Family).dissect(&record.bytes, &context).readings;
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
        let readings = (&Mercury230 as &dyn Family).dissect(&answer, &context).readings;
        readings.iter().map(|r| format!("{} {}", visible::measured(&r.value), r.unit)).collect()
    };
    let counters = [1, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0];
    assert_eq!(told(&[4, 0x30, 0xF9, 0], &counters)[..2], ["1 ", "258 "]);
    assert_eq!(told(&[4, 0x30, 0xF9, 0], &counters)[7], "255 ");
    assert_eq!(told(&[8, 0x20, 3], &[1, 0, 0xD0, 0x07]), ["675.36 %"]);
}
