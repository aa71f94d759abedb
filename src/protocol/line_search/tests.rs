//! What the search makes of bytes as another setting would show them (computed as in `sim/misheard.rs`).

use proptest::prelude::*;

use super::super::dsmr_p1::hints::{FAST, SLOW};
use super::*;
use crate::frame::hex;

const TEXT: &[u8] =
    b"1-0:1.8.1(003808.351*kWh)\r\n1-0:1.8.2(002948.827*kWh)\r\n1-0:2.8.1(001285.951*kWh)\r\n";

/// A reply of an M-Bus meter (`rscada/libmbus`).
const MBUS: &str = "681F1F680802727856341224400107550000000313153100DA023B13018B60043718021816";

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
    let mut search = LineSearch::new(FAST, Some(&P1));
    let said = told(&mut search, &[0; 60]);
    assert_eq!(
        said,
        "looks like 9600 7E1 read at 115200 8N1 (nothing but zeros); the line is set to 9600 7E1"
    );
    assert_eq!((search.line(), search.patience()), (SLOW, Duration::from_secs(21)));
    assert_eq!(search.noise(b"\r\n/ISk5\\2MT382-1003\r\n\r\n0-0:96"), Some(Finding::Found(SLOW)));
    assert!(search.is_over());
}

#[test]
fn scattered_bytes_lead_to_the_fast_line_where_text_is_to_come_and_nowhere_else() {
    let scattered = junk(60);
    let to = Some(Finding::Try { from: SLOW, to: FAST, hint: Some(Hint::TooSlow) });
    assert_eq!(LineSearch::new(SLOW, Some(&P1)).noise(&scattered), to);
    assert_eq!(LineSearch::new(LineSettings::n81(9600), Some(&UNKNOWN)).noise(&scattered), None);
    assert_eq!(LineSearch::new(LineSettings::n81(2400), Some(&DLMS)).noise(&scattered), None);
}

#[test]
fn eight_bits_with_even_parity_are_seven_at_the_same_speed() {
    let bytes = with_parity(TEXT);
    for (usual, baud) in [(&P1, 9600), (&UNKNOWN, 9600), (&P1, 115_200)] {
        let mut search = LineSearch::new(LineSettings::n81(baud), Some(usual));
        assert_eq!(search.noise(&bytes).and_then(Finding::line), Some(LineSettings::e71(baud)));
    }
}

#[test]
fn an_inverted_line_is_told_once_and_stays() {
    let mut search = LineSearch::new(FAST, Some(&P1));
    assert_eq!(search.noise(&inverted(TEXT)), Some(Finding::Looks(Hint::Inverted)));
    assert_eq!((search.noise(&inverted(TEXT)), search.turn()), (None, None));
    assert!(!search.is_over());
}

#[test]
fn what_looks_like_nothing_has_all_settings_tried_by_turns_and_ends_where_it_began() {
    let start = LineSettings::n81(9600);
    let mut search = LineSearch::new(start, Some(&UNKNOWN));
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
    let mut search = LineSearch::new(FAST, Some(&P1));
    assert_eq!(search.turn(), None);
    assert_eq!((search.noise(TEXT), search.turn()), (None, None));
    assert_eq!(search.line(), FAST);
}

#[test]
fn one_good_frame_of_mbus_is_proof_however_much_noise_came() {
    let start = LineSettings::n81(9600);
    let mut search = LineSearch::new(start, Some(&DLMS));
    assert_eq!(search.noise(&junk(100)), None);
    assert!(search.turn().is_some());
    search.noise(&junk(100));
    search.noise(&hex::parse(MBUS).unwrap());
    assert_eq!(search.turn(), Some(Finding::Found(LineSettings::e81(2400))));
}

#[test]
fn good_frames_at_the_first_settings_end_it_without_a_word() {
    let mut search = LineSearch::new(LineSettings::e81(2400), Some(&DLMS));
    assert_eq!(search.noise(&hex::parse(MBUS).unwrap()), None);
    assert!(search.is_over());
    let mut search = LineSearch::new(FAST, Some(&P1));
    assert_eq!(search.good(), None);
    assert_eq!((search.noise(&[0; 60]), search.turn()), (None, None));
}

#[test]
fn fixed_settings_stay_and_what_the_bytes_look_like_is_told() {
    let mut search = LineSearch::new(FAST, None);
    assert_eq!((search.noise(&[0; 60]), search.turn()), (Some(Finding::Looks(Hint::TooFast)), None));
    let mut search = LineSearch::new(FAST, Some(&P1));
    search.noise(&junk(20));
    assert!(search.turn().is_some());
    search.stay();
    assert_eq!(search.line(), FAST);
    search.noise(&junk(20));
    assert_eq!(search.turn(), None);
}

#[test]
fn from_settings_that_somebody_else_has_made_it_begins_anew() {
    let mut search = LineSearch::new(FAST, Some(&P1));
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
        usual in prop::sample::select(vec![&P1, &DLMS, &UNKNOWN]),
    ) {
        let mut search = LineSearch::new(LineSettings::n81(9600), Some(usual));
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
