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
use super::{Look, frame};
use crate::protocol::{Access, Command};
use crate::tui::keymap::Action;
use crate::tui::state::bench::{Draft, Mode, Outcome};
use crate::tui::state::form::FormField;
use crate::tui::state::{Pane, State};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Annotated, PickerItem, TextInput};

/// Draws the bench.
pub fn draw(look: &mut Look<'_>) {
    commands(look);
    compose(look);
    reply(look);
}

fn commands(look: &mut Look<'_>) {
    let picker = &look.state.bench.picker;
    let inner = look.pane(Pane::Commands, &search_title("Commands", picker), &counts(picker), "");
    let commands = look.state.commands();
    let shown = picker.matching().filter_map(|index| commands.get(index));
    let items: Vec<PickerItem<'_>> = shown.map(|command| item(look.state, command)).collect();
    let none = if look.state.target.is_none() { "choose a meter first: 2" } else { "no such command" };
    list(look, inner, picker, (&items, none));
}

/// A command with its class; `*` stands before that of one that is polled.
fn item(state: &State, command: &'static Command) -> PickerItem<'static> {
    let pinned = state.bench.pinned.iter().any(|request| request.command == command);
    let (plain, polled, mark_role) = class(command.access);
    let mark = if pinned { polled } else { plain };
    let group = command.group.title();
    PickerItem { group, code: command.code, title: command.title, mark, mark_role }
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
    let pinned = super::super::update::composed_request(state);
    let pinned = pinned.is_some_and(|request| state.bench.is_pinned(&request));
    let inner = look.pane(Pane::Compose, &title, if pinned { "polled" } else { "" }, &bottom);
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

fn actions(look: &Look<'_>) -> String {
    let key = |action, label: &str| format!("{} {label}", look.key(action));
    match look.state.bench.mode {
        Mode::Raw => format!("{} send", look.key(Action::Activate)),
        Mode::Command => format!(
            "{} · {} · {}",
            key(Action::Activate, "send"),
            key(Action::Repeat, "repeat"),
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

/// The parameters; gives how many rows they took.
fn form(look: &mut Look<'_>, inner: Rect) -> u16 {
    let state = look.state;
    let Some(command) = state.command() else { return 0 };
    let form = state.bench.form(command);
    if form.fields.is_empty() {
        look.pen(inner).fit(1, 0, inner.width, "no parameters", Role::Dim);
        return 1;
    }
    let complaints: Vec<String> = form.fields.iter().map(FormField::complaint).collect();
    let labels: Vec<String> = form.fields.iter().map(|field| label(look, field)).collect();
    let words = labels.iter().zip(&complaints);
    let fields: Vec<widgets::FormField<'_>> = form.fields.iter().zip(words).map(parameter).collect();
    let active = state.pane() == Pane::Compose && state.popup.is_none();
    let shown = widgets::Form { fields: &fields, selected: active.then_some(form.at) };
    let height = shown.height(inner.width, look.theme).min(inner.height);
    shown.render(Rect { height, ..inner }, look.buf, look.theme);
    height
}

/// A parameter's name with the unit of its number.
fn label(look: &Look<'_>, field: &FormField) -> String {
    match look.theme.unit(field.parameter.unit) {
        "" => field.parameter.title.to_owned(),
        unit => format!("{}, {unit}", field.parameter.title),
    }
}

fn parameter<'a>(
    (field, (label, error)): (&'a FormField, (&'a String, &'a String)),
) -> widgets::FormField<'a> {
    let value = if field.choices().is_some() {
        widgets::FormValue::Choice(field.input.value())
    } else if field.is_secret() {
        widgets::FormValue::Secret(&field.input)
    } else {
        widgets::FormValue::Text(&field.input)
    };
    widgets::FormField { label, value, error }
}

/// The bytes that would be sent, with what they mean.
fn draft(look: &mut Look<'_>, area: Rect) {
    let reveal = look.state.reveal;
    match &look.state.bench.draft {
        Draft::Nothing => {}
        Draft::Unfit(why) => {
            look.pen(area).fit(1, 0, area.width, why, Role::Bad);
        }
        Draft::Ready { frames, meaning, .. } => {
            let layer = meaning.as_ref().and_then(|meaning| meaning.wire());
            if let Some(layer) = layer {
                let checksum = meaning.as_ref().and_then(|meaning| meaning.checksum);
                Annotated { layer, checksum, selected: None, revealed: reveal }
                    .render(area, look.buf, look.theme);
            } else if let Some(frame) = frames.first() {
                let text = crate::frame::hex::spaced(frame);
                look.pen(area).fit(1, 0, area.width, &text, Role::Text);
            }
            if frames.len() > 1 {
                let more = format!("and {} more frames", frames.len() - 1);
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
    if state.bench.reply.shown.is_some() && below.height > 2 {
        frame::draw(look, below, &state.bench.reply);
    } else if !failed {
        let text = if state.bench.outcome == Outcome::Waiting { "waiting" } else { "nothing was sent yet" };
        look.pen(below).fit(1, 0, below.width, text, Role::Dim);
    }
}

fn reply_title(state: &State) -> String {
    let bytes = state.bench.reply.shown.as_ref().and_then(|shown| shown.wire()).map(|wire| wire.bytes.len());
    match (&state.bench.outcome, bytes) {
        (Outcome::Answered { latency: Some(latency) }, Some(bytes)) => {
            format!("Reply  {bytes} bytes, {} ms after the request", latency.as_millis())
        }
        (Outcome::Answered { .. }, Some(bytes)) => format!("Reply  {bytes} bytes"),
        (Outcome::Failed { .. }, Some(_)) => "Reply  failed; what came last".to_owned(),
        (Outcome::Failed { .. }, None) => "Reply  none".to_owned(),
        (Outcome::Waiting, _) => "Reply  awaited".to_owned(),
        _ => "Reply".to_owned(),
    }
}

/// What happened, what that rules out and what to look at; gives how many rows it took.
fn failure(look: &mut Look<'_>, inner: Rect, headline: &str, advice: &[String]) -> u16 {
    let bad = look.theme.glyphs().bad;
    let mut lines = vec![(format!("{bad} {headline}"), Role::Bad)];
    let width = usize::from(inner.width.max(20));
    for line in advice {
        lines.extend(crate::app::output::table::wrap(line, width).into_iter().map(|line| (line, Role::Text)));
    }
    look.lines(inner, &lines);
    u16::try_from(lines.len()).unwrap_or(u16::MAX).min(inner.height)
}
