//! Which register a request asks for: tariff, 0 being the total, and period.
//!
//! The replies do not repeat it; it is only in the request's data.

use crate::reading::Period;

/// Kernel-10, 0130: months back with bit 7 for the energy of the month, tariff with 0 for the total.
pub(crate) fn kernel10_by_month(data: &[u8]) -> Option<(u8, Period)> {
    kernel10(data, Period::MonthEnd, Period::DuringMonth)
}

/// Kernel-10, 012F: the same in days.
pub(crate) fn kernel10_by_day(data: &[u8]) -> Option<(u8, Period)> {
    kernel10(data, Period::DayEnd, Period::DuringDay)
}

fn kernel10(data: &[u8], end: fn(u8) -> Period, during: fn(u8) -> Period) -> Option<(u8, Period)> {
    let [depth, tariff] = *data else { return None };
    let period = if depth & 0x80 == 0 { back(depth, end) } else { during(depth & 0x7F) };
    Some((tariff, period))
}

/// Classic, 0130: tariff less 1, months back.
pub(crate) fn tariff_by_month(data: &[u8]) -> Option<(u8, Period)> {
    let [tariff, depth] = *data else { return None };
    Some((tariff.checked_add(1)?, back(depth, Period::MonthEnd)))
}

/// Classic, 0133: tariff less 1, days back.
pub(crate) fn tariff_by_day(data: &[u8]) -> Option<(u8, Period)> {
    let [tariff, days] = *data else { return None };
    Some((tariff.checked_add(1)?, back(days, Period::DayEnd)))
}

/// Classic, 0131: months back.
pub(crate) fn total_by_month(data: &[u8]) -> Option<(u8, Period)> {
    let [depth] = *data else { return None };
    Some((0, back(depth, Period::MonthEnd)))
}

/// Classic, 012F: days back.
pub(crate) fn total_by_day(data: &[u8]) -> Option<(u8, Period)> {
    let [days] = *data else { return None };
    Some((0, back(days, Period::DayEnd)))
}

fn back(depth: u8, end: fn(u8) -> Period) -> Period {
    if depth == 0 { Period::Now } else { end(depth) }
}
