//! Readings as JSON and as a table.

use jiff::Zoned;
use serde::Serialize;
use serde_json::value::RawValue;

use super::table::{Align, Table};
use crate::frame::visible;
use crate::reading::{Absent, Check, Decimal, Doubt, Measured, Period, Reading};

/// A JSON value that keeps every digit of a number.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Exact {
    /// A number as it stands.
    Number(Box<RawValue>),
    /// A text.
    Text(String),
    /// Nothing.
    Null,
}

impl From<Decimal> for Exact {
    /// The number with all its decimals: `0.00` stays `0.00`.
    fn from(number: Decimal) -> Self {
        RawValue::from_string(number.to_string()).map_or(Self::Null, Self::Number)
    }
}

/// A reading as the JSON contract has it.
#[derive(Debug, Serialize)]
pub struct Item {
    code: Option<String>,
    quantity: &'static str,
    tariff: Option<u8>,
    phase: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<u8>,
    value: Exact,
    unit: Option<&'static str>,
    raw: Option<String>,
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meter_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doubt: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'static str>,
}

impl Item {
    /// A reading; `at` is when it came, where that is known.
    #[must_use]
    pub fn of(reading: &Reading, at: Option<&Zoned>) -> Self {
        Self {
            code: reading.code.map(|code| code.to_string()),
            quantity: reading.quantity.name(),
            tariff: reading.tariff,
            phase: reading.phase.map(crate::reading::Phase::name),
            channel: (reading.channel != 0).then_some(reading.channel),
            value: value(&reading.value),
            unit: Some(reading.unit.symbol()).filter(|unit| !unit.is_empty()),
            raw: Some(visible::raw(&reading.raw)),
            at: at.map(time),
            meter_time: reading.at.map(|at| at.to_string()),
            period: (reading.period != Period::Now).then(|| reading.period.to_string()),
            reason: match reading.value {
                Measured::Absent(why) => Some(why.reason()),
                _ => None,
            },
            check: reading.check.map(Check::text),
            doubt: reading.doubt.map(Doubt::code),
            command: None,
        }
    }

    /// Readings under their OBIS codes.
    #[must_use]
    pub fn all(readings: &[Reading], at: Option<&Zoned>) -> Vec<Self> {
        readings.iter().flat_map(Reading::coded).map(|reading| Self::of(&reading, at)).collect()
    }

    /// What a command that got no answer leaves: no value, and why.
    #[must_use]
    pub fn missing(command: &'static str, title: &'static str, why: Absent, at: Option<&Zoned>) -> Self {
        Self {
            code: None,
            quantity: title,
            tariff: None,
            phase: None,
            channel: None,
            value: Exact::Null,
            unit: None,
            raw: None,
            at: at.map(time),
            meter_time: None,
            period: None,
            reason: Some(why.reason()),
            check: None,
            doubt: None,
            command: Some(command),
        }
    }
}

/// What one poll of a meter came to.
#[derive(Debug, Serialize)]
pub struct Poll<'a> {
    /// Model id.
    pub model: &'a str,
    /// The address as it was written.
    pub address: &'a str,
    /// Protocol id.
    pub protocol: &'a str,
    /// When the poll began, RFC 3339.
    pub time: String,
    /// What was read, in order.
    pub readings: Vec<Item>,
}

