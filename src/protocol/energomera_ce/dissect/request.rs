//! The data of requests.

use super::super::bcd;
use super::super::layout::{Bits, Grid, Slot, Spec};
use super::sheet::{Sheet, little};
use super::time;
use crate::frame::{Field, Label, Value, Verdict};
use crate::protocol::{Kind, Parameter};

/// Writes the data down, one level below the top.
pub(super) fn fields(sheet: &mut Sheet<'_>, spec: &Spec) {
    for slot in spec.request {
        field(sheet, *slot, spec.parameters);
    }
}

fn field(sheet: &mut Sheet<'_>, slot: Slot, parameters: &[Parameter]) {
    let bytes = sheet.next(slot.width());
    let first = bytes.first().copied().unwrap_or_default();
    match slot {
        Slot::Number(name, width) => {
            let parameter = find(parameters, name);
            let value = number(parameter, little(bytes));
            describe(sheet.leaf(1, title(parameter, name), width, value), parameter);
        }
        Slot::Bcd(name) => digits(sheet, name, first, find(parameters, name)),
        Slot::Bits(parts) => bits(sheet, parts, first, parameters),
        Slot::Clock(name) => {
            time::clock(sheet, 1, title(find(parameters, name), name));
        }
        Slot::Date(name) => {
            time::date(sheet, 1, title(find(parameters, name), name));
        }
        Slot::Reversed(name, width) => {
            sheet.leaf(1, title(find(parameters, name), name), width, Value::Text).note =
                "last character first";
        }
        Slot::Password(name) => {
            sheet.leaf(1, title(find(parameters, name), name), 4, Value::Secret);
        }
        Slot::Points(name, grid) => points(sheet, title(find(parameters, name), name), grid),
        Slot::Zero(width) => {
            sheet.leaf(1, "fixed", width, Value::Bytes);
        }
    }
}

fn find<'p>(parameters: &'p [Parameter], name: &str) -> Option<&'p Parameter> {
    parameters.iter().find(|parameter| parameter.name == name)
}

fn title(parameter: Option<&Parameter>, name: &'static str) -> &'static str {
    parameter.map_or(name, |parameter| parameter.title)
}

fn number(parameter: Option<&Parameter>, number: u64) -> Value {
    match parameter.map(|parameter| parameter.kind) {
        Some(Kind::Choice(choices)) => choices
            .iter()
            .find(|choice| u64::try_from(choice.value) == Ok(number))
            .map_or(Value::count(number), |choice| Value::Meaning(number, choice.word)),
        _ => Value::count(number),
    }
}

fn describe(field: &mut Field, parameter: Option<&Parameter>) {
    let Some(parameter) = parameter else { return };
    field.unit = parameter.unit;
    let Value::Number(value) = field.value else { return };
    let is_outside = match parameter.kind {
        Kind::Integer { min, max } => !(i128::from(min)..=i128::from(max)).contains(&value.units()),
        Kind::Choice(_) => true,
        _ => false,
    };
    if is_outside {
        field.note = "outside the range of the manual";
    }
}

fn digits(sheet: &mut Sheet<'_>, name: &'static str, byte: u8, parameter: Option<&Parameter>) {
    let label = title(parameter, name);
    if let Some(number) = bcd::decode(byte) {
        describe(sheet.leaf(1, label, 1, Value::count(number.into())), parameter);
    } else {
        let value = Value::Hex(byte.into(), 2);
        sheet.leaf(1, label, 1, value).verdict = Verdict::Malformed("not two decimal digits");
    }
}

/// The parts of a byte: the first holds it, the others stand empty at its end.
fn bits(sheet: &mut Sheet<'_>, parts: &[Bits], byte: u8, parameters: &[Parameter]) {
    sheet.parent(1, "bits", 1, Value::Hex(byte.into(), 2));
    let mut width = 1;
    for part in parts {
        let parameter = find(parameters, part.name);
        let value = number(parameter, part.of(byte).into());
        describe(sheet.leaf(2, title(parameter, part.name), width, value), parameter);
        width = 0;
    }
}

fn points(sheet: &mut Sheet<'_>, label: &'static str, grid: Grid) {
    let width = sheet.left();
    let count = sheet.next(1).first().copied().unwrap_or_default();
    sheet.parent(1, label, width, Value::Bytes);
    let is_right = usize::from(count) * grid.width() + 1 == width;
    let verdict = if is_right { Verdict::Good } else { Verdict::Malformed("not the count of points") };
    sheet.leaf(2, "count", 1, Value::count(count.into())).verdict = verdict;
    let mut nth = 0;
    while sheet.left() > 0 {
        nth += 1;
        point(sheet, nth, grid);
    }
}

fn point(sheet: &mut Sheet<'_>, nth: u16, grid: Grid) {
    sheet.parent(2, Label::Nth("point", nth), grid.width(), Value::Bytes);
    match grid {
        Grid::HalfHours => {
            let half = sheet.next(1).first().copied().unwrap_or_default();
            sheet.leaf(3, "from", 1, half_hour(half));
        }
        Grid::Minutes => {
            time::digits(sheet, 3, "hour");
            time::digits(sheet, 3, "minute");
        }
    }
    let tariff = sheet.next(1).first().copied().unwrap_or_default();
    sheet.leaf(3, "tariff", 1, Value::count(tariff.into()));
}

/// The time of day that a half-hour begins.
pub(super) fn half_hour(index: u8) -> Value {
    use crate::reading::MeterTime;
    if index >= 48 {
        return Value::Hex(index.into(), 2);
    }
    Value::Time(MeterTime { hour: Some(index / 2), minute: Some(index % 2 * 30), ..MeterTime::default() })
}
