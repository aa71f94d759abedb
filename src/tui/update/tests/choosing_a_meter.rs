use super::*;

#[test]
fn a_serial_number_gives_both_addresses_and_a_key_takes_the_other() {
    let mut state = fresh(SIZE);
    keys(&mut state, &["2", "/"]);
    type_text(&mut state, "mercury 200");
    keys(&mut state, &["enter", "enter"]);
    type_text(&mut state, "11411486");
    let both = state.meter.candidates().unwrap().unwrap();
    assert_eq!(both.len(), 2, "{both:?}");
    let first = state.meter.chosen().unwrap().address;
    keys(&mut state, &["esc", "a"]);
    assert_ne!(state.meter.chosen().unwrap().address, first);
}

#[test]
fn taking_a_meter_pins_its_everyday_set_and_shows_energy_first() {
    let state = connected(SIZE, Screen::Bench);
    assert!(!state.bench.pinned.is_empty());
    assert_eq!(state.command().unwrap().group.title(), "Energy");
}

#[test]
fn an_address_that_cannot_be_sent_is_named() {
    let mut state = fresh(SIZE);
    keys(&mut state, &["2", "tab"]);
    type_text(&mut state, "many");
    keys(&mut state, &["enter"]);
    assert!(state.target.is_none());
    assert!(notice(&state).contains("expected a decimal number"), "{}", notice(&state));
}
