//! A line to type into.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use tui_input::Input;

use super::{Pen, width};
use crate::tui::theme::{Role, Theme};

/// One line of text being typed, with a label before it and a fault under it.
///
/// ```text
/// address  13462▏
///          ✗ expected a number of 0 to 65535
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TextInput<'a> {
    /// What is typed and where the cursor is.
    pub input: &'a Input,
    /// What it is; may be empty.
    pub label: &'a str,
    /// What stands there while nothing is typed.
    pub placeholder: &'a str,
    /// Whether characters are masked.
    pub masked: bool,
    /// What is wrong with it; empty for nothing.
    pub error: &'a str,
    /// Whether keys go to it.
    pub focused: bool,
}

/// What of the text is in view.
struct View {
    text: String,
    cursor: u16,
}

impl<'a> TextInput<'a> {
    /// A line with that text, neither masked nor wrong.
    #[must_use]
    pub const fn new(input: &'a Input, label: &'a str) -> Self {
        Self { input, label, placeholder: "", masked: false, error: "", focused: true }
    }

    /// Where the terminal's cursor belongs when the line is drawn in `area`; `None` without the focus.
    #[must_use]
    pub fn cursor(&self, area: Rect, theme: &Theme) -> Option<Position> {
        let (x, room) = self.place(area.width, theme);
        if !self.focused || room == 0 || area.height == 0 {
            return None;
        }
        Some(Position::new(area.x.saturating_add(x).saturating_add(self.view(room, theme).cursor), area.y))
    }

    /// Draws the line in the first row and what is wrong in the second.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let (x, room) = self.place(area.width, theme);
        pen.fit(0, 0, x.saturating_sub(1), self.label, Role::Dim);
        let view = self.view(room, theme);
        let line = theme.style(Role::Text).add_modifier(Modifier::UNDERLINED);
        let blanks = " ".repeat(usize::from(room.saturating_sub(width(&view.text))));
        pen.styled(x, 0, &format!("{}{blanks}", view.text), line);
        if self.input.value().is_empty() {
            pen.fit(x, 0, room, self.placeholder, Role::Dim);
        }
        if self.focused && room > 0 {
            pen.select(x + view.cursor, 0, 1);
        }
        if !self.error.is_empty() {
            let x_error = pen.put(x, 1, theme.glyphs().bad, Role::Bad) + 1;
            pen.fit(x_error, 1, area.width, self.error, Role::Bad);
        }
    }

    /// Where the text begins and how many columns there are for it.
    fn place(&self, columns: u16, theme: &Theme) -> (u16, u16) {
        let label = width(&theme.text(self.label));
        let x = if label == 0 { 0 } else { label.saturating_add(2).min(columns / 2) };
        (x, columns.saturating_sub(x))
    }

    /// The part of the text around the cursor that fits, with room for the cursor behind the end.
    fn view(&self, room: u16, theme: &Theme) -> View {
        let mask = theme.glyphs().mask;
        let shown = |character: char| {
            if self.masked {
                mask.to_owned()
            } else {
                theme.text(character.encode_utf8(&mut [0; 4])).into_owned()
            }
        };
        let signs: Vec<String> = self.input.value().chars().map(shown).collect();
        let at = self.input.cursor().min(signs.len());
        let (before, after) = signs.split_at(at);
        let columns = |signs: &[String]| signs.iter().map(|sign| usize::from(width(sign))).sum::<usize>();
        let mut first = 0;
        while columns(before.get(first..).unwrap_or_default()) >= usize::from(room.max(1)) {
            first += 1;
        }
        let before = before.get(first..).unwrap_or_default();
        let cursor = columns(before) as u16;
        let mut text = before.concat();
        for sign in after {
            if width(&text).saturating_add(width(sign)) > room {
                break;
            }
            text.push_str(sign);
        }
        View { text, cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, styles, unicode};

    fn typed(text: &str, cursor: usize) -> Input {
        Input::new(text.to_owned()).with_cursor(cursor)
    }

    fn at(width: u16, line: TextInput<'_>, theme: &Theme) -> String {
        draw(width, 2, theme, |a, b, t| line.render(a, b, t))
    }

    #[test]
    fn label_text_and_fault_stand_in_two_rows() {
        let input = typed("70000", 5);
        let line =
            TextInput { error: "expected a number of 0 to 65535", ..TextInput::new(&input, "address") };
        assert_eq!(at(50, line, &unicode()), "address  70000\n         ✗ expected a number of 0 to 65535\n");
        assert_eq!(at(50, line, &ascii()), "address  70000\n         BAD expected a number of 0 to 65535\n");
    }

    #[test]
    fn the_cursor_stays_in_view_of_a_long_text() {
        let text = "serial:/dev/ttyUSB0?line=9600-8N1";
        let view = |cursor| {
            let input = typed(text, cursor);
            let line = TextInput::new(&input, "");
            let cursor = line.cursor(Rect::new(0, 0, 12, 1), &unicode()).expect("focused");
            (at(12, line, &unicode()).lines().next().unwrap().to_owned(), cursor.x)
        };
        assert_eq!(view(0), ("serial:/dev/".to_owned(), 0));
        assert_eq!(view(33), ("ne=9600-8N1".to_owned(), 11));
        assert_eq!(view(12), ("erial:/dev/t".to_owned(), 11));
    }

    #[test]
    fn a_masked_text_shows_its_length_at_most() {
        let input = typed("пароль7", 7);
        let line = TextInput { masked: true, ..TextInput::new(&input, "password") };
        assert_eq!(at(30, line, &unicode()), "password  *******\n\n");
    }

    #[test]
    fn nothing_typed_can_steer_the_terminal() {
        let input = typed("a\u{1b}[2Jb\u{202E}", 3);
        let shown = at(60, TextInput::new(&input, "raw"), &unicode());
        assert_eq!(shown, "raw  a\\u{1B}[2Jb\\u{202E}\n\n");
    }

    #[test]
    fn the_cursor_is_seen_and_only_with_the_focus() {
        let input = typed("ab", 1);
        let line = TextInput::new(&input, "x");
        insta::assert_snapshot!(styles(10, 1, &unicode(), |a, b, t| line.render(a, b, t)));
        let blurred = TextInput { focused: false, ..line };
        assert_eq!(blurred.cursor(Rect::new(0, 0, 9, 1), &unicode()), None);
    }

    #[test]
    fn a_placeholder_stands_where_nothing_is_typed() {
        let input = typed("", 0);
        let line = TextInput { placeholder: "find command", ..TextInput::new(&input, "/") };
        assert_eq!(at(20, line, &unicode()), "/  find command\n\n");
    }

    #[test]
    fn any_area_will_do() {
        for (text, cursor) in
            [("", 0), ("serial:/dev/ttyUSB0", 19), ("電力量計電力量計", 4), ("\u{1b}\u{1b}\u{1b}", 2)]
        {
            let input = typed(text, cursor);
            let line =
                TextInput { error: "wrong", placeholder: "nothing", ..TextInput::new(&input, "label") };
            keeps_to_its_area(|area, buf, theme| line.render(area, buf, theme));
        }
    }
}
