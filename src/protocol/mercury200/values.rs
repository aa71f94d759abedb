//! From the bytes of an item to its value, and from there to what was measured.

use super::form::{Form, Item};
use crate::frame::{Value, hex};
use crate::protocol::Choice;
use crate::protocol::incotex::bcd;
use crate::reading::{Absent, Code, Decimal, Measured, MeterTime};

/// The value that bytes hold in a form. [`Value::Bytes`] for what is not in that form.
pub(super) fn value(form: Form, bytes: &[u8]) -> Value {
    match form {
        Form::Bcd { decimals, .. } => decimal(bytes, decimals),
        Form::SignedBcd { decimals, .. } => signed_decimal(bytes, decimals),
        Form::Count(_) => Value::count(big_endian(bytes)),
        Form::Signed(_) => Value::Number(Decimal::signed(signed(bytes), 0)),
        Form::Hex(count) => Value::Hex(big_endian(bytes), 2 * count),
        Form::LowBits => Value::count(big_endian(bytes) & 0x1F),
        Form::Version => version(bytes),
        Form::Choice(choices) => meaning(choices, bytes, None),
        Form::ChoiceOr(choices, other) => meaning(choices, bytes, Some(other)),
        Form::Clock | Form::ClockOrNever | Form::Stamp | Form::Crossing | Form::Date | Form::DayMonth => {
            moment(form, bytes)
        }
        Form::Switching => moment(form, bytes),
        Form::Fixed(_) | Form::Bytes(_) => Value::Bytes,
    }
}

/// What a reading of an item says.
pub(super) fn measured(item: &Item, value: Value, bytes: &[u8]) -> Measured {
    match value {
        Value::Number(number) if item.means == super::form::Means::Code(SERIAL) => text(&number.to_string()),
        Value::Number(number) if item.form == Form::Version => text(&number.to_string()),
        Value::Time(_) if item.form == Form::Crossing => text(crossing(bytes)),
        Value::Number(number) => Measured::Number(number),
        Value::Meaning(_, word) | Value::Word(word) => text(word),
        Value::Time(time) => Measured::Time(time),
        Value::Absent(why) => Measured::Absent(why),
        Value::Hex(number, digits) => text(&format!("{number:0width$X}", width = usize::from(digits))),
        Value::Bytes if matches!(item.form, Form::Bytes(_)) => text(&hex::spaced(bytes)),
        Value::Bytes | Value::Checksum(..) | Value::Text | Value::Secret => {
            Measured::Absent(Absent::Malformed)
        }
    }
}

const SERIAL: Code = Code::new(96, 1, 0);

/// Whether a limit was crossed upwards or back (M206, command 39).
pub(super) fn crossing(bytes: &[u8]) -> &'static str {
    match bytes.first().map_or(0, |hour| hour & 0xC0) {
        0x80 => "went over",
        0x40 => "came back",
        _ => "crossed",
    }
}

fn text(text: &str) -> Measured {
    Measured::Text(text.as_bytes().into())
}

fn decimal(bytes: &[u8], decimals: u8) -> Value {
    match bcd::number(bytes) {
        Ok(number) => Value::Number(Decimal::new(number, decimals)),
        Err(Absent::NoData) => Value::Absent(Absent::NoData),
        Err(_) => Value::Bytes,
    }
}

