//! What damage does: a good reading never has another value, and the next whole telegram is read.

use std::collections::HashSet;

use super::super::P1;
use super::published::find;
use crate::frame::{Dissection, visible};
use crate::protocol::{Context, Family, Judged, PieceKind, Source, laws};
use crate::reading::Reading;

fn explain(bytes: &[u8]) -> Dissection {
    P1.dissect(bytes, &Context::default())
}

/// Readings as comparable text.
fn shown(readings: &[Reading]) -> HashSet<String> {
    let line = |r: &Reading| {
        format!("{:?} {} {} {:?} {:?}", r.code, r.quantity.name(), visible::reading(r), r.at, r.period)
    };
    readings.iter().map(line).collect()
}

/// The readings of every frame of a stream that is not bad.
fn readings(stream: &[u8]) -> Vec<(Judged, HashSet<String>)> {
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
            let found = readings(&stream);
            let (last, before) = found.split_last().unwrap();
            assert_eq!(last, &(Judged::Good, good.clone()), "byte {index}, bit {bit}");
            for (_, readings) in before {
                assert!(readings.is_subset(&good), "byte {index}, bit {bit}: {readings:?}");
            }
        }
    }
}

#[test]
fn a_telegram_cut_anywhere_gives_no_other_reading_and_the_next_one_is_read() {
    let text = find("v50-iskra-am550").text;
    let good = shown(&explain(&text).readings);
    for cut in 0..text.len() {
        for stream in [[&text[..cut], &text].concat(), [&text[cut..], &text].concat()] {
            let found = readings(&stream);
            assert_eq!(found.last(), Some(&(Judged::Good, good.clone())), "cut at {cut}");
            assert!(found.iter().all(|(_, readings)| readings.is_subset(&good)), "cut at {cut}");
        }
        assert!(shown(&explain(&text[..cut]).readings).is_subset(&good), "cut at {cut}");
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
    let problem = found.problems.iter().find(|problem| problem.code == "bit-error").unwrap();
    assert_eq!(problem.span.unwrap().range(), at..at + 1);
    assert!(found.verdict.is_bad() && found.readings.is_empty());
}

#[test]
fn line_ends_that_something_has_changed_are_named() {
    let text = find("v50-iskra-am550").text;
    let changed: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'\r').collect();
    let codes: Vec<&str> = explain(&changed).problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["checksum", "line-ends"]);
}

#[test]
fn a_version_that_has_a_crc_is_told_of_when_it_has_none() {
    let text = find("v50-iskra-am550").text;
    let body = text.strip_suffix(b"1F28\r\n").unwrap();
    let ended = explain(&[body, b"\r\n"].concat());
    assert_eq!(ended.problems[0].code, "no-checksum");
    assert_eq!(ended.verdict.word(), "unchecked");
    assert!(!ended.readings.is_empty());
    let cut = explain(body);
    assert_eq!(cut.problems[0].code, "cut-short");
    assert!(cut.readings.is_empty());
}

#[test]
fn a_wrong_crc_is_shown_beside_the_right_one() {
    let found = find("v42-kaifa-wrong-crc").explain();
    assert!(found.summary().contains("CRC-16/ARC ABCD, expected 4BC6"), "{}", found.summary());
}
