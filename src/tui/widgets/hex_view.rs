//! The bytes of a layer: offset, hex, text.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Pen, hex_columns::HexColumns};
use crate::frame::{FieldTree, Layer, Span, Value, hex, visible};
use crate::tui::theme::{Role, Theme};

/// A hex view. Neighbouring fields look different; the cursor's byte stands in brackets and its field is lit.
///
/// ```text
/// 00  C0 48 FD 00 96 34 57 01  30 00 09 22 EC 8B 04 00  ·H··4W·0··"····
/// 10 [1C]C0                                             ··
/// ```
#[derive(Debug, Clone, Copy)]
pub struct HexView<'a> {
    /// The bytes and their fields.
    pub layer: &'a Layer,
    /// The byte under the cursor.
    pub cursor: Option<usize>,
    /// The bytes to light, such as those of the field under the cursor.
    pub lit: Span,
    /// Indexes of the bytes with which a new chunk begins, ascending; 0 need not be among them.
    pub chunks: &'a [usize],
    /// What a search has found, ascending and apart from each other.
    pub matches: &'a [Span],
    /// Whether secret bytes are shown.
    pub revealed: bool,
    /// The first row to draw.
    pub scroll: usize,
}

impl<'a> HexView<'a> {
    /// A view from the first row, without cursor.
    #[must_use]
    pub const fn new(layer: &'a Layer) -> Self {
        let lit = Span { start: 0, end: 0 };
        Self { layer, cursor: None, lit, chunks: &[], matches: &[], revealed: false, scroll: 0 }
    }

    /// With the cursor on a byte and its innermost field lit.
    #[must_use]
    pub fn at(self, byte: usize) -> Self {
        let leaf = self.layer.fields.leaf_at(byte).and_then(|leaf| self.layer.fields.get(leaf));
        Self { cursor: Some(byte), lit: leaf.map_or(Span::new(byte, byte + 1), |field| field.span), ..self }
    }

    /// How many bytes stand in a row of that many columns.
    #[must_use]
    pub fn bytes_per_row(&self, width: u16) -> usize {
        HexColumns::of(width, self.layer.bytes.len()).per_row
    }

    /// How many rows all bytes take in that many columns.
    #[must_use]
    pub fn rows(&self, width: u16) -> usize {
        self.layer.bytes.len().div_ceil(self.bytes_per_row(width))
    }

    /// The byte drawn at a place of the screen when the view is drawn in `area`.
    #[must_use]
    pub fn byte_at(&self, area: Rect, x: u16, y: u16) -> Option<usize> {
        if !area.contains(Position::new(x, y)) {
            return None;
        }
        let columns = HexColumns::of(area.width, self.layer.bytes.len());
        let row = self.scroll.saturating_add(usize::from(y - area.y));
        let byte = row.checked_mul(columns.per_row)?.checked_add(columns.place_at(x - area.x)?)?;
        (byte < self.layer.bytes.len()).then_some(byte)
    }

