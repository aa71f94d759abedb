//! A list to pick from, grouped under headings and searchable.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Pen, ScrollBar, keep_in_view, width};
use crate::tui::theme::{Role, Theme};

/// Something to pick.
#[derive(Debug, Clone, Copy)]
pub struct PickerItem<'a> {
    /// The heading it stands under; a heading is drawn whenever it changes. Empty for none.
    pub group: &'a str,
    /// A short code before the title; may be empty.
    pub code: &'a str,
    /// What it is.
    pub title: &'a str,
    /// A mark at the right; may be empty.
    pub mark: &'a str,
    /// The look of the mark.
    pub mark_role: Role,
}

/// The list. Headings count as rows for scrolling; the selected item is always in view.
///
/// ```text
/// Energy
/// ▶ 0130 Energy by tariff     R
///   012F Energy by day        R
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Picker<'a> {
    /// What there is to pick from, already filtered.
    pub items: &'a [PickerItem<'a>],
    /// Index of the selected item.
    pub selected: usize,
    /// The first row to draw if the selection allows it; see [`Picker::scrolled`].
    pub scroll: usize,
    /// What was searched for; its words are lit where they occur.
    pub query: &'a str,
    /// Whether keys go to it.
    pub focused: bool,
    /// What to say when there is nothing.
    pub empty: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row<'a> {
    Heading(&'a str),
    Item(usize),
}

impl<'a> Picker<'a> {
    /// The first row that is drawn in that many rows: `scroll`, moved as little as the selection needs. A
    /// screen keeps it for the next drawing.
    #[must_use]
    pub fn scrolled(&self, height: u16) -> usize {
        self.first(&self.rows(), height)
    }

    /// The item drawn at a place of the screen when the list is drawn in `area`.
    #[must_use]
    pub fn item_at(&self, area: Rect, x: u16, y: u16) -> Option<usize> {
        if !area.contains(Position::new(x, y)) {
            return None;
        }
        let rows = self.rows();
        match rows.get(self.first(&rows, area.height) + usize::from(y - area.y))? {
            Row::Item(index) => Some(*index),
            Row::Heading(_) => None,
        }
    }

    /// Draws the rows in view and, if there are more, a scroll bar in the last column.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let rows = self.rows();
        let shown = usize::from(area.height);
        let first = self.first(&rows, area.height);
        let mut pen = Pen::new(area, buf, theme);
        if rows.is_empty() {
            pen.fit(1, 0, area.width, self.empty, Role::Dim);
            return;
        }
        let end = pen.width().saturating_sub(u16::from(rows.len() > shown));
        let code = self.items.iter().map(|item| pen.measure(item.code)).max().unwrap_or_default();
        for (y, row) in (0..pen.height()).zip(rows.iter().skip(first)) {
            match row {
                Row::Heading(heading) => {
                    pen.fit(1, y, end.saturating_sub(1), heading, Role::Title);
                }
                Row::Item(index) => self.item(&mut pen, (y, end), *index, code),
            }
        }
        let bar = Rect { x: area.right().saturating_sub(1), width: area.width.min(1), ..area };
        ScrollBar { total: rows.len(), first, shown }.render(bar, buf, theme);
    }

    fn item(self, pen: &mut Pen<'_>, (y, end): (u16, u16), index: usize, code: u16) {
        let Some(item) = self.items.get(index) else { return };
        let mark = pen.measure(item.mark);
        let mut x = 3;
        if code > 0 && end > code + LEAST_TITLE {
            self.lit(pen, (x, y), code, item.code, Role::Dim);
            x += code + 1;
        }
        let room = end.saturating_sub(x + mark + 2);
        self.lit(pen, (x, y), room, item.title, Role::Text);
        if mark > 0 {
            pen.whole(end.saturating_sub(mark + 1), y, mark, item.mark, item.mark_role);
        }
        if index == self.selected {
            pen.put(1, y, pen.theme().glyphs().current, Role::Accent);
            if self.focused {
                pen.select(0, y, end);
            }
        }
    }

    /// A text with the words searched for lit.
    fn lit(self, pen: &mut Pen<'_>, (x, y): (u16, u16), room: u16, text: &str, role: Role) {
        let end = pen.fit(x, y, room, text, role);
        for hit in hits(text, self.query) {
            let from = x.saturating_add(hit.start).min(end);
            let to = x.saturating_add(hit.end).min(end);
            pen.add(from, y, to - from, Role::Match);
        }
    }

    fn first(&self, rows: &[Row<'_>], height: u16) -> usize {
        let height = usize::from(height);
        let selected = rows.iter().position(|row| *row == Row::Item(self.selected)).unwrap_or_default();
        let above = selected.saturating_sub(1);
        let heading = matches!(rows.get(above), Some(Row::Heading(_))) && height > 1;
        let first = keep_in_view(selected, self.scroll, height, rows.len());
        if heading && first == selected { above } else { first }
    }

    fn rows(&self) -> Vec<Row<'a>> {
        let mut rows = Vec::with_capacity(self.items.len() + 8);
        let mut group = "";
        for (index, item) in self.items.iter().enumerate() {
            if item.group != group {
                rows.push(Row::Heading(item.group));
                group = item.group;
            }
            rows.push(Row::Item(index));
        }
        rows
    }
}

