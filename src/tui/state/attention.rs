//! Attention: when a key can be an answer to a question.
//!
//! A question whose answer sends is not answered by what was typed before it could be read: the rest of a paste,
//! a burst of keys. A key counts once the question has been drawn and the keyboard has been quiet for a moment; the key
//! that confirms counts only with a pause of its own before it, as no burst has one.

use std::time::Duration;

use crate::frame::At;

/// The silence after which keys count.
const QUIET: Duration = Duration::from_millis(400);
/// The silence before the key that confirms: a hand needs more between two keys.
const PAUSE: Duration = Duration::from_millis(80);

/// Stage of a question before keys count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Attention {
    /// It has not been drawn yet.
    #[default]
    Unseen,
    /// It stands on the screen; the keyboard has not been quiet for long enough since then.
    Settling {
        /// When it was drawn, or the last key came.
        since: At,
    },
    /// Keys count.
    Given {
        /// When the last one came.
        last: At,
    },
}

impl Attention {
    /// The question has been drawn.
    pub(crate) const fn drawn(&mut self, now: At) {
        if matches!(self, Self::Unseen) {
            *self = Self::Settling { since: now };
        }
    }

    /// A key comes now, one that confirms or another; whether it counts.
    pub(crate) fn key(&mut self, now: At, confirms: bool) -> bool {
        let (next, counts) = match *self {
            Self::Unseen => (Self::Unseen, false),
            Self::Settling { since } if now.since(since) < QUIET => (Self::Settling { since: now }, false),
            Self::Given { last } if confirms && now.since(last) < PAUSE => {
                (Self::Settling { since: now }, false)
            }
            Self::Settling { .. } | Self::Given { .. } => (Self::Given { last: now }, true),
        };
        *self = next;
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> At {
        At::from_millis(millis)
    }

    #[test]
    fn a_key_counts_after_the_question_was_drawn_and_a_pause() {
        let mut attention = Attention::default();
        assert!(!attention.key(at(5_000), false), "it is not on the screen");
        attention.drawn(at(5_010));
        assert!(!attention.key(at(5_100), false), "too early");
        attention.drawn(at(5_120));
        assert!(!attention.key(at(5_450), true), "the pause begins anew");
        assert!(attention.key(at(5_900), false));
        assert!(attention.key(at(5_960), false) && attention.key(at(6_100), true), "a hand that types");
    }

    #[test]
    fn what_confirms_does_not_count_in_a_burst() {
        let mut attention = Attention::Given { last: at(1_000) };
        assert!(attention.key(at(1_001), false));
        assert!(!attention.key(at(1_002), true));
        assert!(!attention.key(at(1_300), false), "there was no pause");
        assert!(attention.key(at(1_800), true));
    }
}
