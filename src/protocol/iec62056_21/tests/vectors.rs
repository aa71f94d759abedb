//! Every line of the vector files: framed, explained, and held against what its source says about it.

use serde_json::Value as Json;

use crate::frame::{Direction, Dissection, Field, FieldTree as _, Value, Verdict, hex};
use crate::protocol::iec62056_21::{EKT, EMR, GENERIC, Iec, NEVA_3, dissect};
use crate::protocol::{Context, Dialect, Evidence, Family, Integrity, PieceKind, Source, Weight, laws};

const GENERAL: &str = include_str!("../../../../tests/vectors/iec62056_21.jsonl");
const ENERGOMERA: &str = include_str!("../../../../tests/vectors/energomera_ascii.jsonl");

/// A line of a vector file.
pub(super) struct Line {
    pub id: String,
    pub bytes: Vec<u8>,
    pub direction: Direction,
    pub dialect: Dialect,
    json: Json,
}

impl Line {
    fn decoded(&self, key: &str) -> Option<&str> {
        self.json["decoded"][key].as_str()
    }

    fn text(&self) -> Vec<u8> {
        dissect::seven_bits(&self.bytes).into_owned()
    }

    /// Pieces of the whole line: its frames in order, noise left out.
    fn frames(&self) -> Vec<(Integrity, Vec<u8>)> {
        let pieces = laws::pieces(&Iec, Source::Both, &self.bytes, &[]);
        let frame = |(kind, bytes)| match kind {
            PieceKind::Frame(judged) => Some((judged, bytes)),
            PieceKind::Noise => None,
        };
        pieces.into_iter().filter_map(frame).collect()
    }

    fn explain(&self, frame: &[u8]) -> Dissection {
        let context = Context { direction: self.direction, dialect: self.dialect, ..Context::default() };
        (&Iec as &dyn Family).dissect(frame, &context)
    }
}

fn dialect(json: &Json) -> Dialect {
    let protocol = json["protocol"].as_str().unwrap_or_default();
    let meter = json["meter"].as_str().unwrap_or_default();
    match protocol {
        "iec62056-21/neva" => NEVA_3,
        "iec62056-21/energomera" => EKT,
        _ if protocol.starts_with("energomera") && (meter.contains("R34") || meter.contains("CE207")) => EMR,
        _ if protocol.starts_with("energomera") => EKT,
        _ => GENERIC,
    }
}

/// Every line of both files.
pub(super) fn lines() -> Vec<Line> {
    let line = |text: &str| {
        let json: Json = serde_json::from_str(text).expect("a line of JSON");
        let direction = match json["direction"].as_str() {
            Some("host->meter" | "request") => Direction::Request,
            Some("meter->host" | "response") => Direction::Reply,
            other => panic!("a direction, not {other:?}"),
        };
        Line {
            id: json["id"].as_str().expect("an id").to_owned(),
            bytes: hex::parse(json["hex"].as_str().expect("hex")).expect("hex"),
            direction,
            dialect: dialect(&json),
            json,
        }
    };
    GENERAL.lines().chain(ENERGOMERA.lines()).map(line).collect()
}

/// The texts of the values of a dissection, in order.
fn values(explained: &Dissection) -> Vec<String> {
    let layer = explained.layers.last().expect("a layer");
    let mut open = false;
    let mut values: Vec<String> = Vec::new();
    for (index, field) in layer.fields.iter().enumerate() {
        if !layer.fields.is_leaf(index) {
            continue;
        }
        let bytes = layer.bytes_of(field);
        match (bytes, open) {
            (b"(", false) if field.label == "bracket".into() => {
                open = true;
                values.push(String::new());
            }
            (b")", true) if field.label == "bracket".into() => open = false,
            (bytes, true) => values.last_mut().expect("a value").push_str(&String::from_utf8_lossy(bytes)),
            _ => {}
        }
    }
    values
}

fn leaf<'a>(explained: &'a Dissection, name: &'static str) -> Option<(&'a Field, &'a [u8])> {
    let layer = explained.layers.last()?;
    let field = layer.fields.iter().find(|field| field.label == name.into())?;
    Some((field, layer.bytes_of(field)))
}

