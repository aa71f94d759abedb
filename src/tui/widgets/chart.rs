//! A line chart over time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, bar, canvas::Canvas, width};
use crate::tui::theme::{Role, Theme};

/// A line of a chart.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// Its name, drawn where it ends; may be empty.
    pub name: &'a str,
    /// Time and value, in order of time.
    pub points: &'a [(f64, f64)],
    /// Its look.
    pub role: Role,
}

/// Lines over time with axes: braille dots, or bars where there is only ASCII.
///
/// ```text
/// 2000 W ┤        ⡠⠒⢄
/// 1000   ┤    ⡠⠔⠊   ⠑⢄
///    0   ┤⣀⠔⠊
///        └────────────────
///        -15 min       now
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Chart<'a> {
    /// The lines. Without braille only the first is drawn.
    pub series: &'a [Series<'a>],
    /// Unit of the values.
    pub unit: &'a str,
    /// First and last moment of the axis.
    pub span: (f64, f64),
    /// What the first and the last moment are called.
    pub ends: (&'a str, &'a str),
    /// A longer time than this between two points breaks the line.
    pub gap: f64,
}

/// Where the values lie.
#[derive(Debug, Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Chart<'_> {
    /// Draws it over the whole area.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let Some(scale) = self.scale() else {
            pen.fit(1, 0, area.width, "no values yet", Role::Dim);
            return;
        };
        let margin = self.axis(&mut pen, scale);
        let (columns, rows) = (pen.width().saturating_sub(margin), pen.height().saturating_sub(2));
        if columns < 2 || rows < 1 {
            return;
        }
        let plot = Rect { x: margin, y: 0, width: columns, height: rows };
        if theme.glyphs().ascii {
            self.bars(&mut pen, plot, scale);
        } else {
            self.lines(&mut pen, plot, scale);
        }
    }

    fn points(self, series: &Series<'_>) -> impl Iterator<Item = (f64, f64)> {
        let (from, to) = self.span;
        let inside = move |(x, y): &(f64, f64)| *x >= from && *x <= to && y.is_finite();
        series.points.iter().copied().filter(inside)
    }

    fn scale(self) -> Option<Scale> {
        let values = || self.series.iter().flat_map(|series| self.points(series)).map(|(_, y)| y);
        values().next()?;
        let low = values().fold(f64::INFINITY, f64::min);
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        Scale::around(low, high)
    }

    /// Labels and lines of both axes; gives the first column of the plot.
    fn axis(self, pen: &mut Pen<'_>, scale: Scale) -> u16 {
        let rows = pen.height().saturating_sub(2);
        let top = format!("{} {}", scale.text(scale.high), self.unit);
        let labels = [top, scale.text(f64::midpoint(scale.high, scale.low)), scale.text(scale.low)];
        let room = labels.iter().map(|label| pen.measure(label)).max().unwrap_or_default();
        let places = [0, rows.saturating_sub(1) / 2, rows.saturating_sub(1)];
        for (index, (y, label)) in places.into_iter().zip(&labels).enumerate() {
            let is_apart = index != 1 || (y > 0 && y + 1 < rows);
            if is_apart && rows > 0 && (index == 0 || y > 0) {
                pen.right(0, y, room, label, Role::Dim);
            }
        }
        let border = pen.theme().glyphs().border;
        for y in 0..rows {
            pen.put(room + 1, y, border.vertical_left, Role::Border);
        }
        pen.put(room + 1, rows, border.bottom_left, Role::Border);
        let columns = pen.width().saturating_sub(room + 2);
        pen.repeat(room + 2, rows, columns, border.horizontal_bottom, Role::Border);
        self.ends(pen, room + 1, rows + 1);
        room + 2
    }

    fn ends(self, pen: &mut Pen<'_>, x: u16, y: u16) {
        let room = pen.width().saturating_sub(x);
        let (left, right) = (pen.measure(self.ends.0), pen.measure(self.ends.1));
        if left.saturating_add(right) < room {
            pen.put(x, y, self.ends.0, Role::Dim);
        }
        if right <= room {
            pen.right(x, y, room, self.ends.1, Role::Dim);
        }
    }

    fn lines(self, pen: &mut Pen<'_>, plot: Rect, scale: Scale) {
        for series in self.series {
            let mut canvas = Canvas::new(plot.width, plot.height);
            let mut last: Option<(f64, f64)> = None;
            for (x, y) in self.points(series) {
                let here = (self.along(x), scale.share(y));
                match last.filter(|(before, _)| x - before <= self.gap) {
                    Some((before, level)) => canvas.line((self.along(before), scale.share(level)), here),
                    None => canvas.dot(here),
                }
                last = Some((x, y));
            }
            canvas.draw(pen, (plot.x, plot.y), series.role);
            if let Some((x, y)) = last {
                name(pen, plot, (self.along(x), scale.share(y)), series);
            }
        }
    }

    /// The last value in each column as an upright bar.
    fn bars(self, pen: &mut Pen<'_>, plot: Rect, scale: Scale) {
        let Some(series) = self.series.first() else { return };
        let mut levels = vec![None; usize::from(plot.width)];
        for (x, y) in self.points(series) {
            let column = cell(self.along(x), plot.width);
            if let Some(level) = levels.get_mut(usize::from(column)) {
                *level = Some(scale.share(y));
            }
        }
        for (x, level) in (plot.x..).zip(levels) {
            let Some(level) = level else { continue };
            let eighths = bar::eighths(level, plot.height).max(1);
            for row in 0..plot.height {
                let part = eighths.saturating_sub(usize::from(row) * 8).min(8);
                if let Some(sign) = part.checked_sub(1).and_then(|at| pen.theme().glyphs().upwards.get(at)) {
                    pen.put(x, plot.y + plot.height - 1 - row, sign, series.role);
                }
            }
        }
    }

    /// Where a moment is between the first (0) and the last (1).
    fn along(self, x: f64) -> f64 {
        let (from, to) = self.span;
        if to > from { ((x - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// Writes the name of a line beside its end.
fn name(pen: &mut Pen<'_>, plot: Rect, (x, y): (f64, f64), series: &Series<'_>) {
    let columns = width(series.name);
    if columns == 0 || columns + 1 >= plot.width {
        return;
    }
    let column = (cell(x, plot.width) + 1).min(plot.width - columns);
    let row = plot.height - 1 - cell(y, plot.height);
    pen.put(plot.x + column, plot.y + row, series.name, series.role);
}

/// Which of `cells` a share of 0 to 1 falls into.
#[expect(clippy::cast_sign_loss, reason = "the share is clamped to 0 and above")]
fn cell(share: f64, cells: u16) -> u16 {
    ((share.clamp(0.0, 1.0) * f64::from(cells)) as u16).min(cells.saturating_sub(1))
}

impl Scale {
    /// Round bounds around the values; from 0 when they come near it.
    fn around(low: f64, high: f64) -> Option<Self> {
        let low = if low > 0.0 && low < high * 0.6 { 0.0 } else { low };
        let spread = if high > low { high - low } else { high.abs().max(1.0) * 0.1 };
        let step = round_step(spread / 4.0);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        let high = if high > low { high } else { low + step };
        (low.is_finite() && high.is_finite() && step > 0.0).then_some(Self { low, high, step })
    }

    fn share(self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// A label with as many decimals as the step has.
    #[expect(clippy::cast_sign_loss, reason = "clamped to 0 and above")]
    fn text(self, value: f64) -> String {
        let decimals = (1.0 - self.step.log10()).floor().clamp(0.0, 6.0) as usize;
        let text = format!("{value:.decimals$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        if text == "-0" { "0".to_owned() } else { text.to_owned() }
    }
}

/// The next of 1, 2, 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= least);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, unicode};

    fn load() -> Vec<(f64, f64)> {
        let hump = |x: i32| 1100.0 + 900.0 * (f64::from(x) / 15.0).sin();
        (-90..=0).filter(|x| !(-40..-30).contains(x)).map(|x| (f64::from(x), hump(x))).collect()
    }

    fn chart<'a>(series: &'a [Series<'a>]) -> Chart<'a> {
        Chart { series, unit: "W", span: (-90.0, 0.0), ends: ("-15 min", "now"), gap: 3.0 }
    }

    #[test]
    fn a_line_over_time_with_axes_and_a_gap() {
        let points = load();
        let series = [Series { name: "P", points: &points, role: Role::Accent }];
        let mut shown = draw(70, 10, &unicode(), |a, b, t| chart(&series).render(a, b, t));
        shown += &draw(30, 6, &unicode(), |a, b, t| chart(&series).render(a, b, t));
        shown += &draw(70, 10, &ascii(), |a, b, t| chart(&series).render(a, b, t));
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn several_lines_are_named() {
        let (one, two) = ([(-90.0, 229.0), (0.0, 231.0)], [(-90.0, 231.5), (-20.0, 228.5)]);
        let series = [
            Series { name: "L1", points: &one, role: Role::Accent },
            Series { name: "L2", points: &two, role: Role::Reply },
        ];
        let chart = Chart { unit: "V", gap: 100.0, ..chart(&series) };
        insta::assert_snapshot!(draw(50, 8, &unicode(), |a, b, t| chart.render(a, b, t)));
    }

    #[test]
    fn bounds_are_round_and_hold_the_values() {
        for (low, high) in
            [(0.0, 0.0), (229.0, 231.4), (92.0, 2260.0), (-3.0, 4.0), (0.001, 0.002), (1e12, 2e12)]
        {
            let scale = Scale::around(low, high).expect("finite");
            assert!(scale.low <= low && high <= scale.high && scale.low < scale.high, "{scale:?}");
        }
        let scale = Scale::around(228.9, 231.4).expect("finite");
        assert_eq!((scale.text(scale.low), scale.text(scale.high)), ("228".into(), "232".into()));
    }

    #[test]
    fn nothing_to_draw_is_said() {
        assert_eq!(draw(30, 3, &unicode(), |a, b, t| chart(&[]).render(a, b, t)), " no values yet\n\n\n");
    }

    #[test]
    fn any_area_and_any_values_will_do() {
        let wild =
            [(f64::NAN, 1.0), (-80.0, f64::INFINITY), (-70.0, f64::MAX), (-60.0, f64::MIN), (-50.0, 0.0)];
        for points in [&wild[..], &load(), &wild[4..], &[(-50.0, 1e-300)]] {
            let series = [Series { name: "P", points, role: Role::Accent }];
            keeps_to_its_area(|area, buf, theme| chart(&series).render(area, buf, theme));
            let point = Chart { span: (-50.0, -50.0), ..chart(&series) };
            keeps_to_its_area(|area, buf, theme| point.render(area, buf, theme));
        }
    }
}
