//! Looking sends nothing: only the keys that say so do.

use super::*;
use crate::meter::{MODELS, Model};
use crate::sim::demo_address;
use crate::tui::fixture::status;
use crate::tui::keymap::ACTIONS;

/// A console on the simulated bus, opened with a model and an address, and everything that this made it do.
fn opened(model: &'static Model) -> (State, Vec<Effect>) {
    let mut state = fresh(SIZE);
    let meter = Some((model.id.to_owned(), demo_address(model)));
    let mut effects = start(&mut state, "sim:".parse().ok(), meter);
    effects.extend(send(&mut state, Message::Opened(crate::trace::SharedTrace::new(trace()))));
    effects.extend(send(&mut state, Message::Traffic(status())));
    assert!(state.is_connected());
    (state, effects)
}

/// Every key that is bound to something, but those of actions that say that they send.
fn keys_that_look() -> Vec<&'static str> {
    ACTIONS.iter().filter(|info| !info.sends).flat_map(|info| info.keys).copied().collect()
}

/// Whether a key means something that sends where it is pressed: the same key may only look elsewhere.
fn means_to_send(state: &State, name: &str) -> bool {
    let mut meant = ACTIONS.iter().filter(|info| info.sends && info.keys.contains(&name));
    meant.any(|info| info.context == state.context() || info.keys.contains(&"enter"))
}

#[test]
fn opening_a_link_with_any_model_sends_nothing_and_leaves_nothing_due() {
    for model in MODELS {
        let (state, effects) = opened(model);
        assert!(!sends(&effects), "{}", model.id);
        assert_eq!(state.due(), None, "{}", model.id);
    }
}

#[test]
fn no_key_that_looks_sends_on_any_screen_with_any_model() {
    for model in MODELS {
        for screen in ["1", "2", "3", "4", "5", "6"] {
            let (mut state, _) = opened(model);
            let mut effects = keys(&mut state, &["esc", screen]);
            for name in keys_that_look() {
                keys(&mut state, &["esc", "esc", screen]);
                if !means_to_send(&state, name) {
                    effects.extend(keys(&mut state, &[name]));
                    let now = Moment { at: state.now.at + Duration::from_secs(7), wall: later(27) };
                    effects.extend(send(&mut state, Message::Tick(now)));
                }
                assert!(!sends(&effects), "{} on screen {screen}: {name}", model.id);
            }
        }
    }
}

#[test]
fn the_enter_that_accepts_a_meter_reads_its_everyday_set_once_and_no_more() {
    for model in MODELS {
        let (mut state, _) = opened(model);
        keys(&mut state, &["2", "tab"]);
        assert_eq!(state.pane(), Pane::Address);
        let is_asked = state.reads_when_accepted();
        let effects = keys(&mut state, &["enter"]);
        let plan = errand_of(&effects).and_then(Errand::asked);
        let requests = plan.map(|plan| plan.requests.clone()).unwrap_or_default();
        assert_eq!(requests, if is_asked { state.bench.pinned.clone() } else { Vec::new() }, "{}", model.id);
        let Some(job) = job_of(&effects) else { continue };
        send(&mut state, Message::Job(job, JobEvent::Finished));
        assert_eq!(state.due(), None, "{}: once", model.id);
    }
}

#[test]
fn choosing_a_meter_at_the_prompt_sends_nothing() {
    for model in MODELS {
        let (mut state, _) = opened(MODELS[0]);
        keys(&mut state, &[":"]);
        type_text(&mut state, &format!("model {}", model.id));
        assert!(!sends(&keys(&mut state, &["enter"])), "{}", model.id);
        assert!(!sends(&keys(&mut state, &["5"])), "{}", model.id);
    }
}
