//! The bottom line: what can be pressed here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, width};
use crate::tui::theme::{Role, Theme};

/// A key and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint<'a> {
    /// The key as it is bound: `Enter`.
    pub key: &'a str,
    /// What it does, in a word or two.
    pub label: &'a str,
}

/// Key hints in a row, the most important first. When there is no room, whole hints go, the least important
/// first: a key that does not say what it does is a puzzle. The last hint (`? keys`) keeps its place.
///
/// ```text
///  Enter send   Tab pane   / find   y copy   ? keys
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Footer<'a> {
    /// The hints.
    pub hints: &'a [Hint<'a>],
}

impl<'a> Footer<'a> {
    /// Draws the hints in the first row.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let room = usize::from(pen.width());
        let shown = (0..=self.hints.len()).rev().find(|shown| self.columns(*shown) <= room).unwrap_or(0);
        let mut x = 1;
        for hint in self.kept(shown) {
            let x_label = pen.put(x, 0, hint.key, Role::Key);
            x = pen.put(x_label + 1, 0, hint.label, Role::Hint) + GAP;
        }
    }

    /// The hints that are left when `shown` of them are: the first ones and the last.
    fn kept(self, shown: usize) -> impl Iterator<Item = &'a Hint<'a>> {
        let last = self.hints.len().saturating_sub(1);
        let before = shown.saturating_sub(1);
        let is_kept = move |place: usize| place < before || (place == last && shown > 0);
        self.hints.iter().enumerate().filter(move |(place, _)| is_kept(*place)).map(|(_, hint)| hint)
    }

    /// Columns that so many hints take with a gap before and between them.
    fn columns(self, shown: usize) -> usize {
        let one = |hint: &Hint<'_>| usize::from(width(hint.key) + 1 + width(hint.label) + GAP);
        (self.kept(shown).map(one).sum::<usize>() + 1).saturating_sub(usize::from(GAP))
    }
}

/// Columns between a hint and the next.
const GAP: u16 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{draw, keeps_to_its_area, styles, unicode};

    const HINTS: &[Hint<'static>] = &[
        Hint { key: "Enter", label: "send" },
        Hint { key: "Tab", label: "pane" },
        Hint { key: "/", label: "find command" },
        Hint { key: "y", label: "copy hex" },
        Hint { key: "w", label: "arm writing" },
        Hint { key: "?", label: "keys" },
    ];

    #[test]
    fn whole_hints_go_from_the_end_and_the_way_to_help_stays() {
        let footer = Footer { hints: HINTS };
        let shown: String = [100, 80, 60, 50, 40, 30, 20, 12, 6, 2]
            .iter()
            .map(|w| draw(*w, 1, &unicode(), |a, b, t| footer.render(a, b, t)))
            .collect();
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn keys_stand_out_from_what_they_do() {
        let footer = Footer { hints: &HINTS[..2] };
        insta::assert_snapshot!(styles(40, 1, &unicode(), |a, b, t| footer.render(a, b, t)));
    }

    #[test]
    fn any_area_will_do() {
        keeps_to_its_area(|area, buf, theme| Footer { hints: HINTS }.render(area, buf, theme));
        keeps_to_its_area(|area, buf, theme| Footer { hints: &[] }.render(area, buf, theme));
    }
}
