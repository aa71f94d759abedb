//! Where everything is on screen: one calculation for drawing, for paging and for the mouse.

use ratatui::layout::{Constraint, Layout, Rect};

use super::measure::compose_rows;
use super::state::readings::Flow;
use super::state::{Inspector, Lower, Pane, Readings, Screen, State, Telegrams};
use super::widgets::HexView;

/// The smallest terminal that is drawn on.
pub(super) const MINIMUM: (u16, u16) = (60, 16);

/// From this width on, lists and what they are about stand side by side.
pub(super) const WIDE: u16 = 110;

/// From this width on, a third column has room.
pub(super) const VERY_WIDE: u16 = 180;

/// Columns of a hex view with 16 bytes a row, borders included.
pub(super) const HEX_COLUMNS: u16 = 76;

/// Columns of a hex view with 8 bytes a row, borders included.
pub(super) const HALF_HEX_COLUMNS: u16 = 42;

/// Rows of the bench's panes with their borders, so that they do not jump for every little thing.
const LEAST_COMPOSE: u16 = 10;
const LEAST_REPLY: u16 = 12;

/// Where everything is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Areas {
    /// The status line.
    pub status: Rect,
    /// The numbered screens.
    pub tabs: Rect,
    /// The panes that are shown.
    pub panes: Vec<(Pane, Rect)>,
    /// Further parts that never have the focus, in the order in which their screen draws them.
    pub extras: Vec<Rect>,
    /// The keys.
    pub footer: Rect,
}

impl Areas {
    /// Where a pane is; empty when it is not shown.
    #[must_use]
    pub(super) fn of(&self, pane: Pane) -> Rect {
        self.panes.iter().find(|(shown, _)| *shown == pane).map(|(_, area)| *area).unwrap_or_default()
    }

    /// A further part; empty when there is no room for it.
    #[must_use]
    pub(super) fn extra(&self, index: usize) -> Rect {
        self.extras.get(index).copied().unwrap_or_default()
    }

    /// Rows inside a pane's border.
    #[must_use]
    pub(super) fn rows(&self, pane: Pane) -> usize {
        usize::from(inside(self.of(pane)).height)
    }

    /// The pane at a place, and the row and column inside its border.
    #[must_use]
    pub(super) fn hit(&self, column: u16, row: u16) -> Option<(Pane, usize, usize)> {
        let (pane, area) = self.panes.iter().find(|(_, area)| area.contains((column, row).into()))?;
        let inner = inside(*area);
        let row = row.saturating_sub(inner.y);
        Some((*pane, usize::from(row), usize::from(column.saturating_sub(inner.x))))
    }
}

/// Whether the terminal is too small to draw on.
#[must_use]
pub(super) const fn too_small(size: (u16, u16)) -> bool {
    size.0 < MINIMUM.0 || size.1 < MINIMUM.1
}

/// The area inside a border.
#[must_use]
pub(super) const fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

