//! A sparkline with its range.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, bar, figure, width};
use crate::reading::Decimal;
use crate::tui::theme::{Role, Theme};

/// The latest values as a row of small bars, and between which values they move.
///
/// ```text
/// ▁▂▂▃▂▂▁▂▃▃▂  228.9 … 231.4
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Spark<'a> {
    /// The values in order of time, `None` where there was none; the last ones are drawn.
    pub values: &'a [Option<Decimal>],
}

const LEAST_BARS: u16 = 3;

impl Spark<'_> {
    /// Draws it in the first row. The range is of the values drawn, and goes when there is no room for it.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let Some((all, room)) = self.choose(pen.width(), theme) else { return };
        let bars = all.tail(room);
        let Some((low, high)) = bars.range() else { return };
        for (x, value) in (0..).zip(bars.values) {
            let sign = value.map_or(" ", |value| bar::upwards(share(value, low, high), theme.glyphs()));
            pen.put(x, 0, sign, Role::Accent);
        }
        if room < pen.width() {
            pen.put(room + 2, 0, &range_text(low, high, theme), Role::Dim);
        }
    }

    /// What to draw and how many columns of bars.
    fn choose(self, room: u16, theme: &Theme) -> Option<(Self, u16)> {
        let (low, high) = self.range()?;
        let with_range = room.saturating_sub(width(&range_text(low, high, theme)) + 2);
        let bars = if with_range >= LEAST_BARS { with_range } else { room };
        Some((self, bars))
    }

    /// The last `count` values.
    fn tail(self, count: u16) -> Self {
        let skipped = self.values.len().saturating_sub(usize::from(count));
        Self { values: self.values.get(skipped..).unwrap_or_default() }
    }

    fn range(self) -> Option<(Decimal, Decimal)> {
        let known = || self.values.iter().flatten().copied();
        Some((known().min()?, known().max()?))
    }
}

fn range_text(low: Decimal, high: Decimal, theme: &Theme) -> String {
    format!("{} {} {}", figure::grouped(low), theme.glyphs().ellipsis, figure::grouped(high))
}

/// Where a value stands between the lowest and the highest; in the middle when they are the same.
fn share(value: Decimal, low: Decimal, high: Decimal) -> f64 {
    let (value, low, high) = (value.to_f64(), low.to_f64(), high.to_f64());
    if high > low { (value - low) / (high - low) } else { 0.5 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, unicode};

    fn volts(tenths: &[u64]) -> Vec<Option<Decimal>> {
        tenths.iter().map(|v| (*v > 0).then(|| Decimal::new(*v, 1))).collect()
    }

    #[test]
    fn bars_rise_from_the_least_to_the_most_value() {
        let values = volts(&[2289, 2295, 2300, 0, 2314, 2301, 2290]);
        let spark = Spark { values: &values };
        assert_eq!(
            draw(30, 1, &unicode(), |a, b, t| spark.render(a, b, t)),
            "▁▂▄ █▄▁          228.9 … 231.4\n"
        );
        assert_eq!(
            draw(30, 1, &ascii(), |a, b, t| spark.render(a, b, t)),
            "_.- #-_         228.9 .. 231.4\n"
        );
    }

    #[test]
    fn the_range_goes_before_the_bars_and_is_never_cut() {
        let values = volts(&[2289, 2295, 2300, 2302, 2314, 2301, 2290]);
        let at = |width| draw(width, 1, &unicode(), |a, b, t| Spark { values: &values }.render(a, b, t));
        assert_eq!(at(18), "█▄▁  229.0 … 231.4\n");
        assert_eq!(at(17), "▁▂▄▄█▄▁\n");
        assert_eq!(at(3), "█▄▁\n");
    }

    #[test]
    fn a_steady_value_is_a_level_line() {
        let values = volts(&[2300; 4]);
        let shown = draw(6, 1, &unicode(), |a, b, t| Spark { values: &values }.render(a, b, t));
        assert_eq!(shown, "▄▄▄▄\n");
    }

    #[test]
    fn any_area_will_do() {
        let values = volts(&[1, 0, 2_000_000_000, 5]);
        keeps_to_its_area(|area, buf, theme| Spark { values: &values }.render(area, buf, theme));
        keeps_to_its_area(|area, buf, theme| Spark { values: &[None] }.render(area, buf, theme));
    }
}
