//! The screen of recorded traffic.

use tui_input::Input;

use super::inspector::Inspector;
use crate::frame::{Span, hex};
use crate::tui::widgets::keep_in_view;

/// What is looked for in the trace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needle {
    /// Words of the summary, lower case.
    pub text: String,
    /// Bytes, when the text can be read as hex.
    pub bytes: Vec<u8>,
}

impl Needle {
    /// Reads a search: hex digits are also looked for as bytes.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let is_hex = text.bytes().any(|b| b.is_ascii_hexdigit());
        let bytes = if is_hex { hex::parse(text).unwrap_or_default() } else { Vec::new() };
        Self { text: text.to_lowercase(), bytes }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Where the bytes that are looked for stand in a frame, apart from each other.
    #[must_use]
    pub fn hits(&self, bytes: &[u8]) -> Vec<Span> {
        let wanted = self.bytes.len();
        let mut hits: Vec<Span> = Vec::new();
        if wanted == 0 {
            return hits;
        }
        for (at, run) in bytes.windows(wanted).enumerate() {
            let is_free = hits.last().is_none_or(|hit| hit.range().end <= at);
            if is_free && run == self.bytes {
                hits.push(Span::new(at, at + wanted));
            }
        }
        hits
    }

    /// Whether an entry with this summary and these bytes is one of those looked for.
    #[must_use]
    pub fn finds(&self, summary: &str, bytes: &[u8]) -> bool {
        if self.is_empty() {
            return false;
        }
        let in_bytes = !self.bytes.is_empty() && bytes.windows(self.bytes.len()).any(|run| run == self.bytes);
        in_bytes || summary.to_lowercase().contains(&self.text)
    }
}

/// A search under way, done a stretch at a time so that keys are still answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// The next entry to look at.
    pub at: u32,
    /// Towards the end or the beginning.
    pub forward: bool,
    /// How many entries are left to look at.
    pub left: u32,
}

/// The screen of recorded traffic.
#[derive(Debug, Clone, Default)]
pub struct TraceView {
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
    pub needle: Needle,
    /// A search under way.
    pub scan: Option<Scan>,
    /// What came of the last search; empty for nothing.
    pub found: String,
    /// The chosen entry, explained.
    pub detail: Inspector,
}

impl TraceView {
    /// How many entries the list shows.
    #[must_use]
    pub fn shown(&self) -> u32 {
        self.frozen.unwrap_or(self.len).min(self.len)
    }

    /// Whether the list moves with what comes.
    #[must_use]
    pub const fn is_following(&self) -> bool {
        !self.holding && self.frozen.is_none()
    }

    /// Chooses an entry and holds it.
    pub fn choose(&mut self, number: u32) {
        self.at = number.min(self.shown().saturating_sub(1));
        self.holding = true;
    }

    /// Moves the choice by so many entries. Moving up ends following.
    pub fn step(&mut self, by: i32) {
        let last = self.shown().saturating_sub(1);
        let at = self.at.saturating_add_signed(by).min(last);
        if by < 0 || self.holding {
            self.holding = true;
        }
        self.at = at;
    }

    /// Goes to the last entry and follows again.
    pub fn follow(&mut self) {
        self.frozen = None;
        self.holding = false;
        self.at = self.shown().saturating_sub(1);
    }

    /// Makes the list stand still, or lets it go.
    pub fn freeze(&mut self) {
        self.frozen = if self.frozen.is_some() { None } else { Some(self.len) };
    }

    /// Keeps the choice in the list and on screen.
    pub fn fit(&mut self, height: usize) {
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

    #[test]
    fn hex_is_looked_for_as_bytes_and_as_text() {
        let needle = Needle::new("01 30");
        assert!(needle.finds("", &[0xD2, 0x01, 0x30, 0x00]));
        assert!(!needle.finds("", &[0x01, 0x31]));
        assert!(Needle::new("kwh").finds("T1 2979.64 kWh", &[]));
        assert!(!Needle::new("").finds("anything", &[1]));
    }

    #[test]
    fn hits_in_a_frame_stand_apart_from_each_other() {
        let hits = Needle::new("FF FF").hits(&[0xFF, 0xFF, 0xFF, 0, 0xFF, 0xFF]);
        assert_eq!(hits, [Span::new(0, 2), Span::new(4, 6)]);
        assert_eq!(Needle::new("kwh").hits(&[1, 2]), []);
    }
}
