//! A frame as it is composed: its bytes with the names of the fields beneath.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Pen, figure, width, wrap};
use crate::app::output::wrap::split;
use crate::frame::{Checksum, Field, FieldTree, Layer, Value, Verdict};
use crate::tui::theme::{Role, Theme};

/// The bytes of a layer, underlined field by field, each with its name under it: as much of it as stands before
/// a comma, in two rows where that keeps the bytes closer together.
///
/// ```text
/// C0  48  96 34 FD 00 ** ** ** ** D2      01 30   00   01     F5  C0
/// ──  ──  ───── ───── ─────────── ──      ─────   ──   ──     ──  ──
/// END OPT to    from  password    service command Days Tariff CRC END
///                                                 back
///                                              17 bytes   ✓ CRC-8/0xB5 F5
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Annotated<'a> {
    /// The bytes and their fields.
    pub layer: &'a Layer,
    /// The frame's checksum, where it has one.
    pub checksum: Option<Checksum>,
    /// Index of the field to light.
    pub selected: Option<usize>,
    /// Whether secret bytes are shown.
    pub revealed: bool,
}

/// A run of bytes of one field in one line.
#[derive(Debug, Clone)]
struct Group<'a> {
    index: usize,
    ordinal: u8,
    field: &'a Field,
    hex: String,
    /// One row or two.
    label: Vec<String>,
    x: u16,
    line: u16,
}

/// Rows of a line of bytes above the names: hex, underline.
const ROWS: u16 = 2;
const MOST_LABEL_ROWS: usize = 2;
const LONGEST_LABEL: u16 = 14;
const GAP: u16 = 1;

impl<'a> Annotated<'a> {
    /// How many rows it takes in that many columns.
    #[must_use]
    pub fn height(&self, width: u16, theme: &Theme) -> u16 {
        let groups = self.groups(width, theme);
        let lines = groups.last().map_or(0, |group| group.line.saturating_add(1));
        lines.saturating_mul(rows(&groups)).saturating_add(1)
    }

    /// The field drawn at a place of the screen when it is drawn in `area`.
    #[must_use]
    pub fn field_at(&self, area: Rect, x: u16, y: u16, theme: &Theme) -> Option<usize> {
        if !area.contains(Position::new(x, y)) {
            return None;
        }
        let groups = self.groups(area.width, theme);
        let (x, line) = (x - area.x, (y - area.y) / rows(&groups));
        groups.iter().find(|g| g.line == line && (g.x..g.x + g.columns()).contains(&x)).map(|g| g.index)
    }

