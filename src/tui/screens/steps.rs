//! ```text
//! ┌ Session  8 steps, 1 920 ms ───────────────────────────────────────────────────┐
//! │  ✓ sign-on          300 7E1    236 ms  /?! to any meter                 █      │
//! │  ✓ identification   300 7E1    412 ms  NEVA MT324                       ▕██    │
//! │ ▸✗ password         9600 7E1    84 ms  the meter answers NAK               ▕█  │
//! └────────────────────────────────────────────────────────────────────────────────┘
//! ```

use std::time::Duration;

use ratatui::layout::Rect;

use super::Look;
use super::waiting;
use crate::frame::At;
use crate::trace::{Dir, EntryKind, Step};
use crate::tui::keymap::Action;
use crate::tui::snapshot::StepLine;
use crate::tui::state::dialogue::Row;
use crate::tui::state::{Dialogue, Pane, State};
use crate::tui::theme::Role;
use crate::tui::widgets::Pen;

/// Columns of the parts of a row.
const NAME: u16 = 17;
const LINE: u16 = 9;
const TOOK: u16 = 9;
/// From this width of the pane on, there is room for when each step was.
const WITH_SPANS: u16 = 90;
/// Columns of that.
const SPANS: u16 = 24;

/// Draws the steps of the last session, where there was one.
pub(super) fn draw(look: &mut Look<'_>) {
    let state = look.state;
    let Some(dialogue) = &state.bench.dialogue else { return };
    let (title, right) = (title(state, dialogue), right(look, dialogue));
    let inner = look.pane(Pane::Steps, &title, &right, "");
    if inner.is_empty() {
        return;
    }
    if dialogue.steps().is_empty() {
        let text = if dialogue.is_running() { "waiting for the line" } else { "nothing was sent" };
        look.pen(inner).fit(1, 0, inner.width, text, Role::Dim);
    }
    let snapshot = look.snapshot;
    let rows = dialogue.rows();
    let shown = rows.iter().enumerate().skip(dialogue.list.top).zip(&snapshot.steps);
    for (y, ((at, row), line)) in (0..inner.height).zip(shown) {
        let area = Rect { y: inner.y + y, height: 1, ..inner };
        let mut pen = look.pen(area);
        match *row {
            Row::Step(place) => step(&mut pen, state, dialogue, (place, line)),
            Row::Entry(..) => frame(&mut pen, line),
        }
        if at == dialogue.list.at {
            let current = pen.theme().glyphs().current;
            pen.put(0, 0, current, Role::Accent);
            pen.select(0, 0, area.width);
        }
    }
}

/// How many steps there were and how long it took.
fn title(state: &State, dialogue: &Dialogue) -> String {
    let count = dialogue.steps().len();
    let Some((began, ended)) = dialogue.span() else { return "Session".to_owned() };
    let took = if dialogue.is_running() { String::new() } else { format!(", {}", time(ended.since(began))) };
    let plural = if count == 1 { "" } else { "s" };
    let line = if dialogue.is_running() { state.status.line } else { None };
    let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
    format!("Session  {count} step{plural}{took}{line}")
}

/// While it runs: how far it has got and how to stop it.
fn right(look: &Look<'_>, dialogue: &Dialogue) -> String {
    let Some(job) = look.state.jobs.get(dialogue.job) else { return String::new() };
    let standing = waiting::of(look.state, job);
    let progress = job.progress.map(|(done, total)| format!("{done} of {total}, ")).unwrap_or_default();
    format!("{progress}{standing}, {} stops", look.key(Action::Cancel))
}

/// How a step stands.
fn standing(dialogue: &Dialogue, place: usize, pen: &Pen<'_>) -> (&'static str, Role) {
    let glyphs = pen.theme().glyphs();
    let is_last = place + 1 == dialogue.steps().len();
    if dialogue.trouble.as_ref().is_some_and(|trouble| trouble.step == place) {
        (glyphs.bad, Role::Bad)
    } else if dialogue.is_running() && is_last {
        (glyphs.open, Role::Accent)
    } else {
        (glyphs.good, Role::Good)
    }
}

