use super::*;

#[test]
fn digits_show_the_screens_and_tab_goes_round_the_panes() {
    let mut state = fresh(SIZE);
    for (digit, screen) in ["2", "3", "4", "5", "1"].iter().zip([
        Screen::Meter,
        Screen::Bench,
        Screen::Trace,
        Screen::Readings,
        Screen::Connect,
    ]) {
        keys(&mut state, &[digit]);
        assert_eq!(state.screen, screen);
    }
    keys(&mut state, &["tab"]);
    assert_eq!(state.pane(), Pane::LinkEntry);
    keys(&mut state, &["tab", "tab"]);
    assert_eq!(state.pane(), Pane::Links);
    keys(&mut state, &["shift-tab"]);
    assert_eq!(state.pane(), Pane::LineEntry);
}

#[test]
fn letters_are_text_while_typing_and_commands_elsewhere_on_any_layout() {
    let mut state = fresh(SIZE);
    keys(&mut state, &["tab"]);
    type_text(&mut state, "q2й");
    assert_eq!(state.connect.entry.value(), "q2й");
    keys(&mut state, &["esc"]);
    assert_eq!(state.pane(), Pane::Links);
    assert!(quits(&keys(&mut state, &["й"])));
}

#[test]
fn escape_steps_back_and_never_quits() {
    for screen in Screen::ALL {
        let mut state = connected(SIZE, screen);
        assert!(!quits(&keys(&mut state, &["z", "esc", "esc", "esc", "esc"])), "{screen:?}");
        assert!(!state.maximised);
    }
}

#[test]
fn escape_and_a_letter_in_one_lump_are_both() {
    let mut state = fresh(SIZE);
    keys(&mut state, &["?", "alt-4"]);
    assert!(state.popup.is_none());
    assert_eq!(state.screen, Screen::Trace);
}

#[test]
fn ctrl_c_quits_from_everywhere() {
    for names in [&["tab"][..], &[":"], &["?"], &["3"]] {
        let mut state = fresh(SIZE);
        keys(&mut state, names);
        assert!(quits(&keys(&mut state, &["ctrl-c"])), "{names:?}");
    }
}

#[test]
fn quitting_asks_only_when_something_would_be_lost() {
    assert!(quits(&keys(&mut fresh(SIZE), &["q"])));
    let mut state = connected(SIZE, Screen::Trace);
    assert!(!quits(&keys(&mut state, &["q"])));
    assert!(matches!(state.popup, Some(Popup::Quit { .. })));
    assert!(!quits(&keys(&mut state, &["esc"])));
    assert!(quits(&keys(&mut state, &["q", "enter"])));
}

#[test]
fn a_released_key_and_a_key_without_meaning_change_nothing() {
    let mut state = fresh(SIZE);
    let before = state.generation;
    let mut released = crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char('q'));
    released.kind = crossterm::event::KeyEventKind::Release;
    assert!(update(&mut state, Message::Key(released)).is_empty());
    keys(&mut state, &["f9"]);
    assert_eq!(state.generation, before);
}

#[test]
fn configured_keys_are_the_ones_that_work() {
    let mut state = fresh(SIZE);
    state.keymap = Keymap::with([("trace", "f4")]).unwrap();
    keys(&mut state, &["4"]);
    assert_eq!(state.screen, Screen::Connect);
    keys(&mut state, &["f4"]);
    assert_eq!(state.screen, Screen::Trace);
}

#[test]
fn a_second_that_nobody_sees_pass_is_not_drawn() {
    let mut state = connected(SIZE, Screen::Trace);
    let before = state.generation;
    let tick = |seconds| Message::Tick(Moment { at: At::from_millis(30_000), wall: later(seconds) });
    send(&mut state, tick(30));
    assert_eq!((state.generation, state.shows_time(), state.due()), (before, false, None));
    let mut state = with_readings(SIZE);
    let before = state.generation;
    send(&mut state, tick(31));
    assert!(state.shows_time() && state.generation > before);
}

#[test]
fn another_screen_shows_all_its_panes_whatever_filled_the_one_before() {
    for screen in Screen::ALL {
        for other in Screen::ALL.into_iter().filter(|other| *other != screen) {
            let mut state = connected(SIZE, screen);
            keys(&mut state, &["z"]);
            assert!(state.maximised, "{screen:?}");
            go::to(&mut state, other);
            assert!(!state.maximised, "{screen:?} to {other:?}");
        }
    }
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["z", "4"]);
    assert_eq!((state.screen, state.maximised), (Screen::Trace, false));
}
