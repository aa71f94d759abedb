//! A line of text being typed.

use ratatui::layout::Rect;
use tui_input::Input;

use super::Look;
use crate::tui::theme::Role;

/// A field for typing: a label, then what was typed.
pub struct Field<'a> {
    /// What is typed.
    pub input: &'a Input,
    /// Shown while nothing is typed.
    pub hint: &'a str,
    /// Whether what is typed must not be seen.
    pub masked: bool,
    /// Whether keys go to it.
    pub active: bool,
}

impl Field<'_> {
    /// Draws it in the first row of an area, with the place of the next character reversed while it is active.
    pub fn draw(&self, look: &mut Look<'_>, area: Rect) {
        let mask = look.theme.glyphs().mask;
        let value = self.input.value();
        let text = if self.masked { mask.repeat(value.chars().count()) } else { value.to_owned() };
        let width = usize::from(area.width.saturating_sub(1));
        let cursor = if self.masked { self.input.cursor() } else { self.input.visual_cursor() };
        let skip = cursor.saturating_sub(width);
        let shown: String = text.chars().skip(skip).take(width).collect();
        let mut pen = look.pen(area);
        if value.is_empty() {
            pen.fit(0, 0, area.width, self.hint, Role::Dim);
        } else {
            pen.put(0, 0, &shown, Role::Text);
        }
        if self.active {
            pen.select(u16::try_from(cursor.saturating_sub(skip)).unwrap_or(u16::MAX), 0, 1);
        }
    }
}
