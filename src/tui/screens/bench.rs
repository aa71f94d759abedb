//! ```text
//! ┌ Commands ──────────────┐┏ ▶ Compose: 0130 Energy by tariff ━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! │ Energy                 │┃ depth   ‹ running month ›                                 ┃
//! │▶ 0130 Energy by tariff │┃ C0  48  96 34 FD 00 ...                                   ┃
//! │ Clock                  │┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
//! │  0120 Date and time    │┌ Reply  18 bytes, 38 ms after the request ─────────────────┐
//! │  0121 Set the clock  W │└────────────────────────────────────────────────────────────┘
//! └────────────────────────┘
//! ```

use ratatui::layout::Rect;

use super::meter::{counts, list, search_title};
use super::waiting;
use super::{Look, frame, steps};
use crate::frame::{Dissection, hex};
use crate::protocol::secrets;
use crate::protocol::{Access, Command, Stage};
use crate::tui::keymap::Action;
use crate::tui::measure::{note_rows, with_form};
use crate::tui::state::bench::{Draft, Mode, Outcome};
use crate::tui::state::{Pane, State};
use crate::tui::theme::Role;
use crate::tui::update::FILE;
use crate::tui::widgets::{self, Annotated, PickerItem, TextInput, wrap};

/// Draws the bench.
pub(crate) fn draw(look: &mut Look<'_>) {
    commands(look);
    compose(look);
    steps::draw(look);
    reply(look);
}

fn commands(look: &mut Look<'_>) {
    let picker = &look.state.bench.picker;
    let inner = look.pane(Pane::Commands, &search_title("Commands", picker), &counts(picker), "");
    let commands = look.state.commands();
    let shown = picker.matching().filter_map(|index| commands.get(index));
    let shown: Vec<&'static Command> = shown.collect();
    let codes: Vec<String> = shown.iter().map(|command| first_code(command.code)).collect();
    let items: Vec<PickerItem<'_>> =
        shown.iter().zip(&codes).map(|(command, code)| item(look.state, command, code)).collect();
    let none = nothing_to_ask(look.state);
    list(look, inner, picker, (&items, &none));
}

/// Why there is no command: no meter, or none that the search finds. What speaks by itself is offered.
fn nothing_to_ask(state: &State) -> String {
    match (&state.target, state.telegrams.offer) {
        (Some(_), _) => "no such command".to_owned(),
        (None, Some(model)) => format!("{} telegrams come in: Enter watches them", model.protocol.id()),
        (None, None) => "choose a meter first: 2".to_owned(),
    }
}

/// A command with its class; `*` stands before that of one that is polled.
fn item<'a>(state: &State, command: &'static Command, code: &'a str) -> PickerItem<'a> {
    let pinned = state.bench.pinned.iter().any(|request| request.command == command);
    let (plain, polled, mark_role) = class(command.access);
    let mark = if pinned { polled } else { plain };
    let group = command.group.title();
    PickerItem { group, code, title: command.title, mark, mark_role }
}

/// The code of a command; of one that asks several things the first, and that there are more.
fn first_code(code: &str) -> String {
    match code.split_once(' ') {
        Some((first, _)) => format!("{first}+"),
        None => code.to_owned(),
    }
}

const fn class(access: Access) -> (&'static str, &'static str, Role) {
    match access {
        Access::Read => ("R", "* R", Role::Dim),
        Access::Write => ("W", "* W", Role::Write),
        Access::Control => ("C", "* C", Role::Control),
    }
}

fn compose(look: &mut Look<'_>) {
    let state = look.state;
    let (title, bottom) = (title(state), actions(look));
    let inner = look.pane(Pane::Compose, &title, &how(state), &bottom);
    if inner.is_empty() {
        return;
    }
    let used = match state.bench.mode {
        Mode::Raw => raw(look, inner),
        Mode::Command => form(look, inner),
    };
    let below =
        Rect { y: inner.y + used.min(inner.height), height: inner.height.saturating_sub(used), ..inner };
    draft(look, below);
}

