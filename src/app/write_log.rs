//! The write log: every frame that may have changed a meter, with what came of it, in JSON lines.
//!
//! It is `writes.jsonl` in the state folder, for the user alone, only ever added to. A frame has one line before it
//! goes out and one after its end, joined by an id; what has no second line went out and its end is not known. Older
//! logs have one line a frame. Secrets are masked before they get here.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::config;
use super::diagnosis;
use crate::bus::{Ended, Outgoing, Witness};
use crate::frame::visible;
use crate::protocol::Access;
use crate::trace::private;
use crate::trace::regular::{self, FileFault};

/// The end of the file that is read back; older records stay in the file.
const READ_BACK: u64 = 4 << 20;
/// Room that a log must have before anything is sent: a few lines of the longest frames.
const ROOM: u64 = 64 << 10;

/// One write, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What joins its two lines; empty in older logs.
    #[serde(default)]
    pub id: String,
    /// When it went out, RFC 3339, UTC.
    pub time: jiff::Timestamp,
    /// The link's name.
    pub link: String,
    /// Model id; empty for bytes typed by hand without a meter.
    pub model: String,
    /// The meter's address as it was written; empty for none.
    pub address: String,
    /// The command's id; `raw` for bytes typed by hand.
    pub command: String,
    /// `write` or `control`; `unknown` for bytes that were not recognised.
    pub access: String,
    /// The bytes as hex, secrets as `**`.
    pub bytes: String,
    /// What came back as hex; empty for nothing.
    pub answer: String,
    /// `accepted`, or what went wrong in a word: `refused`, `silence`, `damaged`; `unknown` where no end is recorded.
    pub verdict: String,
    /// What went wrong in words; empty for nothing.
    pub reason: String,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    /// What came of a frame.
    End(End),
    /// A whole write, as older logs have it.
    Whole(Record),
    /// A frame before it goes out.
    Begin(Begin),
}

/// The line before a frame goes out; fields as in [`Record`].
#[derive(Debug, Serialize, Deserialize)]
struct Begin {
    id: String,
    time: jiff::Timestamp,
    link: String,
    model: String,
    address: String,
    command: String,
    access: String,
    bytes: String,
}

/// The line after its end; fields as in [`Record`].
#[derive(Debug, Serialize, Deserialize)]
struct End {
    id: String,
    ended: jiff::Timestamp,
    answer: String,
    verdict: String,
    reason: String,
}

impl From<Begin> for Record {
    /// Without an end so far.
    fn from(Begin { id, time, link, model, address, command, access, bytes }: Begin) -> Self {
        let (verdict, reason) = ("unknown".to_owned(), "sent, end not recorded".to_owned());
        Self {
            id,
            time,
            link,
            model,
            address,
            command,
            access,
            bytes,
            answer: String::new(),
            verdict,
            reason,
        }
    }
}

impl Record {
    fn end(&mut self, end: End) {
        let End { answer, verdict, reason, .. } = end;
        (self.answer, self.verdict, self.reason) = (answer, verdict, reason);
    }
}

/// Whose writes are kept.
#[derive(Debug, Clone, Default)]
pub struct Keeper {
    /// The file; `None` where there is no state folder.
    pub place: Option<PathBuf>,
    /// The link's name.
    pub link: String,
    /// Model id.
    pub model: String,
    /// The meter's address as it was written.
    pub address: String,
    /// The ids of the commands, in the order in which they are sent; none for bytes typed by hand.
    pub commands: Vec<&'static str>,
    /// The frame that went out last, as long as its end is not kept.
    pub open: Option<String>,
}

impl Keeper {
    fn place(&self) -> Result<&Path, String> {
        self.place.as_deref().ok_or_else(|| "there is no state folder: set XDG_STATE_HOME".to_owned())
    }

    fn keep(&self, line: &Line) -> Result<(), String> {
        let place = self.place()?;
        append(place, line).map_err(|error| refusal(place, &error))
    }

