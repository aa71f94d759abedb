//! A bordered pane. The one with the focus has a heavier border and a mark in its title.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, width};
use crate::tui::theme::{Role, Theme};

/// A border with a title at the left, a remark at the right and a remark at the bottom.
///
/// ```text
/// ┏ ▶ Compose: Energy by tariff ━━━━━━━ 17 bytes ┓
/// ┃                                              ┃
/// ┗━━━━━━━━━━━━━━━━━━━━━━ Enter send · r repeat ━┛
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Pane<'a> {
    /// What it is.
    pub title: &'a str,
    /// A remark at the right of the title; dropped first when there is no room.
    pub right: &'a str,
    /// A remark in the bottom border, at the right.
    pub bottom: &'a str,
    /// Whether keys go to it.
    pub focused: bool,
}

impl Pane<'_> {
    /// What is left for its content.
    #[must_use]
    pub const fn inner(area: Rect) -> Rect {
        Rect {
            x: area.x.saturating_add(1),
            y: area.y.saturating_add(1),
            width: area.width.saturating_sub(2),
            height: area.height.saturating_sub(2),
        }
    }

    /// Draws border and titles; the content is left alone.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        if pen.width() < 2 || pen.height() < 2 {
            return;
        }
        self.border(&mut pen);
        let end = self.titles(&mut pen);
        let room = pen.width().saturating_sub(end + 3);
        if !self.right.is_empty() && pen.measure(self.right) <= room {
            let x = pen.width() - pen.measure(self.right) - 3;
            pen.put(x, 0, &format!(" {} ", self.right), Role::Dim);
        }
        let room = pen.width().saturating_sub(5);
        if !self.bottom.is_empty() && pen.measure(self.bottom) <= room {
            let x = pen.width() - pen.measure(self.bottom) - 4;
            pen.put(x, pen.height() - 1, &format!(" {} ", self.bottom), Role::Hint);
        }
    }

    fn border(self, pen: &mut Pen<'_>) {
        let glyphs = pen.theme().glyphs();
        let (set, role) = if self.focused {
            (glyphs.border_focus, Role::BorderFocus)
        } else {
            (glyphs.border, Role::Border)
        };
        let (right, bottom) = (pen.width() - 1, pen.height() - 1);
        pen.repeat(1, 0, right - 1, set.horizontal_top, role);
        pen.repeat(1, bottom, right - 1, set.horizontal_bottom, role);
        for y in 1..bottom {
            pen.put(0, y, set.vertical_left, role);
            pen.put(right, y, set.vertical_right, role);
        }
        pen.put(0, 0, set.top_left, role);
        pen.put(right, 0, set.top_right, role);
        pen.put(0, bottom, set.bottom_left, role);
        pen.put(right, bottom, set.bottom_right, role);
    }

    /// Gives the column after the title.
    fn titles(self, pen: &mut Pen<'_>) -> u16 {
        let mark = if self.focused { pen.theme().glyphs().current } else { "" };
        let gap = if mark.is_empty() { "" } else { " " };
        let room = pen.width().saturating_sub(4 + width(mark) + width(gap));
        if self.title.is_empty() && mark.is_empty() || room < 1 {
            return 1;
        }
        let x = pen.put(1, 0, &format!(" {mark}{gap}"), Role::BorderFocus);
        let x = pen.fit(x, 0, room, self.title, Role::Title);
        pen.put(x, 0, " ", Role::Border)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, styles, unicode};

    const PANE: Pane<'static> = Pane {
        title: "Compose: Energy by tariff (0130)",
        right: "17 bytes",
        bottom: "Enter send · r repeat",
        focused: true,
    };

    #[test]
    fn the_focus_shows_without_colour() {
        let calm = Pane { focused: false, ..PANE };
        let mut shown = draw(60, 3, &unicode(), |a, b, t| PANE.render(a, b, t));
        shown += &draw(60, 3, &unicode(), |a, b, t| calm.render(a, b, t));
        shown += &draw(60, 3, &ascii(), |a, b, t| PANE.render(a, b, t));
        shown += &draw(60, 3, &ascii(), |a, b, t| calm.render(a, b, t));
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn the_remark_goes_before_the_title_is_cut() {
        let shown: String = [46, 40, 24, 10, 5, 3]
            .iter()
            .map(|w| draw(*w, 2, &unicode(), |a, b, t| PANE.render(a, b, t)))
            .collect();
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn the_border_of_the_focus_is_heavier_in_colour_too() {
        insta::assert_snapshot!(styles(30, 2, &unicode(), |a, b, t| PANE.render(a, b, t)));
    }

    #[test]
    fn any_area_will_do() {
        keeps_to_its_area(|area, buf, theme| PANE.render(area, buf, theme));
    }
}
