//! The jobs of a bus: those that wait, the one that runs, and the rest that the line needs between them.

use super::JobId;
use super::active::Active;
use super::job::Errand;
use super::line_idle::LineIdle;
use super::queue::Queue;
use crate::frame::At;

/// The jobs of a bus.
#[derive(Default)]
pub(super) struct Jobs {
    queue: Queue,
    active: Option<Active>,
    idle: LineIdle,
    /// Whether the link went away in the middle of something.
    was_cut: bool,
}

impl Jobs {
    /// One more that waits.
    pub(super) fn push(&mut self, job: JobId, errand: Box<Errand>) {
        self.queue.push(job, errand);
    }

    /// Takes the next that waits out of the queue.
    pub(super) fn next(&mut self) -> Option<(JobId, Box<Errand>)> {
        self.queue.next()
    }

    /// Takes one that waits out of the queue; whether it was there.
    pub(super) fn remove(&mut self, job: JobId) -> bool {
        self.queue.remove(job)
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// The one that runs.
    pub(super) const fn active(&self) -> Option<&Active> {
        self.active.as_ref()
    }

    /// The one that runs.
    pub(super) const fn active_mut(&mut self) -> Option<&mut Active> {
        self.active.as_mut()
    }

    /// Whether none runs.
    pub(super) const fn is_free(&self) -> bool {
        self.active.is_none()
    }

    /// Whether this one runs.
    pub(super) fn is_running(&self, job: JobId) -> bool {
        self.active().is_some_and(|active| active.job() == job)
    }

    /// Whether one that runs or waits may change a meter.
    pub(super) fn are_armed(&self) -> bool {
        self.queue.is_armed() || self.active().is_some_and(Active::is_permitted)
    }

    /// This one runs now.
    pub(super) fn start(&mut self, active: Active) {
        self.active = Some(active);
    }

    /// The one that ran is over.
    pub(super) const fn end(&mut self) -> Option<Active> {
        self.active.take()
    }
}

/// The line between jobs.
impl Jobs {
    /// The link was opened.
    pub(super) fn link_opened(&mut self, at: At) {
        self.idle.open(at);
    }

    /// The link went away.
    pub(super) const fn link_lost(&mut self) {
        self.was_cut |= self.active.is_some();
    }

    /// A job was ended in the middle of something.
    pub(super) const fn cut(&mut self) {
        self.was_cut = true;
    }

    /// Whether the one that begins has to end first what another was in the middle of.
    pub(super) fn take_cut(&mut self) -> bool {
        std::mem::take(&mut self.was_cut)
    }

    /// Bytes came in.
    pub(super) fn heard(&mut self, at: At) {
        self.idle.hear(at);
    }

    /// When bytes came in last.
    pub(super) const fn last_heard(&self) -> At {
        self.idle.heard()
    }

    /// The line is left alone until then, and so many answers may still come.
    pub(super) fn rest(&mut self, until: At, owed: u32) {
        self.idle.rest(until, owed);
    }

    /// A frame came in; whether it is an answer that was given up on.
    pub(super) fn is_late_answer(&mut self, at: At) -> bool {
        self.active.is_none() && self.idle.answer(at)
    }

    /// From when on the next may begin, if one waits.
    pub(super) fn next_begins(&self) -> Option<At> {
        (self.queue.len() > 0).then(|| self.idle.begin())
    }

    /// When the one that runs is to be woken.
    pub(super) fn due(&self, is_receiving: bool) -> Option<At> {
        self.active()?.due(self.idle.heard(), is_receiving)
    }
}
