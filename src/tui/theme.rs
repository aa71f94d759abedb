//! Colours by meaning: theme files give some twenty tokens a colour, roles on screen are derived from them.

mod colour;
mod depth;
mod load;
mod palette;
mod role;
pub mod shipped;
mod token;

pub use colour::{Rgb, Shade};
pub use depth::{Depth, apply_no_color};
pub use load::{ThemeError, parse};
pub use palette::{Palette, Weak};
pub use role::Role;
pub use token::Token;

use std::borrow::Cow;

use ratatui::style::{Color, Modifier, Style};

use super::glyphs::Glyphs;
use crate::frame::visible;
use crate::reading::Unit;

/// Everything a widget needs to know of looks: colours, how many of them, and glyphs.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    palette: Palette,
    depth: Depth,
    glyphs: &'static Glyphs,
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(shipped::fallback(), Depth::default(), &Glyphs::UNICODE)
    }
}

impl Theme {
    /// A palette at a depth of colour, with a set of glyphs.
    #[must_use]
    pub const fn new(palette: Palette, depth: Depth, glyphs: &'static Glyphs) -> Self {
        Self { palette, depth, glyphs }
    }

    /// The colours.
    #[must_use]
    pub const fn palette(&self) -> &Palette {
        &self.palette
    }

    /// How many colours are used.
    #[must_use]
    pub const fn depth(&self) -> Depth {
        self.depth
    }

    /// The glyphs.
    #[must_use]
    pub const fn glyphs(&self) -> &'static Glyphs {
        self.glyphs
    }

    /// How something of that role looks. [`Role::Selected`] is meant for [`Theme::selected`].
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        if role == Role::Selected {
            return self.selected(Style::new());
        }
        Style::new().fg(self.colour(role.token())).add_modifier(self.modifier(role))
    }

    /// How something of that style looks while it is selected: on the selection's background where there are
    /// colours enough to tell it, else reversed as a whole.
    #[must_use]
    pub fn selected(&self, style: Style) -> Style {
        let background = self.colour(Token::Selection);
        if self.depth != Depth::TrueColour || background == Color::Reset {
            let plain = Style { fg: Some(Color::Reset), bg: Some(Color::Reset), ..style };
            return plain.remove_modifier(Modifier::DIM).add_modifier(Modifier::REVERSED);
        }
        let own = style.fg.filter(|colour| *colour != Color::Reset);
        style.bg(background).fg(own.unwrap_or_else(|| self.colour(Token::SelectionText)))
    }

    /// A text as it may be drawn: without control, format and direction characters, and in ASCII mode with
    /// the signs of the other set replaced.
    #[must_use]
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.bytes().all(|byte| matches!(byte, 0x20..=0x7E)) {
            return Cow::Borrowed(text);
        }
        let shown = visible::string(text);
        if !self.glyphs.ascii {
            return Cow::Owned(shown);
        }
        Cow::Owned(shown.chars().map(|character| self.glyphs.fold(character)).collect())
    }

    /// A unit's symbol in the characters at hand.
    #[must_use]
    pub const fn unit(&self, unit: Unit) -> &'static str {
        match (unit, self.glyphs.ascii) {
            (Unit::Celsius, true) => "degC",
            (Unit::Degree, true) => "deg",
            _ => unit.symbol(),
        }
    }

    fn colour(&self, token: Token) -> Color {
        let shade = self.palette.shade(token);
        match self.depth {
            Depth::TrueColour => shade.rgb.map_or(Color::Reset, |Rgb(r, g, b)| Color::Rgb(r, g, b)),
            Depth::Ansi16 => shade.ansi,
            Depth::None => Color::Reset,
        }
    }

    /// Colourless themes need more signs to keep meanings apart.
    fn modifier(&self, role: Role) -> Modifier {
        let colourless = self.colour(role.token()) == Color::Reset;
        if colourless { role.modifier() | role.colourless() } else { role.modifier() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(name: &str, depth: Depth) -> Theme {
        Theme::new(shipped::find(name).expect("shipped"), depth, &Glyphs::UNICODE)
    }

    #[test]
    fn without_colour_nothing_is_coloured_and_meanings_still_differ() {
        for theme in
            [theme("dark", Depth::None), theme("mono", Depth::TrueColour), theme("mono", Depth::Ansi16)]
        {
            for role in Role::ALL {
                let style = theme.style(*role);
                let colours = [style.fg, style.bg];
                assert!(colours.iter().flatten().all(|c| *c == Color::Reset), "{role:?}");
            }
            for (one, two) in [
                (Role::Good, Role::Bad),
                (Role::Text, Role::Selected),
                (Role::Text, Role::Dim),
                (Role::Text, Role::Title),
                (Role::Border, Role::BorderFocus),
                (Role::Text, Role::Match),
                (Role::Selected, Role::Match),
                (Role::Text, Role::Write),
                (Role::Write, Role::Control),
                (Role::Reply, Role::Echo),
                (Role::Key, Role::Hint),
                (Role::Text, Role::Bad),
                (Role::Field(0), Role::Field(1)),
            ] {
                assert_ne!(theme.style(one), theme.style(two), "{one:?} and {two:?} look the same");
            }
        }
    }

    #[test]
    fn good_and_bad_differ_at_every_depth_of_every_theme() {
        for (name, _) in shipped::SHIPPED {
            for depth in [Depth::TrueColour, Depth::Ansi16, Depth::None] {
                let theme = theme(name, depth);
                for (one, two) in [(Role::Good, Role::Bad), (Role::Field(0), Role::Field(1))] {
                    assert_ne!(theme.style(one), theme.style(two), "{name} {depth:?}");
                }
            }
        }
    }

    #[test]
    fn only_the_selection_has_a_background() {
        for role in Role::ALL.iter().filter(|role| **role != Role::Selected) {
            assert_eq!(theme("dark", Depth::TrueColour).style(*role).bg, None, "{role:?}");
        }
    }

    #[test]
    fn a_selected_fault_keeps_its_colour_where_there_are_enough() {
        let rich = theme("dark", Depth::TrueColour);
        let bad = rich.style(Role::Bad);
        assert_eq!(rich.selected(bad).fg, bad.fg);
        let poor = theme("dark", Depth::Ansi16);
        let selected = poor.selected(poor.style(Role::Bad));
        assert_eq!(selected.fg, Some(Color::Reset));
        assert!(selected.add_modifier.contains(Modifier::REVERSED | Modifier::BOLD));
    }

    #[test]
    fn text_is_made_visible_and_in_ascii_mode_plain() {
        let fancy = Theme::default();
        assert_eq!(fancy.text("a\u{1b}[2J"), "a\\u{1B}[2J");
        assert_eq!(fancy.text("3 × 17 …"), "3 × 17 …");
        let plain = Theme::new(shipped::fallback(), Depth::None, &Glyphs::ASCII);
        assert_eq!(plain.text("3 × 17 · ‹a›"), "3 x 17 . <a>");
        assert_eq!((plain.unit(Unit::Celsius), fancy.unit(Unit::Celsius)), ("degC", "°C"));
    }
}
