//! ```text
//! ┏ ▶ Trace  following, 1 284 entries ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! ┃ 14:02:11.318           → 13462  Energy by tariff                    17 B  ✓       ┃
//! ┃▶14:02:11.374  +38 ms   ← 13462  Energy by tariff: 2979.64 kWh       18 B  ✓       ┃
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
//! ┌ Entry 1 ───────────────────────────────────────────────────────────────────────────┐
//! │ fields                                    bytes                                   │
//! └───────────────────────────────────────────────────────────────────────────────────┘
//! ```

use ratatui::layout::Rect;

use super::{Look, frame};
use crate::tui::snapshot::Line;
use crate::tui::state::{Pane, TraceView};
use crate::tui::theme::Role;
use crate::tui::widgets::{EntryRow, ScrollBar};

/// Draws the screen of recorded traffic.
pub(crate) fn draw(look: &mut Look<'_>) {
    list(look);
    let view = &look.state.view;
    let title = match view.detail.entry {
        Some(number) => format!("Entry {number}"),
        None => "Entry".to_owned(),
    };
    let inner = look.pane(Pane::Detail, &title, "", "");
    if view.detail.shown.is_some() {
        frame::draw(look, inner, &view.detail);
    } else {
        let text = if view.len == 0 { "nothing went over the link yet" } else { "no bytes" };
        look.pen(inner).fit(1, 0, inner.width, text, Role::Dim);
    }
}

fn list(look: &mut Look<'_>) {
    let state = look.state;
    let inner = look.pane(Pane::Entries, &title(&state.view), &search(&state.view), "");
    let snapshot = look.snapshot;
    let address = |line: &Line| EntryRow::address_columns(line.dissection.as_ref());
    let addresses = snapshot.lines.iter().map(address).max().unwrap_or(0);
    for (y, line) in (0..inner.height).zip(&snapshot.lines) {
        let area = Rect { y: inner.y + y, height: 1, width: inner.width.saturating_sub(1), ..inner };
        row(look, area, line, addresses);
    }
    let bar = Rect { x: inner.right().saturating_sub(1), width: 1.min(inner.width), ..inner };
    let (total, first) = (state.view.shown() as usize, state.view.top as usize);
    ScrollBar { total, first, shown: usize::from(inner.height) }.render(bar, look.buf, look.theme);
}

fn row(look: &mut Look<'_>, area: Rect, line: &Line, address_columns: u16) {
    let row = EntryRow {
        entry: &line.entry,
        dissection: line.dissection.as_ref(),
        text: &line.text,
        request: line.request.as_ref(),
        previous: line.previous.as_ref(),
        time: &line.time,
        address_columns,
        selected: line.number == look.state.view.at,
    };
    row.render(area, look.buf, look.theme);
    if line.found {
        look.pen(area).add(0, 0, 1, Role::Match);
    }
}

/// Whether the list moves, and how much there is.
fn title(view: &TraceView) -> String {
    let (len, shown) = (view.len, view.shown());
    if view.frozen.is_some() {
        return format!("Trace  frozen, +{} since  {shown} entries", len - shown);
    }
    let state = if view.is_following() { "following" } else { "holding" };
    format!("Trace  {state}  {len} entries")
}

/// What is searched for and what came of it.
fn search(view: &TraceView) -> String {
    if view.searching {
        return format!("/{}_", view.query.value());
    }
    if view.needle.is_empty() {
        return String::new();
    }
    let found = if view.found.is_empty() { String::new() } else { format!(": {}", view.found) };
    format!("/{}{found}", view.query.value())
}
