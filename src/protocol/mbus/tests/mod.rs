//! Published frames and laws.

mod splices;
mod tables;
mod talk;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::{Mbus, PLAIN};
use crate::frame::{At, Direction, Dissection, Field, FieldTree, Label, Secret, Value, hex};
use crate::protocol::{
    Context, Family, Integrity, LineSettings, MeterKey, Piece, PieceKind, Seen, Source, laws,
};
use crate::reading::Decimal;

const VECTORS: &str = include_str!("../../../../tests/vectors/dlms_mbus.jsonl");

fn vectors() -> Vec<Json> {
    let all = VECTORS.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    all.filter(|json| json["protocol"] == "mbus").collect()
}

fn bytes_of(json: &Json, name: &str) -> Vec<u8> {
    hex::parse(json[name].as_str().unwrap()).unwrap()
}

fn keys_of(json: &Json) -> Vec<MeterKey> {
    let key = json["key"].as_str().map(|text| Secret::new(hex::parse(text).unwrap()));
    key.into_iter()
        .map(|encryption| MeterKey { system_title: None, encryption, authentication: None })
        .collect()
}

fn explain(json: &Json) -> Dissection {
    let keys = keys_of(json);
    (&Mbus as &dyn Family).dissect(&bytes_of(json, "hex"), &Context { keys: &keys, ..Context::default() })
}

fn id(json: &Json) -> &str {
    json["id"].as_str().unwrap()
}

#[test]
fn every_frame_is_found_good_and_explained_to_the_last_byte() {
    for json in vectors() {
        let bytes = bytes_of(&json, "hex");
        let mut kinds = Vec::new();
        let mut note = |piece: Piece<'_>| kinds.push((piece.kind, piece.bytes.len()));
        let mut framer = Mbus.framer(Source::Both, LineSettings::e81(2400));
        framer.push(&bytes, At::ZERO, &mut note);
        framer.finish(&mut note);
        assert_eq!(kinds, [(PieceKind::Frame(Integrity::Good), bytes.len())], "{}", id(&json));
        let dissection = explain(&json);
        assert!(!dissection.verdict.is_bad(), "{}", id(&json));
        for layer in &dissection.layers {
            assert!(layer.fields.tiles(layer.bytes.len()), "{}: {:#?}", id(&json), layer.fields);
        }
    }
}

fn link_field<'a>(dissection: &'a Dissection, label: &str) -> &'a Field {
    dissection
        .wire()
        .unwrap()
        .fields
        .iter()
        .find(|f| {
            f.label
                == Label::Name(match label {
                    "C" => "C",
                    "A" => "A",
                    _ => "CI",
                })
        })
        .unwrap()
}

#[test]
fn link_frames_have_the_fields_their_source_names() {
    let mut seen = 0;
    for json in vectors() {
        let decoded = &json["decoded"];
        let dissection = explain(&json);
        for label in ["C", "A", "CI"] {
            let expected = match &decoded[label] {
                Json::String(text) => u64::from_str_radix(text, 16).unwrap(),
                Json::Number(number) => number.as_u64().unwrap(),
                _ => continue,
            };
            let found = match link_field(&dissection, label).value {
                Value::Hex(found, _) => found,
                Value::Number(number) => u64::try_from(number.units()).unwrap(),
                other => panic!("{other:?}"),
            };
            assert_eq!(found, expected, "{} {label}", id(&json));
            seen += 1;
        }
        if let Some(meaning) = decoded["meaning"].as_str() {
            let problem =
                dissection.problems.iter().find(|p| p.code.as_str() == "application-error").unwrap();
            let word = meaning.rsplit(' ').next().unwrap();
            assert!(problem.text.contains(word), "{meaning}: {}", problem.text);
        }
    }
    assert!(seen > 20, "{seen}");
}

