//! From the bytes of an item to its value, and from there to what was measured.

use super::form::{Form, Item, Sign};
use super::state;
use crate::frame::{Value, hex};
use crate::protocol::Choice;
use crate::protocol::incotex::bcd;
use crate::reading::{Absent, Decimal, Measured, MeterTime, Zone};

/// The value that bytes hold in a form. [`Value::Bytes`] for what is not in that form.
pub(super) fn value(form: Form, bytes: &[u8]) -> Value {
    match form {
        Form::Count(_) | Form::Padded | Form::ProfileMinutes => Value::count(big_endian(bytes)),
        Form::Word(decimals) => Value::Number(Decimal::new(little_endian(bytes), decimals)),
        Form::Pulses | Form::ProfilePulses(_) if is_blank(bytes) => Value::Absent(Absent::NoData),
        Form::Pulses | Form::ProfilePulses(_) => Value::count(little_endian(bytes)),
        Form::PaddedHex => Value::Hex(big_endian(bytes), 4),
        Form::PaddedChoice(choices) | Form::Choice(choices) => meaning(choices, bytes),
        Form::ProfileState => Value::Hex(big_endian(bytes), 2),
        Form::Hex(count) => Value::Hex(big_endian(bytes), 2 * count),
        Form::HexLow(count) => Value::Hex(little_endian(bytes), 2 * count),
        Form::Bcd => bytes.first().and_then(|byte| bcd::pair(*byte).ok()).map_or(Value::Bytes, count),
        Form::Energy | Form::Long(_) | Form::Power(..) | Form::Value(..) => number(form, bytes),
        Form::Temperature => temperature(bytes),
        Form::Serial => serial(bytes),
        Form::BuildDate
        | Form::Clock
        | Form::Moment
        | Form::Stamp
        | Form::FineStamp
        | Form::ProfileTime
        | Form::Date
        | Form::Peak => moment(form, bytes),
        Form::State => Value::Hex(big_endian(bytes), 12),
        Form::Text(_) => Value::Text,
        Form::Secret if bytes.iter().any(|byte| *byte != 0) => Value::Secret,
        Form::Version | Form::Variant | Form::Secret | Form::Bytes(_) | Form::Rest(..) => Value::Bytes,
    }
}

/// What a reading of an item says.
pub(super) fn measured(item: &Item, value: Value, bytes: &[u8]) -> Measured {
    match (item.form, value) {
        (Form::Serial, Value::Number(number)) => text(&format!("{:08}", number.units())),
        (Form::Version, _) => text(&bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(".")),
        (Form::State, _) => text(&state::text(bytes)),
        (Form::Text(_), _) => Measured::Text(bytes.into()),
        (_, Value::Number(number)) => Measured::Number(number),
        (_, Value::Meaning(_, word) | Value::Word(word)) => text(word),
        (_, Value::Time(time)) => Measured::Time(time),
        (_, Value::Absent(why)) => Measured::Absent(why),
        (_, Value::Hex(number, digits)) => text(&format!("{number:0width$X}", width = usize::from(digits))),
        (Form::Variant | Form::Bytes(_), Value::Bytes) => text(&hex::spaced(bytes)),
        (_, Value::Bytes | Value::Checksum(..) | Value::Text | Value::Secret) => {
            Measured::Absent(Absent::Malformed)
        }
    }
}

fn text(text: &str) -> Measured {
    Measured::Text(text.as_bytes().into())
}

