//! Values of Energomera parameters.

use std::cmp::Ordering;
use std::ops::Range;

use super::asked::{Asked, hex, nth_bit};
use super::neva::tariff_label;
use super::scalar;
use super::sheet::{About, Sheet};
use crate::frame::{Label, ProblemCode, Value};
use crate::protocol::Dialect;
use crate::protocol::iec62056_21::energomera::errors;
use crate::protocol::iec62056_21::energomera::parameters::{Parameter, STATUS, Series, energy};
use crate::protocol::iec62056_21::{EKT, EMR};
use crate::reading::{Code, Decimal, Measured, MeterTime, Period, Quantity, Unit, Zone};

/// A value's place among those of its parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The parameter.
    pub parameter: &'static Parameter,
    /// The number in its name.
    pub number: u8,
    /// Which value this is, from 0.
    pub nth: usize,
    /// How many there are.
    pub count: usize,
    /// What was asked for.
    pub asked: Option<Asked<'a>>,
    /// Which generation of meters it is.
    pub dialect: Dialect,
}

/// Explains one value of a parameter.
pub(super) fn lay(sheet: &mut Sheet<'_>, place: &Place<'_>, span: &Range<usize>) {
    let bytes = sheet.bytes(span);
    if let Some((number, meaning)) = errors::parse(bytes) {
        sheet.inner("error", span.clone(), Value::Meaning(number.into(), meaning));
        return;
    }
    let parameter = place.parameter;
    let plain = About { period: parameter.period, ..About::unnamed(parameter.quantity, parameter.unit) };
    match parameter.series {
        Series::Archive => archive(sheet, place, span),
        Series::Profile => profile(sheet, place, plain, span),
        Series::HalfHours => half_hour(sheet, place, plain, span),
        Series::Text => text(sheet, place, plain, span),
        Series::Date => {
            time(sheet, About { code: Some(Code::new(0, 9, 2)), ..plain }, span, scalar::dotted_date(bytes));
        }
        Series::Time => {
            time(sheet, About { code: Some(Code::new(0, 9, 1)), ..plain }, span, scalar::clock(bytes));
        }
        Series::Watch => watch(sheet, plain, span),
        Series::Status => status(sheet, place, plain, span),
        Series::Schedule => {
            schedule(sheet, place, span);
            sheet.reading(plain, Measured::Text(bytes.into()), span);
        }
        Series::Numbers => numbers(sheet, place, plain, span),
        Series::Tariffs(_) | Series::Phases(_) | Series::PhasesAndSum(_) | Series::One(_) => {
            number(sheet, place, plain, span);
        }
    }
}

/// Which value of the whole series this is: group reads ask for some of them only.
fn index(place: &Place<'_>, name: &[u8]) -> usize {
    let mask = place.asked.and_then(|asked| asked.mask(name));
    mask.and_then(|mask| nth_bit(mask, place.nth)).map_or(place.nth, usize::from)
}

/// Whether a group read asked for some values by a mask.
fn is_masked(place: &Place<'_>, name: &[u8]) -> bool {
    place.asked.is_some_and(|asked| asked.mask(name).is_some())
}

fn number(sheet: &mut Sheet<'_>, place: &Place<'_>, plain: About, span: &Range<usize>) {
    let (value, measured) = scalar::number_only(sheet.bytes(span));
    let name = place.parameter.name.as_bytes();
    let (index, masked) = (index(place, name), is_masked(place, name));
    let code = match place.parameter.series {
        Series::Tariffs(c) => u8::try_from(index).ok().filter(|e| *e <= 8).map(|e| Code::new(c, 8, e)),
        Series::Phases(codes) => phase(codes, place, index, masked),
        Series::PhasesAndSum(codes) => phase_or_sum(codes, place, index, masked),
        Series::One(code) => Some(code),
        _ => None,
    };
    let label = match (place.parameter.series, code) {
        (Series::Tariffs(_), Some(code)) => tariff_label(code.e),
        (_, Some(code)) => Label::Code(code),
        _ => Label::Nth("value", u16::try_from(place.nth + 1).unwrap_or(u16::MAX)),
    };
    sheet.value(label, span.clone(), value, plain.unit);
    if value == Value::Text {
        sheet.problem_at(ProblemCode::Format, "not a number, as the parameter would have it", span);
    }
    let is_archive = plain.period == Period::Interval;
    let tariff = code.filter(|code| code.d == 8 && code.e != 0).map(|code| code.e);
    let at = if is_archive { place.asked.and_then(|asked| asked_date(asked.argument)) } else { None };
    let code = code.filter(|_| !is_archive);
    sheet.reading(About { code, tariff, at, ..plain }, measured, span);
}

