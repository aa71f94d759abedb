//! Registers by tariff, their sum, and the total register they should come to.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, bar, figure, width};
use crate::reading::{Decimal, Unit};
use crate::tui::theme::{Role, Theme};

/// The register of one tariff.
#[derive(Debug, Clone, Copy)]
pub struct TariffRow<'a> {
    /// `T1`.
    pub label: &'a str,
    /// What people call it, such as `day`; may be empty.
    pub name: &'a str,
    /// Its number, or why there is none.
    pub register: Result<Decimal, &'a str>,
}

/// Registers with bars and shares, their sum set against the total register.
///
/// ```text
/// T1  day    2 979.64 kWh  ███████████████████████████  61.2 %
/// T2  night  1 702.11 kWh  ███████████████▍             35.0 %
/// T3           185.02 kWh  █▋                            3.8 %
/// sum        4 866.77 kWh  total register 4 866.77 kWh  ✓ equal
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Tariffs<'a> {
    /// The registers in order.
    pub rows: &'a [TariffRow<'a>],
    /// Their unit.
    pub unit: Unit,
    /// The register of all tariffs together, if it was read.
    pub total: Option<Decimal>,
}

/// Widths of the columns; 0 for one that is not there.
#[derive(Debug, Clone, Copy)]
struct Columns {
    label: u16,
    name: u16,
    number: u16,
    unit: u16,
    bar: u16,
    share: u16,
}

const SHARE: u16 = 7;
const LEAST_BAR: u16 = 6;

impl Tariffs<'_> {
    /// Draws the registers and under them the sum, which takes up to three rows.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let columns = self.columns(pen.width(), theme);
        let most = self.numbers().map(Decimal::to_f64).fold(0.0, f64::max);
        for (y, row) in (0..pen.height()).zip(self.rows) {
            self.row(&mut pen, y, row, (columns, most));
        }
        let y = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
        self.sum_row(&mut pen, y, columns);
    }

    fn numbers(&self) -> impl Iterator<Item = Decimal> {
        self.rows.iter().filter_map(|row| row.register.ok())
    }

    /// The exact sum, when every register was read.
    fn sum(&self) -> Option<Decimal> {
        let mut sum = Decimal::ZERO;
        for row in self.rows {
            sum = sum.checked_add(row.register.ok()?)?;
        }
        (!self.rows.is_empty()).then_some(sum)
    }

    fn row(self, pen: &mut Pen<'_>, y: u16, row: &TariffRow<'_>, (columns, most): (Columns, f64)) {
        pen.fit(0, y, columns.label, row.label, Role::Accent);
        if columns.name > 0 {
            pen.fit(columns.label + 2, y, columns.name, row.name, Role::Dim);
        }
        let x = columns.number_x();
        let number = match row.register {
            Ok(number) => number,
            Err(why) => {
                pen.fit(x, y, pen.width().saturating_sub(x), why, Role::Warn);
                return;
            }
        };
        let x = self.number(pen, y, number, columns);
        let glyphs = pen.theme().glyphs();
        if columns.bar > 0 {
            pen.put(x + 2, y, &bar::across(number.to_f64() / most, columns.bar, glyphs), Role::Accent);
        }
        if let Some(sum) =
            self.sum().filter(|_| columns.share > 0).map(Decimal::to_f64).filter(|sum| *sum > 0.0)
        {
            let share = format!("{:.1} %", number.to_f64() / sum * 100.0);
            let x = pen.width().saturating_sub(columns.share);
            pen.right(x, y, columns.share, &share, Role::Dim);
        }
    }

    /// A number in its column with the unit after it; gives the column after that.
    fn number(self, pen: &mut Pen<'_>, y: u16, number: Decimal, columns: Columns) -> u16 {
        let x = columns.number_x();
        pen.right(x, y, columns.number, &figure::grouped(number), Role::Text);
        let x = x + columns.number;
        if columns.unit == 0 {
            return x;
        }
        pen.put(x + 1, y, pen.theme().unit(self.unit), Role::Dim);
        x + 1 + columns.unit
    }

    fn sum_row(self, pen: &mut Pen<'_>, y: u16, columns: Columns) {
        let mut place = (0, y);
        if let Some(sum) = self.sum() {
            pen.fit(0, y, columns.label + columns.name + 1, "sum", Role::Title);
            place = (self.number(pen, y, sum, columns) + 2, y);
        }
        let theme = pen.theme();
        let total = self.total.map(|total| {
            let total = figure::with_unit(total, self.unit, theme);
            let long = format!("total register {total}");
            (if width(&long) > pen.width() { format!("total {total}") } else { long }, Role::Text)
        });
        for (text, role) in total.into_iter().chain(self.comparison(theme)) {
            let columns = width(&text);
            if place.0 > 0 && place.0.saturating_add(columns) > pen.width() {
                place = (0, place.1.saturating_add(1));
            }
            place.0 = pen.fit(place.0, place.1, columns, &text, role) + 2;
        }
    }

    /// Whether the sum is the total register.
    fn comparison(self, theme: &Theme) -> Option<(String, Role)> {
        let glyphs = theme.glyphs();
        let total = self.total?;
        let Some(sum) = self.sum() else {
            return Some(("not compared: a tariff is missing".to_owned(), Role::Warn));
        };
        if sum == total {
            return Some((format!("{} equal", glyphs.good), Role::Good));
        }
        let by = total.checked_sub(sum).map(|by| figure::with_unit(by, self.unit, theme));
        Some((format!("{} differs by {}", glyphs.bad, by.unwrap_or_default()), Role::Bad))
    }

    /// Numbers always; then units, labels, shares, names and bars as far as there is room.
    fn columns(self, room: u16, theme: &Theme) -> Columns {
        let widest = |texts: &mut dyn Iterator<Item = u16>| texts.max().unwrap_or_default();
        let numbers = self.numbers().chain(self.sum()).map(|number| width(&figure::grouped(number)));
        let mut columns = Columns {
            label: widest(&mut self.rows.iter().map(|row| width(row.label)).chain([3])),
            name: 0,
            number: widest(&mut { numbers }),
            unit: 0,
            bar: 0,
            share: 0,
        };
        let left = |columns: &Columns| room.saturating_sub(columns.taken());
        let fits = |columns: &Columns, wanted: u16| if left(columns) > wanted { wanted } else { 0 };
        columns.unit = fits(&columns, width(theme.unit(self.unit)));
        columns.share = fits(&columns, SHARE);
        columns.name =
            fits(&columns, widest(&mut self.rows.iter().map(|row| width(row.name))) + 2).saturating_sub(2);
        let bar = left(&columns).saturating_sub(4);
        columns.bar = if bar >= LEAST_BAR { bar } else { 0 };
        columns
    }
}

