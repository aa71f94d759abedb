//! Markdown tables, for reports and bug trackers.

use std::io::{self, Write};

use super::{Format, Row};
use crate::frame::visible;
use crate::reading::Reading;

/// A table of the entries.
#[derive(Debug)]
pub struct FramesMarkdown<W: Write>(W);

impl<W: Write> FramesMarkdown<W> {
    /// To a file or the like.
    #[must_use]
    pub const fn new(to: W) -> Self {
        Self(to)
    }
}

impl<W: Write> Format for FramesMarkdown<W> {
    fn begin(&mut self) -> io::Result<()> {
        writeln!(
            self.0,
            "| # | time | way | what | verdict | bytes |\n| ---: | --- | --- | --- | --- | --- |"
        )
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let (number, time, way) = (row.number, row.time(), row.way());
        let (what, verdict) = (escaped(&row.summary()), row.verdict());
        let bytes = if row.bytes.is_empty() { String::new() } else { format!("`{}`", row.hex()) };
        writeln!(self.0, "| {number} | {time} | {way} | {what} | {verdict} | {bytes} |")
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A table of the readings.
#[derive(Debug)]
pub struct ReadingsMarkdown<W: Write>(W);

impl<W: Write> ReadingsMarkdown<W> {
    /// To a file or the like.
    #[must_use]
    pub const fn new(to: W) -> Self {
        Self(to)
    }
}

impl<W: Write> Format for ReadingsMarkdown<W> {
    fn begin(&mut self) -> io::Result<()> {
        writeln!(self.0, "| time | address | code | quantity | value |\n| --- | --- | --- | --- | ---: |")
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let Some(dissection) = &row.dissection else {
            return Ok(());
        };
        let address = dissection.address.map(|address| address.to_string()).unwrap_or_default();
        for reading in dissection.readings.iter().flat_map(Reading::coded) {
            let code = reading.code.map(|code| code.to_string()).unwrap_or_default();
            let value = escaped(&visible::reading(&reading));
            writeln!(
                self.0,
                "| {} | {address} | {code} | {} | {value} |",
                row.time(),
                reading.quantity.name()
            )?;
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Text that stays text in a table cell.
fn escaped(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '~') {
            cell.push('\\');
        }
        cell.push(character);
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_in_its_cell() {
        assert_eq!(escaped("a|b <i> [x](y)"), "a\\|b \\<i\\> \\[x\\](y)");
    }
}
