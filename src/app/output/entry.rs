//! Entries of a trace, as JSON lines and for people.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::dissection::{Frame, Happened, Noise, Place};
use super::explain::{self, Look};
use crate::frame::{Dissection, Mask};
use crate::protocol::{Integrity, MissingKey, sealed};
use crate::trace::{Dir, Entry, EntryKind, Trace};

/// How entries are to be shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Show {
    /// For people: on what, and whether passwords are shown.
    pub look: Look,
    /// Whether the trace knows times.
    pub timed: bool,
}

/// An entry on its way out, explained once for all that is to be said of it.
#[derive(Debug)]
pub struct Explained<'a> {
    trace: &'a Trace,
    number: u32,
    entry: Entry,
    dissection: Option<Dissection>,
}

impl<'a> Explained<'a> {
    /// The entry with a number; `None` where there is none.
    #[must_use]
    pub fn of(trace: &'a Trace, number: u32) -> Option<Self> {
        let entry = trace.entry(number)?;
        Some(Self { trace, number, entry, dissection: trace.dissect(number) })
    }

    /// The entry itself.
    #[must_use]
    pub const fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Whether it is a frame that is damaged, or whose content is not of the form its protocol prescribes.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        let is_malformed = || self.dissection.as_ref().is_some_and(|found| found.verdict.is_bad());
        matches!(self.entry.kind, EntryKind::Frame(judged) if judged == Integrity::Bad || is_malformed())
    }

    /// Whether keys were given for it and none of them fits.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        let is_wrong = |code| sealed::lock(code) == Some(MissingKey::WrongKey);
        let problems = self.dissection.iter().flat_map(|found| &found.problems);
        self.trace.has_keys() && { problems }.any(|problem| is_wrong(problem.code))
    }

    /// A frame or noise as one line of JSON, without its end; `None` for what is no bytes, such as a mark.
    #[must_use]
    pub fn json(&self, offset: u64, show: Show) -> Option<String> {
        let Self { trace, number, entry, dissection } = self;
        let at = show.timed.then(|| zoned(trace, entry));
        let place = Place { offset, at: at.as_ref(), reveal: show.look.reveal };
        match (entry.kind, dissection) {
            (EntryKind::Mark(_), _) => None,
            (EntryKind::Echo, Some(dissection)) if is_whole(trace, entry) => {
                serde_json::to_string(&Frame::of(dissection, place).echo()).ok()
            }
            (EntryKind::Echo, _) => serde_json::to_string(&part_of_echo(trace, *number, place)).ok(),
            (EntryKind::Frame(_), Some(dissection)) => {
                serde_json::to_string(&Frame::of(dissection, place)).ok()
            }
            (EntryKind::Noise | EntryKind::Frame(_), _) => {
                serde_json::to_string(&Noise::of(&trace.bytes_of(entry), &self.mask(show), place)).ok()
            }
        }
    }

    /// What is secret of bytes without an explanation, unless secrets are to be shown.
    fn mask(&self, show: Show) -> Mask {
        if show.look.reveal { Mask::default() } else { self.trace.mask(self.number, None) }
    }

    /// A frame, noise or mark as text of several lines.
    #[must_use]
    pub fn text(&self, offset: u64, show: Show) -> String {
        let Self { trace, entry, dissection, .. } = self;
        let heading = if show.timed { moment(trace, entry) } else { format!("@{offset} ") };
        if let Some(mark) = trace.mark_of(entry) {
            return format!("{heading}{}\n", show.look.sheet.paint.faint(&mark.to_string()));
        }
        let bytes =
            |what: &str| explain::bytes(what, &trace.bytes_of(entry), &self.mask(show), &heading, show.look);
        match (entry.kind, dissection) {
            (EntryKind::Noise, _) => bytes("noise"),
            (EntryKind::Echo, _) => {
                let what = format!("{heading}echo of our own bytes, {}", explain::count(entry.len as usize));
                format!("{}\n", show.look.sheet.paint.odd(&what))
            }
            (_, Some(dissection)) => explain::frame(dissection, &heading, show.look),
            (_, None) => bytes("of no known protocol"),
        }
    }
}

/// A mark as one line of JSON, without its end; `None` for an entry that has bytes.
#[must_use]
pub fn mark_json(trace: &Trace, number: u32, offset: u64, show: Show) -> Option<String> {
    let entry = trace.entry(number)?;
    let text = trace.mark_of(&entry)?.to_string();
    let at = show.timed.then(|| zoned(trace, &entry));
    let place = Place { offset, at: at.as_ref(), reveal: show.look.reveal };
    serde_json::to_string(&Happened::of(text, place)).ok()
}

/// Whether an echo is all of the request that it repeats.
fn is_whole(trace: &Trace, echo: &Entry) -> bool {
    let request = echo.relation.message.and_then(|number| trace.entry(number));
    request.is_some_and(|request| request.len == echo.len)
}

/// A part of an echo cannot be dissected; its secrets are those of the request.
fn part_of_echo(trace: &Trace, number: u32, place: Place<'_>) -> Noise {
    let bytes = trace.entry(number).map(|entry| trace.bytes_of(&entry).into_owned()).unwrap_or_default();
    let mask = if place.reveal { Mask::default() } else { trace.mask(number, None) };
    Noise::echo(bytes.len(), mask.spaced_hex(&bytes).replace(' ', ""), place)
}

/// The wall time of an entry's first byte.
#[must_use]
pub fn zoned(trace: &Trace, entry: &Entry) -> Zoned {
    trace.wall(entry.first).to_zoned(TimeZone::system())
}

/// `14:02:11.318 → `.
fn moment(trace: &Trace, entry: &Entry) -> String {
    let arrow = match (entry.kind, entry.way) {
        (EntryKind::Mark(_), _) => "",
        (_, Dir::Tx) => "→ ",
        (_, Dir::Rx) => "← ",
    };
    format!("{} {arrow}", zoned(trace, entry).strftime("%H:%M:%S%.3f"))
}
