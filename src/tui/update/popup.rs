//! Boxes over the screen.

use tui_input::Input;

use super::super::keymap::{Action, Chord};
use super::super::message::Effect;
use super::super::state::bench::Draft;
use super::super::state::popup::{Armed, Question};
use super::super::state::{Popup, State};
use super::{Effects, bench, ciphers, copy, keys, paste, prompt};
use crate::frame::Direction;
use crate::protocol::{Access, Context};
use crate::trace::CaptureState;

/// Digits of the address that have to be typed.
const DIGITS: usize = 4;

/// Actions that mean something in a box besides its own.
pub const fn takes(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::Up
            | A::Down
            | A::Left
            | A::Right
            | A::PageUp
            | A::PageDown
            | A::First
            | A::Last
            | A::Copy
            | A::Reveal
            | A::NextLayer
            | A::Help
    )
}

/// Whether this key would be typed into the box.
pub fn types(state: &State, chord: Chord) -> bool {
    keys::is_typing(state) && keys::edits(chord)
}

/// Does what an action means in the box that is open.
pub fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Close | Action::Back => state.popup = None,
        Action::Confirm => confirm(state, effects),
        Action::Complete => complete(state),
        Action::Up => scroll(state, -1, effects),
        Action::Down => scroll(state, 1, effects),
        Action::PageUp => scroll(state, -10, effects),
        Action::PageDown => scroll(state, 10, effects),
        Action::Reveal => state.reveal = true,
        Action::Help if matches!(state.popup, Some(Popup::Help(_))) => state.popup = None,
        _ => inspect(state, action, effects),
    }
}

/// Completes the command, or goes to the other key.
fn complete(state: &mut State) {
    match &mut state.popup {
        Some(Popup::Key(entry)) => entry.other(),
        _ => prompt::complete(state),
    }
}

fn inspect(state: &mut State, action: Action, effects: &mut Effects) {
    let reveal = state.reveal;
    let Some(Popup::Decoded(inspector)) = &mut state.popup else { return };
    match action {
        Action::Left => inspector.step_byte(-1),
        Action::Right => inspector.step_byte(1),
        Action::NextLayer => inspector.next_layer(),
        Action::First => inspector.choose_row(0),
        Action::Last => inspector.choose_row(usize::MAX),
        Action::Copy => {
            let text = inspector.layer().map(|layer| copy::masked(layer, reveal));
            effects.extend(text.map(Effect::Copy));
        }
        _ => {}
    }
}

/// Moves in the box by so many rows.
pub fn scroll(state: &mut State, by: isize, _effects: &mut Effects) {
    let known = match &state.popup {
        Some(Popup::Prompt { input, .. }) => super::completions(state, input.value()).len(),
        _ => 0,
    };
    match &mut state.popup {
        Some(Popup::Help(top)) => {
            *top = top.saturating_add_signed(by).min(super::super::keymap::ACTIONS.len());
        }
        Some(Popup::Prompt { at, .. }) => *at = at.saturating_add_signed(by).min(known.saturating_sub(1)),
        Some(Popup::Decoded(inspector)) => inspector.step_field(by),
        Some(Popup::Key(entry)) => entry.other(),
        _ => {}
    }
}

fn confirm(state: &mut State, effects: &mut Effects) {
    match state.popup.take() {
        Some(Popup::Arm(question)) => answer(state, question, effects),
        Some(Popup::Key(entry)) => ciphers::take(state, entry),
        Some(Popup::Paste(bytes)) => {
            state.popup = Some(Popup::Decoded(Box::new(paste::explain(state, &bytes))));
        }
        Some(Popup::Prompt { input, at }) => prompt::run(state, input.value(), at, effects),
        Some(Popup::Quit { .. }) => effects.push(Effect::Quit),
        Some(Popup::Decoded(mut inspector)) => {
            inspector.fold();
            state.popup = Some(Popup::Decoded(inspector));
        }
        Some(Popup::Help(_)) | None => {}
    }
}

/// Asks before something that may change a meter, with the exact bytes.
pub fn ask(state: &mut State, access: Option<Access>, armed: Armed) {
    let Draft::Ready { frames, .. } = &state.bench.draft else { return };
    let hex: Vec<String> = frames.iter().map(|frame| masked(state, frame)).collect();
    let title = match &armed {
        Armed::Command(request) => format!("{} {}", request.command.code, request.command.title),
        Armed::Raw(bytes) => format!("{} bytes typed by hand", bytes.len()),
    };
    let (expected, because) = expected(state);
    let input = Input::default();
    let question = Question { title, access, hex, expected, because, input, armed };
    state.popup = Some(Popup::Arm(Box::new(question)));
}

/// The bytes of a request with its secrets masked.
fn masked(state: &State, frame: &[u8]) -> String {
    let Some(target) = &state.target else { return crate::frame::hex::spaced(frame) };
    let dialect = target.model.dialect;
    let context = Context { direction: Direction::Request, dialect, ..Context::default() };
    let meaning = target.family().dissect(frame, &context);
    meaning.wire().map(|wire| copy::masked(wire, false)).unwrap_or_default()
}

/// What has to be typed to confirm: the end of the address, so that the hand knows which meter it means.
fn expected(state: &State) -> (String, &'static str) {
    let address = state.target.as_ref().map(|target| target.address.text()).unwrap_or_default();
    let digits: Vec<char> = address.chars().filter(char::is_ascii_alphanumeric).collect();
    if digits.is_empty() {
        return ("yes".to_owned(), "the word yes");
    }
    let from = digits.len().saturating_sub(DIGITS);
    (digits.iter().skip(from).collect(), "the last digits of the address")
}

/// Sends once if the right thing was typed; else the question stays.
fn answer(state: &mut State, mut question: Box<Question>, effects: &mut Effects) {
    if question.input.value().trim() == question.expected {
        bench::launch(state, question.armed, true, effects);
        return;
    }
    state.warn(format!("not sent: type {} ({})", question.expected, question.because));
    question.input.reset();
    state.popup = Some(Popup::Arm(question));
}

/// Whether anything was sent or received, so that leaving would lose it.
fn has_frames(state: &State) -> bool {
    let counters = state.status.counters;
    state.is_connected() && counters.bytes_in + counters.bytes_out > 0
}

/// Leaves, after asking where something would be lost.
pub fn quit(state: &mut State, effects: &mut Effects) {
    let unsaved = !matches!(state.capture, CaptureState::Running { .. }) && has_frames(state);
    let lost = if state.jobs.is_armed() {
        "a command that changes the meter is under way"
    } else if unsaved {
        "the recorded traffic is not kept in a file"
    } else {
        effects.push(Effect::Quit);
        return;
    };
    state.popup = Some(Popup::Quit { lost: lost.to_owned() });
}
