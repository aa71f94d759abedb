//! Values under OBIS codes, and under names that no table knows.

use std::ops::Range;

use super::scalar;
use super::sheet::{About, Sheet};
use crate::frame::{Label, Value};
use crate::protocol::iec62056_21::dataset;
use crate::protocol::iec62056_21::obis::{self, Obis};
use crate::reading::{Absent, Code, Measured, MeterTime, Period, Quantity, Unit};

/// Explains one value under a code; `nth` counts the values of the code from 0.
pub(super) fn lay(
    sheet: &mut Sheet<'_>,
    address: &[u8],
    code: Option<Obis>,
    nth: usize,
    span: &Range<usize>,
) {
    let Some(mark) = time_mark(sheet.bytes(span)) else {
        return lay_value(sheet, address, code, nth, span);
    };
    let mark = span.start + mark;
    lay_value(sheet, address, code, nth, &(span.start..mark));
    sheet.inner("separator", mark..mark + 1, Value::Bytes);
    stamp(sheet, &(mark + 1..span.end));
}

/// Where the `&` stands that some makers put between a value and its time.
fn time_mark(bytes: &[u8]) -> Option<usize> {
    let mark = bytes.iter().position(|byte| *byte == b'&')?;
    bytes.get(mark + 1..).and_then(moment).map(|_| mark)
}

fn lay_value(sheet: &mut Sheet<'_>, address: &[u8], code: Option<Obis>, nth: usize, span: &Range<usize>) {
    let parts = dataset::parts(sheet.text, span);
    let unit_text = sheet.bytes(&parts.unit);
    let unit = obis::unit(unit_text).unwrap_or_default();
    let bytes = sheet.bytes(&parts.value);
    let about = about(address, code, unit);
    // A number with a unit is no time, however many digits it has.
    if nth > 0 && moment(sheet.bytes(span)).is_some() {
        return stamp(sheet, span);
    }
    if span.is_empty() {
        absent(sheet, about, span);
        return;
    }
    let (value, measured) = value(code.map(|obis| obis.code), bytes, unit != Unit::None);
    sheet.inner("padding", span.start..parts.value.start, Value::Bytes);
    let label = code.map_or(Label::Name("value"), |obis| Label::Code(obis.code));
    sheet.value(label, parts.value.clone(), value, unit);
    unit_field(sheet, &parts, span, unit);
    if bytes.is_empty() {
        absent(sheet, about, span);
    } else {
        sheet.reading(about, measured, &parts.value);
    }
}

/// What stands behind the value: blanks, and the unit with its `*`.
fn unit_field(sheet: &mut Sheet<'_>, parts: &dataset::Parts, span: &Range<usize>, unit: Unit) {
    let rest = parts.value.end..span.end;
    if parts.unit.is_empty() {
        sheet.inner("padding", rest, Value::Bytes);
        return;
    }
    sheet.inner("separator", rest.start..parts.unit.start, Value::Bytes);
    let note = if unit == Unit::None { "a unit that is in no list" } else { "" };
    sheet.unit(parts.unit.clone(), note);
}

fn about(address: &[u8], code: Option<Obis>, unit: Unit) -> About {
    let Some(Obis { code, back }) = code else {
        return About::unnamed(Quantity::named(obis::named(address).unwrap_or("unnamed value")), unit);
    };
    let quantity = obis::named(address).map(Quantity::named).or_else(|| Quantity::of(code));
    let quantity = quantity.unwrap_or(Quantity::named("unnamed quantity"));
    match back {
        None => About { code: Some(code), ..About::unnamed(quantity, unit) },
        // A value of a past billing period: the tariff is told, the running register's code is not.
        Some(back) => {
            let tariff = (code.d == 8 && code.e != 0).then_some(code.e);
            About { period: Period::MonthEnd(back), tariff, ..About::unnamed(quantity, unit) }
        }
    }
}

fn value(code: Option<Code>, bytes: &[u8], has_unit: bool) -> (Value, Measured) {
    let time = match code {
        Some(Code { c: 0, d: 9, e: 1 }) => {
            scalar::with_season(bytes, scalar::time).or_else(|| scalar::clock(bytes))
        }
        Some(Code { c: 0, d: 9, e: 2 }) => {
            scalar::with_season(bytes, scalar::date).or_else(|| scalar::dotted_year_first(bytes))
        }
        _ => None,
    };
    if let Some(time) = time {
        return (Value::Time(time), Measured::Time(time));
    }
    // Serial numbers and registers of errors are read as they stand.
    let is_text = code.is_none_or(|code| code.c >= 96 || code.c == 0);
    if is_text && !bytes.contains(&b'.') {
        return (Value::Text, Measured::Text(bytes.into()));
    }
    if code.and_then(Quantity::of).is_some() || has_unit {
        return scalar::number_only(bytes);
    }
    scalar::number_or_text(bytes)
}

/// A time of ten digits and more, with a digit for the season or without.
fn moment(bytes: &[u8]) -> Option<MeterTime> {
    scalar::with_season(bytes, scalar::date_time)
}

/// A second value that is the time of the first.
fn stamp(sheet: &mut Sheet<'_>, span: &Range<usize>) {
    let Some(time) = moment(sheet.bytes(span)) else { return };
    sheet.inner("time", span.clone(), Value::Time(time));
    if let Some(reading) = sheet.readings.last_mut() {
        reading.at = Some(time);
    }
}

fn absent(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    if about.code.is_some() {
        sheet.reading(about, Measured::Absent(Absent::NoData), span);
    }
}
