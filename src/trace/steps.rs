//! Frames put together to the steps of a session.

use std::time::Duration;

use super::{EntryKind, Mark, Trace};
use crate::frame::At;
use crate::protocol::{LineSettings, Stage, registry};

/// Entries that a step lists at most.
const MOST_ENTRIES: usize = 1024;

/// A step of a session: frames in a row that serve one purpose, with what lies between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    stage: Stage,
    /// Whether the line changed its settings in it while the session goes on.
    changes_speed: bool,
    /// Its entries in the trace, in order.
    pub entries: Vec<u32>,
    /// The line settings in force at its end, where they are known.
    pub line: Option<LineSettings>,
    /// The end of the step before; of the first one, its own beginning.
    began: At,
    ended: At,
}

impl Step {
    /// What it is for.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// Whether the line changed its settings in it while the session goes on.
    #[must_use]
    pub const fn changes_speed(&self) -> bool {
        self.changes_speed
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        if self.changes_speed { "speed change" } else { self.stage.name() }
    }

    /// From the end of the step before to its own: the times of all steps come to that of the session.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.ended.since(self.began)
    }

    /// When it ended, as far as it has got.
    #[must_use]
    pub const fn ended(&self) -> At {
        self.ended
    }

    /// Lists an entry in it, unless there are too many already: on a line without silence there is no end of them.
    fn add(&mut self, entry: u32) {
        if self.entries.len() < MOST_ENTRIES {
            self.entries.push(entry);
        }
    }

    /// When it began.
    #[must_use]
    pub const fn began(&self) -> At {
        self.began
    }
}

/// The steps of one session, put together as its frames come.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    all: Vec<Step>,
    /// The first entry that was not looked at yet.
    next: u32,
    line: Option<LineSettings>,
}

impl Steps {
    /// Of what follows from an entry on; `line` is in force there.
    #[must_use]
    pub const fn from(next: u32, line: Option<LineSettings>) -> Self {
        Self { all: Vec::new(), next, line }
    }

    /// All of them, in order.
    #[must_use]
    pub fn all(&self) -> &[Step] {
        &self.all
    }

    /// The step that an entry belongs to.
    #[must_use]
    pub fn of(&self, entry: u32) -> Option<usize> {
        self.all.iter().rposition(|step| step.entries.contains(&entry))
    }

    /// Forgets sessions that are over, as far as they were looked at.
    pub fn forget_ended(&mut self) {
        if let Some(last) = self.all.iter().rposition(|step| step.stage.is_end()) {
            self.all.drain(..=last);
        }
    }

    /// Takes in what the trace holds by now.
    pub fn follow(&mut self, trace: &Trace) {
        while self.next < trace.len() {
            self.take(trace, self.next);
            self.next += 1;
        }
        // When a request has left the wire is known only later.
        let last = self.all.len().saturating_sub(2);
        for index in last..self.all.len() {
            self.time(trace, index);
        }
    }

    fn take(&mut self, trace: &Trace, number: u32) {
        let Some(entry) = trace.entry(number) else { return };
        if let Some(Mark::Line(line)) = trace.mark_of(&entry) {
            return self.line_set(*line, number, trace);
        }
        let family = entry.family.and_then(|family| registry::FAMILIES.get(usize::from(family)));
        let is_frame = matches!(entry.kind, EntryKind::Frame(_));
        let stage = family.and_then(|family| family.stage(entry.relation.step)).filter(|_| is_frame);
        match (stage, self.all.last_mut()) {
            (Some(stage), Some(last)) if last.stage == stage => last.add(number),
            (Some(stage), _) => self.begin(stage, number, trace),
            (None, Some(last)) => last.add(number),
            (None, None) => {}
        }
    }

    fn begin(&mut self, stage: Stage, number: u32, trace: &Trace) {
        if let Some(last) = self.all.len().checked_sub(1) {
            self.time(trace, last);
        }
        let first = trace.entry(number).map(|entry| entry.first).unwrap_or_default();
        let began = self.all.last().map_or(first, |last| last.ended);
        let (changes_speed, line) = (false, self.line);
        self.all.push(Step { stage, changes_speed, entries: vec![number], line, began, ended: began });
    }

    /// Within an option select a change of the line is a step of its own, to which the answer belongs.
    fn line_set(&mut self, line: LineSettings, number: u32, trace: &Trace) {
        let is_change = self.line.replace(line) != Some(line);
        let Some(last) = self.all.last_mut() else { return };
        if last.stage == Stage::Select && is_change {
            self.begin(Stage::Select, number, trace);
            if let Some(step) = self.all.last_mut() {
                step.changes_speed = true;
            }
            return;
        }
        last.add(number);
        if matches!(last.stage, Stage::Break | Stage::SignOn | Stage::Identification) {
            last.line = Some(line);
        }
    }

    fn time(&mut self, trace: &Trace, index: usize) {
        let before = index.checked_sub(1).and_then(|before| self.all.get(before)).map(|step| step.ended);
        let Some(step) = self.all.get_mut(index) else { return };
        let is_end = step.stage.is_end();
        let ends = step.entries.iter().filter_map(|number| trace.entry(*number));
        let counted = ends.filter(|entry| !is_end || !matches!(entry.kind, EntryKind::Mark(_)));
        step.began = before.unwrap_or(step.began);
        step.ended = counted.map(|entry| entry.last).max().unwrap_or(step.began).max(step.began);
    }
}
