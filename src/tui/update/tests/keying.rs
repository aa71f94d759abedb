use super::*;
use crate::app::telegram::Cipher;
use crate::tui::fixture::{Pushed, listening};
use crate::tui::state::key_entry::KeyField;

/// The key of the leaflet that the telegram is from.
const KEY: &str = "36C66639E48A8CA4D6BC8B282A793BBB";

fn shut() -> State {
    let telegrams = &["evn-kaifa-ma309-doc"];
    let pushed = Pushed { model: "kaifa-ma309", telegrams, has_keys: false, cut: usize::MAX };
    listening(SIZE, Screen::Bench, &pushed)
}

fn enter(state: &mut State, encryption: &str, authentication: &str) {
    keys(state, &["K"]);
    type_text(state, encryption);
    keys(state, &["tab"]);
    type_text(state, authentication);
    keys(state, &["enter"]);
}

#[test]
fn what_came_before_the_key_is_deciphered_once_it_is_typed() {
    let mut state = shut();
    assert_eq!(state.telegrams.standing.cipher, Cipher::NoKey);
    assert!(state.readings.others().is_empty());
    enter(&mut state, KEY, "");
    assert!(state.popup.is_none() && notice(&state).starts_with("key taken"), "{}", notice(&state));
    assert_eq!((state.telegrams.standing.cipher, state.telegrams.count), (Cipher::Open, 1));
    assert!(!state.readings.others().is_empty());
    assert!(state.telegrams.glass.shown.as_ref().is_some_and(|shown| !shown.readings.is_empty()));
    assert_eq!(state.profile().map(|profile| profile.keys.len()), Some(1), "and the next read has it, too");
}

#[test]
fn a_key_that_does_not_open_the_last_telegram_is_said_to() {
    let mut state = shut();
    enter(&mut state, &KEY.replace('3', "4"), "");
    assert!(notice(&state).contains("does not open the last telegram"), "{}", notice(&state));
    assert_eq!(state.telegrams.standing.cipher, Cipher::WrongKey);
    enter(&mut state, KEY, "");
    assert_eq!(state.telegrams.standing.cipher, Cipher::Open, "the right one still can be typed");
}

#[test]
fn a_key_of_the_wrong_length_stays_in_the_box_with_what_is_wrong() {
    for (typed, complaint) in [
        ("", "expected 32 hex digits, or 64 for suite 2; 0 are there"),
        ("36C66", "expected 32 hex digits, or 64 for suite 2; 5 are there"),
        ("36C6 6639 G", "character 11 is no hex digit"),
    ] {
        let mut state = shut();
        enter(&mut state, typed, "");
        let Some(Popup::Key(entry)) = &state.popup else { panic!("the box has gone: {typed}") };
        assert_eq!((entry.complaint.as_str(), entry.at), (complaint, KeyField::Encryption));
    }
    let mut state = shut();
    enter(&mut state, KEY, "0011");
    let Some(Popup::Key(entry)) = &state.popup else { panic!() };
    assert_eq!(entry.at, KeyField::Authentication);
    keys(&mut state, &["backspace"]);
    let Some(Popup::Key(entry)) = &state.popup else { panic!() };
    assert_eq!(entry.complaint, "");
}

#[test]
fn escape_and_the_prompt_lead_out_and_in() {
    let mut state = shut();
    keys(&mut state, &[":"]);
    type_text(&mut state, "key");
    keys(&mut state, &["enter"]);
    assert!(matches!(state.popup, Some(Popup::Key(_))));
    keys(&mut state, &["esc"]);
    assert!(state.popup.is_none() && state.keys.meters.is_empty());
}

#[test]
fn a_key_is_in_no_debug_print_and_on_no_screen() {
    let mut state = shut();
    keys(&mut state, &["K"]);
    type_text(&mut state, KEY);
    let typing = format!("{state:?}");
    keys(&mut state, &["enter"]);
    let taken = format!("{state:?}");
    let bytes = format!("{:?}", crate::frame::hex::parse(KEY).unwrap());
    for print in [typing, taken] {
        assert!(!print.contains(KEY) && !print.contains(bytes.trim_matches(['[', ']'])));
    }
    state.meter.password.input_mut().handle(tui_input::InputRequest::InsertChar('~'));
    assert!(!format!("{:?}", state.meter.password).contains('~'));
}
