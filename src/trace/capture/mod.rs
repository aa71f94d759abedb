//! The trace on disk.
//!
//! Each record is one call of the system, made before the bytes are decoded: the death of the process loses
//! nothing, a power failure at most about a second. A failing disk never stops the trace: the state says so,
//! the file keeps a clean end, and writing is tried again. Where it works again the file says what is missing; how many
//! such holes there are the state says to the end. A file whose recording ended as it should says that, too.

mod place;
mod store;
mod sync;

pub use place::{Ring, Rotation};
pub use store::Store;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::pcapng::{Encoder, Happening};
use super::{Dir, Mark};
use crate::frame::{At, visible};
use crate::link::LineError;
use crate::protocol::LineSettings;
use store::Records;
use sync::Syncer;

/// Bytes of one record; longer chunks are written as several.
const LONGEST_DATA: usize = 32 << 10;
/// After a failure, time until the next record is tried.
const RETRY: Duration = Duration::from_secs(1);
/// Where no next file can be begun, bytes by which the present one grows until that is tried again.
const OVERLENGTH: u64 = 1 << 20;
/// Marks kept for a file that is not begun before bytes come.
const MOST_WAITING: usize = 32;

/// How a capture fares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CaptureState {
    /// None was asked for.
    #[default]
    Off,
    /// No bytes have come yet, so that there is no file.
    Waiting,
    /// It is written to a file.
    Running {
        /// The file.
        path: PathBuf,
        /// Its length in bytes so far.
        bytes: u64,
        /// What is missing before.
        holes: Holes,
    },
    /// It cannot be written; the trace goes on, and writing is tried again.
    Failed {
        /// What the system said, made visible.
        why: String,
        /// Since when.
        at: At,
        /// Bytes of the link that were recorded.
        kept: u64,
        /// What is missing so far, this failure with it.
        holes: Holes,
    },
}

impl CaptureState {
    /// What is missing.
    #[must_use]
    pub const fn holes(&self) -> Holes {
        match self {
            Self::Off | Self::Waiting => Holes::NONE,
            Self::Running { holes, .. } | Self::Failed { holes, .. } => *holes,
        }
    }

    /// Whether all that went over the link is recorded, as far as it should be.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        !matches!(self, Self::Failed { .. }) && self.holes().count == 0
    }
}

/// What is missing from a capture: the disk did not take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holes {
    /// In how many places.
    pub count: u32,
    /// Bytes of the link.
    pub bytes: u64,
}

impl Holes {
    const NONE: Self = Self { count: 0, bytes: 0 };

    const fn and(self, lost: u64) -> Self {
        Self { count: self.count.saturating_add(1), bytes: self.bytes.saturating_add(lost) }
    }
}

/// Writes everything that is recorded to files.
#[derive(Debug)]
pub struct Capture {
    place: Box<dyn Rotation>,
    encoder: Encoder,
    line: Option<LineSettings>,
    file: Option<Open>,
    waiting: Vec<(Mark, Timestamp)>,
    failed: Option<Failure>,
    /// Failures that are over.
    holes: Holes,
    /// Bytes of the link that were recorded.
    kept: u64,
    /// The time of the last record.
    latest: Timestamp,
    /// The file says that it is complete.
    is_ended: bool,
    /// Something that has lost nothing yet: no next file could be begun, or the disk did not take what was
    /// written.
    trouble: Option<(String, At)>,
    syncer: Option<Syncer>,
}

/// The file being written.
#[derive(Debug)]
struct Open {
    records: Records,
    path: PathBuf,
    /// Length at which the next one is begun.
    limit: u64,
}

/// Records cannot be written.
#[derive(Debug)]
struct Failure {
    why: String,
    since: At,
    tried: At,
    /// How many times in a row; the first is followed by another try at once.
    tries: u32,
    lost: u64,
}

impl Capture {
    /// To a new file of a name of the user's, begun at once. `name` is the link's.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when there is something of that name, and what else the system says.
    pub fn to_file(path: &Path, name: &str, line: Option<LineSettings>) -> io::Result<Self> {
        let mut capture = Self::with_syncer(Box::new(place::Single::open(path)?), name, line)?;
        capture.begin(Timestamp::UNIX_EPOCH)?;
        Ok(capture)
    }

