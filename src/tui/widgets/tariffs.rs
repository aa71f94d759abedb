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
    /// Its number in the unit it was sent in, or why there is none.
    pub register: Result<(Decimal, Unit), &'a str>,
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
    /// The register of all tariffs together in the unit it was sent in, if it was read.
    pub total: Option<(Decimal, Unit)>,
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
        let common = self.unit();
        let comparable = self.numbers().filter(|(_, unit)| *unit == common);
        let most = comparable.map(|(number, _)| number.to_f64()).fold(0.0, f64::max);
        for (y, row) in (0..pen.height()).zip(self.rows) {
            self.row(&mut pen, y, row, (columns, most));
        }
        let y = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
        self.sum_row(&mut pen, y, columns);
    }

    /// The unit of the table: kWh where energies are sent in one of its multiples, else that of the first register.
    fn unit(&self) -> Unit {
        let mut sent = self.rows.iter().filter_map(|row| row.register.ok());
        let first = sent.next().map(|(_, unit)| unit).unwrap_or_default();
        let is_energy = first.convert(Decimal::ZERO, Unit::KilowattHour).is_some();
        if is_energy { Unit::KilowattHour } else { first }
    }

    /// A register in the unit of the table; as it was sent where it cannot be in it.
    fn placed(&self, (number, unit): (Decimal, Unit)) -> (Decimal, Unit) {
        let common = self.unit();
        unit.convert(number, common).map_or((number, unit), |number| (number, common))
    }

    fn numbers(&self) -> impl Iterator<Item = (Decimal, Unit)> {
        self.rows.iter().filter_map(|row| row.register.ok()).map(|sent| self.placed(sent))
    }

    /// The exact sum, when every register was read and all of them can be in one unit.
    fn sum(&self) -> Option<Decimal> {
        let common = self.unit();
        let mut sum = Decimal::ZERO;
        for row in self.rows {
            let (number, unit) = row.register.ok()?;
            sum = sum.checked_add(unit.convert(number, common)?)?;
        }
        (!self.rows.is_empty()).then_some(sum)
    }

    fn row(self, pen: &mut Pen<'_>, y: u16, row: &TariffRow<'_>, (columns, most): (Columns, f64)) {
        pen.fit(0, y, columns.label, row.label, Role::Accent);
        if columns.name > 0 {
            pen.fit(columns.label + 2, y, columns.name, row.name, Role::Dim);
        }
        let x = columns.number_x();
        let (number, unit) = match row.register {
            Ok(sent) => self.placed(sent),
            Err(why) => {
                pen.fit(x, y, pen.width().saturating_sub(x), why, Role::Warn);
                return;
            }
        };
        let x = number_at(pen, y, (number, unit), columns);
        if unit != self.unit() {
            // No bar and no share: it cannot be set against the others.
            return;
        }
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

    fn sum_row(self, pen: &mut Pen<'_>, y: u16, columns: Columns) {
        let mut place = (0, y);
        if let Some(sum) = self.sum() {
            pen.fit(0, y, columns.label + columns.name + 1, "sum", Role::Title);
            place = (number_at(pen, y, (sum, self.unit()), columns) + 2, y);
        }
        let theme = pen.theme();
        let total = self.total.map(|total| {
            let (total, unit) = self.placed(total);
            let total = figure::with_unit(total, unit, theme);
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
        let (total, unit) = self.placed(self.total?);
        let not = |why: &str| Some((format!("not compared: {why}"), Role::Warn));
        if self.rows.iter().any(|row| row.register.is_err()) {
            return not("a tariff is missing");
        }
        let Some(sum) = self.sum().filter(|_| unit == self.unit()) else {
            return not("the units differ");
        };
        if sum == total {
            return Some((format!("{} equal", glyphs.good), Role::Good));
        }
        let by = total.checked_sub(sum).map(|by| figure::with_unit(by, unit, theme));
        Some((format!("{} differs by {}", glyphs.bad, by.unwrap_or_default()), Role::Bad))
    }

    /// Numbers always; then units, labels, shares, names and bars as far as there is room.
    fn columns(self, room: u16, theme: &Theme) -> Columns {
        let widest = |texts: &mut dyn Iterator<Item = u16>| texts.max().unwrap_or_default();
        let shown = self.numbers().map(|(number, _)| number).chain(self.sum());
        let numbers = shown.map(|number| width(&figure::grouped(number)));
        let units = self.numbers().map(|(_, unit)| width(theme.unit(unit)));
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
        columns.unit = fits(&columns, widest(&mut { units }));
        columns.share = fits(&columns, SHARE);
        columns.name =
            fits(&columns, widest(&mut self.rows.iter().map(|row| width(row.name))) + 2).saturating_sub(2);
        let bar = left(&columns).saturating_sub(4);
        columns.bar = if bar >= LEAST_BAR { bar } else { 0 };
        columns
    }
}

/// A number in its column with the unit after it; gives the column after that.
fn number_at(pen: &mut Pen<'_>, y: u16, (number, unit): (Decimal, Unit), columns: Columns) -> u16 {
    let x = columns.number_x();
    pen.right(x, y, columns.number, &figure::grouped(number), Role::Text);
    let x = x + columns.number;
    if columns.unit == 0 {
        return x;
    }
    pen.fit(x + 1, y, columns.unit, pen.theme().unit(unit), Role::Dim);
    x + 1 + columns.unit
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

    const fn kilowatt_hours(hundredths: u64) -> (Decimal, Unit) {
        (Decimal::new(hundredths, 2), Unit::KilowattHour)
    }

    const ROWS: [TariffRow<'static>; 4] = [
        TariffRow { label: "T1", name: "day", register: Ok(kilowatt_hours(297_964)) },
        TariffRow { label: "T2", name: "night", register: Ok(kilowatt_hours(170_211)) },
        TariffRow { label: "T3", name: "", register: Ok(kilowatt_hours(18_502)) },
        TariffRow { label: "T4", name: "", register: Ok(kilowatt_hours(0)) },
    ];

    fn table<'a>(rows: &'a [TariffRow<'static>], total: u64) -> Tariffs<'a> {
        Tariffs { rows, total: Some(kilowatt_hours(total)) }
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
    fn units_are_never_mixed() {
        let mut rows = ROWS;
        rows[1].register = Ok((Decimal::new(1_702_110, 0), Unit::WattHour));
        let total = Some((Decimal::new(4_866_770, 0), Unit::WattHour));
        let table = Tariffs { rows: &rows, total };
        let converted = draw(80, 6, &unicode(), |a, b, t| table.render(a, b, t));
        rows[1].register = Ok((Decimal::new(170_211, 2), Unit::None));
        let apart = Tariffs { rows: &rows, total };
        let kept_apart = draw(80, 6, &unicode(), |a, b, t| apart.render(a, b, t));
        insta::assert_snapshot!([converted, kept_apart].join("----\n"));
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
        let huge = kilowatt_hours(u64::MAX);
        let wild = [
            TariffRow { label: "\u{1b}[2J", name: "", register: Ok(huge) },
            TariffRow { label: "T2", name: "x", register: Ok((Decimal::signed(-5, 38), Unit::WattHour)) },
            TariffRow { label: "T3", name: "", register: Ok(huge) },
        ];
        for rows in [&ROWS[..], &wild, &[]] {
            let table = Tariffs { rows, total: Some(huge) };
            keeps_to_its_area(|area, buf, theme| table.render(area, buf, theme));
        }
    }
}
