//! The stages of a dialogue: what the parts of a session are for, in every protocol that has sessions.

/// What a part of a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A session that may still be open is ended before another begins.
    Break,
    /// The meter is called.
    SignOn,
    /// It says who it is.
    Identification,
    /// It is told what is wanted, and at which speed.
    Select,
    /// It is given the password and lets us in, or not.
    Password,
    /// A channel is opened with the password.
    Opening,
    /// It is asked for something.
    Command,
    /// It answers.
    Answer,
    /// It sends everything it has.
    Readout,
    /// It is asked, and answers, without a session.
    Outside,
    /// The session ends.
    SignOff,
    /// The channel is closed.
    Closing,
}

impl Stage {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Break => "break",
            Self::SignOn => "sign-on",
            Self::Identification => "identification",
            Self::Select => "option select",
            Self::Password => "password",
            Self::Opening => "open the channel",
            Self::Command => "command",
            Self::Answer => "answer",
            Self::Readout => "data readout",
            Self::Outside => "without a session",
            Self::SignOff => "sign-off",
            Self::Closing => "close the channel",
        }
    }

    /// Whether a session is over with it.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::SignOff | Self::Closing)
    }
}