    /// To a ring of files. The first is begun when bytes come, so that sessions without traffic leave none.
    ///
    /// # Errors
    /// What the system says when no thread can be started.
    pub fn to_ring(ring: Ring, name: &str, line: Option<LineSettings>) -> io::Result<Self> {
        Self::with_syncer(Box::new(ring), name, line)
    }

    fn with_syncer(place: Box<dyn Rotation>, name: &str, line: Option<LineSettings>) -> io::Result<Self> {
        let mut capture = Self::to_place(place, name, line);
        capture.syncer = Some(Syncer::start()?);
        Ok(capture)
    }

    /// To files of one's own making, which are not brought to the disk by this.
    #[must_use]
    pub fn to_place(place: Box<dyn Rotation>, name: &str, line: Option<LineSettings>) -> Self {
        let encoder = Encoder::new(&visible::string(name));
        Self {
            place,
            encoder,
            line,
            file: None,
            waiting: Vec::new(),
            failed: None,
            holes: Holes::NONE,
            kept: 0,
            latest: Timestamp::UNIX_EPOCH,
            is_ended: false,
            trouble: None,
            syncer: None,
        }
    }

    /// How it fares.
    #[must_use]
    pub fn state(&self) -> CaptureState {
        let Self { kept, holes, .. } = *self;
        match (&self.failed, &self.trouble, &self.file) {
            (Some(Failure { why, since, lost, .. }), ..) => {
                CaptureState::Failed { why: why.clone(), at: *since, kept, holes: holes.and(*lost) }
            }
            (None, Some((why, at)), _) => CaptureState::Failed { why: why.clone(), at: *at, kept, holes },
            (None, None, Some(open)) => {
                CaptureState::Running { path: open.path.clone(), bytes: open.records.length(), holes }
            }
            (None, None, None) => CaptureState::Waiting,
        }
    }

    pub(super) fn bytes(&mut self, way: Dir, bytes: &[u8], at: At, wall: Timestamp) {
        let what = match way {
            Dir::Tx => Happening::Sent,
            Dir::Rx => Happening::Received,
        };
        self.data(what, bytes, at, wall);
    }

    /// Received bytes that were all damaged in the same way.
    pub(super) fn damaged(&mut self, error: LineError, bytes: &[u8], at: At, wall: Timestamp) {
        self.data(Happening::Damaged(error), bytes, at, wall);
    }

    fn data(&mut self, what: Happening, bytes: &[u8], at: At, wall: Timestamp) {
        for bytes in bytes.chunks(LONGEST_DATA) {
            self.attempt(Record::Data(what, bytes), at, wall);
        }
    }

    pub(super) fn sent(&mut self, at: At, wall: Timestamp) {
        if self.file.is_some() {
            self.attempt(Record::Data(Happening::SendEnd, &[]), at, wall);
        }
    }

    pub(super) fn mark(&mut self, mark: &Mark, at: At, wall: Timestamp) {
        if let Mark::Line(line) = mark {
            self.line = Some(*line);
        }
        if self.file.is_some() || self.failed.is_some() {
            self.attempt(Record::Mark(mark), at, wall);
        } else {
            if self.waiting.len() >= MOST_WAITING {
                self.waiting.remove(0);
            }
            self.waiting.push((mark.clone(), wall));
        }
    }

    /// Ends the file: nothing that went over the link is missing behind its last record. What cannot be written is left
    /// out, and the file lacks its end then.
    pub(super) fn end(&mut self) {
        let is_open = self.file.is_some() && !self.is_ended;
        if is_open && self.store(Record::End, self.latest).is_ok() {
            self.is_ended = true;
            self.works_again();
        }
    }

    /// Writes a record, unless that failed twice less than a second ago.
    fn attempt(&mut self, record: Record<'_>, at: At, wall: Timestamp) {
        (self.latest, self.is_ended) = (wall, false);
        let is_too_early = |failure: &Failure| failure.tries > 1 && at.since(failure.tried) < RETRY;
        if self.failed.as_ref().is_some_and(is_too_early) {
            return self.lose(record);
        }
        match self.write(record, at, wall) {
            Ok(()) => self.written(at),
            Err(error) => self.fail(&error, record, at),
        }
    }

