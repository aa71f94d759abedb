//! The meanings a theme gives colours to.

macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// A meaning that a theme file gives a colour to. Everything on screen is derived from these.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Token {
            $($(#[$doc])* $name,)+
        }

        impl Token {
            /// Every token there is, in the order of the theme files.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name in a theme file.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

tokens! {
    /// Plain text.
    Text = "text",
    /// Text of less weight.
    Dim = "dim",
    /// Borders of panes without the focus.
    Border = "border",
    /// The border of the pane with the focus.
    Focus = "focus",
    /// What should be found first.
    Accent = "accent",
    /// The background of what is selected.
    Selection = "selection",
    /// Plain text on that background.
    SelectionText = "selection-text",
    /// Checked and right.
    Good = "good",
    /// Checked and wrong.
    Bad = "bad",
    /// Odd, or to be looked at.
    Warn = "warn",
    /// Sent to a meter.
    Request = "request",
    /// Answered by a meter.
    Reply = "reply",
    /// Sent by a meter unasked.
    Push = "push",
    /// Bytes of no frame.
    Noise = "noise",
    /// A command that changes a meter.
    Write = "write",
    /// A command that acts: switches, restarts.
    Control = "control",
    /// The name of a key.
    Key = "key",
    /// Masked bytes of a password or key.
    Secret = "secret",
    /// Bytes of the first, third, fifth field.
    FieldA = "field-a",
    /// Bytes of the second, fourth, sixth field.
    FieldB = "field-b",
    /// What a search has found.
    Match = "match",
}

impl Token {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The token of a name in a theme file.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|token| token.name() == name)
    }
}
