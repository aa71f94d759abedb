//! The time in a simulated telegram.

use jiff::civil::{DateTime, Weekday};
use std::fmt::Write as _;

/// Whether daylight saving is in force by the rule of the European Union: from the last Sunday of March, 2 h, to
/// the last Sunday of October, 3 h.
pub fn is_summer(wall: DateTime) -> bool {
    let last_sunday = |month: i8, hour: i8| {
        let end = DateTime::new(wall.year(), month, 31, hour, 0, 0, 0).ok()?;
        let back = i32::from(end.weekday().since(Weekday::Sunday));
        end.checked_sub(jiff::Span::new().days(back)).ok()
    };
    match (last_sunday(3, 2), last_sunday(10, 3)) {
        (Some(begin), Some(end)) => begin <= wall && wall < end,
        _ => false,
    }
}

/// `YYMMDDhhmmss`.
fn digits(wall: DateTime) -> String {
    format!(
        "{:02}{:02}{:02}{:02}{:02}{:02}",
        wall.year().rem_euclid(100),
        wall.month(),
        wall.day(),
        wall.hour(),
        wall.minute(),
        wall.second()
    )
}

/// A time so many minutes round, the last one that was.
fn rounded(wall: DateTime, minutes: i8) -> DateTime {
    wall.with().minute(wall.minute() - wall.minute() % minutes).second(0).build().unwrap_or(wall)
}

/// What stands in a line: its text with times and serial number in place of the words in braces.
pub fn fill(content: &str, wall: DateTime, is_summer: bool, serial: &str) -> String {
    let Some((before, rest)) = content.split_once('{') else { return content.to_owned() };
    let (word, after) = rest.split_once('}').unwrap_or((rest, ""));
    let letter = if is_summer { 'S' } else { 'W' };
    let now = digits(wall);
    let filled = match word {
        "clock" => format!("{now}{letter}"),
        "five" => format!("{}{letter}", digits(rounded(wall, 5))),
        "hour" => format!("{}{letter}", digits(rounded(wall, 60))),
        "old" => digits(rounded(wall, 60)),
        "time" => now.get(6..).unwrap_or_default().to_owned(),
        "date" => now.get(..6).unwrap_or_default().to_owned(),
        _ => serial.bytes().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02X}");
            hex
        }),
    };
    format!("{before}{filled}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn daylight_saving_begins_and_ends_on_the_last_sundays() {
        assert!(!is_summer(datetime(2026, 3, 29, 1, 59, 59, 0)));
        assert!(is_summer(datetime(2026, 3, 29, 2, 0, 0, 0)));
        assert!(is_summer(datetime(2026, 10, 25, 2, 59, 59, 0)));
        assert!(!is_summer(datetime(2026, 10, 25, 3, 0, 0, 0)));
        assert!(
            !is_summer(datetime(2024, 3, 30, 12, 0, 0, 0)) && is_summer(datetime(2024, 3, 31, 2, 0, 0, 0))
        );
    }

    #[test]
    fn words_in_braces_become_times_and_the_serial_number() {
        let wall = datetime(2018, 11, 6, 14, 4, 29, 0);
        let filled = |content| fill(content, wall, false, "E42");
        assert_eq!(filled("({clock})"), "(181106140429W)");
        assert_eq!(filled("({five})(1*m3)"), "(181106140000W)(1*m3)");
        assert_eq!(filled("({old})(00)"), "(181106140000)(00)");
        assert_eq!(filled("({time})"), "(140429)");
        assert_eq!(filled("({date})"), "(181106)");
        assert_eq!(filled("({serial})"), "(453432)");
        assert_eq!(filled("(0001)"), "(0001)");
        assert_eq!(fill("({clock})", wall, true, ""), "(181106140429S)");
    }
}