    /// Draws it. When there is no room for all rows, the first ones are drawn.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let groups = self.groups(area.width, theme);
        let rows = rows(&groups);
        let end = groups.last().map_or(0, |group| group.line.saturating_add(1).saturating_mul(rows));
        for group in groups.iter().take_while(|group| group.line.saturating_mul(rows) < area.height) {
            self.group(&mut pen, group, group.line.saturating_mul(rows));
        }
        self.verdict(&mut pen, end);
    }

    fn group(self, pen: &mut Pen<'_>, group: &Group<'_>, y: u16) {
        let x = group.x;
        let role = match group.field.value {
            _ if group.field.verdict.is_bad() => Role::Bad,
            Value::Secret if !self.revealed => Role::Secret,
            _ => Role::Field(group.ordinal % 2),
        };
        pen.put(x, y, &group.hex, role);
        pen.repeat(x, y.saturating_add(1), width(&group.hex), pen.theme().glyphs().rule, Role::Border);
        let is_selected = self.selected == Some(group.index);
        if is_selected {
            pen.select(x, y, width(&group.hex));
        }
        for (y, line) in (y.saturating_add(ROWS)..).zip(&group.label) {
            pen.fit(x, y, LONGEST_LABEL.max(width(&group.hex)), line, Role::Dim);
            if is_selected {
                pen.select(x, y, width(line).min(group.columns()));
            }
        }
    }

    /// The count of bytes and the checksum's verdict, at the right of the last row.
    fn verdict(self, pen: &mut Pen<'_>, y: u16) {
        let count = self.layer.bytes.len();
        let count = if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") };
        let (sum, role) = self.checksum.map_or((String::new(), Role::Dim), |sum| checksum(sum, pen.theme()));
        let columns = pen.measure(&sum);
        let x = pen.width().saturating_sub(columns);
        pen.fit(x, y, columns, &sum, role);
        let room = x.saturating_sub(if columns > 0 { 3 } else { 0 });
        if width(&count) <= room {
            pen.right(0, y, room, &count, Role::Dim);
        }
    }

    /// What a leaf is called: where it has all bytes of what it is part of to itself, such as some bits of a
    /// byte, the whole.
    fn name(&self, index: usize, field: &Field) -> String {
        let fields = &self.layer.fields;
        let whole = fields.parent(index).and_then(|parent| fields.get(parent));
        whole.filter(|whole| whole.span == field.span).unwrap_or(field).label.to_string()
    }

    /// The leaves, placed from left to right and wrapped between bytes.
    fn groups(&self, room: u16, theme: &Theme) -> Vec<Group<'a>> {
        let fields = &self.layer.fields;
        let leaves = fields
            .iter()
            .enumerate()
            .filter(|(index, field)| fields.is_leaf(*index) && !field.span.is_empty());
        let mut place = Place { x: 0, line: 0, room };
        let mut groups = Vec::new();
        for (ordinal, (index, field)) in leaves.enumerate() {
            let hex = figure::bytes(self.layer, field, self.revealed, usize::MAX, theme);
            let ellipsis = theme.glyphs().ellipsis;
            let name = name_rows(&theme.text(&self.name(index, field)), width(&hex), ellipsis);
            for (part, hex) in place.parts(&hex, widest(&name)).into_iter().enumerate() {
                let label = if part == 0 { name.clone() } else { vec![ellipsis.to_owned()] };
                let ordinal = (ordinal % 2) as u8;
                groups.push(place.put(Group { index, ordinal, field, hex, label, x: 0, line: 0 }));
            }
        }
        groups
    }
}

impl Group<'_> {
    fn columns(&self) -> u16 {
        width(&self.hex).max(widest(&self.label).min(LONGEST_LABEL))
    }
}

/// Rows of a line of bytes, its names included.
fn rows(groups: &[Group<'_>]) -> u16 {
    ROWS + groups.iter().map(|group| group.label.len() as u16).max().unwrap_or(1)
}

fn widest(lines: &[String]) -> u16 {
    lines.iter().map(|line| width(line)).max().unwrap_or_default()
}

/// A name in as few columns as two rows of whole words allow, but no fewer than its bytes take.
fn name_rows(name: &str, least: u16, ellipsis: &str) -> Vec<String> {
    let name = name.split_once(", ").map_or(name, |(name, _)| name);
    let longest_word = name.split(' ').map(width).max().unwrap_or_default();
    let narrowest = least.max(longest_word).min(LONGEST_LABEL);
    let fitting = (narrowest..=LONGEST_LABEL).map(|columns| wrap(name, columns));
    if let Some(rows) = fitting.into_iter().find(|rows| rows.len() <= MOST_LABEL_ROWS) {
        return rows;
    }
    let mut rows = wrap(name, LONGEST_LABEL);
    rows.truncate(MOST_LABEL_ROWS);
    if let Some(last) = rows.last_mut() {
        let (kept, _) = split(last, usize::from(LONGEST_LABEL.saturating_sub(width(ellipsis))));
        *last = format!("{}{ellipsis}", kept.trim_end());
    }
    rows
}

/// Where the next group goes.
struct Place {
    x: u16,
    line: u16,
    room: u16,
}

impl Place {
    /// Cuts the hex of a field into what fits into a line each.
    fn parts(&self, hex: &str, label: u16) -> Vec<String> {
        let bytes: Vec<&str> = hex.split(' ').filter(|byte| !byte.is_empty()).collect();
        let fits = |columns: u16| usize::from(columns.saturating_add(1) / 3).max(1);
        let here = fits(self.room.saturating_sub(self.x));
        let is_short = bytes.len() <= fits(self.room).min(MOST_UNBROKEN);
        let label_fits = label.min(LONGEST_LABEL) <= self.room.saturating_sub(self.x);
        if is_short || bytes.len() <= here && label_fits {
            return vec![bytes.join(" ")];
        }
        let first = if label_fits { here.min(bytes.len()) } else { 0 };
        let (head, tail) = bytes.split_at(first);
        let head = (!head.is_empty()).then(|| head.join(" "));
        head.into_iter().chain(tail.chunks(fits(self.room)).map(|part| part.join(" "))).collect()
    }

    fn put<'g>(&mut self, group: Group<'g>) -> Group<'g> {
        let columns = group.columns();
        if self.x > 0 && self.x.saturating_add(columns) > self.room {
            self.x = 0;
            self.line = self.line.saturating_add(1);
        }
        let (x, line) = (self.x, self.line);
        self.x = x.saturating_add(columns).saturating_add(GAP);
        Group { x, line, ..group }
    }
}

