//! What a drawing needs of the trace, taken in one short look so that the bus is not kept waiting.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::layout::Areas;
use super::state::{Pane, Screen, State};
use super::update::{entry_text, is_match};
use crate::frame::Dissection;
use crate::trace::{Entry, Trace};

/// An entry of the trace with what its row shows.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number.
    pub number: u32,
    /// The entry.
    pub entry: Entry,
    /// What it means, where it is a frame.
    pub dissection: Option<Dissection>,
    /// What to say of it where it is none.
    pub text: String,
    /// The request it answers.
    pub request: Option<Entry>,
    /// The entry before it.
    pub previous: Option<Entry>,
    /// When it came.
    pub time: String,
    /// Whether the search finds it.
    pub found: bool,
}

/// What a drawing needs of the trace.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The entries in view.
    pub lines: Vec<Line>,
}

impl Snapshot {
    /// Looks at the trace as far as this screen shows it.
    #[must_use]
    pub fn take(state: &State, areas: &Areas) -> Self {
        if state.screen != Screen::Trace {
            return Self::default();
        }
        let rows = u32::try_from(areas.rows(Pane::Entries)).unwrap_or(0);
        let end = state.view.top.saturating_add(rows).min(state.view.shown());
        let trace = state.trace.lock();
        Self { lines: (state.view.top..end).filter_map(|number| line(state, &trace, number)).collect() }
    }
}

fn line(state: &State, trace: &Trace, number: u32) -> Option<Line> {
    let entry = trace.entry(number)?;
    Some(Line {
        number,
        entry,
        dissection: trace.dissect(number),
        text: entry_text(trace, &entry),
        request: entry.relation.answers.and_then(|request| trace.entry(request)),
        previous: number.checked_sub(1).and_then(|before| trace.entry(before)),
        time: clock(trace.wall(entry.first), &state.zone),
        found: is_match(trace, number, &state.view.needle),
    })
}

/// A moment as `14:02:11.453`.
#[must_use]
pub fn clock(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%H:%M:%S.%3f").to_string()
}
