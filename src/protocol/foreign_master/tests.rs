//! What counts as a request of another master, and what must not: the recorded frames of all families, their damage,
//! noise, and the cases where an answer looks like a request.

use serde_json::Value as Json;

use super::*;
use crate::frame::hex;
use crate::protocol::{Address, Kind, Parameter, Profile, Request};

const LINE: LineSettings = LineSettings::n81(9600);

/// Recorded frames, a file each.
const RECORDED: &[(&str, &str)] = &[
    ("energomera_ce", include_str!("../../../tests/vectors/energomera_ce.jsonl")),
    ("mercury200", include_str!("../../../tests/vectors/mercury200.jsonl")),
    ("mercury230", include_str!("../../../tests/vectors/mercury230.jsonl")),
    ("iec62056_21", include_str!("../../../tests/vectors/iec62056_21.jsonl")),
    ("energomera_ascii", include_str!("../../../tests/vectors/energomera_ascii.jsonl")),
    ("dlms_mbus", include_str!("../../../tests/vectors/dlms_mbus.jsonl")),
    ("dlms_peers", include_str!("../../../tests/vectors/dlms_peers.jsonl")),
    ("dsmr_p1", include_str!("../../../tests/vectors/dsmr_p1.jsonl")),
];

#[derive(Debug)]
struct Recorded {
    family: &'static str,
    id: String,
    is_request: bool,
    is_sound: bool,
    bytes: Vec<u8>,
}

fn recorded() -> Vec<Recorded> {
    let lines = RECORDED.iter().flat_map(|(family, text)| text.lines().map(move |line| (*family, line)));
    lines.filter(|(_, line)| !line.is_empty()).flat_map(|(family, line)| of_line(family, line)).collect()
}

fn of_line(family: &'static str, line: &str) -> Vec<Recorded> {
    let json: Json = serde_json::from_str(line).unwrap();
    let text = |key: &str| json[key].as_str().map(str::to_owned);
    let one = |bytes: Vec<u8>| Recorded {
        family,
        id: text("id").unwrap_or_default(),
        is_request: matches!(json["direction"].as_str(), Some("request" | "host->meter")),
        is_sound: json["checksum_verified"] != false,
        bytes,
    };
    let frames = json["frames"].as_array().into_iter().flatten().filter_map(|frame| frame["hex"].as_str());
    let told = [text("hex"), text("frame_hex")].into_iter().flatten().chain(frames.map(str::to_owned));
    let bytes = told.filter_map(|text| hex::parse(&text).ok()).chain(text("text").map(String::into_bytes));
    bytes.map(one).collect()
}

/// Who is asked in bytes that come at once.
fn asked(bytes: &[u8]) -> Vec<(&'static str, Option<String>)> {
    heard(&[(bytes, 1000)])
}

/// Who is asked in chunks, each so many milliseconds behind the one before.
fn heard(chunks: &[(&[u8], u64)]) -> Vec<(&'static str, Option<String>)> {
    let mut ears = ForeignMaster::default();
    let (mut found, mut now) = (Vec::new(), 0);
    for (bytes, gap) in chunks {
        now += gap;
        ears.hear(bytes, At::from_millis(now), LINE, &mut |heard| {
            found.push((heard.family, heard.address.map(str::to_owned)));
        });
    }
    found
}

fn bytes(text: &str) -> Vec<u8> {
    hex::parse(text).unwrap()
}

/// Recorded requests that a meter may say as well, or that have no length of their own: they wait for another one.
fn is_ambiguous(request: &Recorded) -> bool {
    let bytes = request.bytes.as_slice();
    let is_mercury = request.family.starts_with("mercury");
    // Of Mercury meters, a test, a close, writes, and an address that no plate has.
    let may_be_said = bytes.len() == 4 || bytes.get(1) == Some(&0x03) || bytes.first() == Some(&0xFE);
    is_mercury && may_be_said
        // Of IEC meters: accepting, refusing, choosing an option, signing off, and unfinished sign-ons.
        || matches!(bytes, [0x06 | 0x86 | 0x15 | 0x95, ..])
        || bytes.get(..3).is_some_and(|head| matches!(head, b"\x01B0" | b"\x81BB0" | [0x81, 0x42, 0x30]))
}

#[test]
fn one_recorded_request_of_any_family_is_enough() {
    let requests = recorded().into_iter().filter(|one| one.is_request && one.is_sound);
    let (mut count, mut missed) = (0, Vec::new());
    for request in requests.filter(|request| !is_ambiguous(request)) {
        count += 1;
        if asked(&request.bytes).len() != 1 {
            missed.push(format!("{} {}", request.id, hex::spaced(&request.bytes)));
        }
    }
    assert!(missed.is_empty(), "{} of {count} missed:\n{}", missed.len(), missed.join("\n"));
    assert!(count > 200, "{count}");
}

