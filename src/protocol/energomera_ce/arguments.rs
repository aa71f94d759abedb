//! Arguments into the data bytes of a request, and back.

use jiff::civil::{Date, DateTime};

use super::layout::{Bits, Grid, Slot, Spec};
use super::{bcd, frame};
use crate::frame::Secret;
use crate::protocol::{Argument, ArgumentError, Arguments, ComposeError, Kind, Parameter};

const CENTURY: i16 = 2000;

/// The data bytes of a request.
///
/// # Errors
/// [`ComposeError::Argument`] for what the parameter's own range cannot rule out.
pub(super) fn encode(spec: &Spec, arguments: &Arguments) -> Result<Vec<u8>, ComposeError> {
    let mut data = Vec::with_capacity(frame::DATA_MAX);
    for slot in spec.request {
        place(*slot, arguments, &mut data)?;
    }
    Ok(data)
}

fn place(slot: Slot, arguments: &Arguments, data: &mut Vec<u8>) -> Result<(), ComposeError> {
    match slot {
        Slot::Number(name, width) => {
            data.extend(arguments.integer(name).to_le_bytes().into_iter().take(width));
        }
        Slot::Bcd(name) => data.push(bcd::encode(byte(arguments, name))),
        Slot::Bits(parts) => {
            data.push(parts.iter().fold(0, |whole, part| whole | byte(arguments, part.name) << part.shift));
        }
        Slot::Clock(name) => data.extend(clock(arguments.get(name)).ok_or(unfit(name, YEARS))?),
        Slot::Date(name) => data.extend(date(arguments.get(name)).ok_or(unfit(name, YEARS))?),
        Slot::Reversed(name, width) => {
            data.extend(reversed(arguments.get(name), width).ok_or(unfit(name, "printable characters"))?);
        }
        Slot::Password(name) => {
            data.extend(password_argument(arguments.get(name)).ok_or(unfit(name, PASSWORD))?.to_le_bytes());
        }
        Slot::Points(name, grid) => {
            data.extend(points(arguments.get(name), grid).ok_or(unfit(name, POINTS))?);
        }

        Slot::Zero(width) => data.extend(std::iter::repeat_n(0, width)),
    }
    Ok(())
}

const YEARS: &str = "a year of 2000 to 2099";
const POINTS: &str = "points such as 00:00=1 07:00=2, on half-hours where the meter has no minutes";
/// What a password is.
pub(super) const PASSWORD: &str = "decimal digits, at most 4294967295";

const fn unfit(name: &'static str, expected: &'static str) -> ComposeError {
    ComposeError::Argument { name, expected }
}

fn byte(arguments: &Arguments, name: &str) -> u8 {
    u8::try_from(arguments.integer(name)).unwrap_or_default()
}

fn two_digits(number: i8) -> u8 {
    bcd::encode(number.unsigned_abs())
}

fn year(year: i16) -> Option<u8> {
    u8::try_from(year.checked_sub(CENTURY)?).ok().filter(|year| *year < 100).map(bcd::encode)
}

fn clock(argument: Option<&Argument>) -> Option<[u8; 7]> {
    let Some(Argument::DateTime(time)) = argument else { return None };
    clock_bytes(*time)
}

/// Second, minute, hour, weekday, day, month, year; `None` outside of 2000 to 2099.
pub(super) fn clock_bytes(time: DateTime) -> Option<[u8; 7]> {
    Some([
        two_digits(time.second()),
        two_digits(time.minute()),
        two_digits(time.hour()),
        two_digits(time.weekday().to_sunday_zero_offset()),
        two_digits(time.day()),
        two_digits(time.month()),
        year(time.year())?,
    ])
}

fn date(argument: Option<&Argument>) -> Option<[u8; 3]> {
    let Some(Argument::Date(date)) = argument else { return None };
    Some([two_digits(date.day()), two_digits(date.month()), year(date.year())?])
}

fn reversed(argument: Option<&Argument>, width: usize) -> Option<Vec<u8>> {
    let Some(Argument::Text(text)) = argument else { return None };
    let fits = text.len() <= width && text.bytes().all(|b| matches!(b, 0x20..=0x7E));
    fits.then(|| text.bytes().rev().chain(std::iter::repeat(0)).take(width).collect())
}

fn password_argument(argument: Option<&Argument>) -> Option<u32> {
    let Some(Argument::Password(secret)) = argument else { return None };
    password(secret)
}

