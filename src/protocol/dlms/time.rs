//! Dates and times of COSEM: 12 bytes, or 5 for a date and 4 for a time (Blue Book, ed. 13, 4.1.6.1).

use super::axdr::DATE_TIME_LENGTH;
use crate::reading::{MeterTime, Zone};

/// A part that is not specified.
const OPEN: u8 = 0xFF;
/// A deviation that is not specified.
const NO_DEVIATION: i16 = i16::MIN;
/// Daylight saving is in force.
const SUMMER: u8 = 0x80;

/// A date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// The time as the meter states it.
    pub time: MeterTime,
    /// Minutes from local time to UTC, if stated.
    pub deviation: Option<i16>,
    /// The clock status, if stated.
    pub status: Option<u8>,
}

/// A date and time of 12 bytes; `None` for another length.
pub(super) fn clock(bytes: &[u8]) -> Option<Clock> {
    let bytes: &[u8; DATE_TIME_LENGTH] = bytes.try_into().ok()?;
    let [y1, y2, month, day, week, hour, minute, second, _hundredths, d1, d2, status] = *bytes;
    let deviation = Some(i16::from_be_bytes([d1, d2])).filter(|deviation| *deviation != NO_DEVIATION);
    let status = part(status);
    let zone = match (deviation, status) {
        (Some(minutes), _) => Zone::OffsetMinutes(minutes.saturating_neg()),
        (None, Some(status)) if status & SUMMER != 0 => Zone::Summer,
        _ => Zone::Unknown,
    };
    let time = day_of([y1, y2, month, day, week]);
    Some(Clock { time: MeterTime { zone, ..of_day(time, [hour, minute, second]) }, deviation, status })
}

/// A date of 5 bytes.
pub(super) fn date(bytes: &[u8]) -> Option<MeterTime> {
    bytes.try_into().ok().map(day_of)
}

/// A time of day of 4 bytes.
pub(super) fn time(bytes: &[u8]) -> Option<MeterTime> {
    let [hour, minute, second, _hundredths] = *bytes else { return None };
    Some(of_day(MeterTime::default(), [hour, minute, second]))
}

const fn part(byte: u8) -> Option<u8> {
    if byte == OPEN { None } else { Some(byte) }
}

fn day_of([y1, y2, month, day, _week]: [u8; 5]) -> MeterTime {
    let year = Some(u16::from_be_bytes([y1, y2])).filter(|year| *year != u16::MAX);
    MeterTime { year, month: part(month), day: part(day), ..MeterTime::default() }
}

const fn of_day(date: MeterTime, [hour, minute, second]: [u8; 3]) -> MeterTime {
    MeterTime { hour: part(hour), minute: part(minute), second: part(second), ..date }
}

/// What a clock status says.
pub(super) const fn status(byte: u8) -> &'static str {
    match (byte & 0x0F, byte & SUMMER) {
        (0, 0) => "valid, no daylight saving",
        (0, _) => "valid, daylight saving",
        (bits, _) if bits & 1 != 0 => "invalid value",
        (bits, _) if bits & 2 != 0 => "doubtful value",
        (bits, _) if bits & 4 != 0 => "different clock base",
        _ => "invalid clock status",
    }
}

/// Whether bytes can be a date and time, so that an octet string of 12 without a name may be taken for one.
pub(super) fn is_plausible(bytes: &[u8]) -> bool {
    clock(bytes).is_some_and(|clock| clock.time.civil().is_some_and(|civil| civil.year() >= 1970))
}

/// The 12 bytes of a time in a zone so many minutes ahead of UTC: the meter's side.
pub(super) fn encode(time: jiff::civil::DateTime, ahead: i16, status: u8) -> [u8; DATE_TIME_LENGTH] {
    let [y1, y2] = time.year().to_be_bytes();
    let [d1, d2] = ahead.saturating_neg().to_be_bytes();
    let byte = |part: i8| part.unsigned_abs();
    let week = byte(time.date().weekday().to_monday_one_offset());
    let (month, day) = (byte(time.month()), byte(time.day()));
    [y1, y2, month, day, week, byte(time.hour()), byte(time.minute()), byte(time.second()), 0, d1, d2, status]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;

    fn shown(text: &str) -> String {
        clock(&hex::parse(text).unwrap()).unwrap().time.to_string()
    }

    #[test]
    fn the_deviation_is_from_local_time_to_utc() {
        assert_eq!(shown("07E5091B01092F0F00FF8880"), "2021-09-27 09:47:15+02:00");
        assert_eq!(shown("07EA0B1405100A1E00FFC400"), "2026-11-20 16:10:30+01:00");
    }

    #[test]
    fn what_is_not_specified_is_not_there() {
        assert_eq!(shown("07E60B160210251EFF800000"), "2022-11-22 16:37:30");
        assert_eq!(shown("07E60B160210251EFF800080"), "2022-11-22 16:37:30 summer");
        assert_eq!(shown("FFFFFFFFFFFFFFFFFF8000FF"), "");
        assert!(!is_plausible(b"181220000009"));
    }

    #[test]
    fn a_time_is_written_as_it_is_read() {
        let civil = jiff::civil::date(2026, 11, 20).at(16, 10, 30, 0);
        assert_eq!(encode(civil, 60, 0).as_slice(), hex::parse("07EA0B1405100A1E00FFC400").unwrap());
    }
}
