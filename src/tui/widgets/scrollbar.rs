//! A scroll bar of one column.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Pen;
use crate::tui::theme::{Role, Theme};

/// Shows which part of a list is in view; draws nothing when all of it is.
#[derive(Debug, Clone, Copy)]
pub struct ScrollBar {
    /// How many rows the list has.
    pub total: usize,
    /// The first row in view.
    pub first: usize,
    /// How many rows are in view.
    pub shown: usize,
}

impl ScrollBar {
    /// Draws it in the first column of the area, over its full height.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let height = pen.height();
        if self.total <= self.shown || height == 0 {
            return;
        }
        let (start, end) = self.thumb(usize::from(height));
        for y in 0..height {
            let inside = (start..end).contains(&usize::from(y));
            let glyphs = theme.glyphs();
            let (sign, role) =
                if inside { (glyphs.thumb, Role::BorderFocus) } else { (glyphs.track, Role::Border) };
            pen.put(0, y, sign, role);
        }
    }

    /// First row of the thumb and the row after it; it touches an end of the track only at that end of the list.
    fn thumb(self, height: usize) -> (usize, usize) {
        let share = |of: usize| of.saturating_mul(height) / self.total.max(1);
        let length = share(self.shown).clamp(1, height);
        let free = height - length;
        let last = self.total.saturating_sub(self.shown);
        let first = self.first.min(last);
        let start = match first {
            0 => 0,
            _ if first == last => free,
            _ => (first.saturating_mul(free) / last.max(1))
                .clamp(1.min(free), free.saturating_sub(1).max(1.min(free))),
        };
        (start, start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area};

    fn bar(total: usize, first: usize, shown: usize) -> String {
        draw(1, 6, &ascii(), |a, b, t| ScrollBar { total, first, shown }.render(a, b, t)).replace('\n', "")
    }

    #[test]
    fn the_thumb_is_at_an_end_only_when_the_list_is() {
        assert_eq!(bar(100, 0, 20), "#|||||");
        assert_eq!(bar(100, 1, 20), "|#||||");
        assert_eq!(bar(100, 79, 20), "||||#|");
        assert_eq!(bar(100, 80, 20), "|||||#");
        assert_eq!(bar(12, 3, 6), "|###||");
    }

    #[test]
    fn a_list_in_full_view_has_none() {
        assert_eq!(bar(6, 0, 6), "");
        assert_eq!(bar(0, 0, 0), "");
    }

    #[test]
    fn any_area_will_do() {
        for bar in [
            ScrollBar { total: usize::MAX, first: usize::MAX, shown: 3 },
            ScrollBar { total: 9, first: 8, shown: 8 },
            ScrollBar { total: 0, first: 3, shown: 0 },
        ] {
            keeps_to_its_area(|area, buf, theme| bar.render(area, buf, theme));
        }
    }
}
