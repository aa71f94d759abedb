//! Prints what goes over a link, entry by entry.

use super::exit::{Exit, Stop};
use super::out::Out;
use crate::app::output::entry::{self, Show};
use crate::bus::Shown;
use crate::trace::{CaptureState, Dir, EntryKind, SharedTrace, Trace};

/// Entries that are made text of at once.
const MOST_ENTRIES: u32 = 64;

/// Prints the entries of a trace, each once.
#[derive(Debug)]
pub(super) struct Printer {
    show: Show,
    json: bool,
    out: Out,
    next: u32,
    offset: u64,
    bytes: u64,
    /// Entries that were given up before they could be printed.
    skipped: u32,
    /// Frames and bad frames each way.
    sent: Tally,
    received: Tally,
}

/// How many of what were printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    /// Frames.
    pub frames: u64,
    /// Frames with a wrong checksum or form.
    pub bad: u64,
    /// Bytes that belong to no frame.
    pub noise_bytes: u64,
    /// Encrypted frames that none of the keys that were given opens.
    pub locked: u64,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            frames: self.frames + other.frames,
            bad: self.bad + other.bad,
            noise_bytes: self.noise_bytes + other.noise_bytes,
            locked: self.locked + other.locked,
        }
    }
}

impl Printer {
    /// Nothing printed yet.
    #[must_use]
    pub(super) fn new(show: Show, json: bool) -> Self {
        Self {
            show,
            json,
            out: Out::new(),
            next: 0,
            offset: 0,
            bytes: 0,
            skipped: 0,
            sent: Tally::default(),
            received: Tally::default(),
        }
    }

    /// As [`Printer::new`], for what is printed while a link is used: see [`Printer::print_some`].
    #[must_use]
    pub(super) fn held(show: Show, json: bool) -> Self {
        Self { out: Out::held(), ..Self::new(show, json) }
    }

    /// Makes text of the next entries, at most some `most` bytes of it, and holds it; whether there were any. The trace is
    /// locked for an entry at a time.
    ///
    /// # Errors
    /// [`Stop`] when the text cannot be made.
    pub(super) fn print_some(&mut self, trace: &SharedTrace, most: usize) -> Result<bool, Stop> {
        let begun = self.next;
        while self.out.buffer().len() < most && self.next.wrapping_sub(begun) < MOST_ENTRIES {
            let text = {
                let trace = trace.lock();
                if self.next >= trace.len() {
                    break;
                }
                self.entry(&trace)
            };
            self.put(text)?;
        }
        Ok(self.next != begun)
    }

    /// What is held.
    pub(super) const fn buffer(&mut self) -> &mut Vec<u8> {
        self.out.buffer()
    }

    /// How far it has come.
    #[must_use]
    pub(super) const fn shown(&self) -> Shown {
        Shown { entries: self.next, bytes: self.offset }
    }

    /// What has come and was not printed, in words; nothing where all was.
    #[must_use]
    pub(super) fn unprinted(&self, trace: &SharedTrace) -> Option<String> {
        let trace = trace.lock();
        let entries = trace.len().saturating_sub(self.next).saturating_add(self.skipped);
        let bytes = trace.recorded_bytes().saturating_sub(self.offset);
        let captured = match trace.capture_state() {
            CaptureState::Running { .. } => "; the capture has them",
            _ => "",
        };
        let words = format!("{entries} entries, {bytes} bytes came too fast and were not printed{captured}");
        (entries > 0).then_some(words)
    }

    /// Prints a whole trace.
    ///
    /// # Errors
    /// [`Stop`] when the output cannot be written.
    pub(super) fn print_all(&mut self, trace: &Trace) -> Result<(), Stop> {
        while self.next < trace.len() {
            let text = self.entry(trace);
            self.put(text)?;
        }
        self.out.flush()
    }

    /// What was received and sent, counted.
    #[must_use]
    pub(super) const fn tally(&self, way: Dir) -> Tally {
        match way {
            Dir::Tx => self.sent,
            Dir::Rx => self.received,
        }
    }

    /// The exit code for the frames of a way: bad when one of them is, or when there is none.
    #[must_use]
    pub(super) fn judge(&self, way: Dir) -> Exit {
        let tally = self.tally(way);
        if tally.bad > 0 || tally.frames == 0 { Exit::BadAnswer } else { Exit::Done }
    }

    fn put(&mut self, text: Option<String>) -> Result<(), Stop> {
        match text {
            Some(text) if self.json => self.out.line(&text),
            Some(text) => {
                let gap = if self.bytes == 0 { "" } else { "\n" };
                self.bytes += text.len() as u64;
                self.out.text(gap)?;
                self.out.text(&text)
            }
            None => Ok(()),
        }
    }

    /// The next entry, counted and made text.
    fn entry(&mut self, trace: &Trace) -> Option<String> {
        let number = self.next;
        self.next += 1;
        let Some(explained) = entry::Explained::of(trace, number) else {
            self.skipped += 1;
            return None;
        };
        let found = explained.entry();
        let tally = if found.way == Dir::Tx { &mut self.sent } else { &mut self.received };
        match found.kind {
            EntryKind::Frame(_) => {
                tally.frames += 1;
                tally.bad += u64::from(explained.is_bad());
                tally.locked += u64::from(explained.is_locked());
            }
            EntryKind::Noise => tally.noise_bytes += u64::from(found.len),
            EntryKind::Echo | EntryKind::Mark(_) => {}
        }
        let offset = self.offset;
        self.offset += u64::from(found.len);
        if self.json { explained.json(offset, self.show) } else { Some(explained.text(offset, self.show)) }
    }
}
