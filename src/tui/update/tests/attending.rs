//! A question whose answer sends is answered by who has read it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::listening::{ATTEMPTS, listening, speaks};
use super::*;
use crate::tui::keymap::ACTIONS;

/// Keys in one batch: all come at one moment, nothing is drawn between them.
fn burst(state: &mut State, names: &[&str]) -> Vec<Effect> {
    names.iter().flat_map(|name| send(state, key(name))).collect()
}

fn writes(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Bus(Intent::Run { errand, .. }) if errand.is_permitted()))
}

fn passes(state: &mut State, millis: u64) {
    state.now.at = state.now.at + Duration::from_millis(millis);
}

/// The keys of a text, one by one.
fn letters(text: &str) -> Vec<String> {
    text.chars()
        .map(|letter| match letter {
            ' ' => "space".to_owned(),
            '\r' => "enter".to_owned(),
            letter => letter.to_string(),
        })
        .collect()
}

fn names(keys: &[String]) -> Vec<&str> {
    keys.iter().map(String::as_str).collect()
}

const WHOLE: &str = ":ask set-tariff-count tariffs=4\r\rw1486\r";

#[test]
fn a_paste_without_brackets_that_holds_question_and_answer_sends_nothing() {
    for text in
        [WHOLE, ":ask set-tariff-count tariffs=4\r\rw\r1486\r", "w:ask set-tariff-count tariffs=4\r\r1486\r"]
    {
        let mut state = connected(SIZE, Screen::Bench);
        let keys = letters(text);
        assert!(!writes(&burst(&mut state, &names(&keys))), "{text}");
        assert!(matches!(state.popup, Some(Popup::Arm(_))), "it asks");
    }
}

#[test]
fn a_slow_paste_is_no_answer_either_and_a_hand_answers_after_a_pause() {
    let mut state = connected(SIZE, Screen::Bench);
    for name in names(&letters(WHOLE)) {
        send(&mut state, Message::Drawn);
        passes(&mut state, 30);
        assert!(!writes(&send(&mut state, key(name))), "{name}");
    }
    assert!(notice(&state).contains("pause, then answer"), "{}", notice(&state));
    assert!(!state.arming.is_armed());
    passes(&mut state, 500);
    for name in ["w", "1", "4", "8", "6"] {
        send(&mut state, key(name));
        passes(&mut state, 120);
    }
    assert!(writes(&send(&mut state, key("enter"))));
}

#[test]
fn a_burst_while_the_question_stands_takes_back_what_was_typed() {
    let mut state = connected(SIZE, Screen::Bench);
    choose_write(&mut state);
    keys(&mut state, &["enter", "w"]);
    type_text(&mut state, "1486");
    assert!(!writes(&burst(&mut state, &["x", "enter", "enter"])));
    let Some(Popup::Arm(question)) = &state.popup else { panic!("it still asks") };
    assert_eq!(question.input.value(), "");
    assert!(burst(&mut state, &["esc"]).is_empty() && state.popup.is_none(), "leaving is never too early");
}

#[test]
fn what_is_pasted_before_the_question_was_read_is_dropped() {
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["w"]);
    choose_write(&mut state);
    burst(&mut state, &["enter"]);
    send(&mut state, Message::Paste("1486".into()));
    let Some(Popup::Arm(question)) = &state.popup else { panic!("it asks") };
    assert_eq!(question.input.value(), "");
}

/// Whether a key that came with others has made the console send, or given the write half back.
fn spoke(effects: &[Effect]) -> bool {
    sends(effects) || speaks(effects)
}

#[test]
fn a_burst_that_holds_attempt_and_answer_sends_nothing_on_a_line_that_is_listened_to() {
    for (attempt, _) in ATTEMPTS {
        for answer in [&["y"][..], &["y", "y"], &["enter", "y"], &["x", "y", "y"]] {
            let mut state = listening();
            let effects = burst(&mut state, &[attempt, answer].concat());
            assert!(!spoke(&effects), "{attempt:?} {answer:?}");
            assert!(matches!(state.popup, Some(Popup::Listening { .. })), "{attempt:?} {answer:?}: it asks");
            assert!(notice(&state).contains("pause, then answer"), "{}", notice(&state));
        }
    }
}

