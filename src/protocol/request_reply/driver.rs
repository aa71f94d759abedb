//! Driver of requests and replies: one question, one answer, one command after the other.

use super::{Compared, Judgement, Pair, RequestReply, Requester, State};
use crate::frame::At;
use crate::protocol::{
    Access, Action, Allowance, Bound, Event, Exchange, Failure, Fault, Options, Unfit, Wait,
};
use crate::reading::Reading;

/// Carries the commands of a family out, one after the other.
#[derive(Debug)]
pub struct Driver<T> {
    family: T,
    options: Options,
    state: State,
    index: usize,
    round: usize,
    requester: Requester,
    /// The present question.
    question: Vec<u8>,
    /// Whether the answer to the last question has come, damaged.
    is_damaged: bool,
    pair: Pair<Vec<Reading>>,
}

impl<T: RequestReply> Driver<T> {
    /// Ready to start.
    #[must_use]
    pub fn new(family: T, options: Options) -> Self {
        Self {
            family,
            options,
            state: State::Resting,
            index: 0,
            round: 0,
            requester: Requester::default(),
            question: Vec::new(),
            is_damaged: false,
            pair: Pair::default(),
        }
    }

    fn ask(&mut self, at: At) {
        if self.index >= self.family.count() {
            return self.finish(at);
        }
        if self.round == 0 && self.requester.attempts.asked == 0 {
            self.requester.actions.step(self.family.title(self.index));
        }
        self.is_damaged = false;
        self.state = State::Asking;
        self.question = self.family.question(self.index, self.round);
        self.requester.ask(self.question.clone(), self.tries());
    }

