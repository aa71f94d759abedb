use super::*;

#[test]
fn pasted_text_goes_into_the_field_without_control_characters_and_presses_nothing() {
    let mut state = fresh(SIZE);
    keys(&mut state, &["tab"]);
    let effects = send(&mut state, Message::Paste("tcp://a:1\r\n\u{1b}q".into()));
    assert!(effects.is_empty());
    assert_eq!(state.connect.entry.value(), "tcp://a:1 q");
}

#[test]
fn elsewhere_hex_is_offered_for_decoding_and_nothing_is_sent() {
    let mut state = connected(SIZE, Screen::Bench);
    assert!(send(&mut state, Message::Paste("00 06 47 5E 27 EC E7\n".into())).is_empty());
    assert!(matches!(&state.popup, Some(Popup::Paste(bytes)) if bytes.len() == 7));
    assert!(!sends(&keys(&mut state, &["enter"])));
    let Some(Popup::Decoded(inspector)) = &state.popup else { panic!("not decoded") };
    assert_eq!(inspector.shown.as_ref().unwrap().verdict, Verdict::Good);
    keys(&mut state, &["esc"]);
    send(&mut state, Message::Paste("excellent".into()));
    assert!(state.popup.is_none() && notice(&state).contains("character 2"), "{}", notice(&state));
}
