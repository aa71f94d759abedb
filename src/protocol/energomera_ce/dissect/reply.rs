//! The data of replies.

use super::super::layout::{Cell, Flag, Form, Layout, Means, Spec, Yield, mask};
use super::super::words;
use super::measure;
use super::sheet::Sheet;
use super::time;
use super::told::{Explained, tell};
use crate::frame::{Label, Value};
use crate::reading::{MeterTime, Unit};

/// What the explanation of a reply depends on.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
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

/// A field of an answer and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The field.
    pub cell: &'static Cell,
    /// Which of several alike, from 1; 0 for a lone one.
    pub nth: u16,
    /// Its bytes.
    pub raw: &'a [u8],
    /// The date or time that stood before it.
    pub at: Option<MeterTime>,
}

/// Writes the data down, one level below the top.
pub(super) fn fields(sheet: &mut Sheet<'_>, answer: &Answer<'_>) {
    let Layout { head, each, .. } = *answer.layout;
    let mut at = None;
    for cell in head {
        at = field(sheet, answer, cell, 0, at);
    }
    let is_lone = sheet.left() <= each.iter().map(|cell| cell.form.width()).sum::<usize>();
    let mut nth = 0;
    while sheet.left() > 0 && !each.is_empty() {
        nth += 1;
        for cell in each {
            at = field(sheet, answer, cell, if is_lone { 0 } else { nth }, at);
        }
    }
    if matches!(answer.spec.yields, Yield::Version) {
        measure::version(sheet, answer.data);
    }
}

/// Writes one field down; gives the date or time that holds for those after it.
fn field(
    sheet: &mut Sheet<'_>,
    answer: &Answer<'_>,
    cell: &'static Cell,
    nth: u16,
    at: Option<MeterTime>,
) -> Option<MeterTime> {
    let place = Place { cell, nth, raw: sheet.next(cell.form.width()), at };
    let value = match cell.form {
        Form::Clock => time::clock(sheet, 1, cell.label),
        Form::Date => time::date(sheet, 1, cell.label),
        Form::Flags(parts) => {
            flags(sheet, answer, &place, parts);
            return at;
        }
        Form::Firmware => {
            firmware(sheet, place.raw);
            return at;
        }
        _ => {
            leaf(sheet, answer, &place);
            return at;
        }
    };
    measure::measure(sheet, answer, &place, &Explained::of(value));
    if let Value::Time(time) = value { Some(time) } else { at }
}

fn leaf(sheet: &mut Sheet<'_>, answer: &Answer<'_>, place: &Place<'_>) {
    let told = tell(place, answer);
    let label = place.cell.label;
    let label = if place.nth == 0 { Label::Name(label) } else { Label::Nth(label, place.nth) };
    let field = sheet.leaf(1, label, place.raw.len(), told.value);
    (field.unit, field.note, field.verdict) = (told.unit, told.note, told.verdict);
    measure::measure(sheet, answer, place, &told);
}

/// The parts of a byte: the first holds it, the others stand empty at its end.
fn flags(sheet: &mut Sheet<'_>, answer: &Answer<'_>, place: &Place<'_>, parts: &[Flag]) {
    let byte = place.raw.first().copied().unwrap_or_default();
    sheet.parent(1, place.cell.label, 1, Value::Hex(byte.into(), 2)).note = place.cell.note;
    let mut width = 1;
    for part in parts {
        let (value, unit) = flag(part, byte >> part.shift & mask(part.count));
        sheet.leaf(2, part.label, width, value).unit = unit;
        width = 0;
        if !matches!(part.means, Means::Yes | Means::Reserved) {
            let told = Explained { unit, ..Explained::of(value) };
            measure::named(sheet, answer, part.label, &told, place.raw);
        }
    }
    if parts.iter().all(|part| matches!(part.means, Means::Yes)) {
        let told = Explained::of(Value::count(byte.into()));
        measure::named(sheet, answer, place.cell.label, &told, place.raw);
    }
}

fn flag(part: &Flag, bits: u8) -> (Value, Unit) {
    match part.means {
        Means::Reserved => (Value::count(bits.into()), Unit::None),
        Means::Yes if part.count > 1 => (Value::count(bits.into()), Unit::None),
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
