//! ```text
//! ┏ ▶ Telegram 12  e-MUCS telegram  ✓ CRC-16/ARC ━━━━━━ every 1.0 s, 0 s ago ┓
//! ┃  voltage L1        230.1 V   -0.2  1-0:32.7.0   (230.1*V)                 ┃
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
//! ┌ Bytes  [wire] texts ───────────────────────────── 022E-0242 of 766 bytes ┐
//! └───────────────────────────────────────────────────────────────────────────┘
//! ```

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::Look;
use crate::app::signal_hints::{is_of_the_line, looks_like};
use crate::app::telegram::{Change, Line};
use crate::frame::{FieldTree, Verdict};
use crate::tui::layout::{glass, telegram_remarks};
use crate::tui::state::{Pane, State, Telegrams};
use crate::tui::theme::Role;
use crate::tui::widgets::{HexView, ScrollBar, figure, width, wrap};

/// Draws the telegram and its bytes.
pub(crate) fn draw(look: &mut Look<'_>) {
    lines(look);
    bytes(look);
}

fn lines(look: &mut Look<'_>) {
    let state = look.state;
    let (title, right) = (title(look), count(state));
    let inner = look.pane(Pane::Lines, &title, &right, "");
    if inner.is_empty() {
        return;
    }
    if state.telegrams.shown().is_none() {
        let rows = nothing_yet(look, inner.width);
        look.lines(inner, &rows);
        return;
    }
    let remarks = telegram_remarks(look.areas, &state.telegrams);
    let below = u16::try_from(remarks.len()).unwrap_or(0);
    let area = Rect { height: inner.height.saturating_sub(below), ..inner };
    table(look, area);
    let remarks: Vec<(String, Role)> = remarks.into_iter().map(|row| (row, Role::Warn)).collect();
    look.lines(Rect { y: area.bottom(), height: below, ..inner }, &remarks);
}

/// Which telegram it is, and its judgement.
fn title(look: &Look<'_>) -> String {
    let telegrams = &look.state.telegrams;
    let Some(shown) = &telegrams.glass.shown else { return "Telegram".to_owned() };
    let glyphs = look.theme.glyphs();
    let sum = shown.checksum.map(|sum| format!(" {}", sum.kind.name())).unwrap_or_default();
    let verdict = match shown.verdict {
        Verdict::Good => format!("{}{sum}", glyphs.good),
        Verdict::Bad(_) | Verdict::Malformed(_) => format!("{}{sum}", glyphs.bad),
        Verdict::Unchecked(reason) => reason.text().to_owned(),
    };
    let number = telegrams.count.saturating_sub(telegrams.after() as u64);
    let held = if telegrams.is_held() { "held, " } else { "" };
    format!("Telegram {held}{number} of {}  {}  {verdict}", telegrams.count, shown.title)
}

/// How many are damaged, how often they come, and how old the one shown is.
fn count(state: &State) -> String {
    let telegrams = &state.telegrams;
    let Some(shown) = telegrams.shown() else { return String::new() };
    let mut words = Vec::new();
    if telegrams.is_held() && telegrams.since > 0 {
        words.push(format!("+{} since", telegrams.since));
    }
    if let Some(other) = state.shown.other() {
        words.push(format!("{other} speaks, too, and is not shown"));
    }
    if telegrams.damaged > 0 {
        words.push(format!("{} damaged", telegrams.damaged));
    }
    if let Some(interval) = telegrams.interval {
        words.push(format!("every {}", seconds(interval)));
    }
    let wall = state.trace.lock().wall(shown.at);
    words.push(format!("{} ago", super::readings::span(state.age(wall))));
    words.join(", ")
}

/// A time between telegrams: `1.0 s`, `5 min`.
fn seconds(interval: std::time::Duration) -> String {
    match (interval.as_millis() + 50) / 100 {
        tenths @ 0..1000 => format!("{}.{} s", tenths / 10, tenths % 10),
        tenths => format!("{} min", tenths / 600),
    }
}

/// Why there is nothing to see: what came instead, and what the model needs before it speaks.
fn nothing_yet(look: &Look<'_>, columns: u16) -> Vec<(String, Role)> {
    let state = look.state;
    let counters = state.status.counters;
    let came = match (state.is_connected(), counters.bytes_in) {
        (false, _) => "no link is open: choose one on screen 1".to_owned(),
        (true, 0) => "no byte has come yet".to_owned(),
        (true, bytes) => {
            format!("no telegram yet: {bytes} bytes came, {} of them noise", counters.noise_bytes)
        }
    };
    let mut rows = vec![(came, Role::Text)];
    let mut add = |text: &str, role| rows.extend(wrap(text, columns).into_iter().map(|row| (row, role)));
    if let Some(hint) = hint(state) {
        add(&hint, Role::Warn);
    }
    let Some(target) = &state.target else { return rows };
    for text in [target.model.note, target.model.wiring.supply, target.model.lookalike] {
        add(text, Role::Dim);
    }
    rows
}

