//! Hex: a remark line that begins with `#`, then the bytes of the entry on a line.

use std::io::{self, Write};

use super::{Format, Row};

/// One line of hex an entry, after a remark on it. Marks are remarks alone.
#[derive(Debug)]
pub struct Hex<W: Write>(W);

impl<W: Write> Hex<W> {
    /// To a file or the like.
    #[must_use]
    pub const fn new(to: W) -> Self {
        Self(to)
    }
}

impl<W: Write> Format for Hex<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        write!(self.0, "# {} {}", row.number, row.time())?;
        for word in [row.way(), row.kind(), row.verdict()] {
            if !word.is_empty() {
                write!(self.0, " {word}")?;
            }
        }
        writeln!(self.0, ": {}", row.summary())?;
        if row.bytes.is_empty() { Ok(()) } else { writeln!(self.0, "{}", row.hex()) }
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
