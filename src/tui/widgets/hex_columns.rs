//! Where the columns of a hex view are.

/// The columns of a hex view.
///
/// Sixteen bytes with their text take 72 columns with an offset of four digits, eight take 39.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HexColumns {
    /// Bytes in a row, at least 1.
    pub per_row: usize,
    /// Digits of the offset.
    pub digits: u16,
    /// Where the text begins, if there is one.
    pub text_x: Option<u16>,
}

/// After so many bytes there is a wider gap.
const HALF: usize = 8;

impl HexColumns {
    /// The widest that fit into `width` for `len` bytes.
    #[must_use]
    pub(super) fn of(width: u16, len: usize) -> Self {
        let digits = match len {
            0..=0x100 => 2,
            0x101..=0x1_0000 => 4,
            _ => 8,
        };
        let forms = [(16, true), (8, true), (8, false), (4, true), (4, false), (2, true), (2, false)];
        let mut forms = forms.iter().map(|&(per_row, text)| Self::new(per_row, digits, text));
        forms.find(|columns| columns.width() <= width).unwrap_or(Self::new(1, digits, false))
    }

    fn new(per_row: usize, digits: u16, text: bool) -> Self {
        let mut columns = Self { per_row, digits, text_x: None };
        if text {
            columns.text_x = Some(columns.byte_x(per_row) + 1 - Self::gap_before(per_row) + 1);
        }
        columns
    }

    fn width(&self) -> u16 {
        let hex = self.byte_x(self.per_row.saturating_sub(1)) + 3;
        self.text_x.map_or(hex, |x| x + self.per_row as u16)
    }

    /// The column of the first digit of a byte by its place in the row.
    #[must_use]
    pub(super) const fn byte_x(&self, place: usize) -> u16 {
        self.digits + 2 + 3 * place as u16 + if place >= HALF { 1 } else { 0 }
    }

    /// Blank columns before a byte.
    #[must_use]
    pub(super) const fn gap_before(place: usize) -> u16 {
        if place == HALF { 2 } else { 1 }
    }

    /// The place in the row that a column belongs to.
    #[must_use]
    pub(super) fn place_at(&self, x: u16) -> Option<usize> {
        let in_text =
            |start: u16| x.checked_sub(start).map(usize::from).filter(|place| *place < self.per_row);
        let in_hex = || (0..self.per_row).find(|&place| (0..2).contains(&x.wrapping_sub(self.byte_x(place))));
        self.text_x.and_then(in_text).or_else(in_hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bytes_fit_seventy_two_columns_and_eight_fit_thirty_nine() {
        assert_eq!(HexColumns::of(72, 1000).per_row, 16);
        assert_eq!(HexColumns::of(71, 1000).per_row, 8);
        let eight = HexColumns::of(39, 1000);
        assert_eq!((eight.per_row, eight.text_x.is_some()), (8, true));
        assert_eq!(HexColumns::of(38, 1000).text_x, None);
        assert_eq!(HexColumns::of(0, 0).per_row, 1);
    }
}
