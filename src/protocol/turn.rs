//! One question, one answer: the exchange of every protocol that has no session.
//!
//! A family says how its requests are made and its answers judged ([`Turn`]); [`Turns`] does what they all
//! need: deadlines, retries, the silence between requests, late answers, asking twice.

mod standing;

pub use standing::{State, Tally};

use std::collections::VecDeque;
use std::time::Duration;

use super::bound::{Allowance, Bound};
use super::command::Access;
use super::exchange::{Action, Event, Exchange, Failure, Fault, Options, Unfit, Warning};
use super::wait::{Patience, Wait};
use crate::frame::At;
use crate::reading::Reading;

/// The times a protocol gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long an answer is waited for; after that, it is silence.
    pub reply: Patience,
    /// Silence that must lie between the end of one exchange and the next request.
    pub gap: Duration,
}

/// What a frame is, as an answer to the question that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// The answer.
    Answer {
        /// What it says.
        readings: Vec<Reading>,
        /// Whether the command needs a further question.
        more: bool,
    },
    /// The meter refuses.
    Refused {
        /// Its error code, where it gave one.
        code: Option<u16>,
        /// What that means.
        meaning: &'static str,
        /// Whether it must not be asked again, as after a wrong password.
        is_final: bool,
    },
    /// An answer, damaged: `CRC 1C, expected 1B`.
    Damaged(String),
    /// A sound frame that cannot be the answer; the real one may still come.
    Unfit(Unfit),
    /// Somebody else's traffic, such as another master's request.
    Foreign,
}

/// A family's part in an exchange of questions and answers.
pub trait Turn: Send {
    /// How many commands there are to carry out.
    fn count(&self) -> usize;

    /// The title of a command, for messages.
    fn title(&self, index: usize) -> &'static str;

    /// What a command may do to the meter.
    fn access(&self, index: usize) -> Access;

    /// Whether an answer comes at all; broadcasts have none.
    fn is_answered(&self, index: usize) -> bool;

    /// How many questions a command takes at the most, each answer calling for the next.
    fn rounds(&self, index: usize) -> u32;

    /// Bytes of the longest question.
    fn longest(&self) -> usize;

    /// The bytes of a command's question number `round`, from 0.
    fn question(&mut self, index: usize, round: usize) -> Vec<u8>;

    /// What a frame is to that question.
    fn judge(&mut self, index: usize, round: usize, frame: &[u8]) -> Judgement;

    /// Remarks that the answers so far give rise to, such as a version that does not fit the model; each is
    /// asked for once after every answer.
    fn warning(&mut self) -> Option<Warning> {
        None
    }

    /// The times of the protocol on this line.
    fn timing(&self) -> Timing;
}

/// Carries the commands of a [`Turn`] out, one after the other.
#[derive(Debug)]
pub struct Turns<T> {
    turn: T,
    options: Options,
    state: State,
    index: usize,
    round: usize,
    tally: Tally,
    /// The present question.
    question: Vec<u8>,
    /// Questions sent whose answers have neither come nor been waited for to the end: they may come late.
    owed: u32,
    /// Whether the answer to the last question has come, damaged.
    is_damaged: bool,
    /// The end of the present wait or pause, whatever comes in.
    latest: At,
    /// The first answer, while the second one of a pair is awaited.
    first: Option<Vec<Reading>>,
    /// Since when something more urgent waits for the line.
    gives_way: Option<At>,
    actions: VecDeque<Action>,
}

impl<T: Turn> Turns<T> {
    /// Ready to start.
    #[must_use]
    pub fn new(turn: T, options: Options) -> Self {
        Self {
            turn,
            options,
            state: State::Resting,
            index: 0,
            round: 0,
            tally: Tally::default(),
            question: Vec::new(),
            owed: 0,
            is_damaged: false,
            latest: At::ZERO,
            first: None,
            gives_way: None,
            actions: VecDeque::new(),
        }
    }

    fn ask(&mut self, at: At) {
        if self.index >= self.turn.count() {
            return self.finish(at);
        }
        if self.round == 0 && self.tally.asked == 0 {
            self.actions.push_back(Action::Step(self.turn.title(self.index)));
        }
        self.tally.asked += 1;
        self.owed += 1;
        self.is_damaged = false;
        self.state = State::Asking;
        self.question = self.turn.question(self.index, self.round);
        let of = self.tries(self.index);
        self.actions.push_back(Action::Try { number: self.tally.asked, of });
        self.actions.push_back(Action::Send(self.question.clone()));
    }

    fn sent(&mut self, at: At) {
        if self.turn.is_answered(self.index) {
            self.state = State::Listening;
            self.wait_at_most(self.turn.timing().reply.from(at));
        } else {
            self.owed = 0;
            self.next_command(Ok(()), at);
        }
    }

