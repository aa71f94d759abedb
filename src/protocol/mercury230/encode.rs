//! From values to the bytes of an item: the inverse of [`super::values`].

use jiff::civil::{Date, DateTime};

use super::form::{Form, Sign};
use crate::frame::hex;
use crate::protocol::Choice;
use crate::protocol::incotex::bcd;
use crate::reading::Decimal;

/// A whole number in a form: of its last decimal where it has some.
pub(super) fn integer(form: Form, number: i64) -> Option<Vec<u8>> {
    let magnitude = u64::try_from(number).ok();
    match form {
        Form::Count(_) | Form::Hex(_) | Form::Choice(_) | Form::ProfileState | Form::ProfileMinutes => {
            big_endian(magnitude?, form.size())
        }
        Form::Padded | Form::PaddedHex | Form::PaddedChoice(_) => {
            Some(vec![0, u8::try_from(magnitude?).ok()?])
        }
        Form::Word(_) | Form::Pulses | Form::ProfilePulses(_) | Form::HexLow(_) => {
            let mut bytes = big_endian(magnitude?, form.size())?;
            bytes.reverse();
            Some(bytes)
        }
        Form::Bcd => bcd::bytes(magnitude?, 1),
        Form::Energy | Form::Long(_) => u32::try_from(magnitude?).ok().map(swapped),
        Form::Power(_, sign) => directed(number, sign, 30, 24).map(swapped),
        Form::Value(_, sign) => {
            let [_, top, high, low] = directed(number, sign, 22, 16)?.to_be_bytes();
            Some(vec![top, low, high])
        }
        Form::Temperature => i16::try_from(number).ok().map(|degrees| degrees.to_be_bytes().to_vec()),
        Form::Serial => decimal_pairs(magnitude?),
        _ => None,
    }
}

fn big_endian(number: u64, count: usize) -> Option<Vec<u8>> {
    let fits = count >= 8 || number >> (8 * count) == 0;
    fits.then(|| number.to_be_bytes().get(8usize.saturating_sub(count)..).unwrap_or_default().to_vec())
}

/// The bytes of an energy: 2-1-4-3.
fn swapped(number: u32) -> Vec<u8> {
    let [b1, b0, b3, b2] = number.to_be_bytes();
    vec![b0, b1, b2, b3]
}

/// A number of so many bits with its direction put into the top two of its topmost byte.
fn directed(number: i64, sign: Sign, bits: u32, top: u32) -> Option<u32> {
    let magnitude = u32::try_from(number.unsigned_abs()).ok().filter(|magnitude| magnitude >> bits == 0)?;
    match (number < 0, sign) {
        (false, _) => Some(magnitude),
        (true, Sign::Active) => Some(magnitude | 0x80 << top),
        (true, Sign::Reactive) => Some(magnitude | 0x40 << top),
        (true, Sign::None) => None,
    }
}

fn decimal_pairs(number: u64) -> Option<Vec<u8>> {
    let pairs = [1_000_000, 10_000, 100, 1].map(|weight| (number / weight % 100) as u8);
    (number < 100_000_000).then(|| pairs.to_vec())
}

/// Second, minute, hour, weekday (1 = Monday), day, month, year.
pub(super) fn moment(time: DateTime) -> Option<Vec<u8>> {
    let stamp = stamp(time)?;
    let (clock, date) = stamp.split_at_checked(3)?;
    let weekday = u8::try_from(time.date().weekday().to_monday_one_offset()).ok()?;
    Some([clock, &[weekday], date].concat())
}

/// Second, minute, hour, day, month, year of 2000 to 2099.
pub(super) fn stamp(time: DateTime) -> Option<Vec<u8>> {
    let clock = [time.second(), time.minute(), time.hour()].map(|part| bcd_byte(i64::from(part)));
    let clock: Option<Vec<u8>> = clock.into_iter().collect();
    Some([clock?, date(time.date())?].concat())
}

/// Hour, minute, day, month, year.
pub(super) fn profile_time(time: DateTime) -> Option<Vec<u8>> {
    let clock: Option<Vec<u8>> =
        [time.hour(), time.minute()].into_iter().map(|part| bcd_byte(i64::from(part))).collect();
    Some([clock?, date(time.date())?].concat())
}

/// Day, month, year of 2000 to 2099.
pub(super) fn date(date: Date) -> Option<Vec<u8>> {
    let parts = [i64::from(date.day()), date.month().into(), i64::from(date.year()) - 2000];
    parts.into_iter().map(bcd_byte).collect()
}

fn bcd_byte(number: i64) -> Option<u8> {
    bcd::bytes(u64::try_from(number).ok()?, 1)?.first().copied()
}

