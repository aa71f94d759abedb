//! ```text
//! ┏ ▶ Links ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓┌ State ─────────────────┐
//! ┃ Ports found                              ┃│ link     ● sim:        │
//! ┃▶● serial:/dev/ttyUSB0   FTDI FT232R      ┃│ traffic  34 B out ...  │
//! ┃ Without a meter                          ┃│ adapter  does not echo │
//! ┃   sim:                  simulated bus... ┃│ recorded /home/...     │
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛└────────────────────────┘
//! ┌ Link ───────────────────────────┐┌ Line settings ─────────────┐
//! │ tcp://192.0.2.7:4001            ││ 9600-8N1                   │
//! └─────────────────────────────────┘└────────────────────────────┘
//! ```

use std::path::Path;

use ratatui::layout::Rect;

use super::Look;
use super::bar::size;
use crate::bus::EchoState;
use crate::frame::visible;
use crate::link::Endpoint;
use crate::trace::CaptureState;
use crate::tui::state::connect::Choice;
use crate::tui::state::{Pane, State};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, ScrollBar, TextInput, width, wrap};

/// Draws the screen of links.
pub(crate) fn draw(look: &mut Look<'_>) {
    list(look);
    about(look);
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
    let glyphs = look.theme.glyphs();
    let is_open = look.state.is_connected() && is_present(look.state, choice.link());
    let mut pen = look.pen(area);
    if chosen {
        pen.put(0, 0, glyphs.current, Role::Accent);
    }
    if is_open {
        pen.put(1, 0, glyphs.connected, Role::Good);
    }
    pen.fit(3, 0, column.saturating_sub(1), choice.link(), Role::Text);
    pen.fit(3 + column, 0, area.width.saturating_sub(4 + column), &choice.about, Role::Dim);
    if chosen {
        pen.select(0, 0, area.width);
    }
}

/// Whether this is the link that was asked for.
fn is_present(state: &State, link: &str) -> bool {
    state.link.as_ref().is_some_and(|name| name.to_string() == link)
}

/// How the link is, and where what goes over it is written.
fn about(look: &mut Look<'_>) {
    let area = look.areas.extra(0);
    if area.height < 3 {
        return;
    }
    widgets::Pane { title: "State", ..widgets::Pane::default() }.render(area, look.buf, look.theme);
    let inner = widgets::Pane::inner(area);
    let mut y = 0;
    for (label, text, role) in facts(look) {
        for (row, line) in wrap(&text, inner.width.saturating_sub(LABEL + 1)).iter().enumerate() {
            let mut pen = look.pen(inner);
            pen.fit(1, y, LABEL, if row == 0 { label } else { "" }, Role::Dim);
            pen.fit(LABEL + 1, y, inner.width, line, role);
            y += 1;
        }
    }
}

/// Columns of the labels.
const LABEL: u16 = 10;

fn facts(look: &Look<'_>) -> Vec<(&'static str, String, Role)> {
    let state = look.state;
    let (link, role) = super::bar::link(state);
    let mut facts = vec![("link", link, role)];
    if state.is_connected() {
        let counters = state.status.counters;
        let (out, back) = (size(counters.bytes_out), size(counters.bytes_in));
        let traffic = format!("{out} out, {back} in, of that {} of noise", size(counters.noise_bytes));
        facts.push(("line", state.line().to_string(), Role::Text));
        facts.push(("traffic", traffic, Role::Text));
        if counters.dropped > 0 {
            facts.push(("dropped", size(counters.dropped), Role::Bad));
        }
        if !counters.line_errors.is_none() {
            facts.push(("damaged", counters.line_errors.to_string(), Role::Warn));
        }
        facts.push(("adapter", echo(state.status.echo).to_owned(), Role::Text));
    }
    facts.push(recorded(state));
    if state.link.as_ref().is_some_and(|link| link.place == Endpoint::Sim) {
        let text = "try what goes wrong on a real line: :fault swallow=1, :fault echo=1, :fault flip=1@5, \
                    :fault late=once:800ms; :fault none ends it";
        facts.push(("faults", text.to_owned(), Role::Hint));
    }
    facts
}

const fn echo(echo: EchoState) -> &'static str {
    match echo {
        EchoState::Unknown => "nothing was sent yet",
        EchoState::Absent => "does not echo what is sent",
        EchoState::Present => "hears itself; the echo is taken out",
    }
}

/// Where the traffic is written.
fn recorded(state: &State) -> (&'static str, String, Role) {
    let shown = |path: &Path| visible::file(path);
    let (text, role) = match (&state.capture, &state.captures) {
        (CaptureState::Running { path, bytes, holes }, _) if holes.count > 0 => {
            let (lost, file) = (size(holes.bytes), shown(path));
            (format!("{} in {file}; {lost} are missing in {} places", size(*bytes), holes.count), Role::Bad)
        }
        (CaptureState::Running { path, bytes, .. }, _) => {
            (format!("{} so far in {}", size(*bytes), shown(path)), Role::Text)
        }
        (CaptureState::Failed { why, kept, holes, .. }, _) => {
            (format!("not: {why}; {} are kept, {} lost", size(*kept), size(holes.bytes)), Role::Bad)
        }
        (_, Some(place)) => (format!("from the first byte on, in {}", shown(place)), Role::Text),
        (_, None) => ("in memory only".to_owned(), Role::Warn),
    };
    ("recorded", text, role)
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
