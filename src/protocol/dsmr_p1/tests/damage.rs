//! What damage does: a good reading never has another value, and the next whole telegram is read.

use std::collections::HashSet;

use super::super::P1;
use super::published::{Vector, find, vectors};
use crate::frame::{Dissection, Verdict, visible};
use crate::protocol::{Context, Family, Integrity, PieceKind, Source, laws};
use crate::reading::Reading;

/// Of the bits of every telegram, each so many-th is flipped: prime to 8, so that every place in a byte is met.
const FLIP_STRIDE: usize = 131;
/// Of the bytes of every telegram, it is cut at each so many-th.
const CUT_STRIDE: usize = 29;
/// Of the bytes of two telegrams, they are spliced at each so many-th.
const SPLICE_STRIDE: usize = 149;

fn explain(bytes: &[u8]) -> Dissection {
    (&P1 as &dyn Family).dissect(bytes, &Context::default())
}

/// Readings as comparable text.
fn shown(readings: &[Reading]) -> HashSet<String> {
    let line = |r: &Reading| {
        format!("{:?} {} {} {:?} {:?}", r.code, r.quantity.name(), visible::reading(r), r.at, r.period)
    };
    readings.iter().map(line).collect()
}

/// The readings of every frame of a stream that is not bad.
fn readings(stream: &[u8]) -> Vec<(Integrity, HashSet<String>)> {
    let frames = laws::pieces(&P1, Source::Replies, stream, &[]);
    let mut found = Vec::new();
    for (kind, bytes) in frames {
        if let PieceKind::Frame(judged) = kind {
            found.push((judged, shown(&explain(&bytes).readings)));
        }
    }
    found
}

#[test]
fn no_flipped_bit_of_a_telegram_with_crc_changes_a_reading_and_the_next_one_is_read() {
    let text = find("v50-iskra-am550").text;
    let good = shown(&explain(&text).readings);
    assert!(good.len() > 30);
    for index in 0..text.len() {
        for bit in 0..8 {
            let mut stream = text.clone();
            stream[index] ^= 1 << bit;
            stream.extend_from_slice(&text);
            holds(&stream, &good, &format!("byte {index}, bit {bit}"));
        }
    }
}

#[test]
fn a_telegram_cut_anywhere_gives_no_other_reading_and_the_next_one_is_read() {
    let text = find("v50-iskra-am550").text;
    let good = shown(&explain(&text).readings);
    for cut in 0..text.len() {
        for stream in [[&text[..cut], &text].concat(), [&text[cut..], &text].concat()] {
            holds(&stream, &good, &format!("cut at {cut}"));
        }
        assert!(shown(&explain(&text[..cut]).readings).is_subset(&good), "cut at {cut}");
    }
}

/// Every published telegram with a CRC that fits, and its readings.
fn covered() -> Vec<(Vector, HashSet<String>)> {
    let whole = vectors().into_iter().filter(|vector| vector.fits() == Some(true));
    whole
        .map(|vector| {
            let good = shown(&vector.explain().readings);
            (vector, good)
        })
        .collect()
}

/// Holds that damage before a whole telegram changes no reading of it and makes no other.
fn holds(stream: &[u8], good: &HashSet<String>, what: &str) {
    let found = readings(stream);
    assert_eq!(found.last(), Some(&(Integrity::Good, good.clone())), "{what}");
    assert!(found.iter().all(|(_, readings)| readings.is_subset(good)), "{what}: {found:?}");
}

#[test]
fn no_published_telegram_with_crc_has_another_reading_after_a_flipped_bit() {
    let covered = covered();
    assert!(covered.len() > 60, "{}", covered.len());
    for (Vector { id, text, .. }, good) in covered {
        for bit in (0..text.len() * 8).step_by(FLIP_STRIDE) {
            let mut stream = text.clone();
            stream[bit / 8] ^= 1 << (bit % 8);
            stream.extend_from_slice(&text);
            holds(&stream, &good, &format!("{id}: bit {bit}"));
        }
    }
}

#[test]
fn no_published_telegram_with_crc_has_another_reading_where_it_is_cut() {
    for (Vector { id, text, .. }, good) in covered() {
        for cut in (0..text.len()).step_by(CUT_STRIDE) {
            holds(&[&text[..cut], &text].concat(), &good, &format!("{id}: cut at {cut}"));
            holds(&[&text[cut..], &text].concat(), &good, &format!("{id}: from {cut}"));
        }
    }
}

