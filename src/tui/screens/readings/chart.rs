//! Power and voltage of the last minutes.

use jiff::Timestamp;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::reading::{Decimal, Unit};
use crate::tui::screens::Look;
use crate::tui::state::Pane;
use crate::tui::state::readings::Known;
use crate::tui::theme::Role;
use crate::tui::widgets::{Chart, Series};

/// Minutes that the chart can show.
const SPANS: [i64; 3] = [2, 5, 15];

/// Rows from which on two charts stand one over the other.
const TALL: u16 = 16;

/// Columns from which on they stand side by side.
const BROAD: u16 = 60;

/// Looks of the lines of one chart.
const ROLES: [Role; 3] = [Role::Accent, Role::Good, Role::Warn];

/// Draws the charts where there is anything to show.
pub(super) fn draw(look: &mut Look<'_>) {
    let state = look.state;
    let powers: Vec<&Known> = state.readings.power().into_iter().chain(state.readings.given()).collect();
    let voltages = state.readings.voltages();
    let minutes = minutes(look, powers.iter().chain(&voltages).copied());
    let what = match (powers.is_empty(), voltages.is_empty()) {
        (false, false) => "Power and voltage",
        (true, _) => "Voltage",
        (false, true) => "Power",
    };
    let inner = look.pane(Pane::Chart, &format!("{what}, last {minutes} minutes"), "", "");
    if inner.height < 3 {
        return;
    }
    let groups: Vec<&[&Known]> =
        [powers.as_slice(), voltages.as_slice()].into_iter().filter(|group| !group.is_empty()).collect();
    for (area, group) in parts(inner, groups.len()).into_iter().zip(groups) {
        lines(look, area, group, minutes);
    }
}

/// The shortest span in which all that is known has room.
fn minutes<'a>(look: &Look<'_>, shown: impl Iterator<Item = &'a Known>) -> i64 {
    let first = shown.filter_map(|known| known.history.front()).map(|(when, _)| *when).min();
    let oldest = first.map_or(0, |when| look.state.age(when).as_secs());
    SPANS.into_iter().find(|minutes| oldest <= minutes * 60).unwrap_or(15)
}

/// An area cut up for one or two charts; where there is room for one only, the first has it.
fn parts(inner: Rect, count: usize) -> Vec<Rect> {
    let half = [Constraint::Fill(1), Constraint::Fill(1)];
    match count {
        2 if inner.height >= TALL => Layout::vertical(half).split(inner).to_vec(),
        2 if inner.width >= BROAD => Layout::horizontal(half).split(inner).to_vec(),
        _ => vec![inner],
    }
}

fn lines(look: &mut Look<'_>, area: Rect, shown: &[&Known], minutes: i64) {
    let state = look.state;
    let unit = shown.first().map_or(Unit::None, |known| known.reading.unit);
    let points: Vec<Vec<(f64, f64)>> = shown.iter().map(|known| points(known, unit)).collect();
    let series: Vec<Series<'_>> = shown
        .iter()
        .zip(&points)
        .zip(ROLES)
        .map(|((known, points), role)| Series { name: name(known, shown.len()), points, role })
        .collect();
    let to = seconds(state.now.wall);
    let begin = format!("-{minutes} min");
    let period =
        state.telegrams.interval.filter(|_| state.listens()).unwrap_or(state.polling.poller.period());
    let chart = Chart {
        series: &series,
        unit: look.theme.unit(unit),
        span: (to - seconds_of(minutes * 60), to),
        ends: (&begin, "now"),
        gap: seconds_of(60).max(period.as_secs_f64() * 3.0),
    };
    chart.render(area, look.buf, look.theme);
}

/// The numbers of a line in the unit of the chart; none where they cannot be in it.
fn points(known: &Known, unit: Unit) -> Vec<(f64, f64)> {
    let point = |(when, number): &(Timestamp, Decimal)| {
        Some((seconds(*when), known.reading.unit.convert(*number, unit)?.to_f64()))
    };
    known.history.iter().filter_map(point).collect()
}

/// What a line is called where it ends: its phase, or that it is what is given.
fn name(known: &Known, count: usize) -> &'static str {
    match known.reading.phase {
        Some(phase) => phase.name(),
        None if count > 1 && known.reading.quantity == crate::reading::Quantity::POWER_EXPORT => "export",
        None => "",
    }
}

fn seconds(when: Timestamp) -> f64 {
    seconds_of(when.as_second())
}

#[expect(clippy::cast_precision_loss, reason = "a chart needs no more than a float holds")]
const fn seconds_of(seconds: i64) -> f64 {
    seconds as f64
}
