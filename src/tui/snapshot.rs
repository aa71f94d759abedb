//! What a drawing needs of the trace, taken in one short look so that the bus is not kept waiting.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::layout::Areas;
use super::state::dialogue::{Row, telling};
use super::state::{Dialogue, Pane, Screen, State};
use crate::frame::{Dissection, visible};
use crate::protocol::{Integrity, Stage};
use crate::trace::{Entry, EntryKind, Trace};

/// An entry of the trace with what its row shows.
#[derive(Debug, Clone)]
pub(super) struct Line {
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
pub(super) struct Snapshot {
    /// The entries in view.
    pub lines: Vec<Line>,
    /// What is said of the rows in view of a session's steps.
    pub steps: Vec<StepLine>,
}

/// What is said of a row of a session's steps.
#[derive(Debug, Clone, Default)]
pub(super) struct StepLine {
    /// The frame it is about.
    pub entry: Option<Entry>,
    /// What that means.
    pub text: String,
}

impl Snapshot {
    /// Looks at the trace as far as this screen shows it.
    #[must_use]
    pub(super) fn take(state: &State, areas: &Areas) -> Self {
        match state.screen {
            Screen::Bench => Self { steps: steps(state, areas), ..Self::default() },
            Screen::Trace => Self { lines: lines(state, areas), ..Self::default() },
            _ => Self::default(),
        }
    }
}

fn lines(state: &State, areas: &Areas) -> Vec<Line> {
    let rows = u32::try_from(areas.rows(Pane::Entries)).unwrap_or(0);
    let end = state.view.top.saturating_add(rows).min(state.view.shown());
    let trace = state.trace.lock();
    (state.view.top..end).filter_map(|number| line(state, &trace, number)).collect()
}

fn steps(state: &State, areas: &Areas) -> Vec<StepLine> {
    let Some(dialogue) = &state.bench.dialogue else { return Vec::new() };
    let trace = state.trace.lock();
    let rows = dialogue.rows().into_iter().skip(dialogue.list.top).take(areas.rows(Pane::Steps));
    rows.map(|row| step_line(dialogue, row, &trace)).collect()
}

fn step_line(dialogue: &Dialogue, row: Row, trace: &Trace) -> StepLine {
    let number = match row {
        Row::Entry(_, number) => Some(number),
        Row::Step(step) => dialogue.steps().get(step).and_then(|step| telling(step, trace)),
    };
    let entry = number.and_then(|number| trace.entry(number));
    if let Some(text) = entry.and_then(|entry| greeting(dialogue, row, &entry, trace)) {
        return StepLine { entry, text };
    }
    let text = number.zip(entry).map(|(number, entry)| trace.summary(number, &entry)).unwrap_or_default();
    StepLine { entry, text }
}

fn line(state: &State, trace: &Trace, number: u32) -> Option<Line> {
    let entry = trace.entry(number)?;
    Some(Line {
        number,
        entry,
        dissection: trace.dissect(number),
        text: trace.entry_text(number, &entry),
        request: entry.relation.answers.and_then(|request| trace.entry(request)),
        previous: number.checked_sub(1).and_then(|before| trace.entry(before)),
        time: clock(trace.wall(entry.first), &state.zone),
        found: state.view.needle.fits(trace, number, &entry),
    })
}

/// What calls the meter and what it says of itself are told in its own words.
fn greeting(dialogue: &Dialogue, row: Row, entry: &Entry, trace: &Trace) -> Option<String> {
    let stage = dialogue.steps().get(row.step())?.stage();
    let is_greeting = matches!(stage, Stage::SignOn | Stage::Identification);
    let is_frame = matches!(entry.kind, EntryKind::Frame(judged) if judged != Integrity::Bad);
    let bytes: Vec<u8> = trace.bytes_of(entry).iter().map(|byte| byte & 0x7F).collect();
    (is_greeting && is_frame).then(|| visible::text(bytes.trim_ascii_end()))
}

/// A moment as `14:02:11.453`.
#[must_use]
pub(super) fn clock(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%H:%M:%S.%3f").to_string()
}
