//! ```text
//! ┏ ▶ Days  today and 2 before ━━━━━┓┌ 2026-03-01 ─────────────────────────────────────────┐
//! ┃▶ 2026-03-01  48  93 781.5 Wh    ┃│ stacked bars, a column an interval                  │
//! ┃  2026-02-29  48  88 012.0 Wh    ┃├ Intervals ──────────────────────────────────────────┤
//! ┃ T1 ...                          ┃│ 00:00  3977 W  1 988.5 Wh   T2 1 988.5              │
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛└─────────────────────────────────────────────────────┘
//! ```

use ratatui::layout::Rect;

use super::Look;
use crate::app::archive::{Day, Interval};
use crate::reading::Decimal;
use crate::tui::keymap::Action;
use crate::tui::state::jobs::Purpose;
use crate::tui::state::{Pane, State};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, ScrollBar, Stack, figure, wrap};

/// Draws the screen of the load profile.
pub fn draw(look: &mut Look<'_>) {
    days(look);
    chart(look);
    intervals(look);
}

fn days(look: &mut Look<'_>) {
    let state = look.state;
    let title = format!("Days: {}", state.archive.wanted());
    let (right, bottom) = (progress(look), bottom(look));
    let inner = look.pane(Pane::Days, &title, &right, &bottom);
    if inner.is_empty() {
        return;
    }
    let notes = notes(state, inner.width);
    let taken = u16::try_from(notes.len()).unwrap_or(u16::MAX).min(inner.height / 2);
    let list = Rect { height: inner.height - taken, ..inner };
    let unit = look.theme.unit(state.archive.read.unit());
    let shown = state.archive.newest_first().enumerate().skip(state.archive.days.top);
    for (y, (at, day)) in (0..list.height).zip(shown) {
        let mut pen = look.pen(Rect { y: list.y + y, height: 1, ..list });
        let here = at == state.archive.days.at;
        let current = pen.theme().glyphs().current;
        pen.put(0, 0, if here { current } else { " " }, Role::Accent);
        let x = pen.put(2, 0, &day.date.to_string(), Role::Text);
        let x = pen.put(x + 2, 0, &format!("{:3}", day.intervals.len()), Role::Dim);
        if let Some(energy) = day.energy().first().copied().flatten() {
            let text = format!("{} {unit}", figure::grouped(energy));
            pen.right(x, 0, pen.width().saturating_sub(x + 1), &text, Role::Text);
        }
        if here {
            pen.select(0, 0, list.width);
        }
    }
    if state.archive.read.days().is_empty() && taken == 0 {
        let text = invitation(look);
        look.pen(list).fit(1, 0, list.width, &text, Role::Dim);
    }
    look.lines(Rect { y: list.bottom(), height: taken, ..inner }, &notes);
}

fn invitation(look: &Look<'_>) -> String {
    if super::super::update::has_archive(look.state) {
        format!("{} reads it", look.key(Action::Activate))
    } else {
        "this meter keeps no load profile".to_owned()
    }
}

/// What was odd and why the reading ended early, as rows.
fn notes(state: &State, columns: u16) -> Vec<(String, Role)> {
    let trouble = Some((state.archive.trouble.as_str(), Role::Bad)).filter(|(text, _)| !text.is_empty());
    let remarks = state.archive.remarks.iter().map(|remark| (remark.as_str(), Role::Warn));
    let rows = |(text, role): (&str, Role)| wrap(text, columns).into_iter().map(move |row| (row, role));
    trouble.into_iter().chain(remarks).flat_map(rows).collect()
}

/// How far it has got and how to stop it.
fn progress(look: &Look<'_>) -> String {
    let state = look.state;
    let Some(job) = state.jobs.first().filter(|job| job.purpose == Purpose::Archive) else {
        return String::new();
    };
    let seconds = state.now.at.since(job.since).as_secs();
    let done = job.progress.map(|(done, total)| format!("{done} of {total}, ")).unwrap_or_default();
    format!("{done}{seconds} s, {} stops", look.key(Action::Cancel))
}

fn bottom(look: &Look<'_>) -> String {
    let key = |action| look.key(action);
    format!(
        "{} {} how many · {} {} from when",
        key(Action::MoreDays),
        key(Action::FewerDays),
        key(Action::Earlier),
        key(Action::Later)
    )
}

/// The roles of the tariffs, T1 first.
const ROLES: [Role; 4] = [Role::Accent, Role::Reply, Role::Push, Role::Request];

