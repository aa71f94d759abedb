//! Search of the trace: over its index and bytes, in steps short enough that whoever asks stays responsive.

use memchr::memmem::Finder;

use super::{Entry, Trace};
use crate::frame::{Span, hex};

/// Work that a step may take at most, in entries of which the bytes are looked at.
pub const STEP: u32 = 32_000;

/// What it takes more to dissect an entry and put it into words than to look at its bytes.
const DISSECTION: u32 = 16;

/// What is looked for: bytes, or words of what an entry says, or what may be either.
#[derive(Debug, Clone)]
pub struct Query {
    /// Words, in lower case; empty where only bytes are looked for.
    text: String,
    /// Empty where what is looked for can be read as no bytes.
    bytes: Finder<'static>,
}

impl Default for Query {
    fn default() -> Self {
        Self { text: String::new(), bytes: Finder::new(&[]).into_owned() }
    }
}

impl Query {
    /// Reads what was typed. Hex digits in pairs with spaces (`EC 8B`) or behind `0x` are bytes; in one run, or with
    /// what also stands in dates and times, they are looked for as words, too.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let bytes = hex::parse(text).unwrap_or_default();
        let is_bytes = !bytes.is_empty() && text.contains([' ', 'x', 'X']) && !text.contains(['-', ':', ',']);
        let text = if is_bytes { String::new() } else { text.to_lowercase() };
        Self { text, bytes: Finder::new(&bytes).into_owned() }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && !self.has_bytes()
    }

    fn has_bytes(&self) -> bool {
        !self.bytes.needle().is_empty()
    }

    /// Where the bytes that are looked for stand in a frame, apart from each other.
    #[must_use]
    pub fn hits(&self, bytes: &[u8]) -> Vec<Span> {
        let length = self.bytes.needle().len();
        let starts = self.bytes.find_iter(bytes).filter(|_| length > 0);
        starts.map(|start| Span::new(start, start + length)).collect()
    }

    /// Whether an entry is one of those looked for. Its bytes are looked at first, and it is dissected only where
    /// words may be meant.
    #[must_use]
    pub fn fits(&self, trace: &Trace, number: u32, entry: &Entry) -> bool {
        let holds = || self.bytes.find(&trace.bytes_of(entry)).is_some();
        let says = || trace.summary(number, entry).to_lowercase().contains(&self.text);
        (self.has_bytes() && holds()) || (!self.text.is_empty() && says())
    }

    const fn cost(&self) -> u32 {
        if self.text.is_empty() { 1 } else { DISSECTION }
    }
}

/// Which way to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// To higher numbers, and on from the first.
    Later,
    /// To lower numbers, and on from the last.
    Earlier,
}

impl Towards {
    /// The entry behind one, of so many.
    const fn behind(self, number: u32, entries: u32) -> u32 {
        match self {
            Self::Later if number >= entries.saturating_sub(1) => 0,
            Self::Later => number + 1,
            Self::Earlier if number == 0 || number > entries => entries.saturating_sub(1),
            Self::Earlier => number - 1,
        }
    }
}

/// How a search fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// This entry fits.
    Entry(u32),
    /// None did yet; there are more to look at.
    NotYet,
    /// There is none.
    Nothing,
}

/// A search once round the entries, which goes on where it stopped.
#[derive(Debug, Clone)]
pub struct Search {
    query: Query,
    towards: Towards,
    /// How many entries of the trace are searched.
    entries: u32,
    /// The next entry to look at.
    next: u32,
    /// How many are left.
    left: u32,
}

impl Search {
    /// Through the first so many entries of a trace, from the one behind `from` round to `from` itself.
    #[must_use]
    pub const fn new(query: Query, from: u32, towards: Towards, entries: u32) -> Self {
        Self { query, towards, entries, next: towards.behind(from, entries), left: entries }
    }

