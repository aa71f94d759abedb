//! The chosen day as bars: a column an interval, a colour and a digit a tariff.

use ratatui::layout::Rect;

use super::Look;
use crate::app::archive::{Day, Interval};
use crate::reading::{Decimal, Unit};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Stack, figure};

/// The roles of the tariffs, T1 first.
const ROLES: [Role; 4] = [Role::Accent, Role::Reply, Role::Push, Role::Request];

/// Draws the chart with its frame.
pub(super) fn draw(look: &mut Look<'_>) {
    let area = look.areas.extra(0);
    if area.is_empty() {
        return;
    }
    let day = look.state.archive.day();
    let title = day.map_or_else(|| "Day".to_owned(), |day| day.date.to_string());
    let totals = day.map(totals).unwrap_or_default();
    widgets::Pane { title: &title, right: &totals, bottom: "", focused: false }
        .render(area, look.buf, look.theme);
    let inner = widgets::Pane::inner(area);
    match day {
        Some(day) => bars(look, inner, day),
        None => {
            look.pen(inner).fit(1, 0, inner.width, "no day was read yet", Role::Dim);
        }
    }
}

fn bars(look: &mut Look<'_>, area: Rect, day: &Day) {
    let minutes = usize::try_from(day.minutes()).unwrap_or(30).max(1);
    let unit = day.intervals.iter().find_map(|interval| interval.power).map(|(_, unit)| unit);
    let mut bars = vec![None; (24 * 60_usize).div_ceil(minutes)];
    for interval in &day.intervals {
        if let Some(bar) = bars.get_mut(minute(interval) / minutes) {
            *bar = Some(parts(interval, unit));
        }
    }
    let chosen = day.intervals.get(look.state.archive.intervals.at);
    let chosen = chosen.map(|interval| minute(interval) / minutes);
    let unit = look.theme.unit(unit.unwrap_or_else(|| look.state.archive.read.unit()));
    Stack { bars: &bars, roles: &ROLES, unit, ends: ("00:00", "24:00"), chosen }
        .render(area, look.buf, look.theme);
}

/// The minute of the day that an interval stands under.
fn minute(interval: &Interval) -> usize {
    usize::from(interval.at.hour().unsigned_abs()) * 60 + usize::from(interval.at.minute().unsigned_abs())
}

/// The power of an interval in one unit for all, or its energy where none has a power; divided over the tariffs as its
/// energy is, all at the first where there are none.
fn parts(interval: &Interval, unit: Option<Unit>) -> [f64; 4] {
    let [total, tariffs @ ..] = interval.energy.map(|energy| energy.map_or(0.0, Decimal::to_f64));
    let power = match unit {
        None => total,
        Some(unit) => {
            let power = interval.power.and_then(|(power, sent)| sent.convert(power, unit));
            power.map_or(0.0, Decimal::to_f64)
        }
    };
    if total <= 0.0 {
        return [power, 0.0, 0.0, 0.0];
    }
    tariffs.map(|energy| power * energy / total)
}

/// The exact energy of each tariff of a day.
fn totals(day: &Day) -> String {
    let [_, tariffs @ ..] = day.energy();
    let told = (1..).zip(tariffs).filter_map(|(tariff, energy)| {
        energy
            .filter(|energy| energy.units() != 0)
            .map(|energy| format!("T{tariff} {}", figure::grouped(energy)))
    });
    told.collect::<Vec<_>>().join("  ")
}