#[test]
fn no_published_telegram_with_crc_spliced_into_the_next_gives_a_reading_that_neither_has() {
    let covered = covered();
    for ((one, one_good), (two, two_good)) in covered.iter().zip(covered.iter().skip(1)) {
        for cut in (1..one.text.len()).step_by(SPLICE_STRIDE) {
            for at in (1..two.text.len()).step_by(SPLICE_STRIDE) {
                let stream = [&one.text[..cut], &two.text[at..]].concat();
                for (_, readings) in readings(&stream) {
                    let is_known = readings.is_empty() || readings == *one_good || readings == *two_good;
                    assert!(is_known, "{} at {cut}, {} from {at}: {readings:?}", one.id, two.id);
                }
            }
        }
    }
}

#[test]
fn a_telegram_spliced_into_another_gives_no_reading() {
    let (one, two) = (find("v50-iskra-am550").text, find("v50-two-mbus").text);
    let goods = [shown(&explain(&one).readings), shown(&explain(&two).readings)];
    for cut in (1..one.len()).step_by(3) {
        for at in (1..two.len()).step_by(41) {
            let stream = [&one[..cut], &two[at..]].concat();
            for (_, readings) in readings(&stream) {
                assert!(readings.is_empty() || goods.contains(&readings), "{cut} {at}: {readings:?}");
            }
        }
    }
}

#[test]
fn a_lost_bit_that_makes_an_exclamation_mark_is_named() {
    let text = find("v50-iskra-am550").text;
    let at = text.windows(9).position(|w| w == b"1-0:1.8.2").unwrap() + 4;
    let mut damaged = text.clone();
    damaged[at] = b'!';
    let found = explain(&damaged);
    let problem = found.problems.iter().find(|problem| problem.code.as_str() == "bit-error").unwrap();
    assert_eq!(problem.span.unwrap().range(), at..at + 1);
    assert!(found.verdict.is_bad() && found.readings.is_empty());
}

#[test]
fn a_file_saved_without_carriage_returns_is_good_when_its_crc_fits_with_them() {
    for Vector { id, text, .. } in vectors().into_iter().filter(|vector| vector.fits() == Some(true)) {
        let good = shown(&explain(&text).readings);
        let saved: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'\r').collect();
        let found = explain(&saved);
        let codes: Vec<&str> = found.problems.iter().map(|problem| problem.code.as_str()).collect();
        assert!(found.verdict == Verdict::Good && codes.contains(&"line-ends"), "{id}: {codes:?}");
        assert_eq!(readings(&saved), [(Integrity::Good, good)], "{id}");
    }
}

#[test]
fn a_flipped_bit_in_a_file_saved_without_carriage_returns_is_found() {
    let text = find("v50-iskra-am550").text;
    let good = shown(&explain(&text).readings);
    let saved: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'\r').collect();
    for bit in (0..saved.len() * 8).step_by(7) {
        let mut damaged = saved.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let found = explain(&damaged);
        assert!(shown(&found.readings).is_subset(&good), "bit {bit}: {found:?}");
    }
}

#[test]
fn line_ends_of_which_some_were_changed_are_named() {
    let text = find("v50-iskra-am550").text;
    let first = text.iter().position(|byte| *byte == b'\r').unwrap();
    let changed = [&text[..first], &text[first + 1..]].concat();
    let codes: Vec<&str> = explain(&changed).problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["checksum", "line-ends"]);
}

#[test]
fn a_version_that_has_a_crc_is_told_of_when_it_has_none() {
    let text = find("v50-iskra-am550").text;
    let body = text.strip_suffix(b"1F28\r\n").unwrap();
    let ended = explain(&[body, b"\r\n"].concat());
    assert_eq!(ended.problems[0].code.as_str(), "no-checksum");
    assert_eq!(ended.verdict.word(), "unchecked");
    assert!(!ended.readings.is_empty());
    let cut = explain(body);
    assert_eq!(cut.problems[0].code.as_str(), "cut-short");
    assert!(cut.readings.is_empty());
}

#[test]
fn a_wrong_crc_is_shown_beside_the_right_one() {
    let found = find("v42-kaifa-wrong-crc").explain();
    assert!(found.summary().contains("CRC-16/ARC ABCD, expected 4BC6"), "{}", found.summary());
}
