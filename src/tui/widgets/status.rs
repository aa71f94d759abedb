//! The top line: where one is connected, to whom, how well. Words go before figures, figures stay whole.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, width};
use crate::tui::theme::{Role, Theme};

/// A piece of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its full form.
    pub long: &'a str,
    /// Its form when there is little room; empty when there is none between the full form and nothing.
    pub short: &'a str,
    /// 0 stays longest; among equals the last goes first.
    pub rank: u8,
    /// Its look.
    pub role: Role,
    /// Whether it stands at the right end.
    pub right: bool,
    /// Whether it stays in full at every width.
    pub is_fixed: bool,
}

impl<'a> Piece<'a> {
    /// A piece at the left that is there in full or not at all.
    #[must_use]
    pub const fn new(long: &'a str, rank: u8, role: Role) -> Self {
        Self { long, short: "", rank, role, right: false, is_fixed: false }
    }

    /// With a short form.
    #[must_use]
    pub const fn short(self, short: &'a str) -> Self {
        Self { short, ..self }
    }

    /// Never shortened and never left out.
    #[must_use]
    pub const fn fixed(self) -> Self {
        Self { is_fixed: true, ..self }
    }

    /// At the right end.
    #[must_use]
    pub const fn at_right(self) -> Self {
        Self { right: true, ..self }
    }
}

/// The line made of its pieces.
///
/// All pieces are shortened, the least important first, before any is dropped.
#[derive(Debug, Clone, Copy)]
pub struct StatusLine<'a> {
    /// The pieces from left to right.
    pub pieces: &'a [Piece<'a>],
}

const GAP: u16 = 2;

impl StatusLine<'_> {
    /// Draws the line in the first row.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let forms = self.forms(pen.width());
        let mut left = 1;
        let at_right: u16 = self.shown(&forms, true).map(|(_, text)| width(text) + GAP).sum();
        let mut right = pen.width().saturating_sub(at_right.saturating_sub(GAP) + 1);
        for (piece, text) in self.shown(&forms, false) {
            left = pen.put(left, 0, text, piece.role) + GAP;
        }
        for (piece, text) in self.shown(&forms, true) {
            right = pen.put(right, 0, text, piece.role) + GAP;
        }
    }

    fn shown<'f>(
        &'f self,
        forms: &'f [&'f str],
        right: bool,
    ) -> impl Iterator<Item = (&'f Piece<'f>, &'f str)> {
        let both = self.pieces.iter().zip(forms.iter().copied());
        both.filter(move |(piece, text)| piece.right == right && !text.is_empty())
    }

    /// What is shown of each piece.
    fn forms(&self, room: u16) -> Vec<&str> {
        let mut forms: Vec<&str> = self.pieces.iter().map(|piece| piece.long).collect();
        let is_fixed = |index: &usize| self.pieces.get(*index).is_some_and(|piece| piece.is_fixed);
        let mut order: Vec<usize> = (0..self.pieces.len()).filter(|index| !is_fixed(index)).collect();
        order.sort_by_key(|&index| std::cmp::Reverse((self.pieces.get(index).map(|p| p.rank), index)));
        let shorter = order.iter().filter_map(|&i| Some((i, self.pieces.get(i)?.short)));
        let shorter = shorter.filter(|(_, short)| !short.is_empty());
        let gone = order.iter().map(|&i| (i, ""));
        for (index, form) in shorter.chain(gone) {
            if columns(&forms) <= usize::from(room) {
                break;
            }
            if let Some(slot) = forms.get_mut(index) {
                *slot = form;
            }
        }
        forms
    }
}

fn columns(forms: &[&str]) -> usize {
    let shown = forms.iter().filter(|form| !form.is_empty());
    shown.map(|form| usize::from(width(form)) + usize::from(GAP)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{draw, keeps_to_its_area, styles, unicode};

    const PIECES: &[Piece<'static>] = &[
        Piece::new("meterscope", 9, Role::Accent),
        Piece::new("serial:/dev/ttyUSB0 9600-8N1 ● open", 3, Role::Text).short("ttyUSB0 9600-8N1 ●"),
        Piece::new("Energomera CE307 R33", 5, Role::Text).short("CE307 R33"),
        Piece::new("#13462 (96 34)", 1, Role::Text).short("#13462"),
        Piece::new("✓12 ✗0 …0", 2, Role::Text).short("✓12 ✗0"),
        Piece::new("38 ms", 4, Role::Dim),
        Piece::new("READS ONLY", 0, Role::Good).at_right().fixed(),
    ];

    #[test]
    fn words_go_before_figures_and_figures_stay_whole() {
        let line = StatusLine { pieces: PIECES };
        let shown: String = [130, 110, 90, 80, 60, 40, 30, 20, 8]
            .iter()
            .map(|w| draw(*w, 1, &unicode(), |a, b, t| line.render(a, b, t)))
            .collect();
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn each_piece_has_its_look() {
        let line = StatusLine { pieces: PIECES };
        insta::assert_snapshot!(styles(130, 1, &unicode(), |a, b, t| line.render(a, b, t)));
    }

    #[test]
    fn any_area_will_do() {
        keeps_to_its_area(|area, buf, theme| StatusLine { pieces: PIECES }.render(area, buf, theme));
    }
}
