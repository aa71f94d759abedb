//! The data of replies, and what it measures.

use super::super::layout::{Cell, Flag, Form, Layout, Means, Spec, Yield};
use super::super::{bcd, words};
use super::request::half_hour;
use super::sheet::{Sheet, big, little};
use super::{time, undocumented};
use crate::frame::{Label, Value, Verdict};
use crate::reading::{Absent, Code, Decimal, Measured, MeterTime, Quantity, Reading, Unit};

/// What the explanation of a reply depends on.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The command.
    pub spec: &'static Spec,
    /// The form its data has.
    pub layout: &'static Layout,
    /// The data of the request it answers, where it is known.
    pub request: Option<&'a [u8]>,
    /// Decimals of energies and powers, where they are known.
    pub decimals: Option<u8>,
    /// The data.
    pub data: &'a [u8],
}

/// A value with all that belongs to it.
#[derive(Clone, Copy)]
struct Told {
    value: Value,
    unit: Unit,
    note: &'static str,
    verdict: Verdict,
}

/// Writes the data down, one level below the top.
pub fn fields(sheet: &mut Sheet<'_>, answer: &Answer<'_>) {
    let mut at = None;
    for cell in answer.layout.head {
        cell_fields(sheet, answer, cell, 0, &mut at);
    }
    let is_lone = sheet.left() <= answer.layout.each.iter().map(|cell| cell.form.width()).sum::<usize>();
    let mut nth = 0;
    while sheet.left() > 0 && !answer.layout.each.is_empty() {
        nth += 1;
        for cell in answer.layout.each {
            cell_fields(sheet, answer, cell, if is_lone { 0 } else { nth }, &mut at);
        }
    }
    if matches!(answer.spec.yields, Yield::Version) {
        version(sheet, answer.data);
    }
}

/// `nth` is 0 for a cell that is there once.
fn cell_fields(
    sheet: &mut Sheet<'_>,
    answer: &Answer<'_>,
    cell: &Cell,
    nth: u16,
    at: &mut Option<MeterTime>,
) {
    let raw = sheet.next(cell.form.width());
    let value = match cell.form {
        Form::Clock => time::clock(sheet, 1, cell.label),
        Form::Date => time::date(sheet, 1, cell.label),
        Form::Flags(flags) => return flags_fields(sheet, answer, cell, flags, raw),
        Form::Firmware => return firmware(sheet, raw),
        _ => {
            let told = tell(cell, raw, answer);
            let label = if nth == 0 { Label::Name(cell.label) } else { Label::Nth(cell.label, nth) };
            let field = sheet.leaf(1, label, raw.len(), told.value);
            (field.unit, field.note, field.verdict) = (told.unit, told.note, told.verdict);
            return measure(sheet, answer, cell, nth, &told, raw, *at);
        }
    };
    if let Value::Time(time) = value {
        *at = Some(time);
    }
    let told = Told { value, unit: Unit::None, note: "", verdict: Verdict::default() };
    measure(sheet, answer, cell, nth, &told, raw, *at);
}

/// What one field without children says.
fn tell(cell: &Cell, raw: &[u8], answer: &Answer<'_>) -> Told {
    let first = raw.first().copied().unwrap_or_default();
    let plain = Told { value: Value::Bytes, unit: cell.unit, note: cell.note, verdict: Verdict::default() };
    let of = |value: Value| Told { value, ..plain };
    match cell.form {
        Form::Number(_) => of(Value::count(little(raw))),
        Form::BigWord => of(Value::count(big(raw))),
        Form::ModelNumber => {
            of(Value::Meaning(big(raw), words::model_number(u16::try_from(big(raw)).unwrap_or_default())))
        }
        Form::Bcd => match bcd::decode(first) {
            Some(number) => of(Value::count(number.into())),
            None => Told {
                verdict: Verdict::Malformed("not two decimal digits"),
                ..of(Value::Hex(first.into(), 2))
            },
        },
        Form::Named(names) => match words::name(names, first) {
            Some(name) => of(Value::Meaning(first.into(), name)),
            None => Told { note: "not a value of the manual", ..of(Value::Hex(first.into(), 2)) },
        },
        Form::Event => Told { note: words::event(first), ..of(Value::Hex(first.into(), 2)) },
        Form::HalfHour => of(half_hour(first)),
        Form::Energy(_) => amount(raw, Unit::KilowattHour, answer.decimals, cell.note),
        Form::Power(_) => amount(raw, Unit::Kilowatt, answer.decimals, cell.note),
        Form::Reversed(_) => Told { note: "last character first", ..of(Value::Text) },
        Form::Echo => echo(first, answer.request, of(Value::count(first.into()))),
        Form::Volts => undocumented_value(undocumented::volts(raw, answer.data), plain),
        Form::Watts => undocumented_value(undocumented::watts(raw, answer.data), plain),
        Form::Amperes => Told { note: undocumented::AMPERES, unit: Unit::None, ..plain },
        Form::Raw(_) | Form::Clock | Form::Date | Form::Flags(_) | Form::Firmware => plain,
    }
}

