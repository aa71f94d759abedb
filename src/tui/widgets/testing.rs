//! Drawing into a buffer and reading it back, for the tests of widgets.

use std::fmt::Write as _;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use crate::frame::visible;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Depth, Theme, shipped};

/// The dark theme in true colour with Unicode signs.
pub(super) fn unicode() -> Theme {
    Theme::new(shipped::fallback(), Depth::TrueColour, &Glyphs::UNICODE)
}

/// No colour and ASCII signs.
pub(super) fn ascii() -> Theme {
    Theme::new(shipped::find("mono").expect("shipped"), Depth::None, &Glyphs::ASCII)
}

/// What a drawing looks like, a line a row without trailing blanks.
pub(super) fn draw(
    width: u16,
    height: u16,
    theme: &Theme,
    paint: impl FnOnce(Rect, &mut Buffer, &Theme),
) -> String {
    text_of(&painted(width, height, theme, paint))
}

/// The runs of style of a drawing, a line a run that is not plain: row, columns, look, text.
pub(super) fn styles(
    width: u16,
    height: u16,
    theme: &Theme,
    paint: impl FnOnce(Rect, &mut Buffer, &Theme),
) -> String {
    let buf = painted(width, height, theme, paint);
    let mut runs = String::new();
    for y in buf.area.rows().map(|row| row.y) {
        let mut x = 0;
        while x < width {
            let look = look_of(&buf, x, y);
            let end = (x..width).find(|at| look_of(&buf, *at, y) != look).unwrap_or(width);
            let text: String = (x..end).map(|at| buf[(at, y)].symbol()).collect();
            if !look.is_empty() {
                let _ = writeln!(runs, "{y}:{x}-{end} {look} |{text}|");
            }
            x = end;
        }
    }
    runs
}

/// A drawing must not panic, nor touch a cell outside its area, wherever the area lies. It must hold nothing
/// that steers a terminal, and no colour and no foreign sign when the theme has none.
pub(super) fn keeps_to_its_area(paint: impl Fn(Rect, &mut Buffer, &Theme)) {
    let areas = (0u16..140, 0u16..30, 0u16..20, 0u16..12);
    proptest!(ProptestConfig::with_cases(100), |((width, height, x, y) in areas, plain in any::<bool>())| {
        let theme = if plain { ascii() } else { unicode() };
        let mut buf = Buffer::empty(Rect::new(0, 0, 100, 24));
        let area = Rect::new(x, y, width, height);
        paint(area, &mut buf, &theme);
        for cell in buf.content() {
            let symbol = cell.symbol();
            let is_blank = symbol == " " && cell.fg == Color::Reset && cell.bg == Color::Reset;
            if is_blank {
                continue;
            }
            prop_assert_eq!(visible::string(symbol), symbol, "a character that steers");
            let is_plain = symbol.chars().all(|c| c.is_ascii() || c.is_alphabetic()) && cell.fg == Color::Reset && cell.bg == Color::Reset;
            prop_assert!(!plain || is_plain, "{:?} in a plain theme", cell);
        }
        let fresh = Buffer::empty(buf.area);
        for position in buf.area.positions().filter(|position| !area.contains(*position)) {
            prop_assert_eq!(&buf[position], &fresh[position], "{:?} outside {:?}", position, area);
        }
    });
    for (width, height) in [(0, 0), (1, 1), (0, 5), (5, 0), (80, 1), (1, 24)] {
        draw(width, height, &unicode(), &paint);
    }
}

fn painted(width: u16, height: u16, theme: &Theme, paint: impl FnOnce(Rect, &mut Buffer, &Theme)) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    paint(area, &mut buf, theme);
    buf
}

fn text_of(buf: &Buffer) -> String {
    let mut text = String::new();
    for row in buf.area.rows() {
        let mut line = String::new();
        let mut hidden = 0;
        for position in row.positions() {
            let symbol = buf[position].symbol();
            if hidden == 0 {
                line.push_str(symbol);
                hidden = super::width(symbol).saturating_sub(1);
            } else {
                hidden -= 1;
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn look_of(buf: &Buffer, x: u16, y: u16) -> String {
    let cell = &buf[(x, y)];
    let mut look = Vec::new();
    if cell.fg != Color::Reset {
        look.push(name(cell.fg));
    }
    if cell.bg != Color::Reset {
        look.push(format!("on {}", name(cell.bg)));
    }
    if cell.modifier != Modifier::empty() {
        look.push(format!("{:?}", cell.modifier));
    }
    look.join(" ")
}

fn name(colour: Color) -> String {
    let Color::Rgb(red, green, blue) = colour else {
        return format!("{colour:?}");
    };
    let palette = shipped::fallback();
    let is = |token: &crate::tui::theme::Token| {
        palette.shade(*token).rgb == Some(crate::tui::theme::Rgb(red, green, blue))
    };
    crate::tui::theme::Token::ALL.iter().copied().find(is).map_or("?".into(), |token| token.name().to_owned())
}
