//! Encrypted telegrams: with the right keys, with wrong ones, with none, and damaged.

use super::super::P1;
use super::super::tracker::{AGAIN, BACK};
use super::published::{Vector, find, vectors};
use crate::frame::{Dissection, LayerKind, Reason, Secret, Verdict, hex};
use crate::protocol::{Context, Family, Integrity, MeterKey, PieceKind, Source, laws};

fn explain(frame: &[u8], keys: &[MeterKey]) -> Dissection {
    (&P1 as &dyn Family).dissect(frame, &Context { keys, ..Context::default() })
}

fn codes(dissection: &Dissection) -> Vec<&'static str> {
    dissection.problems.iter().map(|problem| problem.code.as_str()).collect()
}

fn sealed() -> Vec<Vector> {
    vectors().into_iter().filter(|vector| vector.frame().is_some()).collect()
}

/// The one whose CRC inside fits, too.
fn whole() -> (Vec<u8>, MeterKey) {
    let vector = find("at-sagemcom-encrypted-synthetic");
    (vector.frame().unwrap(), vector.key())
}

#[test]
fn the_right_keys_give_the_published_text() {
    assert_eq!(sealed().len(), 4);
    for vector in sealed() {
        let dissection = explain(&vector.frame().unwrap(), &[vector.key()]);
        let layer = dissection.layers.iter().find(|layer| layer.kind == LayerKind::Decrypted).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&layer.bytes).trim_end(),
            String::from_utf8_lossy(&vector.text).trim_end(),
            "{}",
            vector.id
        );
        let expected = vector.fits() == Some(true);
        assert_eq!(dissection.verdict == Verdict::Good, expected, "{}: {:?}", vector.id, dissection.verdict);
        assert_eq!(dissection.readings.is_empty(), !expected, "{}", vector.id);
    }
}

/// The envelopes among the vectors of DLMS: the error each is to be refused for, if any, the bytes and the key.
fn envelopes() -> Vec<(Option<String>, Vec<u8>, MeterKey)> {
    let lines = include_str!("../../../../tests/vectors/dlms_mbus.jsonl").lines();
    let all = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    all.filter(|json| json["protocol"] == "p1-dlms")
        .map(|json| {
            let bytes = |name: &str| hex::parse(json[name].as_str().unwrap()).unwrap();
            let key = MeterKey {
                system_title: None,
                encryption: Secret::new(bytes("key")),
                authentication: Some(Secret::new(bytes("auth_key"))),
            };
            (json["expect"]["error"].as_str().map(str::to_owned), bytes("hex"), key)
        })
        .collect()
}

#[test]
fn an_envelope_is_read_and_one_whose_length_is_none_of_ber_is_refused_by_that_name() {
    let envelopes = envelopes();
    assert!(envelopes.iter().any(|(error, ..)| error.as_deref() == Some("ber-length")));
    for (error, bytes, key) in envelopes {
        let pieces = laws::pieces(&P1, Source::Replies, &bytes, &[]);
        let found = explain(&bytes, &[key]);
        if let Some(error) = error {
            assert_eq!(pieces, [(PieceKind::Frame(Integrity::Bad), bytes.clone())]);
            assert_eq!(codes(&found), [error]);
            assert!(found.verdict.is_bad() && found.readings.is_empty());
        } else {
            assert!(matches!(pieces[..], [(PieceKind::Frame(_), _)]), "{pieces:?}");
            assert!(found.layers.iter().any(|layer| layer.kind == LayerKind::Decrypted));
        }
    }
}

#[test]
fn a_telegram_behind_one_of_no_known_length_is_found_whole_or_cut() {
    let refused = envelopes().into_iter().find(|(error, ..)| error.is_some()).unwrap().1;
    let (good, _) = whole();
    for cut in [refused.len(), 200, 18] {
        let stream = [&refused[..cut], &good].concat();
        let found = laws::pieces(&P1, Source::Replies, &stream, &[7, 19, 300]);
        assert_eq!(found.last(), Some(&(PieceKind::Frame(Integrity::Unchecked), good.clone())), "{cut}");
    }
    let behind_noise = [&b"noise"[..], &refused].concat();
    let found = laws::pieces(&P1, Source::Replies, &behind_noise, &[]);
    assert_eq!(found.last(), Some(&(PieceKind::Frame(Integrity::Bad), refused)));
}

#[test]
fn a_tag_over_no_additional_data_is_named() {
    for vector in sealed() {
        let found = codes(&explain(&vector.frame().unwrap(), &[vector.key()])).contains(&"aad");
        assert_eq!(found, vector.id == "lu-smarty-spec-encrypted-without-aad", "{}", vector.id);
    }
}

