//! The intervals of the chosen day as a table, with the sum of each column.

use ratatui::layout::Rect;

use super::Look;
use crate::app::archive::{Day, Interval, Split};
use crate::reading::Decimal;
use crate::tui::keymap::Action;
use crate::tui::state::Pane;
use crate::tui::theme::Role;
use crate::tui::widgets::{Pen, ScrollBar, figure};

/// Draws the table with its frame.
pub(super) fn draw(look: &mut Look<'_>) {
    let key = look.key(Action::Export);
    let inner = look.pane(Pane::Intervals, "Intervals", &format!("{key} writes CSV"), "");
    let (Some(day), false) = (look.state.archive.day(), inner.height < 2) else { return };
    let head = format!(
        "{:>5} {:>9} {:>11} {:>10} {:>10} {:>10} {:>10}",
        "from", "power", "energy", "T1", "T2", "T3", "T4"
    );
    look.pen(inner).fit(2, 0, inner.width, &head, Role::Dim);
    let width = inner.width.saturating_sub(1);
    rows(look, Rect { y: inner.y + 1, height: inner.height - 2, width, ..inner }, day);
    let unit = look.theme.unit(look.state.archive.read.unit());
    let sum = format!("{:>5} {:>9} {} {unit}", "sum", "", columns(&day.energy()));
    look.pen(Rect { y: inner.bottom() - 1, height: 1, ..inner }).fit(2, 0, inner.width, &sum, Role::Title);
}

/// The intervals that fit, and at their right where they stand among all.
fn rows(look: &mut Look<'_>, area: Rect, day: &Day) {
    let list = look.state.archive.intervals;
    for (y, (at, interval)) in (0..area.height).zip(day.intervals.iter().enumerate().skip(list.top)) {
        let mut pen = look.pen(Rect { y: area.y + y, height: 1, ..area });
        row(&mut pen, interval, at == list.at);
    }
    let bar = Rect { x: area.right(), width: 1, ..area };
    ScrollBar { total: day.intervals.len(), first: list.top, shown: usize::from(area.height) }
        .render(bar, look.buf, look.theme);
}

fn row(pen: &mut Pen<'_>, interval: &Interval, is_chosen: bool) {
    let power = interval.power.map(|(power, unit)| format!("{power} {}", unit.symbol()));
    let power = power.as_deref().unwrap_or("-");
    let text = format!("{} {power:>9} {}", interval.at.strftime("%H:%M"), columns(&interval.energy));
    pen.fit(2, 0, pen.width(), &text, Role::Text);
    if is_chosen {
        let current = pen.theme().glyphs().current;
        pen.put(0, 0, current, Role::Accent);
        pen.select(0, 0, pen.width());
    }
}

/// Total and tariffs in their columns.
fn columns(energy: &Split) -> String {
    let cell = |value: &Option<Decimal>| value.map_or_else(|| "-".to_owned(), figure::grouped);
    let cells: Vec<String> = energy.iter().map(cell).collect();
    let widths = [11, 10, 10, 10, 10];
    cells.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}")).collect::<Vec<_>>().join(" ")
}
