//! The clock that stamps everything on a link: monotonic, with the wall time of its beginning.

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep_until};

use crate::frame::At;

/// A monotonic clock with a known beginning. Follows a paused runtime in tests.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
    origin: Timestamp,
}

impl Clock {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self { start: Instant::now(), origin: Timestamp::now() }
    }

    /// Starts now, with a wall time of one's own choosing.
    #[must_use]
    pub fn starting_at(origin: Timestamp) -> Self {
        Self { start: Instant::now(), origin }
    }

    /// Starts at the same wall time in every unit test: simulated meters show it, so what they send depends on it.
    #[cfg(test)]
    pub(crate) fn of_tests() -> Self {
        Self::starting_at(Timestamp::constant(1_773_230_400, 0))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> At {
        At::ZERO + self.start.elapsed()
    }

    /// The moment for a timer of the runtime.
    #[must_use]
    pub fn instant(&self, at: At) -> Instant {
        self.start + at.since(At::ZERO)
    }

    /// Waits for a moment; for ever where there is none.
    pub async fn until(&self, deadline: Option<At>) {
        match deadline {
            Some(at) => sleep_until(self.instant(at)).await,
            None => std::future::pending().await,
        }
    }

    /// The wall time of a moment, steps of the computer's clock left out.
    #[must_use]
    pub fn wall(&self, at: At) -> Timestamp {
        let passed = SignedDuration::try_from(at.since(At::ZERO)).unwrap_or(SignedDuration::MAX);
        self.origin.saturating_add(passed).unwrap_or(self.origin)
    }

    /// The wall time of [`At::ZERO`].
    #[must_use]
    pub const fn origin(&self) -> Timestamp {
        self.origin
    }
}
