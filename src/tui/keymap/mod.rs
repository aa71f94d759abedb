//! Keys: one table of actions, from which come dispatch, footer, help, command prompt and configuration.

mod action;
mod bindings;
mod chord;
mod layout;

pub use action::{ACTIONS, Action, Info};
pub use bindings::{Keymap, KeymapError};
pub use chord::{BadKey, Chord};

/// Where a key means what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// On every screen.
    Global,
    /// The screen of links.
    Connect,
    /// The screen of models and addresses.
    Meter,
    /// The screen where requests are made and sent.
    Bench,
    /// The bench, where a meter speaks by itself.
    Telegram,
    /// The screen of recorded traffic.
    Trace,
    /// The screen of values.
    Readings,
    /// The screen of the load profile.
    Archive,
    /// While text is typed.
    Input,
    /// While the question is open whether to send on a link that is listened to.
    Question,
    /// While a box is open over the screen.
    Popup,
}

impl Context {
    /// Its heading in the help.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Connect => "Connect",
            Self::Meter => "Meter",
            Self::Bench => "Bench",
            Self::Telegram => "Telegrams",
            Self::Trace => "Trace",
            Self::Readings => "Readings",
            Self::Archive => "Archive",
            Self::Input => "While typing",
            Self::Question => "On a line with another master",
            Self::Popup => "In a box",
        }
    }

    /// Its name in the configuration: `[keys.trace]`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Connect => "connect",
            Self::Meter => "meter",
            Self::Bench => "bench",
            Self::Telegram => "telegram",
            Self::Trace => "trace",
            Self::Readings => "readings",
            Self::Archive => "archive",
            Self::Input => "input",
            Self::Question => "question",
            Self::Popup => "popup",
        }
    }

    /// Whether keys of both can be pressed at the same moment, so that they must not be the same.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        let typed = |context| matches!(context, Self::Input | Self::Popup | Self::Question);
        let boxed = |context| matches!(context, Self::Popup | Self::Question);
        self == other
            || (boxed(self) && boxed(other))
            || (self == Self::Global && !typed(other))
            || (other == Self::Global && !typed(self))
    }
}
