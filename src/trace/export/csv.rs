//! Comma-separated values, for spreadsheets.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Format, Row};
use crate::frame::visible;
use crate::reading::{Measured, Reading};

/// One line an entry.
#[derive(Debug)]
pub struct FramesCsv<W: Write>(csv::Writer<W>);

impl<W: Write> FramesCsv<W> {
    /// To a file or the like.
    #[must_use]
    pub fn new(to: W) -> Self {
        Self(csv::Writer::from_writer(to))
    }
}

impl<W: Write> Format for FramesCsv<W> {
    fn begin(&mut self) -> io::Result<()> {
        let columns = [
            "number",
            "time",
            "way",
            "kind",
            "direction",
            "protocol",
            "address",
            "verdict",
            "latency_ms",
            "length",
            "summary",
            "hex",
        ];
        Ok(self.0.write_record(columns)?)
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let dissection = row.dissection.as_ref();
        let latency = row.latency.map(|latency| format!("{:.3}", latency.as_secs_f64() * 1000.0));
        let cells: [Cow<'_, str>; 12] = [
            row.number.to_string().into(),
            row.time().into(),
            row.way().into(),
            row.kind().into(),
            row.direction().into(),
            dissection.map_or("", |dissection| dissection.protocol).into(),
            number(dissection.and_then(|dissection| dissection.address)),
            row.verdict().into(),
            latency.unwrap_or_default().into(),
            row.bytes.len().to_string().into(),
            text(row.summary()),
            row.hex().into(),
        ];
        Ok(self.0.write_record(cells.iter().map(|cell| cell.as_bytes()))?)
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// One line a reading; only good frames have any.
#[derive(Debug)]
pub struct ReadingsCsv<W: Write>(csv::Writer<W>);

impl<W: Write> ReadingsCsv<W> {
    /// To a file or the like.
    #[must_use]
    pub fn new(to: W) -> Self {
        Self(csv::Writer::from_writer(to))
    }
}

impl<W: Write> Format for ReadingsCsv<W> {
    fn begin(&mut self) -> io::Result<()> {
        let columns = [
            "number", "time", "protocol", "address", "code", "quantity", "tariff", "phase", "period",
            "value", "unit", "raw", "at",
        ];
        Ok(self.0.write_record(columns)?)
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let Some(dissection) = &row.dissection else {
            return Ok(());
        };
        for reading in dissection.readings.iter().flat_map(Reading::coded) {
            let of_frame: [Cow<'_, str>; 4] = [
                row.number.to_string().into(),
                row.time().into(),
                dissection.protocol.into(),
                number(dissection.address),
            ];
            let cells = cells(&reading);
            self.0.write_record(of_frame.iter().chain(&cells).map(|cell| cell.as_bytes()))?;
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// One line a reading, of readings that are of no trace.
///
/// # Errors
/// When they cannot be written.
pub fn readings_csv<'a>(readings: impl Iterator<Item = &'a Reading>, to: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(["code", "quantity", "tariff", "phase", "period", "value", "unit", "raw", "at"])?;
    for reading in readings {
        csv.write_record(cells(reading).iter().map(|cell| cell.as_bytes()))?;
    }
    csv.flush()
}

/// What is written of a reading, in every table of readings.
fn cells(reading: &Reading) -> [Cow<'static, str>; 9] {
    [
        number(reading.code),
        reading.quantity.name().into(),
        number(reading.tariff),
        reading.phase.map_or("", |phase| phase.name()).into(),
        reading.period.to_string().into(),
        value(reading),
        reading.unit.symbol().into(),
        text(visible::raw(&reading.raw)),
        number(reading.at),
    ]
}

/// A number as it is; only what a meter tells as text could be a formula.
fn value(reading: &Reading) -> Cow<'static, str> {
    match &reading.value {
        Measured::Number(number) => number.to_string().into(),
        other => text(visible::measured(other)),
    }
}

/// What prints only digits and marks of its own.
fn number(value: Option<impl ToString>) -> Cow<'static, str> {
    value.map(|value| value.to_string()).unwrap_or_default().into()
}

/// Text that no spreadsheet takes for a formula.
fn text(text: String) -> Cow<'static, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_begins_like_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)"] {
            assert_eq!(text(formula.to_owned()), format!("'{formula}"));
        }
        assert_eq!(text("CE307".to_owned()), "CE307");
    }
}
