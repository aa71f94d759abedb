//! The fields of a layer as a tree.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Pen, figure, width};
use crate::frame::{Field, FieldTree, Layer, Value, Verdict};
use crate::tui::theme::{Role, Theme};

/// The flat list of fields, drawn as a tree in columns: label, hex, value with unit, verdict, note.
///
/// When there is no room the notes go first, then the hex; a number is never cut.
///
/// ```text
/// ▾ data      00 09 22 EC 8B 04 00
///     date    00 09 22              2022-09
/// ▶   energy  EC 8B 04 00           2 979.64 kWh     T1
///   CRC       1B                    1B            ✓
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TreeView<'a> {
    /// The bytes and their fields.
    pub layer: &'a Layer,
    /// Indexes of the fields whose children are hidden.
    pub collapsed: &'a BTreeSet<usize>,
    /// Index of the selected field.
    pub selected: Option<usize>,
    /// Whether secret values are shown.
    pub revealed: bool,
    /// The first row to draw.
    pub scroll: usize,
}

/// Indexes of the fields that are to be seen: those not under a collapsed one.
#[must_use]
pub fn open_fields(fields: &[Field], collapsed: &BTreeSet<usize>) -> Vec<usize> {
    let mut hidden_below: Option<u8> = None;
    let mut open = Vec::with_capacity(fields.len());
    for (index, field) in fields.iter().enumerate() {
        if hidden_below.is_some_and(|depth| field.depth > depth) {
            continue;
        }
        hidden_below = (collapsed.contains(&index) && !fields.is_leaf(index)).then_some(field.depth);
        open.push(index);
    }
    open
}

/// A row, ready to be put into columns.
struct Row<'a> {
    index: usize,
    label: String,
    hex: String,
    value: String,
    is_number: bool,
    verdict: Verdict,
    note: &'a str,
}

/// Widths of the columns; 0 for one that is not there.
#[derive(Debug, Default)]
struct Columns {
    label: u16,
    hex: u16,
    value: u16,
    /// The widest number among the values, which is not to be cut.
    number: u16,
    verdict: u16,
    note: u16,
}

const GAP: u16 = 2;
/// The widest hex column: eight bytes, more are left out.
const MOST_BYTES: usize = 8;
const LEAST_NOTE: u16 = 6;
const LEAST_LABEL: u16 = 8;
const MARGIN: u16 = 2;

impl<'a> TreeView<'a> {
    /// The field drawn in a row of the screen when the tree is drawn in `area`.
    #[must_use]
    pub fn row_at(&self, area: Rect, x: u16, y: u16) -> Option<usize> {
        if !area.contains(Position::new(x, y)) {
            return None;
        }
        let row = self.scroll.checked_add(usize::from(y - area.y))?;
        open_fields(&self.layer.fields, self.collapsed).get(row).copied()
    }

    /// Draws the rows in view.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let open = open_fields(&self.layer.fields, self.collapsed);
        let visible = open.iter().skip(self.scroll).take(usize::from(pen.height()));
        let rows: Vec<Row<'_>> = visible.filter_map(|&index| self.row(index, theme)).collect();
        let columns = columns(&rows, pen.width(), theme);
        for (y, row) in (0..).zip(&rows) {
            draw(&mut pen, y, row, &columns);
            if self.selected == Some(row.index) {
                pen.put(0, y, theme.glyphs().current, Role::Accent);
                pen.select(0, y, area.width);
            }
        }
    }

    fn row(&self, index: usize, theme: &Theme) -> Option<Row<'a>> {
        let field = self.layer.fields.get(index)?;
        let is_leaf = self.layer.fields.is_leaf(index);
        let glyphs = theme.glyphs();
        let sign = match (is_leaf, self.collapsed.contains(&index)) {
            (true, _) => " ",
            (_, true) => glyphs.collapsed,
            _ => glyphs.expanded,
        };
        let indent = " ".repeat(2 * usize::from(field.depth.min(8)));
        let shows_hex = is_leaf || self.collapsed.contains(&index);
        let hex = if shows_hex {
            figure::bytes(self.layer, field, self.revealed, MOST_BYTES, theme)
        } else {
            String::new()
        };
        let value = match field.value {
            Value::Bytes if !field.verdict.is_bad() => byte_count(field.span.len()),
            _ => figure::value(self.layer, field, self.revealed, theme),
        };
        Some(Row {
            index,
            label: format!("{indent}{sign} {}", field.label),
            hex,
            value,
            is_number: matches!(field.value, Value::Number(_) | Value::Hex(..) | Value::Time(_)),
            verdict: field.verdict,
            note: field.note,
        })
    }
}

fn byte_count(count: usize) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