/// The number that a password of digits is; an empty one is 0, "none".
pub(super) fn password(secret: &Secret) -> Option<u32> {
    secret.reveal().iter().try_fold(0u32, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

fn points(argument: Option<&Argument>, grid: Grid) -> Option<Vec<u8>> {
    let Some(Argument::Text(text)) = argument else { return None };
    let points: Vec<&str> = text.split([' ', ',']).filter(|point| !point.is_empty()).collect();
    if !(1..=grid.most()).contains(&points.len()) {
        return None;
    }
    let mut data = vec![points.len() as u8];
    for text in points {
        data.extend(point(text, grid)?);
    }
    Some(data)
}

fn point(text: &str, grid: Grid) -> Option<Vec<u8>> {
    let (time, tariff) = text.split_once('=')?;
    let (hour, minute) = time.split_once(':')?;
    let hour = hour.parse::<u8>().ok().filter(|hour| *hour < 24)?;
    let minute = minute.parse::<u8>().ok().filter(|minute| *minute < 60)?;
    let tariff = tariff.parse::<u8>().ok().filter(|tariff| (1..=8).contains(tariff))?;
    match grid {
        Grid::Minutes => Some(vec![bcd::encode(hour), bcd::encode(minute), tariff]),
        Grid::HalfHours => (minute % 30 == 0).then(|| vec![hour * 2 + minute / 30, tariff]),
    }
}

/// What is wrong with the data of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DataError {
    /// Another count of bytes.
    Length,
    /// Bytes that are no value of the field's form.
    Form,
    /// A value outside of the parameter's range.
    Range(ArgumentError),
}

/// The arguments that the data of a request carries.
///
/// # Errors
/// [`DataError`] when the command cannot have such data.
pub(super) fn decode(spec: &Spec, data: &[u8]) -> Result<Arguments, DataError> {
    if !spec.takes_length(data.len()) {
        return Err(DataError::Length);
    }
    let mut found: Vec<(&'static str, String)> = Vec::new();
    let mut rest = data;
    for slot in spec.request {
        let width = if matches!(slot, Slot::Points(..)) { rest.len() } else { slot.width() };
        let (bytes, later) = rest.split_at_checked(width).ok_or(DataError::Length)?;
        take(*slot, bytes, spec.parameters, &mut found).ok_or(DataError::Form)?;
        rest = later;
    }
    let pairs = found.iter().map(|(name, text)| (*name, text.as_str()));
    spec.command().arguments(pairs).map_err(DataError::Range)
}

fn take(
    slot: Slot,
    bytes: &[u8],
    parameters: &[Parameter],
    found: &mut Vec<(&'static str, String)>,
) -> Option<()> {
    let first = *bytes.first()?;
    match slot {
        Slot::Number(name, _) => found.push((name, worded(parameters, name, little(bytes)))),
        Slot::Bcd(name) => found.push((name, bcd::decode(first)?.to_string())),
        Slot::Bits(parts) => {
            let part = |part: &Bits| (part.name, worded(parameters, part.name, u64::from(part.of(first))));
            found.extend(parts.iter().map(part));
        }
        Slot::Clock(name) => found.push((name, clock_of(bytes)?.to_string())),
        Slot::Date(name) => found.push((name, date_of(bytes)?.to_string())),
        Slot::Reversed(name, _) => {
            let text = bytes.iter().rev().skip_while(|byte| **byte == 0).copied().collect();
            found.push((name, String::from_utf8(text).ok()?));
        }
        Slot::Password(name) => found.push((name, little(bytes).to_string())),
        Slot::Points(name, grid) => found.push((name, points_of(bytes, grid)?)),
        Slot::Zero(_) => {}
    }
    Some(())
}

fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The word of a choice, else the number.
fn worded(parameters: &[Parameter], name: &str, number: u64) -> String {
    let choices = parameters.iter().find(|p| p.name == name).map(|p| p.kind);
    let word = match choices {
        Some(Kind::Choice(choices)) => choices.iter().find(|c| u64::try_from(c.value) == Ok(number)),
        _ => None,
    };
    word.map_or_else(|| number.to_string(), |choice| choice.word.to_owned())
}

/// A date and time of seven BCD bytes; the weekday is not looked at.
pub(super) fn clock_of(bytes: &[u8]) -> Option<DateTime> {
    let [second, minute, hour, _, day, month, year] = *bytes else { return None };
    let year = CENTURY + i16::from(digits(year)?);
    let (month, day) = (digits(month)?, digits(day)?);
    DateTime::new(year, month, day, digits(hour)?, digits(minute)?, digits(second)?, 0).ok()
}

fn date_of(bytes: &[u8]) -> Option<Date> {
    let [day, month, year] = *bytes else { return None };
    Date::new(CENTURY + i16::from(digits(year)?), digits(month)?, digits(day)?).ok()
}

fn digits(byte: u8) -> Option<i8> {
    i8::try_from(bcd::decode(byte)?).ok()
}

fn points_of(bytes: &[u8], grid: Grid) -> Option<String> {
    let (count, points) = bytes.split_first()?;
    if usize::from(*count) * grid.width() != points.len() {
        return None;
    }
    let texts: Option<Vec<String>> = points.chunks(grid.width()).map(|point| point_of(point, grid)).collect();
    Some(texts?.join(" "))
}

fn point_of(bytes: &[u8], grid: Grid) -> Option<String> {
    match (grid, bytes) {
        (Grid::Minutes, [hour, minute, tariff]) => {
            Some(format!("{:02}:{:02}={tariff}", bcd::decode(*hour)?, bcd::decode(*minute)?))
        }
        (Grid::HalfHours, [half, tariff]) => Some(format!("{:02}:{:02}={tariff}", half / 2, half % 2 * 30)),
        _ => None,
    }
}
