//! A block of a load profile, `P.01`: a head that tells when it begins, how far its rows lie apart and what its
//! columns are, then a line of values for each row (EMH LZQJ, six columns; `MetCom`, twelve).

use std::ops::Range;

use jiff::ToSpan as _;

use super::scalar;
use super::sheet::{About, Sheet};
use crate::frame::Value;
use crate::protocol::iec62056_21::obis::{self, Obis};
use crate::reading::{MeterTime, Period, Quantity, Unit};

/// The name that such a block has.
pub(super) const ADDRESS: &[u8] = b"P.01";
/// Values of the head before the codes and units of the columns.
const HEAD: usize = 4;
/// No block has more columns.
const MOST_COLUMNS: usize = 32;

/// What the head has told so far.
#[derive(Debug, Default)]
pub(super) struct Table {
    start: Option<MeterTime>,
    minutes: i64,
    width: usize,
    columns: Vec<(Option<Obis>, Unit)>,
    seen: usize,
}

impl Table {
    /// Explains the next value; whether it is one of a table. Only what begins with a time is.
    pub(super) fn lay(&mut self, sheet: &mut Sheet<'_>, span: &Range<usize>) -> bool {
        let bytes = sheet.bytes(span);
        match self.seen {
            0 => self.start = scalar::with_season(bytes, scalar::date_time),
            2 => self.minutes = whole(bytes).unwrap_or(0),
            3 => self.width = whole(bytes).and_then(|width| usize::try_from(width).ok()).unwrap_or(0),
            _ => {}
        }
        let Some(start) = self.start.filter(|_| self.width <= MOST_COLUMNS) else { return false };
        match self.seen {
            0 => _ = sheet.inner("first row", span.clone(), Value::Time(start)),
            1 => _ = sheet.inner("status", span.clone(), Value::Text),
            2 => sheet.value("row interval", span.clone(), scalar::number_only(bytes).0, Unit::Minute),
            3 => _ = sheet.inner("columns", span.clone(), scalar::number_only(bytes).0),
            place if place < HEAD + 2 * self.width => self.column(sheet, span),
            place => self.cell(sheet, span, place - HEAD - 2 * self.width),
        }
        self.seen += 1;
        true
    }

    /// The code of a column, then its unit.
    fn column(&mut self, sheet: &mut Sheet<'_>, span: &Range<usize>) {
        let bytes = sheet.bytes(span);
        if (self.seen - HEAD).is_multiple_of(2) {
            self.columns.push((obis::parse(bytes), Unit::None));
            sheet.inner("column", span.clone(), Value::Text);
        } else {
            if let Some((_, unit)) = self.columns.last_mut() {
                *unit = obis::unit(bytes).unwrap_or_default();
            }
            sheet.unit(span.clone(), "");
        }
    }

    fn cell(&self, sheet: &mut Sheet<'_>, span: &Range<usize>, index: usize) {
        let (row, column) = (index.checked_div(self.width), index.checked_rem(self.width));
        let known = column.and_then(|column| self.columns.get(column));
        let (value, measured) = scalar::number_only(sheet.bytes(span));
        let Some((code, unit)) = known else {
            sheet.inner("value", span.clone(), value);
            return;
        };
        let code = code.map(|obis| obis.code);
        let quantity = code.and_then(Quantity::of).unwrap_or(Quantity::named("load profile"));
        sheet.value(code.map_or("value".into(), crate::frame::Label::Code), span.clone(), value, *unit);
        let at = row.and_then(|row| self.time_of(row));
        let about = About { code, period: Period::Then, at, ..About::unnamed(quantity, *unit) };
        sheet.reading(about, measured, span);
    }

    /// Rows follow the head's time in its intervals.
    fn time_of(&self, row: usize) -> Option<MeterTime> {
        let start = self.start?;
        let minutes = i64::try_from(row).ok()?.checked_mul(self.minutes)?;
        let at = start.civil()?.checked_add(minutes.minutes()).ok()?;
        let small = |number: i8| u8::try_from(number).ok();
        let date = MeterTime::date(u16::try_from(at.year()).ok()?, small(at.month())?, small(at.day())?);
        let (hour, minute, second) = (small(at.hour()), small(at.minute()), small(at.second()));
        Some(MeterTime { hour, minute, second, zone: start.zone, ..date })
    }
}

fn whole(bytes: &[u8]) -> Option<i64> {
    std::str::from_utf8(bytes).ok()?.parse().ok().filter(|number| (0..=1440).contains(number))
}