/// What a person writes for an item: `241.28`, `mercury`, `2.3.5`, a date and time, hex for what has no other
/// form.
pub(super) fn text(form: Form, text: &str) -> Option<Vec<u8>> {
    match form {
        Form::Word(decimals) | Form::Long(decimals) | Form::Power(decimals, _) | Form::Value(decimals, _) => {
            integer(form, units(Decimal::parse(text)?, decimals)?)
        }
        Form::Count(_)
        | Form::Pulses
        | Form::Padded
        | Form::Bcd
        | Form::Energy
        | Form::Temperature
        | Form::Serial => integer(form, text.parse().ok()?),
        Form::Choice(choices) | Form::PaddedChoice(choices) => integer(form, choice(choices, text)?),
        Form::Clock => Some([moment(text.parse().ok()?)?, vec![1]].concat()),
        Form::Moment => moment(text.parse().ok()?),
        Form::Stamp => stamp(text.parse().ok()?),
        Form::FineStamp => Some([vec![0], stamp(text.parse().ok()?)?].concat()),
        Form::ProfileTime => profile_time(text.parse().ok()?),
        Form::Date => date(text.parse().ok()?),
        Form::BuildDate => build_date(text.parse().ok()?),
        Form::Version => text.split('.').map(|part| part.parse::<u8>().ok()).collect::<Option<Vec<u8>>>(),
        Form::Text(count) => padded(text, count.into()),
        _ => hex::parse(text).ok(),
    }
    .filter(|bytes| bytes.len() == form.size())
}

fn choice(choices: &[Choice], text: &str) -> Option<i64> {
    choices.iter().find(|choice| choice.word == text).map(|choice| choice.value)
}

/// Characters filled up with spaces.
pub(super) fn padded(text: &str, count: usize) -> Option<Vec<u8>> {
    let mut bytes = text.as_bytes().to_vec();
    (bytes.len() <= count).then(|| {
        bytes.resize(count, b' ');
        bytes
    })
}

fn build_date(date: Date) -> Option<Vec<u8>> {
    let parts = [i64::from(date.day()), date.month().into(), i64::from(date.year()) - 2000];
    parts.into_iter().map(|part| u8::try_from(part).ok()).collect()
}

/// A decimal as a whole number of its last digit, `None` when it has digits beyond.
pub(super) fn units(number: Decimal, decimals: u8) -> Option<i64> {
    let spare = decimals.checked_sub(number.decimals())?;
    i64::try_from(number.units()).ok()?.checked_mul(10i64.checked_pow(spare.into())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Value;
    use crate::protocol::mercury230::values;
    use proptest::prelude::*;

    #[test]
    fn values_of_captures_are_written_as_the_meter_sent_them() {
        assert_eq!(text(Form::Value(2, Sign::None), "241.28"), Some(vec![0x00, 0x40, 0x5E]));
        assert_eq!(text(Form::Energy, "3196200"), Some(vec![0x30, 0x00, 0x28, 0xC5]));
        assert_eq!(text(Form::Value(2, Sign::Active), "-12.34"), Some(vec![0x80, 0xD2, 0x04]));
        assert_eq!(text(Form::Serial, "41906467"), Some(vec![0x29, 0x5A, 0x40, 0x43]));
        assert_eq!(text(Form::BuildDate, "2020-06-22"), Some(vec![0x16, 0x06, 0x14]));
        let clock = "2008-02-27T16:14:43".parse().unwrap();
        assert_eq!(moment(clock), Some(vec![0x43, 0x14, 0x16, 0x03, 0x27, 0x02, 0x08]));
        assert_eq!(text(Form::Version, "2.3.5"), Some(vec![2, 3, 5]));
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        assert_eq!(text(Form::Value(2, Sign::None), "-1"), None);
        assert_eq!(text(Form::Value(2, Sign::None), "41943.04"), None);
        assert_eq!(text(Form::Value(2, Sign::None), "1.234"), None);
        assert_eq!(text(Form::Energy, "4294967296"), None);
        assert_eq!(text(Form::Serial, "100000000"), None);
        assert_eq!(text(Form::Version, "2.3"), None);
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(number in -4_194_303i64..4_194_303) {
            for form in [Form::Value(2, Sign::Active), Form::Power(3, Sign::Reactive)] {
                let bytes = integer(form, number).unwrap();
                let Value::Number(read) = values::value(form, &bytes) else { panic!("{bytes:?}") };
                prop_assert_eq!(read.units(), i128::from(number));
            }
            if number >= 0 {
                for form in [Form::Energy, Form::Long(2), Form::Serial, Form::Count(3)] {
                    let Value::Number(read) = values::value(form, &integer(form, number).unwrap()) else { panic!() };
                    prop_assert_eq!(read.units(), i128::from(number));
                }
            }
        }
    }
}
