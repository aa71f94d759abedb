//! The silence between two transmissions when nothing has answered the first.
//!
//! It belongs to the line, not to what is asked: neither the end of a job nor the loss of the link takes it back.

use std::time::Duration;

use crate::frame::At;

/// What has gone out and is not answered.
#[derive(Debug, Default)]
pub(super) struct Silence {
    /// When it had left the wire, as far as is known.
    unanswered: Option<At>,
}

impl Silence {
    /// Something goes out.
    pub(super) const fn send(&mut self, at: At) {
        self.unanswered = Some(at);
    }

    /// What went out has left the wire.
    pub(super) fn sent(&mut self, at: At) {
        self.unanswered = self.unanswered.map(|_| at);
    }

    /// A sound frame was heard.
    pub(super) const fn hear(&mut self) {
        self.unanswered = None;
    }

    /// From when on the next may go out.
    pub(super) fn next(&self, least: Duration) -> At {
        self.unanswered.map_or(At::ZERO, |at| at + least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_takes_the_place_of_the_silence() {
        let least = Duration::from_millis(200);
        let mut line = Silence::default();
        assert_eq!(line.next(least), At::ZERO);
        line.send(At::from_millis(1000));
        line.sent(At::from_millis(1100));
        assert_eq!(line.next(least), At::from_millis(1300));
        line.hear();
        line.sent(At::from_millis(1150));
        assert_eq!(line.next(least), At::ZERO);
    }
}