/// The code of a phase; of two values nobody says which elements they are.
fn phase(codes: [u8; 3], place: &Place<'_>, index: usize, masked: bool) -> Option<Code> {
    let known = masked || matches!(place.count, 1 | 3);
    codes.get(index).filter(|_| known).map(|c| Code::new(*c, 7, 0))
}

/// EKT puts the sum of `COS_f` first, EMR puts sums last; a lone value is the sum.
fn phase_or_sum(codes: [u8; 4], place: &Place<'_>, index: usize, masked: bool) -> Option<Code> {
    let [first, second, third, sum] = codes;
    let in_order = [first, second, third, sum];
    let code = |c: u8| Some(Code::new(c, 7, 0));
    let sum_first = place.dialect == EKT && place.parameter.name == "COS_f";
    match (place.count, index) {
        _ if masked => in_order.get(index).and_then(|c| code(*c)),
        (1, 0) => code(sum),
        // CE303: taken, then given.
        (2, index) if place.parameter.name == "POWEQ" && place.dialect == EKT => code(sum + index as u8),
        (4, index) if sum_first => [sum, first, second, third].get(index).and_then(|c| code(*c)),
        (4, _) if place.parameter.name == "COS_f" && place.dialect != EMR => None,
        (4, index) => in_order.get(index).and_then(|c| code(*c)),
        _ => None,
    }
}

/// `mm.yy` or `dd.mm.yy`.
fn asked_date(argument: &[u8]) -> Option<MeterTime> {
    let mut numbers = argument.split(|byte| *byte == b'.').map(scalar::small);
    let (first, second) = (numbers.next()??, numbers.next()??);
    match numbers.next() {
        None => Some(MeterTime {
            year: Some(2000 + u16::from(second)),
            month: Some(first),
            ..MeterTime::default()
        }),
        Some(year) => Some(MeterTime::date(2000 + u16::from(year?), second, first)),
    }
}

