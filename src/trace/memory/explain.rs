//! Frames of a trace explained, each by itself.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::{Trace, streams};
use crate::frame::Dissection;
use crate::protocol::{Context, MeterKey, registry};
use crate::trace::{Entry, EntryKind};

/// The most frames of one message that are looked for.
const MOST_PARTS: u16 = 255;
/// How many entries may lie between the first and the last of them.
const FURTHEST_PART: u32 = 4096;

impl Trace {
    /// Explains a frame or echo by itself, without those before it; `None` for noise and marks.
    #[must_use]
    pub fn dissect(&self, number: u32) -> Option<Dissection> {
        let entry = self.entry(number)?;
        let family = registry::FAMILIES.get(usize::from(entry.family?))?;
        let request = entry.relation.answers.and_then(|n| self.entry(n));
        let request = request.as_ref().map(|request| self.bytes_of(request));
        let parts = self.parts_of(number, &entry);
        let parts: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
        let dropped =
            if family.is_broken_off(entry.relation.step) { self.before(number, &entry) } else { Vec::new() };
        let dropped: Vec<&[u8]> = dropped.iter().map(AsRef::as_ref).collect();
        let nearby = self.nearby(number, &entry);
        let context = Context {
            around: nearby.surroundings(),
            direction: entry.relation.direction,
            request: request.as_deref(),
            parts: &parts,
            dropped: &dropped,
            keys: &self.keys,
            dialect: entry.relation.dialect,
            step: entry.relation.step,
        };
        let mut dissection = family.dissect(&self.bytes_of(&entry), &context);
        dissection.readings.iter_mut().for_each(|reading| reading.in_zone(self.zone()));
        Some(dissection)
    }

    /// In which zone the clocks of the meters are, whatever their models say.
    pub fn set_zone(&mut self, zone: Option<TimeZone>) {
        self.zone = zone;
    }

    /// The zone that was set.
    #[must_use]
    pub const fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    /// Which keys frames are explained with, those that came before too: dissections are not kept.
    pub fn set_keys(&mut self, keys: Vec<MeterKey>) {
        self.keys = keys;
    }

    /// Whether there are keys to explain frames with.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The frames of the message that a frame belongs to, up to itself; none for messages of one frame or where
    /// they cannot be found.
    fn parts_of(&self, number: u32, last: &Entry) -> Vec<Cow<'_, [u8]>> {
        if last.relation.part == 0 { Vec::new() } else { self.message_until(number, last) }
    }

    /// The frames of the last message before a frame that is of another one.
    fn before(&self, number: u32, entry: &Entry) -> Vec<Cow<'_, [u8]>> {
        let own = entry.relation.message;
        let is_other = |before: &Entry| {
            before.way == entry.way && before.relation.message.is_some() && before.relation.message != own
        };
        let numbers = (number.saturating_sub(FURTHEST_PART)..number).rev();
        let found = numbers.filter_map(|number| Some((number, self.entry(number)?)));
        let last = { found }.find(|(_, before)| is_other(before));
        last.map_or_else(Vec::new, |(number, last)| self.message_until(number, &last))
    }

    /// The frames of a message up to one of them.
    fn message_until(&self, number: u32, last: &Entry) -> Vec<Cow<'_, [u8]>> {
        let (Some(first), 0..=MOST_PARTS) = (last.relation.message, last.relation.part) else {
            return Vec::new();
        };
        if last.kind == EntryKind::Echo || number.saturating_sub(first) > FURTHEST_PART {
            return Vec::new();
        }
        let mut parts = Vec::with_capacity(usize::from(last.relation.part) + 1);
        for entry in (first..=number).filter_map(|number| self.entry(number)) {
            let is_part = entry.relation.message == Some(first) && entry.way == last.way;
            if is_part && usize::from(entry.relation.part) == parts.len() {
                parts.push(self.pages.read(streams(entry.way).0, entry.start, entry.len as usize));
            }
        }
        if parts.len() == usize::from(last.relation.part) + 1 { parts } else { Vec::new() }
    }
}
