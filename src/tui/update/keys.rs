//! Keys: text goes to what is being typed, everything else is looked up in the key table.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::super::keymap::{Action, Chord, Context};
use super::super::message::Effect;
use super::super::state::bench::Mode;
use super::super::state::codes::Codes;
use super::super::state::form::FormField;
use super::super::state::{Pane, Popup, Screen, State};
use super::{
    Effects, archive, bench, ciphers, connect, copy, go, meter, popup, readings, steps, telegram, trace,
};

/// Characters a field takes at most.
pub(super) const LONGEST: usize = 4096;

/// A key was pressed; whether anything came of it.
pub(super) fn pressed(state: &mut State, event: KeyEvent, effects: &mut Effects) -> bool {
    if event.kind == KeyEventKind::Release {
        return false;
    }
    let revealed = std::mem::take(&mut state.reveal);
    let noticed = state.notice.take().is_some();
    let chord = Chord::of(&event);
    let action = action_of(state, chord);
    let leaves = matches!(action, Some(Action::Close | Action::Back | Action::ForceQuit | Action::Suspend));
    if !leaves && popup::is_no_answer(state, action.is_some_and(popup::confirms)) {
        return true;
    }
    if let Some(action) = action {
        perform(state, action, effects);
        return true;
    }
    if let Some(letter) = escaped(event) {
        pressed(state, KeyCode::Esc.into(), effects);
        pressed(state, letter, effects);
        return true;
    }
    typed(state, event) || revealed || noticed
}

/// Escape and a letter that arrive in one lump look like the letter with Alt. Where that is bound to nothing,
/// it is taken for both, one after the other.
fn escaped(event: KeyEvent) -> Option<KeyEvent> {
    let is_letter = matches!(event.code, KeyCode::Char(_)) && event.modifiers.contains(KeyModifiers::ALT);
    is_letter.then_some(KeyEvent { modifiers: event.modifiers - KeyModifiers::ALT, ..event })
}

/// The action of a key, given what is being done.
fn action_of(state: &State, chord: Chord) -> Option<Action> {
    let global = state.keymap.action(chord, &[Context::Global]);
    if matches!(global, Some(Action::ForceQuit | Action::Suspend)) {
        return global;
    }
    if matches!(state.popup, Some(Popup::Listening { .. })) {
        return state.keymap.action(chord, &[Context::Question, Context::Popup]);
    }
    if state.popup.is_some() {
        let own = state.keymap.action(chord, &[Context::Popup]);
        let inner = global.filter(|action| popup::takes(*action) && !popup::types(state, chord));
        return own.or(inner);
    }
    if is_typing(state) {
        let own = state.keymap.action(chord, &[Context::Input]);
        return own.or_else(|| global.filter(|_| !edits(chord)));
    }
    state.keymap.action(chord, &[state.context(), Context::Global])
}

/// Whether a key changes the text or the place in it.
pub(super) fn edits(chord: Chord) -> bool {
    let moves = matches!(
        chord.code,
        KeyCode::Left | KeyCode::Right | KeyCode::Home | KeyCode::End | KeyCode::Backspace | KeyCode::Delete
    );
    chord.is_text() || moves
}

/// Whether what is typed is text.
#[must_use]
pub(crate) fn is_typing(state: &State) -> bool {
    match &state.popup {
        Some(Popup::Prompt { .. } | Popup::Codes(_) | Popup::Key(_)) => return true,
        Some(Popup::Arm(_)) => return state.arming.is_armed(),
        Some(_) => return false,
        None => {}
    }
    match state.screen {
        Screen::Bench if state.bench.picker.searching => true,
        Screen::Meter if state.meter.picker.searching => true,
        Screen::Trace => state.view.searching,
        _ => match state.pane() {
            Pane::LinkEntry | Pane::LineEntry | Pane::Address | Pane::Password => true,
            Pane::Compose if state.bench.mode == Mode::Raw => true,
            Pane::Compose => current_field(state).is_some_and(|field| field.choices().is_none()),
            _ => false,
        },
    }
}

fn current_field(state: &State) -> Option<FormField> {
    state.bench.form(state.command()?).current().cloned()
}