/// RFC 3339 with milliseconds and offset.
#[must_use]
pub fn time(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

fn value(measured: &Measured) -> Exact {
    match measured {
        Measured::Number(number) => (*number).into(),
        Measured::Text(_) | Measured::Time(_) => Exact::Text(visible::measured(measured)),
        Measured::Absent(_) => Exact::Null,
    }
}

/// A table of readings, without rows.
#[must_use]
pub fn table() -> Table {
    Table::new(&[
        ("code", Align::Key),
        ("quantity", Align::Left),
        ("value", Align::Right),
        ("unit", Align::Left),
        ("remark", Align::Left),
    ])
}

/// The row of a reading.
#[must_use]
pub fn row(reading: &Reading) -> [String; 5] {
    let tariff = reading.tariff.map(|tariff| format!("T{tariff}"));
    let phase = reading.phase.map(|phase| phase.name().to_owned());
    let name: Vec<String> =
        [Some(reading.quantity.name().to_owned()), tariff, phase].into_iter().flatten().collect();
    let absent = matches!(reading.value, Measured::Absent(_));
    let mut remarks = Vec::new();
    if absent {
        remarks.push(visible::measured(&reading.value));
    }
    if reading.period != Period::Now {
        remarks.push(reading.period.to_string());
    }
    remarks.extend(reading.at.map(|at| format!("at {at}")));
    remarks.extend(reading.doubt.map(|doubt| doubt.text().to_owned()));
    let value = if absent { "-".to_owned() } else { visible::measured(&reading.value) };
    let code = reading.code.map_or_else(|| "-".to_owned(), |code| code.to_string());
    [code, name.join(" "), value, reading.unit.symbol().to_owned(), remarks.join(", ")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Code, MeterTime, Octets, Quantity, Raw, Unit};

    fn energy(units: u64) -> Reading {
        let value = Measured::Number(Decimal::new(units, 2));
        Reading::of(Code::import(1), value, Unit::KilowattHour, &[0xEC, 0x8B, 4, 0])
    }

    fn json(reading: &Reading) -> String {
        serde_json::to_string(&Item::of(reading, None)).unwrap()
    }

    #[test]
    fn numbers_keep_every_digit_of_the_meter() {
        assert_eq!(
            json(&energy(297_964)),
            r#"{"code":"1.8.1","quantity":"active energy import","tariff":1,"phase":null,"value":2979.64,"unit":"kWh","raw":"EC8B0400","at":null}"#
        );
        assert!(json(&energy(0)).contains(r#""value":0.00,"#));
    }

    #[test]
    fn what_the_meter_marks_absent_is_null_with_a_reason() {
        let reading = Reading { value: Measured::Absent(Absent::NoData), ..energy(0) };
        assert!(json(&reading).contains(r#""value":null,"#));
        assert!(json(&reading).ends_with(r#""reason":"the meter marks this value as absent"}"#));
    }

    #[test]
    fn an_archive_value_says_of_when_it_is() {
        let reading =
            Reading { at: Some(MeterTime::date(2022, 9, 1)), ..energy(1).of_period(Period::MonthEnd(1)) };
        assert!(
            json(&reading)
                .ends_with(r#""at":null,"meter_time":"2022-09-01","period":"end of month, 1 back"}"#)
        );
    }

    #[test]
    fn texts_of_the_meter_cannot_carry_control_characters() {
        let text = Octets::from(b"ab\x1b[2J".as_slice());
        let reading = Reading {
            raw: Raw::Text(text.clone()),
            ..Reading::unnamed(Quantity::SERIAL, Measured::Text(text), Unit::None, &[])
        };
        assert!(json(&reading).contains(r#""value":"ab\\x1B[2J","unit":null,"raw":"ab\\x1B[2J""#));
    }

    #[test]
    fn a_command_without_answer_leaves_its_name_and_why() {
        let item = Item::missing("energy", "Energy", Absent::NoAnswer, None);
        assert_eq!(
            serde_json::to_string(&item).unwrap(),
            r#"{"code":null,"quantity":"Energy","tariff":null,"phase":null,"value":null,"unit":null,"raw":null,"at":null,"reason":"no answer","command":"energy"}"#
        );
    }

    #[test]
    fn times_are_rfc_3339_with_offset() {
        let at: Zoned = "2026-03-01T12:00:05.25+03:00[+03:00]".parse().unwrap();
        assert_eq!(time(&at), "2026-03-01T12:00:05.250+03:00");
    }
}