    fn begin(&self, id: String, outgoing: &Outgoing) -> Begin {
        Begin {
            id,
            time: outgoing.time,
            link: self.link.clone(),
            model: self.model.clone(),
            address: self.address.clone(),
            command: self.commands.get(outgoing.request).copied().unwrap_or("raw").to_owned(),
            access: outgoing.access.map_or("unknown", Access::word).to_owned(),
            bytes: outgoing.bytes.clone(),
        }
    }

    fn end(&self, id: String, ended: &Ended) -> End {
        let (verdict, reason) = match &ended.result {
            Ok(()) if self.commands.is_empty() => ("answered", String::new()),
            Ok(()) => ("accepted", String::new()),
            Err(failure) => diagnosis::verdict(failure),
        };
        End { id, ended: ended.time, answer: ended.answer.clone(), verdict: verdict.to_owned(), reason }
    }
}

impl Witness for Keeper {
    fn check(&mut self) -> Result<(), String> {
        let place = self.place()?;
        open(place).and_then(|file| private::reserve(&file, ROOM)).map_err(|error| refusal(place, &error))
    }

    fn begins(&mut self, outgoing: &Outgoing) -> Result<(), String> {
        let id = new_id(outgoing);
        self.keep(&Line::Begin(self.begin(id.clone(), outgoing)))?;
        self.open = Some(id);
        Ok(())
    }

    fn ends(&mut self, ended: &Ended) -> Result<(), String> {
        let Some(id) = self.open.take() else { return Ok(()) };
        self.keep(&Line::End(self.end(id, ended)))
    }
}

/// An id that no other frame has: when it goes out, from which process, the how many-th of it.
fn new_id(outgoing: &Outgoing) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{:x}-{:x}-{count:x}", outgoing.time.as_microsecond(), std::process::id())
}

/// Why a log cannot be written, with its place.
fn refusal(place: &Path, error: &io::Error) -> String {
    format!("{}: {}", visible::string(&place.to_string_lossy()), visible::error(error))
}

/// Where it is: `$XDG_STATE_HOME/meterscope/writes.jsonl`; `None` on a system without a home.
#[must_use]
pub fn place() -> Option<PathBuf> {
    Some(config::state_folder()?.join("writes.jsonl"))
}

fn open(place: &Path) -> io::Result<std::fs::File> {
    if let Some(folder) = place.parent() {
        private::own_folder(folder)?;
    }
    private::append_own_file(place)
}

fn append(place: &Path, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line).map_err(io::Error::other)?;
    text.push(b'\n');
    let mut file = open(place)?;
    // One call, so that the lines of two programs that write at once do not mix.
    if file.write(&text)? < text.len() {
        return Err(io::Error::from(io::ErrorKind::StorageFull));
    }
    file.sync_data()
}

/// The records of the file, the oldest first. A file that is not there has none; a line that is not understood
/// is left out.
///
/// # Errors
/// What the system says of a file that is there and cannot be read.
pub fn read(place: &Path) -> io::Result<Vec<Record>> {
    let mut file = match regular::open(place) {
        Err(FileFault::Missing) => return Ok(Vec::new()),
        file => file?,
    };
    let start = file.metadata()?.len().saturating_sub(READ_BACK);
    file.seek(SeekFrom::Start(start))?;
    let mut text = Vec::new();
    file.take(READ_BACK).read_to_end(&mut text)?;
    Ok(joined(text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())))
}

/// Beginnings with their ends, in the order of the beginnings.
fn joined(lines: impl Iterator<Item = Line>) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for line in lines {
        match line {
            Line::Whole(record) => records.push(record),
            Line::Begin(begin) => records.push(begin.into()),
            // It is among the last ones.
            Line::End(end) => {
                if let Some(record) = records.iter_mut().rev().find(|record| record.id == end.id) {
                    record.end(end);
                }
            }
        }
    }
    records
}

#[cfg(test)]
mod tests;