/// What the noise looks like.
fn hint(state: &State) -> Option<Cow<'static, str>> {
    let wanted = state.target.as_ref().map(|target| target.model.protocol);
    let (noise, line) = (&state.telegrams.noise, state.line());
    if state.status.is_searching && is_of_the_line(noise, line, wanted) {
        return Some(format!("the line settings are searched for, now at {line}").into());
    }
    looks_like(noise, line, wanted)
}

/// Widths of the columns; 0 for one that is not there.
#[derive(Debug, Clone, Copy, Default)]
struct Columns {
    name: u16,
    value: u16,
    change: u16,
    code: u16,
    raw: u16,
}

const GAP: u16 = 2;

fn table(look: &mut Look<'_>, area: Rect) {
    let telegrams = &look.state.telegrams;
    let room = area.width.saturating_sub(2);
    let shown: Vec<Shown> = shown(look, usize::from(area.height));
    let columns = columns(&shown, room);
    for (y, line) in (0..area.height).zip(&shown) {
        row(look, Rect { y: area.y + y, height: 1, width: room + 1, ..area }, line, columns);
    }
    let bar = Rect { x: area.right().saturating_sub(1), width: 1.min(area.width), ..area };
    let (total, first) = (telegrams.lines.len(), telegrams.list.top);
    ScrollBar { total, first, shown: usize::from(area.height) }.render(bar, look.buf, look.theme);
}

/// A line with its texts.
struct Shown<'a> {
    line: &'a Line,
    name: String,
    value: String,
    change: String,
    is_lit: bool,
    is_chosen: bool,
}

fn shown<'a>(look: &Look<'a>, rows: usize) -> Vec<Shown<'a>> {
    let telegrams: &'a Telegrams = &look.state.telegrams;
    let top = telegrams.list.top;
    let lines = telegrams.lines.iter().enumerate().skip(top).take(rows);
    let shown = |(index, line): (usize, &'a Line)| {
        let change = telegrams.changes.get(index).copied().unwrap_or(Change::First);
        Shown {
            line,
            name: format!("{}{}", if line.is_part { "  " } else { "" }, line.name),
            value: value(look, line),
            change: changed(change, line),
            is_lit: change.is_seen(),
            is_chosen: index == telegrams.list.at,
        }
    };
    lines.map(shown).collect()
}

fn value(look: &Look<'_>, line: &Line) -> String {
    match (line.verdict, line.number) {
        (Verdict::Bad(mismatch), _) => mismatch.to_string(),
        (Verdict::Malformed(what), _) => what.to_owned(),
        (_, Some(number)) => figure::with_unit(number, line.unit, look.theme),
        (..) => line.value.clone(),
    }
}

