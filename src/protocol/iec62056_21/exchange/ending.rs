//! How requests and sessions end: done, failed, lost, cancelled; and the sign-off.

use super::phase::{Next, Phase};
use super::session::Session;
use crate::frame::At;
use crate::protocol::Fault;
use crate::protocol::iec62056_21::compose;

impl Session {
    fn finish_work(&mut self) {
        let (index, result) = self.works.finish(self.options);
        self.requester.actions.answered(index, result);
        self.requester.next_question();
        self.gathered.next_command();
    }

    /// The present request is over.
    pub(super) fn done(&mut self, at: At) {
        self.finish_work();
        if self.works.is_empty() { self.close(at) } else { self.begin(at) }
    }

    /// What every request that is left comes to, because the session did not come about.
    pub(super) fn fail_all(&mut self, step: &'static str, fault: &Fault, at: At) {
        while !self.works.is_empty() {
            self.works.fail(Some(step), fault.clone());
            self.finish_work();
        }
        self.close(at);
    }

    /// The session is not what it was: the request has failed, and the next one signs on anew.
    pub(super) fn lost(&mut self, fault: Fault, at: At) {
        self.works.fail(None, fault);
        self.finish_work();
        self.close(at);
    }

    /// Ends the session, if there may be one, and puts the line back.
    pub(super) fn close(&mut self, at: At) {
        self.entry.shut();
        let owed = self.requester.owed();
        self.requester.forget_owed();
        if self.entry.owes_sign_off() {
            return self.pause(Next::SignOff, self.pace.silence(), at);
        }
        if owed > 0 {
            self.requester.actions.rest(at + self.answer_patience().whole(), owed);
        }
        self.restore(at);
    }

    pub(super) fn sign_off(&mut self, next: Next) {
        if next == Next::SecondSignOff {
            self.step("sign-off");
        }
        self.send(compose::sign_off(self.send_rule()), Phase::SigningOff(next));
    }

    pub(super) fn restore(&mut self, at: At) {
        self.entry.leave();
        self.set_line(self.speed.start());
        if self.works.is_empty() {
            self.finish();
        } else {
            self.begin(at);
        }
    }

    fn finish(&mut self) {
        self.phase = Phase::Rest;
        self.requester.actions.finished();
    }

    /// The present request has failed, and none that is left is asked.
    fn stop(&mut self, fault: Fault) {
        self.works.fail(self.phase.step(), fault);
        self.finish_work();
        self.works.clear();
    }

    fn is_over(&self) -> bool {
        self.phase.is_ending() && self.works.is_empty()
    }

    pub(super) fn cancelled(&mut self, at: At) {
        if self.is_over() {
            return;
        }
        self.stop(Fault::Cancelled);
        self.close(at);
    }

    /// Something more urgent waits: what was asked is heard to its end, then the session is signed off.
    pub(super) fn give_way(&mut self, at: At) {
        if self.is_over() {
            return;
        }
        self.requester.give_way(at);
        if matches!(self.phase, Phase::Pause(_) | Phase::Telegram(_)) {
            self.cancelled(at);
        }
    }

    pub(super) fn link_lost(&mut self) {
        if self.phase == Phase::Rest {
            return;
        }
        if !self.works.is_empty() {
            self.stop(Fault::LinkLost);
        }
        self.finish();
    }
}
