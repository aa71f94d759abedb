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

/// Key hints in a row, the most important first. When there is no room, labels are dropped from the end, and
/// only when no label is left, keys. The last hint (`? keys`) keeps its place as long as one key is shown.
///
/// ```text
///  Enter send   Tab pane   / find   y copy   ? keys
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Footer<'a> {
    /// The hints.
    pub hints: &'a [Hint<'a>],
}

/// How many hints are shown, and how many of those with their label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fit {
    shown: usize,
    labelled: usize,
}

impl Fit {
    /// The last hint keeps its label as long as the first one does.
    const fn has_label(self, place: usize) -> bool {
        place + 1 < self.labelled || (place + 1 == self.shown && self.labelled > 0)
    }
}

impl<'a> Footer<'a> {
    /// Draws the hints in the first row.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let fit = self.fit(pen.width());
        let mut x = 1;
        for (place, hint) in self.kept(fit.shown).enumerate() {
            let x_label = pen.put(x, 0, hint.key, Role::Key);
            x = if fit.has_label(place) {
                pen.put(x_label + 1, 0, hint.label, Role::Hint) + 3
            } else {
                x_label + 2
            };
        }
    }

    /// The hints that are left when `shown` of them are: the first ones and the last.
    fn kept(self, shown: usize) -> impl Iterator<Item = &'a Hint<'a>> {
        let last = self.hints.len().saturating_sub(1);
        let before = shown.saturating_sub(1);
        self.hints
            .iter()
            .enumerate()
            .filter(move |(i, _)| *i < before || (*i == last && shown > 0))
            .map(|(_, h)| h)
    }

    fn fit(self, room: u16) -> Fit {
        let all = self.hints.len();
        let labels = (0..=all).rev().map(|labelled| Fit { shown: all, labelled });
        let keys = (0..all).rev().map(|shown| Fit { shown, labelled: 0 });
        labels
            .chain(keys)
            .find(|fit| self.columns(*fit) <= usize::from(room))
            .unwrap_or(Fit { shown: 0, labelled: 0 })
    }

    fn columns(self, fit: Fit) -> usize {
        let one = |(place, hint): (usize, &Hint<'_>)| {
            let label = if fit.has_label(place) { usize::from(width(hint.label)) + 2 } else { 0 };
            usize::from(width(hint.key)) + label + 2
        };
        self.kept(fit.shown).enumerate().map(one).sum()
    }
}

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
    fn labels_go_before_keys_and_the_way_to_help_stays() {
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
