//! Idle times of the line, and when it may be used: not right after it was opened, not while the answers to earlier requests may still
//! come.

use std::time::Duration;

use crate::frame::At;

/// Bytes that follow each other within this are one burst: an FTDI adapter hands them over every 16 ms.
const BURST: Duration = Duration::from_millis(20);
/// What comes within this after a link was opened, or after more of its kind, was asked for by somebody else: a
/// converter keeps for the next caller what came after the last one had left.
const SETTLING: Duration = Duration::from_millis(50);
/// A line that never falls silent is used after this all the same.
const LONGEST_SETTLING: Duration = Duration::from_secs(1);

/// Idle state of the line.
#[derive(Debug, Default)]
pub(super) struct LineIdle {
    /// When bytes came last.
    heard: At,
    /// When the link was opened, until the line has settled.
    opened: Option<At>,
    /// Before this nothing new is begun.
    rest_until: At,
    /// Answers to earlier requests that may still come.
    owed: u32,
}

impl LineIdle {
    /// The link was opened.
    pub(super) fn open(&mut self, at: At) {
        *self = Self { heard: at, opened: Some(at), rest_until: at + SETTLING, owed: 0 };
    }

    /// Bytes came in.
    pub(super) fn hear(&mut self, at: At) {
        self.heard = at;
        if let Some(opened) = self.opened.filter(|_| at < self.rest_until) {
            self.rest_until = (at + SETTLING).min(opened + LONGEST_SETTLING);
        }
    }

    /// An exchange has ended that leaves the line like this.
    pub(super) fn rest(&mut self, until: At, owed: u32) {
        (self.opened, self.rest_until, self.owed) = (None, until, owed);
    }

    /// A frame came while nothing was asked. Whether it may be an answer that was given up on.
    pub(super) fn answer(&mut self, at: At) -> bool {
        let is_late = self.owed > 0 && at < self.rest_until;
        self.owed = self.owed.saturating_sub(1);
        if is_late && self.owed == 0 {
            self.rest_until = at + BURST;
        }
        is_late
    }

    /// From when on something new may be begun.
    pub(super) const fn begin(&self) -> At {
        self.rest_until
    }

    /// When bytes came last.
    pub(super) const fn heard(&self) -> At {
        self.heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> At {
        At::from_millis(millis)
    }

    #[test]
    fn a_line_just_opened_settles_first() {
        let mut idle = LineIdle::default();
        idle.open(ms(100));
        assert_eq!(idle.begin(), ms(150));
        idle.hear(ms(140));
        assert_eq!(idle.begin(), ms(190));
        for at in 190..3000 {
            idle.hear(ms(at));
        }
        assert_eq!(idle.begin(), ms(190), "it had settled");
        idle.open(ms(5000));
        for at in 5000..9000 {
            idle.hear(ms(at));
        }
        assert_eq!(idle.begin(), ms(6000));
    }

    #[test]
    fn the_last_answer_that_is_owed_ends_the_rest() {
        let mut idle = LineIdle::default();
        idle.rest(ms(2000), 2);
        assert!(idle.answer(ms(100)));
        assert_eq!(idle.begin(), ms(2000));
        assert!(idle.answer(ms(200)));
        assert_eq!(idle.begin(), ms(220));
        assert!(!idle.answer(ms(300)), "nothing is owed any more");
    }
}
