use super::*;

#[test]
fn a_key_jumps_from_request_to_reply_and_back() {
    let mut state = connected(SIZE, Screen::Trace);
    state.view.choose(1);
    keys(&mut state, &["r"]);
    assert_eq!(state.view.at, 2);
    keys(&mut state, &["r"]);
    assert_eq!(state.view.at, 1);
    state.view.choose(5);
    keys(&mut state, &["r"]);
    assert!(notice(&state).contains("answers nothing"));
}

#[test]
fn search_finds_text_and_bytes_forwards_and_backwards_and_says_when_there_is_none() {
    let mut state = connected(SIZE, Screen::Trace);
    keys(&mut state, &["home", "/"]);
    type_text(&mut state, "1b 5b");
    keys(&mut state, &["enter"]);
    assert_eq!(state.view.at, 5, "the noise holds these bytes");
    keys(&mut state, &["esc", "/"]);
    type_text(&mut state, "expected");
    keys(&mut state, &["enter"]);
    assert_eq!(state.view.at, 4, "the damaged reply, found past the end");
    keys(&mut state, &["esc", "/"]);
    type_text(&mut state, "zebra");
    keys(&mut state, &["enter"]);
    assert_eq!((state.view.at, state.view.found.as_str()), (4, "not found"));
}

#[test]
fn fields_and_bytes_light_each_other() {
    let mut state = connected(SIZE, Screen::Trace);
    state.view.choose(2);
    keys(&mut state, &["enter", "right", "right", "right", "right"]);
    assert_eq!((state.view.detail.byte, state.view.detail.lit().len()), (4, 1));
    keys(&mut state, &["up"]);
    assert_eq!(state.view.detail.lit(), crate::frame::Span::new(0, 4));
}

#[test]
fn the_bytes_are_copied_as_hex() {
    let mut state = connected(SIZE, Screen::Trace);
    state.view.choose(1);
    keys(&mut state, &["enter"]);
    let effects = keys(&mut state, &["y"]);
    assert!(matches!(effects.as_slice(), [Effect::Copy(text)] if text == "00 06 47 5E 27 EC E7"));
}

#[test]
fn freezing_keeps_the_list_and_counts_what_came_since() {
    let mut state = connected(SIZE, Screen::Trace);
    keys(&mut state, &["space"]);
    let (at, shown) = (state.view.at, state.view.shown());
    state.trace.lock().mark(crate::trace::Mark::Step("later"), At::from_millis(2000));
    send(&mut state, Message::Traffic(Status::default()));
    assert_eq!((state.view.at, state.view.shown(), state.view.len), (at, shown, shown + 1));
    keys(&mut state, &["space"]);
    assert_eq!(state.view.at, shown);
}

#[test]
fn chunks_are_marked_only_on_demand() {
    let mut state = connected(SIZE, Screen::Trace);
    assert!(!state.view.chunks);
    keys(&mut state, &["b", "3", "4"]);
    assert!(state.view.chunks, "remembered over screens");
    keys(&mut state, &["b"]);
    assert!(!state.view.chunks);
}
