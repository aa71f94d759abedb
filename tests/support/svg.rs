//! A terminal's screen as an SVG picture. Lines, blocks and braille are drawn, because fonts leave gaps.

#![allow(dead_code, reason = "only the screenshots draw")]
#![allow(
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::match_same_arms,
    reason = "tables of glyphs"
)]

use std::fmt::Write as _;

const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 12.0;
const FONT: &str = "'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace";

/// The two colours a terminal has by default.
#[derive(Debug, Clone, Copy)]
pub struct Paper {
    /// Of characters.
    pub ink: &'static str,
    /// Of the background.
    pub page: &'static str,
}

/// A dark terminal.
pub const DARK: Paper = Paper { ink: "#d8dee9", page: "#14181f" };
/// A light terminal.
pub const LIGHT: Paper = Paper { ink: "#22272e", page: "#fdfdfb" };

/// Draws a screen.
pub fn draw(screen: &vt100::Screen, paper: Paper) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) =
        (f32::from(columns) * CELL.0 + 2.0 * MARGIN, f32::from(rows) * CELL.1 + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"{FONT}\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        paper.page
    );
    for row in 0..rows {
        for column in 0..columns {
            if let Some(cell) = screen.cell(row, column) {
                draw_cell(&mut svg, cell, (column, row), paper);
            }
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_cell(svg: &mut String, cell: &vt100::Cell, (column, row): (u16, u16), paper: Paper) {
    let (x, y) = (MARGIN + f32::from(column) * CELL.0, MARGIN + f32::from(row) * CELL.1);
    let mut ink = colour(cell.fgcolor(), paper.ink);
    let mut page = colour(cell.bgcolor(), paper.page);
    if cell.inverse() {
        std::mem::swap(&mut ink, &mut page);
    }
    if page != paper.page {
        let (w, h) = (CELL.0 + 0.3, CELL.1 + 0.3);
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" fill=\"{page}\"/>"
        );
    }
    let Some(character) = cell.contents().chars().next().filter(|c| !c.is_whitespace()) else { return };
    let opacity = if cell.dim() { " opacity=\"0.6\"" } else { "" };
    match character {
        '\u{2500}'..='\u{257F}' => lines(svg, character, (x, y), &format!("{ink}\"{opacity}")),
        '\u{2580}'..='\u{259F}' => block(svg, character, (x, y), &format!("{ink}\"{opacity}")),
        '\u{2800}'..='\u{28FF}' => braille(svg, character, (x, y), &format!("{ink}\"{opacity}")),
        _ => glyph(svg, cell, (x, y), &format!("{ink}\"{opacity}")),
    }
}

fn glyph(svg: &mut String, cell: &vt100::Cell, (x, y): (f32, f32), fill: &str) {
    let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
    let decoration = if cell.underline() { " text-decoration=\"underline\"" } else { "" };
    let text = cell.contents().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"{fill}{weight}{decoration}>{text}</text>",
        y + 13.5
    );
}

/// Arms of a box character as (up, right, down, left), 0 none, 1 light, 2 heavy.
fn arms(character: char) -> [u8; 4] {
    match character {
        '─' | '╌' | '┄' | '┈' => [0, 1, 0, 1],
        '━' | '╍' => [0, 2, 0, 2],
        '│' | '╎' | '┆' | '┊' => [1, 0, 1, 0],
        '┃' => [2, 0, 2, 0],
        '┌' | '╭' => [0, 1, 1, 0],
        '┐' | '╮' => [0, 0, 1, 1],
        '└' | '╰' => [1, 1, 0, 0],
        '┘' | '╯' => [1, 0, 0, 1],
        '┏' => [0, 2, 2, 0],
        '┓' => [0, 0, 2, 2],
        '┗' => [2, 2, 0, 0],
        '┛' => [2, 0, 0, 2],
        '├' => [1, 1, 1, 0],
        '┤' => [1, 0, 1, 1],
        '┬' => [0, 1, 1, 1],
        '┴' => [1, 1, 0, 1],
        '┼' => [1, 1, 1, 1],
        '╴' => [0, 0, 0, 1],
        '╵' => [1, 0, 0, 0],
        '╶' => [0, 1, 0, 0],
        '╷' => [0, 0, 1, 0],
        _ => [0, 1, 0, 1],
    }
}

fn lines(svg: &mut String, character: char, (x, y): (f32, f32), stroke: &str) {
    let (cx, cy) = (x + CELL.0 / 2.0, y + CELL.1 / 2.0);
    let ends = [(cx, y), (x + CELL.0, cy), (cx, y + CELL.1), (x, cy)];
    for (weight, (ex, ey)) in arms(character).into_iter().zip(ends) {
        if weight > 0 {
            let width = if weight == 2 { 2.4 } else { 1.1 };
            let _ = writeln!(
                svg,
                "<path d=\"M{cx:.1} {cy:.1}L{ex:.1} {ey:.1}\" stroke-width=\"{width}\" stroke-linecap=\"square\" stroke=\"{stroke}/>"
            );
        }
    }
}

fn block(svg: &mut String, character: char, (x, y): (f32, f32), fill: &str) {
    let code = u32::from(character) - 0x2580;
    let eighth = |n: u32| n as f32 / 8.0;
    let (left, top, width, height) = match code {
        0 => (0.0, 0.0, 1.0, 0.5),
        1..=8 => (0.0, 1.0 - eighth(code), 1.0, eighth(code)),
        9..=15 => (0.0, 0.0, eighth(16 - code), 1.0),
        16 => (0.5, 0.0, 0.5, 1.0),
        _ => (0.0, 0.0, 1.0, 1.0),
    };
    let shade = match code {
        17 => " fill-opacity=\"0.25\"",
        18 => " fill-opacity=\"0.5\"",
        19 => " fill-opacity=\"0.75\"",
        _ => "",
    };
    let (x, y) = (x + left * CELL.0, y + top * CELL.1);
    let (w, h) = (width * CELL.0 + 0.2, height * CELL.1 + 0.2);
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\"{shade} fill=\"{fill}/>"
    );
}

fn braille(svg: &mut String, character: char, (x, y): (f32, f32), fill: &str) {
    /// Column and row of the dot of each bit (Unicode, braille patterns).
    const DOTS: [(f32, f32); 8] =
        [(0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (1.0, 0.0), (1.0, 1.0), (1.0, 2.0), (0.0, 3.0), (1.0, 3.0)];
    let bits = u32::from(character) - 0x2800;
    for (bit, (column, row)) in DOTS.into_iter().enumerate() {
        if bits >> bit & 1 == 1 {
            let (cx, cy) = (x + CELL.0 * (0.25 + column * 0.5), y + CELL.1 * (0.125 + row * 0.25));
            let _ = writeln!(svg, "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"1.5\" fill=\"{fill}/>");
        }
    }
}

fn colour(colour: vt100::Color, default: &str) -> String {
    match colour {
        vt100::Color::Default => default.to_owned(),
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        vt100::Color::Idx(index) => indexed(index),
    }
}

/// The xterm palette.
fn indexed(index: u8) -> String {
    const BASE: [&str; 16] = [
        "#000000", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5", "#666666",
        "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff",
    ];
    match index {
        0..=15 => BASE[usize::from(index)].to_owned(),
        16..=231 => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let n = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        _ => {
            let grey = 8 + 10 * (index - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
    }
}
