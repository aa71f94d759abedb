//! Requests of a plan that are left, and how far the first of them has come.

use std::collections::VecDeque;

use crate::protocol::iec62056_21::compose::{Job, Query};
use crate::protocol::iec62056_21::neva::days::Days;
use crate::protocol::{Access, Failure, Fault, Options};

/// A request with what it comes down to.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) title: &'static str,
    pub(super) access: Access,
    pub(super) job: Job,
}

/// Requests that are left, the present one first.
#[derive(Debug)]
pub(super) struct Works {
    left: VecDeque<Work>,
    /// The number of the present one.
    index: usize,
    /// The command of it which is being asked.
    query: usize,
    /// The first failure among its commands.
    failed: Option<Failure>,
    /// Addresses that the meter does not have.
    absent: Vec<Vec<u8>>,
}

impl Works {
    pub(super) const fn new(left: VecDeque<Work>) -> Self {
        Self { left, index: 0, query: 0, failed: None, absent: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Work> {
        self.left.iter()
    }

    /// The present job; `None` when nothing is left.
    pub(super) fn job(&self) -> Option<&Job> {
        self.left.front().map(|work| &work.job)
    }

    /// The load profile that is being read.
    pub(super) fn days(&mut self) -> Option<&mut Days> {
        match self.left.front_mut() {
            Some(Work { job: Job::Days(days), .. }) => Some(days),
            _ => None,
        }
    }

    pub(super) fn title(&self) -> &'static str {
        self.left.front().map_or("", |work| work.title)
    }

    /// What the present request may do to the meter; the gravest when nothing is left.
    pub(super) fn access(&self) -> Access {
        self.left.front().map_or(Access::Control, |work| work.access)
    }

    pub(super) fn wants_readout(&self) -> bool {
        matches!(self.job(), Some(Job::Readout { .. }))
    }

    /// Whether the present request asks commands in a session, one after the other.
    fn is_of_session(&self) -> bool {
        matches!(self.job(), Some(Job::Queries(_) | Job::Days(_)))
    }

    /// The command to be asked now; `None` when the present request has no more.
    pub(super) fn present(&self) -> Option<Query> {
        match self.job()? {
            Job::Queries(queries) => queries.get(self.query).cloned(),
            Job::Days(days) => days.code().map(Query::read_code),
            Job::Fast(query) => Some(query.clone()),
            Job::Readout { .. } | Job::Plain(_) | Job::Listen(_) => None,
        }
    }

    /// Whether no command of the present request has been answered yet.
    pub(super) const fn is_first(&self) -> bool {
        self.query == 0
    }

    /// Whether another command of the session follows in the present request.
    pub(super) fn has_next(&self) -> bool {
        self.is_of_session() && self.present().is_some()
    }

    /// The present command is done with.
    pub(super) const fn next_query(&mut self) {
        self.query = self.query.saturating_add(1);
    }

    /// Whether the meter has said before that it does not have what a command asks for.
    pub(super) fn is_absent(&self, query: &Query) -> bool {
        self.absent.iter().any(|address| address == query.address())
    }

    pub(super) fn note_absent(&mut self, query: &Query) {
        self.absent.push(query.address().to_vec());
    }

    /// The present command has failed. A list that reads goes on with the next one. Whether the session goes on.
    pub(super) fn fail_query(&mut self, fault: Fault) -> bool {
        let failure = Failure { step: self.title(), fault };
        self.failed.get_or_insert(failure);
        let is_list = matches!(self.job(), Some(Job::Queries(_)));
        let goes_on = is_list && self.access() == Access::Read;
        self.query = if goes_on { self.query.saturating_add(1) } else { usize::MAX };
        is_list
    }

    /// The present request has failed; in the step that is named, else in its own.
    pub(super) fn fail(&mut self, step: Option<&'static str>, fault: Fault) {
        self.failed = Some(Failure { step: step.unwrap_or(self.title()), fault });
    }

    /// The present request is over: its number and how it ended. With it the others, where the options say so.
    pub(super) fn finish(&mut self, options: Options) -> (usize, Result<(), Failure>) {
        let (index, result) = (self.index, self.failed.take().map_or(Ok(()), Err));
        self.left.pop_front();
        if options.leaves_out(index, &result) {
            self.left.clear();
        }
        self.index += 1;
        self.query = 0;
        (index, result)
    }

    /// Nothing more is asked.
    pub(super) fn clear(&mut self) {
        self.left.clear();
    }
}
