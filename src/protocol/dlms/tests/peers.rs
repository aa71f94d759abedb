//! Frames whose ciphers and compact arrays come from programs not written here (`tests/vectors/dlms_peers.py`), and
//! rare forms that others published.

use super::super::OverHdlc;
use super::{Expected, Vector, listen, problems, readings, vectors_in};
use crate::frame::{FieldTree, Label, Secret, Value, Verdict, hex};
use crate::protocol::{Integrity, MeterKey, PieceKind};

const PEERS: &str = include_str!("../../../../tests/vectors/dlms_peers.jsonl");

fn peers(start: &str) -> Vec<Vector> {
    let found: Vec<Vector> = vectors_in(PEERS).into_iter().filter(|v| v.id.starts_with(start)).collect();
    assert!(!found.is_empty(), "{start}");
    found
}

fn peer(id: &str) -> Vector {
    peers(id).remove(0)
}

fn told(vector: &Vector, keys: &[MeterKey]) -> Vec<Expected> {
    listen(vector.family(), &[&vector.bytes()], keys)
}

fn expected(vector: &Vector) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    vector.json["readings"].as_array().unwrap().iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}

/// The readings that are expected are there, and the layers are tiled.
fn assert_read(vector: &Vector, told: &[Expected]) {
    let found = readings(told);
    for reading in expected(vector) {
        assert!(found.contains(&reading), "{} {reading:?}: {found:?} {:?}", vector.id, problems(told));
    }
    for layer in told.iter().filter_map(Expected::frame).flat_map(|d| &d.layers) {
        assert!(layer.fields.tiles(layer.bytes.len()), "{} {}: {:#?}", vector.id, layer.kind, layer.fields);
    }
}

#[test]
fn every_mode_of_every_suite_opens_with_its_keys() {
    for vector in peers("peer-sc-").iter().chain(&peers("peer-suite-2")) {
        let told = told(vector, &vector.keys());
        let last = told.last().unwrap().frame().unwrap();
        assert_eq!(last.verdict, Verdict::Good, "{} {:?}", vector.id, last.problems);
        let plain = vector.json["decrypted_plaintext_hex"].as_str().unwrap().to_uppercase();
        assert_eq!(hex::compact(&last.layers.last().unwrap().bytes), plain, "{}", vector.id);
        assert_eq!(problems(&told), [""; 0], "{}", vector.id);
        assert_read(vector, &told);
    }
}

#[test]
fn the_kinds_of_trouble_with_a_cipher_are_told_apart_in_every_mode() {
    for vector in peers("peer-sc-").iter().filter(|v| v.id != "peer-sc-70") {
        let own = vector.keys().remove(0);
        let length = own.encryption.reveal().len();
        let wrong =
            MeterKey { encryption: Secret::new(vec![0x5A; length]), authentication: None, ..own.clone() };
        let other = MeterKey {
            encryption: Secret::new(vec![0x5A; 48 - length]),
            authentication: None,
            ..own.clone()
        };
        let is_encrypted =
            !vector.id.ends_with("10") && !vector.id.ends_with("11") && !vector.id.ends_with("12");
        let codes = |keys: &[MeterKey]| problems(&told(vector, keys));
        if is_encrypted {
            assert_eq!(codes(&[]), ["no-key"], "{}", vector.id);
            assert_eq!(codes(std::slice::from_ref(&wrong)), ["plaintext-check"], "{}", vector.id);
            assert_eq!(codes(std::slice::from_ref(&other)), ["key-length"], "{}", vector.id);
        } else {
            assert_eq!(codes(&[]), ["not-authenticated"], "{}", vector.id);
        }
        if let Some(key) = &own.authentication {
            let forged = Secret::new(vec![0x5A; key.reveal().len()]);
            let forged = MeterKey { authentication: Some(forged), ..own.clone() };
            let told = told(vector, &[forged]);
            assert_eq!((problems(&told), readings(&told)), (vec!["tag"], vec![]), "{}", vector.id);
        }
        let bytes = vector.bytes();
        let twice = listen(vector.family(), &[&bytes, &bytes], std::slice::from_ref(&own));
        assert_eq!(problems(&twice), ["replay"], "{}", vector.id);
    }
}

