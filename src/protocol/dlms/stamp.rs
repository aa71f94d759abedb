//! The date and time that a notification states in front of its data, and the time of its readings.

use super::axdr::{DATE_TIME, DATE_TIME_LENGTH};
use super::time;
use crate::frame::{Role, Value};
use crate::protocol::dissection_builder::DissectionBuilder;
use crate::reading::{Decimal, MeterTime, Unit};

/// The date and time in front of the data: absent, as a bare octet string, or (by some meters) with a tag.
/// Gives where it ends.
pub(super) fn date_time(
    builder: &mut DissectionBuilder,
    bytes: &[u8],
    at: usize,
) -> Option<(usize, Option<MeterTime>)> {
    let length = DATE_TIME_LENGTH as u8;
    let (content, note) = match bytes.get(at..)? {
        [0, ..] => {
            builder.field(0, "date and time", (at, at + 1), Value::Word("not stated"));
            return Some((at + 1, None));
        }
        [first, ..] if *first == length => (at + 1, ""),
        [0x09, second, ..] if *second == length => (at + 2, "as tagged data: not standard"),
        [DATE_TIME, ..] => (at + 1, "as tagged data: not standard"),
        _ => return None,
    };
    let end = content + DATE_TIME_LENGTH;
    let clock = time::clock(bytes.get(content..end)?)?;
    builder.field(0, "date and time", (at, end), Value::Time(clock.time)).note(note);
    builder.field(1, "length", (at, content), Value::Bytes).role(Role::Frame);
    clock_fields(builder, bytes, content, &clock);
    Some((end, Some(clock.time)))
}

/// The parts of a date and time.
fn clock_fields(builder: &mut DissectionBuilder, bytes: &[u8], at: usize, clock: &time::Clock) {
    let date = bytes.get(at..at + 5).and_then(time::date).unwrap_or_default();
    let day = bytes.get(at + 5..at + 9).and_then(time::time).unwrap_or_default();
    builder.field(1, "date", (at, at + 5), Value::Time(date));
    builder.field(1, "time", (at + 5, at + 9), Value::Time(day));
    let deviation = match clock.deviation {
        Some(minutes) => Value::Number(Decimal::signed(minutes.into(), 0)),
        None => Value::Word("not stated"),
    };
    builder
        .field(1, "deviation", (at + 9, at + 11), deviation)
        .unit(Unit::Minute)
        .note("from local time to UTC");
    let status = match clock.status {
        Some(status) => Value::Meaning(status.into(), time::status(status)),
        None => Value::Word("not stated"),
    };
    builder.field(1, "clock status", (at + 11, at + 12), status);
}

/// Gives readings the time of their list.
pub(super) fn stamp(builder: &mut DissectionBuilder, time: Option<MeterTime>) {
    for reading in builder.readings.iter_mut().filter(|reading| reading.number().is_some()) {
        reading.at = time;
    }
}
