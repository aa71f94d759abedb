//! Colours of theme files and how far apart they are.

use ratatui::style::Color;

/// A colour of three parts of 0 to 255 each (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Reads `#56B4E9`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits =
            text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// Relative luminance, 0 for black to 1 for white (WCAG 2.1, definition of "relative luminance").
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let share = f64::from(part) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast ratio, 1 for equal to 21 for black on white (WCAG 2.1, definition of "contrast ratio").
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

/// The colour of a token, for each depth of colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shade {
    /// In true colour; `None` leaves the terminal's own.
    pub rgb: Option<Rgb>,
    /// With sixteen colours; [`Color::Reset`] leaves the terminal's own.
    pub ansi: Color,
}

impl Shade {
    /// The terminal's own colour.
    pub const DEFAULT: Self = Self { rgb: None, ansi: Color::Reset };
}

/// Names of the sixteen colours in theme files.
pub(super) const ANSI: &[(&str, Color)] = &[
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("grey", Color::Gray),
    ("dark-grey", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_runs_from_one_to_twenty_one() {
        let (black, white) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
        assert!((black.contrast(white) - 21.0).abs() < 1e-9);
        assert!((white.contrast(white) - 1.0).abs() < 1e-9);
        let grey = Rgb(0x76, 0x76, 0x76).contrast(white);
        assert!((4.5..4.6).contains(&grey), "#767676 on white is the known 4.54, not {grey}");
    }

    #[test]
    fn a_colour_is_a_hash_and_six_digits() {
        assert_eq!(Rgb::parse("#56B4E9"), Some(Rgb(0x56, 0xB4, 0xE9)));
        for bad in ["56B4E9", "#56B4E", "#56B4EG", "#ééé", "", "#+6B4E9"] {
            assert_eq!(Rgb::parse(bad), None, "{bad}");
        }
    }
}