#[test]
fn there_are_as_many_lines_as_were_recorded() {
    assert_eq!((GENERAL.lines().count(), ENERGOMERA.lines().count()), (214, 107));
}

#[test]
fn framing_and_explaining_keep_their_laws_on_every_line() {
    for line in lines() {
        let cuts: Vec<usize> = (0..line.bytes.len()).collect();
        for source in [Source::Requests, Source::Replies, Source::Both] {
            laws::framing(&Iec, source, &line.bytes, &cuts);
            laws::framing(&Iec, source, &line.bytes, &[line.bytes.len() / 2]);
        }
        for dialect in 0..6 {
            laws::dissection(&Iec, &line.bytes, None, Dialect(dialect));
        }
        for (_, frame) in line.frames() {
            laws::dissection(&Iec, &frame, None, line.dialect);
        }
    }
}

/// Lines that are more than one message, or noise besides.
const SEVERAL: &[&str] = &[
    "iskra-mt174-0002",
    "iskra-mt171-0033",
    "lg-e350-m26",
    "lg-e350-m27-crlf-mangled",
    "ace3000-echo-garbage",
    "lg-zmd120-echo",
    "easymeter-q3d-moded",
    "easymeter-q3d-negative",
    "ebz-dd3",
    "emh-lzqj-table4-lines",
];

#[test]
fn every_line_is_one_frame_or_known_for_being_several() {
    for line in lines() {
        let frames = line.frames();
        if SEVERAL.contains(&line.id.as_str()) {
            assert!(frames.len() >= 2, "{}: {frames:02X?}", line.id);
        } else {
            assert_eq!(frames.len(), 1, "{}", line.id);
            assert_eq!(frames[0].1, line.bytes, "{}", line.id);
        }
    }
}

#[test]
fn check_characters_are_judged_as_their_sources_have_them() {
    for line in lines() {
        let (_, frame) = line.frames().pop().expect("a frame");
        let explained = line.explain(&frame);
        let shown = (&line.id, explained.verdict, explained.checksum);
        match line.json["checksum_verified"].as_bool() {
            Some(true) => {
                assert_eq!(explained.verdict, Verdict::Good, "{shown:?}");
                let algorithm = line.json["checksum_algo"].as_str().or(match line.decoded("bcc_mode") {
                    Some("add") => Some("add7"),
                    _ => None,
                });
                let kind = explained.checksum.expect("a check character").kind;
                assert_eq!(kind.name(), format!("BCC {}", algorithm.expect("a rule")), "{shown:?}");
            }
            Some(false) if explained.checksum.is_none() => {
                let note = line.json["note"].as_str().unwrap_or_default();
                assert!(note.contains("no checksum"), "{shown:?}: {note}");
                assert!(matches!(explained.verdict, Verdict::Unchecked(_)), "{shown:?}");
            }
            Some(false) => assert!(explained.verdict.is_bad(), "{shown:?}"),
            None => assert!(matches!(explained.verdict, Verdict::Unchecked(_)), "{shown:?}"),
        }
    }
}

#[test]
fn a_wrong_check_character_tells_what_the_other_rule_gives() {
    let all = lines();
    let closing = all.iter().find(|line| line.id == "iec-wb-ce102m-close-xor").expect("the line");
    let explained = closing.explain(&closing.bytes);
    assert_eq!(explained.problems[0].text, "BCC add7 71, expected 75; BCC xor7 would be 71, which fits");
}

