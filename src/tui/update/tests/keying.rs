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
        ("", "nothing is there"),
        ("36C66", "5 hex digits, 27 missing at character 6"),
        (&format!("{KEY}0"), "33 hex digits, too many from character 33 on"),
        ("36C6 6639 G", "character 11 is no hex digit; 11 characters are there"),
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

/// The system title of the leaflet's meter.
const TITLE: &str = "4B464D6750000009";

#[test]
fn a_typed_key_is_kept_for_the_meter_whose_telegram_came() {
    let mut state = shut();
    enter(&mut state, KEY, "");
    assert_eq!(state.keys.meters[0].whose(), TITLE);
    assert_eq!(notice(&state), format!("key taken for {TITLE}; kept until meterscope ends, written nowhere"));
}

/// Types a key for whoever is named.
fn enter_for(state: &mut State, encryption: &str, whose: &str) {
    keys(state, &["K"]);
    type_text(state, encryption);
    keys(state, &["tab", "tab"]);
    for _ in 0..TITLE.len() {
        keys(state, &["backspace"]);
    }
    type_text(state, whose);
    keys(state, &["enter"]);
}

#[test]
fn a_key_may_be_named_by_system_title_serial_number_or_nothing_and_finds_its_meter() {
    for whose in [TITLE, "181220000009", ""] {
        let mut state = shut();
        enter_for(&mut state, KEY, whose);
        assert_eq!(state.telegrams.standing.cipher, Cipher::Open, "{whose}");
        assert_eq!(state.keys.meters[0].whose(), whose);
    }
    let mut state = shut();
    enter_for(&mut state, KEY, "4B464D6750000008");
    assert_eq!(state.telegrams.standing.cipher, Cipher::NoKey, "it is another meter's");
    assert!(notice(&state).ends_with("it is of another meter"), "{}", notice(&state));
}

#[test]
fn a_key_in_characters_and_one_of_zeros_are_taken_the_latter_with_a_warning() {
    let mut state = shut();
    enter(&mut state, "9CoQ7w5LMFoLS3gJ", "");
    assert!(state.popup.is_none() && notice(&state).contains("does not open"), "{}", notice(&state));
    enter(&mut state, &"0".repeat(32), "");
    assert!(notice(&state).contains("nothing but zeros"), "{}", notice(&state));
}

#[test]
fn a_meter_that_only_speaks_may_be_named_by_its_serial_number_for_its_key() {
    use crate::tui::update::meter::choose_by_name;
    let mut state = shut();
    let (mine, other) = ("181220000009", "181220000010");
    for (serial, key) in [(other, KEY.replace('3', "4")), (mine, KEY.to_owned())] {
        state.keys.take(crate::app::keys::MeterKeys {
            serial: Some(serial.to_owned()),
            encryption_key: crate::app::keys::typed(&key).ok(),
            ..crate::app::keys::MeterKeys::default()
        });
    }
    assert_eq!(choose_by_name(&mut state, "kaifa-ma309", mine, &mut Vec::new()), Ok(()));
    let target = state.target.as_ref().unwrap();
    assert_eq!((target.address.text(), target.keys.len()), (mine, 1));
    assert!(choose_by_name(&mut state, "aidon", mine, &mut Vec::new()).is_err(), "nothing to open there");
}
