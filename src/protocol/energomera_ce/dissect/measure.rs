//! What a reply measures.

use super::super::layout::{Form, Yield};
use super::reply::{Answer, Place};
use super::sheet::Sheet;
use super::told::Explained;
use crate::frame::{ProblemCode, Value, Verdict};
use crate::reading::{Absent, Code, Measured, Octets, Period, Quantity, Reading, Unit};

/// Takes down what a field measures, if its command measures anything there.
pub(super) fn measure(sheet: &mut Sheet<'_>, answer: &Answer<'_>, place: &Place<'_>, told: &Explained) {
    let reading = match (answer.spec.yields, place.cell.form) {
        (Yield::Energy(register), Form::Energy(_)) => energy(answer.request.and_then(register), place, told),
        (Yield::Value(code), Form::Power(_)) => known(code, told, place.raw),
        (Yield::Phases { first, lone }, _) => phase(first, lone, place, told),
        (Yield::Clock, Form::Clock) => unnamed(Quantity::CLOCK, told, place.raw),
        (Yield::SerialPart, _) => unnamed(Quantity::named("part of the serial number"), told, place.raw),
        (Yield::Fields, Form::ModelNumber) => unnamed(Quantity::MODEL_NUMBER, told, place.raw),
        (Yield::Fields, form) if !matches!(form, Form::Raw(_) | Form::Echo) => {
            named(sheet, answer, place.cell.label, told, place.raw);
            return;
        }
        _ => return,
    };
    no_decimals(sheet, told);
    if sheet.readings.is_empty() {
        // Most replies have one value.
        sheet.readings.reserve_exact(1);
    }
    sheet.readings.push(reading);
}

/// Takes a field of a command down that is not about one register, under the name of the field.
pub(super) fn named(
    sheet: &mut Sheet<'_>,
    answer: &Answer<'_>,
    label: &'static str,
    told: &Explained,
    raw: &[u8],
) {
    if matches!(answer.spec.yields, Yield::Fields) {
        no_decimals(sheet, told);
        sheet.readings.push(unnamed(Quantity::named(label), told, raw));
    }
}

fn no_decimals(sheet: &mut Sheet<'_>, told: &Explained) {
    let is_said = sheet.problems.iter().any(|problem| problem.code == ProblemCode::Decimals);
    if told.lacks_decimals && !is_said {
        sheet.problem(
            ProblemCode::Decimals,
            "the decimals are not known: the configuration (0101) tells them",
        );
    }
}

/// Kernel, type and version as one text.
pub(super) fn version(sheet: &mut Sheet<'_>, data: &[u8]) {
    let [kernel, kind, version, ..] = *data else { return };
    let text = format!("{kernel}.{kind}.{version}").into_bytes();
    let value = Measured::Text(text.into());
    sheet.readings.push(Reading::unnamed(Quantity::VERSION, value, Unit::None, data));
}

/// An energy register; without its request nobody knows which.
fn energy(register: Option<(u8, Period)>, place: &Place<'_>, told: &Explained) -> Reading {
    let reading = match register {
        Some((tariff, period)) => known(Code::import(tariff), told, place.raw).of_period(period),
        None => unnamed(Quantity::ACTIVE_IMPORT, told, place.raw),
    };
    Reading { at: place.at, ..reading }
}

fn phase(first: Code, lone: Code, place: &Place<'_>, told: &Explained) -> Reading {
    let further = u8::try_from(place.nth.saturating_sub(1)).unwrap_or_default().min(2) * 20;
    let code = if place.nth == 0 { lone } else { Code { c: first.c.saturating_add(further), ..first } };
    known(code, told, place.raw)
}

fn known(code: Code, told: &Explained, raw: &[u8]) -> Reading {
    Reading::of(code, measured(told, raw), told.unit, raw)
}

fn unnamed(quantity: Quantity, told: &Explained, raw: &[u8]) -> Reading {
    Reading::unnamed(quantity, measured(told, raw), told.unit, raw)
}

/// A field's value as a reading has it.
fn measured(told: &Explained, raw: &[u8]) -> Measured {
    match told.value {
        Value::Number(number) => Measured::Number(number),
        Value::Time(time) => Measured::Time(time),
        Value::Meaning(_, word) | Value::Word(word) => Measured::Text(word.as_bytes().into()),
        Value::Text => Measured::Text(forwards(raw)),
        Value::Absent(why) => Measured::Absent(why),
        // A code whose meaning is the remark, such as an event.
        Value::Hex(..) if !told.note.is_empty() && told.verdict == Verdict::default() => {
            Measured::Text(told.note.as_bytes().into())
        }
        Value::Bytes | Value::Hex(..) | Value::Checksum(..) | Value::Secret => {
            Measured::Absent(Absent::Malformed)
        }
    }
}

/// A text that is sent last character first, without the zeros that fill it up.
pub(crate) fn forwards(reversed: &[u8]) -> Octets {
    reversed.iter().rev().skip_while(|byte| **byte == 0).copied().collect::<Vec<u8>>().into()
}
