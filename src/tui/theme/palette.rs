//! A theme file, read.

use std::fmt;

use super::{Rgb, Shade, Token};

/// The colours of a theme.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    /// Its name.
    pub name: String,
    /// The terminal background it was made for. Used to reckon contrast, never painted.
    pub background: Rgb,
    /// One shade a token, in the order of [`Token::ALL`].
    shades: [Shade; Token::COUNT],
}

/// A colour that is hard to read on the theme's background.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weak {
    /// Which token.
    pub token: Token,
    /// Its contrast ratio, under [`Palette::LEAST_CONTRAST`].
    pub contrast: f64,
}

impl fmt::Display for Weak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (token, contrast) = (self.token.name(), self.contrast);
        write!(f, "{token} is hard to read on the theme's background: contrast {contrast:.1}, less than 3")
    }
}

impl Palette {
    /// Contrast under which a colour counts as hard to read (WCAG 2.1, success criterion 1.4.11).
    pub const LEAST_CONTRAST: f64 = 3.0;

    /// A palette of the terminal's own colours.
    #[must_use]
    pub fn plain(name: &str, background: Rgb) -> Self {
        Self { name: name.to_owned(), background, shades: [Shade::DEFAULT; Token::COUNT] }
    }

    /// The shade of a token.
    #[must_use]
    pub fn shade(&self, token: Token) -> Shade {
        self.shades.get(token as usize).copied().unwrap_or(Shade::DEFAULT)
    }

    /// Gives a token its shade.
    pub fn set(&mut self, token: Token, shade: Shade) {
        if let Some(slot) = self.shades.get_mut(token as usize) {
            *slot = shade;
        }
    }

    /// Tokens that are hard to read on the background, to be warned of at the start.
    #[must_use]
    pub fn weak(&self) -> Vec<Weak> {
        let judged = Token::ALL
            .iter()
            .filter(|token| !matches!(token, Token::Selection | Token::SelectionText | Token::Border));
        judged
            .filter_map(|&token| {
                let contrast = self.shade(token).rgb?.contrast(self.background);
                (contrast < Self::LEAST_CONTRAST).then_some(Weak { token, contrast })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_too_near_the_background_is_named_with_its_contrast() {
        let mut palette = Palette::plain("mine", Rgb(255, 255, 255));
        let shade = Shade { rgb: Some(Rgb(0xE6, 0x9F, 0x00)), ..Shade::DEFAULT };
        palette.set(Token::Bad, shade);
        palette.set(Token::Selection, shade);
        let weak: Vec<String> = palette.weak().iter().map(Weak::to_string).collect();
        assert_eq!(weak, ["bad is hard to read on the theme's background: contrast 2.3, less than 3"]);
    }
}
