//! Reading twice: damage that the check character misses is not the same in two answers.

use super::session::{Next, Session};
use super::tally::Tally;
use crate::frame::At;
use crate::protocol::{Fault, Unfit};
use crate::reading::{Doubt, Reading};

/// What an answer said: its readings, and what stands between its brackets.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Answer {
    pub(super) readings: Vec<Reading>,
    pub(super) value: Vec<u8>,
}

/// The two answers of a pair, and how often a pair did not agree.
#[derive(Debug, Default)]
pub(super) struct Pair {
    /// The blocks of the present answer so far.
    gathered: Vec<Reading>,
    first: Option<Answer>,
    differing: u32,
}

impl Pair {
    /// Forgets the blocks of an answer that is asked for anew.
    pub(super) fn ask_anew(&mut self) {
        self.gathered.clear();
    }
}

impl Session {
    /// Tells what a block says, or keeps it until a second answer has said the same.
    pub(super) fn take_block(&mut self, mut readings: Vec<Reading>) {
        if self.options.read_twice && self.is_read() {
            self.pair.gathered.append(&mut readings);
        } else {
            self.tell(readings);
        }
    }

    /// An answer has come to its end: it counts, or is asked for once more.
    pub(super) fn whole_answer(&mut self, value: Vec<u8>, at: At) {
        if !(self.options.read_twice && self.is_read()) {
            return self.answered(&value, at);
        }
        let answer = Answer { readings: std::mem::take(&mut self.pair.gathered), value };
        let first = self.pair.first.take();
        if first.as_ref() == Some(&answer) {
            self.tell(answer.readings);
            return self.answered(&answer.value, at);
        }
        self.pair.first = Some(answer);
        if first.is_some() && !self.may_differ() {
            return self.command_failed(Fault::Unexpected(Unfit::Different), at);
        }
        // The second question of a pair is no retry.
        self.tally = Tally::default();
        self.pause(if self.is_open { Next::Ask } else { Next::Outside }, self.gap(), at);
    }

    /// A readout has come to its end. Its instantaneous values and its clock are others the second time: what differs
    /// is told with that doubt.
    pub(super) fn whole_readout(&mut self, at: At) {
        self.owes_sign_off = false;
        if !(self.options.read_twice && self.is_read()) {
            return self.done(at);
        }
        let readings = std::mem::take(&mut self.pair.gathered);
        let Some(first) = self.pair.first.take() else {
            self.pair.first = Some(Answer { readings, value: Vec::new() });
            return self.restore(at);
        };
        let is_same = |reading: &Reading| first.readings.contains(reading);
        let doubted = { readings }.into_iter().map(|reading| {
            let doubt = reading.doubt.or((!is_same(&reading)).then_some(Doubt::Different));
            Reading { doubt, ..reading }
        });
        let doubted = doubted.collect();
        self.tell(doubted);
        self.done(at);
    }

    /// Whether a pair may be asked for once more.
    fn may_differ(&mut self) -> bool {
        self.pair.differing += 1;
        self.pair.differing <= u32::from(self.options.retries)
    }
}