fn count(number: u8) -> Value {
    Value::count(number.into())
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0xFF)
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The byte with the directions, and the number without them.
///
/// The mark for "not measured" is all FF with the direction bits in it: it has to be looked for before they
/// are taken off.
fn number(form: Form, bytes: &[u8]) -> Value {
    if is_blank(bytes) {
        return Value::Absent(Absent::NoData);
    }
    let (top, magnitude, decimals, sign) = match (form, bytes) {
        (Form::Energy, &[b0, b1, b2, b3]) => {
            (0, u64::from(u32::from_be_bytes([b1, b0, b3, b2])), 0, Sign::None)
        }
        (Form::Long(decimals), &[b0, b1, b2, b3]) => {
            (0, u64::from(u32::from_be_bytes([b1, b0, b3, b2])), decimals, Sign::None)
        }
        (Form::Power(decimals, sign), &[b0, b1, b2, b3]) => {
            (b1, u64::from(u32::from_be_bytes([b1 & 0x3F, b0, b3, b2])), decimals, sign)
        }
        (Form::Value(decimals, sign), &[b0, b1, b2]) => {
            (b0, u64::from(u32::from_be_bytes([0, b0 & 0x3F, b2, b1])), decimals, sign)
        }
        _ => return Value::Bytes,
    };
    let is_reverse = match sign {
        Sign::None => false,
        Sign::Active => top & 0x80 != 0,
        Sign::Reactive => top & 0x40 != 0,
    };
    let magnitude = i64::try_from(magnitude).unwrap_or(i64::MAX);
    Value::Number(Decimal::signed(if is_reverse { -magnitude } else { magnitude }, decimals))
}

/// What the direction bits of a value say; empty for forms without a direction.
pub(super) fn direction(form: Form, bytes: &[u8]) -> &'static str {
    let top = match (form, bytes) {
        (Form::Power(_, Sign::Active | Sign::Reactive), [_, top, ..])
        | (Form::Value(_, Sign::Active | Sign::Reactive), [top, ..])
            if !is_blank(bytes) =>
        {
            *top
        }
        _ => return "",
    };
    match top >> 6 {
        0 => "active forward, reactive forward",
        1 => "active forward, reactive reverse",
        2 => "active reverse, reactive forward",
        _ => "active reverse, reactive reverse",
    }
}

fn temperature(bytes: &[u8]) -> Value {
    let &[high, low] = bytes else { return Value::Bytes };
    let degrees =
        if high == 0 { i64::from(low.cast_signed()) } else { i64::from(i16::from_be_bytes([high, low])) };
    Value::Number(Decimal::signed(degrees, 0))
}

fn serial(bytes: &[u8]) -> Value {
    if bytes.iter().any(|byte| *byte > 99) {
        return Value::Bytes;
    }
    Value::count(bytes.iter().fold(0, |number, byte| number * 100 + u64::from(*byte)))
}

fn meaning(choices: &'static [Choice], bytes: &[u8]) -> Value {
    let code = big_endian(bytes);
    let known = choices.iter().find(|choice| u64::try_from(choice.value) == Ok(code));
    known.map_or(Value::count(code), |choice| Value::Meaning(code, choice.word))
}

fn moment(form: Form, bytes: &[u8]) -> Value {
    let is_empty = bytes.iter().all(|byte| *byte == 0);
    if is_blank(bytes) || (is_empty && form != Form::Peak) {
        return Value::Absent(Absent::NoData);
    }
    time(form, bytes).map_or(Value::Bytes, Value::Time)
}

