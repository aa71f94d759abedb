//! What the search makes of bytes as another setting would show them (computed as in `sim/misheard.rs`).

use proptest::prelude::*;

use super::super::registry::{self, FAMILIES};
use super::*;
use crate::frame::hex;

const TEXT: &[u8] =
    b"1-0:1.8.1(003808.351*kWh)\r\n1-0:1.8.2(002948.827*kWh)\r\n1-0:2.8.1(001285.951*kWh)\r\n";

/// A reply of an M-Bus meter (`rscada/libmbus`).
const MBUS: &str = "681F1F680802727856341224400107550000000313153100DA023B13018B60043718021816";

const FAST: LineSettings = LineSettings::n81(115_200);
const SLOW: LineSettings = SLOW_TEXT;

/// The lines that are usual in a family.
fn usual(id: &str) -> &'static Usual {
    registry::family(id).unwrap().profile().usual.unwrap()
}

/// A search of a meter that speaks text, from one of its lines on.
fn of_text(start: LineSettings) -> LineSearch {
    LineSearch::new(start, usual("dsmr-p1"), FAMILIES)
}

/// A search of a meter that pushes frames.
fn of_frames(start: LineSettings) -> LineSearch {
    LineSearch::new(start, usual("dlms-mbus"), FAMILIES)
}

fn of_anything(start: LineSettings) -> LineSearch {
    LineSearch::new(start, &UNKNOWN, FAMILIES)
}

fn junk(count: u8) -> Vec<u8> {
    (0..count).map(|n| n.wrapping_mul(37) ^ 0x9D).collect()
}

fn inverted(text: &[u8]) -> Vec<u8> {
    text.iter().map(|byte| (!byte & 0x7F) * 2 + 1).collect()
}

fn with_parity(text: &[u8]) -> Vec<u8> {
    text.iter().map(|byte| byte | if byte.count_ones() % 2 == 1 { 0x80 } else { 0 }).collect()
}

fn told(search: &mut LineSearch, bytes: &[u8]) -> String {
    search.noise(bytes).map(|finding| finding.to_string()).unwrap_or_default()
}

#[test]
fn zeros_lead_to_the_slow_line_at_once_and_the_head_of_a_telegram_ends_the_search() {
    let mut search = of_text(FAST);
    let said = told(&mut search, &[0; 60]);
    assert_eq!(said, "looks like 9600 7E1 read at 115200 8N1 (only zeros); set to 9600 7E1");
    assert_eq!((search.line(), search.patience()), (SLOW, Duration::from_secs(21)));
    assert_eq!(search.noise(b"\r\n/ISk5\\2MT382-1003\r\n\r\n0-0:96"), Some(Finding::Found(SLOW)));
    assert!(search.is_over());
}

#[test]
fn scattered_bytes_lead_to_the_fast_line_where_text_is_to_come_and_nowhere_else() {
    let scattered = junk(60);
    let to = Some(Finding::Try { from: SLOW, to: FAST, hint: Some(Hint::TooSlow { sent_at: 115_200 }) });
    assert_eq!(of_text(SLOW).noise(&scattered), to);
    assert_eq!(of_anything(LineSettings::n81(9600)).noise(&scattered), None);
    assert_eq!(of_frames(LineSettings::n81(2400)).noise(&scattered), None);
}

type Search = fn(LineSettings) -> LineSearch;

#[test]
fn eight_bits_with_even_parity_are_seven_at_the_same_speed() {
    let bytes = with_parity(TEXT);
    for (search, baud) in [(of_text as Search, 9600), (of_anything, 9600), (of_text, 115_200)] {
        let mut search = search(LineSettings::n81(baud));
        assert_eq!(search.noise(&bytes).and_then(Finding::line), Some(LineSettings::e71(baud)));
    }
}

#[test]
fn an_inverted_line_is_told_once_and_stays() {
    let mut search = of_text(FAST);
    assert_eq!(search.noise(&inverted(TEXT)), Some(Finding::Looks(Hint::Inverted)));
    assert_eq!((search.noise(&inverted(TEXT)), search.turn()), (None, None));
    assert!(!search.is_over());
}

