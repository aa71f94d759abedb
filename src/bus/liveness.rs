//! Whether a connection may have died without a word, as when a converter's cable is pulled.
//!
//! Nobody can tell a dead converter from a silent meter behind it, but a new connection can: a converter that
//! takes it is alive. So a connection that has brought bytes and then leaves three questions in a row without
//! any is opened anew, once; a converter behind which nothing ever answered is not called over and over.

/// Questions without a byte in answer after which a connection is not trusted any more.
const UNANSWERED: u32 = 3;

/// What is known of a connection since it was opened.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Liveness {
    heard: bool,
    unanswered: u32,
    /// Whether it is being opened anew because of doubt.
    is_renewed: bool,
}

impl Liveness {
    /// It was opened. True when that was to find out whether it is alive.
    pub(super) fn open(&mut self) -> bool {
        std::mem::take(self).is_renewed
    }

    /// It brought bytes.
    pub(super) const fn hear(&mut self) {
        *self = Self { heard: true, unanswered: 0, is_renewed: false };
    }

    /// So many questions were waited for in vain.
    pub(super) const fn miss(&mut self, questions: u32) {
        self.unanswered = self.unanswered.saturating_add(questions);
    }

    /// Whether it should be opened anew, which is then taken to be under way.
    pub(super) const fn doubt(&mut self) -> bool {
        self.is_renewed = self.heard && self.unanswered >= UNANSWERED;
        self.is_renewed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_questions_without_a_byte_raise_doubt_where_there_were_bytes_before() {
        let mut connection = Liveness::default();
        connection.miss(5);
        assert!(!connection.doubt(), "a meter that never answered is silent");
        connection.hear();
        connection.miss(2);
        assert!(!connection.doubt());
        connection.miss(1);
        assert!(connection.doubt());
        assert!(connection.open(), "a new connection that comes about shows that the far end is alive");
        connection.miss(3);
        assert!(!connection.doubt(), "asked of once, not over and over");
    }
}
