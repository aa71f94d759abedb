//! Points of time as meters tell them: any part may be missing or impossible, and the zone is their own.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

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
    /// Local time with a daylight saving flag, in a zone that is known from elsewhere.
    Local {
        /// Whether daylight saving is in force, as the meter says.
        is_summer: bool,
        /// Local time less UTC.
        offset_minutes: i16,
    },
}

impl Zone {
    /// What a clock in a zone says of it at a moment. The lesser offset of the year is winter: some tables of zones
    /// call the Irish winter the time that is shifted.
    #[must_use]
    pub fn at(zone: &TimeZone, moment: Timestamp) -> Self {
        let here = moment.to_zoned(zone.clone());
        let offset_minutes = i16::try_from(here.offset().seconds() / 60).unwrap_or(0);
        let year = u16::try_from(here.year()).ok();
        let winter = year.and_then(|year| offsets(zone, year)).map_or(offset_minutes, |(winter, _)| winter);
        Self::Local { is_summer: offset_minutes > winter, offset_minutes }
    }
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

    /// Whether daylight saving is in force, where the meter says so.
    const fn is_summer(self) -> Option<bool> {
        match self.zone {
            Zone::Winter => Some(false),
            Zone::Summer => Some(true),
            Zone::Local { is_summer, .. } => Some(is_summer),
            Zone::Unknown | Zone::OffsetMinutes(_) => None,
        }
    }

    /// Local time less UTC in minutes, where it is known.
    #[must_use]
    pub const fn offset_minutes(self) -> Option<i16> {
        match self.zone {
            Zone::OffsetMinutes(minutes) | Zone::Local { offset_minutes: minutes, .. } => Some(minutes),
            Zone::Unknown | Zone::Winter | Zone::Summer => None,
        }
    }

    /// The same time with the offset of its zone: so many minutes ahead of UTC, and an hour more in summer. A time
    /// without a daylight saving flag stays as it is.
    #[must_use]
    pub const fn ahead(self, winter_minutes: i16) -> Self {
        let Some(is_summer) = self.is_summer() else { return self };
        let offset_minutes = if is_summer { winter_minutes + 60 } else { winter_minutes };
        Self { zone: Zone::Local { is_summer, offset_minutes }, ..self }
    }

    /// The same time with the offset that a zone has in that year when the daylight saving flag is as the meter
    /// states it. The flag decides and not the calendar: it parts the hour that comes twice, and there are meters
    /// that keep standard time all year. A time without a flag, or with one that the zone does not know, stays as
    /// it is.
    #[must_use]
    pub fn in_zone(self, zone: &TimeZone) -> Self {
        let Some(is_summer) = self.is_summer() else { return self };
        let Some((winter, summer)) = self.year.and_then(|year| offsets(zone, year)) else { return self };
        match is_summer {
            true if summer == winter => self,
            true => Self { zone: Zone::Local { is_summer, offset_minutes: summer }, ..self },
            false => Self { zone: Zone::Local { is_summer, offset_minutes: winter }, ..self },
        }
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
            Zone::OffsetMinutes(minutes) => offset(f, minutes),
            Zone::Local { is_summer, offset_minutes } => {
                offset(f, offset_minutes)?;
                f.write_str(if is_summer { " summer" } else { " winter" })
            }
        }
    }
}

fn offset(f: &mut fmt::Formatter<'_>, minutes: i16) -> fmt::Result {
    let sign = if minutes < 0 { '-' } else { '+' };
    write!(f, "{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
}

/// Minutes ahead of UTC in winter and in summer, of a year: the less and the more of January and July.
fn offsets(zone: &TimeZone, year: u16) -> Option<(i16, i16)> {
    let year = i16::try_from(year).ok()?;
    let on = |month: i8| {
        let day = jiff::civil::Date::new(year, month, 1).ok()?.to_zoned(TimeZone::UTC).ok()?;
        i16::try_from(zone.to_offset(day.timestamp()).seconds() / 60).ok()
    };
    let (january, july) = (on(1)?, on(7)?);
    Some((january.min(july), january.max(july)))
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

    fn placed(zone: &str, time: MeterTime) -> String {
        time.in_zone(&TimeZone::posix(zone).unwrap()).to_string()
    }

    #[test]
    fn the_flag_and_the_zone_together_give_the_offset() {
        let july = MeterTime::date(2026, 7, 1).at(12, 0, 0);
        let (summer, winter) =
            (MeterTime { zone: Zone::Summer, ..july }, MeterTime { zone: Zone::Winter, ..july });
        let amsterdam = "CET-1CEST,M3.5.0,M10.5.0/3";
        assert_eq!(placed(amsterdam, summer), "2026-07-01 12:00:00+02:00 summer");
        assert_eq!(placed(amsterdam, winter), "2026-07-01 12:00:00+01:00 winter", "standard time all year");
        assert_eq!(placed(amsterdam, july), july.to_string(), "nothing is made up");
        assert_eq!(
            placed("EET-2EEST,M3.5.0/3,M10.5.0/4", summer.ahead(60)),
            "2026-07-01 12:00:00+03:00 summer"
        );
        assert_eq!(placed("AEST-10AEDT,M10.1.0,M4.1.0/3", summer), "2026-07-01 12:00:00+11:00 summer");
        assert_eq!(placed("UTC0", summer), "2026-07-01 12:00:00 summer", "that zone has no summer");
    }

    #[test]
    fn a_clock_in_a_zone_knows_its_offset_and_whether_daylight_saving_is_in_force() {
        let at =
            |zone: &str, moment: &str| Zone::at(&TimeZone::posix(zone).unwrap(), moment.parse().unwrap());
        let local = |is_summer, offset_minutes| Zone::Local { is_summer, offset_minutes };
        let amsterdam = "CET-1CEST,M3.5.0,M10.5.0/3";
        assert_eq!(at(amsterdam, "2026-03-29T00:59:59Z"), local(false, 60));
        assert_eq!(at(amsterdam, "2026-03-29T01:00:00Z"), local(true, 120));
        assert_eq!(at(amsterdam, "2026-10-25T00:59:59Z"), local(true, 120));
        assert_eq!(at(amsterdam, "2026-10-25T01:00:00Z"), local(false, 60));
        assert_eq!(at("CET-1", "2026-07-01T12:00:00Z"), local(false, 60), "standard time all year");
        let negative_saving = "IST-1GMT0,M10.5.0,M3.5.0/1";
        assert_eq!(at(negative_saving, "2026-07-01T12:00:00Z"), local(true, 60));
        assert_eq!(at(negative_saving, "2026-01-01T12:00:00Z"), local(false, 0));
    }

    #[test]
    fn the_hour_that_comes_twice_is_parted_by_the_flag() {
        let twice =
            |zone| MeterTime { zone, ..MeterTime::date(2026, 10, 25).at(2, 30, 0) }.ahead(60).to_string();
        assert_eq!(twice(Zone::Summer), "2026-10-25 02:30:00+02:00 summer");
        assert_eq!(twice(Zone::Winter), "2026-10-25 02:30:00+01:00 winter");
    }

    #[test]
    fn an_impossible_date_is_shown_but_not_calculated_with() {
        let impossible = MeterTime::date(2023, 2, 30);
        assert_eq!(impossible.to_string(), "2023-02-30");
        assert_eq!(impossible.civil(), None);
    }
}