#[test]
fn a_slow_paste_gives_no_leave_to_speak_and_a_hand_does_after_a_pause() {
    let mut state = listening();
    for name in ["3", "enter", "y", "y", "enter", "y"] {
        let effects = send(&mut state, key(name));
        assert!(!spoke(&effects), "{name}");
        send(&mut state, Message::Drawn);
        passes(&mut state, 30);
    }
    passes(&mut state, 500);
    let effects = send(&mut state, key("y"));
    assert!(speaks(&effects) && sends(&effects));
}

#[test]
fn leaving_the_question_of_a_line_that_is_listened_to_is_never_too_early() {
    let mut state = listening();
    let effects = burst(&mut state, &["3", "enter", "esc"]);
    assert!(effects.is_empty() && state.popup.is_none());
}

/// The question stands and has been read; whether a key sends.
fn answers(question: &State, name: &str) -> bool {
    let mut state = question.clone();
    send(&mut state, Message::Drawn);
    passes(&mut state, 1_000);
    spoke(&send(&mut state, key(name)))
}

/// The questions that there are, each just opened.
fn questions() -> Vec<State> {
    let mut asked: Vec<State> = ATTEMPTS
        .iter()
        .map(|(attempt, _)| {
            let mut state = listening();
            burst(&mut state, attempt);
            state
        })
        .collect();
    let mut writing = connected(SIZE, Screen::Bench);
    choose_write(&mut writing);
    burst(&mut writing, &["w", "enter"]);
    asked.push(writing);
    asked
}

#[test]
fn no_key_that_comes_before_a_question_is_drawn_sends_whatever_it_is_bound_to() {
    let names: BTreeSet<&str> = ACTIONS.iter().flat_map(|info| info.keys.iter().copied()).collect();
    let mut answered = 0;
    for question in questions() {
        for name in &names {
            let mut state = question.clone();
            assert!(!spoke(&send(&mut state, key(name))), "{name} before {:?}", question.popup);
            answered += usize::from(answers(&question, name));
        }
    }
    assert_eq!(answered, ATTEMPTS.len(), "one key answers where nothing is to be typed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn no_burst_of_keys_speaks_on_a_line_that_is_listened_to(
        mut keys in prop::collection::vec(
            prop::sample::select(vec!["enter", "y", "y", "1", "2", "3", "5", "6", "p", "r", "x", "tab", "down", "esc", ":", "w"]),
            1..40,
        ),
        is_drawn in any::<bool>(),
    ) {
        let mut state = listening();
        if is_drawn {
            burst(&mut state, &["3", "enter"]);
            send(&mut state, Message::Drawn);
            passes(&mut state, 1_000);
            // One key alone is what a hand does; it is the ones behind it that must not answer.
            keys.insert(0, "x");
        }
        prop_assert!(!spoke(&burst(&mut state, &keys)), "{keys:?}");
    }

    #[test]
    fn no_burst_of_keys_writes(
        parts in prop::collection::vec(prop_oneof![
            4 => prop::sample::select(vec!["enter", "w", "1", "4", "8", "6", "3", "x", "tab", "down", ":", "y", "c"]).prop_map(|key| vec![key.to_owned()]),
            1 => Just(letters(WHOLE)),
            1 => Just(letters("1486\r")),
            1 => Just(letters(":ask set-clock time=2026-03-01T14:02:00\r\r")),
            1 => Just(letters("w")),
        ], 1..24),
        is_drawn in any::<bool>(),
    ) {
        let mut state = connected(SIZE, Screen::Bench);
        choose_write(&mut state);
        if is_drawn {
            burst(&mut state, &["enter"]);
            send(&mut state, Message::Drawn);
            passes(&mut state, 1_000);
        }
        let keys: Vec<String> = parts.concat();
        prop_assert!(!writes(&burst(&mut state, &names(&keys))), "{keys:?}");
    }
}