#[test]
fn sign_ons_identifications_and_selections_have_the_parts_their_sources_name() {
    for line in lines() {
        let text = line.text();
        let (_, frame) = line.frames().remove(0);
        let explained = line.explain(&frame);
        let part =
            |name| leaf(&explained, name).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
        if text.starts_with(b"/?") {
            if let Some(address) = line.decoded("address") {
                assert_eq!(part("address").unwrap_or_default(), address, "{}", line.id);
            }
        } else if text.starts_with(&[6]) && text.len() == 6 {
            let old = |new, old| line.decoded(new).or_else(|| line.decoded(old)).map(str::to_owned);
            let expected = [old("V", "protocol_char"), old("Z", "baud_char"), old("Y", "mode_char")];
            if expected.iter().all(Option::is_some) {
                assert_eq!([part("procedure V"), part("speed Z"), part("option Y")], expected, "{}", line.id);
            }
        } else if let (Some(maker), true) = (line.decoded("manufacturer"), text.starts_with(b"/")) {
            assert_eq!(part("maker").as_deref(), maker.get(..3), "{}", line.id);
            let ident = line.decoded("ident").expect("a type");
            let found = part("mark").unwrap_or_default() + &part("type").unwrap_or_default();
            assert_eq!(found, ident, "{}", line.id);
        }
    }
}

#[test]
fn values_are_those_of_the_sources() {
    let mut checked = 0;
    for line in lines() {
        let (_, frame) = line.frames().pop().expect("a frame");
        let explained = line.explain(&frame);
        let found = values(&explained);
        let decoded = &line.json["decoded"];
        let is_listed = decoded["bcc"].is_string();
        let expected: Vec<String> = match &decoded["values"] {
            Json::Array(list) if is_listed => {
                list.iter().map(|pair| pair[1].as_str().expect("a value").to_owned()).collect()
            }
            Json::Array(list) if line.id.starts_with("ce301") && line.direction == Direction::Reply => {
                list.iter().map(|value| value.as_str().expect("a value").to_owned()).collect()
            }
            _ => match decoded["value"].as_str() {
                Some(value) if line.id.starts_with("neva-mt113-log") => vec![value.to_owned()],
                _ => continue,
            },
        };
        assert_eq!(found, expected, "{}", line.id);
        checked += 1;
    }
    assert!(checked > 80, "{checked} lines were held against their values");
}

#[test]
fn passwords_are_secret_unless_they_are_zeros() {
    for line in lines() {
        let explained = line.explain(&line.bytes);
        let Some((field, bytes)) = leaf(&explained, "password") else { continue };
        let is_none = bytes.iter().all(|byte| *byte == b'0');
        assert_eq!(field.value == Value::Secret, !is_none, "{}", line.id);
        let wire = explained.wire().expect("the wire");
        let at = field.span.range().start;
        assert_eq!(wire.is_secret(at), !is_none, "{}: in the wire layer too", line.id);
    }
}

#[test]
fn parity_in_software_is_recognised_and_its_text_is_that_of_the_source() {
    let mut count = 0;
    for line in lines() {
        let expected = match line.decoded("seven_bit_hex") {
            Some(text) => hex::parse(text).expect("hex"),
            None if line.bytes.iter().any(|byte| byte & 0x80 != 0) => line.text(),
            None => continue,
        };
        count += 1;
        assert_eq!(Weight::Even.evidence(&line.bytes), Evidence::Carried, "{}", line.id);
        let explained = line.explain(&line.bytes);
        let [wire, text] = &explained.layers[..] else { panic!("{}: two layers", line.id) };
        assert_eq!((&*wire.bytes, &*text.bytes), (&line.bytes[..], &expected[..]), "{}", line.id);
        assert_eq!((text.kind.name(), text.from[0].wire.range()), ("text", 0..line.bytes.len()));
        let mut sent = expected.clone();
        Weight::Even.apply(&mut sent);
        assert_eq!(sent, line.bytes, "{}", line.id);
    }
    assert!(count >= 12, "{count}");
}

#[test]
fn a_wrong_parity_bit_spoils_what_has_no_check_character() {
    let mut bytes = *b"/?!\r\n";
    Weight::Even.apply(&mut bytes);
    bytes[1] ^= 0x80;
    let explained = (&Iec as &dyn Family).dissect(&bytes, &Context::default());
    assert!(explained.verdict.is_bad());
    assert!(explained.problems.iter().any(|problem| problem.code.as_str() == "parity"));
}
