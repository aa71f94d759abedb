//! Whether the session may write.

use std::time::Duration;

use crate::frame::At;

/// How long a session stays armed when nothing is written.
const WINDOW: Duration = Duration::from_secs(60);

/// Whether the session may write: only for one command, and only for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Arming {
    /// It reads.
    #[default]
    ReadOnly,
    /// The next command may write.
    Armed {
        /// Until when.
        until: At,
    },
}

impl Arming {
    /// Armed from now on.
    #[must_use]
    pub(crate) fn from(now: At) -> Self {
        Self::Armed { until: now + WINDOW }
    }

    /// Whether it is armed.
    #[must_use]
    pub(crate) const fn is_armed(self) -> bool {
        matches!(self, Self::Armed { .. })
    }

    /// When it ends by itself.
    #[must_use]
    pub(crate) const fn until(self) -> Option<At> {
        match self {
            Self::ReadOnly => None,
            Self::Armed { until } => Some(until),
        }
    }

    /// Disarms when its time has come; whether it did.
    pub(crate) fn expire(&mut self, now: At) -> bool {
        let is_over = self.until().is_some_and(|until| until <= now);
        if is_over {
            *self = Self::ReadOnly;
        }
        is_over
    }
}
