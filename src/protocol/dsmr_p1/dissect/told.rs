//! What the lines of a telegram come to as readings.

use std::cmp::Reverse;

use super::left_over;
use super::meaning;
use super::month_end;
use super::sheet::{Awaited, Latest, Sheet};
use crate::frame::{ProblemCode, Span};
use crate::protocol::dsmr_p1::catalogue::{Entry, Form};
use crate::protocol::dsmr_p1::object::Object;
use crate::protocol::dsmr_p1::text::{Number, Stamp, Style};
use crate::protocol::dsmr_p1::variant;
use crate::protocol::fields::Fields;
use crate::reading::{Absent, Measured, MeterTime, Period, Phase, Quantity, Raw, Reading, Unit};

/// Takes the readings of a line with an object, whose field is at `parent`.
pub(super) fn line<F: Fields>(
    sheet: &mut Sheet<'_, F>,
    entry: &'static Entry,
    object: Object,
    parent: usize,
) {
    let Some(&first) = sheet.groups.first() else { return };
    match entry.form {
        Form::Clock => clock(sheet, object, first),
        Form::Time | Form::Date => part(sheet, entry, object, first),
        Form::Device => device(sheet, object, first),
        Form::Hourly => await_number(sheet, object, parent),
        Form::Stamped => stamped(sheet, entry, object),
        Form::Submeter => submeter(sheet, object),
        Form::Dated => dated(sheet, entry, object),
        Form::Failures => failures(sheet, object),
        Form::History => history(sheet),
        Form::Number | Form::Limit => number(sheet, entry, object, first),
        Form::Hex | Form::Text => text(sheet, entry, object, first),
        Form::Tariff | Form::Switch | Form::Version | Form::Emucs => code(sheet, entry, object, first),
        Form::Valve | Form::Profile => {}
    }
}

/// A reading of an object: its quantity from the table, its phase only where the object is electricity.
#[expect(clippy::inline_always, reason = "a reading is made where it stays, once a line")]
#[inline(always)]
pub(super) fn push<F: Fields>(
    sheet: &mut Sheet<'_, F>,
    object: Object,
    quantity: Quantity,
    found: (Measured, Unit),
    at: Option<MeterTime>,
    raw: Span,
) {
    if !sheet.is_sound {
        return;
    }
    let (code, (value, unit)) = (object.code(), found);
    let reading = Reading {
        code: Some(code),
        quantity,
        tariff: variant::tariff_of(object),
        phase: Phase::of(code).filter(|_| object.a == 1),
        channel: if object.a == 1 { 0 } else { object.b },
        period: Period::Now,
        value,
        unit,
        raw: Raw::Text(sheet.text(raw).into()),
        at,
        check: None,
        doubt: None,
    };
    sheet.readings.push(reading);
}

/// A number, or its absence, as it is to be believed: one with a unit that is not known is not.
#[expect(clippy::inline_always, reason = "a part of reading a number, which every line has")]
#[inline(always)]
pub(super) fn measured(text: &[u8]) -> Option<(Measured, Unit)> {
    if text.is_empty() {
        return Some((Measured::Absent(Absent::NoData), Unit::None));
    }
    let number = Number::read(text).filter(|number| number.style != Style::Foreign)?;
    Some((Measured::Number(number.value), number.unit))
}

fn number<F: Fields>(sheet: &mut Sheet<'_, F>, entry: &Entry, object: Object, span: Span) {
    let text = sheet.text(span);
    let is_open = entry.form == Form::Limit && (meaning::is_no_limit(text) || sheet.groups.len() > 1);
    if let (Some(quantity), Some(found), false) = (entry.quantity, measured(text), is_open) {
        push(sheet, object, quantity, found, None, span);
    }
}

/// A text, undone from hex where it was one; an empty one is none.
fn text<F: Fields>(sheet: &mut Sheet<'_, F>, entry: &'static Entry, object: Object, span: Span) {
    let (Some(quantity), true) = (entry.quantity, sheet.is_sound && !span.is_empty()) else { return };
    let undone =
        if entry.form == Form::Hex { sheet.undo_hex(|| meaning::name(entry, object), span) } else { None };
    let text = match undone {
        Some(here) => sheet.undone(here).into(),
        None => sheet.text(span).into(),
    };
    push(sheet, object, quantity, (Measured::Text(text), Unit::None), None, span);
}

/// A code: as a number where it is the number of a tariff or a position, as text where it is a version.
fn code<F: Fields>(sheet: &mut Sheet<'_, F>, entry: &Entry, object: Object, span: Span) {
    let Some(quantity) = entry.quantity.filter(|_| !span.is_empty()) else { return };
    let text = sheet.text(span);
    let is_number = matches!(entry.form, Form::Tariff | Form::Switch);
    let number = Number::read(text).filter(|number| is_number && number.style == Style::Bare);
    let value = number.map_or_else(|| Measured::Text(text.into()), |number| Measured::Number(number.value));
    push(sheet, object, quantity, (value, Unit::None), None, span);
}

