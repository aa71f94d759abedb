//! Standard output and standard error.

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};

use super::exit::Stop;

/// Standard output, buffered; data goes here and nothing else.
#[derive(Debug)]
pub struct Out(BufWriter<Stdout>);

impl Out {
    /// Standard output.
    #[must_use]
    pub fn new() -> Self {
        Self(BufWriter::new(io::stdout()))
    }

    /// For what writes by itself.
    pub fn writer(&mut self) -> &mut impl io::Write {
        &mut self.0
    }

    /// Writes text as it is.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub fn text(&mut self, text: &str) -> Result<(), Stop> {
        Ok(self.0.write_all(text.as_bytes())?)
    }

    /// Writes a line.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub fn line(&mut self, text: &str) -> Result<(), Stop> {
        self.text(text)?;
        self.text("\n")
    }

    /// Writes a value as one line of JSON.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub fn json(&mut self, value: &impl serde::Serialize) -> Result<(), Stop> {
        serde_json::to_writer(&mut self.0, value).map_err(io::Error::from)?;
        self.text("\n")
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub fn flush(&mut self) -> Result<(), Stop> {
        Ok(self.0.flush()?)
    }
}

/// Writes text to standard error. When nobody reads that, there is nobody left to be told.
pub fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes a remark to standard error.
pub fn remark(text: &str) {
    complain(&format!("meterscope: {text}\n"));
}

/// Tells a person at a terminal how far a long reading is, on one line that is written over.
pub fn progress(text: &str) {
    if io::stderr().is_terminal() {
        complain(&format!("\r{text}\x1B[K"));
    }
}

/// Takes the line of [`progress`] away again.
pub fn end_progress() {
    if io::stderr().is_terminal() {
        complain("\r\x1B[K");
    }
}
