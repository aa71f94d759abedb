//! Lag of the face behind the line, and its limits.

use tokio::sync::watch;

/// Entries that a face may be behind: an hour of a busy line.
const MOST_ENTRIES: u32 = 32 * 1024;
/// Bytes of them: an hour at 9600 baud.
const MOST_BYTES: u64 = 4 << 20;

/// How far a face has come that shows every entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// Entries shown.
    pub entries: u32,
    /// Bytes in them, of both directions.
    pub bytes: u64,
}

/// How far the face has come; nothing where it does not show every entry, and need not.
#[derive(Debug)]
pub(super) struct Pace(pub(super) watch::Receiver<Option<Shown>>);

impl Pace {
    /// Whether a face that has so much to show is so far behind that the line has to wait for it.
    pub(super) fn is_behind(&self, recorded: Shown) -> bool {
        self.0.borrow().is_some_and(|shown| {
            recorded.entries.saturating_sub(shown.entries) > MOST_ENTRIES
                || recorded.bytes.saturating_sub(shown.bytes) > MOST_BYTES
        })
    }

    /// Waits until it has come further; for ever, where it has gone. May be dropped unfinished.
    pub(super) async fn moved(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_is_behind_by_entries_or_by_bytes() {
        let (sender, shown) = watch::channel(Some(Shown { entries: 10, bytes: 1000 }));
        let pace = Pace(shown);
        let recorded = |entries, bytes| Shown { entries, bytes };
        assert!(!pace.is_behind(recorded(10 + MOST_ENTRIES, 1000 + MOST_BYTES)));
        assert!(pace.is_behind(recorded(11 + MOST_ENTRIES, 1000)));
        assert!(pace.is_behind(recorded(10, 1001 + MOST_BYTES)));
        sender.send(None).unwrap();
        assert!(!pace.is_behind(recorded(u32::MAX, u64::MAX)), "it does not show every entry");
    }
}
