//! What is wrong is named, each kind by its own name, and never becomes a value.

use proptest::prelude::*;

use super::super::{OverHdlc, OverMbus};
use super::{Expected, listen, problems, readings, vector, vectors};
use crate::frame::{Secret, hex};
use crate::protocol::{Dialect, Family, Integrity, MeterKey, PieceKind, Source, laws};

#[test]
fn every_damaged_or_unusual_telegram_gives_its_named_error() {
    let mut seen = 0;
    for vector in vectors().iter().filter(|v| v.error().is_some()) {
        let error = vector.error().unwrap();
        if error == "invalid-hex" {
            let text = vector.json["hex"].as_str().unwrap();
            let position = vector.json["expect"]["at_char"].as_u64().unwrap() as usize;
            let is_here = |e: &hex::HexError| matches!(e, hex::HexError::NotHex { position: found, .. } if found.abs_diff(position) <= 1);
            assert!(hex::parse(text).is_err_and(|e| is_here(&e)));
            continue;
        }
        // Nothing but the next push can show that one was left unfinished.
        let next = super::vector("netznoe-kaifa-ma309-live").bytes();
        let bursts = [vector.bytes(), if error == "timeout-incomplete" { next } else { Vec::new() }];
        let keys = if vector.id == "neg-wrong-key" {
            vec![key("00000000000000000000000000000000")]
        } else {
            vector.keys()
        };
        let told = listen(vector.family(), &bursts.each_ref().map(Vec::as_slice), &keys);
        assert!(
            problems(&told).contains(&error),
            "{} {error}: {:?} {:?}",
            vector.id,
            problems(&told),
            told.iter().map(|t| (t.kind, t.bytes.len())).collect::<Vec<_>>()
        );
        if error != "segment-restart" {
            assert_eq!(readings(&told), [], "{}", vector.id);
        }
        seen += 1;
    }
    assert_eq!(seen, 20);
}

fn key(text: &str) -> MeterKey {
    MeterKey { system_title: None, encryption: Secret::new(hex::parse(text).unwrap()), authentication: None }
}

/// Telegrams that a checksum or tag covers, with keys.
const COVERED: &[&str] = &[
    "syn-kaifa-250",
    "syn-sagemcom-257",
    "syn-auth-0x30",
    "syn-hdlc-gbt-auth",
    "syn-hdlc-segmented-encrypted",
];

/// What a telegram gives when nothing is wrong.
fn true_readings(id: &str) -> Vec<(String, String)> {
    let vector = vector(id);
    let found = readings(&listen(vector.family(), &[&vector.bytes()], &vector.keys()));
    assert!(found.len() > 5, "{id}");
    found
}

fn is_within(found: &[(String, String)], allowed: &[&[(String, String)]]) -> bool {
    found.iter().all(|reading| allowed.iter().any(|known| known.contains(reading)))
}

#[test]
fn after_a_telegram_cut_at_any_byte_the_next_whole_one_is_read() {
    for (first, second) in [
        ("syn-sagemcom-257", "syn-kaifa-250"),
        ("syn-kaifa-250", "syn-sagemcom-257"),
        ("syn-auth-0x30", "syn-sagemcom-257"),
        ("syn-hdlc-gbt-auth", "syn-hdlc-segmented-encrypted"),
        ("syn-hdlc-segmented-encrypted", "syn-hdlc-gbt-auth"),
    ] {
        let (cut, whole) = (vector(first), vector(second));
        let (before, after) = (true_readings(first), true_readings(second));
        let keys = [cut.keys(), whole.keys()].concat();
        let bytes = cut.bytes();
        for at in 1..bytes.len() {
            let stream = [&bytes[..at], &whole.bytes()].concat();
            let found = readings(&listen(whole.family(), &[&stream], &keys));
            assert!(after.iter().all(|r| found.contains(r)), "{first} cut at {at}: {found:?}");
            assert!(is_within(&found, &[&before, &after]), "{first} cut at {at}: {found:?}");
        }
    }
}

#[test]
fn after_a_telegram_that_lost_its_beginning_the_next_whole_one_is_read() {
    for (first, second) in
        [("syn-sagemcom-257", "syn-kaifa-250"), ("syn-hdlc-gbt-auth", "syn-hdlc-segmented-encrypted")]
    {
        let (cut, whole) = (vector(first), vector(second));
        let after = true_readings(second);
        let bytes = cut.bytes();
        for at in 1..bytes.len() {
            let stream = [&bytes[at..], &whole.bytes()].concat();
            let found = readings(&listen(whole.family(), &[&stream], &whole.keys()));
            assert!(after.iter().all(|r| found.contains(r)), "{first} from {at}: {found:?}");
        }
    }
}

#[test]
fn no_flipped_bit_gives_another_value() {
    for id in COVERED {
        let vector = vector(id);
        let truth = true_readings(id);
        let (bytes, keys) = (vector.bytes(), vector.keys());
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let told = listen(vector.family(), &[&damaged], &keys);
            let found = readings(&told);
            assert!(is_within(&found, &[&truth]), "{id} bit {bit}: {found:?}");
            let is_good = |t: &Expected| t.kind == PieceKind::Frame(Integrity::Good);
            assert!(!told.iter().all(is_good), "{id} bit {bit} is not noticed");
        }
    }
}

#[test]
fn a_damaged_frame_costs_no_more_than_its_own_push() {
    let whole = vector("syn-kaifa-250").bytes();
    let truth = true_readings("syn-kaifa-250");
    let keys = vector("syn-kaifa-250").keys();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] = damaged[at].wrapping_add(0x5A);
        let stream = [damaged, whole.clone()].concat();
        let told = listen(&OverMbus, &[&stream], &keys);
        assert_eq!(readings(&told).len() % truth.len(), 0);
        assert!(!readings(&told).is_empty(), "byte {at}");
    }
}

