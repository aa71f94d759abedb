//! Readings: measured quantities with their OBIS code, exact value, unit and tariff.
//!
//! The ground of the house: nothing here knows a protocol, a frame or a link. (It stands below `frame`
//! because a field of a frame carries an exact value and a unit.)

mod code;
mod decimal;
mod octets;
mod quantity;
mod time;
mod trust;
mod unit;

pub use code::{BadCode, Code};
pub use decimal::Decimal;
pub use octets::Octets;
pub use quantity::Quantity;
pub use time::{MeterTime, Zone};
pub use trust::{Check, Doubt};
pub use unit::Unit;

use std::fmt;

use jiff::tz::TimeZone;

/// One of the three conductors of a mains connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The first phase, and the only one of a single-phase meter.
    L1,
    /// The second phase.
    L2,
    /// The third phase.
    L3,
}

impl Phase {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::L1, Self::L2, Self::L3];

    /// The phase that a value code names: 21..=40 belong to L1, 41..=60 to L2, 61..=80 to L3 (IEC 62056-61).
    #[must_use]
    pub const fn of(code: Code) -> Option<Self> {
        match code.c {
            21..=40 => Some(Self::L1),
            41..=60 => Some(Self::L2),
            61..=80 => Some(Self::L3),
            _ => None,
        }
    }

    /// `L1`, `L2` or `L3`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::L1 => "L1",
            Self::L2 => "L2",
            Self::L3 => "L3",
        }
    }
}

/// Which stretch or point of time a register stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Period {
    /// The running register.
    #[default]
    Now,
    /// The register as it stood at the end of a month, 1 being the last one that ended.
    MonthEnd(u8),
    /// The energy of a whole month, 0 being the running one.
    DuringMonth(u8),
    /// The register as it stood at the end of a day, 1 being yesterday.
    DayEnd(u8),
    /// The energy of a whole day, 0 being today.
    DuringDay(u8),
    /// The register as it stood at the start of a calendar month, 1 being January.
    CalendarMonth(u8),
    /// The energy of a calendar month, 1 being January.
    InMonth(u8),
    /// The energy of a whole year, 0 being the running one.
    DuringYear(u8),
    /// The register as it stood at the end of a year, 1 being the last one that ended.
    YearEnd(u8),
    /// The register as it stood at the reading's own time.
    Then,
    /// A demand or load-profile interval that begins at the reading's own time.
    Interval,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("now"),
            Self::MonthEnd(back) => write!(f, "end of month, {back} back"),
            Self::DuringMonth(0) => f.write_str("this month"),
            Self::DuringMonth(back) => write!(f, "month, {back} back"),
            Self::DayEnd(back) => write!(f, "end of day, {back} back"),
            Self::DuringDay(0) => f.write_str("today"),
            Self::DuringDay(back) => write!(f, "day, {back} back"),
            Self::CalendarMonth(month) => write!(f, "month {month}"),
            Self::InMonth(month) => write!(f, "in month {month}"),
            Self::DuringYear(0) => f.write_str("this year"),
            Self::DuringYear(back) => write!(f, "year, {back} back"),
            Self::YearEnd(back) => write!(f, "end of year, {back} back"),
            Self::Then => f.write_str("then"),
            Self::Interval => f.write_str("interval"),
        }
    }
}

/// Why a value is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Absent {
    /// The meter filled the field with its mark for "no data".
    NoData,
    /// The bytes are not a number in the format the protocol prescribes.
    Malformed,
    /// The meter refused the command.
    Refused,
    /// The meter did not answer.
    NoAnswer,
    /// The answer was damaged.
    Damaged,
    /// The answer is encrypted, and no key that was given opens it.
    Sealed,
}

impl Absent {
    /// The reason in words, as JSON's `reason` has it.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoData => "the meter marks this value as absent",
            Self::Malformed => "not a number in the meter's own format",
            Self::Refused => "refused by the meter",
            Self::NoAnswer => "no answer",
            Self::Damaged => "the answer was damaged",
            Self::Sealed => "encrypted, and no key that was given opens it",
        }
    }

    /// The reason in a word or two, where a column has room for a value only.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoData => "no data",
            Self::Malformed => "no number",
            Self::Refused => "refused",
            Self::NoAnswer => "no answer",
            Self::Damaged => "damaged",
            Self::Sealed => "encrypted",
        }
    }
}

/// What a reading came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured {
    /// A number, exact.
    Number(Decimal),
    /// A text of the meter's, such as its serial number: foreign bytes, to be shown only through
    /// the visible-text function of `frame`.
    Text(Octets),
    /// A date or time of the meter's.
    Time(MeterTime),
    /// No value, and why.
    Absent(Absent),
}

/// The bytes a reading was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// Bytes of a binary protocol, shown as hex.
    Bytes(Octets),
    /// Characters of an ASCII protocol, shown as text.
    Text(Octets),
}

/// A measured quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// OBIS code, where the quantity has one and the frame says which register it is.
    pub code: Option<Code>,
    /// What is measured.
    pub quantity: Quantity,
    /// The tariff, counted from 1, where the value belongs to one.
    pub tariff: Option<u8>,
    /// The phase, where the value belongs to one.
    pub phase: Option<Phase>,
    /// Which meter it is of, where one tells for others: the channel of a sub-meter, counted from 1 (OBIS group B
    /// of abstract objects); 0 for the meter itself.
    pub channel: u8,
    /// Now, or a point in the archive.
    pub period: Period,
    /// The value.
    pub value: Measured,
    /// The unit as the meter sent it.
    pub unit: Unit,
    /// What it was made from.
    pub raw: Raw,
    /// The meter's own time of this value, where it gave one.
    pub at: Option<MeterTime>,
    /// The check it was carried under, where that lets damage pass.
    pub check: Option<Check>,
    /// What speaks against the answer it stands in.
    pub doubt: Option<Doubt>,
}

