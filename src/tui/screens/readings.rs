//! ```text
//! ┌ Tariffs  read 14:02:11, 12 s ago ──────┐┌ Now ──────────────────────────────────┐
//! │ T1    2 979.64 kWh  ██████████  61.2 % ││ voltage L1   230.1 V   ▁▂▂▃▂ 228 … 231 │
//! │ sum   4 866.77 kWh  total ... ✓ equal  ││                                        │
//! └─────────────────────────────────────────┘└───────────────────────────────────────┘
//! ┌ Power, last 15 minutes ───────────────────────────────────────────────────────────┐
//! └────────────────────────────────────────────────────────────────────────────────────┘
//!  Meter clock 14:01:37, 34 s behind this computer     serial 011791165813462
//! ```

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;

use super::Look;
use crate::frame::visible;
use crate::reading::{Measured, Quantity, Reading, Unit};
use crate::tui::state::readings::Known;
use crate::tui::state::{Pane, State};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Chart, ScrollBar, Series, Spark, TariffRow, Tariffs, figure};

/// Time that the chart shows.
const CHART: i64 = 15 * 60;

/// Draws the screen of values.
pub fn draw(look: &mut Look<'_>) {
    tariffs(look);
    values(look);
    facts(look);
    chart(look);
}

fn tariffs(look: &mut Look<'_>) {
    let state = look.state;
    let polling = polling(state);
    let inner = look.pane(Pane::Tariffs, &tariff_title(state), &polling, "");
    let known = state.readings.tariffs();
    if known.is_empty() {
        let total = state.readings.total();
        let text = total.map_or_else(
            || "Enter reads the pinned requests once, p polls them".to_owned(),
            |total| format!("total  {}", value_text(look, &total.reading)),
        );
        look.pen(inner).fit(1, 0, inner.width, &text, Role::Text);
        return;
    }
    let labels: Vec<String> =
        known.iter().map(|k| format!("T{}", k.reading.tariff.unwrap_or_default())).collect();
    let rows: Vec<TariffRow<'_>> = known
        .iter()
        .zip(&labels)
        .map(|(known, label)| TariffRow { label, name: "", register: known.reading.number().ok_or("absent") })
        .collect();
    let unit = known.first().map(|known| known.reading.unit).unwrap_or_default();
    let total = state.readings.total().and_then(|known| known.reading.number());
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    Tariffs { rows: &rows, unit, total }.render(inner, look.buf, look.theme);
}

fn polling(state: &State) -> String {
    let period = state.readings.period.as_secs();
    if state.readings.polling { format!("polled every {period} s") } else { "not polled".to_owned() }
}

/// When the tariffs were read, and how long ago.
fn tariff_title(state: &State) -> String {
    let newest = state.readings.tariffs().iter().map(|known| known.when).max();
    let newest = newest.or_else(|| state.readings.total().map(|known| known.when));
    match newest {
        Some(when) => format!("Energy  read {}, {} ago", clock(state, when), span(state.age(when))),
        None => "Energy".to_owned(),
    }
}

fn clock(state: &State, when: Timestamp) -> String {
    when.to_zoned(state.zone.clone()).strftime("%H:%M:%S").to_string()
}

