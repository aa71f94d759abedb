//! Poll of the chosen meter: the poller, and the job that carries its requests out.

use std::time::Duration;

use crate::app::poller::Poller;
use crate::bus::JobId;
use crate::frame::At;
use crate::protocol::Request;

/// Default period of a poll.
pub(crate) const PERIOD: Duration = Duration::from_secs(5);

/// The periods that can be chosen.
const PERIODS: [u64; 9] = [1, 2, 5, 10, 15, 30, 60, 300, 900];

/// The poll of the chosen meter. The one meter needs no name: another one begins with another poll.
#[derive(Debug, Clone)]
pub(crate) struct Polling {
    /// Whose turn it is.
    pub poller: Poller<(), Request>,
    /// The job that carries out what was asked last, until it is over.
    pub job: Option<JobId>,
    /// Whether it stopped because another master was heard.
    pub is_paused: bool,
}

impl Default for Polling {
    fn default() -> Self {
        Self::every(PERIOD)
    }
}

impl Polling {
    /// One that is off.
    #[must_use]
    pub(crate) const fn every(period: Duration) -> Self {
        Self { poller: Poller::new(period), job: None, is_paused: false }
    }

    /// Asks nothing any more.
    pub(crate) fn stop(&mut self) {
        self.poller.stop();
        self.is_paused = false;
    }

    /// Whether a job is the one that carries out what was asked last.
    #[must_use]
    pub(crate) fn is_of(&self, job: JobId) -> bool {
        self.job == Some(job)
    }

    /// Polls more often (`-1`) or less often (`1`).
    pub(crate) fn change_period(&mut self, by: isize, now: At) {
        let seconds = self.poller.period().as_secs();
        let at = PERIODS.iter().position(|period| *period >= seconds).unwrap_or(PERIODS.len() - 1);
        let at = at.saturating_add_signed(by).min(PERIODS.len() - 1);
        let seconds = PERIODS.get(at).copied().unwrap_or(seconds);
        self.poller.set_period(Duration::from_secs(seconds), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_moves_in_steps_and_stops_at_the_ends() {
        let mut polling = Polling::default();
        polling.change_period(1, At::ZERO);
        assert_eq!(polling.poller.period().as_secs(), 10);
        polling.change_period(-9, At::ZERO);
        assert_eq!(polling.poller.period().as_secs(), 1);
    }
}
