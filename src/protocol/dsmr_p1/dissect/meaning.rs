//! What stands in one pair of brackets.

use super::month_end;
use super::sheet::Sheet;
use crate::frame::{Field, Label, Role, Span, Value};
use crate::protocol::dsmr_p1::catalogue::{self, Entry, Form};
use crate::protocol::dsmr_p1::object::Object;
use crate::protocol::dsmr_p1::text::{Number, Stamp, Style};
use crate::protocol::dsmr_p1::variant;
use crate::protocol::fields::Fields;
use crate::reading::{Absent, MeterTime, Unit};

const UNSET: &str = "not set: the time a clock starts with";
const IMPOSSIBLE: &str = "no such time: not set";
const NO_STAR: &str = "the unit stands without a star";
const FOREIGN_UNIT: &str = "the unit is not a known one";
const NO_LIMIT: &str = "all nines: no limit";

/// Whether a bracket holds what its line is about.
pub(super) fn is_main(form: Option<Form>, index: usize, count: usize) -> bool {
    match form {
        Some(Form::Stamped | Form::Submeter) => index == 1,
        Some(Form::Failures | Form::History | Form::Profile | Form::Hourly) => false,
        Some(_) => index == 0,
        None => count == 1,
    }
}

/// Explains the bracket at `index`.
pub(super) fn of<F: Fields>(
    sheet: &mut Sheet<'_, F>,
    form: Option<Form>,
    object: Object,
    index: usize,
    span: Span,
) -> Field {
    let label = label(sheet, form, object, index);
    let text = sheet.text(span);
    if text.is_empty() {
        return Field::new(label, span, Value::Absent(Absent::NoData)).at_depth(1);
    }
    let field = match form {
        Some(Form::Hex) => hex(sheet, label, object, span),
        Some(Form::Text) => Field::new(label, span, Value::Text),
        Some(Form::Time | Form::Date) => time_part(form == Some(Form::Time), label, span, text),
        Some(Form::Number | Form::Limit) => limit_or_number(form == Some(Form::Limit), label, span, text),
        Some(Form::Hourly) => hourly(label, span, text, index),
        Some(Form::Dated) if index == 1 => dated(label, span, text),
        Some(form) => coded(sheet, form, span, text)
            .map_or_else(|| generic(label, span, text), |value| Field::new(label, span, value)),
        None => generic(label, span, text),
    };
    field.at_depth(1).role(role(form, index))
}

/// What a bracket is to its line: some say what the value in another one is.
const fn role(form: Option<Form>, index: usize) -> Role {
    match (form, index) {
        (Some(Form::Failures), 1) | (Some(Form::Hourly), 4 | 5) => Role::Reference,
        _ => Role::Value,
    }
}

