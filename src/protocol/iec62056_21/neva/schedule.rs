//! Tariff schedules: the switch points of a day, the seasons, the special days (NEVA MT1 programmer's
//! manual, appendix Б).
//!
//! Numbers of schedules inside the tables are decimal, as one test of nnemirovsky/pyneva has them; in the
//! code of a schedule they are hexadecimal.

use std::fmt;

use jiff::civil::{Date, Weekday};

/// Minutes of a day.
pub(crate) const MINUTES: u16 = 24 * 60;

/// From `minute` on, `tariff` is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Switch {
    /// Minutes after midnight.
    pub minute: u16,
    /// 1 to 4.
    pub tariff: u8,
}

/// The switch points of a day, in order; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Day(Vec<Switch>);

/// What is wrong with a table of a meter's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadSchedule {
    /// An entry is not of the form the manual gives.
    Form,
    /// There is no entry at all.
    Empty,
}

impl fmt::Display for BadSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("an entry is not in the form of the manual"),
            Self::Empty => f.write_str("no entry is in use"),
        }
    }
}

impl std::error::Error for BadSchedule {}

impl Day {
    /// Reads up to 8 x HHMMTT; `000000` is not used, `000001` is T1 from midnight on.
    ///
    /// # Errors
    /// [`BadSchedule`] for an entry that is no time and tariff, and when none is in use.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, BadSchedule> {
        let mut switches = Vec::new();
        for entry in text.split(|byte| *byte == b',') {
            let [hour, minute, tariff] = pairs(entry).ok_or(BadSchedule::Form)?;
            if [hour, minute, tariff] == [0, 0, 0] {
                continue;
            }
            if hour > 23 || minute > 59 || !(1..=4).contains(&tariff) {
                return Err(BadSchedule::Form);
            }
            switches.push(Switch { minute: u16::from(hour) * 60 + u16::from(minute), tariff });
        }
        switches.sort_by_key(|switch| switch.minute);
        if switches.is_empty() { Err(BadSchedule::Empty) } else { Ok(Self(switches)) }
    }

    /// The tariff at a minute of the day. Before the first switch point that of the last one is in force: it
    /// runs on over midnight.
    pub(crate) fn tariff_at(&self, minute: u16) -> u8 {
        let before = self.0.iter().rev().find(|switch| switch.minute <= minute);
        before.or(self.0.last()).map_or(1, |switch| switch.tariff)
    }

    /// How many minutes of `from..to` each of the four tariffs is in force.
    pub(crate) fn minutes(&self, from: u16, to: u16) -> [u16; 4] {
        let mut minutes = [0; 4];
        let inner = self.0.iter().map(|switch| switch.minute).filter(|minute| from < *minute && *minute < to);
        let mut begin = from;
        for end in inner.chain([to]) {
            if let Some(slot) = minutes.get_mut(usize::from(self.tariff_at(begin)) - 1) {
                *slot += end.saturating_sub(begin);
            }
            begin = end;
        }
        minutes
    }
}

/// A season: from a day of the year on, these schedules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Season {
    month: u8,
    day: u8,
    working: u8,
    saturday: u8,
    sunday: u8,
}

/// A special day of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Special {
    month: u8,
    day: u8,
    schedule: u8,
}

/// What 32 special days' entries may say instead of a schedule: an ordinary day (vika-sonne/NevaMt3xx).
const ORDINARY: &[u8] = b"7F";

/// Which schedule is in force on which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Calendar {
    seasons: Vec<Season>,
    special: Vec<Special>,
}

impl Calendar {
    /// Reads the seasons, 12 x MMDDN1N2N3, and the special days, 32 x MMDDNN.
    ///
    /// # Errors
    /// [`BadSchedule`] for an entry that is no date and schedules, and when no season is in use.
    pub(crate) fn parse(seasons: &[u8], special: &[u8]) -> Result<Self, BadSchedule> {
        let mut calendar = Self { seasons: Vec::new(), special: Vec::new() };
        for entry in seasons.split(|byte| *byte == b',') {
            let [month, day, working, saturday, sunday] = pairs(entry).ok_or(BadSchedule::Form)?;
            if month != 0 {
                calendar.seasons.push(Season { month, day, working, saturday, sunday });
            }
        }
        for entry in special.split(|byte| *byte == b',') {
            if entry.is_empty() || entry.ends_with(ORDINARY) {
                continue;
            }
            let [month, day, schedule] = pairs(entry).ok_or(BadSchedule::Form)?;
            if month != 0 && schedule != 0 {
                calendar.special.push(Special { month, day, schedule });
            }
        }
        calendar.seasons.sort_unstable();
        if calendar.seasons.is_empty() { Err(BadSchedule::Empty) } else { Ok(calendar) }
    }

