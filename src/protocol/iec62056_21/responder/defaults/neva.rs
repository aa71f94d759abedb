//! What a simulated NEVA says, as tables by code and by the way a value is written.

use std::ops::RangeInclusive;

use crate::protocol::Setup;
use crate::protocol::iec62056_21::NEVA_1;
use crate::protocol::iec62056_21::neva::codes::{ADDRESS, CODES, Entry, Form, Meters, Rights, SERIAL, Vary};
use crate::protocol::iec62056_21::responder::values::Values;
use crate::reading::Unit;

use Sample::{By, Filled, Same};

/// What stands between the brackets of an answer.
#[derive(Debug, Clone, Copy)]
enum Sample {
    /// The same text in every meter.
    Same(&'static str),
    /// The texts of `MT1xx` and of `MT3xx`, which differ in the digits they have.
    By { one: &'static str, three: &'static str },
    /// So many items, of which the first differs from the others.
    Filled { first: &'static str, others: &'static str, count: usize },
}

/// Values of single codes, which go before those of their form.
const SINGLE: &[(u32, Sample)] = &[
    (0x0F80_8000, Same("000400.84,000309.98,000090.86,000000.00,000000.00")),
    (0x6001_04FF, Same("000V0201")),
    (0x6001_0AFF, Same("0000000000000000")),
    (0x6363_FFFF, Same("150813000000")),
];

/// Values by form and unit (`None`: any other); the first row that fits is taken. The clock is not here, as it
/// runs, nor the password, which is never read.
#[rustfmt::skip]
const FORMS: &[(Form, Option<Unit>, Sample)] = &[
    (Form::Tariffs,     Some(Unit::Kilowatt), Same("04.8190,04.8457,02.5359,00.0000,00.0000")),
    (Form::Tariffs,     None,                 Same("000046.24,000031.14,000015.10,000000.00,000000.00")),
    (Form::Profile,     None,                 Same(PROFILE)),
    (Form::Number,      Some(Unit::Volt),     By { one: "000238.39", three: "0233.81" }),
    (Form::Number,      Some(Unit::Ampere),   By { one: "000000.51", three: "000.512" }),
    (Form::Number,      Some(Unit::Watt),     By { one: "00000134", three: "00134.2" }),
    (Form::Number,      Some(Unit::Var),      Same("00012.3")),
    (Form::Number,      Some(Unit::Hertz),    By { one: "000050.00", three: "50.00" }),
    (Form::Number,      Some(Unit::Degree),   Same("0120.0")),
    (Form::Number,      Some(Unit::Minute),   Same("30")),
    (Form::Number,      None,                 Same("01")),
    (Form::PowerFactor, None,                 By { one: "10.98", three: "10.986" }),
    (Form::Temperature, None,                 By { one: "0023", three: "029" }),
    (Form::Weekday,     None,                 Same("02")),
    (Form::DayHour,     None,                 Same("0100")),
    (Form::SignedHex,   None,                 Same("00")),
    (Form::Switch,      None,                 Same("00")),
    (Form::Status,      None,                 Same("0000")),
    (Form::Hex,         None,                 Same("0000")),
    (Form::Day,         None,                 Same("070001,230002,000000,000000,000000,000000,000000,000000")),
    (Form::Seasons,     None,                 Filled { first: "0101010101", others: "0000000000", count: 12 }),
    (Form::SpecialDays, None,                 Filled { first: "000000", others: "000000", count: 32 }),
    (Form::Display,     None,                 Filled { first: "010207", others: "000000", count: 12 }),
    (Form::Log,         None,                 Filled { first: "000000000000", others: "000000000000", count: 16 }),
];

/// A day of an MT324, recorded by vika-sonne/NevaMt3xx.
const PROFILE: &str = "03977,03995,03997,04014,04031,04036,04038,04062,04078,04073,04068,04054,04034,03958,\
    03928,03900,03889,03892,03897,03890,03860,03857,03844,03843,03827,03838,03847,03849,03846,03849,03847,\
    03842,03857,03849,03847,03847,03870,03864,03846,03847,03852,03819,03835,03843,03825,03846,03876,03880";

/// Puts every value that a NEVA of this setup lets one read.
pub(super) fn put(values: &mut Values, setup: &Setup) {
    let own = if setup.dialect == NEVA_1 { Meters::One } else { Meters::Three };
    let is_readable = |entry: &&Entry| entry.rights != Rights::Write;
    let is_there = |entry: &&Entry| entry.meters == Meters::All || entry.meters == own;
    for entry in CODES.iter().filter(is_readable).filter(is_there) {
        let Some(value) = value(entry, own, setup) else { continue };
        for index in numbers(entry.vary) {
            values.put(format!("{:08X}", entry.code_for(index)), vec![value.clone()]);
        }
    }
}

/// The periods or schedules that a simulated meter keeps.
const fn numbers(vary: Vary) -> RangeInclusive<u8> {
    match vary {
        Vary::Fixed => 0..=0,
        Vary::MonthEnds | Vary::Months => 0..=12,
        Vary::DayStarts | Vary::Days => 0..=127,
        Vary::Schedules => 1..=36,
    }
}

fn value(entry: &Entry, own: Meters, setup: &Setup) -> Option<String> {
    match entry.code {
        SERIAL => Some(last_eight(&setup.serial).to_owned()),
        ADDRESS if setup.address.text().is_empty() => Some("00000001".to_owned()),
        ADDRESS => Some(setup.address.text().to_owned()),
        _ => sample(entry).map(|sample| sample.text(own)),
    }
}

/// A NEVA's serial number has eight digits.
fn last_eight(serial: &str) -> &str {
    serial.get(serial.len().saturating_sub(8)..).unwrap_or_default()
}

fn sample(entry: &Entry) -> Option<Sample> {
    let single = SINGLE.iter().find(|(code, _)| *code == entry.code).map(|(_, sample)| *sample);
    let fits = |(form, unit, _): &&(Form, Option<Unit>, Sample)| {
        *form == entry.form && unit.is_none_or(|unit| unit == entry.unit)
    };
    single.or_else(|| FORMS.iter().find(fits).map(|(.., sample)| *sample))
}

impl Sample {
    fn text(self, own: Meters) -> String {
        match self {
            Same(text) => text.to_owned(),
            By { one, .. } if own == Meters::One => one.to_owned(),
            By { three, .. } => three.to_owned(),
            Filled { first, others, count } => {
                let mut items = vec![first];
                items.resize(count, others);
                items.join(",")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_can_be_read_has_a_value_in_the_tables_or_one_of_its_own() {
        let without: Vec<&str> = CODES
            .iter()
            .filter(|entry| entry.rights != Rights::Write && sample(entry).is_none())
            .map(|entry| entry.name)
            .collect();
        assert_eq!(without, ["date", "time", "date and time", "serial number", "network address"]);
    }

    #[test]
    fn every_row_is_used() {
        for (code, _) in SINGLE {
            assert!(CODES.iter().any(|entry| entry.code == *code), "{code:08X}");
        }
        for (form, unit, _) in FORMS {
            let fits = |entry: &Entry| entry.form == *form && unit.is_none_or(|unit| unit == entry.unit);
            assert!(CODES.iter().any(fits), "{form:?} {unit:?}");
        }
    }
}
