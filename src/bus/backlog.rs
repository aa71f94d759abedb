//! What comes between the opening of a link and the first job on it: a message that a broker had kept, or the push of
//! a meter that is quicker than whoever wants to hear it.

use std::ops::Range;
use std::time::Duration;

use crate::frame::At;

/// What came longer ago is no news: meters speak every ten seconds or so.
const NEWS: Duration = Duration::from_secs(10);

/// Entries that are heard at most; where more came meanwhile, the latest.
const MOST_NEWS: u32 = 1024;

/// The entries that the first job on a link may hear, if it listens.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// The first entry since the link was opened, as long as no job has begun.
    first: Option<u32>,
}

impl Backlog {
    /// The link was opened when there were so many entries.
    pub(super) const fn begin(&mut self, entries: u32) {
        self.first = Some(entries);
    }

    /// A job has begun: what comes is heard by it.
    pub(super) const fn end(&mut self) {
        self.first = None;
    }

    /// The entries to be heard, where there are so many by now.
    pub(super) fn entries(&self, entries: u32) -> Range<u32> {
        self.first.map_or(0..0, |first| first.max(entries.saturating_sub(MOST_NEWS))..entries)
    }

    /// Whether what came then is news.
    pub(super) fn is_news(came: At, now: At) -> bool {
        now.since(came) <= NEWS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_came_since_the_opening_is_heard_and_of_much_the_latest() {
        let mut backlog = Backlog::default();
        assert!(backlog.entries(7).is_empty());
        backlog.begin(3);
        assert_eq!(backlog.entries(7), 3..7);
        assert_eq!(backlog.entries(5000), 5000 - MOST_NEWS..5000);
        backlog.end();
        assert!(backlog.entries(7).is_empty());
    }

    #[test]
    fn what_came_ten_seconds_ago_is_news_and_no_longer_ago() {
        let came = At::from_millis(500);
        assert!(Backlog::is_news(came, came + NEWS));
        assert!(!Backlog::is_news(came, came + NEWS + Duration::from_millis(1)));
    }
}