/// What is being typed into.
pub(super) fn input(state: &mut State) -> Option<&mut Input> {
    if !is_typing(state) {
        return None;
    }
    if state.popup.is_some() {
        return match state.popup.as_mut()? {
            Popup::Prompt { input, .. } => Some(input),
            Popup::Arm(question) => Some(&mut question.input),
            Popup::Key(entry) => Some(entry.input()),
            Popup::Codes(codes) => Some(&mut codes.input),
            _ => None,
        };
    }
    let command = state.command();
    match state.screen {
        Screen::Bench if state.bench.picker.searching => return Some(&mut state.bench.picker.query),
        Screen::Meter if state.meter.picker.searching => return Some(&mut state.meter.picker.query),
        Screen::Trace => return Some(&mut state.view.query),
        _ => {}
    }
    match state.pane() {
        Pane::LinkEntry => Some(&mut state.connect.entry),
        Pane::LineEntry => Some(&mut state.connect.line),
        Pane::Address => Some(&mut state.meter.address),
        Pane::Password => Some(state.meter.password.input_mut()),
        Pane::Compose if state.bench.mode == Mode::Raw => Some(&mut state.bench.raw),
        Pane::Compose => state.bench.form_mut(command?).current_mut().map(|field| &mut field.input),
        _ => None,
    }
}

/// Puts a key into the text that is being typed.
fn typed(state: &mut State, event: KeyEvent) -> bool {
    let Some(input) = input(state) else { return false };
    let adds = matches!(event.code, KeyCode::Char(_)) && !event.modifiers.contains(KeyModifiers::CONTROL);
    if adds && input.value().chars().count() >= LONGEST {
        return false;
    }
    let changed = input.handle_event(&Event::Key(event)).is_some();
    if changed {
        retyped(state);
    }
    changed
}

/// What follows from another text.
pub(super) fn retyped(state: &mut State) {
    if let Some(popup) = &mut state.popup {
        match popup {
            Popup::Prompt { at, .. } | Popup::Codes(Codes { at, .. }) => *at = 0,
            Popup::Key(entry) => entry.complaint.clear(),
            _ => {}
        }
        return;
    }
    match state.screen {
        Screen::Bench => {
            let commands = state.commands();
            state.bench.refresh(commands);
        }
        Screen::Meter => {
            state.meter.refresh();
            if state.pane() == Pane::Address || state.meter.picker.searching {
                state.meter.candidate = 0;
            }
        }
        Screen::Connect => state.connect.complaint.clear(),
        Screen::Trace | Screen::Readings | Screen::Archive => {}
    }
}

/// Does what an action means here.
pub(super) fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    if state.popup.is_some() && !matches!(action, Action::ForceQuit | Action::Suspend) {
        popup::perform(state, action, effects);
        return;
    }
    match action {
        Action::Quit => popup::quit(state, effects),
        Action::ForceQuit => effects.push(Effect::Quit),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::NextTheme => effects.push(Effect::Theme(None)),
        Action::Disconnect => connect::disconnect(state, effects),
        Action::Mouse => switch_mouse(state, effects),
        Action::Help => state.popup = Some(Popup::Help(0)),
        Action::Prompt => state.popup = Some(Popup::Prompt { input: Input::default(), at: 0 }),
        Action::Reveal => state.reveal = true,
        Action::EnterKey => ciphers::ask(state),
        Action::Arm => popup::arm(state),
        Action::Writes => effects.push(Effect::ReadWrites(state.write_log.clone())),
        Action::Cancel => super::bus::cancel(state, effects),
        Action::Copy => copy::hex(state, effects),
        Action::CopyText => copy::text(state, effects),
        _ => move_or_act(state, action, effects),
    }
}

fn move_or_act(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::GoConnect => go::to(state, Screen::Connect),
        Action::GoMeter => go::to(state, Screen::Meter),
        Action::GoBench => go::to(state, Screen::Bench),
        Action::GoTrace => go::to(state, Screen::Trace),
        Action::GoReadings => go::to(state, Screen::Readings),
        Action::GoArchive => go::to_archive(state),
        Action::NextPane => go::pane(state, 1),
        Action::PreviousPane => go::pane(state, -1),
        Action::Maximise => state.maximised = !state.maximised,
        Action::Back => go::back(state),
        Action::Leave => leave(state),
        Action::Accept | Action::Activate => activate(state, effects),
        Action::Search => search(state),
        Action::Up => step(state, -1),
        Action::Down => step(state, 1),
        Action::PageUp if state.shows_telegrams() => state.telegrams.step(-1),
        Action::PageDown if state.shows_telegrams() => state.telegrams.step(1),
        Action::PageUp => step(state, -go::page(state)),
        Action::PageDown => step(state, go::page(state)),
        Action::First => step(state, -FAR),
        Action::Last => last(state),
        _ => screen(state, action, effects),
    }
}

/// Further than any list is long.
const FAR: isize = 1 << 30;