#[test]
fn missing_wrong_and_fitting_keys_damage_and_replay_are_told_apart() {
    let vector = vector("syn-auth-0x30");
    let bytes = vector.bytes();
    let told = |bytes: &[u8], keys: &[MeterKey]| problems(&listen(&OverMbus, &[bytes], keys));
    assert_eq!(told(&bytes, &[]), ["no-key"]);
    assert_eq!(told(&bytes, &[key("FFEEDDCCBBAA99887766554433221100")]), ["plaintext-check"]);
    let own = vector.keys();
    let without = MeterKey { authentication: None, ..own[0].clone() };
    assert_eq!(told(&bytes, &[without]), ["not-authenticated"]);
    assert_eq!(told(&bytes, &own), [""; 0]);
    let mut damaged = bytes.clone();
    damaged[40] ^= 4;
    assert_eq!(told(&damaged, &own), ["checksum", "orphan-segment"]);
    assert_eq!(told(&[bytes.clone(), bytes.clone()].concat(), &own), ["replay", "replay"]);
}

#[test]
fn keys_are_tried_one_after_the_other_and_only_on_their_meter() {
    let vector = vector("syn-kaifa-250");
    let own = vector.keys().remove(0);
    let other = key("FFEEDDCCBBAA99887766554433221100");
    let found = readings(&listen(&OverMbus, &[&vector.bytes()], &[other, own.clone()]));
    assert_eq!(found, true_readings("syn-kaifa-250"));
    let elsewhere = MeterKey { system_title: Some(*b"SAG00001"), ..own };
    assert_eq!(problems(&listen(&OverMbus, &[&vector.bytes()], &[elsewhere])), ["no-key"]);
}

#[test]
fn no_key_appears_in_what_is_told() {
    let vector = vector("syn-auth-0x30");
    for piece in listen(&OverMbus, &[&vector.bytes()], &vector.keys()) {
        let shown = format!("{:?}", piece.dissection);
        assert!(!shown.contains("0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"));
        assert!(!shown.contains("208, 209, 210, 211"));
    }
}

#[test]
fn parts_that_come_too_late_are_not_put_together() {
    let bytes = vector("syn-kaifa-250").bytes();
    let told = listen(&OverMbus, &[&bytes[..256], &bytes[256..]], &vector("syn-kaifa-250").keys());
    assert_eq!((problems(&told), readings(&told)), (vec!["orphan-segment"], vec![]));
}

fn families() -> [&'static dyn Family; 2] {
    [&OverMbus, &OverHdlc]
}

#[test]
fn the_beginning_of_an_hdlc_frame_before_a_lone_acknowledgement_keeps_the_laws() {
    for family in families() {
        laws::stream(family, Source::Both, &[0xA0, 0x02, 0x0D, 0xE5, 0x00], &[]);
        laws::dissection(family, &[0xA0, 0x02, 0x0D, 0xE5, 0x00], None, Dialect(0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_bytes_keep_the_laws(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(vec![0x68, 0x16, 0x7E, 0xA0, 0x10, 0xE5, 0x01, 0x53, 0xFF])], 0..400),
        cuts in prop::collection::vec(0..400usize, 0..4),
    ) {
        for family in families() {
            laws::stream(family, Source::Both, &bytes, &cuts);
            laws::dissection(family, &bytes, None, Dialect(0));
        }
    }

    #[test]
    fn mutated_telegrams_keep_the_laws(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        drop in any::<(prop::sample::Index, u8)>(),
        cuts in prop::collection::vec(0..600usize, 0..4),
    ) {
        let all = vectors();
        let usable: Vec<_> = all.iter().filter(|v| v.error() != Some("invalid-hex") && v.protocol() != "dlms-gcm").collect();
        let vector = which.get(&usable);
        let mut bytes = vector.bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let from = drop.0.index(bytes.len());
        let to = (from + usize::from(drop.1) % 8).min(bytes.len());
        bytes.drain(from..to);
        for family in families() {
            laws::stream(family, Source::Both, &bytes, &cuts);
            for dialect in 0..8 {
                laws::dissection(family, &bytes, None, Dialect(dialect));
            }
            listen(family, &[&bytes], &vector.keys());
        }
    }

    #[test]
    fn a_plain_list_with_a_good_checksum_may_hold_anything(body in prop::collection::vec(0u8..0x30, 0..200)) {
        let apdu = [&[0x0F, 0, 0, 0, 0, 0][..], &body].concat();
        let frame = super::super::over_mbus::segments(&apdu, 245).concat();
        let told = listen(&OverMbus, &[&frame], &[]);
        for piece in &told {
            use crate::frame::FieldTree;
            for layer in &piece.frame().unwrap().layers {
                prop_assert!(layer.fields.tiles(layer.bytes.len()));
            }
        }
    }

    #[test]
    fn spliced_telegrams_give_no_value_that_neither_has(
        first in prop::sample::select(vec!["syn-auth-0x30", "syn-hdlc-gbt-auth", "syn-hdlc-segmented-encrypted"]),
        (head, tail) in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let second = if first == "syn-auth-0x30" { "syn-sagemcom-257" } else { "syn-hdlc-shared-flags" };
        let (one, other) = (vector(first), vector(second));
        let (left, right) = (one.bytes(), other.bytes());
        let stream = [&left[..head.index(left.len())], &right[tail.index(right.len())..]].concat();
        let keys = [one.keys(), other.keys()].concat();
        let found = readings(&listen(one.family(), &[&stream], &keys));
        let (left, right) = (true_readings(first), true_readings(second));
        prop_assert!(is_within(&found, &[&left, &right]), "{found:?}");
    }
}