/// The top bit of the first byte is the sign (M206, command 86 02).
fn signed_decimal(bytes: &[u8], decimals: u8) -> Value {
    let Some((first, rest)) = bytes.split_first() else { return Value::Bytes };
    let magnitude = [&[first & 0x7F], rest].concat();
    match (bcd::number(bytes), bcd::number(&magnitude)) {
        (Err(Absent::NoData), _) => Value::Absent(Absent::NoData),
        (_, Ok(number)) => {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            Value::Number(Decimal::signed(if first & 0x80 == 0 { number } else { -number }, decimals))
        }
        _ => Value::Bytes,
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn signed(bytes: &[u8]) -> i64 {
    let start = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(start, |number, byte| number << 8 | i64::from(*byte))
}

/// `8.3`: two binary numbers. With a second one of two digits the point would lie, so that stays hex.
fn version(bytes: &[u8]) -> Value {
    match *bytes {
        [major, minor @ 0..=9] => Value::Number(Decimal::new(u64::from(major) * 10 + u64::from(minor), 1)),
        _ => Value::Hex(big_endian(bytes), 4),
    }
}

fn meaning(choices: &'static [Choice], bytes: &[u8], other: Option<&'static str>) -> Value {
    let code = big_endian(bytes);
    let known = choices.iter().find(|choice| u64::try_from(choice.value) == Ok(code));
    match (known, other) {
        (Some(choice), _) => Value::Meaning(code, choice.word),
        (None, Some(word)) => Value::Meaning(code, word),
        (None, None) => Value::count(code),
    }
}

/// A date or time, of which every byte is BCD except a weekday and the flags some forms put over the hour.
fn moment(form: Form, bytes: &[u8]) -> Value {
    if bytes.iter().all(|byte| *byte == 0xFF) {
        return Value::Absent(Absent::NoData);
    }
    if form == Form::ClockOrNever && bytes.first().is_some_and(|weekday| *weekday > 7) {
        return Value::Absent(Absent::NoData);
    }
    time(form, bytes).map_or(Value::Bytes, Value::Time)
}

fn time(form: Form, bytes: &[u8]) -> Option<MeterTime> {
    let digits = |byte: u8| bcd::pair(byte).ok();
    let date = |[day, month, year]: [u8; 3]| {
        Some(MeterTime::date(2000 + u16::from(digits(year)?), digits(month)?, digits(day)?))
    };
    match (form, bytes) {
        (Form::Clock | Form::ClockOrNever, &[_, hour, minute, second, day, month, year])
        | (Form::Stamp, &[hour, minute, second, day, month, year]) => {
            Some(date([day, month, year])?.at(digits(hour)?, digits(minute)?, digits(second)?))
        }
        (Form::Crossing, &[hour, minute, second, day, month, year]) => {
            Some(date([day, month, year])?.at(digits(hour & 0x3F)?, digits(minute)?, digits(second)?))
        }
        (Form::Date, &[day, month, year]) => date([day, month, year]),
        (Form::DayMonth, &[day, month]) => {
            Some(MeterTime { month: Some(digits(month)?), day: Some(digits(day)?), ..MeterTime::default() })
        }
        (Form::Switching, &[hour, minute]) => Some(MeterTime {
            hour: Some(digits(hour & 0x3F)?),
            minute: Some(digits(minute)?),
            ..MeterTime::default()
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energies_keep_their_resolution_and_ff_means_no_data() {
        let form = Form::Bcd { bytes: 4, decimals: 2 };
        assert_eq!(value(form, &[0x00, 0x06, 0x21, 0x42]).to_string(), "621.42");
        assert_eq!(value(form, &[0xFF; 4]), Value::Absent(Absent::NoData));
        assert_eq!(value(form, &[0x00, 0x0A, 0, 0]), Value::Bytes);
    }

    #[test]
    fn the_top_bit_of_a_power_factor_is_its_sign() {
        let form = Form::SignedBcd { bytes: 2, decimals: 3 };
        assert_eq!(value(form, &[0x08, 0x57]).to_string(), "0.857");
        assert_eq!(value(form, &[0x88, 0x57]).to_string(), "-0.857");
    }

    #[test]
    fn a_cover_that_was_never_opened_has_no_time() {
        let never = [0x0F, 0, 0, 0, 0, 0, 0];
        assert_eq!(value(Form::ClockOrNever, &never), Value::Absent(Absent::NoData));
    }

    #[test]
    fn flags_above_the_hour_are_not_part_of_it() {
        let crossed = [0x92, 0x30, 0x05, 0x01, 0x02, 0x24];
        assert_eq!(value(Form::Crossing, &crossed).to_string(), "2024-02-01 12:30:05");
        assert_eq!(crossing(&crossed), "went over");
        assert_eq!(value(Form::Switching, &[0x47, 0x00]).to_string(), "07:00");
    }

    #[test]
    fn a_trim_is_signed_and_a_flag_has_one_meaning_for_all_other_values() {
        assert_eq!(value(Form::Signed(3), &[0xFF, 0xFF, 0xFE]).to_string(), "-2");
        let form = Form::ChoiceOr(&super::super::choices::RELAY_MODE, "on");
        assert_eq!(value(form, &[0x77]), Value::Meaning(0x77, "on"));
    }
}
