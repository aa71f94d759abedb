//! A link that is listened to: whatever would send asks first.

use std::sync::Arc;

use super::*;
use crate::app::telegram::is_pushed;
use crate::bus::{OtherMaster, Speech};
use crate::meter::{MODELS, Model};
use crate::sim::demo_address;
use crate::tui::state::popup::Attempt;

fn other() -> Arc<OtherMaster> {
    Arc::new(OtherMaster { asks: vec!["13462".into(), "411486".into()], last: At::ZERO })
}

/// A console with a meter on a link where another master asks.
pub(super) fn listening() -> State {
    let mut state = connected(SIZE, Screen::Bench);
    state.status.speech = Speech::Listening;
    state.status.other_master = Some(other());
    state
}

/// Whether the write half is given back.
pub(super) fn speaks(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Bus(Intent::Speak)))
}

/// The keys of everything that would send, by the place they are pressed in.
pub(super) const ATTEMPTS: &[(&[&str], Attempt)] = &[
    (&["3", "enter"], Attempt::Send),
    (&["3", "r"], Attempt::Repeat),
    (&["5", "enter"], Attempt::Read),
    (&["5", "p"], Attempt::Poll),
];

#[test]
fn every_attempt_to_send_opens_the_question_and_sends_nothing() {
    for (pressed, attempt) in ATTEMPTS {
        let mut state = listening();
        let effects = keys(&mut state, pressed);
        assert!(!sends(&effects) && !speaks(&effects), "{pressed:?}");
        assert!(
            matches!(state.popup, Some(Popup::Listening { attempt: asked, .. }) if asked == *attempt),
            "{pressed:?}"
        );
        let effects = keys(&mut state, &["enter"]);
        assert!(effects.is_empty() && state.popup.is_some(), "Enter is no answer");
        let effects = keys(&mut state, &["esc"]);
        assert!(effects.is_empty() && state.popup.is_none());
        assert_eq!(state.status.speech, Speech::Listening);
    }
}

#[test]
fn y_gives_the_write_half_back_and_does_what_was_wanted() {
    for (pressed, _) in ATTEMPTS {
        let mut state = listening();
        keys(&mut state, pressed);
        let effects = keys(&mut state, &["y"]);
        let first = effects.first();
        assert!(matches!(first, Some(Effect::Bus(Intent::Speak))), "{pressed:?}: before the request");
        assert!(sends(&effects), "{pressed:?}");
        assert!(state.popup.is_none());
    }
}

#[test]
fn bytes_typed_by_hand_ask_too() {
    let mut state = listening();
    keys(&mut state, &["3", "x"]);
    type_text(&mut state, "00 06 47 5E 27 EC E7");
    assert!(!sends(&keys(&mut state, &["enter"])));
    assert!(matches!(state.popup, Some(Popup::Listening { attempt: Attempt::Send, .. })));
}

#[test]
fn accepting_a_meter_sends_nothing_and_asks_nothing() {
    let mut state = listening();
    let effects = keys(&mut state, &["2", "tab", "enter"]);
    assert!(!sends(&effects) && state.popup.is_none());
}

#[test]
fn a_session_is_armed_only_where_it_reads() {
    for speech in [Speech::Listening, Speech::File] {
        let mut state = connected(SIZE, Screen::Bench);
        state.status.speech = speech;
        keys(&mut state, &["w"]);
        assert!(!state.arming.is_armed() && notice(&state).starts_with("not armed"), "{speech:?}");
    }
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["w"]);
    assert!(state.arming.is_armed());
    let status = Status { speech: Speech::Listening, ..state.status.clone() };
    send(&mut state, Message::Traffic(status));
    assert!(!state.arming.is_armed(), "it is listened to now");
}

#[test]
fn another_master_that_is_heard_later_pauses_what_is_sent_again_and_again() {
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["5", "p"]);
    assert!(state.polling.poller.repeats());
    send(&mut state, Message::OtherMaster(other()));
    assert!(!state.polling.poller.repeats() && state.due().is_none());
    assert_eq!(notice(&state), "Another master asks on this line (13462, 411486): polling pauses");
}

#[test]
fn a_topic_of_a_broker_has_no_question_to_ask() {
    let mut state = listening();
    state.link = "mqtt://192.0.2.7/meters/1".parse().ok();
    assert!(!sends(&keys(&mut state, &["3", "enter"])) && state.popup.is_none());
    assert_eq!(notice(&state), "nothing is sent: a broker's topic can only be listened to");
}

#[test]
fn a_recording_says_that_nothing_is_sent() {
    let mut state = connected(SIZE, Screen::Bench);
    state.status.speech = Speech::File;
    assert!(!sends(&keys(&mut state, &["3", "enter"])) && state.popup.is_none());
    assert_eq!(notice(&state), "nothing is sent: this is a recording");
}

/// Chooses a meter through the prompt, by the address that its simulated one has.
fn choose(state: &mut State, model: &'static Model) -> Vec<Effect> {
    keys(state, &[":"]);
    type_text(state, &format!("model {} {}", model.id, demo_address(model)));
    keys(state, &["enter"])
}

#[test]
fn a_meter_that_is_chosen_after_one_that_only_pushes_is_read_at_once_and_no_other_master_is_forgotten() {
    let (pushing, asked): (Vec<_>, Vec<_>) = MODELS.iter().copied().partition(|model| is_pushed(model));
    for (former, model) in pushing.iter().cycle().zip(&asked) {
        for other_master in [None, Some(other())] {
            let is_alone = other_master.is_none();
            let mut state = connected(SIZE, Screen::Bench);
            choose(&mut state, former);
            let status = Status { speech: Speech::Listening, other_master, ..state.status.clone() };
            send(&mut state, Message::Traffic(status));
            let chosen = choose(&mut state, model);
            assert!(!sends(&chosen), "{}: choosing by name sends nothing", model.id);
            let effects = keys(&mut state, &["5", "enter"]);
            assert_eq!(sends(&effects), is_alone, "{} after {}: {}", model.id, former.id, notice(&state));
            assert_eq!(matches!(state.popup, Some(Popup::Listening { .. })), !is_alone, "{}", model.id);
        }
    }
}
