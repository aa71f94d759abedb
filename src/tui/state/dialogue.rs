//! A session as its steps, each of which opens to its frames.

use std::collections::BTreeSet;

use super::scroll::Scroll;
use crate::bus::JobId;
use crate::frame::At;
use crate::protocol::LineSettings;
use crate::trace::{Step, Steps, Trace};

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    /// A step, by its place.
    Step(usize),
    /// A frame, or what else happened, of a step that is open: the step's place and the entry.
    Entry(usize, u32),
}

impl Row {
    /// The step it belongs to.
    #[must_use]
    pub(crate) const fn step(self) -> usize {
        match self {
            Self::Step(step) | Self::Entry(step, _) => step,
        }
    }
}

/// Why a session ended before its end, and in which step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// The step's place.
    pub step: usize,
    /// Why, in one line.
    pub why: String,
}

/// A session of the bench.
#[derive(Debug, Clone)]
pub(crate) struct Dialogue {
    /// The job that it is.
    pub job: JobId,
    /// Its steps so far.
    steps: Steps,
    /// Whether more may come.
    is_running: bool,
    /// What went wrong.
    pub trouble: Option<Trouble>,
    /// Steps that show their frames.
    open: BTreeSet<usize>,
    /// The chosen row, and the part of the list on screen.
    pub list: Scroll,
    /// Whether the person has chosen a row, so that the choice no longer goes with what comes.
    is_held: bool,
}

impl Dialogue {
    /// Of a job whose traffic begins with an entry; `line` is in force there.
    #[must_use]
    pub(crate) fn new(job: JobId, from: u32, line: Option<LineSettings>) -> Self {
        Self {
            job,
            steps: Steps::from(from, line),
            is_running: true,
            trouble: None,
            open: BTreeSet::new(),
            list: Scroll::default(),
            is_held: false,
        }
    }

    /// The steps so far.
    #[must_use]
    pub(crate) fn steps(&self) -> &[Step] {
        self.steps.all()
    }

    /// Whether more may come.
    #[must_use]
    pub(crate) const fn is_running(&self) -> bool {
        self.is_running
    }

    /// Its turn has come: what went over the link before was another's.
    pub(crate) fn begin(&mut self, trace: &Trace) {
        self.follow(trace);
        self.steps.forget_ended();
    }

    /// Takes in what the trace holds by now.
    pub(crate) fn follow(&mut self, trace: &Trace) {
        if self.is_running {
            self.steps.follow(trace);
        }
        if !self.is_held {
            self.list.at = self.last_step_row();
        }
    }

    /// Nothing more comes.
    pub(crate) fn end(&mut self, trace: &Trace) {
        self.follow(trace);
        self.is_running = false;
    }

    /// Chooses the step of an entry, unless the person has chosen another.
    pub(crate) fn point_at(&mut self, entry: u32) {
        let Some(step) = self.steps.of(entry).filter(|_| !self.is_held) else { return };
        self.list.at = self.row_of(Row::Step(step));
        self.is_held = !self.is_running;
    }

    /// It failed in the step of an entry, or else in the last one that is not its end.
    pub(crate) fn fail(&mut self, entry: Option<u32>, why: String) {
        let named = entry.and_then(|entry| self.steps.of(entry));
        let last = || self.steps().iter().rposition(|step| !step.stage().is_end());
        self.trouble = named.or_else(last).map(|step| Trouble { step, why });
    }

    /// From the beginning of the first step to the end of the last, as far as it has got.
    #[must_use]
    pub(crate) fn span(&self) -> Option<(At, At)> {
        Some((self.steps().first()?.began(), self.steps().last()?.ended()))
    }

    /// The rows of the list.
    #[must_use]
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (place, step) in self.steps().iter().enumerate() {
            rows.push(Row::Step(place));
            if self.open.contains(&place) {
                rows.extend(step.entries.iter().map(|entry| Row::Entry(place, *entry)));
            }
        }
        rows
    }

    /// The chosen row.
    #[must_use]
    pub(crate) fn chosen(&self) -> Option<Row> {
        self.rows().get(self.list.at).copied()
    }

    /// The entry that the chosen row is about: of a step, its last frame.
    #[must_use]
    pub(crate) fn entry(&self, trace: &Trace) -> Option<u32> {
        match self.chosen()? {
            Row::Entry(_, entry) => Some(entry),
            Row::Step(step) => telling(self.steps().get(step)?, trace),
        }
    }

    /// Whether a step shows its frames.
    #[must_use]
    pub(crate) fn is_open(&self, step: usize) -> bool {
        self.open.contains(&step)
    }

    /// Moves over so many rows.
    pub(crate) fn step(&mut self, by: isize) {
        self.is_held = true;
        self.list.step(by, self.rows().len());
    }

    /// Chooses a row on screen; one that is chosen already opens or closes.
    pub(crate) fn click(&mut self, row: usize) {
        let at = self.list.top + row;
        let was_chosen = std::mem::replace(&mut self.is_held, true) && self.list.at == at;
        if at >= self.rows().len() {
            return;
        }
        self.list.at = at;
        if was_chosen {
            self.toggle();
        }
    }

    /// Shows or hides the frames of the chosen step; whether a step was chosen.
    pub(crate) fn toggle(&mut self) -> bool {
        self.is_held = true;
        let Some(Row::Step(step)) = self.chosen() else { return false };
        if !self.open.remove(&step) {
            self.open.insert(step);
        }
        true
    }

    /// Shows the frames of the chosen step, or goes to the first of them; whether a step was chosen.
    pub(crate) fn unfold(&mut self) -> bool {
        let Some(Row::Step(step)) = self.chosen() else { return false };
        if self.open.contains(&step) {
            self.step(1);
        } else {
            self.open.insert(step);
        }
        self.is_held = true;
        true
    }

    /// Hides the frames of the step, and chooses it.
    pub(crate) fn fold(&mut self) {
        let Some(row) = self.chosen() else { return };
        self.open.remove(&row.step());
        self.list.at = self.row_of(Row::Step(row.step()));
        self.is_held = true;
    }

    fn row_of(&self, wanted: Row) -> usize {
        self.rows().iter().position(|row| *row == wanted).unwrap_or(0)
    }

    fn last_step_row(&self) -> usize {
        self.steps().len().checked_sub(1).map_or(0, |last| self.row_of(Row::Step(last)))
    }
}

/// The entry that tells most of a step: its last frame.
#[must_use]
pub(crate) fn telling(step: &Step, trace: &Trace) -> Option<u32> {
    let is_frame = |number: &&u32| {
        trace.entry(**number).is_some_and(|entry| matches!(entry.kind, crate::trace::EntryKind::Frame(_)))
    };
    step.entries.iter().rev().find(is_frame).or(step.entries.last()).copied()
}