fn changed(change: Change, line: &Line) -> String {
    match change {
        Change::First | Change::Same => String::new(),
        Change::New => "new".to_owned(),
        Change::Other if line.number.is_none() => "*".to_owned(),
        Change::Other => "unit".to_owned(),
        Change::By(by) if by.units() > 0 => format!("+{}", figure::grouped(by)),
        Change::By(by) => figure::grouped(by),
    }
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> u16 {
    texts.map(width).max().unwrap_or(0)
}

/// Every column as wide as it needs to be; where there is too little room the raw text goes first, then the code.
fn columns(shown: &[Shown<'_>], room: u16) -> Columns {
    let most = if room < 100 { 20 } else { 28 };
    let mut columns = Columns {
        name: widest(shown.iter().map(|shown| shown.name.as_str()))
            .clamp(12, if room < 100 { 30 } else { 34 }),
        value: widest(shown.iter().map(|shown| shown.value.as_str())).clamp(10, most),
        change: widest(shown.iter().map(|shown| shown.change.as_str())).max(7),
        code: widest(shown.iter().map(|shown| shown.line.code.as_str())).min(14),
        raw: 0,
    };
    let mut left = room.saturating_sub(1 + columns.name + columns.value + columns.change + 2 * GAP);
    if left >= columns.code + GAP {
        left -= columns.code + GAP;
    } else {
        columns.code = 0;
    }
    let raw = widest(shown.iter().map(|shown| shown.line.raw.as_str())).min(34) + GAP;
    columns.raw = if left >= 8 + GAP { raw.min(left) - GAP } else { 0 };
    columns
}

fn row(look: &mut Look<'_>, area: Rect, shown: &Shown<'_>, columns: Columns) {
    let focused = look.state.pane() == Pane::Lines;
    let mark = look.theme.glyphs().current;
    let role = if shown.is_lit { Role::Accent } else { Role::Text };
    let mut pen = look.pen(area);
    if shown.is_chosen {
        pen.put(0, 0, mark, Role::Accent);
    }
    let mut x = pen.fit(1, 0, columns.name, &shown.name, Role::Text).max(1 + columns.name) + GAP;
    let value_role = if shown.line.verdict.is_bad() { Role::Bad } else { role };
    let is_number = shown.line.number.is_some();
    if is_number && width(&shown.value) <= columns.value {
        pen.right(x, 0, columns.value, &shown.value, value_role);
    } else {
        // A text may use the columns behind it: there is no difference to stand there.
        let room = columns.value + columns.change.saturating_sub(width(&shown.change));
        pen.fit(x, 0, room, &shown.value, value_role);
    }
    x += columns.value + GAP;
    pen.right(x, 0, columns.change, &shown.change, Role::Accent);
    x += columns.change + GAP;
    if columns.code > 0 {
        pen.fit(x, 0, columns.code, &shown.line.code, Role::Dim);
        x += columns.code + GAP;
    }
    if columns.raw > 0 {
        pen.fit(x, 0, columns.raw, &shown.line.raw, Role::Dim);
        x += columns.raw + GAP;
    }
    if x + 12 < area.width {
        pen.fit(x, 0, area.width - x, &shown.line.note, Role::Dim);
    }
    if shown.is_chosen && focused {
        pen.select(0, 0, area.width);
    }
}

fn bytes(look: &mut Look<'_>) {
    let state = look.state;
    let inspector = &state.telegrams.glass;
    let (title, right) = (layers(state), place(state));
    let inner = look.pane(Pane::TelegramBytes, &title, &right, "");
    let Some(layer) = inspector.layer().filter(|_| !inner.is_empty()) else { return };
    let head = head(look);
    look.pen(inner).fit(0, 0, inner.width, &head, Role::Text);
    let hex = HexView {
        cursor: Some(inspector.byte),
        lit: inspector.lit(),
        revealed: state.reveal,
        scroll: inspector.hex_top,
        ..HexView::new(layer)
    };
    hex.render(glass(look.areas), look.buf, look.theme);
}

/// The views of the bytes, the one shown in brackets.
fn layers(state: &State) -> String {
    let inspector = &state.telegrams.glass;
    let layers = inspector.shown.as_ref().map(|shown| shown.layers.as_slice()).unwrap_or_default();
    let name = |(index, layer): (usize, &crate::frame::Layer)| {
        let is_shown = index == inspector.layer && layers.len() > 1;
        if is_shown { format!("[{}]", layer.kind) } else { layer.kind.name().to_owned() }
    };
    let names: Vec<String> = layers.iter().enumerate().map(name).collect();
    format!("Bytes  {}", names.join(" "))
}

/// Where the lit bytes stand: in this view, and in which frame of the message on the wire.
fn place(state: &State) -> String {
    let inspector = &state.telegrams.glass;
    let Some(layer) = inspector.layer() else { return String::new() };
    let byte = inspector.byte;
    let origin = layer.from.iter().find(|origin| origin.here.contains(byte));
    match origin {
        Some(origin) => {
            let wire = origin.wire.range().start + (byte - origin.here.range().start);
            format!("{byte:04X} = frame {}, {wire:04X}", origin.part + 1)
        }
        None => format!("{byte:04X} of {:04X}", layer.bytes.len()),
    }
}

/// What stands under the cursor: the innermost field with its value.
fn head(look: &Look<'_>) -> String {
    let inspector = &look.state.telegrams.glass;
    let Some(layer) = inspector.layer() else { return String::new() };
    let telegrams = &look.state.telegrams;
    let chosen = telegrams.lines.get(telegrams.list.at).filter(|line| line.field == inspector.field);
    if let Some(line) = chosen {
        let texts = [line.name.clone(), value(look, line), line.note.clone()];
        return texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("  ");
    }
    let has_focus = look.state.pane() == Pane::TelegramBytes;
    let leaf = layer.fields.leaf_at(inspector.byte).filter(|_| has_focus).unwrap_or(inspector.field);
    let Some(field) = layer.fields.get(leaf) else { return String::new() };
    let value = figure::value(layer, field, look.state.reveal, look.theme);
    let note = if field.note.is_empty() { String::new() } else { format!("  {}", field.note) };
    format!("{}  {value}{note}", field.label)
}