/// A time passed in the largest unit that fits: `12 s`, `3 min`.
fn span(passed: SignedDuration) -> String {
    match passed.as_secs().unsigned_abs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

fn values(look: &mut Look<'_>) {
    let state = look.state;
    let inner = look.pane(Pane::Values, "Now", "", "");
    let others = state.readings.others();
    let (top, rows) = (state.readings.list.top, usize::from(inner.height));
    for (y, known) in (0..inner.height).zip(others.iter().skip(top)) {
        let area = Rect { y: inner.y + y, height: 1, ..inner };
        value(look, area, known);
    }
    let used = others.len().saturating_sub(top).min(rows);
    let below = u16::try_from(used).unwrap_or(u16::MAX);
    failures(look, Rect { y: inner.y + below, height: inner.height.saturating_sub(below), ..inner });
    let bar = Rect { x: inner.right().saturating_sub(1), width: 1.min(inner.width), ..inner };
    ScrollBar { total: others.len(), first: top, shown: rows }.render(bar, look.buf, look.theme);
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
    if !age.is_empty() {
        pen.fit(x, 0, area.width, &age, Role::Warn);
    } else if history.len() > 1 && x + 4 < area.width {
        let area = Rect { x: area.x + x, width: area.width - x - 2, ..area };
        Spark { values: &history }.render(area, look.buf, look.theme);
    }
}

fn stale(state: &State, known: &Known) -> String {
    let period = i64::try_from(state.readings.period.as_secs()).unwrap_or(i64::MAX);
    let age = state.age(known.when);
    let behind = state.readings.newest().map_or(0, |newest| newest.duration_since(known.when).as_secs());
    if behind > period.saturating_mul(2) { format!("{} ago", span(age)) } else { String::new() }
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
    if reading.period != crate::reading::Period::Now {
        name = format!("{name}, {}", reading.period);
    }
    name
}

fn value_text(look: &Look<'_>, reading: &Reading) -> String {
    match (&reading.value, reading.unit) {
        (Measured::Number(number), Unit::None) => figure::grouped(*number),
        (Measured::Number(number), unit) => figure::with_unit(*number, unit, look.theme),
        (value, _) => visible::measured(value),
    }
}

fn failures(look: &mut Look<'_>, area: Rect) {
    let bad = look.theme.glyphs().bad;
    let failed = look.state.readings.failed.iter();
    let lines: Vec<(String, Role)> =
        failed.map(|failed| (format!(" {bad} {}: {}", failed.title, failed.why), Role::Bad)).collect();
    look.lines(area, &lines);
}

/// The meter's clock against this computer's, its serial number, and how well it answers.
fn facts(look: &mut Look<'_>) {
    let state = look.state;
    let area = look.areas.extra(0);
    let counters = state.status.counters;
    let lost = format!("{} answers, {} damaged, {} missing", counters.good, counters.bad, counters.missing);
    let lines = [(clock_line(state), Role::Text), (format!("{}{lost}", serial(state)), Role::Dim)];
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    look.lines(inner, &lines);
}

fn clock_line(state: &State) -> String {
    let Some(known) = state.readings.clock() else { return "Meter clock: not read".to_owned() };
    let Measured::Time(time) = known.reading.value else { return "Meter clock: no time".to_owned() };
    let here = known.when.to_zoned(state.zone.clone()).datetime();
    let Some(there) = time.civil() else { return format!("Meter clock {time}: not a possible date") };
    let off = there.duration_since(here);
    let now = there.checked_add(state.age(known.when)).unwrap_or(there);
    let words = match off.as_secs() {
        -1..=1 => "as this computer".to_owned(),
        seconds if seconds < 0 => format!("{} behind this computer", span(off)),
        _ => format!("{} ahead of this computer", span(off)),
    };
    format!("Meter clock {}, {words}", now.strftime("%Y-%m-%d %H:%M:%S"))
}

fn serial(state: &State) -> String {
    let found = state.readings.known.iter().find(|known| known.reading.quantity == Quantity::SERIAL);
    found.map(|known| format!("serial {}   ", visible::measured(&known.reading.value))).unwrap_or_default()
}

fn chart(look: &mut Look<'_>) {
    let area = look.areas.extra(1);
    if area.height < 5 {
        return;
    }
    let title = "Power, last 15 minutes";
    widgets::Pane { title, ..widgets::Pane::default() }.render(area, look.buf, look.theme);
    let inner = widgets::Pane::inner(area);
    let state = look.state;
    let Some(power) = state.readings.power() else {
        look.pen(inner).fit(1, 0, inner.width, "no power was read yet", Role::Dim);
        return;
    };
    let points: Vec<(f64, f64)> =
        power.history.iter().map(|(when, number)| (seconds(*when), number.to_f64())).collect();
    let to = seconds(state.now.wall);
    let name = power.reading.phase.map_or("", crate::reading::Phase::name);
    let series = [Series { name, points: &points, role: Role::Accent }];
    let chart = Chart {
        series: &series,
        unit: look.theme.unit(power.reading.unit),
        span: (to - seconds_of(CHART), to),
        ends: ("-15 min", "now"),
        gap: seconds_of(60).max(state.readings.period.as_secs_f64() * 3.0),
    };
    chart.render(inner, look.buf, look.theme);
}

fn seconds(when: Timestamp) -> f64 {
    seconds_of(when.as_second())
}

#[expect(clippy::cast_precision_loss, reason = "a chart needs no more than a float holds")]
const fn seconds_of(seconds: i64) -> f64 {
    seconds as f64
}
