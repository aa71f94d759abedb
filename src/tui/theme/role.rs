//! What things on screen are, as far as their look is concerned.

use ratatui::style::Modifier;

use super::Token;
use crate::frame::Direction;
use crate::protocol::Access;

/// What a piece of the screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Plain text.
    Text,
    /// Text of less weight.
    Dim,
    /// The title of a pane or popup.
    Title,
    /// The border of a pane.
    Border,
    /// The border of the pane with the focus.
    BorderFocus,
    /// What is selected; see [`super::Theme::selected`].
    Selected,
    /// Checked and right.
    Good,
    /// Checked and wrong.
    Bad,
    /// Odd, or to be looked at.
    Warn,
    /// Sent to a meter.
    Request,
    /// Answered by a meter.
    Reply,
    /// Sent by a meter unasked.
    Push,
    /// Our own bytes, come back.
    Echo,
    /// Bytes of no frame.
    Noise,
    /// A command that changes a meter.
    Write,
    /// A command that acts.
    Control,
    /// The name of a key.
    Key,
    /// What a key does.
    Hint,
    /// What should be found first.
    Accent,
    /// Masked bytes of a password or key.
    Secret,
    /// Bytes of a field by its ordinal; neighbours differ.
    Field(u8),
    /// What a search has found.
    Match,
}

impl Role {
    /// Every role, fields by two neighbours.
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Dim,
        Self::Title,
        Self::Border,
        Self::BorderFocus,
        Self::Selected,
        Self::Good,
        Self::Bad,
        Self::Warn,
        Self::Request,
        Self::Reply,
        Self::Push,
        Self::Echo,
        Self::Noise,
        Self::Write,
        Self::Control,
        Self::Key,
        Self::Hint,
        Self::Accent,
        Self::Secret,
        Self::Field(0),
        Self::Field(1),
        Self::Match,
    ];

    /// The token that gives its colour.
    #[must_use]
    pub const fn token(self) -> Token {
        match self {
            Self::Text | Self::Title => Token::Text,
            Self::Dim | Self::Hint | Self::Echo => Token::Dim,
            Self::Border => Token::Border,
            Self::BorderFocus => Token::Focus,
            Self::Selected => Token::Selection,
            Self::Good => Token::Good,
            Self::Bad => Token::Bad,
            Self::Warn => Token::Warn,
            Self::Request => Token::Request,
            Self::Reply => Token::Reply,
            Self::Push => Token::Push,
            Self::Noise => Token::Noise,
            Self::Write => Token::Write,
            Self::Control => Token::Control,
            Self::Key => Token::Key,
            Self::Accent => Token::Accent,
            Self::Secret => Token::Secret,
            Self::Field(ordinal) if ordinal % 2 == 0 => Token::FieldA,
            Self::Field(_) => Token::FieldB,
            Self::Match => Token::Match,
        }
    }

    /// The role of an access class; reading is nothing special.
    #[must_use]
    pub const fn of_access(access: Access) -> Self {
        match access {
            Access::Read => Self::Dim,
            Access::Write => Self::Write,
            Access::Control => Self::Control,
        }
    }

    /// The role of a direction.
    #[must_use]
    pub const fn of_direction(direction: Direction) -> Self {
        match direction {
            Direction::Request => Self::Request,
            Direction::Reply => Self::Reply,
            Direction::Push => Self::Push,
            Direction::Unknown => Self::Text,
        }
    }

    /// What marks it besides its colour.
    pub(super) const fn modifier(self) -> Modifier {
        match self {
            Self::Title | Self::BorderFocus | Self::Bad | Self::Key | Self::Write => Modifier::BOLD,
            Self::Control => Modifier::BOLD.union(Modifier::UNDERLINED),
            Self::Match => Modifier::UNDERLINED,
            _ => Modifier::empty(),
        }
    }

    /// What marks it in addition where it has no colour.
    pub(super) const fn colourless(self) -> Modifier {
        match self {
            Self::Dim | Self::Hint | Self::Echo | Self::Noise | Self::Secret | Self::Border => Modifier::DIM,
            Self::Warn | Self::Accent | Self::Push | Self::Match => Modifier::BOLD,
            Self::Field(ordinal) if ordinal % 2 == 1 => Modifier::UNDERLINED,
            _ => Modifier::empty(),
        }
    }
}