#[test]
fn no_recorded_answer_or_push_counts_however_it_is_cut() {
    let mut counted = Vec::new();
    // Some were recorded behind the echo of their question, one stream holds a question.
    let has_question = |one: &Recorded| one.id.contains("echo") || one.id == "syn-stream-with-noise";
    for answer in recorded().iter().filter(|one| !one.is_request && !has_question(one)) {
        for cut in [0, 1, 2, 3, 5, answer.bytes.len() / 2, answer.bytes.len()] {
            let (first, second) = answer.bytes.split_at(cut.min(answer.bytes.len()));
            let found = heard(&[(first, 1000), (second, 25)]);
            if !found.is_empty() {
                counted.push(format!("{} cut at {cut}: {found:?} {}", answer.id, hex::spaced(&answer.bytes)));
            }
        }
    }
    assert!(counted.is_empty(), "{}", counted.join("\n"));
}

#[test]
fn a_request_that_comes_in_pieces_counts_once() {
    let request = bytes("C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 00 40 C0");
    for cut in 0..=request.len() {
        for gap in [1, 30, 300] {
            let (first, second) = request.split_at(cut);
            let found = heard(&[(first, 1000), (second, gap)]);
            assert_eq!(found, [("energomera-ce", Some("13462".into()))], "cut at {cut}, {gap} ms");
        }
    }
}

#[test]
fn a_damaged_request_does_not_count() {
    let (mut flips, mut counted) = (0, Vec::new());
    for request in recorded().iter().filter(|one| one.is_request && one.is_sound) {
        // A sign-on has no check; a command of IEC 62056-21 has one of seven bits, by either of two rules.
        if request.bytes.first().is_some_and(|first| matches!(first & 0x7F, b'/' | 0x01)) {
            continue;
        }
        for bit in 0..request.bytes.len() * 8 {
            let mut damaged = request.bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            flips += 1;
            if !asked(&damaged).is_empty() {
                counted.push(format!("{} bit {bit}: {}", request.id, hex::spaced(&damaged)));
            }
        }
    }
    assert!(counted.is_empty(), "{} of {flips}:\n{}", counted.len(), counted.join("\n"));
}

#[test]
fn noise_is_no_master() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut ears = ForeignMaster::default();
    let (mut found, mut now) = (Vec::new(), 0);
    for _ in 0..10_000 {
        now += 5 + random() % 100;
        let len = 1 + random() % 100;
        let chunk: Vec<u8> = (0..len).map(|_| random() as u8).collect();
        ears.hear(&chunk, At::from_millis(now), LINE, &mut |heard| found.push(hex::spaced(heard.bytes)));
    }
    assert!(found.is_empty(), "in half a megabyte: {found:?}");
}

#[test]
fn what_is_no_request_does_not_count() {
    let cases: &[(&str, &[u8])] = &[
        ("a single byte", &[0x06]),
        ("an acknowledgement of M-Bus", &[0xE5]),
        ("the greeting of a meter", b"/EKT5CE303v1\r\n"),
        ("a sign-on that is not finished", b"/?!"),
        ("an option that is chosen", b"\x06051\r\n"),
        ("a meter that signs off", b"\x01B0\x03q"),
        ("operands for a password", b"\x01P0\x02(777777)\x03"),
        ("a meter of the AMIS kind that calls", &[0x10, 0x40, 0xF0, 0x30, 0x16]),
        ("state 0 of a Mercury 230", &[0x00, 0x00, 0x01, 0xB0]),
    ];
    for (what, bytes) in cases {
        assert_eq!(asked(bytes), [], "{what}");
    }
}

#[test]
fn an_answer_of_a_mercury_230_that_reads_as_a_question_does_not_count() {
    // Its ratios 1 and 40; its clock on a Monday, 01:01:01; its state 4.
    for text in ["02 00 01 00 28 0C 1E", "03 04 00 83"] {
        assert_eq!(asked(&bytes(text)), [], "{text}");
    }
    let clock = crate::protocol::registry::family("mercury230").unwrap();
    for answer in [[3, 0x22, 0x06, 0x15, 0x01, 0x05, 0x09, 0x25, 0x01], [3, 1, 1, 0x15, 2, 5, 9, 0x25, 1]] {
        assert_eq!(asked(&clock.with_checksum(&answer)), [], "{answer:02X?}");
    }
}

