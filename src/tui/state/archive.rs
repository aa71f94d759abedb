//! The screen of the load profile: which days are read, what was read of them.

use super::scroll::Scroll;
use crate::app::archive::{Archive, Day};

/// Days that are read at most at once, and the furthest that a meter keeps unless it says otherwise.
pub(crate) const MOST_DAYS: u16 = 128;

/// The screen of the load profile.
#[derive(Debug, Clone)]
pub(crate) struct ArchiveView {
    /// The newest day that is read, in days back.
    pub first: u16,
    /// How many days are read.
    pub count: u16,
    /// What was read.
    pub read: Archive,
    /// What was odd about it.
    pub remarks: Vec<String>,
    /// Why the last reading ended early; empty where it did not.
    pub trouble: String,
    /// The chosen day, the newest first.
    pub days: Scroll,
    /// The chosen interval of it.
    pub intervals: Scroll,
}

impl Default for ArchiveView {
    fn default() -> Self {
        Self {
            first: 0,
            count: 1,
            read: Archive::default(),
            remarks: Vec::new(),
            trouble: String::new(),
            days: Scroll::default(),
            intervals: Scroll::default(),
        }
    }
}

impl ArchiveView {
    /// The days, the newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Day> {
        self.read.days().iter().rev()
    }

    /// The chosen day.
    #[must_use]
    pub(crate) fn day(&self) -> Option<&Day> {
        self.newest_first().nth(self.days.at)
    }

    /// Reads so many days more or fewer.
    pub(crate) fn change_count(&mut self, by: i16) {
        self.count = self.count.saturating_add_signed(by).clamp(1, MOST_DAYS - self.first);
    }

    /// Begins so many days earlier or later.
    pub(crate) fn change_first(&mut self, by: i16) {
        self.first = self.first.saturating_add_signed(by).min(MOST_DAYS - self.count);
    }

    /// Which days are read, in words.
    #[must_use]
    pub(crate) fn wanted(&self) -> String {
        let last = self.first + self.count - 1;
        match (self.first, self.count) {
            (0, 1) => "today".to_owned(),
            (1, 1) => "yesterday".to_owned(),
            (back, 1) => format!("{back} days back"),
            (0, _) => format!("today and {last} before"),
            (first, _) => format!("{first} to {last} days back"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_and_any_of_the_last_127_days_can_be_wanted() {
        let mut view = ArchiveView::default();
        assert_eq!(view.wanted(), "today");
        view.change_first(500);
        assert_eq!((view.first, view.wanted().as_str()), (127, "127 days back"));
        view.change_count(5);
        assert_eq!(view.count, 1);
        view.change_first(-500);
        view.change_count(500);
        assert_eq!((view.count, view.wanted().as_str()), (128, "today and 127 before"));
        view.change_count(-500);
        view.change_first(1);
        assert_eq!(view.wanted(), "yesterday");
    }
}
