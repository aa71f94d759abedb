//! A box in the middle of the screen that asks or tells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, width, wrap};
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

    /// The two rows above the buttons, for a line to type into. They are blank when the body ends with two
    /// empty paragraphs, which are kept as long as there is any room.
    #[must_use]
    pub fn entry(&self, screen: Rect) -> Rect {
        let inner = super::Pane::inner(self.area(screen));
        let shown = self.shown(inner);
        let y = u16::try_from(shown.len().saturating_sub(ENTRY)).unwrap_or(u16::MAX);
        Rect {
            x: inner.x.saturating_add(1),
            y: inner.y.saturating_add(y),
            width: inner.width.saturating_sub(2),
            height: inner.height.saturating_sub(y + 1).min(ENTRY as u16),
        }
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
        for (y, (text, role, is_cut)) in (0..).zip(self.shown(inner)) {
            pen.put(1, y, &text, role);
            if is_cut {
                pen.right(0, y, inner.width, theme.glyphs().ellipsis, Role::Dim);
            }
        }
        self.buttons(&mut pen);
    }

    /// The lines that are drawn, and whether something is left out after one.
    fn shown(self, inner: Rect) -> Vec<(String, Role, bool)> {
        let mut lines = self.lines(inner.width.saturating_sub(2));
        let room = usize::from(inner.height.saturating_sub(u16::from(!self.buttons.is_empty())));
        let kept = lines.iter().rev().take(ENTRY).take_while(|(text, ..)| text.is_empty()).count();
        let kept = if kept == ENTRY { lines.split_off(lines.len() - ENTRY) } else { Vec::new() };
        let room_above = room.saturating_sub(kept.len());
        if lines.len() > room_above {
            lines.retain(|(text, ..)| !text.is_empty());
        }
        if lines.len() > room_above {
            lines.truncate(room_above);
            lines.last_mut().into_iter().for_each(|(.., is_cut)| *is_cut = true);
        }
        lines.extend(kept);
        lines.truncate(room);
        lines
    }

    fn buttons(self, pen: &mut Pen<'_>) {
        let Some(y) = pen.height().checked_sub(1) else { return };
        let columns = self.button_columns();
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

    /// Columns the buttons take, with a gap after each.
    fn button_columns(&self) -> u16 {
        let columns = self.buttons.iter().map(|button| width(button).saturating_add(4 + GAP));
        columns.fold(0, u16::saturating_add)
    }

    /// Columns the content would like to have.
    fn columns(&self) -> u16 {
        let texts = self.body.iter().map(|(text, _)| width(text));
        let buttons = self.button_columns();
        texts.chain([width(self.title).saturating_add(6), buttons, 24]).max().unwrap_or_default()
    }

    fn lines(&self, columns: u16) -> Vec<(String, Role, bool)> {
        let wrapped = |(text, role): &(&str, Role)| {
            wrap(text, columns).into_iter().map(|line| (line, *role, false)).collect::<Vec<_>>()
        };
        self.body.iter().flat_map(wrapped).collect()
    }
}

const GAP: u16 = 3;
/// Rows of a line to type into: the text and what is wrong with it.
const ENTRY: usize = 2;

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
    fn a_line_to_type_into_has_its_place_above_the_buttons() {
        let blank = ("", Role::Text);
        let long = ["word "; 200].concat();
        let body = [("Type the last two digits of the address.", Role::Text), blank, blank];
        let wordy = [(long.as_str(), Role::Text), blank, blank];
        for (body, height) in [(&body, 20), (&body, 6), (&wordy, 9)] {
            let popup = Popup { body, ..ARM };
            let shown = draw(60, height, &unicode(), |area, buf, theme| {
                popup.render(area, buf, theme);
                Pen::new(popup.entry(area), buf, theme).put(0, 0, "62", Role::Accent);
            });
            let lines: Vec<&str> = shown.lines().map(|line| line.trim_matches([' ', '┃'])).collect();
            let entry = lines.iter().position(|line| *line == "62").expect("on a line of its own");
            assert!(lines[entry..].iter().any(|line| line.contains("‹ No ›")), "{shown}");
        }
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
        for (x, y) in (0..50).zip(0..20) {
            let screen = Rect::new(1, 1, x, y);
            let entry = ARM.entry(screen);
            assert!(entry.is_empty() || entry.intersection(screen) == entry, "{entry:?} outside {screen:?}");
        }
    }
}
