//! What a frame comes to, by what was asked.

use std::time::Duration;

use super::super::answers::{self, Answer, Known};
use super::super::pulses::Constant;
use super::super::rows::{self, TEST};
use super::super::{status, timing};
use super::refusal::refusal;
use super::{Channel, Constancy, Session, Step};
use crate::frame::At;
use crate::protocol::request_reply::{Compared, State};
use crate::protocol::{Access, Unfit, Wait};
use crate::reading::{Quantity, Raw, Reading};

impl Session {
    pub(super) fn frame(&mut self, frame: &[u8], at: At) {
        if self.state == State::Pausing {
            return self.late(frame, at);
        }
        if self.state != State::Listening {
            return;
        }
        match answers::judge(&self.sent, frame, self.known()) {
            Answer::Data(readings) => {
                self.requester.settle();
                self.data(readings, at);
            }
            Answer::Status(byte) => {
                self.requester.settle();
                self.status(byte, at);
            }
            Answer::Damaged(what) => {
                self.requester.settle();
                self.damaged(what, at);
            }
            Answer::Same => self.same(at),
            Answer::Unfit(unfit) => self.requester.unfit(unfit),
            Answer::Foreign => {}
        }
    }

    /// The bytes that were sent have come: an echo, or the answer to a link test, or both.
    pub(super) fn same(&mut self, at: At) {
        let is_test = self.step == Step::Ask && self.questions.front().is_some_and(|body| *body == [TEST]);
        if is_test && self.requester.attempts.echo {
            // Both the echo and the answer.
            self.requester.settle();
            return self.settled(at, false);
        }
        self.requester.attempts.echo = true;
    }

    /// A frame while the line should be silent: an answer that was given up on.
    fn late(&mut self, frame: &[u8], at: At) {
        if matches!(answers::judge(&self.sent, frame, self.known()), Answer::Foreign | Answer::Same) {
            return;
        }
        if self.requester.late_answer() {
            self.requester.actions.wait_instead(Wait::until(at + timing::silence(self.line)));
        }
    }

    const fn known(&self) -> Known {
        let constant = if let Constancy::Known(constant) = self.constant { Some(constant) } else { None };
        Known { dialect: self.dialect, constant }
    }

    fn damaged(&mut self, what: String, at: At) {
        if self.step == Step::Open {
            // It may have been a refusal; a password that may be wrong is not sent again. Whether the channel
            // is open the next command will tell.
            self.channel = Channel::OpenForGood;
            return self.begin_after_trouble(at);
        }
        self.requester.attempts.damaged = Some(what);
        self.retry_or_fail(at);
    }

    fn status(&mut self, byte: u8, at: At) {
        match (self.step, status::code(byte)) {
            (Step::Open, status::OK) => {
                let is_again = self.requester.attempts.refused == Some(refusal(status::CLOSED));
                self.channel = if is_again { Channel::OpenForGood } else { Channel::Open };
                self.begin(at);
            }
            (Step::Open, _) => self.fail_all(byte),
            (Step::Close, _) => self.finish(),
            (Step::Learn, code) if !self.may_reopen(code) => self.go_without_constant(at),
            (Step::Ask | Step::Learn, code) => self.status_of_command(byte, code, at),
        }
    }

    fn status_of_command(&mut self, byte: u8, code: u8, at: At) {
        let Some(row) = self.row() else { return };
        let body = self.questions.front().cloned().unwrap_or_default();
        let pieces = if answers::calls_for_pieces(byte) { answers::pieces(&body) } else { Vec::new() };
        match code {
            status::OK if answers::is_answered_by_status(row) => {
                self.follow_address(&body);
                self.settled(at, false);
            }
            status::OK => {
                self.requester.attempts.unfit = Some(Unfit::Content("status ok where data was asked for"));
                self.retry_or_fail(at);
            }
            _ if self.may_reopen(code) => {
                self.channel = Channel::Closed;
                self.requester.next_question();
                self.requester.attempts.refused = Some(refusal(byte));
                self.pause(at, Duration::ZERO);
            }
            _ if !pieces.is_empty() => {
                self.questions.pop_front();
                pieces.into_iter().rev().for_each(|piece| self.questions.push_front(piece));
                self.begin(at);
            }
            status::INTERNAL
                if row.command.access == Access::Read
                    && self.requester.attempts.refused != Some(refusal(byte)) =>
            {
                self.requester.attempts.refused = Some(refusal(byte));
                self.pause(at, Duration::ZERO);
            }
            _ => self.fail(refusal(byte), at),
        }
    }

    /// Whether a status says that the channel is closed, and opening it may help.
    fn may_reopen(&self, code: u8) -> bool {
        let needs_channel = self.row().is_some_and(|row| row.level > 0);
        code == status::CLOSED && self.channel != Channel::OpenForGood && needs_channel
    }

    /// Takes the meter's constant from an answer that holds the build variant.
    fn learn(&mut self, readings: &[Reading]) {
        let raw = readings
            .iter()
            .find(|reading| reading.quantity == Quantity::BUILD_VARIANT)
            .map(|found| &found.raw);
        if let Some(Raw::Bytes(variant)) = raw
            && let Some(constant) = Constant::of_variant(variant)
        {
            self.constant = Constancy::Known(constant);
        }
    }

    fn learned(&mut self, readings: &[Reading], at: At) {
        self.learn(readings);
        if self.constant == Constancy::Unasked { self.go_without_constant(at) } else { self.begin(at) }
    }

    /// After its address was changed the meter is found at the new one.
    fn follow_address(&mut self, body: &[u8]) {
        self.address = rows::answers_from(self.address, body);
    }

    fn data(&mut self, readings: Vec<Reading>, at: At) {
        if self.step == Step::Learn {
            return self.learned(&readings, at);
        }
        if self.step != Step::Ask {
            self.requester.attempts.unfit = Some(Unfit::Content("data where a status was expected"));
            return;
        }
        if !self.options.read_twice {
            return self.take(readings, at);
        }
        match self.pair.compare(readings) {
            Compared::Same(readings) => self.take(readings, at),
            Compared::First => self.begin(at),
            Compared::Different => {
                self.requester.attempts.unfit = Some(Unfit::Different);
                self.retry_or_fail(at);
            }
        }
    }

    fn take(&mut self, readings: Vec<Reading>, at: At) {
        self.learn(&readings);
        self.requester.actions.readings(readings);
        self.settled(at, false);
    }
}
