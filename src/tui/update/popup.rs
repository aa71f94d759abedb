//! Boxes over the screen.

use tui_input::Input;

use super::super::keymap::{Action, Chord};
use super::super::message::Effect;
use super::super::state::attention::Attention;
use super::super::state::bench::Draft;
use super::super::state::popup::{Armed, Question, Shown};
use super::super::state::{Arming, Popup, State};
use super::{Effects, bench, ciphers, codes, copy, keys, listening, paste, prompt};
use crate::app::arming::Challenge;
use crate::app::target::Target;
use crate::app::write_log::Keeper;
use crate::bus::Speech;
use crate::frame::Direction;
use crate::protocol::secrets;
use crate::protocol::{Access, Context, Decoder};
use crate::trace::CaptureState;

/// Actions that mean something in a box besides its own.
pub(super) const fn takes(action: Action) -> bool {
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
            | A::Arm
            | A::NextLayer
            | A::Help
    )
}

/// Whether this key would be typed into the box.
pub(super) fn types(state: &State, chord: Chord) -> bool {
    keys::is_typing(state) && keys::edits(chord)
}

/// Whether an action is the answer that a question waits for.
pub(super) const fn confirms(action: Action) -> bool {
    matches!(action, Action::Confirm | Action::SendAllTheSame)
}

/// Does what an action means in the box that is open.
pub(super) fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Close | Action::Back => state.popup = None,
        Action::SendAllTheSame => listening::send_all_the_same(state, effects),
        Action::Confirm if matches!(state.popup, Some(Popup::Listening { .. })) => {}
        Action::Confirm => confirm(state, effects),
        Action::Complete => complete(state),
        Action::Up => scroll(state, -1, effects),
        Action::Down => scroll(state, 1, effects),
        Action::PageUp => scroll(state, -10, effects),
        Action::PageDown => scroll(state, 10, effects),
        Action::Reveal => state.reveal = true,
        Action::Arm if matches!(state.popup, Some(Popup::Arm(_))) => arm(state),
        Action::Help if matches!(state.popup, Some(Popup::Help(_))) => state.popup = None,
        _ => inspect(state, action, effects),
    }
}

