//! When which byte came.

use crate::frame::At;

/// The times of held bytes: a mark for each chunk.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<(usize, At)>);

impl Marks {
    /// The bytes from index `from` on came at `at`.
    pub(super) fn note(&mut self, from: usize, at: At) {
        if self.0.last().is_none_or(|(_, last)| *last != at) {
            self.0.push((from, at));
        }
    }

    /// When the byte at `index` came.
    pub(super) fn time(&self, index: usize) -> At {
        let after = self.0.partition_point(|(from, _)| *from <= index);
        self.0.get(after.saturating_sub(1)).map_or(At::ZERO, |(_, at)| *at)
    }

    /// When the last byte came.
    pub(super) fn last(&self) -> At {
        self.0.last().map_or(At::ZERO, |(_, at)| *at)
    }

    /// The first `count` bytes are gone; `all` when none is left.
    pub(super) fn forget(&mut self, count: usize, all: bool) {
        if all {
            self.0.clear();
            return;
        }
        let keep = self.0.partition_point(|(from, _)| *from <= count).saturating_sub(1);
        self.0.drain(..keep);
        for (from, _) in &mut self.0 {
            *from = from.saturating_sub(count);
        }
    }
}
