//! Standard output and standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::exit::Stop;
use super::remarks::Remarks;
use crate::frame::visible;

/// Bytes that are gathered before they are written.
const GATHERED: usize = 8 * 1024;

/// How long standard error may take what is still to be said, once the program is to end.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Standard output, buffered; data goes here and nothing else.
#[derive(Debug)]
pub(super) struct Out {
    buffer: Vec<u8>,
    is_held: bool,
}

impl Out {
    /// Standard output.
    #[must_use]
    pub(super) const fn new() -> Self {
        Self { buffer: Vec::new(), is_held: false }
    }

    /// What is held until it is taken, for an [`super::outlet::Outlet`].
    #[must_use]
    pub(super) const fn held() -> Self {
        Self { buffer: Vec::new(), is_held: true }
    }

    /// What is held and not taken yet.
    pub(super) const fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// For what writes by itself.
    pub(super) const fn writer(&mut self) -> &mut impl io::Write {
        self
    }

    /// Writes text as it is.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Stop> {
        Ok(io::Write::write_all(self, text.as_bytes())?)
    }

    /// Writes a line.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Stop> {
        self.text(text)?;
        self.text("\n")
    }

    /// Writes a value as one line of JSON.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> Result<(), Stop> {
        serde_json::to_writer(&mut *self, value).map_err(io::Error::from)?;
        self.text("\n")
    }

    /// Writes what is buffered, unless it is held.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        Ok(io::Write::flush(self)?)
    }
}

impl io::Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= GATHERED {
            io::Write::flush(self)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_held || self.buffer.is_empty() {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&self.buffer).and_then(|()| stdout.flush());
        self.buffer.clear();
        written
    }
}

/// Where remarks go while a link is used.
static REMARKS: OnceLock<Remarks> = OnceLock::new();

/// Whether the program is to end soon, whoever still reads what it says.
static LEAVES_SOON: AtomicBool = AtomicBool::new(false);

/// From here on a reader of standard error that takes nothing does not hold the program up.
pub(super) fn detach_remarks() {
    REMARKS.get_or_init(|| Remarks::to(io::stderr()));
}

/// The program is to end soon: nobody is waited for any more.
pub(super) fn leave_soon() {
    LEAVES_SOON.store(true, Ordering::Relaxed);
}

/// Whether the program is to end soon.
#[must_use]
pub(super) fn leaves_soon() -> bool {
    LEAVES_SOON.load(Ordering::Relaxed)
}

/// Waits until all remarks are written; not for long, once the program is to end.
pub(super) fn finish_remarks() {
    let Some(remarks) = REMARKS.get() else { return };
    let mut begun = None;
    while !remarks.are_written() {
        let waits_since = *begun.get_or_insert_with(Instant::now);
        if leaves_soon() && waits_since.elapsed() >= LAST_WORDS {
            return;
        }
        remarks.wait();
    }
}

/// Writes text to standard error, without what looks like a key in it: one may have been typed where a name belongs.
/// When nobody reads that, there is nobody left to be told.
pub(super) fn complain(text: &str) {
    let text = visible::without_keys(text);
    match REMARKS.get() {
        Some(remarks) => remarks.say(&text),
        None => {
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }
}

/// Writes a remark to standard error.
pub(super) fn remark(text: &str) {
    complain(&format!("meterscope: {text}\n"));
}

/// Tells a person at a terminal how far a long reading is, on one line that is written over.
pub(super) fn progress(text: &str) {
    if io::stderr().is_terminal() {
        complain(&format!("\r{text}\x1B[K"));
    }
}

/// Takes the line of [`progress`] away again.
pub(super) fn end_progress() {
    if io::stderr().is_terminal() {
        complain("\r\x1B[K");
    }
}