#[test]
fn a_crc_that_lacks_the_empty_line_is_named_so() {
    let vector = find("lu-smarty-spec-encrypted-with-aad");
    assert_eq!(codes(&explain(&vector.frame().unwrap(), &[vector.key()])), ["checksum", "blank-line"]);
}

#[test]
fn without_a_key_the_envelope_is_explained_and_nothing_claimed() {
    for vector in sealed() {
        let dissection = explain(&vector.frame().unwrap(), &[]);
        assert_eq!(dissection.verdict, Verdict::Unchecked(Reason::NoKey));
        assert_eq!((codes(&dissection).as_slice(), dissection.layers.len()), (["no-key"].as_slice(), 1));
        let wire = dissection.wire().unwrap();
        let text = |name: &str| {
            let field = wire.fields.iter().find(|field| field.label.to_string() == name).unwrap();
            wire.text_of(field)
        };
        assert_eq!(text("length"), vector.json["length_field"].to_string());
        assert_eq!(text("frame counter"), vector.json["frame_counter"].to_string());
        let title = vector.json["system_title_hex"].as_str().unwrap().to_uppercase();
        assert_eq!(text("system title"), title);
    }
}

#[test]
fn the_public_key_of_luxembourg_is_used_where_no_other_is_given() {
    let (frame, key) = whole();
    let key = MeterKey { authentication: None, ..key };
    assert_eq!(explain(&frame, &[key]).verdict, Verdict::Good);
}

#[test]
fn missing_wrong_and_half_right_keys_and_damage_are_told_apart() {
    let (frame, key) = whole();
    let secret = |byte| Secret::new(vec![byte; 16]);
    let wrong = MeterKey { encryption: secret(0x55), ..key.clone() };
    let half = MeterKey { authentication: Some(secret(1)), ..key.clone() };
    let other = MeterKey { system_title: Some(*b"SAG00000"), ..key.clone() };
    assert_eq!(codes(&explain(&frame, std::slice::from_ref(&wrong))), ["plaintext-check"]);
    assert!(explain(&frame, std::slice::from_ref(&wrong)).verdict.is_bad());
    assert_eq!(codes(&explain(&frame, &[other])), ["no-key"]);
    let readable = explain(&frame, &[half]);
    assert_eq!(codes(&readable), ["authentication-key"]);
    assert!(readable.verdict == Verdict::Good && !readable.readings.is_empty());
    let mut damaged = frame.clone();
    damaged[200] ^= 4;
    let found = explain(&damaged, std::slice::from_ref(&key));
    assert!(codes(&found).contains(&"damaged") && found.verdict.is_bad() && found.readings.is_empty());
    assert_eq!(explain(&frame, &[wrong, key]).verdict, Verdict::Good, "the one that fits is found");
}

#[test]
fn no_flipped_bit_of_an_encrypted_telegram_changes_a_reading() {
    let (frame, key) = whole();
    let keys = [key];
    let good = explain(&frame, &keys).readings;
    for index in 0..frame.len() {
        for bit in 0..8 {
            let mut damaged = frame.clone();
            damaged[index] ^= 1 << bit;
            let found = explain(&damaged, &keys);
            assert!(found.readings.is_empty() || found.readings == good, "byte {index}, bit {bit}");
        }
    }
}

#[test]
fn a_cut_encrypted_telegram_is_malformed_with_any_key() {
    let (frame, key) = whole();
    for length in 0..frame.len() {
        let found = explain(&frame[..length], std::slice::from_ref(&key));
        assert!(found.readings.is_empty() && found.verdict != Verdict::Good, "{length}");
    }
}

#[test]
fn a_frame_counter_that_does_not_rise_is_a_replay() {
    let (frame, key) = whole();
    let keys = [key];
    let with = |step| {
        codes(&(&P1 as &dyn Family).dissect(&frame, &Context { step, keys: &keys, ..Context::default() }))
    };
    assert_eq!(with(0), Vec::<&str>::new());
    assert_eq!((with(AGAIN), with(BACK)), (vec!["replay"], vec!["replay"]));
}

#[test]
fn no_key_is_in_the_debug_text_of_what_was_found() {
    let (frame, key) = whole();
    let shown = format!("{:?} {:?}", key, explain(&frame, std::slice::from_ref(&key)));
    assert!(!shown.contains("170, 170, 170, 170"), "the key's bytes");
}
