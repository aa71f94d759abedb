//! The one way widgets write into a buffer: clipped to an area, visible characters only, no panics.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::app::output::wrap::split;
use crate::tui::theme::{Role, Theme};

/// Draws into an area of a buffer. Columns and rows are counted from the area's corner.
pub struct Pen<'a> {
    area: Rect,
    buf: &'a mut Buffer,
    theme: &'a Theme,
}

/// Columns a text takes when drawn.
#[must_use]
pub fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

impl<'a> Pen<'a> {
    /// A pen for what of `area` lies in the buffer.
    pub fn new(area: Rect, buf: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self { area: area.intersection(buf.area), buf, theme }
    }

    /// Columns there are.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.area.width
    }

    /// Rows there are.
    #[must_use]
    pub const fn height(&self) -> u16 {
        self.area.height
    }

    /// The theme it draws with.
    #[must_use]
    pub const fn theme(&self) -> &'a Theme {
        self.theme
    }

    /// Columns a text takes when this pen draws it.
    #[must_use]
    pub fn measure(&self, text: &str) -> u16 {
        width(&self.theme.text(text))
    }

    /// Writes a text and gives the column after it. What was there before leaves nothing of its look.
    pub fn put(&mut self, x: u16, y: u16, text: &str, role: Role) -> u16 {
        self.styled(x, y, text, self.theme.style(role))
    }

    /// Writes a text in at most `room` columns, with an ellipsis if it does not fit; gives the column after it.
    pub fn fit(&mut self, x: u16, y: u16, room: u16, text: &str, role: Role) -> u16 {
        let room = room.min(self.area.width.saturating_sub(x));
        let shown = shorten(&self.theme.text(text), room, self.theme.glyphs().ellipsis);
        self.put(x, y, &shown, role)
    }

    /// Writes a figure whole or, if there is no room for it, an ellipsis: a number is never cut.
    pub fn whole(&mut self, x: u16, y: u16, room: u16, figure: &str, role: Role) -> u16 {
        let shown = self.theme.text(figure);
        let room = room.min(self.area.width.saturating_sub(x));
        if width(&shown) <= room {
            return self.put(x, y, &shown, role);
        }
        let sign = self.theme.glyphs().ellipsis;
        if width(sign) <= room { self.put(x, y, sign, role) } else { x }
    }

    /// Like [`Pen::whole`], but ending before the column `x + room`.
    pub fn right(&mut self, x: u16, y: u16, room: u16, figure: &str, role: Role) {
        let shown = self.theme.text(figure);
        let room = room.min(self.area.width.saturating_sub(x));
        let sign = self.theme.glyphs().ellipsis;
        let text = if width(&shown) <= room { &shown } else { sign };
        if width(text) <= room {
            self.put(x.saturating_add(room - width(text)), y, text, role);
        }
    }

    /// Writes a text in a style of one's own.
    pub fn styled(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        if x >= self.area.width || y >= self.area.height {
            return x;
        }
        let room = usize::from(self.area.width - x);
        let text = self.theme.text(text);
        let fresh = Style::reset().patch(style);
        let (end, _) = self.buf.set_stringn(self.area.x + x, self.area.y + y, text, room, fresh);
        end.saturating_sub(self.area.x)
    }

    /// Writes one of the theme's own signs, one column wide, over and over.
    pub fn repeat(&mut self, x: u16, y: u16, count: u16, sign: &'static str, role: Role) -> u16 {
        let end = x.saturating_add(count).min(self.area.width);
        let style = Style::reset().patch(self.theme.style(role));
        if y < self.area.height {
            for x in x..end {
                if let Some(cell) = self.buf.cell_mut((self.area.x + x, self.area.y + y)) {
                    cell.set_symbol(sign).set_style(style);
                }
            }
        }
        end.max(x)
    }

    /// Shows columns of a row as selected.
    pub fn select(&mut self, x: u16, y: u16, count: u16) {
        let end = x.saturating_add(count).min(self.area.width);
        for x in x..end {
            self.restyle(x, y, Theme::selected);
        }
    }

    /// Adds a role's look to columns of a row.
    pub fn add(&mut self, x: u16, y: u16, count: u16, role: Role) {
        let end = x.saturating_add(count).min(self.area.width);
        for x in x..end {
            self.restyle(x, y, |theme, style| style.patch(theme.style(role)));
        }
    }

    /// Empties the area.
    pub fn clear(&mut self) {
        for position in self.area.positions() {
            if let Some(cell) = self.buf.cell_mut(position) {
                cell.reset();
            }
        }
    }

    fn restyle(&mut self, x: u16, y: u16, change: impl Fn(&Theme, Style) -> Style) {
        if x >= self.area.width || y >= self.area.height {
            return;
        }
        if let Some(cell) = self.buf.cell_mut((self.area.x + x, self.area.y + y)) {
            cell.set_style(change(self.theme, cell.style()));
        }
    }
}

