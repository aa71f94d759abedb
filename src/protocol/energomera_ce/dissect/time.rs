//! Dates and times of BCD bytes.

use super::super::{bcd, words};
use super::sheet::Sheet;
use crate::frame::{Field, Value, Verdict};
use crate::reading::{Absent, MeterTime};

/// Second, minute, hour, weekday (0 Sunday), day, month, year.
pub(super) fn clock(sheet: &mut Sheet<'_>, depth: u8, label: &'static str) -> Value {
    let bytes = sheet.next(7);
    let value = whole(bytes, clock_time(bytes));
    sheet.parent(depth, label, 7, value);
    for label in ["second", "minute", "hour"] {
        digits(sheet, depth + 1, label);
    }
    weekday(sheet, depth + 1, &value);
    for label in ["day", "month"] {
        digits(sheet, depth + 1, label);
    }
    year(sheet, depth + 1);
    value
}

/// Day, month, year; day 0 for a whole month.
pub(super) fn date(sheet: &mut Sheet<'_>, depth: u8, label: &'static str) -> Value {
    let bytes = sheet.next(3);
    let value = whole(bytes, date_time(bytes));
    sheet.parent(depth, label, 3, value);
    let is_month = bytes.first() == Some(&0);
    let day = digits(sheet, depth + 1, "day");
    if is_month {
        day.note = "0: the whole month";
    }
    digits(sheet, depth + 1, "month");
    year(sheet, depth + 1);
    value
}

fn whole(bytes: &[u8], time: Option<MeterTime>) -> Value {
    match time {
        Some(time) => Value::Time(time),
        None if bytes.iter().all(|byte| *byte == 0xFF) => Value::Absent(Absent::NoData),
        None => Value::Absent(Absent::Malformed),
    }
}

fn clock_time(bytes: &[u8]) -> Option<MeterTime> {
    let [second, minute, hour, _, day, month, year] = *bytes else { return None };
    let date = date_time(&[day, month, year])?;
    Some(date.at(bcd::decode(hour)?, bcd::decode(minute)?, bcd::decode(second)?))
}

fn date_time(bytes: &[u8]) -> Option<MeterTime> {
    let [day, month, year] = *bytes else { return None };
    let year = 2000 + u16::from(bcd::decode(year)?);
    let date = MeterTime::date(year, bcd::decode(month)?, bcd::decode(day)?);
    Some(if day == 0 { MeterTime { day: None, ..date } } else { date })
}

/// One byte of two digits; what is not is shown raw.
pub(super) fn digits<'s>(sheet: &'s mut Sheet<'_>, depth: u8, label: &'static str) -> &'s mut Field {
    number(sheet, depth, label, 0)
}

fn year(sheet: &mut Sheet<'_>, depth: u8) {
    number(sheet, depth, "year", 2000);
}

fn number<'s>(sheet: &'s mut Sheet<'_>, depth: u8, label: &'static str, base: u64) -> &'s mut Field {
    let byte = sheet.next(1).first().copied().unwrap_or_default();
    if let Some(number) = bcd::decode(byte) {
        return sheet.leaf(depth, label, 1, Value::count(base + u64::from(number)));
    }
    let field = sheet.leaf(depth, label, 1, Value::Hex(byte.into(), 2));
    field.verdict = Verdict::Malformed("not two decimal digits");
    field
}

fn weekday(sheet: &mut Sheet<'_>, depth: u8, whole: &Value) {
    let byte = sheet.next(1).first().copied().unwrap_or_default();
    let value = match words::name(words::WEEKDAYS, byte) {
        Some(name) => Value::Meaning(byte.into(), name),
        None => Value::Hex(byte.into(), 2),
    };
    let field = sheet.leaf(depth, "weekday", 1, value);
    let Value::Time(time) = whole else { return };
    let calendar = time.civil().map(|time| time.weekday().to_sunday_zero_offset().unsigned_abs());
    if calendar.is_some_and(|calendar| calendar != byte) {
        field.note = "not the weekday of this date";
    }
}
