//! Bars of block characters.

use crate::tui::glyphs::Glyphs;

/// A bar over `share` (0 to 1) of `room` columns, exact to an eighth of a column. What is more than nothing
/// shows at least as a sliver where the signs allow it.
#[must_use]
pub(super) fn across(share: f64, room: u16, glyphs: &Glyphs) -> String {
    let eighths = eighths(share, room);
    let full = eighths / 8;
    let mut bar = glyphs.across.last().copied().unwrap_or_default().repeat(full);
    let rest = glyphs.across.get(eighths % 8).filter(|_| !eighths.is_multiple_of(8));
    bar.push_str(rest.copied().unwrap_or_default());
    bar
}

/// The sign of a share (0 to 1) in a bar of one row.
#[must_use]
pub(super) fn upwards(share: f64, glyphs: &Glyphs) -> &'static str {
    let level = eighths(share, 1).clamp(1, 8);
    glyphs.upwards.get(level - 1).copied().unwrap_or(" ")
}

/// A share of so many cells, in eighths of a cell; at least one if there is anything.
#[must_use]
#[expect(clippy::cast_sign_loss, reason = "the share is clamped to 0 and above, and a NaN becomes 0")]
pub(super) fn eighths(share: f64, cells: u16) -> usize {
    let share = share.clamp(0.0, 1.0);
    let eighths = (share * f64::from(cells) * 8.0).round() as usize;
    eighths.max(usize::from(share > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_exact_to_an_eighth() {
        let bar = |share| across(share, 4, &Glyphs::UNICODE);
        assert_eq!(bar(0.0), "");
        assert_eq!(bar(0.001), "▏");
        assert_eq!(bar(0.5), "██");
        assert_eq!(bar(0.6), "██▍");
        assert_eq!(bar(1.0), "████");
        assert_eq!(bar(9.0), "████");
        assert_eq!(bar(f64::NAN), "");
        assert_eq!(bar(-1.0), "");
    }

    #[test]
    fn ascii_bars_round_to_columns() {
        assert_eq!(across(0.5, 4, &Glyphs::ASCII), "##");
        assert_eq!(across(0.65, 4, &Glyphs::ASCII), "###");
    }
}