/// A number that is sent without its decimal point.
fn amount(raw: &[u8], unit: Unit, decimals: Option<u8>, note: &'static str) -> Told {
    let verdict = Verdict::default();
    if raw.iter().all(|byte| *byte == 0xFF) {
        return Told { value: Value::Absent(Absent::NoData), unit, note, verdict };
    }
    match decimals {
        Some(decimals) => {
            Told { value: Value::Number(Decimal::new(little(raw), decimals)), unit, note, verdict }
        }
        None => Told { value: Value::count(little(raw)), unit: Unit::None, note: NO_DECIMALS, verdict },
    }
}

const NO_DECIMALS: &str = "without its decimal point, whose place is in the configuration (0101)";

fn echo(first: u8, request: Option<&[u8]>, told: Told) -> Told {
    match request.and_then(<[u8]>::first) {
        Some(&asked) => Told { verdict: Verdict::compare(first.into(), asked.into(), 2), ..told },
        None => told,
    }
}

fn undocumented_value(number: Option<Decimal>, plain: Told) -> Told {
    match number {
        Some(number) => Told { value: Value::Number(number), note: undocumented::BY_PLAUSIBILITY, ..plain },
        None => Told { unit: Unit::None, note: undocumented::UNDECIDED, ..plain },
    }
}

/// The parts of a byte: the first holds it, the others stand empty at its end.
fn flags_fields(sheet: &mut Sheet<'_>, answer: &Answer<'_>, cell: &Cell, flags: &[Flag], raw: &[u8]) {
    let byte = raw.first().copied().unwrap_or_default();
    sheet.parent(1, cell.label, 1, Value::Hex(byte.into(), 2)).note = cell.note;
    let mut width = 1;
    for flag in flags {
        let bits = byte >> flag.shift & super::super::layout::mask(flag.count);
        let (value, unit) = flag_value(flag, bits);
        sheet.leaf(2, flag.label, width, value).unit = unit;
        width = 0;
        if !matches!(flag.means, Means::Yes) && flag.label != "reserved" {
            named_reading(sheet, answer, flag.label, value, unit, raw);
        }
    }
    if flags.iter().all(|flag| matches!(flag.means, Means::Yes)) {
        named_reading(sheet, answer, cell.label, Value::count(byte.into()), Unit::None, raw);
    }
}

fn flag_value(flag: &Flag, bits: u8) -> (Value, Unit) {
    match flag.means {
        Means::Yes if flag.count > 1 => (Value::count(bits.into()), Unit::None),
        Means::Yes => (Value::Word(if bits == 1 { "yes" } else { "no" }), Unit::None),
        Means::Number(plus) => (Value::count(u64::from(bits) + u64::from(plus)), Unit::None),
        Means::Measured(unit) => (Value::count(bits.into()), unit),
        Means::Named(names) => match words::name(names, bits) {
            Some(name) => (Value::Meaning(bits.into(), name), Unit::None),
            None => (Value::count(bits.into()), Unit::None),
        },
    }
}

fn firmware(sheet: &mut Sheet<'_>, raw: &[u8]) {
    let [kernel, kind] = *raw else { return };
    sheet.parent(1, "firmware", 2, Value::Word(words::firmware(kernel, kind)));
    let value = words::name(words::KERNELS, kernel)
        .map_or(Value::count(kernel.into()), |name| Value::Meaning(kernel.into(), name));
    sheet.leaf(2, "kernel", 1, value);
    sheet.leaf(2, "type", 1, Value::count(kind.into()));
}

