//! How long is waited: for a pause to be over, or for an answer, which begins soon or not at all.

use std::time::Duration;

use crate::frame::At;

/// Bytes that follow each other within this are one burst: an FTDI adapter hands them over every 16 ms.
const BURST: Duration = Duration::from_millis(20);
/// The end of a pause waits for the end of a burst, but no longer than this.
const LONGEST_BURST: Duration = Duration::from_millis(500);
/// What a USB adapter or a busy computer may hold bytes of one answer back at most (timeouts between bytes that
/// clients in use were given: 200 ms on local ports).
pub const BETWEEN_BYTES: Duration = Duration::from_millis(200);

/// How long an answer is waited for, from the end of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until its first byte is there.
    pub begin: Duration,
    /// From one of its bytes to the next.
    pub gap: Duration,
    /// What the longest answer takes on the wire. Who speaks for longer does not answer.
    pub length: Duration,
}

impl Patience {
    /// From the end of the request to the end of the longest answer.
    #[must_use]
    pub fn whole(self) -> Duration {
        self.begin + self.length
    }

    /// The wait for the answer to a request that ended at `at`.
    #[must_use]
    pub fn from(self, at: At) -> Wait {
        Wait { until: at + self.begin, gap: self.gap, latest: at + self.whole() }
    }
}

/// A moment at which an exchange wants to be woken, unless bytes are arriving just then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Over at this moment, if nothing is coming in.
    pub until: At,
    /// Else when nothing has come for so long,
    pub gap: Duration,
    /// and at this moment whatever comes.
    pub latest: At,
}

impl Wait {
    /// The end of a pause. Nothing is begun in the middle of what is coming in.
    #[must_use]
    pub fn until(at: At) -> Self {
        Self { until: at, gap: BURST, latest: at + LONGEST_BURST }
    }

    /// The same, over at `latest` whatever comes.
    #[must_use]
    pub fn no_longer_than(self, latest: At) -> Self {
        Self { until: self.until.min(latest), latest: self.latest.min(latest), ..self }
    }

    /// When it is over, as far as is known now: `heard` is when bytes came last, `is_receiving` whether they are
    /// the beginning of something that has not come to its end.
    #[must_use]
    pub fn due(self, heard: At, is_receiving: bool) -> At {
        if is_receiving { self.until.max((heard + self.gap).min(self.latest)) } else { self.until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> At {
        At::from_millis(millis)
    }

    fn answer() -> Wait {
        let millis = Duration::from_millis;
        Patience { begin: millis(2000), gap: millis(1500), length: millis(60_000) }.from(ms(1000))
    }

    #[test]
    fn a_pause_waits_for_the_end_of_what_is_coming_in_but_not_for_ever() {
        let pause = Wait::until(ms(1000));
        assert_eq!(pause.due(ms(990), false), ms(1000));
        assert_eq!(pause.due(ms(990), true), ms(1010));
        assert_eq!(pause.due(ms(100), true), ms(1000));
        assert_eq!(pause.due(ms(5000), true), ms(1500));
    }

    #[test]
    fn an_answer_that_does_not_begin_is_not_waited_for_as_long_as_it_would_take() {
        assert_eq!(answer().due(ms(0), false), ms(3000));
    }

    #[test]
    fn an_answer_that_has_begun_is_heard_to_its_end() {
        assert_eq!(answer().due(ms(2999), true), ms(4499));
        assert_eq!(answer().due(ms(30_000), true), ms(31_500));
    }

    #[test]
    fn who_never_ends_is_not_listened_to_for_ever() {
        assert_eq!(answer().due(ms(62_999), true), ms(63_000));
    }
}
