use super::*;

fn command(state: &mut State, text: &str) -> Vec<Effect> {
    keys(state, &[":"]);
    type_text(state, text);
    keys(state, &["enter"])
}

#[test]
fn every_action_and_verb_can_be_typed() {
    let mut state = connected(SIZE, Screen::Bench);
    command(&mut state, "trace");
    assert_eq!(state.screen, Screen::Trace);
    assert!(
        matches!(command(&mut state, "theme light").as_slice(), [Effect::Theme(Some(name))] if name == "light")
    );
    assert!(matches!(command(&mut state, "line 300-7E1").as_slice(), [Effect::Bus(Intent::SetLine(_))]));
    command(&mut state, "goto 2");
    assert_eq!(state.view.at, 2);
    command(&mut state, "goto 99");
    assert!(notice(&state).contains("has 8 entries"), "{}", notice(&state));
    assert!(
        matches!(command(&mut state, "open sim:").as_slice(), [Effect::Open { name, .. }] if name.place == Endpoint::Sim)
    );
}

#[test]
fn tab_completes_and_an_unknown_command_is_named() {
    let mut state = fresh(SIZE);
    keys(&mut state, &[":"]);
    type_text(&mut state, "read");
    keys(&mut state, &["tab", "enter"]);
    assert_eq!(state.screen, Screen::Readings);
    command(&mut state, "frobnicate");
    assert!(notice(&state).contains("unknown command \"frobnicate\""));
}

#[test]
fn a_command_of_the_meter_is_filled_in_but_not_sent() {
    let mut state = connected(SIZE, Screen::Readings);
    let id = state.commands()[0].id;
    assert!(!sends(&command(&mut state, &format!("ask {id}"))));
    assert_eq!((state.screen, state.command().map(|c| c.id)), (Screen::Bench, Some(id)));
    command(&mut state, "ask nothing");
    assert!(notice(&state).contains("no such command"));
}

/// A console on the simulated bus.
fn simulated() -> State {
    let mut state = connected(SIZE, Screen::Bench);
    state.link = "sim:".parse().ok();
    state
}

fn prompt(state: &mut State, text: &str) -> Vec<Effect> {
    keys(state, &[":"]);
    type_text(state, text);
    keys(state, &["enter"])
}

#[test]
fn faults_are_made_on_the_simulated_bus_until_none_are_wanted() {
    let mut state = simulated();
    let effects = prompt(&mut state, "fault echo=1 late=once:800ms");
    let [Effect::Faults(specs)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(specs.iter().map(crate::sim::fault::Spec::kind).collect::<Vec<_>>(), ["echo", "late"]);
    assert_eq!(&state.faults, specs);
    let effects = prompt(&mut state, "fault none");
    assert!(matches!(effects.as_slice(), [Effect::Faults(specs)] if specs.is_empty()));
    assert!(state.faults.is_empty());
}

#[test]
fn a_real_line_is_never_disturbed() {
    let mut state = connected(SIZE, Screen::Bench);
    assert!(prompt(&mut state, "fault echo=1").is_empty());
    assert!(notice(&state).contains("simulated bus only"), "{}", notice(&state));
}

#[test]
fn a_fault_that_is_none_leaves_those_before_in_force() {
    let mut state = simulated();
    prompt(&mut state, "fault echo=1");
    assert!(prompt(&mut state, "fault drop=2").is_empty());
    assert!(notice(&state).contains("rate \"2\": expected 0 to 1"), "{}", notice(&state));
    assert_eq!(state.faults.len(), 1);
}

#[test]
fn every_completion_of_a_fault_is_a_fault_and_keeps_the_words_before() {
    let state = simulated();
    let found = completions(&state, "fault echo=1 ");
    assert_eq!(found.len(), crate::sim::fault::KINDS.len());
    for completion in found {
        let words = completion.text.strip_prefix("fault ").unwrap();
        assert!(words.starts_with("echo=1 "), "{words}");
        for word in words.split_whitespace() {
            assert!(word.parse::<crate::sim::fault::Spec>().is_ok(), "{word}");
        }
    }
    assert_eq!(completions(&state, "fault sw")[0].text, "fault swallow=1");
}

#[test]
fn retries_are_counted_in_what_is_sent_from_then_on() {
    let mut state = simulated();
    prompt(&mut state, "retries 0");
    let effects = keys(&mut state, &["enter"]);
    let plan = effects.iter().find_map(|effect| match effect {
        Effect::Bus(Intent::Run { errand, .. }) => errand.asked(),
        _ => None,
    });
    assert_eq!(plan.map(|plan| plan.options.retries), Some(0));
    prompt(&mut state, "retries 10");
    assert_eq!(notice(&state), "expected 0 to 9");
}