fn time(form: Form, bytes: &[u8]) -> Option<MeterTime> {
    let digits = |byte: u8| bcd::pair(byte).ok();
    let date = |day: u8, month: u8, year: u8| {
        Some(MeterTime::date(2000 + u16::from(digits(year)?), digits(month)?, digits(day)?))
    };
    match (form, bytes) {
        (Form::Clock, &[second, minute, hour, _, day, month, year, season]) => {
            let zone = if season & 1 == 1 { Zone::Winter } else { Zone::Summer };
            Some(MeterTime {
                zone,
                ..date(day, month, year)?.at(digits(hour)?, digits(minute)?, digits(second)?)
            })
        }
        (Form::Moment, &[second, minute, hour, _, day, month, year])
        | (Form::Stamp, &[second, minute, hour, day, month, year])
        | (Form::FineStamp, &[_, second, minute, hour, day, month, year]) => {
            Some(date(day, month, year)?.at(digits(hour)?, digits(minute)?, digits(second)?))
        }
        (Form::ProfileTime, &[hour, minute, day, month, year]) => Some(MeterTime {
            hour: Some(digits(hour)?),
            minute: Some(digits(minute)?),
            ..date(day, month, year)?
        }),
        (Form::Date, &[day, month, year]) => date(day, month, year),
        (Form::BuildDate, &[day, month, year @ 0..=99]) => {
            Some(MeterTime::date(2000 + u16::from(year), month, day))
        }
        (Form::Peak, &[low, high]) => {
            let word = u16::from_le_bytes([low, high]);
            let part = |shift: u16, bits: u16| Some((word >> shift & ((1 << bits) - 1)) as u8);
            Some(MeterTime { day: part(11, 5), hour: part(6, 5), minute: part(0, 6), ..MeterTime::default() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(form: Form, bytes: &[u8]) -> String {
        value(form, bytes).to_string()
    }

    #[test]
    fn swapped_words_and_direction_bits_come_out_as_in_captures_and_manual() {
        assert_eq!(told(Form::Value(2, Sign::None), &[0x00, 0x40, 0x5E]), "241.28");
        assert_eq!(told(Form::Energy, &[0x30, 0x00, 0x28, 0xC5]), "3196200");
        assert_eq!(told(Form::Power(2, Sign::None), &[0x00, 0x40, 0xE7, 0x29]), "107.27");
        assert_eq!(told(Form::Power(2, Sign::Reactive), &[0x00, 0x40, 0xE7, 0x29]), "-107.27");
        assert_eq!(told(Form::Value(2, Sign::Active), &[0x80, 0xD2, 0x04]), "-12.34");
        assert_eq!(told(Form::Value(2, Sign::Reactive), &[0x80, 0xD2, 0x04]), "12.34");
        assert_eq!(
            direction(Form::Value(2, Sign::Active), &[0xC8, 0x87, 0x70]),
            "active reverse, reactive reverse"
        );
        assert_eq!(direction(Form::Value(2, Sign::None), &[0xC8, 0x87, 0x70]), "");
    }

    #[test]
    fn all_ff_is_absent_before_the_direction_bits_are_taken_off() {
        for (form, count) in [(Form::Energy, 4), (Form::Value(2, Sign::Active), 3), (Form::Pulses, 2)] {
            assert_eq!(value(form, &[0xFF; 4][..count]), Value::Absent(Absent::NoData));
        }
        assert_eq!(told(Form::Power(2, Sign::Active), &[0xFF, 0xBF, 0xFF, 0xFF]), "-10737418.23");
    }

    #[test]
    fn a_temperature_is_signed_with_or_without_its_first_byte() {
        assert_eq!(told(Form::Temperature, &[0x00, 0x18]), "24");
        assert_eq!(told(Form::Temperature, &[0x00, 0xFB]), "-5");
        assert_eq!(told(Form::Temperature, &[0xFF, 0xFB]), "-5");
    }

    #[test]
    fn times_keep_their_season_and_empty_records_have_none() {
        assert_eq!(told(Form::Clock, &[0x43, 0x14, 0x16, 3, 0x27, 2, 8, 1]), "2008-02-27 16:14:43 winter");
        assert_eq!(value(Form::Stamp, &[0; 6]), Value::Absent(Absent::NoData));
        assert_eq!(told(Form::Peak, &[0x40, 0x5C]), "--11 17:00");
        assert_eq!(value(Form::Stamp, &[0x5A, 1, 1, 1, 1, 1]), Value::Bytes);
    }

    #[test]
    fn a_password_of_zeros_is_no_secret() {
        assert_eq!(
            (value(Form::Secret, &[0; 6]), value(Form::Secret, &[1; 6])),
            (Value::Bytes, Value::Secret)
        );
    }
}