fn version(sheet: &mut Sheet<'_>, data: &[u8]) {
    let [kernel, kind, version, ..] = *data else { return };
    let text = format!("{kernel}.{kind}.{version}").into_bytes();
    let value = Measured::Text(text.into());
    sheet.readings.push(Reading::unnamed(Quantity::VERSION, value, Unit::None, data));
}

/// What a field measures.
fn measure(
    sheet: &mut Sheet<'_>,
    answer: &Answer<'_>,
    cell: &Cell,
    nth: u16,
    told: &Told,
    raw: &[u8],
    at: Option<MeterTime>,
) {
    let reading = match (answer.spec.yields, cell.form) {
        (Yield::Energy(register), Form::Energy(_)) => {
            energy(answer.request.and_then(register), told, raw, at)
        }
        (Yield::Value(code), Form::Power(_)) => known(code, told, raw),
        (Yield::Phases { first, lone }, _) => phase(first, lone, nth, told, raw),
        (Yield::Clock, Form::Clock) => {
            Reading::unnamed(Quantity::CLOCK, measured(told.value, raw), Unit::None, raw)
        }
        (Yield::SerialPart, _) => Reading::unnamed(
            Quantity::named("part of the serial number"),
            measured(told.value, raw),
            Unit::None,
            raw,
        ),
        (Yield::Fields, form) if !matches!(form, Form::Raw(_) | Form::Echo) => {
            return field_reading(sheet, answer, cell.label, told, raw);
        }
        _ => return,
    };
    if matches!(cell.form, Form::Energy(_) | Form::Power(_)) && told.note == NO_DECIMALS {
        sheet.problem("decimals", "the decimals are not known: the configuration (0101) tells them");
    }
    sheet.readings.push(reading);
}

fn field_reading(sheet: &mut Sheet<'_>, answer: &Answer<'_>, label: &'static str, told: &Told, raw: &[u8]) {
    let value = match told.value {
        Value::Hex(code, _) if !told.note.is_empty() && told.verdict == Verdict::default() => {
            Value::Meaning(code, told.note)
        }
        value => value,
    };
    named_reading(sheet, answer, label, value, told.unit, raw);
}

fn named_reading(
    sheet: &mut Sheet<'_>,
    answer: &Answer<'_>,
    label: &'static str,
    value: Value,
    unit: Unit,
    raw: &[u8],
) {
    if matches!(answer.spec.yields, Yield::Fields) {
        sheet.readings.push(Reading::unnamed(Quantity::named(label), measured(value, raw), unit, raw));
    }
}

/// An energy register; without its request nobody knows which.
fn energy(
    register: Option<(u8, crate::reading::Period)>,
    told: &Told,
    raw: &[u8],
    at: Option<MeterTime>,
) -> Reading {
    let value = measured(told.value, raw);
    let reading = match register {
        Some((tariff, period)) => Reading::of(Code::import(tariff), value, told.unit, raw).of_period(period),
        None => Reading::unnamed(Quantity::ACTIVE_IMPORT, value, told.unit, raw),
    };
    Reading { at, ..reading }
}

fn known(code: Code, told: &Told, raw: &[u8]) -> Reading {
    Reading::of(code, measured(told.value, raw), told.unit, raw)
}

fn phase(first: Code, lone: Code, nth: u16, told: &Told, raw: &[u8]) -> Reading {
    let further = u8::try_from(nth.saturating_sub(1)).unwrap_or_default().min(2) * 20;
    let code = if nth == 0 { lone } else { Code { c: first.c.saturating_add(further), ..first } };
    known(code, told, raw)
}

/// A field's value as a reading has it.
fn measured(value: Value, raw: &[u8]) -> Measured {
    match value {
        Value::Number(number) => Measured::Number(number),
        Value::Time(time) => Measured::Time(time),
        Value::Meaning(_, word) | Value::Word(word) => Measured::Text(word.as_bytes().into()),
        Value::Text => Measured::Text(forwards(raw)),
        Value::Absent(why) => Measured::Absent(why),
        Value::Bytes | Value::Hex(..) | Value::Secret => Measured::Absent(Absent::Malformed),
    }
}

/// A text that is sent last character first, without the zeros that fill it up.
pub fn forwards(reversed: &[u8]) -> Box<[u8]> {
    reversed.iter().rev().skip_while(|byte| **byte == 0).copied().collect()
}
