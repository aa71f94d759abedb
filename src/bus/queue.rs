//! Queue of the jobs that wait.

use std::collections::VecDeque;

use super::JobId;
use super::job::Errand;

/// What waits: the most urgent first, else in the order in which it was asked for.
#[derive(Debug, Default)]
pub(super) struct Queue(VecDeque<(JobId, Box<Errand>)>);

impl Queue {
    pub(super) fn push(&mut self, job: JobId, errand: Box<Errand>) {
        let behind = self.0.iter().position(|(_, waiting)| waiting.urgency() < errand.urgency());
        self.0.insert(behind.unwrap_or(self.0.len()), (job, errand));
    }

    pub(super) fn next(&mut self) -> Option<(JobId, Box<Errand>)> {
        self.0.pop_front()
    }

    /// Takes a waiting job out; whether it was there.
    pub(super) fn remove(&mut self, job: JobId) -> bool {
        let before = self.0.len();
        self.0.retain(|(waiting, _)| *waiting != job);
        self.0.len() < before
    }

    /// Whether one of them may change a meter.
    pub(super) fn is_armed(&self) -> bool {
        self.0.iter().any(|(_, errand)| errand.is_permitted())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
