//! A place in a list and the part of the list that is on screen.

/// Which row is chosen and which is the first on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The chosen row.
    pub at: usize,
    /// The first row on screen.
    pub top: usize,
}

impl Scroll {
    /// Moves the choice by so many rows, stopping at both ends of a list of `len` rows.
    pub fn step(&mut self, by: isize, len: usize) {
        self.at = self.at.saturating_add_signed(by).min(len.saturating_sub(1));
    }

    /// Moves the part on screen no more than is needed to show the choice in `height` rows, and never leaves
    /// rows empty that could show something.
    pub fn fit(&mut self, height: usize, len: usize) {
        self.at = self.at.min(len.saturating_sub(1));
        self.top = window(self.top, self.at, height, len);
    }
}

/// The first row to show so that `at` is among the `height` rows shown, as near to `top` as that allows.
#[must_use]
pub fn window(top: usize, at: usize, height: usize, len: usize) -> usize {
    let height = height.max(1);
    let lowest = (at + 1).saturating_sub(height);
    top.clamp(lowest, at.max(lowest)).min(len.saturating_sub(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_moves_only_as_far_as_it_must() {
        assert_eq!(window(0, 5, 10, 100), 0, "in view already");
        assert_eq!(window(0, 10, 10, 100), 1, "one below");
        assert_eq!(window(50, 49, 10, 100), 49, "one above");
        assert_eq!(window(95, 99, 10, 100), 90, "no empty rows at the end");
        assert_eq!(window(3, 0, 0, 0), 0, "no room and no rows");
    }

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