fn clock<F: Fields>(sheet: &mut Sheet<'_, F>, object: Object, span: Span) {
    let stamp = Stamp::read(sheet.text(span));
    sheet.clock = stamp.and_then(Stamp::time);
    if sheet.clock.is_none() {
        sheet.problem(ProblemCode::Clock, "the time of the telegram is not set", Some(span));
    }
    let value = match stamp {
        Some(Stamp::Set(time) | Stamp::Default(time)) => Measured::Time(time),
        Some(Stamp::Impossible) => Measured::Absent(Absent::NoData),
        None => Measured::Absent(Absent::Malformed),
    };
    push(sheet, object, Quantity::CLOCK, (value, Unit::None), None, span);
}

/// Time of day and date in two lines, as in Slovenia: together they are the time of the telegram.
fn part<F: Fields>(sheet: &mut Sheet<'_, F>, entry: &Entry, object: Object, span: Span) {
    let Some(part) = meaning::part(entry.form == Form::Time, sheet.text(span)) else { return };
    sheet.clock = Some(match sheet.clock {
        Some(time) if entry.form == Form::Date => {
            MeterTime { year: part.year, month: part.month, day: part.day, ..time }
        }
        Some(date) => MeterTime { hour: part.hour, minute: part.minute, second: part.second, ..date },
        None => part,
    });
    push(sheet, object, Quantity::CLOCK, (Measured::Time(part), Unit::None), None, span);
}

fn device<F: Fields>(sheet: &mut Sheet<'_, F>, object: Object, span: Span) {
    let code = Number::read(sheet.text(span)).and_then(|number| u64::try_from(number.value.units()).ok());
    let variant = sheet.variant;
    if let Some(medium) = sheet.media.get_mut(usize::from(object.b)) {
        *medium = code.and_then(|code| variant::medium(variant, code));
    }
}

/// What the meter on a channel measures.
fn quantity_of<F: Fields>(sheet: &Sheet<'_, F>, channel: u8) -> Quantity {
    match sheet.media.get(usize::from(channel)).copied().flatten() {
        Some("gas") => Quantity::named("gas volume"),
        Some("water" | "warm water" | "cold water") => Quantity::named("water volume"),
        Some("heat") => Quantity::named("heat"),
        Some("cold") => Quantity::named("cold"),
        Some("heat or cold") => Quantity::named("heat or cold"),
        Some("heat cost") => Quantity::named("heat cost"),
        Some("electricity") => Quantity::named("sub-meter energy"),
        _ => Quantity::named("sub-meter reading"),
    }
}

/// A register of a meter on M-Bus: without a time that was set it is left over from one that is gone.
fn submeter<F: Fields>(sheet: &mut Sheet<'_, F>, object: Object) {
    let [when, what] = *sheet.groups.as_slice() else { return };
    let time = Stamp::read(sheet.text(when)).and_then(Stamp::time);
    let found = match (measured(sheet.text(what)), time) {
        (Some(found), Some(_)) => found,
        (Some((_, unit)), None) => (Measured::Absent(Absent::NoData), unit),
        (None, _) => (Measured::Absent(Absent::Malformed), Unit::None),
    };
    let quantity = quantity_of(sheet, object.b);
    push(sheet, object, quantity, found, time, what);
}

fn stamped<F: Fields>(sheet: &mut Sheet<'_, F>, entry: &Entry, object: Object) {
    let ([when, what], Some(quantity)) = (sheet.groups.as_slice(), entry.quantity) else { return };
    let (when, what) = (*when, *what);
    let time = Stamp::read(sheet.text(when)).and_then(Stamp::time);
    if let (Some(found), Some(_)) = (measured(sheet.text(what)), time) {
        push(sheet, object, quantity, found, time, what);
    }
}

/// The number of this register follows in the next line.
fn await_number<F: Fields>(sheet: &mut Sheet<'_, F>, object: Object, field: usize) {
    let time = sheet.groups.first().and_then(|span| Stamp::read(sheet.text(*span))).and_then(Stamp::time);
    let unit = sheet.groups.get(5).map_or(Unit::None, |span| {
        let sample = [b"0*", sheet.text(*span)].concat();
        Number::read(&sample).map_or(Unit::None, |number| number.unit)
    });
    sheet.awaited = Some(Awaited { object, time, unit, field });
}

/// The number that was awaited.
pub(super) fn hourly<F: Fields>(sheet: &mut Sheet<'_, F>, awaited: &Awaited, number: Number, span: Span) {
    let quantity = quantity_of(sheet, awaited.object.b);
    let value = match awaited.time {
        Some(_) => Measured::Number(number.value),
        None => Measured::Absent(Absent::NoData),
    };
    push(sheet, awaited.object, quantity, (value, awaited.unit), awaited.time, span);
}

