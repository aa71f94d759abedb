//! The Hungarian snapshot of a month's end: a time and registers without their names.

use super::sheet::Sheet;
use super::told::{measured, months_back, push};
use crate::protocol::dsmr_p1::catalogue;
use crate::protocol::dsmr_p1::object::Object;
use crate::protocol::dsmr_p1::text::Stamp;
use crate::protocol::fields::Fields;
use crate::reading::{Code, Period, Quantity};

/// The registers in their order. No document that is public names them; totals are the sums, and maxima the
/// greatest, of the tariffs behind them, and the absolute sum is that of import and export.
pub(super) static SNAPSHOT: [Code; 19] = [
    Code::new(1, 8, 0),
    Code::new(1, 8, 1),
    Code::new(1, 8, 2),
    Code::new(2, 8, 0),
    Code::new(2, 8, 1),
    Code::new(2, 8, 2),
    Code::new(3, 8, 0),
    Code::new(4, 8, 0),
    Code::new(5, 8, 0),
    Code::new(6, 8, 0),
    Code::new(7, 8, 0),
    Code::new(8, 8, 0),
    Code::new(15, 8, 0),
    Code::new(1, 6, 0),
    Code::new(1, 6, 1),
    Code::new(1, 6, 2),
    Code::new(2, 6, 0),
    Code::new(2, 6, 1),
    Code::new(2, 6, 2),
];

/// Takes the readings of a snapshot of as many registers as are known.
pub(super) fn readings<F: Fields>(sheet: &mut Sheet<'_, F>) {
    let Some((time, registers)) = sheet.groups.split_first() else { return };
    let (time, registers) = (*time, registers.to_vec());
    let end = Stamp::read(sheet.text(time)).and_then(Stamp::time);
    let (Some(end), true) = (end, registers.len() == SNAPSHOT.len()) else { return };
    let Some(back) = months_back(sheet, end) else { return };
    for (code, span) in SNAPSHOT.into_iter().zip(registers) {
        let object = Object { a: 1, b: 0, c: code.c, d: code.d, e: code.e };
        let Some(found) = measured(sheet.text(span)) else { continue };
        let before = sheet.readings.len();
        push(sheet, object, quantity(object), found, Some(end), span);
        if let Some(reading) = sheet.readings.get_mut(before) {
            let is_maximum = code.d == 6;
            reading.tariff = Some(code.e).filter(|tariff| *tariff > 0);
            reading.period = if is_maximum { Period::DuringMonth(back) } else { Period::MonthEnd(back) };
        }
    }
}

fn quantity(object: Object) -> Quantity {
    match (object.c, object.d) {
        (1, 6) => Quantity::named("maximum demand"),
        (2, 6) => Quantity::named("maximum demand, export"),
        _ => catalogue::of(object).and_then(|entry| entry.quantity).unwrap_or(Quantity::named("register")),
    }
}