fn screen(state: &mut State, action: Action, effects: &mut Effects) {
    match state.screen {
        Screen::Connect => connect::perform(state, action, effects),
        Screen::Meter => meter::perform(state, action),
        Screen::Bench if state.shows_telegrams() => telegram::perform(state, action, effects),
        Screen::Bench => bench::perform(state, action, effects),
        Screen::Trace => trace::perform(state, action, effects),
        Screen::Readings => readings::perform(state, action, effects),
        Screen::Archive => archive::perform(state, action, effects),
    }
}

fn switch_mouse(state: &mut State, effects: &mut Effects) {
    state.mouse = !state.mouse;
    effects.push(Effect::Mouse(state.mouse));
    state.say(if state.mouse {
        "mouse on; Shift usually lets the terminal select"
    } else {
        "mouse off: the terminal selects text"
    });
}

/// Stops typing: a search is dropped, a field is left for the first pane.
fn leave(state: &mut State) {
    match state.screen {
        Screen::Bench if state.bench.picker.searching => state.bench.picker.searching = false,
        Screen::Meter if state.meter.picker.searching => state.meter.picker.searching = false,
        Screen::Trace if state.view.searching => state.view.searching = false,
        _ => {
            state.bench.mode = Mode::Command;
            go::to_first_pane(state);
            return;
        }
    }
    go::back(state);
}

fn search(state: &mut State) {
    match state.screen {
        Screen::Bench if state.shows_telegrams() => {
            state.say("nothing to search here; the trace is searched");
        }
        Screen::Bench => {
            state.focus_on(Pane::Commands);
            state.bench.picker.searching = true;
        }
        Screen::Meter => {
            state.focus_on(Pane::Models);
            state.meter.picker.searching = true;
        }
        Screen::Trace => {
            state.focus_on(Pane::Entries);
            state.view.searching = true;
        }
        Screen::Connect | Screen::Readings | Screen::Archive => state.say("nothing to search here"),
    }
}

fn activate(state: &mut State, effects: &mut Effects) {
    match state.screen {
        Screen::Bench if state.bench.picker.searching => state.bench.picker.searching = false,
        Screen::Meter if state.meter.picker.searching => state.meter.picker.searching = false,
        Screen::Trace if state.view.searching => trace::accept_search(state, effects),
        _ => match state.pane() {
            Pane::Links => connect::open_chosen(state, effects),
            Pane::LinkEntry | Pane::LineEntry => connect::open_typed(state, effects),
            Pane::Models => state.focus_on(Pane::Address),
            Pane::Address | Pane::Password => meter::choose(state, effects),
            Pane::Commands if state.target.is_none() && state.telegrams.offer.is_some() => {
                telegram::watch(state, effects);
            }
            Pane::Commands | Pane::Compose => bench::send(state, effects),
            Pane::Steps => steps::activate(state),
            Pane::Lines => state.focus_on(Pane::TelegramBytes),
            Pane::TelegramBytes => state.focus_on(Pane::Lines),
            Pane::Reply => state.bench.reply.fold(),
            Pane::Entries => state.focus_on(Pane::Detail),
            Pane::Detail => state.view.detail.fold(),
            Pane::Tariffs | Pane::Values | Pane::Chart => readings::read_once(state, effects),
            Pane::Days | Pane::Intervals => archive::read(state, effects),
        },
    }
}

/// Moves up or down in the place that has the focus.
pub(super) fn step(state: &mut State, by: isize) {
    match state.pane() {
        Pane::Links => {
            let len = state.connect.choices().len();
            state.connect.list.step(by, len);
        }
        Pane::Models => {
            state.meter.picker.step(by);
            state.meter.candidate = 0;
        }
        Pane::Commands => state.bench.picker.step(by),
        Pane::Compose => bench::step_field(state, by),
        Pane::Steps => steps::step(state, by),
        Pane::Reply => state.bench.reply.step_field(by),
        Pane::Lines | Pane::TelegramBytes => telegram::step(state, by),
        Pane::Entries => state.view.step(i32::try_from(by).unwrap_or(i32::MAX)),
        Pane::Detail => state.view.detail.step_field(by),
        Pane::Tariffs | Pane::Values | Pane::Chart => {
            let len = state.readings.items().len();
            state.readings.list.step(by, len);
        }
        Pane::Days | Pane::Intervals => archive::step(state, by),
        Pane::LinkEntry | Pane::LineEntry | Pane::Address | Pane::Password => go::pane(state, by.signum()),
    }
}

fn last(state: &mut State) {
    if state.pane() == Pane::Entries { state.view.follow() } else { step(state, FAR) }
}