    fn frame(&mut self, frame: &[u8], at: At) {
        if self.state == State::Pausing {
            return self.late(frame, at);
        }
        if self.state != State::Listening {
            return;
        }
        match self.turn.judge(self.index, self.round, frame) {
            Judgement::Answer { readings, more } => self.answered(readings, more, at),
            Judgement::Damaged(_) if self.is_rest_of_answer(frame, at) => {}
            Judgement::Refused { code, meaning, is_final } => {
                self.owed = self.owed.saturating_sub(1);
                self.refused(Fault::Refused { code, meaning }, is_final, at);
            }
            Judgement::Damaged(what) => {
                // What is damaged may be stray bytes with the answer right behind them: until the line is silent
                // it may still come.
                self.tally.damaged = Some(what);
                self.is_damaged = true;
                self.wait(Wait::until(at + self.turn.timing().gap));
            }
            Judgement::Unfit(unfit) => self.unfit(unfit),
            Judgement::Foreign => {}
        }
    }

    fn answered(&mut self, readings: Vec<Reading>, more: bool, at: At) {
        self.owed = self.owed.saturating_sub(1);
        self.answer(readings, more, at);
    }

    /// An answer that begins with the very bytes of its question looks like an echo with something worthless
    /// behind it. Whether bytes are the rest of one, which is then taken.
    fn is_rest_of_answer(&mut self, rest: &[u8], at: At) -> bool {
        if !self.tally.echo || self.state != State::Listening {
            return false;
        }
        let whole = [self.question.as_slice(), rest].concat();
        let judgement = self.turn.judge(self.index, self.round, &whole);
        let Judgement::Answer { readings, more } = judgement else { return false };
        self.warn("echo-or-answer", "the answer begins with the bytes of its request, as an echo would");
        self.answered(readings, more, at);
        true
    }

    /// A frame while the line should be silent: an answer that was given up on.
    fn late(&mut self, frame: &[u8], at: At) {
        let count = self.turn.count();
        let index = self.index.min(count.saturating_sub(1));
        if matches!(self.turn.judge(index, self.round, frame), Judgement::Foreign) {
            return;
        }
        let was_owed = self.owed > 0;
        self.owed = self.owed.saturating_sub(1);
        if was_owed || self.tally.late == 0 {
            self.tally.late += 1;
            self.warn("late-answer", "an answer came after its time and was not taken for the next one");
        }
        if self.owed == 0 {
            self.wait(Wait::until(at + self.turn.timing().gap));
        }
    }

    /// A read is asked once more: damage that its checksum misses can make a refusal of an answer.
    fn refused(&mut self, fault: Fault, is_final: bool, at: At) {
        let is_new = self.tally.refused.as_ref() != Some(&fault);
        if is_new && !is_final && self.may_repeat() {
            self.tally.refused = Some(fault);
            return self.pause(at);
        }
        self.fail(fault, at);
    }

    fn unfit(&mut self, unfit: Unfit) {
        if let Unfit::Address { expected, found } = unfit
            && self.tally.unfit.as_ref() != Some(&unfit)
        {
            let text = format!("answer from address {found} while asking {expected}");
            self.actions.push_back(Action::Warning(Warning { code: "other-meter", text: text.into() }));
        }
        self.tally.unfit = Some(unfit);
    }

    fn answer(&mut self, readings: Vec<Reading>, more: bool, at: At) {
        while let Some(warning) = self.turn.warning() {
            self.actions.push_back(Action::Warning(warning));
        }
        if self.wants_pair(self.index) && self.first.as_ref() != Some(&readings) {
            let differs = self.first.replace(readings).is_some();
            if !differs {
                // The second question of a pair is no retry.
                self.tally = Tally::default();
                return self.pause(at);
            }
            self.tally.unfit = Some(Unfit::Different);
            return if self.may_repeat() { self.pause(at) } else { self.give_up(at) };
        }
        self.first = None;
        self.actions.extend(readings.into_iter().map(Action::Reading));
        if more {
            self.round += 1;
            self.tally = Tally::default();
            self.pause(at);
        } else {
            self.next_command(Ok(()), at);
        }
    }

    fn may_repeat(&self) -> bool {
        self.gives_way.is_none() && self.tally.asked < self.tries(self.index)
    }

    /// How often a question of a command is asked: what changes the meter, once.
    fn tries(&self, index: usize) -> u32 {
        if self.turn.access(index) == Access::Read { self.options.tries() } else { 1 }
    }

    /// Whether a command's answers are compared with each other.
    fn wants_pair(&self, index: usize) -> bool {
        self.options.read_twice && self.turn.access(index) == Access::Read
    }

    fn give_up(&mut self, at: At) {
        let fault = std::mem::take(&mut self.tally).fault();
        self.fail(fault, at);
    }

