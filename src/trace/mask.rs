//! Which bytes of an entry are secret and must not be shown.

use super::{Entry, EntryKind, Trace};
use crate::frame::{Dissection, Mask};

impl Trace {
    /// What is secret of an entry. A part of an echo, which no dissector can read, is hidden as the request is
    /// that it repeats; `dissection` is the entry's own, if it was made already.
    #[must_use]
    pub fn mask(&self, number: u32, dissection: Option<&Dissection>) -> Mask {
        let Some(entry) = self.entry(number) else {
            return Mask::default();
        };
        let request = entry.relation.message.filter(|_| entry.kind == EntryKind::Echo);
        if let Some(mask) = request.and_then(|request| self.mask_of_echo(&entry, request)) {
            return mask;
        }
        match dissection {
            Some(dissection) => Mask::of(dissection, 0),
            None => self.dissect(number).map(|dissection| Mask::of(&dissection, 0)).unwrap_or_default(),
        }
    }

    fn mask_of_echo(&self, echo: &Entry, request: u32) -> Option<Mask> {
        let request_entry = self.entry(request)?;
        let (sent, heard) = (self.bytes_of(&request_entry), self.bytes_of(echo));
        let is_end = sent.ends_with(&heard);
        let start = match () {
            () if is_end => sent.len() - heard.len(),
            () => sent.windows(heard.len().max(1)).position(|window| window == &*heard)?,
        };
        let mask = self.dissect(request).map(|dissection| Mask::of(&dissection, 0))?;
        Some(mask.part(start, heard.len()))
    }
}