    /// The number of the schedule of a date: that of a special day, else that of the season by weekday. Before
    /// the first season of the year the last one runs on.
    pub(crate) fn schedule(&self, date: Date) -> u8 {
        let today = (date.month().unsigned_abs(), date.day().unsigned_abs());
        if let Some(special) = self.special.iter().find(|special| (special.month, special.day) == today) {
            return special.schedule;
        }
        let begun = self.seasons.iter().rev().find(|season| (season.month, season.day) <= today);
        let season = begun.or(self.seasons.last());
        season.map_or(1, |season| match date.weekday() {
            Weekday::Saturday => season.saturday,
            Weekday::Sunday => season.sunday,
            _ => season.working,
        })
    }
}

/// The two-digit decimal numbers that an entry consists of.
fn pairs<const N: usize>(entry: &[u8]) -> Option<[u8; N]> {
    let mut numbers = [0; N];
    let mut digits = entry.chunks_exact(2);
    if entry.len() != 2 * N {
        return None;
    }
    for number in &mut numbers {
        *number = match digits.next()? {
            [tens @ b'0'..=b'9', units @ b'0'..=b'9'] => (tens - b'0') * 10 + (units - b'0'),
            _ => return None,
        };
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_last_tariff_of_a_day_runs_on_over_midnight() {
        let day = Day::parse(b"070001,230002,000000,000000,000000,000000,000000,000000").unwrap();
        assert_eq!([0, 419, 420, 1379, 1380].map(|minute| day.tariff_at(minute)), [2, 2, 1, 1, 2]);
    }

    #[test]
    fn a_switch_at_midnight_is_in_use_and_one_off_the_half_hour_counts_to_the_minute() {
        let day = Day::parse(b"071503,000001").unwrap();
        assert_eq!(day.tariff_at(0), 1);
        assert_eq!(day.minutes(420, 450), [15, 0, 15, 0]);
    }

    #[test]
    fn a_special_day_wins_over_season_and_weekday() {
        let calendar = Calendar::parse(b"0101010203,0601040506,0000000000", b"050907,05107F,000000").unwrap();
        assert_eq!(calendar.schedule(date(2024, 5, 9)), 7, "special");
        assert_eq!(calendar.schedule(date(2024, 5, 10)), 1, "marked as ordinary");
        assert_eq!(calendar.schedule(date(2024, 5, 11)), 2, "Saturday");
        assert_eq!(calendar.schedule(date(2024, 6, 2)), 6, "Sunday of the second season");
    }

    #[test]
    fn before_the_first_season_the_last_one_runs_on() {
        let calendar = Calendar::parse(b"0401010101,1101020202", b"000000").unwrap();
        assert_eq!(calendar.schedule(date(2024, 2, 1)), 2);
    }

    #[test]
    fn schedule_numbers_in_the_tables_are_decimal() {
        let calendar = Calendar::parse(b"1206021104", b"000000").unwrap();
        assert_eq!(calendar.schedule(date(2024, 12, 7)), 11);
    }

    #[test]
    fn what_is_no_table_is_named() {
        assert_eq!(Day::parse(b"240001"), Err(BadSchedule::Form));
        assert_eq!(Day::parse(b"070005"), Err(BadSchedule::Form));
        assert_eq!(Day::parse(b"7:0:1"), Err(BadSchedule::Form));
        assert_eq!(Day::parse(b"000000,000000"), Err(BadSchedule::Empty));
        assert_eq!(Calendar::parse(b"0000000000", b""), Err(BadSchedule::Empty));
    }
}
