//! Tables for people: as wide as the terminal, nothing cut off, long cells wrapped.

use unicode_width::UnicodeWidthStr as _;

use super::paint::TermStyle;
use super::wrap::wrap;

/// Where a column's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the left edge.
    Left,
    /// At the right edge: numbers.
    Right,
    /// At the left edge, and not wrapped as long as another column can be: what is to be typed or copied.
    Key,
}

/// Between two columns.
const GAP: usize = 2;

/// No column is made narrower than this.
const NARROWEST: usize = 6;

/// Rows of text under headings.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: &[(&'static str, Align)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; its cells must already be safe to show.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as text, each line ended.
    #[must_use]
    pub fn render(&self, sheet: TermStyle) -> String {
        let widths = self.widths(sheet.width);
        let headings: Vec<String> = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut text = String::new();
        for line in self.lines_of(&headings, &widths) {
            text.push_str(&sheet.paint.strong(&line));
            text.push('\n');
        }
        for line in self.rows.iter().flat_map(|row| self.lines_of(row, &widths)) {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }

    /// Width of each column: what its longest cell needs, the widest ones narrowed until all fit.
    fn widths(&self, limit: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|(name, _)| name.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let Some(limit) = limit else { return widths };
        let gaps = GAP * widths.len().saturating_sub(1);
        for keys_too in [false, true] {
            while widths.iter().sum::<usize>() + gaps > limit {
                let may_wrap = |align: Align| keys_too || align != Align::Key;
                let columns = widths.iter_mut().zip(&self.columns);
                let widest = columns.filter(|(_, (_, align))| may_wrap(*align)).map(|(width, _)| width).max();
                match widest {
                    Some(widest) if *widest > NARROWEST => *widest -= 1,
                    _ => break,
                }
            }
        }
        widths
    }

    fn lines_of(&self, cells: &[String], widths: &[usize]) -> Vec<String> {
        let wrapped: Vec<Vec<String>> = cells.iter().zip(widths).map(|(cell, w)| wrap(cell, *w)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        (0..height).map(|line| self.line(&wrapped, widths, line)).collect()
    }

    fn line(&self, cells: &[Vec<String>], widths: &[usize], line: usize) -> String {
        let mut text = String::new();
        for (index, ((cell, width), (_, align))) in cells.iter().zip(widths).zip(&self.columns).enumerate() {
            let words = cell.get(line).map_or("", String::as_str);
            let padding = " ".repeat(width.saturating_sub(words.width()));
            let gap = " ".repeat(if index == 0 { 0 } else { GAP });
            let cell = match align {
                Align::Left | Align::Key => format!("{gap}{words}{padding}"),
                Align::Right => format!("{gap}{padding}{words}"),
            };
            text.push_str(&cell);
        }
        text.truncate(text.trim_end().len());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::output::paint::Paint;

    fn table() -> Table {
        let mut table = Table::new(&[("id", Align::Left), ("value", Align::Right), ("note", Align::Left)]);
        table.row(["a".to_owned(), "1.00".to_owned(), String::new()]);
        table.row(["Счёт".to_owned(), "-12.50".to_owned(), "one two three four five".to_owned()]);
        table
    }

    #[test]
    fn columns_line_up_and_numbers_stand_at_the_right() {
        let lines = ["id     value  note", "a       1.00", "Счёт  -12.50  one two three four five", ""];
        assert_eq!(table().render(TermStyle::default()), lines.join("\n"));
    }

    #[test]
    fn a_narrow_terminal_wraps_words_and_loses_none() {
        let text = table().render(TermStyle { width: Some(24), paint: Paint::PLAIN });
        assert!(text.lines().all(|line| line.width() <= 24), "{text}");
        for word in ["one", "two", "three", "four", "five"] {
            assert!(text.contains(word), "{text}");
        }
    }

    #[test]
    fn what_is_to_be_typed_is_wrapped_last() {
        let mut table = Table::new(&[("id", Align::Key), ("note", Align::Left)]);
        table.row(["energomera-ce102-r51".to_owned(), "one two three four five".to_owned()]);
        let at = |width| table.render(TermStyle { width: Some(width), paint: Paint::PLAIN });
        assert!(at(30).contains("energomera-ce102-r51  one two"), "{}", at(30));
        assert!(at(20).lines().all(|line| line.width() <= 20), "{}", at(20));
    }

    #[test]
    fn colour_is_there_only_when_wanted() {
        assert!(!table().render(TermStyle::default()).contains('\x1b'));
        assert!(table().render(TermStyle { width: None, paint: Paint::COLOURED }).contains("\x1b[1m"));
    }
}
