//! ```text
//! ┏ ▶ Links ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! ┃ Ports found                                                   ┃
//! ┃▶  serial:/dev/ttyUSB0     FTDI FT232R USB UART                ┃
//! ┃ Without a meter                                               ┃
//! ┃   sim:                    simulated bus, one meter of ...     ┃
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
//! ┌ Link ───────────────────────────┐┌ Line settings ─────────────┐
//! │ tcp://192.0.2.7:4001            ││ 9600-8N1                   │
//! └─────────────────────────────────┘└────────────────────────────┘
//! ```

use ratatui::layout::Rect;

use super::Look;
use crate::tui::state::Pane;
use crate::tui::state::connect::Choice;
use crate::tui::theme::Role;
use crate::tui::widgets::{ScrollBar, TextInput, width};

/// Draws the screen of links.
pub fn draw(look: &mut Look<'_>) {
    list(look);
    entry(look);
    line(look);
}

fn list(look: &mut Look<'_>) {
    let state = look.state;
    let looked = if state.connect.looked { "" } else { "looking for ports" };
    let inner = look.pane(Pane::Links, "Links", looked, "");
    let choices = state.connect.choices();
    let rows = rows(&choices, state.connect.looked && state.connect.ports.is_empty());
    let top = state.connect.list.top;
    let column = choices.iter().map(|c| width(c.link())).max().unwrap_or(0).min(inner.width / 2) + 3;
    for (y, row) in (0..inner.height).zip(rows.iter().skip(top)) {
        let area = Rect { y: inner.y + y, height: 1, ..inner };
        match row {
            Row::Heading(title) => {
                look.pen(area).put(1, 0, title, Role::Dim);
            }
            Row::Choice(at, choice) => one(look, area, choice, *at == state.connect.list.at, column),
        }
    }
    let bar = Rect { x: inner.right().saturating_sub(1), width: 1.min(inner.width), ..inner };
    let (total, shown) = (rows.len(), usize::from(inner.height));
    ScrollBar { total, first: top, shown }.render(bar, look.buf, look.theme);
}

enum Row<'a> {
    Heading(&'static str),
    Choice(usize, &'a Choice),
}

fn rows(choices: &[Choice], no_ports: bool) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut before = None;
    for (at, choice) in choices.iter().enumerate() {
        if before != Some(choice.origin) {
            rows.push(Row::Heading(choice.origin.title()));
        }
        before = Some(choice.origin);
        rows.push(Row::Choice(at, choice));
    }
    if no_ports {
        rows.push(Row::Heading("No serial port was found; one that is plugged in appears by itself"));
    }
    rows
}

fn one(look: &mut Look<'_>, area: Rect, choice: &Choice, chosen: bool, column: u16) {
    let current = look.theme.glyphs().current;
    let mut pen = look.pen(area);
    if chosen {
        pen.put(0, 0, current, Role::Accent);
    }
    pen.fit(3, 0, column.saturating_sub(1), choice.link(), Role::Text);
    pen.fit(3 + column, 0, area.width.saturating_sub(4 + column), &choice.about, Role::Dim);
    if chosen {
        pen.select(0, 0, area.width);
    }
}

fn entry(look: &mut Look<'_>) {
    let state = look.state;
    let inner = look.pane(Pane::LinkEntry, "Another link", "", "");
    let placeholder = "serial:PORT, tcp://HOST:PORT, listen://ADDRESS:PORT, file:CAPTURE";
    let error = &state.connect.complaint;
    let line = TextInput { placeholder, error, ..TextInput::new(&state.connect.entry, "") };
    look.input(inner, Pane::LinkEntry, line);
}

fn line(look: &mut Look<'_>) {
    let state = look.state;
    let inner = look.pane(Pane::LineEntry, "Line settings", "", "");
    let placeholder = "as the model has it";
    look.input(inner, Pane::LineEntry, TextInput { placeholder, ..TextInput::new(&state.connect.line, "") });
    let below = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    look.pen(below).fit(0, 0, below.width, "speed, format: 9600-8N1", Role::Dim);
}
