//! Dots of braille characters: two across and four down a cell.

use super::Pen;
use crate::tui::theme::Role;

/// A grid of dots that is drawn over cells.
#[derive(Debug)]
pub(super) struct Canvas {
    columns: u16,
    rows: u16,
    cells: Vec<u8>,
}

/// Bits of a cell's dots, by column and row (Unicode block "Braille Patterns").
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
const BLANK: u32 = 0x2800;

impl Canvas {
    /// An empty one over so many cells.
    #[must_use]
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        Self { columns, rows, cells: vec![0; usize::from(columns) * usize::from(rows)] }
    }

    /// A dot at shares of the width (from the left) and the height (from below).
    pub(super) fn dot(&mut self, place: (f64, f64)) {
        let (x, y) = self.grid(place);
        self.set(x, y);
    }

    /// A line of dots between two places.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let ((x0, y0), (x1, y1)) = (self.grid(from), self.grid(to));
        let steps = (x1 - x0).abs().max((y1 - y0).abs()).max(1);
        for step in 0..=steps {
            self.set(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps);
        }
    }

    /// Draws the cells that hold a dot.
    pub(super) fn draw(&self, pen: &mut Pen<'_>, (left, top): (u16, u16), role: Role) {
        let places = (0..self.rows).flat_map(|y| (0..self.columns).map(move |x| (x, y)));
        for ((x, y), bits) in places.zip(&self.cells).filter(|(_, bits)| **bits != 0) {
            if let Some(sign) = char::from_u32(BLANK + u32::from(*bits)) {
                pen.put(left + x, top + y, sign.encode_utf8(&mut [0; 4]), role);
            }
        }
    }

    /// The dot at shares of width and height, counted from the left and from above.
    fn grid(&self, (x, y): (f64, f64)) -> (i32, i32) {
        let along = |share: f64, cells: u16, dots: u16| {
            let last = (f64::from(cells) * f64::from(dots) - 1.0).max(0.0);
            (share.clamp(0.0, 1.0) * last).round() as i32
        };
        (along(x, self.columns, 2), along(1.0 - y, self.rows, 4))
    }

    fn set(&mut self, x: i32, y: i32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        let bit = BITS.get(x % 2).and_then(|column| column.get(y % 4)).copied().unwrap_or_default();
        if let Some(cell) = self.cells.get_mut(y / 4 * usize::from(self.columns) + x / 2) {
            *cell |= bit;
        }
    }
}
