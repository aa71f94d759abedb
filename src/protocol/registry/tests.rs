//! Laws over the whole registry: every family hears everything that was ever recorded, whole and damaged, and is held
//! to what all of them promise. A family or a vector that is added is held without a line here.

use std::collections::BTreeSet;

use super::FAMILIES;
use crate::frame::{Direction, Dissection, LayerKind, Verdict, hex};
use crate::protocol::{Context, Dialect, Family, PieceKind, Source, laws};
use crate::reading::{Doubt, Measured, Quantity, Reading};

/// Damaged copies that are made of one frame.
const COPIES: usize = 24;

/// The bytes of every vector in `tests/vectors`, each with its name.
fn recorded() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let lines = files.iter().filter(|path| path.extension().is_some_and(|ext| ext == "jsonl"));
    lines.flat_map(|path| vectors(&std::fs::read_to_string(path).unwrap())).collect()
}

fn vectors(lines: &str) -> Vec<(String, Vec<u8>)> {
    let vector = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let digits = value.get("frame_hex").or(value.get("hex")).and_then(|hex| hex.as_str());
        let text = value.get("text").and_then(|text| text.as_str());
        let bytes = match digits {
            // One is recorded with a misprint, as it was published: nothing can be made of it.
            Some(digits) => hex::parse(digits).unwrap_or_default(),
            None => text.unwrap_or_default().as_bytes().to_vec(),
        };
        (value["id"].as_str().unwrap_or_default().to_owned(), bytes)
    };
    lines.lines().filter(|line| !line.trim().is_empty()).map(vector).collect()
}

/// The different frames that a family finds in all of them, each with the name of the vector it is from.
fn frames(family: &'static dyn Family) -> Vec<(String, Vec<u8>)> {
    let mut seen = BTreeSet::new();
    let mut frames = Vec::new();
    for (id, bytes) in recorded() {
        for (kind, frame) in laws::pieces(family, Source::Both, &bytes, &[]) {
            if matches!(kind, PieceKind::Frame(_)) && seen.insert(frame.clone()) {
                frames.push((id.clone(), frame));
            }
        }
    }
    frames
}

/// Places that are spread over a frame, differently in each.
struct Places(u64);

impl Places {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// A frame with one bit turned over; or with the same bit of two bytes, which cancel in an exclusive or; or with two
/// that cancel in a sum.
fn damaged(frame: &[u8], nth: usize, places: &mut Places) -> Vec<u8> {
    let mut copy = frame.to_vec();
    let (one, other, bit) = (places.below(copy.len()), places.below(copy.len()), places.below(7));
    match nth % 4 {
        0 | 1 => copy[one] ^= 1 << bit,
        2 => {
            copy[one] ^= 1 << bit;
            copy[other] ^= 1 << bit;
        }
        _ => {
            copy[one] = copy[one].wrapping_add(1 << bit);
            copy[other] = copy[other].wrapping_sub(1 << bit);
        }
    }
    copy
}

fn explained(family: &dyn Family, frame: &[u8], nth: usize) -> Dissection {
    let direction = if nth.is_multiple_of(2) { Direction::Reply } else { Direction::Unknown };
    let context = Context { direction, dialect: Dialect((nth % 5) as u8), ..Context::default() };
    family.dissect(frame, &context)
}

/// Hands every family every frame and its damaged copies.
fn every_frame(mut look: impl FnMut(&str, &dyn Family, &[u8], usize)) {
    for family in FAMILIES.iter().copied() {
        for (number, (id, frame)) in frames(family).iter().enumerate() {
            let mut places = Places(number as u64);
            look(id, family, frame, 0);
            for nth in 0..COPIES {
                look(id, family, &damaged(frame, nth, &mut places), nth);
            }
        }
    }
}

/// Whether what it measures is always a number.
fn is_numeric(reading: &Reading) -> bool {
    let measures = reading.code.and_then(Quantity::of);
    measures.is_some_and(|quantity| quantity != Quantity::CLOCK && quantity != Quantity::SERIAL)
}

#[test]
fn every_frame_and_every_damaged_one_is_explained_byte_by_byte() {
    every_frame(|_, family, frame, nth| laws::dissection(family, frame, None, Dialect((nth % 5) as u8)));
}

#[test]
fn a_register_that_holds_no_number_has_no_value() {
    every_frame(|id, family, frame, nth| {
        for reading in explained(family, frame, nth).readings.iter().filter(|reading| is_numeric(reading)) {
            let is_text = matches!(reading.value, Measured::Text(_) | Measured::Time(_));
            assert!(!is_text, "{} {id}: {reading:?} in {frame:02X?}", family.id());
        }
    });
}

#[test]
fn readings_under_a_check_of_eight_bits_or_none_say_so() {
    every_frame(|id, family, frame, nth| {
        let explained = explained(family, frame, nth);
        let is_weak = match explained.checksum {
            Some(checksum) => checksum.digits <= 2,
            None => explained.verdict == Verdict::Unchecked(crate::frame::Reason::NoChecksum),
        };
        let is_authentic = explained.layers.iter().any(|layer| layer.kind == LayerKind::Decrypted);
        let silent = explained.readings.iter().find(|reading| reading.check.is_none());
        assert!(!is_weak || is_authentic || silent.is_none(), "{} {id}: {silent:?}", family.id());
        let is_strong = explained.checksum.is_some_and(|checksum| checksum.digits > 2);
        let marked = explained.readings.iter().find(|reading| reading.check.is_some());
        assert!(!is_strong || marked.is_none(), "{} {id}: {marked:?}", family.id());
    });
}

/// Vectors that were published with a name twice or a bracket lost, and one that only this family takes for lines.
const DOUBTED: &[&str] = &[
    "iec62056-21 esphome-parser-mix lost-name",
    "iec62056-21 nl-ace4000 double-code",
    "iec62056-21 pl-elgama-g15 double-code",
    "iec62056-21 syn-p1-smarty lost-name",
];

#[test]
fn no_undamaged_answer_is_doubted() {
    let mut doubted = BTreeSet::new();
    for family in FAMILIES.iter().copied() {
        for (id, frame) in frames(family) {
            let doubts: BTreeSet<&str> = explained(family, &frame, 0)
                .readings
                .iter()
                .filter_map(|r| r.doubt.map(Doubt::code))
                .collect();
            doubted.extend(doubts.iter().map(|doubt| format!("{} {id} {doubt}", family.id())));
        }
    }
    let known: BTreeSet<String> = DOUBTED.iter().map(|&id| id.to_owned()).collect();
    assert_eq!(doubted, known);
}

#[test]
fn a_profile_has_sessions_where_a_step_has_a_stage() {
    for family in FAMILIES {
        let has_stages = (0..=u8::MAX).any(|step| family.stage(step).is_some());
        assert_eq!(family.profile().has_sessions, has_stages, "{family:?}");
    }
}

#[test]
fn a_carrier_is_a_family_of_the_registry_and_resembles_what_it_carries() {
    for family in FAMILIES {
        let profile = family.profile();
        assert!(!profile.resembles(profile), "{family:?}");
        let Some(carrier) = profile.carrier else { continue };
        let carrier = super::family(carrier.id).unwrap().profile();
        assert!(carrier.resembles(profile) && profile.resembles(carrier), "{family:?}");
    }
}