#[test]
fn a_client_that_connects_to_a_dlms_meter_is_a_master_and_the_answer_of_the_meter_is_none() {
    // SNRM and UA of the Green Book's examples: client 16, server 1.
    assert_eq!(asked(&bytes("7E A0 07 03 21 93 0F 01 7E")), [("dlms-hdlc", Some("1".into()))]);
    let answer =
        "7E A0 1E 21 03 73 C3 7A 81 80 12 05 01 80 06 01 80 07 04 00 00 00 01 08 04 00 00 00 01 53 3B 7E";
    assert_eq!(asked(&bytes(answer)), []);
}

#[test]
fn a_line_of_7e1_heard_as_8n1_is_understood() {
    let found = asked(&[0xAF, 0x3F, b'1' | 0x80, 0x21, 0x8D, 0x0A]);
    assert_eq!(found, [("iec62056-21", Some("1".into()))]);
}

#[test]
fn two_requests_behind_other_bytes_count_where_one_may_be_chance() {
    let (energy, instant) = (bytes("00 06 47 5E 27 EC E7"), bytes("00 06 47 5E 63 EC D4"));
    let behind = |request: &[u8]| [&[0xFF; 3][..], request].concat();
    let (first, second) = (behind(&energy), behind(&instant));
    assert_eq!(heard(&[(&first, 1000), (&first, 1000)]), [], "the same again may be a push");
    assert_eq!(heard(&[(&first, 1000), (&second, 1000)]), [("mercury200", Some("411486".into()))]);
}

#[test]
fn an_address_that_no_plate_has_is_believed_when_it_is_asked_twice() {
    let (version, energy) = (bytes("FE 12 34 56 63 36 EB"), bytes("FE 12 34 56 27 36 D8"));
    assert_eq!(heard(&[(&version, 1000), (&version, 1000)]), []);
    assert_eq!(heard(&[(&version, 1000), (&energy, 1000)]).len(), 1);
}

#[test]
fn what_goes_on_without_a_silence_costs_no_memory() {
    let mut ears = ForeignMaster::default();
    for at in 0..10_000 {
        ears.hear(&[0x55; 100], At::from_millis(at), LINE, &mut |_| {});
    }
    assert!(ears.run.capacity() <= 2 * KEPT && ears.starts.len() <= KEPT);
    for at in 0..10_000 {
        ears.hear(&[0x55], At::from_millis(20_000 + 30 * at), LINE, &mut |_| {});
    }
    assert!(ears.run.capacity() <= 2 * KEPT && ears.starts.len() <= KEPT);
}

/// A value that a parameter takes.
fn sample(parameter: &Parameter) -> String {
    match parameter.kind {
        _ if parameter.default.is_some() => parameter.default.unwrap_or_default().to_owned(),
        Kind::Integer { min, .. } => min.to_string(),
        Kind::Choice(choices) => choices[0].word.to_owned(),
        Kind::DateTime => "2026-11-30T12:00:00".into(),
        Kind::Date => "2026-11-30".into(),
        Kind::Text { .. } | Kind::Code { .. } => "1.8.0".into(),
        Kind::Bytes { min, .. } => "00".repeat(min.max(1)),
        Kind::Password { .. } => "12345678".into(),
    }
}

#[test]
fn every_family_recognises_the_first_frame_of_every_read_it_composes() {
    let mut missed = Vec::new();
    for family in FAMILIES {
        for dialect in (0..16).map(crate::protocol::Dialect) {
            let profile = Profile {
                model: "",
                dialect,
                address: Address::numeric("27", 27),
                password: None,
                line: LINE,
                is_line_chosen: false,
                families: FAMILIES,
                network_delay: Duration::ZERO,
                keys: Vec::new(),
            };
            for command in family.profile().dialect(dialect).commands {
                let pairs: Vec<_> = command.parameters.iter().map(|one| (one.name, sample(one))).collect();
                let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
                let Ok(arguments) = command.arguments(pairs) else { continue };
                let Ok(frames) = family.compose(&profile, &Request { command, arguments }) else { continue };
                let is_read = command.access == crate::protocol::Access::Read;
                // A test of four bytes is an answer as well.
                let first = frames.first().filter(|first| is_read && first.len() != 4);
                let Some(first) = first else { continue };
                if asked(first).len() != 1 {
                    missed.push(format!("{} {} {}", family.id(), command.id, hex::spaced(first)));
                }
            }
        }
    }
    missed.dedup();
    assert!(missed.is_empty(), "{}:\n{}", missed.len(), missed.join("\n"));
}