/// The fields of records, in order.
fn records(dissection: &Dissection) -> Vec<&Field> {
    let layer = dissection.layers.last().unwrap();
    let is_record = |index: &usize| !layer.fields.is_leaf(*index) && layer.fields[*index].depth == 0;
    (0..layer.fields.len())
        .filter(is_record)
        .map(|index| &layer.fields[index])
        .filter(|f| f.label != Label::Name("length"))
        .collect()
}

/// A number as JSON has it, exact as far as it goes.
fn number(json: &Json) -> Option<Decimal> {
    Decimal::parse(&json.as_number()?.to_string())
}

#[test]
fn every_record_has_the_value_and_unit_its_source_names() {
    let mut seen = 0;
    for json in vectors() {
        let Some(expected) = json["decoded"]["records"].as_array() else { continue };
        let dissection = explain(&json);
        let found = records(&dissection);
        let expected: Vec<&Json> = expected.iter().filter(|record| record.get("vif").is_some()).collect();
        assert_eq!(found.len(), expected.len(), "{}: {found:#?}", id(&json));
        for (field, record) in found.iter().zip(expected) {
            match (field.value, number(&record["value"])) {
                (Value::Number(value), Some(number)) => assert_eq!(value, number, "{} {record}", id(&json)),
                (Value::Time(time), None) => {
                    let stated = record["value"].as_str().unwrap().replace('T', " ");
                    assert_eq!(time.to_string(), stated, "{}", id(&json));
                }
                (Value::Bytes, _) if record["quantity"] == "plain-text" => {}
                (value, _) => panic!("{} {record}: {value:?}", id(&json)),
            }
            let unit = record["unit"].as_str().unwrap();
            if matches!(field.value, Value::Number(_)) {
                assert_eq!(field.unit.symbol(), unit, "{} {record}", id(&json));
            }
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn the_customer_interface_is_deciphered_and_read() {
    let json = vectors().into_iter().find(|json| id(json) == "amis-td3511-mode5-doc").unwrap();
    let dissection = explain(&json);
    let plain = dissection.layers.last().unwrap();
    assert_eq!(hex::compact(&plain.bytes), json["decrypted_plaintext_hex"].as_str().unwrap());
    let read: Vec<String> = dissection
        .readings
        .iter()
        .filter_map(|r| Some(format!("{} {}", r.code?, crate::frame::visible::reading(r))))
        .collect();
    for expected in
        ["1.8.0 684544 Wh", "2.8.0 129412 Wh", "3.8.1 T1 357918 varh", "4.8.1 T1 81446 varh", "2.7.0 117 W"]
    {
        assert!(read.iter().any(|line| line == expected), "{expected}: {read:?}");
    }
    assert_eq!(dissection.direction, Direction::Push);
    let without = (&Mbus as &dyn Family).dissect(&bytes_of(&json, "hex"), &Context::default());
    assert_eq!((without.problems[0].code.as_str(), without.readings.len()), ("no-key", 0));
    let other = vec![MeterKey { encryption: Secret::new(vec![1; 16]), ..keys_of(&json).remove(0) }];
    let wrong = (&Mbus as &dyn Family)
        .dissect(&bytes_of(&json, "hex"), &Context { keys: &other, ..Context::default() });
    assert_eq!((wrong.problems[0].code.as_str(), wrong.readings.len()), ("plaintext-check", 0));
}

#[test]
fn readings_of_an_electricity_meter_have_their_codes() {
    let json = vectors().into_iter().find(|json| id(json) == "libmbus-electricity-meter-1").unwrap();
    let dissection = explain(&json);
    let read: Vec<String> = dissection
        .readings
        .iter()
        .filter_map(|r| Some(format!("{} {}", r.code?, crate::frame::visible::reading(r))))
        .collect();
    assert!(read.contains(&"1.8.1 T1 12520 Wh".to_owned()), "{read:?}");
    assert_eq!(
        read.iter().filter(|line| line.starts_with("1.8.1")).count(),
        1,
        "stored values are not present ones"
    );
}

#[test]
fn an_answer_belongs_to_the_request_before_it() {
    let mut tracker = Mbus.tracker(PLAIN);
    let mut see = |number: u32, text: &str| {
        let bytes = hex::parse(text).unwrap();
        let relation = tracker.track(Seen {
            number,
            bytes: &bytes,
            source: Source::Both,
            first: At::ZERO,
            last: At::ZERO,
        });
        (relation.direction, relation.answers)
    };
    assert_eq!(see(0, "1040014116"), (Direction::Request, None));
    assert_eq!(see(1, "E5"), (Direction::Reply, Some(0)));
    assert_eq!(see(2, "105B015C16"), (Direction::Request, None));
    assert_eq!(see(3, "680404680801700 88116".replace(' ', "").as_str()), (Direction::Reply, Some(2)));
    assert_eq!(see(4, "E5"), (Direction::Reply, None));
}

#[test]
fn no_flipped_bit_of_a_published_frame_passes() {
    for json in vectors().iter().filter(|json| bytes_of(json, "hex").len() > 1) {
        let bytes = bytes_of(json, "hex");
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let pieces = laws::pieces(&Mbus, Source::Both, &damaged, &[]);
            let is_whole = pieces.iter().any(|(kind, piece)| {
                *kind == PieceKind::Frame(Integrity::Good) && piece.len() == bytes.len()
            });
            assert!(!is_whole, "{} bit {bit}", id(json));
            let dissection = (&Mbus as &dyn Family)
                .dissect(&damaged, &Context { keys: &keys_of(json), ..Context::default() });
            assert!(dissection.verdict.is_bad() && dissection.readings.is_empty(), "{} bit {bit}", id(json));
        }
    }
}

/// The frames of a stream that are not bad, and what they say.
fn sound(stream: &[u8], keys: &[MeterKey]) -> Vec<(Vec<u8>, String)> {
    let frames = laws::pieces(&Mbus, Source::Both, stream, &[]);
    frames
        .into_iter()
        .filter(|(kind, _)| matches!(kind, PieceKind::Frame(judged) if *judged != Integrity::Bad))
        .map(|(_, bytes)| {
            let readings =
                (&Mbus as &dyn Family).dissect(&bytes, &Context { keys, ..Context::default() }).readings;
            (bytes, format!("{readings:?}"))
        })
        .collect()
}

#[test]
fn after_a_frame_cut_at_any_byte_the_next_whole_one_is_read_and_nothing_else() {
    for json in vectors().iter().filter(|json| bytes_of(json, "hex").len() > 1) {
        let (bytes, keys) = (bytes_of(json, "hex"), keys_of(json));
        let whole = sound(&bytes, &keys);
        for cut in 1..bytes.len() {
            for part in [&bytes[..cut], &bytes[cut..]] {
                let found = sound(&[part, &bytes].concat(), &keys);
                assert_eq!(found.last(), whole.last(), "{} cut at {cut}", id(json));
                let has_readings = |(_, readings): &&(Vec<u8>, String)| readings != "[]";
                let strangers = found.iter().filter(has_readings).find(|frame| !whole.contains(frame));
                assert_eq!(strangers, None, "{} cut at {cut}", id(json));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_keep_the_laws(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(vec![0x68, 0x16, 0x10, 0xE5, 0x03, 0x53, 0x40, 0x5B])], 0..300),
        cuts in prop::collection::vec(0..300usize, 0..4),
    ) {
        laws::stream(&Mbus, Source::Both, &bytes, &cuts);
        laws::dissection(&Mbus, &bytes, None, PLAIN);
    }

    #[test]
    fn any_content_of_a_good_frame_is_explained(
        ci in prop::sample::select(vec![0x51, 0x52, 0x5A, 0x5B, 0x70, 0x71, 0x72, 0x73, 0x78, 0x7A, 0x7F]),
        data in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let frame = super::link::seal(&[&[0x08, 0x01, ci], &data[..]].concat());
        laws::stream(&Mbus, Source::Both, &frame, &[]);
    }
}
