//! Which bytes of an entry are secret and must not be shown.

use std::borrow::Cow;

use super::memory::streams;
use super::{Dir, Entry, EntryKind, Trace};
use crate::frame::{Dissection, Mask};
use crate::protocol::secrets::{self, REACH, Surroundings};
use crate::protocol::{Context, Integrity, registry};

/// Entries before one among which what was sent is looked for.
const LOOKED_BACK: u32 = 64;
/// Requests among them that are looked into.
const MOST_REQUESTS: usize = 8;

/// What stands around an entry, with the secrets of what was sent before it; nothing for sound frames.
#[derive(Default)]
pub(super) struct Nearby<'a> {
    before: Cow<'a, [u8]>,
    after: Cow<'a, [u8]>,
    sent: Vec<Vec<u8>>,
}

impl Nearby<'_> {
    pub(super) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { before: &self.before, after: &self.after, sent: &self.sent }
    }
}

impl Trace {
    /// What is secret of an entry. A part of an echo, which no dissector can read, is hidden as the request is
    /// that it repeats; in noise every family looks for what is its own; `dissection` is the entry's own, if it
    /// was made already.
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
            None => match self.dissect(number) {
                Some(dissection) => Mask::of(&dissection, 0),
                None => self.mask_by_place(number, &entry),
            },
        }
    }

    /// An entry without a family as bytes with nothing explained, what is secret in them hidden; `None` for marks.
    #[must_use]
    pub fn unexplained(&self, number: u32, title: &'static str) -> Option<Dissection> {
        let entry = self.entry(number).filter(|entry| !matches!(entry.kind, EntryKind::Mark(_)))?;
        Some(secrets::unexplained(&self.bytes_of(&entry), title, &self.mask(number, None)))
    }

    fn mask_by_place(&self, number: u32, entry: &Entry) -> Mask {
        let nearby = self.nearby(number, entry);
        secrets::mask(&self.bytes_of(entry), nearby.surroundings())
    }

    fn mask_of_echo(&self, echo: &Entry, request: u32) -> Option<Mask> {
        let request_entry = self.entry(request)?;
        let (sent, heard) = (self.bytes_of(&request_entry), self.bytes_of(echo));
        let is_end = sent.ends_with(&heard);
        let start = match () {
            () if is_end => sent.len() - heard.len(),
            () => sent.windows(heard.len().max(1)).position(|window| window == &*heard)?,
        };
        Some(self.mask(request, None).part(start, heard.len()))
    }

    pub(super) fn nearby(&self, number: u32, entry: &Entry) -> Nearby<'_> {
        if matches!(entry.kind, EntryKind::Frame(Integrity::Good) | EntryKind::Mark(_)) {
            return Nearby::default();
        }
        let (bytes, reach) = (streams(entry.way).0, REACH as u64);
        let start = entry.start.saturating_sub(reach);
        let end = entry.start + u64::from(entry.len);
        Nearby {
            before: self.pages.read(bytes, start, (entry.start - start) as usize),
            after: self.pages.read(bytes, end, REACH),
            sent: if entry.way == Dir::Rx { self.secrets_sent(number) } else { Vec::new() },
        }
    }

    /// The secret bytes of the last requests before an entry.
    fn secrets_sent(&self, number: u32) -> Vec<Vec<u8>> {
        let before = (number.saturating_sub(LOOKED_BACK)..number).rev();
        let requests = before.filter_map(|number| self.entry(number)).filter(|entry| entry.way == Dir::Tx);
        let mut secrets = Vec::new();
        for entry in requests.take(MOST_REQUESTS) {
            self.add_secrets(&entry, &mut secrets);
        }
        secrets.sort_unstable();
        secrets.dedup();
        secrets
    }

    fn add_secrets(&self, request: &Entry, secrets: &mut Vec<Vec<u8>>) {
        let bytes = self.bytes_of(request);
        let family = request.family.and_then(|family| registry::FAMILIES.get(usize::from(family)));
        let Some(family) = family else {
            let mask = secrets::mask(&bytes, Surroundings::default());
            return secrets.extend(mask.runs().filter_map(|run| Some(bytes.get(run)?.to_vec())));
        };
        let relation = request.relation;
        let context =
            Context { direction: relation.direction, dialect: relation.dialect, ..Context::default() };
        let dissection = family.dissect(&bytes, &context);
        let told = dissection.told(true);
        for layer in &told.layers {
            let fields = layer.fields.iter().filter(|field| field.value.is_secret());
            secrets.extend(fields.map(|field| layer.bytes_of(field).to_vec()));
        }
    }
}
