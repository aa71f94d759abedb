//! What reaches the terminal when there are to be no colours, read back from a terminal emulator.
//!
//! A test of its own process: whether crossterm writes colours is a switch of the whole process.

#![cfg(test)]

use std::num::NonZero;

use meterscope::tui::glyphs::Glyphs;
use meterscope::tui::theme::{Depth, Role, Theme, apply_no_color, shipped};
use meterscope::tui::widgets::Pen;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

const ROWS: NonZero<u16> = NonZero::new(2).expect("not zero");
const COLUMNS: NonZero<u16> = NonZero::new(20).expect("not zero");

/// Draws a fault and a selected word and gives the emulated screen.
fn screen(depth: Depth) -> Result<vt100::Parser, std::io::Error> {
    let theme = Theme::new(shipped::fallback(), depth, &Glyphs::UNICODE);
    let mut written = Vec::new();
    let area = Rect::new(0, 0, 20, 2);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut written), options)?;
    terminal.draw(|frame| {
        let mut pen = Pen::new(area, frame.buffer_mut(), &theme);
        pen.put(0, 0, "bad", Role::Bad);
        pen.put(0, 1, "chosen", Role::Text);
        pen.select(0, 1, 6);
    })?;
    drop(terminal);
    let mut parser = vt100::Parser::new(ROWS, COLUMNS, 0);
    parser.process(&written);
    Ok(parser)
}

/// Whether the fault is bold, the selection reversed, and any cell coloured.
fn look(parser: &vt100::Parser) -> Option<(bool, bool, bool)> {
    let cell = |row, column| parser.screen().cell(row, column);
    let coloured = (0..2).flat_map(|row| (0..20).filter_map(move |column| parser.screen().cell(row, column)));
    let coloured = coloured
        .into_iter()
        .any(|c| c.fgcolor() != vt100::Color::Default || c.bgcolor() != vt100::Color::Default);
    Some((cell(0, 0)?.bold(), cell(1, 0)?.inverse(), coloured))
}

#[test]
fn bold_and_reverse_survive_where_colours_are_unwanted() -> Result<(), std::io::Error> {
    crossterm::style::force_color_output(false);
    assert_eq!(
        look(&screen(Depth::TrueColour)?),
        Some((false, false, false)),
        "crossterm's own way loses both"
    );
    apply_no_color();
    assert_eq!(look(&screen(Depth::None)?), Some((true, true, false)));
    Ok(())
}
