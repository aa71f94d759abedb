//! The table of keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, width};
use crate::tui::theme::{Role, Theme};

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpRow<'a> {
    /// Where the keys after it apply.
    Heading(&'a str),
    /// A key, what it does in a word or two, and in a sentence.
    Key(&'a str, &'a str, &'a str),
}

/// Keys in as many columns as needed, with descriptions where there is room for them.
///
/// ```text
/// Bench
///   Enter  send  sends the request that is composed
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Help<'a> {
    /// The lines.
    pub rows: &'a [HelpRow<'a>],
    /// How many lines are scrolled past.
    pub scroll: usize,
}

/// Widths of a column of the table.
#[derive(Debug, Clone, Copy)]
struct Layout {
    columns: usize,
    key: u16,
    label: u16,
    about: u16,
}

const INDENT: u16 = 2;
const GAP: u16 = 2;
const BETWEEN: u16 = 4;

impl Help<'_> {
    /// How many lines are out of view when nothing is scrolled past: the most that `scroll` can be.
    #[must_use]
    pub fn hidden(&self, area: Rect) -> usize {
        let layout = self.layout(area);
        self.rows.len().saturating_sub(layout.columns * usize::from(area.height))
    }

    /// Draws it.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let layout = self.layout(area);
        let rows = self.rows.get(self.scroll.min(self.hidden(area))..).unwrap_or_default();
        let height = usize::from(area.height).max(1);
        for (column, rows) in rows.chunks(height).take(layout.columns).enumerate() {
            let x = u16::try_from(column).unwrap_or(u16::MAX).saturating_mul(layout.width() + BETWEEN);
            for (y, row) in (0..).zip(rows) {
                draw(&mut pen, (x, y), row, layout);
            }
        }
    }

    /// The first that holds all rows: with descriptions in ever more columns, then without; else the one
    /// that holds most.
    fn layout(self, area: Rect) -> Layout {
        let widest = |pick: fn(&HelpRow<'_>) -> u16| self.rows.iter().map(pick).max().unwrap_or_default();
        let full = Layout {
            columns: 1,
            key: widest(|row| if let HelpRow::Key(key, ..) = row { width(key) } else { 0 }),
            label: widest(|row| if let HelpRow::Key(_, label, _) = row { width(label) } else { 0 }),
            about: widest(|row| if let HelpRow::Key(.., about) = row { width(about) } else { 0 }),
        };
        let short = Layout { about: 0, ..full };
        let height = usize::from(area.height);
        let mut holding = [full, short].into_iter().flat_map(|form| {
            let most = form.most(area.width);
            (1..=most).map(move |columns| Layout { columns, ..form })
        });
        holding
            .find(|layout| layout.columns * height >= self.rows.len())
            .unwrap_or(Layout { columns: short.most(area.width).max(1), ..short })
    }
}

impl Layout {
    const fn width(&self) -> u16 {
        let about = if self.about > 0 { self.about + GAP } else { 0 };
        INDENT + self.key + GAP + self.label + about
    }

    /// How many columns fit.
    fn most(self, room: u16) -> usize {
        usize::from(room.saturating_add(BETWEEN) / (self.width() + BETWEEN))
    }
}

fn draw(pen: &mut Pen<'_>, (x, y): (u16, u16), row: &HelpRow<'_>, layout: Layout) {
    match row {
        HelpRow::Heading(heading) => {
            pen.fit(x, y, layout.width(), heading, Role::Title);
        }
        HelpRow::Key(key, label, about) => {
            let x = x + INDENT;
            pen.put(x, y, key, Role::Key);
            let x = x + layout.key + GAP;
            pen.fit(x, y, layout.label, label, Role::Text);
            pen.fit(x + layout.label + GAP, y, layout.about, about, Role::Hint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{draw as drawn, keeps_to_its_area, unicode};

    const ROWS: &[HelpRow<'static>] = &[
        HelpRow::Heading("Everywhere"),
        HelpRow::Key("?", "keys", "shows this table"),
        HelpRow::Key("Tab", "next pane", "moves the focus on"),
        HelpRow::Key("q", "quit", "asks when something would be lost"),
        HelpRow::Heading("Bench"),
        HelpRow::Key("Enter", "send", "sends the request that is composed"),
        HelpRow::Key("y", "copy hex", "copies the bytes of the frame"),
    ];

    #[test]
    fn descriptions_go_before_keys_do() {
        let help = Help { rows: ROWS, scroll: 0 };
        let shown: Vec<String> = [(60, 7), (120, 4), (60, 4), (24, 4), (10, 3)]
            .iter()
            .map(|(w, h)| drawn(*w, *h, &unicode(), |a, b, t| help.render(a, b, t)))
            .collect();
        insta::assert_snapshot!(shown.join("----\n"));
    }

    #[test]
    fn what_does_not_fit_can_be_scrolled_to_and_no_further() {
        let area = Rect::new(0, 0, 24, 4);
        let help = Help { rows: ROWS, scroll: 99 };
        assert_eq!(help.hidden(area), 3);
        let shown = drawn(24, 4, &unicode(), |a, b, t| help.render(a, b, t));
        assert!(shown.starts_with("  q      quit\nBench\n"), "{shown}");
        assert_eq!(help.hidden(Rect::new(0, 0, 60, 7)), 0);
    }

    #[test]
    fn any_area_will_do() {
        for scroll in [0, 3, usize::MAX] {
            keeps_to_its_area(|area, buf, theme| Help { rows: ROWS, scroll }.render(area, buf, theme));
            keeps_to_its_area(|area, buf, theme| Help { rows: &[], scroll }.render(area, buf, theme));
        }
    }
}