/// Where everything is for this size, screen and focus.
#[must_use]
pub(super) fn areas(state: &State) -> Areas {
    let (width, height) = state.size;
    if too_small(state.size) {
        return Areas::default();
    }
    let [status, tabs, body, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(Rect::new(0, 0, width, height));
    let (panes, extras) = if state.maximised {
        (vec![(state.pane(), body)], Vec::new())
    } else {
        match state.screen {
            Screen::Connect => connect(body),
            Screen::Meter => meter(body),
            Screen::Bench if state.shows_telegrams() => (telegram(body), Vec::new()),
            Screen::Bench => (bench(state, body), Vec::new()),
            Screen::Trace => (trace(body), Vec::new()),
            Screen::Readings => readings(state, body),
            Screen::Archive => archive(body),
        }
    };
    Areas { status, tabs, panes, extras, footer }
}

fn rows<const N: usize>(area: Rect, constraints: [Constraint; N]) -> [Rect; N] {
    Layout::vertical(constraints).areas(area)
}

fn columns<const N: usize>(area: Rect, constraints: [Constraint; N]) -> [Rect; N] {
    Layout::horizontal(constraints).areas(area)
}

/// ```text
/// ┌ Links ──┐┌ State ───┐      below 110 columns the state of the link stands under the list
/// │         ││          │
/// ├ Another link ┬ Line ┤
/// └──────────────┴──────┘
/// ```
fn connect(body: Rect) -> (Vec<(Pane, Rect)>, Vec<Rect>) {
    let [upper, entries] = rows(body, [Constraint::Min(5), Constraint::Length(4)]);
    let [list, about] = if body.width < WIDE {
        let about = if upper.height < 14 { 0 } else { 9 };
        rows(upper, [Constraint::Min(5), Constraint::Length(about)])
    } else {
        columns(upper, [Constraint::Percentage(55), Constraint::Min(40)])
    };
    let [link, settings] = columns(entries, [Constraint::Min(30), Constraint::Length(30)]);
    (vec![(Pane::Links, list), (Pane::LinkEntry, link), (Pane::LineEntry, settings)], vec![about])
}

/// ```text
/// ┌ Models ─┐┌ Address ──┐      below 110 columns the facts of the model stand under the list, address and
/// │         ││ Password  │      password beside both
/// └─────────┘└ About ────┘
/// ```
fn meter(body: Rect) -> (Vec<(Pane, Rect)>, Vec<Rect>) {
    let narrow = body.width < WIDE;
    let entries = [Constraint::Length(6), Constraint::Length(4), Constraint::Min(3)];
    let (list, [address, password, about]) = if narrow {
        let [upper, about] = rows(body, [Constraint::Min(10), Constraint::Length(body.height / 2)]);
        let [list, right] =
            columns(upper, [Constraint::Length((upper.width * 9 / 20).max(30)), Constraint::Min(0)]);
        let [address, password] = rows(right, [Constraint::Min(5), Constraint::Length(4)]);
        (list, [address, password, about])
    } else {
        let [list, rest] = columns(body, [Constraint::Percentage(40), Constraint::Min(40)]);
        (list, rows(rest, entries))
    };
    (vec![(Pane::Models, list), (Pane::Address, address), (Pane::Password, password)], vec![about])
}

/// ```text
/// ┌ Commands ┐┌ Compose ──────┐      below 110 columns the list is on top and one of
/// │          │├ Session ──────┤      the others under it
/// │          │├ Reply ────────┤
/// └──────────┘└───────────────┘
/// ```
fn bench(state: &State, body: Rect) -> Vec<(Pane, Rect)> {
    if body.width < WIDE {
        let [list, below] = rows(body, [Constraint::Length(body.height * 2 / 5), Constraint::Min(0)]);
        let shown = match state.bench.lower {
            Lower::Compose => Pane::Compose,
            Lower::Steps if state.bench.dialogue.is_some() => Pane::Steps,
            Lower::Steps | Lower::Reply => Pane::Reply,
        };
        return vec![(Pane::Commands, list), (shown, below)];
    }
    let list = if body.width < VERY_WIDE { 46 } else { 62 };
    let [list, rest] = columns(body, [Constraint::Length(list), Constraint::Min(0)]);
    let compose = compose_rows(state, rest.width.saturating_sub(2)).saturating_add(2).max(LEAST_COMPOSE);
    let [compose, below] = rows(rest, [Constraint::Max(compose), Constraint::Min(LEAST_REPLY)]);
    let steps = if state.bench.dialogue.is_some() { below.height * 9 / 20 } else { 0 };
    let [steps, reply] = rows(below, [Constraint::Length(steps), Constraint::Min(0)]);
    let panes =
        [(Pane::Commands, list), (Pane::Compose, compose), (Pane::Steps, steps), (Pane::Reply, reply)];
    panes.into_iter().filter(|(pane, _)| *pane != Pane::Steps || steps.height > 0).collect()
}

/// ```text
/// ┌ Telegram ┐┌ Bytes ─┐      below 110 columns the bytes stand under the lines
/// │          ││        │
/// └──────────┘└────────┘
/// ```
fn telegram(body: Rect) -> Vec<(Pane, Rect)> {
    let [lines, bytes] = if body.width < WIDE {
        rows(body, [Constraint::Min(8), Constraint::Length((body.height / 3).max(6))])
    } else {
        let bytes = if body.width < VERY_WIDE { HALF_HEX_COLUMNS } else { HEX_COLUMNS };
        columns(body, [Constraint::Min(40), Constraint::Length(bytes)])
    };
    vec![(Pane::Lines, lines), (Pane::TelegramBytes, bytes)]
}

/// Where the bytes of a telegram are inside their pane: under one line that says what they are.
#[must_use]
pub(super) fn glass(areas: &Areas) -> Rect {
    let inner = inside(areas.of(Pane::TelegramBytes));
    let head = 1.min(inner.height);
    Rect { y: inner.y + head, height: inner.height - head, ..inner }
}

/// Bytes in a row of the hex view of a telegram.
#[must_use]
pub(super) fn glass_columns(state: &State) -> isize {
    let width = glass(&areas(state)).width;
    let per_row = state.telegrams.glass.layer().map_or(1, |layer| HexView::new(layer).bytes_per_row(width));
    isize::try_from(per_row).unwrap_or(1).max(1)
}

/// What is odd about the shown telegram, as rows under its lines.
#[must_use]
pub(super) fn telegram_remarks(areas: &Areas, telegrams: &Telegrams) -> Vec<String> {
    let inner = inside(areas.of(Pane::Lines));
    let mut rows = telegrams.glass.remark_rows(inner.width);
    rows.truncate(usize::from(inner.height / 3));
    rows
}

/// Rows for the lines of a telegram.
#[must_use]
pub(super) fn telegram_rows(areas: &Areas, telegrams: &Telegrams) -> usize {
    areas.rows(Pane::Lines).saturating_sub(telegram_remarks(areas, telegrams).len())
}

/// The list on top and what the chosen entry means below; side by side where there is room for both.
fn trace(body: Rect) -> Vec<(Pane, Rect)> {
    if body.width >= VERY_WIDE {
        let [list, detail] = columns(body, [Constraint::Min(90), Constraint::Length(HEX_COLUMNS + 14)]);
        return vec![(Pane::Entries, list), (Pane::Detail, detail)];
    }
    let share = if body.height < 28 { 2 } else { 3 };
    let [list, detail] = rows(body, [Constraint::Length(body.height * share / 6 + 2), Constraint::Min(8)]);
    vec![(Pane::Entries, list), (Pane::Detail, detail)]
}

/// ```text
/// ┌ Energy ──┐┌ Values ─┐
/// ├ Power ───┬ All ─────┤      below 110 columns Energy over Values or the chart
/// └ clock, counts ──────┘
/// ```
///
/// The extras are the clock and the table of everything. Without power and voltage there is no chart; below
/// 180 columns there is either the chart or the table.
fn readings(state: &State, body: Rect) -> (Vec<(Pane, Rect)>, Vec<Rect>) {
    let readings = &state.readings;
    let [upper, clock] = rows(body, [Constraint::Min(0), Constraint::Length(2)]);
    let in_table = energy_rows(readings).saturating_add(2);
    if body.width < WIDE {
        let energy = in_table.clamp(8, (upper.height / 2).max(8));
        let [tariffs, below] = rows(upper, [Constraint::Length(energy), Constraint::Min(4)]);
        let is_chart = readings.chart_on_top && readings.has_chart();
        let shown = if is_chart { Pane::Chart } else { Pane::Values };
        return (vec![(Pane::Tariffs, tariffs), (shown, below)], vec![clock]);
    }
    let in_list = u16::try_from(readings.items().len()).unwrap_or(u16::MAX).saturating_add(2);
    let tables = in_table.max(in_list).clamp(10, (upper.height / 2).max(10));
    let [tables, lower] = rows(upper, [Constraint::Length(tables), Constraint::Min(0)]);
    let [tariffs, values] = columns(tables, [Constraint::Percentage(55), Constraint::Min(40)]);
    let has_chart = readings.has_chart();
    let [chart, all] = match (has_chart, body.width >= VERY_WIDE) {
        (true, true) => columns(lower, [Constraint::Percentage(55), Constraint::Min(40)]),
        (true, false) if readings.failed.is_empty() => [lower, Rect::default()],
        _ => [Rect::default(), lower],
    };
    let mut panes = vec![(Pane::Tariffs, tariffs), (Pane::Values, values)];
    if !chart.is_empty() {
        panes.push((Pane::Chart, chart));
    }
    (panes, vec![clock, all])
}

/// Rows of the tariff tables: the registers of a way and their sum, a heading over those of the second.
fn energy_rows(readings: &Readings) -> u16 {
    let import = readings.tariffs(Flow::Import).len() + 1;
    let export = if readings.has_export() { readings.tariffs(Flow::Export).len() + 2 } else { 0 };
    u16::try_from(import + export).unwrap_or(u16::MAX)
}

/// ```text
/// ┌ Days ─┐┌ 2026-03-01 ┐
/// │       │├ Intervals ─┤      below 110 columns one under the other
/// └───────┘└────────────┘
/// ```
///
/// The extra is the chart of the chosen day.
fn archive(body: Rect) -> (Vec<(Pane, Rect)>, Vec<Rect>) {
    let (days, rest) = if body.width < WIDE {
        let [days, rest] = rows(body, [Constraint::Length((body.height / 4).max(5)), Constraint::Min(0)]);
        (days, rest)
    } else {
        let list = if body.width < VERY_WIDE { 38 } else { 46 };
        let [days, rest] = columns(body, [Constraint::Length(list), Constraint::Min(0)]);
        (days, rest)
    };
    let [chart, intervals] = rows(rest, [Constraint::Length(rest.height / 2), Constraint::Min(5)]);
    (vec![(Pane::Days, days), (Pane::Intervals, intervals)], vec![chart])
}

/// Where the parts of an explained frame are inside their pane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// One line on top that says what it is.
    pub head: Rect,
    /// The bytes.
    pub hex: Rect,
    /// The fields.
    pub tree: Rect,
    /// What is wrong or odd.
    pub foot: Rect,
}

