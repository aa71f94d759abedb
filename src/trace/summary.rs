//! Entries in one line.

use super::{Entry, EntryKind, Trace};

/// Bytes of noise that are shown.
const SHOWN: usize = 12;

impl Trace {
    /// What an entry is in one line, as a list has it.
    #[must_use]
    pub fn summary(&self, number: u32, entry: &Entry) -> String {
        match entry.kind {
            EntryKind::Frame(_) => self.dissect(number).map(|d| d.summary()).unwrap_or_default(),
            _ => self.entry_text(number, entry),
        }
    }

    /// What is said of an entry that is no frame: the words of a mark, the first bytes of noise.
    #[must_use]
    pub fn entry_text(&self, number: u32, entry: &Entry) -> String {
        match entry.kind {
            EntryKind::Frame(_) | EntryKind::Echo => String::new(),
            EntryKind::Mark(_) => self.mark_of(entry).map(ToString::to_string).unwrap_or_default(),
            EntryKind::Noise => {
                let bytes = self.bytes_of(entry);
                let first = bytes.get(..SHOWN.min(bytes.len())).unwrap_or_default();
                let more = if first.len() < bytes.len() { " ..." } else { "" };
                format!("noise {}{more}", self.mask(number, None).spaced_hex(first))
            }
        }
    }
}