#[test]
fn a_header_with_more_in_it_opens_as_well() {
    let vector = peer("peer-general-ciphering");
    let told = told(&vector, &vector.keys());
    assert_read(&vector, &told);
    assert_eq!(told[0].frame().unwrap().verdict, Verdict::Good);
}

#[test]
fn a_header_without_tag_and_title_opens_with_the_title_that_comes_with_the_key() {
    for vector in peers("peer-no-title") {
        let with = told(&vector, &vector.keys());
        assert_read(&vector, &with);
        assert_eq!(with.len(), 1, "{}", vector.id);
        let without = MeterKey { system_title: None, ..vector.keys().remove(0) };
        for keys in [vec![], vec![without]] {
            let told = told(&vector, &keys);
            assert_eq!(
                (problems(&told), readings(&told)),
                (vec!["system-title-missing"], vec![]),
                "{}",
                vector.id
            );
        }
    }
}

#[test]
fn a_damaged_bit_of_a_wrapped_apdu_is_seen_by_its_checksum() {
    let vector = peer("peer-no-title-wrapped");
    let bytes = vector.bytes();
    let covered = bytes.len() - b"CRC4\r\n".len();
    for bit in 0..covered * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let told = listen(&OverHdlc, &[&damaged, &bytes], &vector.keys());
        let (last, before) = told.split_last().unwrap();
        assert_eq!(readings(before), [], "bit {bit}");
        let kinds: Vec<_> = told.iter().map(|t| (t.kind, t.bytes.len())).collect();
        assert_eq!(last.kind, PieceKind::Frame(Integrity::Good), "bit {bit}: {kinds:?}");
        assert_read(&vector, std::slice::from_ref(last));
    }
}

#[test]
fn the_values_of_compact_arrays_are_those_that_gurux_reads() {
    for vector in peers("peer-compact-") {
        let told = told(&vector, &[]);
        let layer = told[0].frame().unwrap().layers.last().unwrap();
        let contents = layer.fields.iter().position(|f| f.label == Label::Name("length of contents"));
        let values = layer.fields.iter().skip(contents.unwrap_or_else(|| panic!("{}", vector.id)) + 1);
        let values: Vec<String> = values
            .filter_map(|field| match field.value {
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
            .collect();
        let expected: Vec<&str> =
            vector.json["values"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
        assert_eq!(values, expected, "{}", vector.id);
        assert!(layer.fields.tiles(layer.bytes.len()), "{}", vector.id);
    }
}

#[test]
fn lists_without_tags_and_rare_headers_that_others_published_are_read() {
    for vector in peers("pub-").iter().filter(|v| v.error().is_none()) {
        let told = told(vector, &[]);
        assert_eq!(told.len(), 1, "{}", vector.id);
        assert_read(vector, &told);
        assert!(!problems(&told).contains(&"axdr"), "{} {:?}", vector.id, problems(&told));
        if let Some(time) = vector.json["time"].as_str() {
            let layer = &told[0].frame().unwrap().layers[1];
            let field = layer.fields.iter().find(|f| f.label == Label::Name("date and time")).unwrap();
            assert_eq!(layer.text_of(field), time);
        }
    }
}

#[test]
fn the_telegram_of_a_gama_350_is_whole_and_wants_its_title() {
    let vector = peer("pub-egm5g35-nokey");
    let told = told(&vector, &[]);
    assert_eq!(told[0].kind, PieceKind::Frame(Integrity::Good), "its checksum fits");
    assert_eq!(problems(&told), [vector.error().unwrap()]);
    let dissection = told[0].frame().unwrap();
    let texts = |index: usize| {
        let layer = &dissection.layers[index];
        layer.fields.iter().map(|f| (f.label.to_string(), layer.text_of(f))).collect::<Vec<_>>()
    };
    assert!(texts(0).contains(&("identification".into(), "/EGM5G35".into())), "{:?}", texts(0));
    for shown in [("length of system title", "0"), ("length", "560"), ("security control", "30")] {
        assert!(texts(1).contains(&(shown.0.into(), shown.1.into())), "{shown:?}: {:?}", texts(1));
    }
}