    /// Draws the rows in view.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let columns = HexColumns::of(area.width, self.layer.bytes.len());
        let first = self.scroll.saturating_mul(columns.per_row);
        let shown = usize::from(pen.height()) * columns.per_row;
        let roles = self.roles(first..first.saturating_add(shown));
        for y in 0..pen.height() {
            let start = first.saturating_add(usize::from(y) * columns.per_row);
            if start >= self.layer.bytes.len() {
                break;
            }
            let digits = usize::from(columns.digits);
            pen.put(0, y, &format!("{start:0digits$X}"), Role::Dim);
            let places = (0..columns.per_row).zip(roles.get(start - first..).unwrap_or_default());
            for (place, look) in places {
                self.byte(&mut pen, &columns, (place, y), start + place, *look);
            }
        }
    }

    fn byte(
        self,
        pen: &mut Pen<'_>,
        columns: &HexColumns,
        (place, y): (usize, u16),
        index: usize,
        look: Look,
    ) {
        let Some(&byte) = self.layer.bytes.get(index) else { return };
        let x = columns.byte_x(place);
        let masked = look.secret && !self.revealed;
        let mask = pen.theme().glyphs().mask;
        let text = if masked { mask.repeat(2) } else { hex::spaced(&[byte]) };
        pen.put(x, y, &text, look.role);
        let glyph = match visible::glyph(byte) {
            _ if masked => mask.to_owned(),
            '·' => pen.theme().glyphs().dot.to_owned(),
            printable => printable.to_string(),
        };
        let text_x = columns.text_x.map(|text_x| text_x + place as u16);
        if let Some(text_x) = text_x {
            pen.put(text_x, y, &glyph, look.role);
        }
        if look.joined && place > 0 {
            pen.put(x - HexColumns::gap_before(place), y, " ", look.role);
        }
        self.mark(pen, (x, text_x, y), index);
        self.between(pen, columns, (place, y), index, look);
    }

    fn is_match(self, index: usize) -> bool {
        let after = self.matches.partition_point(|span| span.range().end <= index);
        self.matches.get(after).is_some_and(|span| span.contains(index))
    }

    /// Search hits and the lit field.
    fn mark(self, pen: &mut Pen<'_>, (x, text_x, y): (u16, Option<u16>, u16), index: usize) {
        let places = [Some((x, 2)), text_x.map(|x| (x, 1))];
        for (x, count) in places.into_iter().flatten() {
            if self.is_match(index) {
                pen.add(x, y, count, Role::Match);
            }
            if self.lit.contains(index) || self.cursor == Some(index) {
                pen.select(x, y, count);
            }
        }
    }

    /// What stands in the column before a byte and, for the cursor, after it.
    fn between(
        self,
        pen: &mut Pen<'_>,
        columns: &HexColumns,
        (place, y): (usize, u16),
        index: usize,
        look: Look,
    ) {
        let x = columns.byte_x(place);
        let is_lit = |at: usize| self.lit.contains(at);
        if look.joined && place > 0 && is_lit(index) && index.checked_sub(1).is_some_and(is_lit) {
            let gap = HexColumns::gap_before(place);
            pen.select(x - gap, y, gap);
        }
        if index > 0 && self.chunks.binary_search(&index).is_ok() {
            pen.put(x - 1, y, pen.theme().glyphs().chunk, Role::Dim);
        }
        if self.cursor == Some(index) {
            pen.put(x - 1, y, "[", Role::Accent);
            pen.put(x + 2, y, "]", Role::Accent);
        } else if index.checked_sub(1).is_some_and(|before| self.cursor == Some(before)) && place > 0 {
            pen.put(columns.byte_x(place - 1) + 2, y, "]", Role::Accent);
        }
    }

    /// The looks of a range of bytes.
    fn roles(&self, range: std::ops::Range<usize>) -> Vec<Look> {
        let end = range.end.min(self.layer.bytes.len());
        let mut looks = vec![Look::default(); end.saturating_sub(range.start)];
        let fields = &self.layer.fields;
        let leaves = fields.iter().enumerate().filter(|(index, _)| fields.is_leaf(*index));
        for (ordinal, (_, field)) in leaves.enumerate() {
            let secret = field.value == Value::Secret;
            let role = match (field.verdict.is_bad(), secret && !self.revealed) {
                (true, _) => Role::Bad,
                (_, true) => Role::Secret,
                _ => Role::Field((ordinal % 2) as u8),
            };
            let span = field.span.range();
            for index in span.start.max(range.start)..span.end.min(end) {
                if let Some(look) = looks.get_mut(index - range.start) {
                    *look = Look { role, secret, joined: index > span.start };
                }
            }
        }
        looks
    }
}

/// How a byte is drawn.
#[derive(Debug, Clone, Copy)]
struct Look {
    role: Role,
    secret: bool,
    /// Whether it belongs to the same field as the byte before.
    joined: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { role: Role::Text, secret: false, joined: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::samples;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, styles, unicode};

