//! Reading twice: damage that the check character misses is not the same in two answers.

use super::session::Session;
use crate::frame::At;
use crate::protocol::request_reply::{Compared, Pair};
use crate::protocol::{Fault, Unfit};
use crate::reading::{Doubt, Reading};

/// What an answer said: its readings, and what stands between its brackets.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Answer {
    readings: Vec<Reading>,
    value: Vec<u8>,
}

/// Blocks of the present answer, and the pair of answers where everything is read twice.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// How many have been asked for after the first.
    blocks: u32,
    /// What they said so far, where it waits for a second answer.
    readings: Vec<Reading>,
    pair: Pair<Answer>,
    /// How often a pair did not agree.
    differing: u32,
}

impl Gathered {
    /// How many blocks have been asked for after the first.
    pub(super) const fn blocks(&self) -> u32 {
        self.blocks
    }

    /// Another block is asked for.
    pub(super) const fn next_block(&mut self) {
        self.blocks += 1;
    }

    /// An answer is asked for from its first block on.
    pub(super) fn ask_anew(&mut self) {
        self.blocks = 0;
        self.readings.clear();
    }

    /// Another command is asked.
    pub(super) fn next_command(&mut self) {
        *self = Self { blocks: self.blocks, ..Self::default() };
    }

    fn whole(&mut self, value: Vec<u8>) -> Answer {
        Answer { readings: std::mem::take(&mut self.readings), value }
    }

    /// Whether a pair that does not agree may be asked for once more.
    const fn may_differ(&mut self, retries: u8) -> bool {
        self.differing += 1;
        self.differing <= retries as u32
    }
}

impl Session {
    /// Tells what a block says, or keeps it until a second answer has said the same.
    pub(super) fn take_block(&mut self, mut readings: Vec<Reading>) {
        if self.compares() {
            self.gathered.readings.append(&mut readings);
        } else {
            self.tell(readings);
        }
    }

    /// Whether what is read is read twice.
    fn compares(&self) -> bool {
        self.options.compares(self.works.access())
    }

    /// An answer has come to its end: it counts, or is asked for once more.
    pub(super) fn whole_answer(&mut self, value: Vec<u8>, at: At) {
        if !self.compares() {
            return self.answered(&value, at);
        }
        let answer = self.gathered.whole(value);
        match self.gathered.pair.compare(answer) {
            Compared::Same(answer) => {
                self.tell(answer.readings);
                self.answered(&answer.value, at);
            }
            Compared::Different if !self.gathered.may_differ(self.options.retries) => {
                self.command_failed(Fault::Unexpected(Unfit::Different), at);
            }
            Compared::First | Compared::Different => {
                self.requester.next_question();
                self.pause(self.again(), self.gap(), at);
            }
        }
    }

    /// A readout has come to its end. Its instantaneous values and its clock are others the second time: what differs
    /// is told with that doubt.
    pub(super) fn whole_readout(&mut self, at: At) {
        self.entry.leave();
        if !self.compares() {
            return self.done(at);
        }
        let answer = self.gathered.whole(Vec::new());
        let Some((first, second)) = self.gathered.pair.take_or_keep(answer) else {
            return self.restore(at);
        };
        let is_same = |reading: &Reading| first.readings.contains(reading);
        let doubted = second.readings.into_iter().map(|reading| {
            let doubt = reading.doubt.or((!is_same(&reading)).then_some(Doubt::Different));
            Reading { doubt, ..reading }
        });
        let doubted = doubted.collect();
        self.tell(doubted);
        self.done(at);
    }
}
