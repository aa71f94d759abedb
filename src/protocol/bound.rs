//! Transmit bound: the messages that carrying a plan out may send, and those it has sent.
//!
//! An exchange knows it from its plan before it begins. Whoever owns the line counts against it and sends nothing
//! beyond, whatever the exchange makes of what it hears.

use std::fmt;

/// Transmit bound of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Requests, and what their protocol owes: breaks, passwords, sign-offs.
    Requests(Allowance),
    /// Replies to what meters say by themselves: one for each sound frame that was heard.
    Replies,
}

/// Numbers of messages that a plan may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowance {
    /// Messages in a row while no sound frame is heard.
    pub unanswered: u32,
    /// Messages in all, whatever is heard.
    pub total: u32,
    /// Bytes of the longest of them.
    pub longest: usize,
}

impl Allowance {
    /// Messages of two parts of a plan.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            unanswered: self.unanswered.saturating_add(other.unanswered),
            total: self.total.saturating_add(other.total),
            longest: self.longest.max(other.longest),
        }
    }
}

impl Bound {
    /// Bound of an exchange that only listens.
    pub const NOTHING: Self = Self::Requests(Allowance { unanswered: 0, total: 0, longest: 0 });

    /// Bound of one message that is sent once.
    #[must_use]
    pub const fn once(length: usize) -> Self {
        Self::Requests(Allowance { unanswered: 1, total: 1, longest: length })
    }

    /// Whether the messages are replies to what meters say by themselves.
    #[must_use]
    pub const fn is_of_replies(self) -> bool {
        matches!(self, Self::Replies)
    }
}

/// Bytes of the longest reply that acknowledges a push.
const LONGEST_REPLY: usize = 64;

/// Messages sent so far, counted against the bound.
#[derive(Debug, Clone)]
pub struct Spent {
    bound: Bound,
    messages: u32,
    bytes: u64,
    /// Messages since a sound frame was heard.
    unanswered: u32,
    /// Sound frames that were heard.
    heard: u32,
}

/// More than the bound allows: what was to go out next was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excess {
    /// Messages that had gone out.
    pub messages: u32,
    /// Bytes of them.
    pub bytes: u64,
    /// What the next message was too much for.
    pub limit: Limit,
}

/// A limit of a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So many messages without an answer.
    Unanswered(u32),
    /// So many messages in all.
    Total(u32),
    /// So many bytes in one message.
    Longest(usize),
    /// One message for each of so many sound frames heard.
    Heard(u32),
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { messages, bytes, limit } = self;
        write!(f, "{messages} messages, {bytes} bytes were sent; the plan allows ")?;
        match limit {
            Limit::Unanswered(count) => write!(f, "{count} without an answer"),
            Limit::Total(count) => write!(f, "{count} in all"),
            Limit::Longest(bytes) => write!(f, "{bytes} bytes in one message"),
            Limit::Heard(count) => write!(f, "one for each of {count} frames heard"),
        }
    }
}

impl Spent {
    /// Count of an exchange that has sent nothing.
    #[must_use]
    pub const fn new(bound: Bound) -> Self {
        Self { bound, messages: 0, bytes: 0, unanswered: 0, heard: 0 }
    }

    /// Bound that is counted against.
    #[must_use]
    pub const fn bound(&self) -> Bound {
        self.bound
    }

    /// A sound frame was heard that is no echo of ours.
    pub const fn hear(&mut self) {
        self.unanswered = 0;
        self.heard = self.heard.saturating_add(1);
    }

    /// Counts a message that is to go out.
    ///
    /// # Errors
    /// [`Excess`] when the bound does not allow it. It is not counted then, and must not go out.
    pub fn send(&mut self, length: usize) -> Result<(), Excess> {
        if let Some(limit) = self.exceeded(length) {
            return Err(Excess { messages: self.messages, bytes: self.bytes, limit });
        }
        self.messages += 1;
        self.unanswered += 1;
        self.bytes += length as u64;
        Ok(())
    }

    /// The limit that one more message would exceed.
    fn exceeded(&self, length: usize) -> Option<Limit> {
        match self.bound {
            Bound::Replies if length > LONGEST_REPLY => Some(Limit::Longest(LONGEST_REPLY)),
            Bound::Replies => (self.messages >= self.heard).then_some(Limit::Heard(self.heard)),
            Bound::Requests(allowed) if self.messages >= allowed.total => Some(Limit::Total(allowed.total)),
            Bound::Requests(allowed) if self.unanswered >= allowed.unanswered => {
                Some(Limit::Unanswered(allowed.unanswered))
            }
            Bound::Requests(allowed) => (length > allowed.longest).then_some(Limit::Longest(allowed.longest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent() -> Spent {
        Spent::new(Bound::Requests(Allowance { unanswered: 2, total: 4, longest: 8 }))
    }

    #[test]
    fn so_many_messages_go_out_without_an_answer_and_no_more() {
        let mut spent = spent();
        assert_eq!((spent.send(5), spent.send(3)), (Ok(()), Ok(())));
        let excess = spent.send(3).unwrap_err();
        assert_eq!(excess, Excess { messages: 2, bytes: 8, limit: Limit::Unanswered(2) });
        assert_eq!(excess.to_string(), "2 messages, 8 bytes were sent; the plan allows 2 without an answer");
    }

    #[test]
    fn an_answer_earns_more_but_not_for_ever() {
        let mut spent = spent();
        for _ in 0..4 {
            assert_eq!(spent.send(1), Ok(()));
            spent.hear();
        }
        assert_eq!(spent.send(1).map_err(|excess| excess.limit), Err(Limit::Total(4)));
    }

    #[test]
    fn no_message_is_longer_than_the_longest() {
        assert_eq!(spent().send(9).map_err(|excess| excess.limit), Err(Limit::Longest(8)));
        assert_eq!(Spent::new(Bound::NOTHING).send(1).map_err(|excess| excess.limit), Err(Limit::Total(0)));
    }

    #[test]
    fn replies_are_bounded_by_what_was_heard() {
        let mut spent = Spent::new(Bound::Replies);
        assert_eq!(spent.send(1).map_err(|excess| excess.limit), Err(Limit::Heard(0)));
        spent.hear();
        spent.hear();
        assert_eq!((spent.send(1), spent.send(1)), (Ok(()), Ok(())));
        assert_eq!(spent.send(1).map_err(|excess| excess.limit), Err(Limit::Heard(2)));
    }
}