    #[test]
    fn bytes_stand_in_rows_as_wide_as_there_is_room() {
        let layer = samples::reply();
        let shown: Vec<String> = [74, 70, 40, 30, 24, 10, 4]
            .iter()
            .map(|w| draw(*w, 5, &unicode(), |a, b, t| HexView::new(&layer).render(a, b, t)))
            .collect();
        insta::assert_snapshot!(shown.join("----\n"));
    }

    #[test]
    fn cursor_chunks_and_mask_show_without_colour() {
        let (damaged, request) = (samples::damaged(), samples::request());
        let view = HexView { chunks: &[6, 8], ..HexView::new(&damaged).at(13) };
        let mut shown = draw(72, 2, &ascii(), |a, b, t| view.render(a, b, t));
        shown += &draw(72, 2, &ascii(), |a, b, t| HexView::new(&damaged).at(16).render(a, b, t));
        shown += &draw(72, 2, &ascii(), |a, b, t| HexView::new(&damaged).at(15).render(a, b, t));
        shown += &draw(72, 2, &ascii(), |a, b, t| HexView::new(&request).render(a, b, t));
        let open = HexView { revealed: true, ..HexView::new(&request) };
        shown += &draw(72, 2, &ascii(), |a, b, t| open.render(a, b, t));
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn neighbours_differ_and_the_field_under_the_cursor_is_lit() {
        let layer = samples::damaged();
        let view = HexView { matches: &[Span::new(4, 6)], ..HexView::new(&layer).at(13) };
        let mut looks = styles(72, 2, &unicode(), |a, b, t| view.render(a, b, t));
        looks += "without colour\n";
        looks += &styles(72, 2, &ascii(), |a, b, t| view.render(a, b, t));
        insta::assert_snapshot!(looks);
    }

    #[test]
    fn a_place_on_the_screen_leads_back_to_its_byte() {
        let layer = samples::reply();
        let view = HexView::new(&layer);
        for (width, height) in [(74, 5), (40, 5), (24, 9), (8, 20)] {
            let area = Rect::new(7, 3, width, height);
            let mut found = std::collections::BTreeSet::new();
            for position in area.positions() {
                found.extend(view.byte_at(area, position.x, position.y));
            }
            assert_eq!(found, (0..18).collect(), "every byte can be pointed at, at {width} columns");
        }
        let area = Rect::new(0, 0, 70, 2);
        assert_eq!(view.byte_at(area, 4, 0), Some(0));
        assert_eq!(view.byte_at(area, 29, 0), Some(8), "after the gap");
        assert_eq!(view.byte_at(area, 4, 1), Some(16));
        assert_eq!(view.byte_at(area, 54, 0), Some(0), "in the text");
        assert_eq!(view.byte_at(area, 20, 1), None, "behind the end");
        assert_eq!(view.byte_at(area, 70, 0), None, "outside");
    }

    #[test]
    fn no_byte_reaches_the_terminal_as_it_is() {
        let layer = samples::hostile();
        let view = HexView { revealed: true, ..HexView::new(&layer) };
        let shown = draw(74, 16, &unicode(), |a, b, t| view.render(a, b, t));
        assert!(shown.chars().all(|c| c == '\n' || c == '·' || matches!(c, ' '..='~')));
    }

    #[test]
    fn a_secret_is_nowhere_until_it_is_revealed() {
        let layer = samples::hostile();
        let shown = draw(74, 16, &unicode(), |a, b, t| HexView::new(&layer).render(a, b, t));
        let hex: Vec<&str> = shown.lines().filter_map(|line| line.get(3..52)).collect();
        for byte in 200..210 {
            assert!(!hex.join(" ").contains(&format!("{byte:02X}")), "{byte:02X}");
        }
    }

    #[test]
    fn any_area_will_do() {
        for layer in [samples::reply(), samples::hostile(), samples::empty()] {
            for scroll in [0, 1, 7, usize::MAX] {
                let view = HexView { scroll, chunks: &[0, 3, 900], ..HexView::new(&layer).at(3) };
                keeps_to_its_area(|area, buf, theme| view.render(area, buf, theme));
                assert_eq!(view.byte_at(Rect::ZERO, 0, 0), None);
            }
        }
    }
}