/// A field of so few bytes is not broken over two lines if it fits into one.
const MOST_UNBROKEN: usize = 8;

fn checksum(sum: Checksum, theme: &Theme) -> (String, Role) {
    let glyphs = theme.glyphs();
    match sum.verdict() {
        Verdict::Bad(mismatch) => (format!("{} {} {mismatch}", glyphs.bad, sum.kind.name()), Role::Bad),
        _ => (format!("{} {} {}", glyphs.good, sum.kind.name(), sum.found_text()), Role::Good),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::checksum::CheckKind;
    use crate::tui::widgets::samples;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, styles, unicode};

    const SUM: Checksum = Checksum::new(CheckKind::Crc8B5, 0xF5, 0xF5, 2);

    fn line(layer: &Layer) -> Annotated<'_> {
        Annotated { layer, checksum: Some(SUM), selected: None, revealed: false }
    }

    fn at(width: u16, line: Annotated<'_>, theme: &Theme) -> String {
        draw(width, line.height(width, theme), theme, |a, b, t| line.render(a, b, t))
    }

    #[test]
    fn every_byte_stands_over_the_name_of_its_field() {
        let layer = samples::request();
        let shown: Vec<String> =
            [90, 60, 40, 20, 8].iter().map(|w| at(*w, line(&layer), &unicode())).collect();
        insta::assert_snapshot!(shown.join("----\n"));
    }

    #[test]
    fn a_wrong_checksum_is_named_in_ascii_too() {
        let layer = samples::damaged();
        let wrong = Checksum::new(SUM.kind, 0x1C, 0x1B, 2);
        insta::assert_snapshot!(at(80, Annotated { checksum: Some(wrong), ..line(&layer) }, &ascii()));
    }

    #[test]
    fn a_long_field_is_broken_between_bytes() {
        let layer = samples::hostile();
        let shown = at(60, Annotated { checksum: None, ..line(&layer) }, &unicode());
        let hex: Vec<&str> = shown.lines().step_by(3).flat_map(|line| line.split_whitespace()).collect();
        let bytes = (0..=199u8).chain(210..=255).map(|byte| format!("{byte:02X}"));
        let mut expected: Vec<String> = bytes.collect();
        expected.splice(200..200, vec!["**".to_owned(); 10]);
        expected.extend(["256".into(), "bytes".into()]);
        assert_eq!(hex, expected);
    }

    #[test]
    fn the_selected_field_is_lit_with_its_name() {
        let layer = samples::request();
        let lit = Annotated { selected: Some(8), ..line(&layer) };
        insta::assert_snapshot!(styles(90, 4, &unicode(), |a, b, t| lit.render(a, b, t)));
    }

    #[test]
    fn a_place_on_the_screen_leads_back_to_its_field() {
        let layer = samples::request();
        let (line, area, theme) = (line(&layer), Rect::new(3, 2, 40, 12), unicode());
        let found: std::collections::BTreeSet<usize> =
            area.positions().filter_map(|p| line.field_at(area, p.x, p.y, &theme)).collect();
        assert_eq!(found, (0..11).collect());
        assert_eq!(line.field_at(area, 0, 0, &theme), None);
    }

    #[test]
    fn any_area_will_do() {
        for layer in [samples::reply(), samples::request(), samples::hostile(), samples::empty()] {
            let lit = Annotated { selected: Some(1), ..line(&layer) };
            keeps_to_its_area(|area, buf, theme| lit.render(area, buf, theme));
        }
    }
}
