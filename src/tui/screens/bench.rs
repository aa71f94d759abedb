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

use super::line::Field;
use super::meter::{bar, counts, search_title};
use super::{Look, frame};
use crate::protocol::{Access, Command};
use crate::tui::keymap::Action;
use crate::tui::state::bench::{Draft, Mode, Outcome};
use crate::tui::state::form::FormField;
use crate::tui::state::picker::Row;
use crate::tui::state::{Pane, State};
use crate::tui::theme::Role;
use crate::tui::widgets::Annotated;

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
    if look.state.target.is_none() {
        look.pen(inner).fit(1, 0, inner.width, "choose a meter first: 2", Role::Dim);
    }
    for (y, row) in (0..inner.height).zip(picker.rows().iter().skip(picker.top)) {
        let area = Rect { y: inner.y + y, height: 1, ..inner };
        match row {
            Row::Heading(index) => {
                let title = commands.get(*index).map_or("", |command| command.group.title());
                look.pen(area).put(1, 0, title, Role::Dim);
            }
            Row::Item(index) => {
                if let Some(command) = commands.get(*index) {
                    one(look, area, command, *index == picker.at);
                }
            }
        }
    }
    bar(look, inner, picker);
}

/// A command with its class; `*` stands behind one that is polled.
fn one(look: &mut Look<'_>, area: Rect, command: &'static Command, chosen: bool) {
    let pinned = look.state.bench.pinned.iter().any(|request| request.command == command);
    let current = look.theme.glyphs().current;
    let (class, role) = class(command.access);
    let mut pen = look.pen(area);
    let x = pen.put(2, 0, command.code, role) + 1;
    let room = area.width.saturating_sub(x + 6);
    let x = pen.fit(x, 0, room, command.title, Role::Text);
    if pinned {
        pen.put(x + 1, 0, "*", Role::Accent);
    }
    pen.put(area.width.saturating_sub(3), 0, class, role);
    if chosen {
        pen.put(0, 0, current, Role::Accent);
        pen.select(0, 0, area.width);
    }
}

const fn class(access: Access) -> (&'static str, Role) {
    match access {
        Access::Read => ("R", Role::Dim),
        Access::Write => ("W", Role::Write),
        Access::Control => ("C", Role::Control),
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
    let field = Field {
        input: &state.bench.raw,
        hint: "\"/?!\" 0D 0A or 06 47 5E 27 +crc",
        masked: false,
        active: state.pane() == Pane::Compose && state.popup.is_none(),
    };
    field.draw(look, inner);
    1
}

/// The parameters, one a row; gives how many rows they took.
fn form(look: &mut Look<'_>, inner: Rect) -> u16 {
    let state = look.state;
    let Some(command) = state.command() else { return 0 };
    let form = state.bench.form(command);
    if form.fields.is_empty() {
        look.pen(inner).fit(1, 0, inner.width, "no parameters", Role::Dim);
        return 1;
    }
    let rows = usize::from(inner.height.saturating_sub(4).max(1)).min(form.fields.len());
    let first = (form.at + 1).saturating_sub(rows);
    let label = form.fields.iter().map(|f| f.parameter.title.chars().count()).max().unwrap_or(0).min(24) + 2;
    let shown = form.fields.iter().enumerate().skip(first).take(rows);
    for (y, (index, field)) in (0..).zip(shown) {
        let area = Rect { y: inner.y + y, height: 1, ..inner };
        parameter(look, area, field, (index == form.at, u16::try_from(label).unwrap_or(26)));
    }
    u16::try_from(rows).unwrap_or(u16::MAX)
}

fn parameter(look: &mut Look<'_>, area: Rect, field: &FormField, (current, label): (bool, u16)) {
    let active = current && look.state.pane() == Pane::Compose && look.state.popup.is_none();
    let glyphs = look.theme.glyphs();
    let mut pen = look.pen(area);
    if active {
        pen.put(0, 0, glyphs.current, Role::Accent);
    }
    pen.fit(2, 0, label, field.parameter.title, Role::Text);
    let x = 2 + label;
    let value = Rect { x: area.x + x, width: area.width.saturating_sub(x), ..area };
    let unit = look.theme.unit(field.parameter.unit);
    let after = if field.choices().is_some() {
        let text = format!("{} {} {}", glyphs.previous, field.input.value(), glyphs.next);
        let role = if active { Role::Accent } else { Role::Text };
        look.pen(value).put(0, 0, &text, role)
    } else {
        let width = u16::try_from(field.input.value().chars().count()).unwrap_or(u16::MAX).clamp(6, 40) + 1;
        let input = Field { input: &field.input, hint: "", masked: field.is_secret(), active };
        input.draw(look, Rect { width: width.min(value.width), ..value });
        look.pen(value).put(width + 1, 0, unit, Role::Dim)
    };
    let complaint = field.complaint();
    if !complaint.is_empty() {
        look.pen(value).fit(after + 2, 0, value.width, &complaint, Role::Bad);
    }
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