fn title(state: &State) -> String {
    match (state.bench.mode, state.command()) {
        (Mode::Raw, _) => "Compose: bytes typed by hand".to_owned(),
        (Mode::Command, Some(command)) => format!("Compose: {} {}", command.code, command.title),
        (Mode::Command, None) => "Compose".to_owned(),
    }
}

/// How it would be asked: whether Readings polls it, how often.
fn how(state: &State) -> String {
    let request = super::super::update::composed_request(state);
    let pinned = request.as_ref().is_some_and(|request| state.bench.is_pinned(request));
    let reads = request.is_some_and(|request| request.command.access == Access::Read);
    let options = state.bench.options;
    let words = [
        (pinned, "pinned".to_owned()),
        (reads && options.read_twice, "read twice".to_owned()),
        (reads, format!("{} retries", options.retries)),
    ];
    words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word).collect::<Vec<_>>().join(", ")
}

fn actions(look: &Look<'_>) -> String {
    let key = |action, label: &str| format!("{} {label}", look.key(action));
    match look.state.bench.mode {
        Mode::Raw => format!("{} send", look.key(Action::Activate)),
        Mode::Command => format!(
            "{} · {} · {} · {}",
            key(Action::Activate, "send"),
            key(Action::Repeat, "repeat"),
            key(Action::Twice, if look.state.bench.options.read_twice { "read once" } else { "read twice" }),
            key(Action::Raw, "raw")
        ),
    }
}

fn raw(look: &mut Look<'_>, inner: Rect) -> u16 {
    let state = look.state;
    let placeholder = "\"/?!\" 0D 0A or 06 47 5E 27 +crc";
    look.input(inner, Pane::Compose, TextInput { placeholder, ..TextInput::new(&state.bench.raw, "") });
    1
}

/// The parameters and what is to be known of the command; gives how many rows they took.
fn form(look: &mut Look<'_>, inner: Rect) -> u16 {
    let state = look.state;
    let Some(command) = state.command() else { return 0 };
    let active = state.pane() == Pane::Compose && state.popup.is_none();
    let form = state.bench.form(command);
    let height = with_form(&form, look.theme, |shown| {
        let height = shown.height(inner.width, look.theme).min(inner.height);
        let shown = widgets::Form { selected: active.then_some(form.at), ..shown };
        shown.render(Rect { height, ..inner }, look.buf, look.theme);
        height
    });
    let notes = note_rows(command, inner.width);
    let below = Rect { y: inner.y + height, height: inner.height.saturating_sub(height), ..inner };
    let used = u16::try_from(notes.len()).unwrap_or(u16::MAX).min(below.height);
    look.lines(below, &notes);
    height + used
}

/// Whether a parameter does not fit, which is told beneath the parameters.
fn form_complains(state: &State) -> bool {
    let command = state.command().filter(|_| state.bench.mode == Mode::Command);
    command.is_some_and(|command| {
        state.bench.form(command).fields.iter().any(|field| !field.complaint().is_empty())
    })
}

/// The bytes that would be sent, with what they mean.
fn draft(look: &mut Look<'_>, area: Rect) {
    let reveal = look.state.reveal;
    match &look.state.bench.draft {
        Draft::Nothing => {}
        // The form says what is missing.
        Draft::Unfit(_) if form_complains(look.state) => {
            look.pen(area).fit(0, 0, area.width, "no bytes yet", Role::Dim);
        }
        Draft::Unfit(why) => {
            look.pen(area).fit(1, 0, area.width, why, Role::Bad);
        }
        Draft::Ready { frames, main, meaning, .. } => {
            let meaning = meaning.as_ref().map(|meaning| meaning.told(reveal));
            if let Some(layer) = meaning.and_then(Dissection::wire) {
                let checksum = meaning.and_then(|meaning| meaning.checksum);
                Annotated { layer, checksum, selected: None, revealed: reveal }
                    .render(area, look.buf, look.theme);
            } else if let Some(frame) = frames.get(*main) {
                let text = if reveal { hex::spaced(frame) } else { secrets::masked_hex(frame) };
                look.pen(area).fit(1, 0, area.width, &text, Role::Text);
            }
            if frames.len() > 1 {
                let more = format!("frame {} of {} of the session", main + 1, frames.len());
                let last = Rect { y: area.bottom().saturating_sub(1), height: 1.min(area.height), ..area };
                look.pen(last).fit(1, 0, area.width, &more, Role::Dim);
            }
        }
    }
}

