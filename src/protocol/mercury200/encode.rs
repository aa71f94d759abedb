//! From values to the bytes of an item: the inverse of [`super::values`].

use jiff::civil::{Date, DateTime};

use super::form::Form;
use crate::frame::hex;
use crate::protocol::incotex::bcd;
use crate::reading::Decimal;

/// A whole number in a form: the digits of BCD, a binary number, the code of a choice.
pub(super) fn integer(form: Form, number: i64) -> Option<Vec<u8>> {
    match form {
        Form::Bcd { bytes, .. } => bcd::bytes(u64::try_from(number).ok()?, bytes.into()),
        Form::SignedBcd { bytes, .. } => signed_bcd(number, bytes.into()),
        Form::Signed(count) => {
            let limit = 1i64 << (8 * u32::from(count.min(7)) - 1);
            (-limit..limit).contains(&number).then(|| last_bytes(number.to_be_bytes(), count.into()))
        }
        Form::Count(_) | Form::Hex(_) | Form::LowBits | Form::Choice(_) | Form::ChoiceOr(..) => {
            let count = form.size();
            let fits = number >= 0 && (count >= 8 || number >> (8 * count) == 0);
            fits.then(|| last_bytes(number.to_be_bytes(), count))
        }
        _ => None,
    }
}

/// A date and time as the clock has it, weekday first; years 2000 to 2099.
pub(super) fn clock(time: DateTime) -> Option<Vec<u8>> {
    let weekday = time.date().weekday().to_sunday_zero_offset();
    Some([vec![u8::try_from(weekday).ok()?], stamp(time)?].concat())
}

/// Hour, minute, second, day, month, year.
pub(super) fn stamp(time: DateTime) -> Option<Vec<u8>> {
    let parts = [time.hour(), time.minute(), time.second()].map(i64::from);
    let bytes: Option<Vec<Vec<u8>>> = parts.into_iter().map(pair).collect();
    Some([bytes?.concat(), date(time.date())?].concat())
}

/// Day, month, year of 2000 to 2099.
pub(super) fn date(date: Date) -> Option<Vec<u8>> {
    let parts = [i64::from(date.day()), date.month().into(), i64::from(date.year()) - 2000];
    let bytes: Option<Vec<Vec<u8>>> = parts.into_iter().map(pair).collect();
    Some(bytes?.concat())
}

/// What a person writes for an item: `621.42`, `2010-10-29`, `off`, hex for what has no other form.
pub(super) fn text(form: Form, text: &str) -> Option<Vec<u8>> {
    match form {
        Form::Bcd { decimals, .. } | Form::SignedBcd { decimals, .. } => {
            integer(form, units(Decimal::parse(text)?, decimals)?)
        }
        Form::Count(_) | Form::Signed(_) | Form::LowBits => integer(form, text.parse().ok()?),
        Form::Choice(choices) | Form::ChoiceOr(choices, _) => {
            let choice = choices.iter().find(|c| c.word == text || c.value.to_string() == text)?;
            integer(form, choice.value)
        }
        Form::Clock | Form::ClockOrNever => clock(text.parse().ok()?),
        Form::Stamp | Form::Crossing => stamp(text.parse().ok()?),
        Form::Date => date(text.parse().ok()?),
        Form::Version => {
            let (major, minor) = text.split_once('.')?;
            Some(vec![major.parse().ok()?, minor.parse().ok()?])
        }
        Form::Hex(_) | Form::DayMonth | Form::Switching | Form::Bytes(_) | Form::Fixed(_) => {
            hex::parse(text).ok().filter(|bytes| bytes.len() == form.size())
        }
    }
}

/// A decimal as a whole number of its last digit, `None` when it has digits beyond.
pub(super) fn units(number: Decimal, decimals: u8) -> Option<i64> {
    let spare = decimals.checked_sub(number.decimals())?;
    i64::try_from(number.units()).ok()?.checked_mul(10i64.checked_pow(spare.into())?)
}

fn signed_bcd(number: i64, count: usize) -> Option<Vec<u8>> {
    let mut bytes = bcd::bytes(number.unsigned_abs(), count)?;
    let first = bytes.first_mut().filter(|first| **first < 0x80)?;
    *first |= if number < 0 { 0x80 } else { 0 };
    Some(bytes)
}

fn pair(number: i64) -> Option<Vec<u8>> {
    bcd::bytes(u64::try_from(number).ok()?, 1)
}

fn last_bytes(bytes: [u8; 8], count: usize) -> Vec<u8> {
    bytes.get(8usize.saturating_sub(count)..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::mercury200::values;
    use proptest::prelude::*;

    #[test]
    fn the_clock_of_a_captured_reply_is_written_as_the_meter_sent_it() {
        let time = "2011-04-18T11:24:06".parse().unwrap();
        assert_eq!(clock(time), Some(vec![0x01, 0x11, 0x24, 0x06, 0x18, 0x04, 0x11]));
        assert_eq!(clock("1999-01-01T00:00:00".parse().unwrap()), None);
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        assert_eq!(text(Form::Bcd { bytes: 2, decimals: 1 }, "235.8"), Some(vec![0x23, 0x58]));
        assert_eq!(text(Form::Bcd { bytes: 2, decimals: 1 }, "235.85"), None);
        assert_eq!(text(Form::Bcd { bytes: 2, decimals: 1 }, "-1"), None);
        assert_eq!(integer(Form::Count(1), 256), None);
        assert_eq!(text(Form::SignedBcd { bytes: 2, decimals: 3 }, "-0.857"), Some(vec![0x88, 0x57]));
        assert_eq!(integer(Form::Signed(3), -2), Some(vec![0xFF, 0xFF, 0xFE]));
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(number in -7_999i64..8_000) {
            for form in [Form::SignedBcd { bytes: 2, decimals: 3 }, Form::Signed(3)] {
                let bytes = integer(form, number).unwrap();
                let crate::frame::Value::Number(read) = values::value(form, &bytes) else { panic!("{bytes:?}") };
                prop_assert_eq!(read.units(), i128::from(number));
            }
        }
    }
}
