//! What a field of a reply says.

use super::super::layout::{Form, Names};
use super::super::{bcd, words};
use super::reply::{Answer, Place};
use super::request::half_hour;
use super::sheet::{big, little};
use super::undocumented;
use crate::frame::{Value, Verdict};
use crate::reading::{Absent, Decimal, Unit};

/// A value with all that belongs to it.
#[derive(Clone, Copy)]
pub(super) struct Explained {
    /// The value.
    pub value: Value,
    /// Unit of a number.
    pub unit: Unit,
    /// A remark.
    pub note: &'static str,
    /// The judgement.
    pub verdict: Verdict,
    /// Whether nobody knows where its decimal point is.
    pub lacks_decimals: bool,
}

impl Explained {
    /// A value alone.
    pub(super) fn of(value: Value) -> Self {
        Self { value, unit: Unit::None, note: "", verdict: Verdict::default(), lacks_decimals: false }
    }
}

/// Remark on an energy or power whose decimals are not known.
const NO_DECIMALS: &str = "without its decimal point, whose place is in the configuration (0101)";

/// What a field without children says.
pub(super) fn tell(place: &Place<'_>, answer: &Answer<'_>) -> Explained {
    let (raw, cell) = (place.raw, place.cell);
    let first = raw.first().copied().unwrap_or_default();
    let plain = Explained { unit: cell.unit, note: cell.note, ..Explained::of(Value::Bytes) };
    let of = |value: Value| Explained { value, ..plain };
    match cell.form {
        Form::Number(_) => of(Value::count(little(raw))),
        Form::BigWord => of(Value::count(big(raw))),
        Form::ModelNumber => of(model_number(raw)),
        Form::Bcd => digits(first, plain),
        Form::Named(names) => named(first, names, plain),
        Form::Event => Explained { note: words::event(first), ..of(Value::Hex(first.into(), 2)) },
        Form::HalfHour => of(half_hour(first)),
        Form::Energy(_) => amount(raw, Unit::KilowattHour, answer.decimals, plain),
        Form::Power(_) => amount(raw, Unit::Kilowatt, answer.decimals, plain),
        Form::Reversed(_) => Explained { note: "last character first", ..of(Value::Text) },
        Form::Echo => echo(first, answer.request, of(Value::count(first.into()))),
        Form::Volts => chosen(undocumented::volts(raw, answer.data), plain),
        Form::Watts => chosen(undocumented::watts(raw, answer.data), plain),
        Form::Amperes => Explained { note: undocumented::AMPERES, unit: Unit::None, ..plain },
        Form::Raw(_) | Form::Clock | Form::Date | Form::Flags(_) | Form::Firmware => plain,
    }
}

fn model_number(raw: &[u8]) -> Value {
    let number = big(raw);
    Value::Meaning(number, u16::try_from(number).map_or("", words::model_number))
}

fn digits(byte: u8, plain: Explained) -> Explained {
    let verdict = Verdict::Malformed("not two decimal digits");
    bcd::decode(byte).map_or(Explained { value: Value::Hex(byte.into(), 2), verdict, ..plain }, |number| {
        Explained { value: Value::count(number.into()), ..plain }
    })
}

fn named(byte: u8, names: Names, plain: Explained) -> Explained {
    match words::name(names, byte) {
        Some(name) => Explained { value: Value::Meaning(byte.into(), name), ..plain },
        None => Explained { value: Value::count(byte.into()), note: "not a value of the manual", ..plain },
    }
}

/// A number that is sent without its decimal point.
fn amount(raw: &[u8], unit: Unit, decimals: Option<u8>, plain: Explained) -> Explained {
    if raw.iter().all(|byte| *byte == 0xFF) {
        return Explained { value: Value::Absent(Absent::NoData), unit, ..plain };
    }
    if let Some(decimals) = decimals {
        return Explained { value: Value::Number(Decimal::new(little(raw), decimals)), unit, ..plain };
    }
    let value = Value::count(little(raw));
    Explained { value, unit: Unit::None, note: NO_DECIMALS, lacks_decimals: true, ..plain }
}

fn echo(first: u8, request: Option<&[u8]>, told: Explained) -> Explained {
    match request.and_then(<[u8]>::first) {
        Some(&asked) => Explained { verdict: Verdict::compare(first.into(), asked.into(), 2), ..told },
        None => told,
    }
}

fn chosen(number: Option<Decimal>, plain: Explained) -> Explained {
    match number {
        Some(number) => {
            Explained { value: Value::Number(number), note: undocumented::BY_PLAUSIBILITY, ..plain }
        }
        None => Explained { unit: Unit::None, note: undocumented::UNDECIDED, ..plain },
    }
}
