//! Text of an entry of the trace: what the list has in its row, and what a search finds.

use super::trace::Needle;
use crate::trace::{Entry, EntryKind, Trace};

/// What an entry is in one line, as the list has it.
pub fn summary(trace: &Trace, number: u32, entry: &Entry) -> String {
    match entry.kind {
        EntryKind::Frame(_) => trace.dissect(number).map(|d| d.summary()).unwrap_or_default(),
        _ => entry_text(trace, number, entry),
    }
}

/// What is said of an entry that is no frame: the words of a mark, the first bytes of noise.
pub fn entry_text(trace: &Trace, number: u32, entry: &Entry) -> String {
    const SHOWN: usize = 12;
    match entry.kind {
        EntryKind::Frame(_) | EntryKind::Echo => String::new(),
        EntryKind::Mark(_) => trace.mark_of(entry).map(ToString::to_string).unwrap_or_default(),
        EntryKind::Noise => {
            let bytes = trace.bytes_of(entry);
            let first = bytes.get(..SHOWN.min(bytes.len())).unwrap_or_default();
            let more = if first.len() < bytes.len() { " ..." } else { "" };
            format!("noise {}{more}", trace.mask(number, None).spaced_hex(first))
        }
    }
}

/// Whether an entry is one of those looked for.
pub fn is_match(trace: &Trace, number: u32, needle: &Needle) -> bool {
    let Some(entry) = trace.entry(number).filter(|_| !needle.is_empty()) else { return false };
    needle.finds(&summary(trace, number, &entry), &trace.bytes_of(&entry))
}
