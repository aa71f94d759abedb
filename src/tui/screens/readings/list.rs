//! Values line by line, and what is wrong where they could not be read.

use ratatui::layout::Rect;

use super::span;
use crate::frame::{hex, visible};
use crate::reading::{Measured, Period, Phase, Raw, Reading, Unit};
use crate::tui::screens::Look;
use crate::tui::state::readings::Known;
use crate::tui::state::shelf::Item;
use crate::tui::state::{Pane, State};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, ScrollBar, Spark, figure, width, wrap};

/// Draws what was read besides the tariff table; with the whole screen to itself, everything.
pub(super) fn values(look: &mut Look<'_>) {
    let state = look.state;
    let inner = look.pane(Pane::Values, "Values", "", "");
    if state.maximised {
        let lines = failure_lines(look, inner.width);
        look.lines(inner, &lines);
        let used = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(inner.height);
        table(look, Rect { y: inner.y + used, height: inner.height - used, ..inner });
        return;
    }
    let others = state.readings.items();
    let (top, rows) = (state.readings.list.top, usize::from(inner.height));
    for (y, item) in (0..inner.height).zip(others.iter().skip(top)) {
        let area = Rect { y: inner.y + y, height: 1, ..inner };
        match item {
            Item::Heading(text) => heading(look, area, text),
            Item::Phases(name, cells) => phases(look, area, name, cells),
            Item::Value(known) => value(look, area, known),
        }
    }
    let used = others.len().saturating_sub(top).min(rows);
    let used = u16::try_from(used).unwrap_or(u16::MAX);
    let below = Rect { y: inner.y + used, height: inner.height.saturating_sub(used), ..inner };
    if look.areas.extra(1).is_empty() {
        let lines = failure_lines(look, below.width);
        look.lines(below, &lines);
    }
    if others.is_empty() && state.readings.failed.is_empty() {
        look.pen(inner).fit(1, 0, inner.width, "nothing was read yet", Role::Dim);
    }
    let bar = Rect { x: inner.right().saturating_sub(1), width: 1.min(inner.width), ..inner };
    ScrollBar { total: others.len(), first: top, shown: rows }.render(bar, look.buf, look.theme);
}

/// What the rows below have in common; over the phases their names.
fn heading(look: &mut Look<'_>, area: Rect, text: &str) {
    let mut pen = look.pen(area);
    pen.fit(1, 0, area.width, text, Role::Title);
    if text == "phases" {
        for (phase, x) in Phase::ALL.into_iter().zip(phase_columns(area.width)) {
            pen.right(x, 0, PHASE_COLUMNS, phase.name(), Role::Dim);
        }
    }
}

/// Columns of a value of one phase.
const PHASE_COLUMNS: u16 = 12;

/// Where the phases stand.
fn phase_columns(width: u16) -> [u16; 3] {
    let first = (width / 6).clamp(9, 14);
    let step = (width.saturating_sub(first + 1) / 3).clamp(PHASE_COLUMNS, PHASE_COLUMNS + 4);
    [0, 1, 2].map(|index| first + index * step)
}

/// A quantity of the phases side by side.
fn phases(look: &mut Look<'_>, area: Rect, name: &str, cells: &[Option<&Known>; 3]) {
    let texts =
        cells.map(|cell| cell.map_or_else(|| "-".to_owned(), |known| value_text(look, &known.reading)));
    let mut pen = look.pen(area);
    pen.fit(2, 0, area.width, name, Role::Text);
    for (text, x) in texts.iter().zip(phase_columns(area.width)) {
        pen.right(x, 0, PHASE_COLUMNS, text, Role::Accent);
    }
}

/// When a value was measured, where that is not the moment at which it was told.
fn own_time(reading: &Reading) -> Option<String> {
    let has_own = reading.channel != 0 || reading.period != Period::Now;
    reading.at.filter(|_| has_own).map(|at| format!("at {at}"))
}

/// A value with its name, unit and history; one that is older than the newest says how old it is.
fn value(look: &mut Look<'_>, area: Rect, known: &Known) {
    let name = name(&known.reading);
    let text = value_text(look, &known.reading);
    let age = stale(look.state, known);
    let history: Vec<_> = known.history.iter().map(|(_, number)| Some(*number)).collect();
    let label = (area.width / 3).clamp(12, 26);
    let mut pen = look.pen(area);
    pen.fit(1, 0, label, &name, Role::Text);
    let x = if known.reading.number().is_some() {
        pen.right(label + 1, 0, 14, &text, Role::Accent);
        label + 17
    } else {
        pen.fit(label + 2, 0, area.width, &text, Role::Text) + 2
    };
    if let Some(time) = own_time(&known.reading) {
        pen.fit(x, 0, area.width, &time, Role::Dim);
    } else if !age.is_empty() {
        pen.fit(x, 0, area.width, &age, Role::Warn);
    } else if history.len() > 1 && x + 4 < area.width {
        let area = Rect { x: area.x + x, width: area.width - x - 2, ..area };
        Spark { values: &history }.render(area, look.buf, look.theme);
    }
}

/// Seconds after which a value is no present one, however seldom values come.
const OLD: i64 = 60;

/// How old a value is that came earlier than the others, or that nothing has renewed since; nothing for a present one.
fn stale(state: &State, known: &Known) -> String {
    let between =
        state.telegrams.interval.filter(|_| state.listens()).unwrap_or_else(|| state.polling.poller.period());
    let period = i64::try_from(between.as_secs()).unwrap_or(i64::MAX);
    let age = state.age(known.when);
    let behind = state.readings.newest().map_or(0, |newest| newest.duration_since(known.when).as_secs());
    let is_old = age.as_secs() > OLD.max(period.saturating_mul(2));
    if is_old || behind > period.saturating_mul(2) { format!("{} ago", span(age)) } else { String::new() }
}