fn step(pen: &mut Pen<'_>, state: &State, dialogue: &Dialogue, (place, line): (usize, &StepLine)) {
    let Some(step) = dialogue.steps().get(place) else { return };
    let glyphs = pen.theme().glyphs();
    let (sign, role) = standing(dialogue, place, pen);
    pen.put(1, 0, if dialogue.is_open(place) { glyphs.expanded } else { glyphs.collapsed }, Role::Dim);
    pen.put(3, 0, sign, role);
    let is_bad = role == Role::Bad;
    pen.fit(5, 0, NAME, step.name(), if is_bad { Role::Bad } else { Role::Text });
    let settings = step.line.map(|line| line.to_string()).unwrap_or_default();
    let line_role = if step.changes_speed() { Role::Accent } else { Role::Dim };
    pen.fit(6 + NAME, 0, LINE, &settings, line_role);
    pen.right(6 + NAME + LINE, 0, TOOK, &took(state, dialogue, place, step), Role::Dim);
    let spans = if pen.width() >= WITH_SPANS { SPANS + 2 } else { 0 };
    let text = match &dialogue.trouble {
        Some(trouble) if trouble.step == place => trouble.why.clone(),
        _ => said(step, line),
    };
    let at = 6 + NAME + LINE + TOOK + 2;
    let room = pen.width().saturating_sub(at + spans);
    pen.fit(at, 0, room, &text, if is_bad { Role::Bad } else { Role::Text });
    if spans > 0 {
        let x = pen.width() - SPANS;
        span(pen, x, dialogue.span(), (step.began(), step.ended()));
    }
}

/// What is said of a step besides its frame: how often it was tried.
fn said(step: &Step, line: &StepLine) -> String {
    let Some(settings) = step.line.filter(|_| step.changes_speed()) else { return line.text.clone() };
    if step.entries.len() > 1 { line.text.clone() } else { format!("{settings} from here on") }
}

/// How long it took; while it runs, how long the answer has been waited for.
fn took(state: &State, dialogue: &Dialogue, place: usize, step: &Step) -> String {
    let is_last = place + 1 == dialogue.steps().len();
    match state.jobs.get(dialogue.job) {
        Some(job) if is_last && dialogue.is_running() && step.took().is_zero() => {
            format!("{} s", state.now.at.since(job.since).as_secs())
        }
        _ => time(step.took()),
    }
}

/// When a step was, between the beginning and the end of the session.
fn span(pen: &mut Pen<'_>, x: u16, whole: Option<(At, At)>, (began, ended): (At, At)) {
    let Some((first, last)) = whole else { return };
    let total = last.since(first).as_secs_f64();
    if total <= 0.0 {
        return;
    }
    let cell = |at: At| at.since(first).as_secs_f64() / total * f64::from(SPANS);
    #[expect(clippy::cast_sign_loss, reason = "shares of a span are not below 0")]
    let (from, to) = (cell(began).floor() as u16, cell(ended).ceil() as u16);
    let from = from.min(SPANS - 1);
    let full = pen.theme().glyphs().across.last().copied().unwrap_or_default();
    pen.repeat(x + from, 0, to.clamp(from + 1, SPANS) - from, full, Role::Accent);
}

/// A frame of an open step, or what else happened in it.
fn frame(pen: &mut Pen<'_>, line: &StepLine) {
    let glyphs = pen.theme().glyphs();
    let Some(entry) = &line.entry else { return };
    let (sign, role) = match (entry.kind, entry.way) {
        (EntryKind::Mark(_), _) => (glyphs.mark, Role::Dim),
        (EntryKind::Noise, _) => (glyphs.noise, Role::Noise),
        (EntryKind::Echo, _) => (glyphs.echo, Role::Echo),
        (EntryKind::Frame(_), Dir::Tx) => (glyphs.request, Role::Request),
        (EntryKind::Frame(_), Dir::Rx) => (glyphs.reply, Role::Reply),
    };
    pen.put(5, 0, sign, role);
    let bytes = if entry.len > 0 { format!("{} B", entry.len) } else { String::new() };
    pen.right(7, 0, 6, &bytes, Role::Dim);
    let text = if entry.kind == EntryKind::Echo { "echo of what was sent" } else { &line.text };
    pen.fit(15, 0, pen.width(), text, role);
}

/// A time in milliseconds, or in seconds from ten on.
fn time(time: Duration) -> String {
    if time.as_secs() < 10 {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