/// Completes what is typed, or goes to the next field.
fn complete(state: &mut State) {
    match &mut state.popup {
        Some(Popup::Key(entry)) => entry.next(),
        Some(Popup::Codes(chosen)) => codes::complete(chosen),
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
pub(super) fn scroll(state: &mut State, by: isize, _effects: &mut Effects) {
    let known = match &state.popup {
        Some(Popup::Prompt { input, .. }) => super::completions(state, input.value()).len(),
        _ => 0,
    };
    match &mut state.popup {
        Some(Popup::Help(top)) => {
            *top = top.saturating_add_signed(by).min(super::super::keymap::ACTIONS.len());
        }
        Some(Popup::Writes(records, top)) => {
            *top = top.saturating_add_signed(by).min(records.len().saturating_sub(1));
        }
        Some(Popup::Prompt { at, .. }) => *at = at.saturating_add_signed(by).min(known.saturating_sub(1)),
        Some(Popup::Codes(codes)) => codes.step(by),
        Some(Popup::Decoded(inspector)) => inspector.step_field(by),
        Some(Popup::Key(entry)) if by < 0 => entry.back(),
        Some(Popup::Key(entry)) => entry.next(),
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
        Some(Popup::Codes(chosen)) => codes::take(state, &chosen, effects),
        Some(Popup::Quit { .. }) => effects.push(Effect::Quit),
        Some(Popup::Decoded(mut inspector)) => {
            inspector.fold();
            state.popup = Some(Popup::Decoded(inspector));
        }
        Some(Popup::Help(_) | Popup::Writes(..) | Popup::Listening { .. }) | None => {}
    }
}

/// Arms the session for one command, or disarms it.
pub(super) fn arm(state: &mut State) {
    if state.arming.is_armed() {
        state.arming = Arming::ReadOnly;
        state.say("reads only again");
    } else if state.status.speech == Speech::Listening {
        state.warn("not armed: this link is listened to; send a read first");
    } else if state.status.speech == Speech::File {
        state.warn("not armed: this is a recording");
    } else {
        state.arming = Arming::from(state.now.at);
        state.say("armed for one command that writes, for a minute");
    }
}

/// Asks before something that may change a meter, with the exact bytes.
pub(super) fn ask(state: &mut State, access: Option<Access>, armed: Armed) {
    let Draft::Ready { frames, .. } = &state.bench.draft else { return };
    let decoder = state.target.as_ref().map(Target::decoder);
    let frames = frames.iter().map(|frame| shown(frame, decoder)).collect();
    let address = state.target.as_ref().map_or("", |target| target.address.text());
    let (title, challenge) = match &armed {
        Armed::Command(request) => {
            let title = format!("{} {}", request.command.code, request.command.title);
            let Some(target) = &state.target else { return };
            (title, Challenge::of_request(target, request))
        }
        Armed::Raw(bytes) => {
            (format!("{} bytes typed by hand", bytes.len()), Challenge::of_bytes(access, address))
        }
    };
    let question = Question {
        title,
        access,
        frames,
        challenge,
        input: Input::default(),
        armed,
        attention: Attention::default(),
    };
    state.popup = Some(Popup::Arm(Box::new(question)));
}

/// A frame of a request with its secrets masked.
fn shown(frame: &[u8], decoder: Option<Decoder>) -> Shown {
    let Some(Decoder { family, dialect }) = decoder else {
        return Shown { hex: secrets::masked_hex(frame), meaning: String::new(), changes: true };
    };
    let context = Context { direction: Direction::Request, dialect, ..Context::default() };
    let meaning = family.dissect(frame, &context);
    Shown {
        hex: meaning.wire().map(|wire| copy::masked(wire, false)).unwrap_or_default(),
        meaning: meaning.summary(),
        changes: family.access(frame, dialect) != Some(Access::Read),
    }
}

/// What is asked stands on the screen.
pub(super) fn drawn(state: &mut State) {
    if let Some(attention) = state.popup.as_mut().and_then(Popup::attention) {
        attention.drawn(state.now.at);
    }
}

/// Whether a key, one that confirms or another, or a paste cannot be an answer to the question that is open: it came
/// before that could be read, or in a burst. What was typed so far goes with it.
pub(super) fn is_no_answer(state: &mut State, confirms: bool) -> bool {
    let now = state.now.at;
    let Some(popup) = &mut state.popup else { return false };
    if popup.attention().is_none_or(|attention| attention.key(now, confirms)) {
        return false;
    }
    if let Popup::Arm(question) = popup {
        question.input.reset();
    }
    state.warn("not taken for an answer: too early or too fast; pause, then answer");
    true
}

/// Sends once if the session is armed and the right thing was typed; else the question stays.
fn answer(state: &mut State, mut question: Box<Question>, effects: &mut Effects) {
    if !state.arming.is_armed() {
        state.warn("not sent: this session only reads; arm it first");
    } else if let Some(confirmed) = question.challenge.answer(question.input.value()) {
        let keeper = keeper(state, &question.armed);
        state.arming = Arming::ReadOnly;
        bench::launch(state, question.armed, Some(confirmed.permit(keeper)), effects);
        return;
    } else {
        state.warn(format!("not sent: type {}", question.challenge.wanted()));
        question.input.reset();
    }
    state.popup = Some(Popup::Arm(question));
}

/// Whose write is kept.
fn keeper(state: &State, armed: &Armed) -> Keeper {
    let target = state.target.as_ref();
    Keeper {
        place: state.write_log.clone(),
        link: state.link.as_ref().map(ToString::to_string).unwrap_or_default(),
        model: target.map_or("", |target| target.model.id).to_owned(),
        address: target.map_or("", |target| target.address.text()).to_owned(),
        commands: match armed {
            Armed::Command(request) => vec![request.command.id],
            Armed::Raw(_) => Vec::new(),
        },
        ..Keeper::default()
    }
}

/// Whether anything was sent or received, so that leaving would lose it.
fn has_frames(state: &State) -> bool {
    let counters = state.status.counters;
    state.is_connected() && counters.bytes_in + counters.bytes_out > 0
}

/// Leaves, after asking where something would be lost.
pub(super) fn quit(state: &mut State, effects: &mut Effects) {
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