/// The day as bars: a column an interval, a colour and a digit a tariff.
fn chart(look: &mut Look<'_>) {
    let area = look.areas.extra(0);
    if area.is_empty() {
        return;
    }
    let state = look.state;
    let day = state.archive.day();
    let title = day.map_or_else(|| "Day".to_owned(), |day| day.date.to_string());
    let totals = day.map(totals).unwrap_or_default();
    widgets::Pane { title: &title, right: &totals, bottom: "", focused: false }
        .render(area, look.buf, look.theme);
    let inner = widgets::Pane::inner(area);
    let Some(day) = day else {
        look.pen(inner).fit(1, 0, inner.width, "no day was read yet", Role::Dim);
        return;
    };
    let minutes = usize::try_from(day.minutes()).unwrap_or(30).max(1);
    let mut bars = vec![None; (24 * 60_usize).div_ceil(minutes)];
    for interval in &day.intervals {
        let minute = usize::from(interval.at.hour().unsigned_abs()) * 60
            + usize::from(interval.at.minute().unsigned_abs());
        if let Some(bar) = bars.get_mut(minute / minutes) {
            *bar = Some(parts(interval));
        }
    }
    let chosen = day.intervals.get(state.archive.intervals.at).map(|interval| {
        (usize::from(interval.at.hour().unsigned_abs()) * 60
            + usize::from(interval.at.minute().unsigned_abs()))
            / minutes
    });
    let unit =
        day.intervals.iter().find_map(|interval| interval.power).map(|(_, unit)| unit).unwrap_or_default();
    let unit = look.theme.unit(unit);
    Stack { bars: &bars, roles: &ROLES, unit, ends: ("00:00", "24:00"), chosen }
        .render(inner, look.buf, look.theme);
}

/// The power of an interval, divided over the tariffs as its energy is; all at the first where there are none.
fn parts(interval: &Interval) -> [f64; 4] {
    let [total, tariffs @ ..] = interval.energy.map(|energy| energy.map_or(0.0, Decimal::to_f64));
    let power = interval.power.map_or(total, |(power, _)| power.to_f64());
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

fn intervals(look: &mut Look<'_>) {
    let state = look.state;
    let key = look.key(Action::Export);
    let inner = look.pane(Pane::Intervals, "Intervals", &format!("{key} writes CSV"), "");
    let (Some(day), false) = (state.archive.day(), inner.height < 2) else { return };
    let unit = look.theme.unit(state.archive.read.unit());
    let head = format!(
        "{:>5} {:>9} {:>11} {:>10} {:>10} {:>10} {:>10}",
        "from", "power", "energy", "T1", "T2", "T3", "T4"
    );
    look.pen(inner).fit(2, 0, inner.width, &head, Role::Dim);
    let rows =
        Rect { y: inner.y + 1, height: inner.height - 2, width: inner.width.saturating_sub(1), ..inner };
    let list = state.archive.intervals;
    for (y, (at, interval)) in (0..rows.height).zip(day.intervals.iter().enumerate().skip(list.top)) {
        let mut pen = look.pen(Rect { y: rows.y + y, height: 1, ..rows });
        let power = interval
            .power
            .map_or_else(|| "-".to_owned(), |(power, unit)| format!("{power} {}", unit.symbol()));
        pen.fit(
            2,
            0,
            rows.width,
            &format!("{} {power:>9} {}", interval.at.strftime("%H:%M"), columns(&interval.energy)),
            Role::Text,
        );
        if at == list.at {
            let current = pen.theme().glyphs().current;
            pen.put(0, 0, current, Role::Accent);
            pen.select(0, 0, rows.width);
        }
    }
    let sum = format!("{:>5} {:>9} {} {unit}", "sum", "", columns(&day.energy()));
    look.pen(Rect { y: inner.bottom() - 1, height: 1, ..inner }).fit(2, 0, inner.width, &sum, Role::Title);
    let bar = Rect { x: inner.right().saturating_sub(1), width: 1, y: rows.y, height: rows.height };
    ScrollBar { total: day.intervals.len(), first: list.top, shown: usize::from(rows.height) }
        .render(bar, look.buf, look.theme);
}

/// Total and tariffs in their columns.
fn columns(energy: &crate::app::archive::Split) -> String {
    let cell = |value: &Option<Decimal>| value.map_or_else(|| "-".to_owned(), figure::grouped);
    let cells: Vec<String> = energy.iter().map(cell).collect();
    let widths = [11, 10, 10, 10, 10];
    cells.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}")).collect::<Vec<_>>().join(" ")
}
