use super::*;
use crate::protocol::Stage;
use crate::tui::fixture::{Held, in_session};
use crate::tui::state::dialogue::Row;

fn names(state: &State) -> Vec<&'static str> {
    let dialogue = state.bench.dialogue.as_ref().unwrap();
    dialogue.steps().iter().map(crate::trace::Step::name).collect()
}

fn chosen(state: &State) -> Option<Row> {
    state.bench.dialogue.as_ref().unwrap().chosen()
}

#[test]
fn a_command_is_shown_as_the_steps_of_its_session() {
    let state = in_session(SIZE, Held::Whole);
    let steps = [
        "sign-on",
        "identification",
        "option select",
        "speed change",
        "password",
        "command",
        "answer",
        "sign-off",
    ];
    assert_eq!(names(&state), steps);
    assert_eq!(chosen(&state), Some(Row::Step(6)), "the answer is chosen");
    assert_eq!(state.bench.reply.entry, Some(8));
}

#[test]
fn the_times_of_the_steps_come_to_that_of_the_session_and_each_has_its_line() {
    let state = in_session(SIZE, Held::Whole);
    let dialogue = state.bench.dialogue.as_ref().unwrap();
    let sum: Duration = dialogue.steps().iter().map(crate::trace::Step::took).sum();
    let (began, ended) = dialogue.span().unwrap();
    assert_eq!((sum, sum.as_millis()), (ended.since(began), 2026));
    let bauds: Vec<u32> = dialogue.steps().iter().filter_map(|step| Some(step.line?.baud)).collect();
    assert_eq!(bauds, [300, 300, 300, 9600, 9600, 9600, 9600, 9600]);
}

#[test]
fn steps_appear_as_they_happen() {
    let state = in_session(SIZE, Held::HalfWay);
    assert_eq!(names(&state).last(), Some(&"password"));
    assert!(state.bench.dialogue.as_ref().unwrap().is_running());
    assert_eq!(chosen(&state), Some(Row::Step(4)), "the choice goes with what comes");
}

#[test]
fn a_session_fails_in_the_step_of_the_refusal_with_its_reason() {
    let state = in_session(SIZE, Held::Refused);
    let dialogue = state.bench.dialogue.as_ref().unwrap();
    let trouble = dialogue.trouble.as_ref().unwrap();
    assert_eq!(dialogue.steps()[trouble.step].stage(), Stage::Password);
    assert_eq!(trouble.why, "the meter answers NAK: wrong password");
}

#[test]
fn a_step_opens_to_its_frames_and_a_frame_leads_to_its_bytes_and_to_the_trace() {
    let mut state = in_session(SIZE, Held::Whole);
    keys(&mut state, &["s", "home", "down", "down", "down", "right"]);
    let rows = state.bench.dialogue.as_ref().unwrap().rows();
    assert_eq!(&rows[3..6], [Row::Step(3), Row::Entry(3, 3), Row::Entry(3, 4)]);
    keys(&mut state, &["down", "down"]);
    assert_eq!((chosen(&state), state.bench.reply.entry), (Some(Row::Entry(3, 4)), Some(4)));
    keys(&mut state, &["enter"]);
    assert_eq!(state.pane(), Pane::Reply);
    keys(&mut state, &["t"]);
    assert_eq!((state.screen, state.view.at), (Screen::Trace, 4));
    keys(&mut state, &["3", "s", "left"]);
    assert_eq!((state.pane(), chosen(&state)), (Pane::Steps, Some(Row::Step(3))));
    assert_eq!(state.bench.dialogue.as_ref().unwrap().rows().len(), 8);
}

#[test]
fn a_click_chooses_a_step_and_another_opens_it() {
    let mut state = in_session(SIZE, Held::Whole);
    let area = crate::tui::layout::areas(&state).of(Pane::Steps);
    let click = crossterm::event::MouseEvent {
        kind: crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left),
        column: area.x + 6,
        row: area.y + 2,
        modifiers: crossterm::event::KeyModifiers::NONE,
    };
    send(&mut state, Message::Mouse(click));
    assert_eq!(
        (state.pane(), chosen(&state), state.bench.reply.entry),
        (Pane::Steps, Some(Row::Step(1)), Some(1))
    );
    send(&mut state, Message::Mouse(click));
    assert_eq!(state.bench.dialogue.as_ref().unwrap().rows().len(), 9);
}

#[test]
fn a_meter_without_sessions_has_no_steps() {
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["enter", "tab", "tab"]);
    assert!(state.bench.dialogue.is_none());
    assert_eq!(state.pane(), Pane::Reply);
    keys(&mut state, &["s"]);
    assert!(notice(&state).contains("no session"));
}
