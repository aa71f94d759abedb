//! Values of NEVA codes: decoded by their format, never by position.

use std::ops::Range;

use super::scalar;
use super::sheet::{About, Sheet};
use crate::frame::{ProblemCode, Value, hex};
use crate::protocol::iec62056_21::neva::codes::{Form, Found};
use crate::reading::{Code, Decimal, Measured, MeterTime, Period, Unit};

/// Explains the value of a code, which stands at `span`.
pub(super) fn lay(sheet: &mut Sheet<'_>, found: Found, span: &Range<usize>) {
    let entry = found.entry;
    let about = About {
        code: Some(entry.obis),
        quantity: entry.quantity,
        unit: entry.unit,
        period: found.period(),
        tariff: None,
        at: None,
    };
    match entry.form {
        Form::Tariffs => tariffs(sheet, about, span),
        Form::Profile => profile(sheet, about, span),
        Form::Date | Form::Time | Form::DateTime => clock(sheet, entry.form, about, span),
        Form::PowerFactor => power_factor(sheet, about, span),
        Form::Temperature => temperature(sheet, about, span),
        Form::Status => status(sheet, about, span),
        Form::Day | Form::Seasons | Form::SpecialDays | Form::Display | Form::Log => {
            list(sheet, entry.form, about, span);
        }
        Form::Password => password(sheet, span),
        Form::SignedHex => signed_hex(sheet, about, span),
        Form::Hex => hex(sheet, about, span),
        Form::Switch => switch(sheet, about, span),
        Form::Number => number(sheet, about, span),
        Form::Text | Form::Weekday | Form::DayHour => text(sheet, about, span, entry.note),
    }
}

/// The items of a list with commas between them, as ranges; commas inside square brackets do not count.
fn items(text: &[u8], span: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.get(span.clone()).unwrap_or_default();
    let mut from = span.start;
    bytes.split(|byte| *byte == b',').map(move |item| {
        let range = from..from + item.len();
        from = range.end + 1;
        range
    })
}

/// Adds the comma in front of an item that is not the first.
fn comma(sheet: &mut Sheet<'_>, span: &Range<usize>, item: &Range<usize>) {
    if item.start > span.start {
        sheet.inner("separator", item.start - 1..item.start, Value::Bytes);
    }
}

/// A malformed value: its bytes as text, and no number.
fn odd(sheet: &mut Sheet<'_>, span: &Range<usize>, what: &'static str) {
    sheet.value("value", span.clone(), Value::Text, Unit::None);
    sheet.problem_at(ProblemCode::Format, what, span);
}

fn number(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    let (value, measured) = scalar::number_only(sheet.bytes(span));
    if value == Value::Text {
        return odd(sheet, span, "not a number, as the code would have it");
    }
    sheet.value("value", span.clone(), value, about.unit);
    sheet.reading(about, measured, span);
}

fn text(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>, note: &'static str) {
    if let Some(field) = sheet.inner("value", span.clone(), Value::Text) {
        field.note = note;
    }
    let measured = Measured::Text(sheet.bytes(span).into());
    sheet.reading(About { unit: Unit::None, ..about }, measured, span);
}

/// Total, T1 to T4; from the MT124's firmware 7109 `[YYMMDD:HHMMSS]T1,T2,T3,T4` without a total.
fn tariffs(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    let Some(code) = about.code else { return };
    let (at, list) = stamp(sheet, span);
    let first = u8::from(at.is_some());
    for (index, item) in (first..).zip(items(sheet.text, &list)) {
        comma(sheet, &list, &item);
        let tariff = Code::new(code.c, code.d, index);
        let Some(number) = scalar::number(sheet.bytes(&item)) else {
            odd(sheet, &item, "not a number, as the code would have it");
            continue;
        };
        sheet.value(tariff_label(index), item.clone(), Value::Number(number), about.unit);
        let about = About { code: Some(tariff), tariff: (index != 0).then_some(index), at, ..about };
        sheet.reading(about, Measured::Number(number), &item);
    }
}

/// `total`, or `T` and the number.
pub(super) fn tariff_label(index: u8) -> crate::frame::Label {
    if index == 0 { "total".into() } else { crate::frame::Label::Nth("T", index.into()) }
}

/// The time in square brackets in front of a list, and the rest.
fn stamp(sheet: &mut Sheet<'_>, span: &Range<usize>) -> (Option<MeterTime>, Range<usize>) {
    let bytes = sheet.bytes(span);
    let inner = bytes.strip_prefix(b"[").and_then(|rest| rest.split(|byte| *byte == b']').next());
    let Some((date, time)) = inner.and_then(|inner| inner.split_at_checked(6)) else {
        return (None, span.clone());
    };
    let time = time.strip_prefix(b":").and_then(scalar::time);
    let Some((date, time)) = scalar::date(date).zip(time) else { return (None, span.clone()) };
    let at = MeterTime { hour: time.hour, minute: time.minute, second: time.second, ..date };
    let end = span.start + 15;
    sheet.inner("time", span.start..end, Value::Time(at));
    (Some(at), end..span.end)
}