impl Columns {
    const fn number_x(self) -> u16 {
        self.label + 2 + self.name + if self.name > 0 { 2 } else { 0 }
    }

    fn taken(&self) -> u16 {
        let unit = if self.unit > 0 { self.unit + 1 } else { 0 };
        self.number_x().saturating_add(self.number).saturating_add(unit + self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, styles, unicode};

    const ROWS: [TariffRow<'static>; 4] = [
        TariffRow { label: "T1", name: "day", register: Ok(Decimal::new(297_964, 2)) },
        TariffRow { label: "T2", name: "night", register: Ok(Decimal::new(170_211, 2)) },
        TariffRow { label: "T3", name: "", register: Ok(Decimal::new(18_502, 2)) },
        TariffRow { label: "T4", name: "", register: Ok(Decimal::new(0, 2)) },
    ];

    fn table<'a>(rows: &'a [TariffRow<'static>], total: u64) -> Tariffs<'a> {
        Tariffs { rows, unit: Unit::KilowattHour, total: Some(Decimal::new(total, 2)) }
    }

    #[test]
    fn numbers_stay_whole_and_line_up_by_their_point_at_any_width() {
        let table = table(&ROWS, 486_677);
        let shown: Vec<String> = [90, 74, 50, 36, 24, 12]
            .iter()
            .map(|w| draw(*w, 7, &unicode(), |a, b, t| table.render(a, b, t)))
            .collect();
        insta::assert_snapshot!(shown.join("----\n"));
    }

    #[test]
    fn a_sum_that_is_not_the_total_is_a_fault() {
        let table = table(&ROWS, 486_679);
        insta::assert_snapshot!(draw(80, 5, &ascii(), |a, b, t| table.render(a, b, t)));
        let looks = styles(90, 5, &unicode(), |a, b, t| table.render(a, b, t));
        assert!(looks.contains("bad BOLD |✗ differs by 0.02 kWh|"), "{looks}");
    }

    #[test]
    fn a_missing_tariff_is_said_and_nothing_is_compared() {
        let mut rows = ROWS;
        rows[2].register = Err("no answer");
        let table = table(&rows, 486_677);
        insta::assert_snapshot!(draw(80, 5, &unicode(), |a, b, t| table.render(a, b, t)));
    }

    #[test]
    fn any_area_will_do() {
        let huge = Decimal::new(u64::MAX, 2);
        let wild = [
            TariffRow { label: "\u{1b}[2J", name: "", register: Ok(huge) },
            TariffRow { label: "T2", name: "x", register: Ok(Decimal::signed(-5, 38)) },
            TariffRow { label: "T3", name: "", register: Ok(huge) },
        ];
        for rows in [&ROWS[..], &wild, &[]] {
            let table = Tariffs { rows, unit: Unit::KilowattHour, total: Some(huge) };
            keeps_to_its_area(|area, buf, theme| table.render(area, buf, theme));
        }
    }
}