/// What is measured, with tariff, phase and period.
fn name(reading: &Reading) -> String {
    let mut name = reading.quantity.name().to_owned();
    if let Some(phase) = reading.phase {
        name = format!("{name} {}", phase.name());
    }
    if let Some(tariff) = reading.tariff {
        name = format!("{name} T{tariff}");
    }
    if reading.channel != 0 {
        name = format!("{} {name}", reading.channel);
    }
    if !matches!(reading.period, Period::Now | Period::Then) {
        name = format!("{name}, {}", reading.period);
    }
    name
}

/// A value with its unit.
pub(super) fn value_text(look: &Look<'_>, reading: &Reading) -> String {
    match (&reading.value, reading.unit) {
        (Measured::Number(number), Unit::None) => figure::grouped(*number),
        (Measured::Number(number), unit) => figure::with_unit(*number, unit, look.theme),
        (value, _) => visible::measured(value),
    }
}

/// Draws what failed, with what that rules out and what to look at.
pub(super) fn failures(look: &mut Look<'_>, area: Rect) {
    if area.height < 3 {
        return;
    }
    widgets::Pane { title: "What failed", ..widgets::Pane::default() }.render(area, look.buf, look.theme);
    let inner = widgets::Pane::inner(area);
    let lines = failure_lines(look, inner.width);
    look.lines(inner, &lines);
}

/// Each headline once with the requests it is of, and what to look at for the last one.
fn failure_lines(look: &Look<'_>, columns: u16) -> Vec<(String, Role)> {
    let bad = look.theme.glyphs().bad;
    let failed = &look.state.readings.failed;
    let mut lines: Vec<(String, Role)> = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for one in failed {
        if told.contains(&one.headline.as_str()) {
            continue;
        }
        told.push(&one.headline);
        let same = failed.iter().filter(|other| other.headline == one.headline);
        let titles: Vec<&str> = same.map(|other| other.title).collect();
        let text = format!("{bad} {} ({})", one.headline, titles.join(", "));
        lines.extend(wrap(&text, columns).into_iter().map(|line| (line, Role::Bad)));
    }
    for line in failed.last().map(|one| one.advice.as_slice()).unwrap_or_default() {
        lines.extend(wrap(line, columns).into_iter().map(|line| (line, Role::Text)));
    }
    lines
}

/// Draws a table of everything that was read.
pub(super) fn everything(look: &mut Look<'_>, area: Rect) {
    if area.height < 4 {
        return;
    }
    let no_chart = !look.state.readings.has_chart() && !look.state.readings.known.is_empty();
    let right = if no_chart { "no power is read, so no chart: pin one on the Bench" } else { "" };
    let title = "Everything read";
    widgets::Pane { title, right, ..widgets::Pane::default() }.render(area, look.buf, look.theme);
    table(look, widgets::Pane::inner(area));
}

/// A column of the table: its heading, its texts, and whether they stand at its right end.
type Column = (&'static str, Vec<String>, bool);

/// What, value, code, how much it has grown, how long ago, from which bytes: as many columns as fit.
fn table(look: &mut Look<'_>, area: Rect) {
    let all = look.state.readings.all();
    if all.is_empty() {
        look.pen(area).fit(1, 0, area.width, "nothing was read yet", Role::Dim);
        return;
    }
    let column = |heading, text: &dyn Fn(&Known) -> String, right| -> Column {
        (heading, all.iter().map(|known| text(known)).collect(), right)
    };
    let columns = [
        column("what", &|known| name(&known.reading), false),
        column("value", &|known| value_text(look, &known.reading), true),
        column("OBIS", &|known| known.reading.code.map(|code| code.to_string()).unwrap_or_default(), false),
        column("since first read", &|known| growth(look, known), true),
        column("read", &|known| format!("{} ago", span(look.state.age(known.when))), true),
        column("from", &|known| raw(&known.reading), false),
    ];
    let mut pen = look.pen(area);
    let mut x = 1;
    for (index, (heading, texts, right)) in columns.iter().enumerate() {
        let widest = texts.iter().map(|text| pen.measure(text)).max().unwrap_or_default().max(width(heading));
        if x + widest > area.width && index > 1 {
            break;
        }
        pen.fit(x, 0, widest, heading, Role::Dim);
        let role = if index == 1 { Role::Accent } else { Role::Text };
        for (y, text) in (1..area.height).zip(texts) {
            if *right {
                pen.right(x, y, widest, text, role);
            } else {
                pen.fit(x, y, widest, text, role);
            }
        }
        x += widest + 3;
    }
}

/// How much a number has grown since it was read first; nothing for what is no number.
fn growth(look: &Look<'_>, known: &Known) -> String {
    let growth = known.growth().filter(|_| known.reading.is_energy_register());
    let Some(growth) = growth else { return String::new() };
    let sign = if growth.units() > 0 { "+" } else { "" };
    format!("{sign}{}", figure::with_unit(growth, known.reading.unit, look.theme))
}

/// The bytes a value was made from, the first of many.
fn raw(reading: &Reading) -> String {
    const SHOWN: usize = 8;
    match &reading.raw {
        Raw::Bytes(bytes) if bytes.len() > SHOWN => {
            format!("{} ...", hex::spaced(bytes.get(..SHOWN).unwrap_or_default()))
        }
        Raw::Bytes(bytes) => hex::spaced(bytes),
        Raw::Text(text) => visible::text(text),
    }
}
