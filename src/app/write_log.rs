//! The write log: every frame that may have changed a meter, with what came of it, one JSON object a line.
//!
//! It is `writes.jsonl` in the state folder, for the user alone, only ever added to. Secrets are masked before
//! they get here.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::config;
use super::diagnosis;
use crate::bus::{Witness, Written};
use crate::trace::private;
use crate::trace::regular::{self, FileFault};

/// The end of the file that is read back; older records stay in the file.
const READ_BACK: u64 = 4 << 20;

/// One write, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
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
    /// `accepted`, or what went wrong in a word: `refused`, `silence`, `damaged`.
    pub verdict: String,
    /// What went wrong in words; empty for nothing.
    pub reason: String,
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
}

impl Keeper {
    fn record(&self, written: &Written) -> Record {
        let (verdict, reason) = match &written.result {
            Ok(()) if self.commands.is_empty() => ("answered", String::new()),
            Ok(()) => ("accepted", String::new()),
            Err(failure) => diagnosis::verdict(failure),
        };
        Record {
            time: written.time,
            link: self.link.clone(),
            model: self.model.clone(),
            address: self.address.clone(),
            command: self.commands.get(written.request).copied().unwrap_or("raw").to_owned(),
            access: written.access.map_or("unknown", |access| access.word()).to_owned(),
            bytes: written.bytes.clone(),
            answer: written.answer.clone(),
            verdict: verdict.to_owned(),
            reason,
        }
    }
}

impl Witness for Keeper {
    fn wrote(&mut self, written: &Written) -> Result<(), String> {
        let place = self.place.as_deref().ok_or("there is no state folder: set XDG_STATE_HOME")?;
        append(place, &self.record(written)).map_err(|error| error.to_string())
    }
}

/// Where it is: `$XDG_STATE_HOME/meterscope/writes.jsonl`; `None` on a system without a home.
#[must_use]
pub fn place() -> Option<PathBuf> {
    Some(config::state_folder()?.join("writes.jsonl"))
}

fn append(place: &Path, record: &Record) -> std::io::Result<()> {
    if let Some(folder) = place.parent() {
        private::own_folder(folder)?;
    }
    let line = serde_json::to_string(record).map_err(std::io::Error::other)? + "\n";
    // One call, so that the lines of two programs that write at once do not mix.
    private::append_file(place)?.write_all(line.as_bytes())
}

/// The records of the file, the oldest first. A file that is not there has none; a line that is not understood
/// is left out.
///
/// # Errors
/// What the system says of a file that is there and cannot be read.
pub fn read(place: &Path) -> std::io::Result<Vec<Record>> {
    let mut file = match regular::open(place) {
        Err(FileFault::Missing) => return Ok(Vec::new()),
        file => file?,
    };
    let start = file.metadata()?.len().saturating_sub(READ_BACK);
    file.seek(SeekFrom::Start(start))?;
    let mut text = Vec::new();
    file.take(READ_BACK).read_to_end(&mut text)?;
    Ok(text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Access, Failure, Fault};

    fn written(result: Result<(), Failure>) -> Written {
        Written {
            time: "2026-03-01T14:02:11Z".parse().unwrap(),
            request: 0,
            access: Some(Access::Write),
            bytes: "01 57 31".into(),
            answer: "06".into(),
            result,
        }
    }

    fn keeper(folder: &Path) -> Keeper {
        Keeper {
            place: Some(folder.join("deep/writes.jsonl")),
            link: "sim:".into(),
            model: "neva-mt324".into(),
            address: String::new(),
            commands: vec!["set-clock"],
        }
    }

    #[test]
    fn what_was_kept_is_read_back_in_order_and_broken_lines_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut keeper = keeper(folder.path());
        let place = keeper.place.clone().unwrap();
        assert_eq!(read(&place).unwrap(), Vec::new());
        keeper.wrote(&written(Ok(()))).unwrap();
        private::append_file(&place).unwrap().write_all(b"{\"time\": 5}\n\x1b[2J\n").unwrap();
        let fault = Fault::Refused { code: Some(1), meaning: "no such code" };
        keeper.wrote(&written(Err(Failure { step: "Set date and time", fault }))).unwrap();
        let records = read(&place).unwrap();
        let shown: Vec<(&str, &str, &str)> = records
            .iter()
            .map(|record| (record.command.as_str(), record.verdict.as_str(), record.reason.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("set-clock", "accepted", ""),
                ("set-clock", "refused", "Set date and time: error 01, no such code")
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_the_users_alone_and_a_link_in_its_place_is_not_followed() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mut keeper = keeper(folder.path());
        keeper.wrote(&written(Ok(()))).unwrap();
        let place = keeper.place.clone().unwrap();
        assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&place, &link).unwrap();
        keeper.place = Some(link);
        assert!(keeper.wrote(&written(Ok(()))).is_err());
        keeper.place = None;
        assert!(keeper.wrote(&written(Ok(()))).unwrap_err().contains("XDG_STATE_HOME"));
    }
}