/// The items of a value with commas between them; the commas become fields.
fn items(
    sheet: &mut Sheet<'_>,
    span: &Range<usize>,
    mut each: impl FnMut(&mut Sheet<'_>, usize, Range<usize>),
) {
    let mut from = span.start;
    let list = sheet.bytes(span);
    for (index, item) in list.split(|byte| *byte == b',').enumerate() {
        if index > 0 {
            sheet.inner("separator", from - 1..from, Value::Bytes);
        }
        each(sheet, index, from..from + item.len());
        from += item.len() + 1;
    }
}

fn text(sheet: &mut Sheet<'_>, place: &Place<'_>, plain: About, span: &Range<usize>) {
    let name = place.parameter.name;
    if name == "HELLO" {
        return hello(sheet, span);
    }
    let bytes = sheet.bytes(span);
    if name.starts_with("PSW") {
        sheet.inner("password", span.clone(), Value::Secret);
        return;
    }
    sheet.inner("value", span.clone(), Value::Text);
    let code = (plain.quantity == Quantity::SERIAL).then_some(Code::new(96, 1, 0));
    sheet.reading(About { code, unit: Unit::None, ..plain }, Measured::Text(bytes.into()), span);
}

/// `2,CE301,12,00123456,...`: model, version and serial number are the second to the fourth.
fn hello(sheet: &mut Sheet<'_>, span: &Range<usize>) {
    items(sheet, span, |sheet, index, item| {
        let (label, quantity, code) = match index {
            1 => ("model", Quantity::MODEL, None),
            2 => ("version", Quantity::VERSION, None),
            3 => ("serial number", Quantity::SERIAL, Some(Code::new(96, 1, 0))),
            _ => {
                sheet.inner("item", item, Value::Text);
                return;
            }
        };
        sheet.inner(label, item.clone(), Value::Text);
        let measured = Measured::Text(sheet.bytes(&item).into());
        sheet.reading(About { code, ..About::unnamed(quantity, Unit::None) }, measured, &item);
    });
}

fn time(sheet: &mut Sheet<'_>, about: About, span: &Range<usize>, time: Option<MeterTime>) {
    let Some(time) = time else {
        sheet.inner("value", span.clone(), Value::Text);
        if !span.is_empty() {
            sheet.problem_at(ProblemCode::Format, "not a date or time of the form the parameter has", span);
        }
        return;
    };
    sheet.inner("value", span.clone(), Value::Time(time));
    sheet.reading(about, Measured::Time(time), span);
}

/// `hh:mm:ss,w.dd.mm.yy`, then a digit for summer time.
fn watch(sheet: &mut Sheet<'_>, plain: About, span: &Range<usize>) {
    items(sheet, span, |sheet, index, item| {
        let bytes = sheet.bytes(&item);
        match index {
            0 => time(sheet, About { code: Some(Code::new(0, 9, 1)), ..plain }, &item, scalar::clock(bytes)),
            1 => time(
                sheet,
                About { code: Some(Code::new(0, 9, 2)), ..plain },
                &item,
                scalar::dotted_date(bytes),
            ),
            _ => {
                let season = match bytes {
                    b"0" => Value::Word("winter"),
                    b"1" => Value::Word("summer"),
                    _ => Value::Text,
                };
                sheet.inner("season", item, season);
            }
        }
    });
    if sheet.bytes(span).ends_with(b",1") {
        for reading in &mut sheet.readings {
            if let Measured::Time(time) = &mut reading.value {
                time.zone = Zone::Summer;
            }
        }
    }
}

/// The flags are listed for EMR meters; those of EKT meters are in no source.
fn status(sheet: &mut Sheet<'_>, place: &Place<'_>, plain: About, span: &Range<usize>) {
    let bytes = sheet.bytes(span);
    let word = hex(bytes).filter(|_| bytes.len() == 8);
    let value = word.map_or(Value::Text, |word| Value::Hex(word.into(), 8));
    sheet.inner("value", span.clone(), value);
    if let Some(word) = word.filter(|_| place.dialect == EMR) {
        let set = STATUS.iter().filter(|(bit, _)| word >> bit & 1 == 1).map(|(_, name)| *name);
        let flags: Vec<&str> = set.collect();
        let flags = if flags.is_empty() { "no flag set".to_owned() } else { flags.join(", ") };
        sheet.problem_at(ProblemCode::Status, format!("tariff {}; {flags}", word & 0xF), span);
        let tariff = Measured::Number(Decimal::new((word & 0xF).into(), 0));
        sheet.reading(About::unnamed(Quantity::TARIFF, Unit::None), tariff, span);
    }
    sheet.reading(plain, Measured::Text(bytes.into()), span);
}

/// `hh:mm:tariff`.
fn schedule(sheet: &mut Sheet<'_>, place: &Place<'_>, span: &Range<usize>) {
    let bytes = sheet.bytes(span);
    let label = Label::Nth("switch point", u16::try_from(place.nth + 1).unwrap_or(u16::MAX));
    let split = bytes.iter().rposition(|byte| *byte == b':');
    let time = split.and_then(|at| scalar::clock(bytes.get(..at)?)).zip(split);
    let Some((time, at)) = time else {
        sheet.inner(label, span.clone(), Value::Text);
        return;
    };
    let tariff = scalar::small(bytes.get(at + 1..).unwrap_or_default());
    if tariff == Some(0) {
        sheet.inner(label, span.clone(), Value::Word("not used"));
        return;
    }
    sheet.inner(label, span.start..span.start + at + 1, Value::Time(time));
    let value = tariff.map_or(Value::Text, |tariff| Value::count(tariff.into()));
    sheet.inner("tariff", span.start + at + 1..span.end, value);
}

fn numbers(sheet: &mut Sheet<'_>, place: &Place<'_>, plain: About, span: &Range<usize>) {
    let several = sheet.bytes(span).iter().any(|byte| matches!(byte, b',' | b';'));
    let (value, measured) = if several {
        (Value::Text, Measured::Text(sheet.bytes(span).into()))
    } else {
        scalar::number_only(sheet.bytes(span))
    };
    let label = Label::Nth("value", u16::try_from(place.nth + 1).unwrap_or(u16::MAX));
    sheet.value(label, span.clone(), value, plain.unit);
    if !span.is_empty() {
        sheet.reading(plain, measured, span);
    }
}

/// What an archive was asked for: fixation, kind of value, mask of registers.
#[derive(Debug, Clone, Copy)]
struct Fixation {
    back: u8,
    during: bool,
    mask: Option<u32>,
}

impl Fixation {
    /// `i.a` or `i.a,mask` of EMD, EMM, EMY and EME.
    fn of(place: &Place<'_>) -> Option<Self> {
        let name = place.parameter.name;
        let asked = place.asked.filter(|asked| asked.address.get(..3) == name.as_bytes().get(..3))?;
        let (back, kind) = std::str::from_utf8(asked.part(0)?).ok()?.split_once('.')?;
        let mask = match asked.part(1) {
            None => None,
            Some(mask) => Some(hex(mask)?),
        };
        Some(Self { back: back.parse().ok()?, during: kind == "1", mask })
    }

    /// Fixations are counted by their place in the archive, which is the calendar's as long as none is missing.
    fn period(self, name: &str) -> Option<Period> {
        Some(match (name, self.during, self.back) {
            (_, false, 0) => Period::Now,
            ("EMDnn", true, back) => Period::DuringDay(back),
            ("EMDnn", false, back) => Period::DayEnd(back),
            ("EMMnn", true, back) => Period::DuringMonth(back),
            ("EMMnn", false, back) => Period::MonthEnd(back),
            _ => return None,
        })
    }
}

/// The first value is `dd.mm.yy,sum`, the others follow the bits of the mask that was asked for.
fn archive(sheet: &mut Sheet<'_>, place: &Place<'_>, span: &Range<usize>) {
    let fixation = Fixation::of(place);
    let c = energy(place.number);
    let is_reactive = matches!(c, Some(3 | 4));
    let unit = if is_reactive { Unit::KilovarHour } else { Unit::KilowattHour };
    let quantity = c.and_then(|c| Quantity::of(Code::new(c, 8, 0))).unwrap_or(place.parameter.quantity);
    let period = fixation.and_then(|fixation| fixation.period(place.parameter.name));
    let register = register(place, fixation);
    let code = c.zip(register).zip(period).map(|((c, e), _)| Code::new(c, 8, e));
    let mut about = About {
        code,
        period: period.unwrap_or(Period::Interval),
        tariff: register.filter(|e| *e != 0),
        ..About::unnamed(quantity, unit)
    };
    let label = register.map_or(Label::Nth("value", place.nth as u16 + 1), tariff_label);
    // 1 item is a value alone, 2 are date and value, 4 are what a CE308CAS sends.
    let before = sheet.bytes(span).split(|byte| *byte == b',').count().saturating_sub(1);
    items(sheet, span, |sheet, index, item| {
        if index < before {
            return stamp(sheet, index, item, &mut about.at);
        }
        let item = after_flags(sheet, item);
        let (value, measured) = scalar::number_only(sheet.bytes(&item));
        sheet.value(label, item.clone(), value, unit);
        sheet.reading(about, measured, &item);
    });
}

/// A part of what stands before a value: its date or, of a CE308CAS, date, time and minutes from here to universal
/// time, `16.09.25,00:00:00,-300`, at the end of the period (psxbox/Psxbox.Protocols, `ReaderCE308CAS`).
fn stamp(sheet: &mut Sheet<'_>, index: usize, item: Range<usize>, at: &mut Option<MeterTime>) {
    let bytes = sheet.bytes(&item);
    match index {
        0 => {
            *at = scalar::dotted_date(bytes);
            sheet.inner("date", item, at.map_or(Value::Text, Value::Time));
        }
        1 => {
            let time = scalar::clock(bytes);
            *at = at.zip(time).map(|(date, time)| MeterTime {
                hour: time.hour,
                minute: time.minute,
                second: time.second,
                ..date
            });
            sheet.inner("time", item, time.map_or(Value::Text, Value::Time));
        }
        _ => {
            let text = std::str::from_utf8(bytes).unwrap_or_default();
            let minutes = text.parse::<i16>().ok().and_then(i16::checked_neg);
            if let Some(minutes) = minutes {
                *at = at.map(|at| MeterTime { zone: Zone::OffsetMinutes(minutes), ..at });
            }
            if let Some(field) = sheet.inner("zone", item, scalar::number_only(bytes).0) {
                field.note = "minutes from the meter's time to universal time";
            }
        }
    }
}

/// The value behind the flags that a CE308CAS puts before it: `0x0->1.05276`.
fn after_flags(sheet: &mut Sheet<'_>, item: Range<usize>) -> Range<usize> {
    let bytes = sheet.bytes(&item);
    let Some(arrow) = bytes.windows(2).position(|pair| pair == b"->") else { return item };
    let (from, value) = (item.start + arrow, item.start + arrow + 2);
    let flags = bytes.get(..arrow).and_then(|flags| hex(flags.strip_prefix(b"0x")?));
    let digits = u8::try_from(arrow.saturating_sub(2)).unwrap_or(u8::MAX);
    sheet.inner(
        "flags",
        item.start..from,
        flags.map_or(Value::Text, |flags| Value::Hex(flags.into(), digits)),
    );
    sheet.inner("separator", from..value, Value::Bytes);
    value..item.end
}

/// Which register a value of an archive is: 0 the sum, 1 to 10 a tariff.
fn register(place: &Place<'_>, fixation: Option<Fixation>) -> Option<u8> {
    let Some(after_sum) = place.nth.checked_sub(1) else { return Some(0) };
    match fixation?.mask {
        None => u8::try_from(place.nth).ok().filter(|tariff| *tariff <= 8),
        Some(mask) => nth_bit(mask, after_sum).filter(|bit| *bit < 10).map(|bit| bit + 1),
    }
}

/// The half-hour number `nth` of a day, counted from 0.
fn half_hour_of(day: MeterTime, nth: usize) -> Option<MeterTime> {
    let (hour, minute) = (u8::try_from(nth / 2).ok()?, u8::try_from(nth % 2 * 30).ok()?);
    (hour < 24).then(|| day.at(hour, minute, 0))
}

/// A value of `GRAPE(dd.mm.yy.from.count)`.
fn half_hour(sheet: &mut Sheet<'_>, place: &Place<'_>, plain: About, span: &Range<usize>) {
    let asked = place.asked.map_or(&b""[..], |asked| asked.argument);
    let from = asked.split(|byte| *byte == b'.').nth(3).and_then(scalar::small).unwrap_or(1);
    let nth = place.nth + usize::from(from).saturating_sub(1);
    let at = asked_date(asked).and_then(|day| half_hour_of(day, nth));
    numbers(sheet, place, About { at, ..plain }, span);
}

/// `dd.mm.yy,value,flag` or `value,flag`. How long an interval is, is a setting of the meter's (`TAVER`): the
/// times are those of half-hours, its usual one. A CE308CAS gives each interval its time,
/// `dd.mm.yy,hh:mm,zone,value,flag`, and no flag says there that it is present.
fn profile(sheet: &mut Sheet<'_>, place: &Place<'_>, plain: About, span: &Range<usize>) {
    let list = sheet.bytes(span);
    let before = list.split(|byte| *byte == b',').count().saturating_sub(2);
    let is_timed = before > 1;
    let flags = list.rsplit(|byte| *byte == b',').next().and_then(hex);
    let is_there = is_timed || flags.is_none_or(|flags| flags & 1 == 1);
    let from = place.asked.and_then(|asked| std::str::from_utf8(asked.part(1)?).ok()?.parse().ok());
    let nth = place.nth + from.unwrap_or(1_usize).saturating_sub(1);
    let mut day = sheet.readings.first().and_then(|first| first.at);
    items(sheet, span, |sheet, index, item| {
        let bytes = sheet.bytes(&item);
        match index.cmp(&before) {
            Ordering::Less => stamp(sheet, index, item, &mut day),
            Ordering::Equal => {
                let (value, measured) = scalar::number_only(bytes);
                sheet.value("value", item.clone(), value, plain.unit);
                let at = if is_timed { day } else { day.and_then(|day| half_hour_of(day, nth)) };
                if is_there {
                    sheet.reading(About { period: Period::Interval, at, ..plain }, measured, &item);
                }
            }
            Ordering::Greater => {
                let value = hex(bytes).map_or(Value::Text, |flag| Value::Hex(flag.into(), bytes.len() as u8));
                if let Some(field) = sheet.inner("flags", item, value) {
                    field.note = PROFILE_FLAGS;
                }
            }
        }
    });
}

/// The flags of an interval.
const PROFILE_FLAGS: &str = "bits from 0: present, summer, power lost, clock written, several passes, cleared, clock fault, record damaged";
