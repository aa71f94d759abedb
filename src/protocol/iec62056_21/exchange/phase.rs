//! Phases of a session: what is awaited now, and what follows a pause.

/// Where the session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before the start and after the end.
    Rest,
    /// Silence before what comes next.
    Pause(Next),
    /// The identification is awaited.
    SignOn,
    /// The option select is on its way out.
    Selecting,
    /// The last character of the option select is let out before the speed changes.
    Settling,
    /// The operand for the password is awaited.
    Operand,
    /// The answer to the password is awaited.
    Login,
    /// The answer to a command is awaited.
    Answer,
    /// A readout that was asked for is awaited.
    Readout,
    /// A telegram is awaited that nobody asks for.
    Telegram(Head),
    /// A sign-off is on its way out or has just left, with what follows.
    SigningOff(Next),
}

impl Phase {
    /// Whether the session is being signed off, or has ended.
    pub(super) const fn is_ending(self) -> bool {
        matches!(
            self,
            Self::Rest
                | Self::SigningOff(Next::SecondSignOff | Next::Restore)
                | Self::Pause(Next::SignOff | Next::SecondSignOff | Next::Restore)
        )
    }

    /// Step of the session that a failure in this phase belongs to; `None` for that of the request itself.
    pub(super) const fn step(self) -> Option<&'static str> {
        match self {
            Self::SignOn
            | Self::Pause(Next::SignOn | Next::Break | Next::WorkingBreak)
            | Self::SigningOff(Next::SignOn) => Some("sign-on"),
            Self::Pause(Next::Select) | Self::Selecting | Self::Settling | Self::Operand => {
                Some("option select")
            }
            Self::Login | Self::Pause(Next::Login) => Some("password"),
            _ => None,
        }
    }
}

/// What follows a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    SignOn,
    /// A sign-off before the sign-on, at the speed of the line, and at the working speed.
    Break,
    WorkingBreak,
    Select,
    Login,
    Ask,
    Outside,
    /// The sign-off, the first and the second of two.
    SignOff,
    SecondSignOff,
    /// The line is put back, and the next request begins or nothing does.
    Restore,
}

/// Whether the identification of a telegram was heard, so that its lines may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    Missing,
    Heard,
}

/// How far the session has come, which says what is owed to the meter at its beginning and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// No session is open, as far as is known.
    Outside,
    /// The session before this one was cut off: the meter may still be in it, and a break comes before the first
    /// sign-on.
    CutOff,
    /// A sign-on was sent, which may have opened a session: a sign-off is owed.
    SignedOn,
    /// The meter is in programming mode and has let us in: a sign-off is owed.
    Admitted,
}

impl Entry {
    /// Whether commands may be asked.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Admitted)
    }

    /// Whether the session is to be signed off.
    pub(super) const fn owes_sign_off(self) -> bool {
        matches!(self, Self::SignedOn | Self::Admitted)
    }

    /// No commands any more; what is owed stays.
    pub(super) const fn shut(&mut self) {
        if matches!(self, Self::Admitted) {
            *self = Self::SignedOn;
        }
    }

    /// Nothing is owed any more.
    pub(super) const fn leave(&mut self) {
        if self.owes_sign_off() {
            *self = Self::Outside;
        }
    }
}