    fn fail(&mut self, fault: Fault, at: At) {
        let failure = Failure { step: self.turn.title(self.index), fault };
        self.next_command(Err(failure), at);
    }

    fn next_command(&mut self, result: Result<(), Failure>, at: At) {
        let is_over = self.options.leaves_out(self.index, &result);
        self.actions.push_back(Action::Answered { index: self.index, result });
        self.index += 1;
        self.round = 0;
        self.first = None;
        self.tally = Tally::default();
        if is_over || self.index >= self.turn.count() { self.finish(at) } else { self.pause(at) }
    }

    /// Silence before the next question; as long as an answer may still come when one is owed.
    fn pause(&mut self, at: At) {
        if self.gives_way.is_some() {
            return self.stop(Fault::Cancelled, at);
        }
        let timing = self.turn.timing();
        self.state = State::Pausing;
        if self.owed > 0 && self.tally.asked == 0 {
            self.wait_at_most(timing.reply.from(at));
        } else if timing.gap.is_zero() {
            self.ask(at);
        } else {
            self.wait_at_most(Wait::until(at + timing.gap));
        }
    }

    /// Waits, and sets the bound of the waits that may take the place of this one.
    fn wait_at_most(&mut self, wait: Wait) {
        self.latest = wait.latest;
        self.actions.push_back(Action::Wait(wait));
    }

    /// Another wait in the place of the present one, which it does not outlast.
    fn wait(&mut self, wait: Wait) {
        self.actions.push_back(Action::Wait(wait.no_longer_than(self.latest)));
    }

    fn deadline(&mut self, at: At) {
        match self.state {
            State::Listening => {
                if self.is_damaged {
                    self.owed = self.owed.saturating_sub(1);
                }
                if self.may_repeat() { self.ask(at) } else { self.give_up(at) }
            }
            State::Pausing => {
                if self.tally.asked == 0 {
                    self.owed = 0;
                }
                self.ask(at);
            }
            State::Resting | State::Asking => {}
        }
    }

    fn stop(&mut self, fault: Fault, at: At) {
        if self.state == State::Resting {
            return;
        }
        let failure = Failure { step: self.turn.title(self.index), fault };
        self.actions.push_back(Action::Answered { index: self.index, result: Err(failure) });
        self.finish(at);
    }

    /// Something more urgent waits: what was asked is heard to its end, and nothing more is asked.
    fn give_way(&mut self, at: At) {
        match self.state {
            State::Resting => {}
            State::Pausing => self.stop(Fault::Cancelled, at),
            State::Asking | State::Listening => self.gives_way = Some(at),
        }
    }

    /// The end, and what whoever comes next must leave time for. What has waited since a moment before need not wait
    /// for the running try and after that for its late answer as well.
    fn finish(&mut self, at: At) {
        self.state = State::Resting;
        let timing = self.turn.timing();
        let late = self.gives_way.unwrap_or(at) + timing.reply.whole();
        let gap = at + timing.gap;
        let until = if self.owed > 0 { late.max(gap) } else { gap };
        if until > at {
            self.actions.push_back(Action::Rest { until, owed: self.owed });
        }
        self.actions.push_back(Action::Finished);
    }

    fn warn(&mut self, code: &'static str, text: &'static str) {
        self.actions.push_back(Action::Warning(Warning { code, text: text.into() }));
    }
}

impl<T: Turn> Exchange for Turns<T> {
    /// Every command is asked until its tries are used up, whatever became of the one before.
    fn bound(&self) -> Bound {
        let indices = 0..self.turn.count();
        let total = indices.clone().map(|index| {
            let pair = if self.wants_pair(index) { 2 } else { 1 };
            self.turn.rounds(index).saturating_mul(self.tries(index) * pair)
        });
        let unanswered = indices.map(|index| self.tries(index));
        Bound::Requests(Allowance {
            unanswered: unanswered.sum(),
            total: total.fold(0, u32::saturating_add),
            longest: self.turn.longest(),
        })
    }

    fn handle(&mut self, event: Event<'_>, at: At) {
        match event {
            Event::Start => self.ask(at),
            Event::Sent if self.state == State::Asking => self.sent(at),
            Event::Frame(frame) => self.frame(frame, at),
            Event::Echo => self.tally.echo = true,
            Event::Noise(bytes) if self.is_rest_of_answer(bytes, at) => {}
            Event::Noise(bytes) => {
                let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                self.tally.noise_bytes = self.tally.noise_bytes.saturating_add(count);
            }
            Event::Deadline => self.deadline(at),
            Event::Cancelled => self.stop(Fault::Cancelled, at),
            Event::GiveWay => self.give_way(at),
            Event::LinkLost => self.stop(Fault::LinkLost, at),
            Event::Sent | Event::LineRefused => {}
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}

#[cfg(test)]
mod tests;