    fn sent(&mut self, at: At) {
        if self.family.is_answered(self.index) {
            self.state = State::Listening;
            self.requester.actions.wait(self.family.timing().reply.from(at));
        } else {
            self.requester.forget_owed();
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
        match self.family.judge(self.index, self.round, frame) {
            Judgement::Answer { readings, more } => self.answered(readings, more, at),
            Judgement::Damaged(_) if self.is_rest_of_answer(frame, at) => {}
            Judgement::Refused { code, meaning, is_final } => {
                self.requester.settle();
                self.refused(Fault::Refused { code, meaning }, is_final, at);
            }
            Judgement::Damaged(what) => {
                // What is damaged may be stray bytes with the answer right behind them: until the line is silent
                // it may still come.
                self.requester.attempts.damaged = Some(what);
                self.is_damaged = true;
                self.wait_for_silence(at);
            }
            Judgement::Unfit(unfit) => self.requester.unfit(unfit),
            Judgement::Foreign => {}
        }
    }

    /// An answer that begins with the very bytes of its question looks like an echo with something worthless
    /// behind it. Whether bytes are the rest of one, which is then taken.
    fn is_rest_of_answer(&mut self, rest: &[u8], at: At) -> bool {
        if !self.requester.attempts.echo || self.state != State::Listening {
            return false;
        }
        let whole = [self.question.as_slice(), rest].concat();
        let judgement = self.family.judge(self.index, self.round, &whole);
        let Judgement::Answer { readings, more } = judgement else { return false };
        let text = "the answer begins with the bytes of its request, as an echo would";
        self.requester.actions.warn("echo-or-answer", text);
        self.answered(readings, more, at);
        true
    }

    /// A frame while the line should be silent: an answer that was given up on.
    fn late(&mut self, frame: &[u8], at: At) {
        let index = self.index.min(self.family.count().saturating_sub(1));
        if matches!(self.family.judge(index, self.round, frame), Judgement::Foreign) {
            return;
        }
        if self.requester.late_answer() {
            self.wait_for_silence(at);
        }
    }

    fn wait_for_silence(&mut self, at: At) {
        let gap = self.family.timing().gap;
        self.requester.actions.wait_instead(Wait::until(at + gap));
    }

    /// A read is asked once more.
    fn refused(&mut self, fault: Fault, is_final: bool, at: At) {
        if !is_final && self.requester.doubts(&fault, self.tries()) {
            return self.pause(at);
        }
        self.fail(fault, at);
    }

    fn answered(&mut self, readings: Vec<Reading>, more: bool, at: At) {
        self.requester.settle();
        while let Some(warning) = self.family.warning() {
            self.requester.actions.warning(warning);
        }
        if !self.options.compares(self.access()) {
            return self.take(readings, more, at);
        }
        match self.pair.compare(readings) {
            Compared::Same(readings) => self.take(readings, more, at),
            Compared::First => {
                self.requester.next_question();
                self.pause(at);
            }
            Compared::Different => {
                self.requester.attempts.unfit = Some(Unfit::Different);
                if self.may_repeat() { self.pause(at) } else { self.give_up(at) }
            }
        }
    }

    fn take(&mut self, readings: Vec<Reading>, more: bool, at: At) {
        self.requester.actions.readings(readings);
        if more {
            self.round += 1;
            self.requester.next_question();
            self.pause(at);
        } else {
            self.next_command(Ok(()), at);
        }
    }

    fn access(&self) -> Access {
        self.family.access(self.index)
    }

    fn tries(&self) -> u32 {
        self.options.tries_for(self.access())
    }

    fn may_repeat(&self) -> bool {
        self.requester.may_repeat(self.tries())
    }

    fn give_up(&mut self, at: At) {
        let fault = self.requester.fault();
        self.fail(fault, at);
    }

    fn fail(&mut self, fault: Fault, at: At) {
        let failure = Failure { step: self.family.title(self.index), fault };
        self.next_command(Err(failure), at);
    }

    fn next_command(&mut self, result: Result<(), Failure>, at: At) {
        let is_over = self.options.leaves_out(self.index, &result);
        self.requester.actions.answered(self.index, result);
        self.index += 1;
        self.round = 0;
        self.pair.forget();
        self.requester.next_question();
        if is_over || self.index >= self.family.count() { self.finish(at) } else { self.pause(at) }
    }

    /// Silence before the next question.
    fn pause(&mut self, at: At) {
        if self.requester.gives_way() {
            return self.stop(Fault::Cancelled, at);
        }
        self.state = State::Pausing;
        if !self.requester.pause(self.family.timing(), at) {
            self.ask(at);
        }
    }

    fn deadline(&mut self, at: At) {
        match self.state {
            State::Listening => {
                if self.is_damaged {
                    self.requester.settle();
                }
                if self.may_repeat() { self.ask(at) } else { self.give_up(at) }
            }
            State::Pausing => {
                self.requester.end_pause();
                self.ask(at);
            }
            State::Resting | State::Asking => {}
        }
    }

    fn stop(&mut self, fault: Fault, at: At) {
        if self.state == State::Resting {
            return;
        }
        let failure = Failure { step: self.family.title(self.index), fault };
        self.requester.actions.answered(self.index, Err(failure));
        self.finish(at);
    }

    /// Something more urgent waits: what was asked is heard to its end, and nothing more is asked.
    fn give_way(&mut self, at: At) {
        match self.state {
            State::Resting => {}
            State::Pausing => self.stop(Fault::Cancelled, at),
            State::Asking | State::Listening => self.requester.give_way(at),
        }
    }

    fn finish(&mut self, at: At) {
        self.state = State::Resting;
        self.requester.finish(self.family.timing(), at);
    }

    /// Messages of a command: asked until its tries are used up, whatever became of the one before.
    fn allowance(&self, index: usize) -> Allowance {
        let access = self.family.access(index);
        let (tries, answers) =
            (self.options.tries_for(access), if self.options.compares(access) { 2 } else { 1 });
        Allowance {
            unanswered: tries,
            total: self.family.rounds(index).saturating_mul(tries * answers),
            longest: self.family.longest(),
        }
    }
}

impl<T: RequestReply> Exchange for Driver<T> {
    fn bound(&self) -> Bound {
        let none = Allowance { longest: self.family.longest(), ..Allowance::default() };
        let commands = (0..self.family.count()).map(|index| self.allowance(index));
        Bound::Requests(commands.fold(none, Allowance::and))
    }

    fn handle(&mut self, event: Event<'_>, at: At) {
        match event {
            Event::Start => self.ask(at),
            Event::Sent if self.state == State::Asking => self.sent(at),
            Event::Frame(frame) => self.frame(frame, at),
            Event::Echo => self.requester.attempts.echo = true,
            Event::Noise(bytes) if self.is_rest_of_answer(bytes, at) => {}
            Event::Noise(bytes) => self.requester.attempts.noise(bytes),
            Event::Deadline => self.deadline(at),
            Event::Cancelled => self.stop(Fault::Cancelled, at),
            Event::GiveWay => self.give_way(at),
            Event::LinkLost => self.stop(Fault::LinkLost, at),
            Event::Sent | Event::LineRefused => {}
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.requester.next_action()
    }
}

#[cfg(test)]
mod tests;