impl Reading {
    /// Gives its times the offset of a zone, where one is known.
    pub fn in_zone(&mut self, zone: Option<&TimeZone>) {
        if let Some(zone) = zone {
            self.place(|time| time.in_zone(zone));
        }
    }

    /// Gives its times the offset that `place` finds.
    pub fn place(&mut self, place: impl Fn(MeterTime) -> MeterTime) {
        self.at = self.at.map(&place);
        if let Measured::Time(time) = &mut self.value {
            *time = place(*time);
        }
    }

    /// A running register or instantaneous value known by its OBIS code; the quantity, and for energies the
    /// tariff and for phase values the phase, follow from the code.
    #[must_use]
    pub fn of(code: Code, value: Measured, unit: Unit, raw: &[u8]) -> Self {
        let quantity = Quantity::of(code).unwrap_or(Quantity::named("unnamed quantity"));
        Self {
            code: Some(code),
            tariff: (code.d == 8 && code.e != 0).then_some(code.e),
            phase: Phase::of(code),
            ..Self::unnamed(quantity, value, unit, raw)
        }
    }

    /// A quantity that has no OBIS code, or of which the frame does not tell the register.
    #[must_use]
    pub fn unnamed(quantity: Quantity, value: Measured, unit: Unit, raw: &[u8]) -> Self {
        Self {
            code: None,
            quantity,
            tariff: None,
            phase: None,
            channel: 0,
            period: Period::Now,
            value,
            unit,
            raw: Raw::Bytes(raw.into()),
            at: None,
            check: None,
            doubt: None,
        }
    }

    /// The same reading, carried under a check that lets some damage pass.
    #[must_use]
    pub fn under(self, check: Check) -> Self {
        Self { check: Some(check), ..self }
    }

    /// Whether it can be told from another of the same answer only by its place: both say they are one register.
    #[must_use]
    pub fn is_double(&self, other: &Self) -> bool {
        let name = |reading: &Self| {
            let Self { code, tariff, phase, channel, period, at, .. } = *reading;
            (code, tariff, phase, channel, period, at)
        };
        self.code.is_some() && name(self) == name(other)
    }

    /// The same reading, of another period.
    #[must_use]
    pub fn of_period(self, period: Period) -> Self {
        Self { period, ..self }
    }

    /// The same under OBIS codes, as scripts get it: a clock that a meter tells as one moment is its time of
    /// day, 0.9.1, and its date, 0.9.2, both with the bytes of the moment. Inside the program it stays one
    /// reading, since only the whole moment can be compared with this computer's clock.
    #[must_use]
    pub fn coded(&self) -> Vec<Self> {
        let may_part = matches!(self.code, None | Some(Code::TIME | Code::DATE));
        let is_moment = may_part && self.quantity == Quantity::CLOCK;
        let parts = match self.value {
            Measured::Time(moment) => moment.parted().map(|(time, date)| [time, date].map(Measured::Time)),
            Measured::Absent(why) if self.code.is_none() => Some([why, why].map(Measured::Absent)),
            _ => None,
        };
        let Some([time, date]) = parts.filter(|_| is_moment) else { return vec![self.clone()] };
        [(Code::TIME, time), (Code::DATE, date)]
            .map(|(code, value)| Self { code: Some(code), value, ..self.clone() })
            .into()
    }

    /// The number, if it is one.
    #[must_use]
    pub const fn number(&self) -> Option<Decimal> {
        match self.value {
            Measured::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether this is an energy total or tariff register that runs now, the thing `read` is for.
    #[must_use]
    pub fn is_energy_register(&self) -> bool {
        self.period == Period::Now && self.number().is_some() && self.code.is_some_and(|code| code.d == 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(value: Measured) -> Reading {
        Reading::unnamed(Quantity::CLOCK, value, Unit::None, &[0x19])
    }

    #[test]
    fn a_moment_has_the_codes_of_time_and_date() {
        let moment = clock(Measured::Time(MeterTime::date(2022, 7, 19).at(23, 21, 19)));
        let told: Vec<String> =
            moment.coded().iter().filter_map(|part| Some(part.code?.to_string())).collect();
        assert_eq!(told, ["0.9.1", "0.9.2"]);
        assert!(moment.coded().iter().all(|part| part.raw == moment.raw && part.quantity == Quantity::CLOCK));
        let under_one_code = Reading { code: Some(Code::DATE), ..moment.clone() };
        assert_eq!(under_one_code.coded(), moment.coded());
        let absent = clock(Measured::Absent(Absent::NoData)).coded();
        assert_eq!(
            absent.iter().map(|part| part.code).collect::<Vec<_>>(),
            [Some(Code::TIME), Some(Code::DATE)]
        );
    }

    #[test]
    fn what_is_no_moment_stays_as_it_is() {
        let time = Reading { code: Some(Code::TIME), ..clock(Measured::Time(MeterTime::default())) };
        let energy = Reading::of(Code::import(1), Measured::Absent(Absent::NoData), Unit::KilowattHour, &[]);
        for reading in [time, energy] {
            assert_eq!(reading.coded(), [reading]);
        }
    }
}
