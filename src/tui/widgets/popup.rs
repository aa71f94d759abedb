//! A box in the middle of the screen that asks or tells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, width, wrap::wrap};
use crate::tui::theme::{Role, Theme};

/// A question or message over the screen.
///
/// ```text
/// ┏ ▶ Send a write command? ━━━━━━━━━━━━━━━━━━┓
/// ┃ This sets the clock of meter 13462.       ┃
/// ┃                                           ┃
/// ┃              ‹ No ›    Send               ┃
/// ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Popup<'a> {
    /// What it is about.
    pub title: &'a str,
    /// Paragraphs with their looks; wrapped at words.
    pub body: &'a [(&'a str, Role)],
    /// What can be answered; empty for a message.
    pub buttons: &'a [&'a str],
    /// Index of the answer that Enter gives.
    pub selected: usize,
}

const MOST_COLUMNS: u16 = 76;
/// Border and one blank column at each side.
const FRAME: u16 = 4;

impl Popup<'_> {
    /// Where it goes on a screen.
    #[must_use]
    pub fn area(&self, screen: Rect) -> Rect {
        let inner = self.columns().min(MOST_COLUMNS).min(screen.width.saturating_sub(FRAME));
        let lines = u16::try_from(self.lines(inner).len()).unwrap_or(u16::MAX);
        let buttons = if self.buttons.is_empty() { 0 } else { 2 };
        let width = inner.saturating_add(FRAME).min(screen.width);
        let height = lines.saturating_add(buttons + 2).min(screen.height);
        let x = screen.x + (screen.width - width) / 2;
        let y = screen.y + (screen.height - height) / 2;
        Rect { x, y, width, height }
    }

    /// Draws it in the middle of `screen`. When there is no room, empty lines are left out, then the end of the
    /// text, never the buttons.
    pub fn render(self, screen: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = self.area(screen);
        Pen::new(area, buf, theme).clear();
        let frame = super::Pane { title: self.title, focused: true, ..super::Pane::default() };
        frame.render(area, buf, theme);
        let inner = super::Pane::inner(area);
        let mut pen = Pen::new(inner, buf, theme);
        let mut lines = self.lines(inner.width.saturating_sub(2));
        let room = usize::from(inner.height.saturating_sub(u16::from(!self.buttons.is_empty())));
        if lines.len() > room {
            lines.retain(|(text, _)| !text.is_empty());
        }
        for (y, (text, role)) in (0..).zip(lines.iter().take(room)) {
            pen.put(1, y, text, *role);
        }
        if let Some(last) = room.checked_sub(1).filter(|_| lines.len() > room) {
            let sign = theme.glyphs().ellipsis;
            pen.right(0, last as u16, inner.width, sign, Role::Dim);
        }
        self.buttons(&mut pen);
    }

    fn buttons(self, pen: &mut Pen<'_>) {
        let Some(y) = pen.height().checked_sub(1) else { return };
        let columns: u16 = self.buttons.iter().map(|button| pen.measure(button) + 4 + GAP).sum();
        let mut x = pen.width().saturating_sub(columns.saturating_sub(GAP)) / 2;
        let glyphs = pen.theme().glyphs();
        for (index, button) in self.buttons.iter().enumerate() {
            let (before, after) =
                if index == self.selected { (glyphs.previous, glyphs.next) } else { (" ", " ") };
            let end = pen.put(x, y, &format!("{before} {button} {after}"), Role::Key);
            if index == self.selected {
                pen.select(x, y, end.saturating_sub(x));
            }
            x = end.saturating_add(GAP);
        }
    }

    /// Columns the content would like to have.
    fn columns(&self) -> u16 {
        let texts = self.body.iter().map(|(text, _)| width(text));
        let buttons: u16 = self.buttons.iter().map(|button| width(button).saturating_add(4 + GAP)).sum();
        texts.chain([width(self.title).saturating_add(6), buttons, 24]).max().unwrap_or_default()
    }

    fn lines(&self, columns: u16) -> Vec<(String, Role)> {
        let wrapped = |(text, role): &(&str, Role)| {
            wrap(text, columns).into_iter().map(|line| (line, *role)).collect::<Vec<_>>()
        };
        self.body.iter().flat_map(wrapped).collect()
    }
}

const GAP: u16 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, styles, unicode};

    const ARM: Popup<'static> = Popup {
        title: "Send a write command?",
        body: &[
            (
                "This sets the clock of meter 13462. The meter keeps the new time; the old one is lost.",
                Role::Text,
            ),
            ("", Role::Text),
            ("C0 48 96 34 FD 00 ** ** ** ** D2 01 21 00 15 14 02 22 05 24 9E C0", Role::Write),
        ],
        buttons: &["No", "Send"],
        selected: 0,
    };

    #[test]
    fn it_stands_in_the_middle_over_what_was_there() {
        let over = |theme: &Theme, width, height| {
            draw(width, height, theme, |area, buf, theme| {
                let mut pen = Pen::new(area, buf, theme);
                for y in 0..height {
                    pen.repeat(0, y, width, "x", Role::Text);
                }
                ARM.render(area, buf, theme);
            })
        };
        let mut shown = over(&unicode(), 90, 11);
        shown += &over(&unicode(), 40, 8);
        shown += &over(&ascii(), 90, 9);
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn the_answer_that_enter_gives_is_lit() {
        let looks = styles(90, 9, &unicode(), |a, b, t| ARM.render(a, b, t));
        assert!(
            looks.contains("key on selection BOLD |‹ No ›|") || looks.contains("on selection BOLD |‹ No ›|"),
            "{looks}"
        );
        assert!(looks.contains("write BOLD |C0 48"), "{looks}");
    }

    #[test]
    fn any_area_will_do() {
        keeps_to_its_area(|area, buf, theme| ARM.render(area, buf, theme));
        let message = Popup { buttons: &[], body: &[("\u{1b}[2J", Role::Bad)], ..ARM };
        keeps_to_its_area(|area, buf, theme| message.render(area, buf, theme));
    }
}
