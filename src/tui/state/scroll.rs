//! A place in a list and the part of the list that is on screen.

use crate::tui::widgets::keep_in_view;

/// Which row is chosen and which is the first on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Scroll {
    /// The chosen row.
    pub at: usize,
    /// The first row on screen.
    pub top: usize,
}

impl Scroll {
    /// Moves the choice by so many rows, stopping at both ends of a list of `len` rows.
    pub(crate) fn step(&mut self, by: isize, len: usize) {
        self.at = self.at.saturating_add_signed(by).min(len.saturating_sub(1));
    }

    /// Moves the part on screen no more than is needed to show the choice in `height` rows, and never leaves
    /// rows empty that could show something.
    pub(crate) fn fit(&mut self, height: usize, len: usize) {
        self.at = self.at.min(len.saturating_sub(1));
        self.top = keep_in_view(self.at, self.top, height.max(1), len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_stops_at_both_ends() {
        let mut scroll = Scroll::default();
        scroll.step(-3, 10);
        assert_eq!(scroll.at, 0);
        scroll.step(30, 10);
        assert_eq!(scroll.at, 9);
        scroll.step(1, 0);
        assert_eq!(scroll.at, 0);
    }
}
