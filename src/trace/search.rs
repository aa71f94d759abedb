//! Finding entries, in steps short enough that whoever asks stays responsive.

use super::{Entry, Trace};

/// What is looked for.
pub enum Query {
    /// Entries that contain these bytes, at any place.
    Bytes(Vec<u8>),
    /// Entries of which this is true; it is given the trace and the entry with its number.
    Entry(Predicate),
}

/// A question about an entry.
pub type Predicate = Box<dyn Fn(&Trace, u32, &Entry) -> bool + Send>;

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => f.debug_tuple("Bytes").field(bytes).finish(),
            Self::Entry(_) => f.write_str("Entry(..)"),
        }
    }
}

impl Query {
    fn fits(&self, trace: &Trace, number: u32, entry: &Entry) -> bool {
        match self {
            Self::Bytes(wanted) => contains(&trace.bytes_of(entry), wanted),
            Self::Entry(predicate) => predicate(trace, number, entry),
        }
    }
}

/// Which way to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// To higher numbers.
    Later,
    /// To lower numbers.
    Earlier,
}

/// How a search fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// This entry fits. The next step goes on behind it.
    Entry(u32),
    /// None did yet; there are more to look at.
    NotYet,
    /// There is none. (A later one may still be recorded: the search can be asked again.)
    Nothing,
}

/// A search that goes on where it stopped.
#[derive(Debug)]
pub struct Search {
    query: Query,
    towards: Towards,
    /// The next entry to look at; `None` when looking earlier has reached the beginning.
    next: Option<u32>,
}

impl Search {
    /// From an entry on, itself included.
    #[must_use]
    pub const fn new(from: u32, towards: Towards, query: Query) -> Self {
        Self { query, towards, next: Some(from) }
    }

    /// Looks at no more than `budget` entries. Looking for bytes costs little more than reading them; a
    /// predicate that dissects takes as long as dissecting does and wants a smaller budget.
    pub fn step(&mut self, trace: &Trace, budget: u32) -> Found {
        for _ in 0..budget {
            let Some(number) = self.next else {
                return Found::Nothing;
            };
            let Some(entry) = trace.entry(number) else {
                if self.towards == Towards::Earlier && number >= trace.len() && !trace.is_empty() {
                    self.next = Some(trace.len() - 1);
                    continue;
                }
                return Found::Nothing;
            };
            self.next = match self.towards {
                Towards::Later => number.checked_add(1),
                Towards::Earlier => number.checked_sub(1),
            };
            if self.query.fits(trace, number, &entry) {
                return Found::Entry(number);
            }
        }
        Found::NotYet
    }
}

/// Whether `bytes` holds all of `wanted` in one piece.
fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    match wanted {
        [] => true,
        [first, ..] => {
            let mut rest = bytes;
            while let Some(at) = rest.iter().position(|byte| byte == first) {
                rest = rest.get(at..).unwrap_or_default();
                if rest.starts_with(wanted) {
                    return true;
                }
                rest = rest.get(1..).unwrap_or_default();
            }
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::{Claim, EntryKind, Way};
    use super::*;
    use crate::frame::At;
    use crate::protocol::Relation;

    fn trace(entries: &[&[u8]]) -> Trace {
        let mut trace = Trace::new(Timestamp::UNIX_EPOCH);
        for bytes in entries {
            trace.record(Way::In, bytes, At::ZERO);
            let (way, kind, len, at) = (Way::In, EntryKind::Noise, bytes.len() as u32, At::ZERO);
            trace.claim(Claim {
                way,
                len,
                kind,
                first: at,
                last: at,
                family: None,
                relation: Relation::default(),
            });
        }
        trace
    }

    fn all(search: &mut Search, trace: &Trace, budget: u32) -> Vec<u32> {
        let mut found = Vec::new();
        loop {
            match search.step(trace, budget) {
                Found::Entry(number) => found.push(number),
                Found::NotYet => {}
                Found::Nothing => return found,
            }
        }
    }

    #[test]
    fn bytes_are_found_at_any_place_of_an_entry_but_not_across_two() {
        let trace = trace(&[b"xxab", b"ab", b"aab", b"a", b"b"]);
        let mut search = Search::new(0, Towards::Later, Query::Bytes(b"ab".to_vec()));
        assert_eq!(all(&mut search, &trace, 1), [0, 1, 2]);
        let mut back = Search::new(u32::MAX, Towards::Earlier, Query::Bytes(b"ab".to_vec()));
        assert_eq!(all(&mut back, &trace, 100), [2, 1, 0]);
    }

    #[test]
    fn a_step_looks_at_no_more_than_its_budget() {
        let trace = trace(&[b"a", b"a", b"a", b"b"]);
        let mut search = Search::new(0, Towards::Later, Query::Bytes(b"b".to_vec()));
        assert_eq!(search.step(&trace, 3), Found::NotYet);
        assert_eq!(search.step(&trace, 3), Found::Entry(3));
        assert_eq!(search.step(&trace, 3), Found::Nothing);
    }

    #[test]
    fn entries_are_found_by_what_they_are() {
        let trace = trace(&[b"a", b"abc", b"a"]);
        let long = Query::Entry(Box::new(|_, _, entry| entry.len > 2));
        assert_eq!(all(&mut Search::new(0, Towards::Later, long), &trace, 10), [1]);
    }

    #[test]
    fn nothing_is_found_in_an_empty_trace() {
        let mut search = Search::new(0, Towards::Earlier, Query::Bytes(Vec::new()));
        assert_eq!(search.step(&trace(&[]), 10), Found::Nothing);
    }
}
