use super::*;
use crate::protocol::Argument;
use crate::tui::state::codes::Choice;

fn at(model: &str, address: &str) -> State {
    let mut state = connected(SIZE, Screen::Bench);
    start(&mut state, None, Some((model.into(), address.into())));
    send(&mut state, Message::Resize(SIZE.0, SIZE.1));
    state
}

/// Opens the box, types, and gives the codes that are offered.
fn offered(state: &mut State, typed: &str) -> Vec<String> {
    state.popup = None;
    keys(state, &["o"]);
    type_text(state, typed);
    let Some(Popup::Codes(codes)) = &state.popup else { panic!("no box") };
    codes.choices().iter().map(|choice| choice.code().to_owned()).collect()
}

/// The code that the first effect asks for.
fn asked(effects: &[Effect]) -> Option<String> {
    let plan = errand_of(effects).and_then(Errand::asked)?;
    match plan.requests.first()?.arguments.get("code")? {
        Argument::Text(code) => Some(code.clone()),
        _ => None,
    }
}

#[test]
fn a_code_is_offered_by_number_name_and_notation() {
    let mut state = at("neva-mt324", "00000201");
    assert_eq!(offered(&mut state, "1.8")[0], "0F.08.80*FF");
    assert_eq!(offered(&mut state, "energy")[0], "0F.08.80*FF");
    for typed in ["60.01.04*FF", "600104FF", "600104ff", "60.01.04*ff"] {
        assert_eq!(offered(&mut state, typed), ["60.01.04*FF"], "{typed}");
    }
    assert!(offered(&mut at("energomera-ce303", ""), "volta").contains(&"VOLTA".to_owned()));
    assert_eq!(offered(&mut at("iec62056-21", ""), "1.8.1"), ["1.8.1"]);
}

#[test]
fn enter_reads_the_chosen_code_and_the_arrows_choose() {
    let mut state = at("neva-mt324", "00000201");
    offered(&mut state, "firm");
    assert_eq!(asked(&keys(&mut state, &["enter"])).as_deref(), Some("60.01.04*FF"));
    assert_eq!(state.command().map(|command| command.id), Some("obis"));
    let second = offered(&mut state, "power")[1].clone();
    assert_eq!(asked(&keys(&mut state, &["down", "enter"])), Some(second));
}

#[test]
fn a_code_that_nobody_knows_is_read_as_it_was_typed() {
    let mut state = at("neva-mt324", "00000201");
    assert_eq!(offered(&mut state, "6f0102ff"), ["6f0102ff"]);
    let effects = keys(&mut state, &["enter"]);
    assert_eq!(asked(&effects).as_deref(), Some("6f0102ff"));
    let frames = crate::frame::visible::text(state.bench.draft.bytes());
    assert!(frames.starts_with("/?00000201!"), "{frames}");
    offered(&mut state, "not a code");
    assert!(!sends(&keys(&mut state, &["enter"])));
}

#[test]
fn tab_puts_the_choice_into_the_text_to_be_changed() {
    let mut state = at("neva-mt324", "00000201");
    offered(&mut state, "1.8");
    keys(&mut state, &["tab"]);
    let Some(Popup::Codes(codes)) = &state.popup else { panic!("no box") };
    assert_eq!(codes.input.value(), "0F.08.80*FF");
    assert!(matches!(codes.choices().first(), Some(Choice::Known(_))));
}

#[test]
fn a_code_that_the_meter_does_not_have_is_remembered_for_this_meter_on_this_link() {
    let mut state = at("neva-mt324", "00000201");
    offered(&mut state, "600500FF");
    let job = job_of(&keys(&mut state, &["enter"])).unwrap();
    let fault = Fault::Refused { code: Some(1), meaning: "not in this model" };
    let result = Err(Failure { step: "Any code", fault });
    send(&mut state, Message::Job(job, JobEvent::Answered { index: 0, result, request: None, reply: None }));
    let meter = meter_on_link(&state);
    assert!(state.absent.has(&meter, "60.05.00*ff"));
    assert!(!state.absent.has(&meter, "60.01.04*FF"));
    start(&mut state, None, Some(("neva-mt324".into(), "00000202".into())));
    assert!(!state.absent.has(&meter_on_link(&state), "600500FF"), "another meter may have it");
}

#[test]
fn on_a_command_that_writes_the_code_is_filled_in_and_nothing_sent() {
    let mut state = at("neva-mt324", "00000201");
    keys(&mut state, &[":"]);
    type_text(&mut state, "ask write-obis");
    keys(&mut state, &["enter"]);
    offered(&mut state, "metering");
    assert!(!sends(&keys(&mut state, &["enter"])));
    assert_eq!(state.command().map(|command| command.id), Some("write-obis"));
    assert_eq!(state.pane(), Pane::Compose);
}

#[test]
fn a_meter_that_is_not_asked_by_code_says_so() {
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["o"]);
    assert!(state.popup.is_none() && notice(&state).contains("not asked by code"));
}
