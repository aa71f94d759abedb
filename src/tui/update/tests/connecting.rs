use super::*;

#[test]
fn a_typed_link_is_opened_with_the_typed_line() {
    let mut state = fresh(SIZE);
    keys(&mut state, &["tab"]);
    type_text(&mut state, "tcp://192.0.2.7:4001");
    keys(&mut state, &["tab"]);
    type_text(&mut state, "2400-8E1");
    let effects = keys(&mut state, &["enter"]);
    let [Effect::Open { name, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(name.to_string(), "tcp://192.0.2.7:4001?line=2400-8E1");
}

#[test]
fn a_text_that_is_no_link_is_named_and_nothing_is_opened() {
    let mut state = fresh(SIZE);
    keys(&mut state, &["tab"]);
    type_text(&mut state, "nonsense");
    assert!(keys(&mut state, &["enter"]).is_empty());
    assert!(state.connect.complaint.contains("is no link"), "{}", state.connect.complaint);
    type_text(&mut state, "x");
    assert_eq!(state.connect.complaint, "");
}

#[test]
fn once_open_the_bus_is_told_how_to_read_and_the_link_is_remembered() {
    let mut state = fresh(SIZE);
    start(&mut state, "serial:/dev/ttyUSB0".parse().ok(), Some(("mercury-200".into(), "1".into())));
    assert!(!state.is_connected());
    let open = Status { link: LinkState::Open(String::new()), ..Status::default() };
    let effects = send(&mut state, Message::Traffic(open));
    assert!(matches!(effects[0], Effect::Bus(Intent::Decode(Some(_)))));
    assert!(matches!(effects[1], Effect::Bus(Intent::FactoryLine(_))));
    let Effect::Remember(_, recent) = &effects[2] else { panic!("{effects:?}") };
    assert_eq!((recent[0].link.as_str(), recent[0].model.as_str()), ("serial:/dev/ttyUSB0", "mercury-200"));
    assert_eq!(state.screen, Screen::Bench);
}

#[test]
fn a_capture_that_was_played_before_anybody_looked_is_cut_by_the_meter_that_is_picked() {
    let mut state = fresh(SIZE);
    start(&mut state, "file:heard.pcapng".parse().ok(), None);
    let played = Status { link: LinkState::Closed("end of the capture".into()), ..Status::default() };
    send(&mut state, Message::Traffic(played));
    assert!(state.is_connected());
    let effects = keys(&mut state, &[":"]);
    assert!(effects.is_empty());
    type_text(&mut state, "model dsmr-p1");
    let effects = keys(&mut state, &["enter"]);
    assert!(matches!(effects[0], Effect::Bus(Intent::Decode(Some(_)))), "{effects:?}");
}

#[test]
fn a_link_that_cannot_be_opened_leads_back_with_the_reason() {
    let mut state = fresh(SIZE);
    start(&mut state, "serial:/dev/ttyUSB0".parse().ok(), None);
    send(&mut state, Message::Opened(crate::trace::SharedTrace::new(trace())));
    send(&mut state, Message::Ended(Some("serial:/dev/ttyUSB0 is busy".into())));
    assert_eq!((state.screen, state.phase.clone()), (Screen::Connect, Phase::None));
    assert!(notice(&state).contains("busy") && state.connect.complaint.contains("busy"));
}

#[test]
fn a_link_is_kept_and_forgotten_by_a_key() {
    let mut state = connected(SIZE, Screen::Connect);
    keys(&mut state, &["s"]);
    assert_eq!(state.connect.saved.len(), 1);
    keys(&mut state, &["down", "down", "delete"]);
    assert!(state.connect.saved.is_empty());
}
