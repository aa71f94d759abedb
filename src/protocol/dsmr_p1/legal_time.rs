//! The legal time of the countries, as rules that need no database of zones.
//!
//! Daylight saving begins and ends at 1 h UTC on the last Sundays of March and October in all of them (directive
//! 2000/84/EC; Switzerland follows it).

/// How the clocks of a country's meters go.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LegalTime {
    /// Minutes ahead of UTC in winter.
    pub winter_minutes: i16,
    /// The rule in the form of POSIX.
    pub rule: &'static str,
}

/// Central European Time.
pub(super) static CENTRAL: LegalTime = LegalTime { winter_minutes: 60, rule: "CET-1CEST,M3.5.0,M10.5.0/3" };

/// Central European Time without daylight saving: meters with an H1 port keep it all year (H1 port 2.0, table 1).
pub(super) static CENTRAL_STANDARD: LegalTime = LegalTime { winter_minutes: 60, rule: "CET-1" };

/// Eastern European Time.
pub(super) static EASTERN: LegalTime =
    LegalTime { winter_minutes: 120, rule: "EET-2EEST,M3.5.0/3,M10.5.0/4" };

/// The time of Ireland.
pub(super) static IRISH: LegalTime = LegalTime { winter_minutes: 0, rule: "GMT0IST,M3.5.0/1,M10.5.0" };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Zone;
    use jiff::tz::TimeZone;

    #[test]
    fn every_rule_is_one_and_fits_its_offset_in_winter_and_in_summer() {
        for (time, summer) in [(&CENTRAL, 120), (&CENTRAL_STANDARD, 60), (&EASTERN, 180), (&IRISH, 60)] {
            let zone = TimeZone::posix(time.rule).unwrap();
            let at = |moment: &str| Zone::at(&zone, moment.parse().unwrap());
            let local = |offset_minutes| Zone::Local {
                is_summer: offset_minutes != time.winter_minutes,
                offset_minutes,
            };
            assert_eq!(at("2026-03-29T00:59:59Z"), local(time.winter_minutes), "{}", time.rule);
            assert_eq!(at("2026-03-29T01:00:00Z"), local(summer), "{}", time.rule);
            assert_eq!(at("2026-10-25T00:59:59Z"), local(summer), "{}", time.rule);
            assert_eq!(at("2026-10-25T01:00:00Z"), local(time.winter_minutes), "{}", time.rule);
        }
    }
}