/// One of a list of registers with their times, of which only the latest is the present one.
fn dated<F: Fields>(sheet: &mut Sheet<'_, F>, entry: &Entry, object: Object) {
    let [what, when] = *sheet.groups.as_slice() else { return };
    let time = Stamp::read_dashed(sheet.text(when)).and_then(Stamp::time);
    let (Some(time), Some(found), Some(quantity)) = (time, measured(sheet.text(what)), entry.quantity) else {
        return;
    };
    match sheet.latest.filter(|latest| latest.object == object) {
        Some(latest) if latest.time.civil() >= time.civil() => return,
        Some(latest) if latest.reading < sheet.readings.len() => {
            sheet.readings.remove(latest.reading);
        }
        _ => {}
    }
    let reading = sheet.readings.len();
    push(sheet, object, quantity, found, Some(time), what);
    sheet.latest = Some(Latest { object, time, reading });
}

fn count_of<F: Fields>(sheet: &Sheet<'_, F>) -> Option<usize> {
    let count = Number::read(sheet.text(*sheet.groups.first()?))?;
    usize::try_from(count.value.units()).ok()
}

/// The log says how many pairs of time and duration it holds: the end of each failure, and how long it was.
fn failures<F: Fields>(sheet: &mut Sheet<'_, F>, object: Object) {
    let entries = sheet.groups.get(2..).unwrap_or_default().to_vec();
    if let Some(count) = count_of(sheet)
        && (entries.len() % 2 == 1 || count != entries.len() / 2)
    {
        let span = sheet.groups.first().copied();
        sheet.problem(ProblemCode::Count, "the log holds another count of entries than it says", span);
        return;
    }
    let before = sheet.readings.len();
    for entry in entries.chunks_exact(2) {
        if let [end, duration] = *entry {
            failure(sheet, object, end, duration);
        }
    }
    // Some makers write the oldest first.
    let ended = |failure: &Reading| Reverse(failure.at.and_then(MeterTime::civil));
    sheet.readings.get_mut(before..).unwrap_or_default().sort_by_key(ended);
}

/// A power failure; places of the log that were never used hold no time.
fn failure<F: Fields>(sheet: &mut Sheet<'_, F>, object: Object, end: Span, duration: Span) {
    let time = Stamp::read(sheet.text(end)).and_then(Stamp::time);
    let (Some(time), Some(found)) = (time, measured(sheet.text(duration))) else { return };
    let before = sheet.readings.len();
    push(sheet, object, Quantity::named("power failure"), found, Some(time), duration);
    if let Some(reading) = sheet.readings.get_mut(before) {
        reading.period = Period::Then;
    }
}

/// Monthly maxima of Belgium: each of the month that its first time ends.
fn history<F: Fields>(sheet: &mut Sheet<'_, F>) {
    if meaning::is_snapshot(sheet) {
        return month_end::readings(sheet);
    }
    if sheet.groups.len() < 3 {
        return;
    }
    let entries = sheet.groups.get(3..).unwrap_or_default().to_vec();
    if count_of(sheet).is_none_or(|count| 3 * count != entries.len()) {
        let span = sheet.groups.first().copied();
        sheet.problem(ProblemCode::Count, "the history holds another count of months than it says", span);
        return;
    }
    for entry in entries.chunks_exact(3) {
        if let [end, peak, value] = *entry {
            month(sheet, end, peak, value);
        }
    }
}

fn month<F: Fields>(sheet: &mut Sheet<'_, F>, end: Span, peak: Span, value: Span) {
    let time = |span| Stamp::read(sheet.text(span)).and_then(Stamp::time);
    let (Some(end), Some(peak), Some(found)) = (time(end), time(peak), measured(sheet.text(value))) else {
        return;
    };
    let back = months_back(sheet, end);
    let object = Object { a: 1, b: 0, c: 1, d: 6, e: 0 };
    let before = sheet.readings.len();
    if let Some(back) = back {
        push(sheet, object, Quantity::named("maximum demand"), found, Some(peak), value);
        if let Some(reading) = sheet.readings.get_mut(before) {
            reading.period = Period::DuringMonth(back);
        }
    }
}

/// How many months ago the month was that a time ended, the running one being 0.
pub(super) fn months_back<F: Fields>(sheet: &Sheet<'_, F>, end: MeterTime) -> Option<u8> {
    u8::try_from(months(sheet.clock?)? + 1 - months(end)?).ok()
}

/// Months since the year 0.
fn months(time: MeterTime) -> Option<i32> {
    Some(i32::from(time.year?) * 12 + i32::from(time.month?))
}

/// Gives every reading without a time of its own that of the telegram.
pub(super) fn date<F: Fields>(sheet: &mut Sheet<'_, F>) {
    left_over::name(sheet);
    let clock = sheet.clock;
    for reading in &mut sheet.readings {
        let is_text = matches!(reading.value, Measured::Time(_));
        if reading.at.is_none() && !is_text {
            reading.at = clock;
        }
    }
}
