//! What a meter hears until the line falls silent.

use std::time::Duration;

use crate::frame::At;

/// The bytes of a request that is still going on.
#[derive(Debug)]
pub(super) struct Hearing {
    bytes: Vec<u8>,
    last: At,
    longest: usize,
}

impl Hearing {
    /// For requests of at most so many bytes.
    pub(super) const fn new(longest: usize) -> Self {
        Self { bytes: Vec::new(), last: At::ZERO, longest }
    }

    /// Bytes that came until `at`. One more than the longest request is enough to know that it is none, so no
    /// more are kept.
    pub(super) fn push(&mut self, bytes: &[u8], at: At) {
        let room = (self.longest + 1).saturating_sub(self.bytes.len());
        self.bytes.extend(bytes.iter().take(room));
        self.last = at;
    }

    /// When what was heard is over if so much silence ends it; `None` when nothing was heard.
    pub(super) fn end(&self, silence: Duration) -> Option<At> {
        (!self.bytes.is_empty()).then(|| self.last + silence)
    }

    /// What was heard, if it is over, and when it was.
    pub(super) fn take(&mut self, silence: Duration, at: At) -> Option<(Vec<u8>, At)> {
        let end = self.end(silence).filter(|end| at >= *end)?;
        Some((std::mem::take(&mut self.bytes), end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENCE: Duration = Duration::from_millis(5);

    #[test]
    fn a_request_is_what_came_without_silence_in_between() {
        let mut hearing = Hearing::new(3);
        assert_eq!((hearing.end(SILENCE), hearing.take(SILENCE, At::from_millis(9))), (None, None));
        hearing.push(b"ab", At::from_millis(10));
        assert_eq!(hearing.take(SILENCE, At::from_millis(14)), None);
        hearing.push(b"cdefg", At::from_millis(14));
        assert_eq!(hearing.end(SILENCE), Some(At::from_millis(19)));
        let heard = hearing.take(SILENCE, At::from_millis(30));
        assert_eq!(heard, Some((b"abcd".to_vec(), At::from_millis(19))), "too long to be a request");
        assert_eq!(hearing.end(SILENCE), None);
    }
}
