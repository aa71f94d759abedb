//! Upright bars, each stacked of parts.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, bar};
use crate::tui::theme::{Role, Theme};

/// Bars side by side, each of four parts from the bottom up; under each the number of its largest part, so that
/// the parts are told apart without colour too.
///
/// ```text
/// 4000 W ┤      ▂▄▆█
///        ┤▃▃▃▃▅▆████▇▅
///        └222222111111
///        00:00   24:00
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Stack<'a> {
    /// The parts of each bar; `None` where nothing is known.
    pub bars: &'a [Option<[f64; 4]>],
    /// The looks of the parts.
    pub roles: &'a [Role; 4],
    /// Unit of the values.
    pub unit: &'a str,
    /// What the first and the last bar are called.
    pub ends: (&'a str, &'a str),
    /// The bar that is chosen.
    pub chosen: Option<usize>,
}

impl Stack<'_> {
    /// Draws it over the whole area.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let most = self.bars.iter().flatten().map(|parts| parts.iter().sum::<f64>()).fold(0.0, f64::max);
        if most <= 0.0 || !most.is_finite() {
            pen.fit(1, 0, area.width, "no values", Role::Dim);
            return;
        }
        let label = format!("{most:.0} {}", self.unit);
        let margin = pen.measure(label.trim_end()) + 2;
        let rows = pen.height().saturating_sub(2);
        let count = u16::try_from(self.bars.len()).unwrap_or(u16::MAX).max(1);
        let wide = (pen.width().saturating_sub(margin) / count).max(1);
        pen.right(0, 0, margin - 2, label.trim_end(), Role::Dim);
        let border = theme.glyphs().border;
        for y in 0..rows {
            pen.put(margin - 1, y, border.vertical_left, Role::Border);
        }
        pen.put(margin - 1, rows, border.bottom_left, Role::Border);
        for (index, parts) in (0..count).zip(self.bars) {
            let x = margin + index * wide;
            if let Some(parts) = parts.filter(|_| x < pen.width()) {
                self.bar(&mut pen, (x, wide, rows), parts, most);
            }
            if self.chosen == Some(usize::from(index)) {
                pen.add(x, rows, wide, Role::Match);
            }
        }
        let last = (margin + count * wide).min(pen.width());
        pen.put(margin, rows + 1, self.ends.0, Role::Dim);
        pen.right(margin, rows + 1, last.saturating_sub(margin), self.ends.1, Role::Dim);
    }

    fn bar(self, pen: &mut Pen<'_>, (x, wide, rows): (u16, u16, u16), parts: [f64; 4], most: f64) {
        let total: f64 = parts.iter().sum();
        let eighths = bar::eighths(total / most, rows);
        let gap = u16::from(wide > 2);
        for row in 0..rows {
            let filled = eighths.saturating_sub(usize::from(row) * 8).min(8);
            let Some(sign) = filled.checked_sub(1).and_then(|at| pen.theme().glyphs().upwards.get(at)) else {
                break;
            };
            let level = (f64::from(row) + 0.5) * most / f64::from(rows.max(1));
            let role = self.role(part_at(parts, level));
            pen.repeat(x, rows - 1 - row, wide - gap, sign, role);
        }
        let largest = (0..)
            .zip(parts)
            .fold((0, 0.0), |best, (at, part)| if part > best.1 { (at, part) } else { best })
            .0;
        if total > 0.0 {
            let digit = ["1", "2", "3", "4"].get(largest).copied().unwrap_or_default();
            pen.put(x, rows, digit, self.role(largest));
        }
    }

    fn role(self, part: usize) -> Role {
        self.roles.get(part).copied().unwrap_or(Role::Text)
    }
}

/// Which part of a stack a level falls into; the last that there is above its top.
fn part_at(parts: [f64; 4], level: f64) -> usize {
    let mut sum = 0.0;
    let mut last = 0;
    for (at, part) in parts.into_iter().enumerate().filter(|(_, part)| *part > 0.0) {
        sum += part;
        last = at;
        if level < sum {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, unicode};

    const ROLES: [Role; 4] = [Role::Accent, Role::Reply, Role::Push, Role::Request];

    fn bars() -> Vec<Option<[f64; 4]>> {
        let bar = |at: u32| match at {
            0..4 => Some([0.0, 500.0 + f64::from(at) * 100.0, 0.0, 0.0]),
            4 => Some([800.0, 400.0, 0.0, 0.0]),
            5..9 => Some([2000.0, 0.0, 0.0, 0.0]),
            _ => None,
        };
        (0..12).map(bar).collect()
    }

    #[test]
    fn bars_are_as_high_as_their_sum_and_named_after_their_largest_part() {
        let bars = bars();
        let stack =
            Stack { bars: &bars, roles: &ROLES, unit: "W", ends: ("00:00", "24:00"), chosen: Some(4) };
        let mut shown = draw(40, 7, &unicode(), |a, b, t| stack.render(a, b, t));
        shown += &draw(24, 5, &ascii(), |a, b, t| stack.render(a, b, t));
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn any_area_will_do() {
        let bars = bars();
        let stack = Stack { bars: &bars, roles: &ROLES, unit: "W", ends: ("00:00", "24:00"), chosen: None };
        keeps_to_its_area(|area, buf, theme| stack.render(area, buf, theme));
        let none = Stack { bars: &[Some([f64::NAN; 4]), Some([f64::INFINITY; 4]), None], ..stack };
        keeps_to_its_area(|area, buf, theme| none.render(area, buf, theme));
    }
}