const LEAST_TITLE: u16 = 16;

/// The columns of a text at which a word of the query stands, whatever the case.
fn hits(text: &str, query: &str) -> Vec<Range<u16>> {
    let characters: Vec<(char, u16)> = text
        .chars()
        .scan(0u16, |x, character| {
            let here = *x;
            *x = x.saturating_add(width(character.encode_utf8(&mut [0; 4])));
            Some((lower(character), here))
        })
        .collect();
    let mut hits = Vec::new();
    for word in query.split_whitespace() {
        let word: Vec<char> = word.chars().map(lower).collect();
        let found =
            characters.windows(word.len()).position(|at| at.iter().map(|c| c.0).eq(word.iter().copied()));
        let Some(at) = found else { continue };
        let column = |index: usize| characters.get(index).map_or(width(text), |c| c.1);
        hits.push(column(at)..column(at + word.len()));
    }
    hits
}

fn lower(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, styles, unicode};

    const fn item(
        group: &'static str,
        code: &'static str,
        title: &'static str,
        mark: &'static str,
    ) -> PickerItem<'static> {
        PickerItem { group, code, title, mark, mark_role: Role::Dim }
    }

    const ITEMS: &[PickerItem<'static>] = &[
        item("Energy", "0130", "Energy by tariff", "R"),
        item("Energy", "012F", "Energy by day", "R"),
        item("Instantaneous", "0132", "Power", "R"),
        item("Clock", "0120", "Date and time", "R"),
        PickerItem { mark_role: Role::Write, ..item("Clock", "0121", "Set date and time", "W") },
        item("Identity", "0100", "Version", "R"),
        item("Identity", "011A", "Serial number", "R"),
    ];

    fn picker(selected: usize) -> Picker<'static> {
        Picker { items: ITEMS, selected, scroll: 0, query: "", focused: true, empty: "nothing matches" }
    }

    #[test]
    fn items_stand_under_their_headings_with_the_selection_in_view() {
        let mut shown = draw(34, 12, &unicode(), |a, b, t| picker(0).render(a, b, t));
        shown += &draw(34, 5, &unicode(), |a, b, t| picker(6).render(a, b, t));
        shown += &draw(18, 4, &unicode(), |a, b, t| picker(4).render(a, b, t));
        shown += &draw(34, 5, &ascii(), |a, b, t| picker(3).render(a, b, t));
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn what_was_searched_for_is_lit() {
        let items = &ITEMS[..2];
        let picker = Picker { items, query: "tari 01 EN", selected: 1, ..picker(0) };
        insta::assert_snapshot!(styles(34, 3, &unicode(), |a, b, t| picker.render(a, b, t)));
    }

    #[test]
    fn writing_has_another_look_than_reading() {
        let looks = styles(34, 12, &unicode(), |a, b, t| picker(0).render(a, b, t));
        assert!(looks.contains("write BOLD |W|"), "{looks}");
    }

    #[test]
    fn hits_are_found_by_column_whatever_the_case_and_script() {
        assert_eq!(hits("Энергия по тарифам", "ТАРИФ эн"), [11..16, 0..2]);
        assert_eq!(hits("電力 kWh", "kwh 電"), [5..8, 0..2]);
        assert_eq!(hits("abc", "x"), []);
        assert_eq!(hits("ab", "abc"), []);
    }

    #[test]
    fn scrolling_back_to_the_first_item_of_a_group_shows_its_heading() {
        let up = Picker { scroll: 8, ..picker(5) };
        assert_eq!(up.scrolled(4), 7);
        assert_eq!(picker(6).scrolled(4), 7);
        assert_eq!(Picker { scroll: 2, ..picker(0) }.scrolled(4), 0);
    }

    #[test]
    fn a_place_on_the_screen_leads_back_to_its_item() {
        let area = Rect::new(2, 2, 34, 12);
        assert_eq!(picker(0).item_at(area, 4, 2), None, "a heading");
        assert_eq!(picker(0).item_at(area, 4, 3), Some(0));
        assert_eq!(picker(0).item_at(area, 4, 6), Some(2));
        assert_eq!(picker(0).item_at(area, 4, 13), None);
        assert_eq!(picker(0).item_at(area, 90, 3), None);
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let none = Picker { items: &[], ..picker(0) };
        assert_eq!(draw(30, 1, &unicode(), |a, b, t| none.render(a, b, t)), " nothing matches\n");
    }

    #[test]
    fn any_area_will_do() {
        for selected in [0, 4, 6, usize::MAX - 1] {
            let picker = Picker { query: "e", scroll: usize::MAX - 50, ..picker(selected) };
            keeps_to_its_area(|area, buf, theme| picker.render(area, buf, theme));
        }
    }
}