#[test]
fn what_looks_like_nothing_has_all_settings_tried_by_turns_and_ends_where_it_began() {
    let start = LineSettings::n81(9600);
    let mut search = of_anything(start);
    let mut lines = Vec::new();
    for _ in 0..9 {
        search.noise(&junk(20));
        lines.extend(search.turn().and_then(Finding::line));
    }
    assert_eq!(lines, [FAST, SLOW, LineSettings::e81(2400), start]);
    assert!(search.is_over());
}

#[test]
fn silence_and_text_are_no_matter_of_speed() {
    let mut search = of_text(FAST);
    assert_eq!(search.turn(), None);
    assert_eq!((search.noise(TEXT), search.turn()), (None, None));
    assert_eq!(search.line(), FAST);
}

#[test]
fn one_good_frame_of_mbus_is_proof_however_much_noise_came() {
    let start = LineSettings::n81(9600);
    let mut search = of_frames(start);
    assert_eq!(search.noise(&junk(100)), None);
    assert!(search.turn().is_some());
    search.noise(&junk(100));
    search.noise(&hex::parse(MBUS).unwrap());
    assert_eq!(search.turn(), Some(Finding::Found(LineSettings::e81(2400))));
}

#[test]
fn one_frame_without_marks_is_no_proof_for_a_long_noise_fits_a_checksum_by_chance() {
    let unmarked: Vec<_> = FAMILIES.iter().filter(|family| !family.profile().has_marks).collect();
    assert!(!unmarked.is_empty());
    for family in unmarked {
        for length in 24..124 {
            let by_chance = family.with_checksum(&junk(length));
            let mut search = of_anything(LineSettings::n81(9600));
            let found = search.noise(&by_chance);
            assert!(found.is_none() && !search.is_over(), "{}: {length}", family.id());
            assert!(search.turn().is_some(), "{}: {length}", family.id());
        }
    }
}

#[test]
fn good_frames_at_the_first_settings_end_it_without_a_word() {
    let mut search = of_frames(LineSettings::e81(2400));
    assert_eq!(search.noise(&hex::parse(MBUS).unwrap()), None);
    assert!(search.is_over());
    let mut search = of_text(FAST);
    assert_eq!(search.good(), None);
    assert_eq!((search.noise(&[0; 60]), search.turn()), (None, None));
}

#[test]
fn fixed_settings_stay_and_what_the_bytes_look_like_is_told() {
    let mut search = LineSearch::fixed(FAST, usual("dsmr-p1"), FAMILIES);
    assert_eq!(
        (search.noise(&[0; 60]), search.turn()),
        (Some(Finding::Looks(Hint::TooFast { sent_at: Some(9600) })), None)
    );
    let mut search = of_text(FAST);
    search.noise(&junk(20));
    assert!(search.turn().is_some());
    search.stay();
    assert_eq!(search.line(), FAST);
    search.noise(&junk(20));
    assert_eq!(search.turn(), None);
}

#[test]
fn from_settings_that_somebody_else_has_made_it_begins_anew() {
    let mut search = of_text(FAST);
    search.noise(&[0; 10]);
    search.moved(SLOW);
    assert!(!search.has_heard());
    for line in [FAST, SLOW] {
        search.noise(&junk(20));
        assert_eq!(search.turn().and_then(Finding::line), Some(line));
    }
    assert!(search.is_over());
}

proptest! {
    #[test]
    fn it_ends_whatever_comes_and_never_leaves_the_line_where_nobody_said(
        bursts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..40),
        usual in prop::sample::select(vec![usual("dsmr-p1"), usual("dlms-mbus"), &UNKNOWN]),
    ) {
        let mut search = LineSearch::new(LineSettings::n81(9600), usual, FAMILIES);
        let (mut line, mut changes) = (search.line(), 0);
        for burst in &bursts {
            for finding in [search.noise(burst), search.turn()].into_iter().flatten() {
                if let Some(to) = finding.line() {
                    (line, changes) = (to, changes + 1);
                }
            }
        }
        prop_assert_eq!(line, search.line());
        prop_assert!(changes <= 2 * usual.lines.len() + 1, "{} changes", changes);
    }
}
