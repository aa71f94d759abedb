//! Single values: numbers with a point or a comma, dates, times.

use crate::frame::Value;
use crate::reading::{Absent, Decimal, Measured, MeterTime, Zone};

/// Reads a number; a comma counts as the point.
pub(super) fn number(text: &[u8]) -> Option<Decimal> {
    let text = std::str::from_utf8(text).ok()?;
    match text.split_once(',') {
        None => Decimal::parse(text),
        Some((whole, fraction)) if !fraction.contains(',') => Decimal::parse(&format!("{whole}.{fraction}")),
        Some(_) => None,
    }
}

/// The number that two digits make.
pub(super) fn two(text: &[u8]) -> Option<u8> {
    match *text {
        [tens @ b'0'..=b'9', units @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (units - b'0')),
        _ => None,
    }
}

/// The two-digit numbers that a text consists of, up to six.
fn pairs(text: &[u8]) -> Option<([u8; 6], usize)> {
    let mut numbers = [0; 6];
    let count = text.len() / 2;
    if !text.len().is_multiple_of(2) || count > numbers.len() {
        return None;
    }
    for (number, digits) in numbers.iter_mut().zip(text.chunks_exact(2)) {
        *number = two(digits)?;
    }
    Some((numbers, count))
}

/// A date of YYMMDD; years are of this century.
pub(super) fn date(text: &[u8]) -> Option<MeterTime> {
    let ([year, month, day, ..], 3) = pairs(text)? else { return None };
    Some(MeterTime::date(2000 + u16::from(year), month, day))
}

/// A time of HHMMSS or HHMM.
pub(super) fn time(text: &[u8]) -> Option<MeterTime> {
    let ([hour, minute, second, ..], count @ 2..=3) = pairs(text)? else { return None };
    let second = (count == 3).then_some(second);
    Some(MeterTime { hour: Some(hour), minute: Some(minute), second, ..MeterTime::default() })
}

/// A date and time of YYMMDDHHMM with seconds or without.
pub(super) fn date_time(text: &[u8]) -> Option<MeterTime> {
    let ([year, month, day, hour, minute, second], count @ 5..=6) = pairs(text)? else { return None };
    let date = MeterTime::date(2000 + u16::from(year), month, day);
    let second = (count == 6).then_some(second);
    Some(MeterTime { hour: Some(hour), minute: Some(minute), second, ..date })
}

/// The digit that some makers put before a time: 0 winter, 1 summer, 2 universal time.
pub(super) fn season(text: &[u8]) -> Option<(Zone, &[u8])> {
    let (digit, rest) = text.split_first()?;
    let zone = match digit {
        b'0' => Zone::Winter,
        b'1' => Zone::Summer,
        b'2' => Zone::OffsetMinutes(0),
        _ => return None,
    };
    Some((zone, rest))
}

/// Reads by `form`, with a digit for the season before it or without.
pub(super) fn with_season(text: &[u8], form: fn(&[u8]) -> Option<MeterTime>) -> Option<MeterTime> {
    form(text).or_else(|| {
        let (zone, rest) = season(text)?;
        form(rest).map(|time| MeterTime { zone, ..time })
    })
}

/// A time with colons, `hh:mm:ss`, each part of one digit or two.
pub(super) fn clock(text: &[u8]) -> Option<MeterTime> {
    let mut parts = text.split(|byte| *byte == b':').map(small);
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().map_or(Some(None), |second| second.map(Some))?;
    if parts.next().is_some() {
        return None;
    }
    Some(MeterTime { hour: Some(hour), minute: Some(minute), second, ..MeterTime::default() })
}

/// A date with points or dashes, `dd.mm.yy`, or with the day of the week before it.
pub(super) fn dotted_date(text: &[u8]) -> Option<MeterTime> {
    let mut numbers = [0; 4];
    let mut count = 0;
    for part in text.split(|byte| matches!(byte, b'.' | b'-')) {
        *numbers.get_mut(count)? = small(part)?;
        count += 1;
    }
    let ((4, [_, day, month, year]) | (3, [day, month, year, _])) = (count, numbers) else { return None };
    Some(MeterTime::date(2000 + u16::from(year), month, day))
}

/// A date with the year first, `yy-mm-dd`.
pub(super) fn dotted_year_first(text: &[u8]) -> Option<MeterTime> {
    let mut parts = text.split(|byte| matches!(byte, b'.' | b'-')).map(two);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then(|| MeterTime::date(2000 + u16::from(year), month, day))
}

/// A number of one or two digits.
pub(super) fn small(text: &[u8]) -> Option<u8> {
    match *text {
        [units @ b'0'..=b'9'] => Some(units - b'0'),
        _ => two(text),
    }
}

/// The value of a field and of a reading where only a number can stand: what is none is shown and not believed.
pub(super) fn number_only(text: &[u8]) -> (Value, Measured) {
    match number(text) {
        Some(number) => (Value::Number(number), Measured::Number(number)),
        // Makers fill a register that holds nothing with dashes.
        None if text.iter().all(|byte| *byte == b'-') => (Value::Text, Measured::Absent(Absent::NoData)),
        None => (Value::Text, Measured::Absent(Absent::Malformed)),
    }
}

/// The value of a field and of a reading for a number or, under a name that no table has, a text.
pub(super) fn number_or_text(text: &[u8]) -> (Value, Measured) {
    match number(text) {
        Some(number) => (Value::Number(number), Measured::Number(number)),
        None => (Value::Text, Measured::Text(text.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(time: Option<MeterTime>) -> Option<String> {
        time.map(|time| time.to_string())
    }

    #[test]
    fn dates_and_times_are_read_in_every_spelling() {
        assert_eq!(shown(date(b"020528")).as_deref(), Some("2002-05-28"));
        assert_eq!(shown(time(b"141414")).as_deref(), Some("14:14:14"));
        assert_eq!(shown(with_season(b"0220127", date)).as_deref(), Some("2022-01-27 winter"));
        assert_eq!(shown(with_season(b"1185411", time)).as_deref(), Some("18:54:11 summer"));
        assert_eq!(
            shown(with_season(b"1190417001500", date_time)).as_deref(),
            Some("2019-04-17 00:15:00 summer")
        );
        assert_eq!(shown(clock(b"7:0:1")).as_deref(), Some("07:00:01"));
        assert_eq!(shown(dotted_date(b"03.31.08.16")).as_deref(), Some("2016-08-31"));
        assert_eq!(shown(dotted_date(b"5-30-05-25")).as_deref(), Some("2025-05-30"));
        assert_eq!(shown(dotted_date(b"20.08.24")).as_deref(), Some("2024-08-20"));
    }

    #[test]
    fn a_comma_is_a_point_and_padding_keeps_the_sign() {
        assert_eq!(number(b"000007,4").map(|n| n.to_string()).as_deref(), Some("7.4"));
        assert_eq!(number(b"-000115.94").map(|n| n.to_string()).as_deref(), Some("-115.94"));
        assert_eq!(number(b"1,2,3"), None);
    }

    #[test]
    fn where_a_number_belongs_a_text_is_no_value() {
        for damaged in ["q775.29", "0.0-", "2 2.1", "1.2.3", "-", "", "+-1", ".", "7\x0b1"] {
            let (value, measured) = number_only(damaged.as_bytes());
            assert_eq!(value, Value::Text, "{damaged}");
            assert!(matches!(measured, Measured::Absent(_)), "{damaged}");
        }
        assert_eq!(number_only(b"-------").1, Measured::Absent(Absent::NoData));
    }
}