/// Averages of a day's intervals; their length follows from their count.
fn profile(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    let bytes = sheet.bytes(span);
    let count = u16::try_from(bytes.split(|byte| *byte == b',').count()).unwrap_or(u16::MAX);
    let minutes = if (1440u16).is_multiple_of(count) { 1440 / count } else { 0 };
    let unit = if bytes.contains(&b'.') { Unit::Kilowatt } else { Unit::Watt };
    for (index, item) in (0u16..).zip(items(sheet.text, span)) {
        comma(sheet, span, &item);
        let Some(number) = scalar::number(sheet.bytes(&item)) else {
            odd(sheet, &item, "not a number, as the code would have it");
            continue;
        };
        let label = crate::frame::Label::Nth("interval", index + 1);
        sheet.value(label, item.clone(), Value::Number(number), unit);
        let at = (minutes > 0).then(|| {
            let begin = index.saturating_mul(minutes);
            let (hour, minute) = ((begin / 60) as u8, (begin % 60) as u8);
            MeterTime { hour: Some(hour), minute: Some(minute), ..MeterTime::default() }
        });
        sheet.reading(About { unit, at, ..about }, Measured::Number(number), &item);
    }
}

fn clock(sheet: &mut Sheet<'_>, form: Form, about: About, span: &Range<usize>) {
    let bytes = sheet.bytes(span);
    let time = match form {
        Form::Date => scalar::date(bytes),
        Form::Time => scalar::time(bytes),
        _ => scalar::date_time(bytes),
    };
    let Some(time) = time else { return odd(sheet, span, "not a date or time of the form the code has") };
    sheet.value("value", span.clone(), Value::Time(time), Unit::None);
    sheet.reading(about, Measured::Time(time), span);
}

/// N and the value: 0 capacitive, 1 inductive, 2 undefined. Some meters send the value alone.
fn power_factor(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    let bytes = sheet.bytes(span);
    let has_kind = bytes.get(2) == Some(&b'.');
    let value = if has_kind { span.start + 1..span.end } else { span.clone() };
    let Some(number) = scalar::number(sheet.bytes(&value)) else {
        return odd(sheet, span, "not a power factor of the form NX.XX");
    };
    if has_kind {
        let kind = bytes.first().map_or(0, |digit| digit.wrapping_sub(b'0'));
        let meaning = match kind {
            0 => "capacitive",
            1 => "inductive",
            2 => "undefined, or cos phi = 1",
            _ => "a kind that is in no list",
        };
        sheet.inner("kind of load", span.start..span.start + 1, Value::Meaning(kind.into(), meaning));
    }
    sheet.value("value", value, Value::Number(number), Unit::None);
    sheet.reading(about, Measured::Number(number), span);
}

/// A 1 in front is a minus: `029` is +29, `105` is -5.
fn temperature(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    let Some((sign, digits)) = sheet.bytes(span).split_first() else { return };
    let Some(number) = scalar::number(digits).filter(|number| number.decimals() == 0) else {
        return odd(sheet, span, "not a temperature of the form SXX");
    };
    let units = i64::try_from(number.units()).unwrap_or(i64::MAX);
    let signed = match sign {
        b'0' => Decimal::signed(units, 0),
        b'1' => Decimal::signed(-units, 0),
        _ => return odd(sheet, span, "not a temperature of the form SXX"),
    };
    if let Some(field) = sheet.inner("value", span.clone(), Value::Number(signed)) {
        field.unit = about.unit;
        field.note = "a 1 in front is a minus";
    }
    sheet.reading(about, Measured::Number(signed), span);
}

fn hex(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    let bytes = sheet.bytes(span);
    let value = hex::number(bytes).map_or(Value::Text, |number| Value::Hex(number, bytes.len() as u8));
    sheet.inner("value", span.clone(), value);
    sheet.reading(about, Measured::Text(bytes.into()), span);
}

fn signed_hex(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    let number = hex::number(sheet.bytes(span)).and_then(|number| u8::try_from(number).ok());
    let Some(number) = number.filter(|_| span.len() == 2) else {
        return odd(sheet, span, "not two hex digits");
    };
    let signed = Decimal::signed(i64::from(number.cast_signed()), 0);
    sheet.value("value", span.clone(), Value::Number(signed), about.unit);
    sheet.reading(about, Measured::Number(signed), span);
}

fn switch(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    let value = match sheet.bytes(span) {
        b"00" => Value::Meaning(0, "off"),
        b"01" => Value::Meaning(1, "on"),
        _ => Value::Text,
    };
    sheet.inner("value", span.clone(), value);
    sheet.reading(about, Measured::Text(sheet.bytes(span).into()), span);
}

fn password(sheet: &mut Sheet<'_>, span: &Range<usize>) {
    let is_none = sheet.bytes(span).iter().all(|byte| *byte == b'0');
    sheet.inner("password", span.clone(), if is_none { Value::Text } else { Value::Secret });
}

