//! The data of a record: numbers, decimal digits, texts and times, least significant byte first ("The M-Bus: a
//! documentation", 4.8, 6.3 and app. A.2).

use crate::frame::Value;
use crate::reading::{Absent, Decimal, MeterTime, Zone};

/// How the data of a record is coded: the low four bits of its DIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// No data.
    Nothing,
    /// A signed integer of so many bytes.
    Integer(usize),
    /// A float of four bytes.
    Float,
    /// Decimal digits, two to a byte.
    Bcd(usize),
    /// As the first byte says.
    Variable,
    /// A request for a selection.
    Selection,
    /// Something special.
    Special,
}

impl Coding {
    /// The coding of a DIF.
    pub(super) const fn of(dif: u8) -> Self {
        match dif & 0x0F {
            0x0 => Self::Nothing,
            code @ 0x1..=0x4 => Self::Integer(code as usize),
            0x5 => Self::Float,
            0x6 => Self::Integer(6),
            0x7 => Self::Integer(8),
            0x8 => Self::Selection,
            code @ 0x9..=0xC => Self::Bcd(code as usize - 8),
            0xD => Self::Variable,
            0xE => Self::Bcd(6),
            _ => Self::Special,
        }
    }

    /// How it is called.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "no data",
            Self::Integer(_) => "integer",
            Self::Float => "float",
            Self::Bcd(_) => "BCD",
            Self::Variable => "variable length",
            Self::Selection => "selection for readout",
            Self::Special => "special",
        }
    }

    /// How many bytes follow, given those that do; `None` when they are not all there.
    pub(super) fn length(self, rest: &[u8]) -> Option<usize> {
        let length = match self {
            Self::Nothing | Self::Selection | Self::Special => 0,
            Self::Integer(bytes) | Self::Bcd(bytes) => bytes,
            Self::Float => 4,
            Self::Variable => 1 + variable(*rest.first()?)?,
        };
        (length <= rest.len()).then_some(length)
    }

    /// A number in this coding; the bytes are those of [`Coding::length`].
    pub(super) fn number(self, bytes: &[u8]) -> Option<Number> {
        match self {
            Self::Integer(_) => Some(Number::Whole(integer(bytes))),
            Self::Bcd(_) => bcd(bytes),
            Self::Float => Some(Number::Float(f32::from_le_bytes(*bytes.first_chunk()?))),
            Self::Variable => match bytes.split_first()? {
                (0xC0..=0xC9, digits) => bcd(digits),
                (0xD0..=0xD9, digits) => match bcd(digits)? {
                    Number::Whole(number) => Some(Number::Whole(-number)),
                    other => Some(other),
                },
                (0xE0..=0xE8, bytes) => Some(Number::Whole(integer(bytes))),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A number before it is scaled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// Whole.
    Whole(i64),
    /// Binary float.
    Float(f32),
    /// Half bytes that are no digits.
    NoDigits,
}

impl Number {
    /// Times ten to a power, exactly.
    pub(super) fn scaled(self, exponent: i8) -> Value {
        let exact = match self {
            Self::NoDigits => return Value::Absent(Absent::Malformed),
            Self::Whole(units) => Decimal::scaled(units.into(), exponent),
            // The shortest decimal that is this float.
            Self::Float(float) => Decimal::parse(&format!("{float}")).and_then(|number| {
                let units = i64::try_from(number.units()).ok()?;
                let decimals = i8::try_from(number.decimals()).ok()?;
                Decimal::scaled(units.into(), exponent.checked_sub(decimals)?)
            }),
        };
        exact.map_or(Value::Bytes, Value::Number)
    }
}

/// Bytes that follow a length byte of variable data; `None` for reserved codes.
const fn variable(code: u8) -> Option<usize> {
    match code {
        0x00..=0xBF => Some(code as usize),
        0xC0..=0xCF => Some(code as usize - 0xC0),
        0xD0..=0xDF => Some(code as usize - 0xD0),
        0xE0..=0xEF => Some(code as usize - 0xE0),
        0xF0..=0xF4 => Some(4 * (code as usize - 0xEC)),
        0xF5..=0xFF => None,
    }
}

/// A signed integer of up to eight bytes, least significant first.
fn integer(bytes: &[u8]) -> i64 {
    let unsigned = bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    let unused = 64 - 8 * bytes.len().clamp(1, 8) as u32;
    ((unsigned << unused).cast_signed()) >> unused
}

/// Decimal digits, least significant byte first; a leading F is a minus.
fn bcd(bytes: &[u8]) -> Option<Number> {
    let mut digits = bytes.iter().rev().flat_map(|byte| [byte >> 4, byte & 0x0F]).peekable();
    let is_negative = digits.next_if_eq(&0x0F).is_some();
    let mut number = 0i64;
    for digit in digits {
        if digit > 9 {
            return Some(Number::NoDigits);
        }
        number = number.checked_mul(10)?.checked_add(digit.into())?;
    }
    Some(Number::Whole(if is_negative { -number } else { number }))
}

/// A date of type G, a date and time of type F or I; `None` for other lengths.
pub(super) fn time(bytes: &[u8]) -> Option<MeterTime> {
    match *bytes {
        [day, month] => Some(date(day, month)),
        [minute, hour, day, month] => Some(clock(None, minute, hour, date(day, month))),
        [second, minute, hour, day, month, _week] => {
            Some(clock(Some(second & 0x3F), minute, hour, date(day, month)))
        }
        _ => None,
    }
}

/// Two digits of year: seven bits in two places; below 81 they are of this century.
fn date(day: u8, month: u8) -> MeterTime {
    let year = u16::from(day >> 5 | (month >> 4) << 3);
    let year = if year < 81 { 2000 + year } else { 1900 + year };
    MeterTime::date(year, month & 0x0F, day & 0x1F)
}

fn clock(second: Option<u8>, minute: u8, hour: u8, date: MeterTime) -> MeterTime {
    let zone = if hour & 0x80 == 0 { Zone::Unknown } else { Zone::Summer };
    MeterTime { hour: Some(hour & 0x1F), minute: Some(minute & 0x3F), second, zone, ..date }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_signed_and_least_significant_first() {
        assert_eq!(integer(&[0xFF]), -1);
        assert_eq!(integer(&[0x00, 0x80]), -32768);
        assert_eq!(integer(&[0x15, 0x31, 0x00]), 12565);
        assert_eq!(integer(&[0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), -2);
        assert_eq!(integer(&[0, 0, 0, 0, 0, 0, 0, 0x80]), i64::MIN);
    }

    #[test]
    fn digits_may_be_negative_but_not_letters() {
        assert_eq!(bcd(&[0x37, 0x18, 0x02]), Some(Number::Whole(21837)));
        assert_eq!(bcd(&[0x34, 0xF2]), Some(Number::Whole(-234)));
        assert_eq!(bcd(&[0x3A]), Some(Number::NoDigits));
        assert_eq!(Number::NoDigits.scaled(0), Value::Absent(Absent::Malformed));
    }

    #[test]
    fn a_float_keeps_the_digits_it_was_made_of() {
        let float = Coding::Float.number(&233.7_f32.to_le_bytes()).unwrap();
        assert_eq!(float.scaled(-1).to_string(), "23.37");
        assert_eq!(Number::Float(f32::NAN).scaled(0), Value::Bytes);
    }

    #[test]
    fn times_of_two_four_and_six_bytes() {
        assert_eq!(time(&[0x1F, 0x0C]).unwrap().to_string(), "2000-12-31");
        assert_eq!(time(&[0x32, 0x37, 0x1F, 0x15]).unwrap().to_string(), "2008-05-31 23:50");
        let six = time(&[0x5F, 0x0C, 0x48, 0xC1, 0x17, 0x1B]).unwrap();
        assert_eq!(six.to_string(), "2014-07-01 08:12:31");
    }
}