    fn write(&mut self, record: Record<'_>, at: At, wall: Timestamp) -> io::Result<()> {
        let is_new = self.ready(at, wall)?;
        self.store(record, wall)?;
        if let Record::Data(_, bytes) = record {
            self.kept += bytes.len() as u64;
        }
        if is_new {
            self.place.prune();
        }
        Ok(())
    }

    /// Sees to it that there is a file with room; whether it is a new one. Where no next file can be begun,
    /// the present one grows.
    fn ready(&mut self, at: At, wall: Timestamp) -> io::Result<bool> {
        let Some(open) = &self.file else {
            self.begin(wall)?;
            for (mark, wall) in std::mem::take(&mut self.waiting) {
                self.store(Record::Mark(&mark), wall)?;
            }
            return Ok(true);
        };
        if open.records.length() < open.limit {
            return Ok(false);
        }
        let begun = self.begin(wall);
        if let (Err(error), Some(open)) = (&begun, &mut self.file) {
            open.limit = open.records.length() + OVERLENGTH;
            self.trouble = Some((visible::error(&error), at));
        }
        Ok(begun.is_ok())
    }

    /// Begins the next file; the one before stays in use should that fail.
    fn begin(&mut self, wall: Timestamp) -> io::Result<()> {
        let (store, path) = self.place.create(wall)?;
        let (mut records, mut encoder) = (Records::new(store), self.encoder.afresh());
        if let Err(error) = records.append(encoder.begin(self.line)) {
            drop(records);
            self.place.discard(&path);
            return Err(error);
        }
        if let (Some(syncer), Some(handle)) = (&self.syncer, records.handle()) {
            syncer.file(handle);
        }
        if self.failed.is_none() {
            // The one before is whole; without this it only seems to be cut off.
            let _ = self.store(Record::End, wall);
        }
        self.encoder = encoder;
        let before = self.file.replace(Open { records, path, limit: self.place.limit() });
        if let Some(mut before) = before {
            before.records.release();
        }
        self.trouble = None;
        Ok(())
    }

    /// Writes a record, and before it, in one piece with it, the hole that a failure has left.
    fn store(&mut self, record: Record<'_>, wall: Timestamp) -> io::Result<()> {
        let Some(Open { records, .. }) = &mut self.file else {
            return Ok(());
        };
        if let Some(line) = self.line
            && let Some(block) = self.encoder.line(line)
        {
            records.append(block)?;
            self.encoder.line_written(line);
        }
        let hole = self.failed.as_ref().map(|Failure { lost, why, .. }| {
            let text = format!("{lost} bytes are missing here: {why}");
            self.encoder.hole(&text, wall).to_vec()
        });
        let block = match record {
            Record::Data(what, bytes) => self.encoder.data(what, bytes, wall),
            Record::Mark(mark) => self.encoder.remark(&mark.to_string(), wall),
            Record::End => self.encoder.complete(wall),
        };
        match hole {
            Some(hole) => records.append(&[&hole, block].concat()),
            None => records.append(block),
        }
    }

    fn works_again(&mut self) {
        if let Some(failure) = self.failed.take() {
            self.holes = self.holes.and(failure.lost);
        }
    }

    fn written(&mut self, at: At) {
        self.works_again();
        let Some(syncer) = &self.syncer else {
            return;
        };
        match (syncer.failure(), &self.trouble) {
            (Some(why), None) => self.trouble = Some((visible::string(&why), at)),
            (None, Some(_)) if self.file.as_ref().is_some_and(|open| open.limit == self.place.limit()) => {
                self.trouble = None;
            }
            _ => {}
        }
        syncer.dirty();
    }

    fn fail(&mut self, error: &io::Error, record: Record<'_>, at: At) {
        let why = visible::error(&error);
        let before = self.failed.take();
        let (since, tries, lost) = before.map_or((at, 0, 0), |f| (f.since, f.tries, f.lost));
        self.failed = Some(Failure { why, since, tried: at, tries: tries.saturating_add(1), lost });
        self.lose(record);
    }

    fn lose(&mut self, record: Record<'_>) {
        if let (Some(failure), Record::Data(_, bytes)) = (&mut self.failed, record) {
            failure.lost += bytes.len() as u64;
        }
    }
}

/// What is to be written.
#[derive(Clone, Copy)]
enum Record<'a> {
    Data(Happening, &'a [u8]),
    Mark(&'a Mark),
    End,
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests;
