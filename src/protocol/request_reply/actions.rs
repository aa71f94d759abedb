//! Queue of what an exchange wants done next.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::frame::At;
use crate::protocol::{Action, Failure, LineSettings, Wait, Warning};
use crate::reading::Reading;

/// Actions not handed out yet, and the wait in force.
#[derive(Debug, Default)]
pub struct Actions {
    queue: VecDeque<Action>,
    /// The end of the present wait, whatever comes in.
    latest: At,
}

impl Actions {
    /// Next action; `None` when all have been handed out.
    pub fn next_action(&mut self) -> Option<Action> {
        self.queue.pop_front()
    }

    /// Bytes to be sent in one write.
    pub fn send(&mut self, bytes: Vec<u8>) {
        self.queue.push_back(Action::Send(bytes));
    }

    /// Settings of the line from now on.
    pub fn set_line(&mut self, line: LineSettings) {
        self.queue.push_back(Action::SetLine(line));
    }

    /// Name of the step that begins.
    pub fn step(&mut self, name: &'static str) {
        self.queue.push_back(Action::Step(name));
    }

    /// Number of the try whose bytes are sent next, and how many there are at most.
    pub fn attempt(&mut self, number: u32, of: u32) {
        self.queue.push_back(Action::Try { number, of });
    }

    /// Wait that the exchange is woken after; it bounds those that take its place.
    pub fn wait(&mut self, wait: Wait) {
        self.latest = wait.latest;
        self.queue.push_back(Action::Wait(wait));
    }

    /// Wait in the place of the present one, which it does not outlast.
    pub fn wait_instead(&mut self, wait: Wait) {
        self.queue.push_back(Action::Wait(wait.no_longer_than(self.latest)));
    }

    /// Values that were read.
    pub fn readings(&mut self, readings: Vec<Reading>) {
        self.queue.extend(readings.into_iter().map(Action::Reading));
    }

    /// Steps done of a long command.
    pub fn progress(&mut self, done: u32, total: u32) {
        self.queue.push_back(Action::Progress { done, total });
    }

    /// Remark that does not stop the exchange.
    pub fn warning(&mut self, warning: Warning) {
        self.queue.push_back(Action::Warning(warning));
    }

    /// The same, with its code and text.
    pub fn warn(&mut self, code: &'static str, text: impl Into<Cow<'static, str>>) {
        self.warning(Warning { code, text: text.into() });
    }

    /// End of the request with this index.
    pub fn answered(&mut self, index: usize, result: Result<(), Failure>) {
        self.queue.push_back(Action::Answered { index, result });
    }

    /// Silence that whatever comes next keeps, while so many answers may still come.
    pub fn rest(&mut self, until: At, owed: u32) {
        self.queue.push_back(Action::Rest { until, owed });
    }

    /// End of the exchange.
    pub fn finished(&mut self) {
        self.queue.push_back(Action::Finished);
    }
}