/// A text of at most `room` columns, ending in `ellipsis` if some of it had to go. A figure at the cut goes as
/// a whole.
#[must_use]
pub fn shorten(text: &str, room: u16, ellipsis: &str) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let Some(kept) = room.checked_sub(width(ellipsis)) else {
        return String::new();
    };
    let (kept, gone) = split(text, usize::from(kept));
    format!("{}{ellipsis}", without_cut_figure(kept, gone).trim_end())
}

/// What was kept, less a figure that lost its tail: `2 97` of `2 979.64` goes altogether.
fn without_cut_figure<'a>(kept: &'a str, gone: &str) -> &'a str {
    let is_cut = !kept.ends_with(' ') && !gone.starts_with(' ');
    let word = kept.rsplit(' ').next().unwrap_or_default();
    let mut kept = kept;
    let mut next = gone.trim_start().to_owned();
    if is_cut && is_figure(word) {
        kept = kept.strip_suffix(word).unwrap_or(kept);
        next = format!("{word}{gone}");
    }
    while leads_group(&next) {
        let before = kept.trim_end();
        let word = before.rsplit(' ').next().unwrap_or_default();
        if word.is_empty() || word.len() > 3 || !word.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        kept = before.strip_suffix(word).unwrap_or_default();
        word.clone_into(&mut next);
    }
    kept
}

fn is_figure(word: &str) -> bool {
    let digits = word.trim_start_matches(['+', '-']);
    digits.starts_with(|c: char| c.is_ascii_digit())
        || word.ends_with(|c: char| c.is_ascii_digit()) && word.len() < 3
}

/// Whether a text begins with a group of exactly three digits, as those after a thousands space.
fn leads_group(text: &str) -> bool {
    text.bytes().take_while(u8::is_ascii_digit).count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{draw, unicode};

    #[test]
    fn a_text_is_shortened_at_its_end_by_display_width() {
        assert_eq!(shorten("Energy by tariff", 16, "…"), "Energy by tariff");
        assert_eq!(shorten("Energy by tariff", 8, "…"), "Energy…");
        assert_eq!(shorten("Энергия", 4, ".."), "Эн..");
        assert_eq!(shorten("電力量計", 5, "…"), "電力…");
        assert_eq!(shorten("abc", 0, "…"), "");
    }

    #[test]
    fn a_figure_at_the_cut_goes_as_a_whole() {
        for (room, shown) in [
            (20, "Energy 2 979.64 kWh"),
            (18, "Energy 2 979.64 k…"),
            (17, "Energy 2 979.64…"),
            (15, "Energy…"),
            (12, "Energy…"),
            (9, "Energy…"),
            (7, "Energy…"),
            (6, "Energ…"),
        ] {
            assert_eq!(shorten("Energy 2 979.64 kWh", room, "…"), shown, "{room}");
        }
        assert_eq!(shorten("CRC 1C, expected 1B", 18, "…"), "CRC 1C, expected…");
        assert_eq!(shorten("at 2022-07-19", 9, "…"), "at…");
    }

    #[test]
    fn a_number_is_whole_or_not_there() {
        let shown = draw(6, 4, &unicode(), |area, buf, theme| {
            let mut pen = Pen::new(area, buf, theme);
            pen.whole(0, 0, 6, "123.45", Role::Text);
            pen.whole(0, 1, 5, "123.45", Role::Text);
            pen.right(0, 2, 5, "12", Role::Text);
            pen.right(0, 3, 5, "123456", Role::Text);
        });
        assert_eq!(shown, "123.45\n…\n   12\n    …\n");
    }

    #[test]
    fn nothing_that_could_steer_a_terminal_is_drawn() {
        let all: String = (0..=0x10_FFFF).step_by(1).filter_map(char::from_u32).take(0x300).collect();
        let nasty = format!("\u{1b}[2J\u{202E}\u{200B}\u{E0041}\u{7}{all}");
        let shown = draw(2000, 1, &unicode(), |area, buf, theme| {
            Pen::new(area, buf, theme).put(0, 0, &nasty, Role::Text);
        });
        assert!(shown.starts_with("\\u{1B}[2J\\u{202E}\\u{200B}\\u{E0041}\\u{7}"));
        assert!(!shown.trim_end_matches('\n').chars().any(char::is_control));
    }

    #[test]
    fn outside_the_area_nothing_is_drawn() {
        let shown = draw(4, 2, &unicode(), |area, buf, theme| {
            let mut pen = Pen::new(Rect { width: 2, ..area }, buf, theme);
            pen.put(0, 0, "abcd", Role::Text);
            pen.put(3, 1, "x", Role::Text);
            pen.put(0, 9, "y", Role::Text);
            pen.select(0, 9, 900);
        });
        assert_eq!(shown, "ab\n\n");
    }
}