/// Cuts the inside of a pane up for an explained frame.
#[must_use]
pub(super) fn parts(inner: Rect, inspector: &Inspector) -> Parts {
    let remarks = inspector.remark_rows(inner.width).len();
    let remarks = u16::try_from(remarks).unwrap_or(u16::MAX).min(inner.height * 2 / 5);
    let [head, middle, foot] =
        rows(inner, [Constraint::Length(1), Constraint::Min(0), Constraint::Length(remarks)]);
    let rows_of = |layer| HexView::new(layer).rows(middle.width);
    let lines = u16::try_from(inspector.layer().map_or(0, rows_of)).unwrap_or(u16::MAX);
    let most = (middle.height / 3).max(2);
    // Beside the bytes the notes of the fields find no room, so that few rows of bytes stand above.
    let beside = HEX_COLUMNS + if lines > most { 32 } else { 90 };
    if middle.width >= beside {
        let widths = [Constraint::Min(30), Constraint::Length(1), Constraint::Length(HEX_COLUMNS - 2)];
        let [tree, _, hex] = columns(middle, widths);
        return Parts { head, hex, tree, foot };
    }
    let [hex, tree] = rows(middle, [Constraint::Length(lines.min(most)), Constraint::Min(0)]);
    Parts { head, hex, tree, foot }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::Keymap;

    fn at(size: (u16, u16), screen: Screen) -> Areas {
        let mut state = State::new(size, Keymap::default());
        state.screen = screen;
        areas(&state)
    }

    #[test]
    fn the_focused_pane_of_every_screen_has_room_from_the_smallest_terminal_on() {
        for size in [MINIMUM, (80, 24), (100, 30), (120, 36), (200, 60)] {
            for screen in Screen::ALL {
                let state = State { screen, ..State::new(size, Keymap::default()) };
                let area = areas(&state).of(state.pane());
                assert!(area.width >= 30 && area.height >= 4, "{screen:?} at {size:?}: {area}");
            }
        }
    }

    #[test]
    fn panes_lie_inside_the_screen_and_not_over_each_other() {
        for (width, height) in [(60, 16), (80, 24), (119, 31), (200, 60)] {
            for screen in Screen::ALL {
                let areas = at((width, height), screen);
                for (index, (pane, area)) in areas.panes.iter().enumerate() {
                    assert!(area.right() <= width && area.bottom() < height, "{pane:?}");
                    let others = &areas.panes[index + 1..];
                    assert!(others.iter().all(|(_, other)| !area.intersects(*other)), "{pane:?}");
                }
            }
        }
    }

    #[test]
    fn a_place_is_found_by_pane_row_and_column() {
        let areas = at((80, 24), Screen::Trace);
        let list = areas.of(Pane::Entries);
        assert_eq!(areas.hit(list.x + 3, list.y + 2), Some((Pane::Entries, 1, 2)));
        assert_eq!(areas.hit(0, 0), None);
    }

    #[test]
    fn below_the_minimum_there_is_nothing() {
        assert_eq!(at((59, 16), Screen::Bench), Areas::default());
        assert_eq!(at((0, 0), Screen::Bench), Areas::default());
    }
}
