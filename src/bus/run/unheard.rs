//! What comes between the opening of a link and the first job on it: a message that a broker had kept, or the push of
//! a meter that is quicker than whoever wants to hear it.

use std::time::Duration;

use super::Bus;
use crate::frame::At;
use crate::trace::{EntryKind, Way};

/// What came longer ago is no news: meters speak every ten seconds or so.
const NEWS: Duration = Duration::from_secs(10);

/// Entries that are heard at most; where more came meanwhile, the latest.
const MOST_NEWS: u32 = 1024;

impl Bus {
    /// What comes from here on is kept for the first job, if that one listens.
    pub(super) fn open_ears(&mut self) {
        self.unheard = Some(self.trace.lock().len());
    }

    /// Lets the job that has just begun hear what came before it, as if it came now.
    pub(super) fn catch_up(&mut self, now: At) {
        let Some(first) = self.unheard else { return };
        let last = self.trace.lock().len();
        for number in first.max(last.saturating_sub(MOST_NEWS))..last {
            if self.talk.active.is_none() {
                return;
            }
            if let Some((kind, bytes, at)) = self.news(number, now) {
                self.talk.tell(number, kind, &bytes, now);
                self.pump(at);
            }
        }
    }

    /// A received entry with its bytes and when it came, unless that was too long ago.
    fn news(&self, number: u32, now: At) -> Option<(EntryKind, Vec<u8>, At)> {
        let trace = self.trace.lock();
        let entry = trace.entry(number)?;
        let is_news = entry.way == Way::In && now.since(entry.last) <= NEWS;
        is_news.then(|| (entry.kind, trace.bytes_of(&entry).into_owned(), entry.last))
    }
}
