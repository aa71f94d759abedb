//! The time in a simulated telegram.

use jiff::civil::DateTime;
use std::fmt::Write as _;

use crate::protocol::Now;

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

/// A point of a month so many months back: its first moment, or its day and hour; `S` or `W` as the European Union has
/// it, where only April to October are all summer on days like these.
fn of_month(wall: DateTime, back: i32, (day, hour, minute): (i8, i8, i8)) -> String {
    let first = wall.date().first_of_month();
    let month = first.checked_sub(jiff::Span::new().months(back)).unwrap_or(first);
    let at = month.with().day(day).build().unwrap_or(month).at(hour, minute, 0, 0);
    let letter = if (4..=10).contains(&at.month()) { 'S' } else { 'W' };
    format!("{}{letter}", digits(at))
}

/// The day and time of the greatest demand of a month.
const PEAK: (i8, i8, i8) = (14, 22, 45);

/// The first moment of a month.
const BEGIN: (i8, i8, i8) = (1, 0, 0);

/// What stands in a line: its text with times and serial number in place of the words in braces.
pub(super) fn fill(content: &str, now: Now, serial: &str) -> String {
    let Some((before, rest)) = content.split_once('{') else { return content.to_owned() };
    let (word, after) = rest.split_once('}').unwrap_or((rest, ""));
    let letter = if now.is_summer { 'S' } else { 'W' };
    let wall = now.wall;
    let digits_now = digits(wall);
    let filled = match word {
        "clock" => format!("{digits_now}{letter}"),
        "five" => format!("{}{letter}", digits(rounded(wall, 5))),
        "hour" => format!("{}{letter}", digits(rounded(wall, 60))),
        "month" => of_month(wall, 0, BEGIN),
        "month before" => of_month(wall, 1, BEGIN),
        "peak" => of_month(wall, 1, PEAK),
        "peak before" => of_month(wall, 2, PEAK),
        "old" => digits(rounded(wall, 60)),
        "time" => digits_now.get(6..).unwrap_or_default().to_owned(),
        "date" => digits_now.get(..6).unwrap_or_default().to_owned(),
        _ => serial.bytes().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02X}");
            hex
        }),
    };
    format!("{before}{filled}{}", fill(after, now, serial))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::At;
    use jiff::civil::datetime;

    #[test]
    fn words_in_braces_become_times_and_the_serial_number() {
        let wall = datetime(2018, 11, 6, 14, 4, 29, 0);
        let now = Now { at: At::ZERO, wall, ahead_minutes: 60, is_summer: false };
        let filled = |content| fill(content, now, "E42");
        assert_eq!(filled("({clock})"), "(181106140429W)");
        assert_eq!(filled("({five})(1*m3)"), "(181106140000W)(1*m3)");
        assert_eq!(filled("({old})(00)"), "(181106140000)(00)");
        assert_eq!(filled("({time})"), "(140429)");
        assert_eq!(filled("({date})"), "(181106)");
        assert_eq!(filled("({serial})"), "(453432)");
        assert_eq!(filled("({month before})({peak before})"), "(181001000000S)(180914224500S)");
        assert_eq!(filled("({month})({peak})"), "(181101000000W)(181014224500S)");
        assert_eq!(filled("(0001)"), "(0001)");
        assert_eq!(fill("({clock})", Now { is_summer: true, ..now }, ""), "(181106140429S)");
    }
}
