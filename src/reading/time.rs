//! Points of time as meters tell them: any part may be missing or impossible, and the zone is their own.

use std::fmt;

/// What a meter's time says of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    /// Nothing.
    #[default]
    Unknown,
    /// Local time, daylight saving not in force.
    Winter,
    /// Local time, daylight saving in force.
    Summer,
    /// A fixed offset, local time less UTC.
    OffsetMinutes(i16),
}

/// A date, a time of day or both, as a meter stated them.
///
/// The numbers are kept as they came, so that a wrong clock is shown and not repaired; [`MeterTime::civil`]
/// is the way to a time one can calculate with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MeterTime {
    /// Full year, such as 2022.
    pub year: Option<u16>,
    /// 1 to 12 when valid.
    pub month: Option<u8>,
    /// 1 to 31 when valid.
    pub day: Option<u8>,
    /// 0 to 23 when valid.
    pub hour: Option<u8>,
    /// 0 to 59 when valid.
    pub minute: Option<u8>,
    /// 0 to 59 when valid.
    pub second: Option<u8>,
    /// Daylight saving flag or offset.
    pub zone: Zone,
}

impl MeterTime {
    /// A date alone.
    #[must_use]
    pub const fn date(year: u16, month: u8, day: u8) -> Self {
        Self {
            year: Some(year),
            month: Some(month),
            day: Some(day),
            hour: None,
            minute: None,
            second: None,
            zone: Zone::Unknown,
        }
    }

    /// The same date at a time of day.
    #[must_use]
    pub const fn at(self, hour: u8, minute: u8, second: u8) -> Self {
        Self { hour: Some(hour), minute: Some(minute), second: Some(second), ..self }
    }

    /// The time of day and the date, each alone, where it has both.
    #[must_use]
    pub const fn parted(self) -> Option<(Self, Self)> {
        if self.hour.is_none() || (self.year.is_none() && self.month.is_none() && self.day.is_none()) {
            return None;
        }
        let time = Self { year: None, month: None, day: None, ..self };
        let date = Self { hour: None, minute: None, second: None, ..self };
        Some((time, date))
    }

    /// What this one leaves open taken from another: a time of day and its date.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            year: self.year.or(other.year),
            month: self.month.or(other.month),
            day: self.day.or(other.day),
            hour: self.hour.or(other.hour),
            minute: self.minute.or(other.minute),
            second: self.second.or(other.second),
            zone: self.zone,
        }
    }

    /// The date and time as a calendar knows them, midnight where no time was given; `None` when a part of
    /// the date is missing or any part is impossible.
    #[must_use]
    pub fn civil(self) -> Option<jiff::civil::DateTime> {
        let part = |value: u8| i8::try_from(value).ok();
        jiff::civil::DateTime::new(
            i16::try_from(self.year?).ok()?,
            part(self.month?)?,
            part(self.day?)?,
            part(self.hour.unwrap_or(0))?,
            part(self.minute.unwrap_or(0))?,
            part(self.second.unwrap_or(0))?,
            0,
        )
        .ok()
    }
}

impl fmt::Display for MeterTime {
    /// ISO 8601 as far as the parts go: `2022-09`, `2022-07-19 23:21:19`, `07:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut date = false;
        if let Some(year) = self.year {
            write!(f, "{year:04}")?;
            date = true;
        }
        for part in [self.month, self.day].into_iter().flatten() {
            if date {
                write!(f, "-{part:02}")?;
            } else {
                write!(f, "--{part:02}")?;
            }
            date = true;
        }
        for (index, part) in [self.hour, self.minute, self.second].into_iter().flatten().enumerate() {
            match (index, date) {
                (0, false) => write!(f, "{part:02}")?,
                (0, true) => write!(f, " {part:02}")?,
                _ => write!(f, ":{part:02}")?,
            }
        }
        match self.zone {
            Zone::Unknown => Ok(()),
            Zone::Winter => f.write_str(" winter"),
            Zone::Summer => f.write_str(" summer"),
            Zone::OffsetMinutes(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_parts_into_time_and_date() {
        let moment = MeterTime { zone: Zone::Summer, ..MeterTime::date(2022, 7, 19).at(23, 21, 19) };
        let (time, date) = moment.parted().unwrap();
        assert_eq!((time.hour, time.year, time.zone), (Some(23), None, Zone::Summer));
        assert_eq!((date.hour, date.year, date.zone), (None, Some(2022), Zone::Summer));
        assert_eq!((time.parted(), date.parted()), (None, None));
    }

    #[test]
    fn prints_only_the_parts_that_are_known() {
        assert_eq!(MeterTime::date(2022, 7, 19).at(23, 21, 19).to_string(), "2022-07-19 23:21:19");
        assert_eq!(MeterTime { day: None, ..MeterTime::date(2022, 9, 1) }.to_string(), "2022-09");
        assert_eq!(MeterTime { hour: Some(7), minute: Some(0), ..MeterTime::default() }.to_string(), "07:00");
    }

    #[test]
    fn an_impossible_date_is_shown_but_not_calculated_with() {
        let impossible = MeterTime::date(2023, 2, 30);
        assert_eq!(impossible.to_string(), "2023-02-30");
        assert_eq!(impossible.civil(), None);
    }
}
