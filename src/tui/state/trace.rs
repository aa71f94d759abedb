//! The screen of recorded traffic.

use tui_input::Input;

use super::inspector::Inspector;
use crate::trace::search::{Query, Search};
use crate::tui::widgets::keep_in_view;

/// The screen of recorded traffic.
#[derive(Debug, Clone, Default)]
pub(crate) struct TraceView {
    /// How many entries there are.
    pub len: u32,
    /// How many there were when the list was made to stand still.
    pub frozen: Option<u32>,
    /// The number of the chosen entry.
    pub at: u32,
    /// The number of the first entry on screen.
    pub top: u32,
    /// Whether the choice is not the last entry but one the person has chosen.
    pub holding: bool,
    /// Whether the bytes show where the chunks of the link begin.
    pub chunks: bool,
    /// What is typed to look for.
    pub query: Input,
    /// Whether it is being typed.
    pub searching: bool,
    /// What is looked for.
    pub needle: Query,
    /// A search under way.
    pub search: Option<Search>,
    /// What came of the last search; empty for nothing.
    pub found: String,
    /// The chosen entry, explained.
    pub detail: Inspector,
}

impl TraceView {
    /// How many entries the list shows.
    #[must_use]
    pub(crate) fn shown(&self) -> u32 {
        self.frozen.unwrap_or(self.len).min(self.len)
    }

    /// Whether the list moves with what comes.
    #[must_use]
    pub(crate) const fn is_following(&self) -> bool {
        !self.holding && self.frozen.is_none()
    }

    /// Chooses an entry and holds it.
    pub(crate) fn choose(&mut self, number: u32) {
        self.at = number.min(self.shown().saturating_sub(1));
        self.holding = true;
    }

    /// Moves the choice by so many entries. Moving up ends following.
    pub(crate) fn step(&mut self, by: i32) {
        let last = self.shown().saturating_sub(1);
        let at = self.at.saturating_add_signed(by).min(last);
        if by < 0 || self.holding {
            self.holding = true;
        }
        self.at = at;
    }

    /// Goes to the last entry and follows again.
    pub(crate) fn follow(&mut self) {
        self.frozen = None;
        self.holding = false;
        self.at = self.shown().saturating_sub(1);
    }

    /// Makes the list stand still, or lets it go.
    pub(crate) fn freeze(&mut self) {
        self.frozen = if self.frozen.is_some() { None } else { Some(self.len) };
    }

    /// Keeps the choice in the list and on screen.
    pub(crate) fn fit(&mut self, height: usize) {
        let shown = self.shown();
        if self.is_following() {
            self.at = shown.saturating_sub(1);
        }
        self.at = self.at.min(shown.saturating_sub(1));
        let top = keep_in_view(self.at as usize, self.top as usize, height.max(1), shown as usize);
        self.top = u32::try_from(top).unwrap_or(u32::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(len: u32) -> TraceView {
        let mut view = TraceView { len, ..TraceView::default() };
        view.fit(10);
        view
    }

    #[test]
    fn the_list_follows_until_the_person_moves_up_and_again_from_the_end() {
        let mut view = view(100);
        assert_eq!((view.at, view.top), (99, 90));
        view.step(-1);
        view.len = 200;
        view.fit(10);
        assert_eq!((view.at, view.top), (98, 90), "nothing moves because traffic arrives");
        view.follow();
        view.fit(10);
        assert_eq!((view.at, view.top), (199, 190));
    }

    #[test]
    fn frozen_the_list_ends_where_it_was_frozen() {
        let mut view = view(100);
        view.freeze();
        view.len = 237;
        view.fit(10);
        assert_eq!((view.shown(), view.at, view.len - view.shown()), (100, 99, 137));
        view.freeze();
        view.fit(10);
        assert_eq!(view.at, 236);
    }
}