/// States of one byte, from bit 0 on, as the MT1 manual lists them; empty for none.
const MANUAL: [[&str; 8]; 2] = [
    [
        "data memory error",
        "parameter memory error",
        "measuring error",
        "clock error",
        "battery low",
        "programming button pressed",
        "data memory dead",
        "parameter memory dead",
    ],
    ["", "terminal cover removed", "load connected", "load disconnected", "", "", "", ""],
];

/// States from the most significant bit of the word on, as nnemirovsky/pyneva lists them for an MT324.
const FROM_ABOVE: [&str; 16] = [
    "body open",
    "terminal cover removed",
    "load connected",
    "load disconnected",
    "relay change failed",
    "magnetic field",
    "wrong wiring",
    "",
    "data memory error",
    "parameter memory error",
    "power IC error",
    "clock failure",
    "battery",
    "programming button",
    "data memory failure",
    "parameter memory failure",
];

/// Two sources give the states of a status word in different orders, and no captured word decides it: both
/// readings are told. The MT124's firmware 7109 adds the battery voltage.
fn status(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>) {
    let mut list = items(sheet.text, span);
    let Some(word) = list.next() else { return };
    let battery = list.next();
    hex(sheet, about, &word);
    if let Some(bits) = hex::number(sheet.bytes(&word)).and_then(|bits| u16::try_from(bits).ok()) {
        let (manual, above) = (by_manual(bits), from_above(bits));
        let text = format!(
            "by the MT1 manual: {manual}; counted from the highest bit: {above}; which is right is open"
        );
        sheet.problem_at(ProblemCode::Status, text, &word);
    }
    if let Some(battery) = battery {
        let rest = battery.start..span.end;
        comma(sheet, span, &rest);
        let about = About::unnamed(crate::reading::Quantity::BATTERY, Unit::Volt);
        number(sheet, about, &rest);
    }
}

fn named<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    if names.is_empty() { "nothing set".to_owned() } else { names.join(", ") }
}

fn by_manual(bits: u16) -> String {
    let [first, second] = bits.to_be_bytes();
    let of = |byte: u8, names: [&'static str; 8]| {
        (0u8..).zip(names).filter(move |(bit, _)| byte >> bit & 1 == 1).map(|(_, name)| name)
    };
    let [low, high] = MANUAL;
    named(of(first, low).chain(of(second, high)))
}

fn from_above(bits: u16) -> String {
    let set = (0u8..).zip(FROM_ABOVE).filter(|(index, _)| bits >> (15 - index) & 1 == 1);
    named(set.map(|(_, name)| name))
}

/// Tables and logs: a field an entry.
fn list(sheet: &mut Sheet<'_>, form: Form, about: About, span: &Range<usize>) {
    for (index, item) in (1u16..).zip(items(sheet.text, span)) {
        comma(sheet, span, &item);
        entry(sheet, form, index, &item);
    }
    sheet.reading(About { period: Period::Now, ..about }, Measured::Text(sheet.bytes(span).into()), span);
}

fn entry(sheet: &mut Sheet<'_>, form: Form, index: u16, item: &Range<usize>) {
    let bytes = sheet.bytes(item);
    let label = |name: &'static str| crate::frame::Label::Nth(name, index);
    let is_unused = bytes.iter().all(|byte| *byte == b'0');
    let (name, tail, tail_name) = match form {
        Form::Day => ("from", 2, "tariff"),
        Form::Seasons => ("from", 6, "schedules"),
        Form::SpecialDays => ("day", 2, "schedule"),
        Form::Display => ("menu and frame", 2, "seconds"),
        _ => ("event", 0, ""),
    };
    let Some(split) = bytes.len().checked_sub(tail).filter(|at| *at > 0 && !is_unused) else {
        let value = if is_unused { Value::Word("not used") } else { Value::Text };
        sheet.inner(label(name), item.clone(), value);
        return;
    };
    let head = item.start..item.start + split;
    let time = match form {
        Form::Day => scalar::time(sheet.bytes(&head)),
        Form::Seasons | Form::SpecialDays => day_of_year(sheet.bytes(&head)),
        Form::Log => scalar::date_time(sheet.bytes(&head)),
        _ => None,
    };
    sheet.inner(label(name), head.clone(), time.map_or(Value::Text, Value::Time));
    let tail = head.end..item.end;
    let value =
        scalar::number(sheet.bytes(&tail)).filter(|_| tail.len() == 2).map_or(Value::Text, Value::Number);
    let unit = if matches!(form, Form::Display) { Unit::Second } else { Unit::None };
    sheet.value(label(tail_name), tail, value, unit);
}

/// MMDD.
fn day_of_year(text: &[u8]) -> Option<MeterTime> {
    let (month, day) = text.split_at_checked(2)?;
    let (month, day) = (scalar::two(month)?, scalar::two(day)?);
    Some(MeterTime { month: Some(month), day: Some(day), ..MeterTime::default() })
}