fn label<F: Fields>(sheet: &Sheet<'_, F>, form: Option<Form>, object: Object, index: usize) -> Label {
    let nth = |name, number: usize| Label::Nth(name, u16::try_from(number).unwrap_or(u16::MAX));
    let word = |names: [&'static str; 2]| Label::Name(if index == 0 { names[0] } else { names[1] });
    match (form, index) {
        (Some(Form::Failures), 0) => "count".into(),
        (Some(Form::Failures), 1) => "object".into(),
        (Some(Form::Failures), _) if index.is_multiple_of(2) => nth("end of failure", index / 2),
        (Some(Form::Failures), _) => nth("duration of failure", index / 2),
        (Some(Form::History), _) if is_snapshot(sheet) => match index.checked_sub(1) {
            None => "end of month".into(),
            Some(at) => {
                month_end::SNAPSHOT.get(at).map_or_else(|| nth("register", index), |code| Label::Code(*code))
            }
        },
        (Some(Form::History), 0) => "count".into(),
        (Some(Form::History), 1 | 2) => nth("object", index),
        (Some(Form::History), _) => match index % 3 {
            0 => nth("end of month", index / 3),
            1 => nth("time of maximum", index / 3),
            _ => nth("maximum", index / 3),
        },
        (Some(Form::Profile), _) => profile(sheet, index),
        (Some(Form::Hourly), _) => {
            const NAMES: [&str; 6] = ["time", "status", "period", "count", "object", "unit"];
            NAMES.get(index).map_or_else(|| nth("value", index), |name| Label::Name(name))
        }
        (Some(Form::Stamped | Form::Submeter), 0 | 1) => word(["time", "value"]),
        (Some(Form::Dated), 0 | 1) => word(["value", "time"]),
        (Some(Form::Limit), 0 | 1) if sheet.groups.len() == 2 && object.b == 1 => {
            word(["import limit", "export limit"])
        }
        (_, 0) => "value".into(),
        _ => nth("value", index + 1),
    }
}

/// A bracket of a load profile: how many entries it has and of which objects, the first being the status, then of
/// each entry its time and a value for every object.
fn profile<F: Fields>(sheet: &Sheet<'_, F>, index: usize) -> Label {
    let nth = |name, number: usize| Label::Nth(name, u16::try_from(number).unwrap_or(u16::MAX));
    let read = |span: &Span| Object::read(sheet.text(*span)).map(|(object, ..)| object);
    let objects = sheet.groups.iter().skip(1).map_while(read);
    let count = objects.clone().count();
    let Some(at) = index.checked_sub(1 + count) else {
        return if index == 0 { "count".into() } else { nth("object", index) };
    };
    match (at % (count + 1)).checked_sub(1) {
        None => nth("time", at / (count + 1) + 1),
        Some(0) => nth("status", at / (count + 1) + 1),
        Some(place) => objects
            .clone()
            .nth(place)
            .map_or_else(|| nth("value", index), |object| Label::Code(object.code())),
    }
}

/// Whether the history at hand is the Hungarian one: it begins with a time and not with a count.
pub(super) fn is_snapshot<F: Fields>(sheet: &Sheet<'_, F>) -> bool {
    sheet.groups.first().is_some_and(|first| Stamp::read(sheet.text(*first)).is_some())
}

/// A text that tells its form by itself: time, number with unit, or characters.
fn generic(label: Label, span: Span, text: &[u8]) -> Field {
    if let Some(stamp) = Stamp::read(text) {
        return stamped(label, span, stamp);
    }
    number(label, span, text).unwrap_or_else(|| Field::new(label, span, Value::Text))
}

fn stamped(label: Label, span: Span, stamp: Stamp) -> Field {
    match stamp {
        Stamp::Set(time) => Field::new(label, span, Value::Time(time)),
        Stamp::Default(time) => Field::new(label, span, Value::Time(time)).note(UNSET),
        Stamp::Impossible => Field::new(label, span, Value::Absent(Absent::NoData)).note(IMPOSSIBLE),
    }
}

fn number(label: Label, span: Span, text: &[u8]) -> Option<Field> {
    let number = Number::read(text)?;
    let note = match number.style {
        Style::Bare | Style::Star => "",
        Style::NoStar => NO_STAR,
        Style::Foreign => FOREIGN_UNIT,
    };
    Some(Field::new(label, span, Value::Number(number.value)).unit(number.unit).note(note))
}

fn limit_or_number(is_limit: bool, label: Label, span: Span, text: &[u8]) -> Field {
    let Some(field) = number(label, span, text) else { return Field::new(label, span, Value::Text) };
    if is_limit && is_no_limit(text) { field.note(NO_LIMIT) } else { field }
}

/// The entry of the line at hand: that of a limit by its unit.
#[inline]
pub(super) fn in_its_unit<F: Fields>(sheet: &Sheet<'_, F>, entry: &'static Entry) -> &'static Entry {
    if entry.form != Form::Limit {
        return entry;
    }
    let number = sheet.groups.first().and_then(|first| Number::read(sheet.text(*first)));
    number.map_or(entry, |number| catalogue::of_limit(entry, number.unit))
}

/// Whether the limit of the line at hand is none.
pub(super) fn is_open<F: Fields>(sheet: &Sheet<'_, F>, entry: &Entry) -> bool {
    let first = || sheet.groups.first().is_some_and(|first| is_no_limit(sheet.text(*first)));
    entry.form == Form::Limit && sheet.groups.len() == 1 && first()
}

/// The name of a limit that is none.
pub(super) fn open_limit(entry: &'static Entry) -> &'static str {
    match entry.title {
        "power limit" => "power limit: none",
        "current limit" => "current limit: none",
        "fuse limit L1" => "fuse limit L1: none",
        "fuse limit L2" => "fuse limit L2: none",
        "fuse limit L3" => "fuse limit L3: none",
        title => title,
    }
}

/// Whether a limit is at least three nines in front of its unit and, but for leading zeros, nothing else: as
/// many as the format has.
pub(super) fn is_no_limit(text: &[u8]) -> bool {
    let is_digit = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'.');
    let mut digits =
        text.iter().take_while(is_digit).filter(|byte| **byte != b'.').skip_while(|byte| **byte == b'0');
    let whole = text.iter().take_while(|byte| byte.is_ascii_digit()).last();
    let nines = digits.by_ref().take_while(|byte| **byte == b'9').count();
    nines >= 3 && whole == Some(&b'9') && digits.all(|byte| *byte == b'0')
}

/// The name of an object: with the channel of a meter on M-Bus, or with group E where several share a name.
pub(super) fn name(entry: &'static Entry, object: Object) -> Label {
    if object.a == 0 && object.b > 0 {
        Label::Nth(entry.title, object.b.into())
    } else if entry.is_numbered() {
        Label::Nth(entry.title, object.e.into())
    } else {
        Label::Name(entry.title)
    }
}