fn columns(rows: &[Row<'_>], room: u16, theme: &Theme) -> Columns {
    let widest = |text: for<'r> fn(&'r Row<'r>) -> &'r str| {
        rows.iter().map(|row| width(&theme.text(text(row)))).max().unwrap_or_default()
    };
    let full = Columns {
        label: widest(|row| &row.label),
        hex: widest(|row| &row.hex),
        value: widest(|row| &row.value),
        number: widest(|row| if row.is_number { &row.value } else { "" }),
        verdict: rows.iter().map(|row| width(verdict(row, theme).0)).max().unwrap_or_default(),
        note: widest(|row| row.note),
    };
    full.within(room.saturating_sub(MARGIN))
}

impl Columns {
    fn taken(&self) -> u16 {
        [self.label, self.hex, self.value, self.verdict, self.note]
            .iter()
            .filter(|width| **width > 0)
            .fold(0u16, |sum, width| sum.saturating_add(*width).saturating_add(GAP))
            .saturating_sub(GAP)
    }

    /// Drops and narrows columns until they fit: notes, hex, values in words, labels, numbers.
    fn within(mut self, room: u16) -> Self {
        let note = self.note.saturating_sub(self.taken().saturating_sub(room));
        self.note = if note < self.note.min(LEAST_NOTE) { 0 } else { note };
        if self.taken() > room {
            self.hex = 0;
        }
        let over = |columns: &Self| columns.taken().saturating_sub(room);
        self.value = self.value.saturating_sub(over(&self)).max(self.number);
        self.label -= over(&self).min(self.label.saturating_sub(LEAST_LABEL));
        self.value = self.value.saturating_sub(over(&self));
        self
    }
}

fn verdict(row: &Row<'_>, theme: &Theme) -> (&'static str, Role) {
    match row.verdict {
        Verdict::Good => (theme.glyphs().good, Role::Good),
        Verdict::Bad(_) | Verdict::Malformed(_) => (theme.glyphs().bad, Role::Bad),
        Verdict::Unchecked(_) => ("", Role::Dim),
    }
}

fn draw(pen: &mut Pen<'_>, y: u16, row: &Row<'_>, columns: &Columns) {
    let role = if row.verdict.is_bad() { Role::Bad } else { Role::Text };
    let mut x = MARGIN;
    pen.fit(x, y, columns.label, &row.label, Role::Text);
    x += columns.label + GAP;
    if columns.hex > 0 {
        pen.fit(x, y, columns.hex, &row.hex, Role::Dim);
        x += columns.hex + GAP;
    }
    if row.is_number {
        pen.whole(x, y, columns.value, &row.value, role);
    } else {
        pen.fit(x, y, columns.value, &row.value, role);
    }
    x += if columns.value > 0 { columns.value + GAP } else { 0 };
    let (sign, sign_role) = verdict(row, pen.theme());
    if columns.verdict > 0 {
        pen.put(x, y, sign, sign_role);
        x += columns.verdict + GAP;
    }
    pen.fit(x, y, columns.note, row.note, Role::Dim);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::samples;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, styles, unicode};

    fn view<'a>(layer: &'a Layer, collapsed: &'a BTreeSet<usize>) -> TreeView<'a> {
        TreeView { layer, collapsed, selected: None, revealed: false, scroll: 0 }
    }

    #[test]
    fn columns_line_up_and_notes_go_before_hex_before_anything_else() {
        let (layer, none) = (samples::reply(), BTreeSet::new());
        let tree = TreeView { selected: Some(10), ..view(&layer, &none) };
        let shown: Vec<String> = [100, 80, 66, 50, 40, 30, 20]
            .iter()
            .map(|w| draw(*w, 13, &unicode(), |a, b, t| tree.render(a, b, t)))
            .collect();
        insta::assert_snapshot!(shown.join("----\n"));
    }

    #[test]
    fn a_fault_says_what_was_expected_without_colour_too() {
        let (layer, closed) = (samples::damaged(), BTreeSet::from([3, 8]));
        let tree = TreeView { selected: Some(11), ..view(&layer, &closed) };
        insta::assert_snapshot!(draw(70, 9, &ascii(), |a, b, t| tree.render(a, b, t)));
    }

    #[test]
    fn fault_and_selection_have_their_looks() {
        let (layer, closed) = (samples::damaged(), BTreeSet::from([3, 8]));
        let tree = TreeView { selected: Some(7), scroll: 4, ..view(&layer, &closed) };
        insta::assert_snapshot!(styles(60, 4, &unicode(), |a, b, t| tree.render(a, b, t)));
    }

    #[test]
    fn children_of_a_collapsed_field_are_hidden() {
        let fields = samples::reply().fields;
        assert_eq!(open_fields(&fields, &BTreeSet::new()).len(), fields.len());
        assert_eq!(open_fields(&fields, &BTreeSet::from([3, 8])), [0, 1, 2, 3, 7, 8, 11, 12]);
        assert_eq!(open_fields(&fields, &BTreeSet::from([0, 3])), [0]);
        assert_eq!(open_fields(&fields, &BTreeSet::from([1])).len(), fields.len(), "a leaf hides nothing");
    }

    #[test]
    fn a_row_of_the_screen_leads_back_to_its_field() {
        let (layer, closed) = (samples::reply(), BTreeSet::from([3]));
        let tree = TreeView { scroll: 2, ..view(&layer, &closed) };
        let area = Rect::new(5, 5, 60, 4);
        assert_eq!(tree.row_at(area, 5, 5), Some(2));
        assert_eq!(tree.row_at(area, 64, 7), Some(7), "the children of 3 are hidden");
        assert_eq!(tree.row_at(area, 65, 7), None);
        assert_eq!(tree.row_at(area, 5, 9), None);
    }

    #[test]
    fn secrets_are_masked_until_revealed() {
        let (layer, none) = (samples::request(), BTreeSet::new());
        let masked = draw(80, 11, &unicode(), |a, b, t| view(&layer, &none).render(a, b, t));
        assert!(masked.contains("password  ** ** ** **  ********"), "{masked}");
        let open = TreeView { revealed: true, ..view(&layer, &none) };
        let shown = draw(80, 11, &unicode(), |a, b, t| open.render(a, b, t));
        assert!(shown.contains("password  00 00 00 00  \\x00\\x00\\x00\\x00"), "{shown}");
    }

    #[test]
    fn any_area_will_do() {
        for layer in [samples::reply(), samples::hostile(), samples::empty()] {
            let none = BTreeSet::new();
            let tree = TreeView { selected: Some(1), revealed: true, ..view(&layer, &none) };
            keeps_to_its_area(|area, buf, theme| tree.render(area, buf, theme));
            let far = TreeView { scroll: usize::MAX, ..tree };
            keeps_to_its_area(|area, buf, theme| far.render(area, buf, theme));
        }
    }
}
