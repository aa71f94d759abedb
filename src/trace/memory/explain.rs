//! Frames of a trace explained, each by itself.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::Trace;
use crate::frame::Dissection;
use crate::protocol::{Context, MeterKey, Relation, message, registry};
use crate::trace::{Dir, Entry, EntryKind};

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
        let numbers =
            if last.relation.part > 0 { message::until(number, self.noted(last.way)) } else { Vec::new() };
        self.all_of(numbers)
    }

    /// The frames of the last message before a frame that is of another one.
    fn before(&self, number: u32, entry: &Entry) -> Vec<Cow<'_, [u8]>> {
        self.all_of(message::before(number, self.noted(entry.way)))
    }

    /// What was noted of the frames of one way; echoes are no part of what a meter says.
    fn noted(&self, way: Dir) -> impl Fn(u32) -> Option<Relation> {
        move |number| {
            self.entry(number)
                .filter(|entry| entry.way == way && entry.kind != EntryKind::Echo)
                .map(|entry| entry.relation)
        }
    }

    fn all_of(&self, numbers: Vec<u32>) -> Vec<Cow<'_, [u8]>> {
        let entries = numbers.into_iter().filter_map(|number| self.entry(number));
        entries.map(|entry| self.bytes_of(&entry)).collect()
    }
}