/// A text in hex: as text where it is one, else as it was sent.
fn hex<F: Fields>(sheet: &mut Sheet<'_, F>, label: Label, object: Object, span: Span) -> Field {
    let name = || catalogue::of(object).map_or(Label::Name("value"), |entry| name(entry, object));
    let is_text = sheet.undo_hex(name, span).is_some();
    Field::new(label, span, Value::Text).note(if is_text {
        "hex of a text: see the layer of texts"
    } else {
        ""
    })
}

/// A code and what it stands for; `None` where the meter sent something else.
fn coded<F: Fields>(sheet: &mut Sheet<'_, F>, form: Form, span: Span, text: &[u8]) -> Option<Value> {
    let is_code = text.len() < 8 && text.iter().all(u8::is_ascii_digit);
    if !is_code || sheet.groups.first() != Some(&span) {
        return None;
    }
    let code = text.iter().fold(0, |code, digit| code * 10 + u64::from(digit - b'0'));
    let name = match form {
        Form::Tariff => Some(variant::tariff_name(sheet.variant, code)).filter(|name| !name.is_empty()),
        Form::Switch => switch(code),
        Form::Valve => valve(code),
        Form::Device => variant::medium(sheet.variant, code),
        Form::Version => version(code),
        Form::Emucs => emucs(code),
        _ => return None,
    };
    Some(name.map_or(Value::count(code), |name| Value::Meaning(code, name)))
}

const fn switch(code: u64) -> Option<&'static str> {
    match code {
        0 => Some("off"),
        1 => Some("on"),
        2 => Some("released"),
        _ => None,
    }
}

const fn valve(code: u64) -> Option<&'static str> {
    match code {
        0 => Some("closed"),
        1 => Some("open"),
        2 => Some("released"),
        _ => None,
    }
}

const fn version(code: u64) -> Option<&'static str> {
    match code {
        40 => Some("DSMR 4.0"),
        42 => Some("DSMR 4.2"),
        50 => Some("DSMR 5.0, ESMR 5.0"),
        _ => None,
    }
}

/// The first three digits are the Dutch version, the last two the Belgian one.
const fn emucs(code: u64) -> Option<&'static str> {
    match code {
        50_213 => Some("DSMR 5.0.2, e-MUCS 1.3"),
        50_215 => Some("DSMR 5.0.2, e-MUCS 1.5"),
        50_217 => Some("DSMR 5.0.2, e-MUCS 1.7"),
        50_221 => Some("DSMR 5.0.2, e-MUCS 2.1"),
        _ => None,
    }
}

/// The status is two hex digits, not a number; the period is in minutes.
fn hourly(label: Label, span: Span, text: &[u8], index: usize) -> Field {
    match index {
        1 => Field::new(label, span, Value::Text).note("profile status; its meaning is not laid down"),
        2 => generic(label, span, text).unit(Unit::Minute),
        4 | 5 => Field::new(label, span, Value::Text),
        _ => generic(label, span, text),
    }
}

fn dated(label: Label, span: Span, text: &[u8]) -> Field {
    match Stamp::read_dashed(text) {
        Some(stamp) => stamped(label, span, stamp),
        None => generic(label, span, text),
    }
}

/// hhmmss or YYMMDD.
fn time_part(is_time: bool, label: Label, span: Span, text: &[u8]) -> Field {
    part(is_time, text).map_or_else(
        || Field::new(label, span, Value::Text),
        |time| Field::new(label, span, Value::Time(time)),
    )
}

/// The time of hhmmss or the date of YYMMDD; `None` where there is no such.
pub(super) fn part(is_time: bool, text: &[u8]) -> Option<MeterTime> {
    let mut whole = *b"200101000000";
    let (place, text): (_, &[u8; 6]) = (if is_time { 6 } else { 0 }, text.try_into().ok()?);
    whole.iter_mut().skip(place).zip(text).for_each(|(to, from)| *to = *from);
    let time = Stamp::read(&whole)?.time()?;
    Some(if is_time {
        MeterTime { year: None, month: None, day: None, ..time }
    } else {
        MeterTime { hour: None, minute: None, second: None, ..time }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nines_before_the_point_mean_no_limit() {
        for none in ["999*A", "999.9*kW", "0999.00*kW", "99.999*kW", "999.99*A"] {
            assert!(is_no_limit(none.as_bytes()), "{none}");
        }
        for limit in ["016*A", "90.000*kW", "77.376", "099*A", "199.9*kW", "989.9*kW", "000.999*kW", ""] {
            assert!(!is_no_limit(limit.as_bytes()), "{limit}");
        }
    }
}