    /// Looks on, with so much work as [`STEP`] says or less.
    pub fn step(&mut self, trace: &Trace, budget: u32) -> Found {
        for _ in 0..budget.div_ceil(self.query.cost()).min(self.left) {
            let number = self.next;
            self.next = self.towards.behind(number, self.entries);
            self.left -= 1;
            if trace.entry(number).is_some_and(|entry| self.query.fits(trace, number, &entry)) {
                return Found::Entry(number);
            }
        }
        if self.left == 0 { Found::Nothing } else { Found::NotYet }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::{Claim, Dir, EntryKind, Mark};
    use super::*;
    use crate::frame::At;
    use crate::protocol::Relation;

    fn trace(entries: &[&[u8]]) -> Trace {
        let mut trace = Trace::new(Timestamp::UNIX_EPOCH);
        for bytes in entries {
            trace.record(Dir::Rx, bytes, At::ZERO);
            let (way, kind, len, at) = (Dir::Rx, EntryKind::Noise, bytes.len() as u32, At::ZERO);
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

    fn found(trace: &Trace, typed: &str, (from, towards): (u32, Towards), budget: u32) -> Option<u32> {
        let mut search = Search::new(Query::parse(typed), from, towards, trace.len());
        loop {
            match search.step(trace, budget) {
                Found::Entry(number) => return Some(number),
                Found::NotYet => {}
                Found::Nothing => return None,
            }
        }
    }

    #[test]
    fn bytes_are_found_at_any_place_of_an_entry_but_not_across_two() {
        let trace = trace(&[b"xxab", b"ab", b"aab", b"a", b"b"]);
        let later = [0, 1, 2, 4].map(|from| found(&trace, "61 62", (from, Towards::Later), 1));
        assert_eq!(later, [Some(1), Some(2), Some(0), Some(0)]);
        let earlier = [4, 2, 1, 0].map(|from| found(&trace, "61 62", (from, Towards::Earlier), 100));
        assert_eq!(earlier, [Some(2), Some(1), Some(0), Some(2)]);
    }

    #[test]
    fn a_step_looks_at_no_more_than_its_budget_and_the_search_goes_round_once() {
        let trace = trace(&[b"a", b"a", b"a", b"b"]);
        let mut search = Search::new(Query::parse("0x62"), 3, Towards::Later, 4);
        assert_eq!(search.step(&trace, 3), Found::NotYet);
        assert_eq!(search.step(&trace, 3), Found::Entry(3));
        assert_eq!(search.step(&trace, 3), Found::Nothing);
        let mut words = Search::new(Query::parse("zebra"), 0, Towards::Later, 4);
        assert_eq!(words.step(&trace, 3 * DISSECTION), Found::NotYet);
        assert_eq!(words.step(&trace, 1), Found::Nothing);
    }

    #[test]
    fn words_are_found_in_what_entries_say() {
        let mut trace = trace(&[b"a", b"abc"]);
        trace.mark(Mark::Step("sign-on"), At::ZERO);
        assert_eq!(found(&trace, "Sign-On", (0, Towards::Later), 1), Some(2));
        assert_eq!(found(&trace, "NOISE 61 62", (0, Towards::Later), 1), Some(1));
        assert_eq!(found(&trace, "noise", (1, Towards::Earlier), 1), Some(0));
    }

    #[test]
    fn hex_in_pairs_is_bytes_and_hex_in_a_run_may_be_a_word_too() {
        let mut trace = trace(&[&[0x41, 0x14, 0x86]]);
        trace.mark(Mark::Step("411486"), At::ZERO);
        trace.mark(Mark::Step("41 14 86"), At::ZERO);
        assert_eq!(found(&trace, "411486", (0, Towards::Later), 100), Some(1));
        assert_eq!(found(&trace, "41 14 86", (0, Towards::Later), 100), Some(0));
        assert_eq!(found(&trace, "41-14-86", (1, Towards::Later), 100), Some(0), "bytes, or a date");
    }

    #[test]
    fn hits_in_a_frame_stand_apart_from_each_other() {
        let hits = Query::parse("FF FF").hits(&[0xFF, 0xFF, 0xFF, 0, 0xFF, 0xFF]);
        assert_eq!(hits, [Span::new(0, 2), Span::new(4, 6)]);
        assert_eq!(Query::parse("kwh").hits(&[1, 2]), []);
    }

    #[test]
    fn nothing_is_found_by_nothing_or_in_an_empty_trace() {
        let (empty, one) = (trace(&[]), trace(&[b"a"]));
        assert_eq!(found(&empty, "61", (0, Towards::Earlier), 10), None);
        assert_eq!(found(&one, "", (0, Towards::Later), 10), None);
        assert!(Query::parse("  ").is_empty());
    }
}
