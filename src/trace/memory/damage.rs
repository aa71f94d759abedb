//! Bytes that were received damaged.

use super::Trace;
use crate::frame::At;
use crate::link::{LineError, LineErrors};
use crate::trace::{Dir, Mark};

/// Marks of damage that are kept in memory: on a line of the wrong speed every byte is damaged.
const MOST_MARKS: u32 = 10_000;

/// What is known of damage on the line.
#[derive(Debug, Default)]
pub(super) struct Damaged {
    errors: LineErrors,
    marks: u32,
}

impl Trace {
    /// Records received bytes that were all damaged in the same way, as they were received, and says so in a mark
    /// before them. After ten thousand such marks damage is only counted and captured.
    pub fn record_damaged(&mut self, error: LineError, bytes: &[u8], at: At) {
        let wall = self.wall(at);
        if let Some(capture) = &mut self.capture {
            capture.damaged(error, bytes, at, wall);
        }
        // A capture may tell of damage without the bytes.
        self.damaged.errors.add(error, (bytes.len() as u64).max(1));
        if let Some(text) = self.words_on(error, bytes) {
            self.push_mark(Mark::Note(text), at);
        }
        self.keep(Dir::Rx, bytes, at);
    }

    /// How many characters were received damaged.
    #[must_use]
    pub const fn line_errors(&self) -> LineErrors {
        self.damaged.errors
    }

    /// What a mark says; `None` when there were too many already.
    fn words_on(&mut self, error: LineError, bytes: &[u8]) -> Option<String> {
        self.damaged.marks = self.damaged.marks.saturating_add(1);
        match self.damaged.marks {
            MOST_MARKS => {
                Some("line errors from here on are counted and captured, but not listed".to_owned())
            }
            1..MOST_MARKS => Some(words(error, bytes, self.pending(Dir::Rx))),
            _ => None,
        }
    }
}

/// Such as `parity error, byte 3 from here`. So many bytes before them belong to no entry yet. The bytes themselves
/// may be those of a password, which shows only once all of it has come: they are shown with their entry.
fn words(error: LineError, bytes: &[u8], before: u64) -> String {
    let (first, last) = (before + 1, before + bytes.len() as u64);
    match bytes.len() {
        0 => error.to_string(),
        1 => format!("{error}, byte {first} from here"),
        _ => format!("{error}s, bytes {first} to {last} from here"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn marks(trace: &Trace) -> Vec<String> {
        let entries = (0..trace.len()).filter_map(|number| trace.entry(number));
        entries.filter_map(|entry| trace.mark_of(&entry).map(ToString::to_string)).collect()
    }

    #[test]
    fn a_damaged_byte_is_recorded_as_received_and_its_place_is_named() {
        let mut trace = Trace::new(Timestamp::UNIX_EPOCH);
        trace.record(Dir::Rx, b"/T", At::ZERO);
        trace.record_damaged(LineError::Parity, b"P", At::ZERO);
        trace.record_damaged(LineError::Framing, b"123456789", At::ZERO);
        assert_eq!(&*trace.pending_bytes(Dir::Rx, 100), b"/TP123456789");
        assert_eq!(
            marks(&trace),
            ["parity error, byte 3 from here", "framing errors, bytes 4 to 12 from here",]
        );
        assert_eq!(trace.line_errors(), LineErrors { parity: 1, framing: 9, breaks: 0 });
    }

    #[test]
    fn damage_without_end_is_counted_but_not_listed_without_end() {
        let mut trace = Trace::new(Timestamp::UNIX_EPOCH);
        for _ in 0..MOST_MARKS + 5 {
            trace.record_damaged(LineError::Break, &[0], At::ZERO);
        }
        assert_eq!(trace.line_errors().breaks, u64::from(MOST_MARKS) + 5);
        assert_eq!(trace.len(), MOST_MARKS);
        assert!(marks(&trace).last().unwrap().contains("not listed"));
    }
}