fn reply(look: &mut Look<'_>) {
    let state = look.state;
    let (title, right) = (reply_title(state), look.key(Action::Cancel));
    let right =
        if state.bench.outcome == Outcome::Waiting { format!("{right} stops") } else { String::new() };
    let inner = look.pane(Pane::Reply, &title, &right, "");
    if inner.is_empty() {
        return;
    }
    let used = match &state.bench.outcome {
        Outcome::Failed { headline, advice } => failure(look, inner, headline, advice),
        _ => 0,
    };
    let below = Rect { y: inner.y + used, height: inner.height.saturating_sub(used), ..inner };
    let failed = matches!(state.bench.outcome, Outcome::Failed { .. });
    if state.bench.reply.shown.is_some() && below.height > 3 {
        frame::draw(look, below, &state.bench.reply);
    } else if !failed {
        let text = match state.bench.outcome {
            Outcome::Waiting => waiting::ahead(state, &look.key(Action::Cancel)),
            _ if state.bench.reply.entry.is_some() => "no bytes".to_owned(),
            _ if state.is_played() => format!("{FILE}: screen 4 shows what it holds"),
            _ => format!("nothing was sent yet: {} sends what is composed", look.key(Action::Activate)),
        };
        look.pen(below).fit(1, 0, below.width, &text, Role::Dim);
    }
}

fn reply_title(state: &State) -> String {
    if let Some(other) = other_step(state) {
        return other;
    }
    if let Some(other) = state.bench.reply.shown.as_ref().and_then(|frame| state.shown.stranger(frame)) {
        return format!("Reply  of another meter: {other}");
    }
    let bytes = state.bench.reply.shown.as_ref().and_then(|shown| shown.wire()).map(|wire| wire.bytes.len());
    match (&state.bench.outcome, bytes) {
        (Outcome::Answered { latency: Some(latency) }, Some(bytes)) => {
            format!("Reply  {bytes} bytes, {} ms after the request", latency.as_millis())
        }
        (Outcome::Answered { .. }, Some(bytes)) => format!("Reply  {bytes} bytes"),
        (Outcome::Failed { .. }, Some(_)) => "Reply  failed; what came last".to_owned(),
        (Outcome::Failed { .. }, None) => "Reply  none".to_owned(),
        (Outcome::Waiting, _) => format!("Reply  {}", waiting::standing(state)),
        _ => "Reply".to_owned(),
    }
}

/// What is shown instead of an answer: a frame of another step of the session.
fn other_step(state: &State) -> Option<String> {
    let dialogue = state.bench.dialogue.as_ref().filter(|dialogue| !dialogue.is_running())?;
    let step = dialogue.steps().get(dialogue.chosen()?.step())?;
    let entry = state.bench.reply.entry.filter(|entry| step.entries.contains(entry))?;
    let bytes = state.bench.reply.layer().map_or(0, |layer| layer.bytes.len());
    let is_answer = matches!(step.stage(), Stage::Answer | Stage::Readout | Stage::Outside);
    let plural = if bytes == 1 { "" } else { "s" };
    let is_failure = matches!(state.bench.outcome, Outcome::Failed { .. });
    (!is_answer && !is_failure).then(|| format!("Entry {entry}  {}, {bytes} byte{plural}", step.name()))
}

/// What happened, what that rules out and what to look at; gives how many rows it took.
fn failure(look: &mut Look<'_>, inner: Rect, headline: &str, advice: &[String]) -> u16 {
    let bad = look.theme.glyphs().bad;
    let mut lines = vec![(format!("{bad} {headline}"), Role::Bad)];
    let width = usize::from(inner.width.max(20));
    for line in advice {
        lines.extend(wrap(line, width).into_iter().map(|line| (line, Role::Text)));
    }
    look.lines(inner, &lines);
    u16::try_from(lines.len()).unwrap_or(u16::MAX).min(inner.height)
}
