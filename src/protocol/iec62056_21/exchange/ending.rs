//! How requests and sessions end: done, failed, lost, cancelled; and the sign-off.

use super::pace;
use super::session::{Next, Phase, Session};
use super::tally::Tally;
use super::twice::Pair;
use crate::frame::At;
use crate::protocol::iec62056_21::compose::{self, Job};
use crate::protocol::{Action, Failure, Fault};

impl Session {
    pub(super) fn finish_work(&mut self) {
        let result = self.failed.take().map_or(Ok(()), Err);
        let is_over = self.options.leaves_out(self.index, &result);
        self.actions.push_back(Action::Answered { index: self.index, result });
        self.works.pop_front();
        if is_over {
            self.works.clear();
        }
        self.index += 1;
        self.query = 0;
        self.tally = Tally::default();
        self.pair = Pair::default();
    }

    /// The work at the front is over.
    pub(super) fn done(&mut self, at: At) {
        self.finish_work();
        self.begin_or_close(at);
    }

    pub(super) fn begin_or_close(&mut self, at: At) {
        if self.works.is_empty() { self.close(at) } else { self.begin(at) }
    }

    /// What every request that is left comes to, because the session did not come about.
    pub(super) fn fail_all(&mut self, step: &'static str, fault: &Fault, at: At) {
        while !self.works.is_empty() {
            self.failed = Some(Failure { step, fault: fault.clone() });
            self.finish_work();
        }
        self.is_open = false;
        self.close(at);
    }

    /// The session is not what it was: the work has failed, and the next one signs on anew.
    pub(super) fn lost(&mut self, fault: Fault, at: At) {
        self.failed = Some(Failure { step: self.title(), fault });
        self.finish_work();
        self.close(at);
    }

    /// Ends the session, if there may be one, and puts the line back.
    pub(super) fn close(&mut self, at: At) {
        self.is_open = false;
        let owed = std::mem::take(&mut self.owed);
        if owed > 0 && !self.owes_sign_off {
            let until = at + pace::answer(self.line, self.profile.network_delay).whole();
            self.actions.push_back(Action::Rest { until, owed });
        }
        if self.owes_sign_off { self.pause(Next::SignOff, self.silence(), at) } else { self.restore(at) }
    }

    pub(super) fn sign_off(&mut self, next: Next) {
        if next == Next::SecondSignOff {
            self.step("sign-off");
        }
        self.send(compose::sign_off(self.send_rule()), Phase::SigningOff(next));
    }

    pub(super) fn restore(&mut self, at: At) {
        self.owes_sign_off = false;
        self.set_line(self.profile.line);
        if self.works.is_empty() {
            self.phase = Phase::Rest;
            self.actions.push_back(Action::Finished);
        } else {
            self.begin(at);
        }
    }

    pub(super) fn stop(&mut self, fault: Fault) {
        let step = self.step_name();
        self.failed = Some(Failure { step, fault });
        self.finish_work();
        self.works.clear();
    }

    pub(super) const fn is_ending(&self) -> bool {
        matches!(
            self.phase,
            Phase::Rest
                | Phase::SigningOff(Next::SecondSignOff | Next::Restore)
                | Phase::Pause(Next::SignOff | Next::SecondSignOff | Next::Restore)
        )
    }

    /// What was being done, for a failure.
    pub(super) fn step_name(&self) -> &'static str {
        match self.phase {
            Phase::SignOn
            | Phase::Pause(Next::SignOn | Next::Break | Next::WorkingBreak)
            | Phase::SigningOff(Next::SignOn) => "sign-on",
            Phase::Pause(Next::Select) | Phase::Selecting | Phase::Settling | Phase::Operand => {
                "option select"
            }
            Phase::Login | Phase::Pause(Next::Login) => "password",
            _ => self.title(),
        }
    }

    pub(super) fn cancelled(&mut self, at: At) {
        if self.is_ending() && self.works.is_empty() {
            return;
        }
        self.stop(Fault::Cancelled);
        self.close(at);
    }

    /// Something more urgent waits: what was asked is heard to its end, then the session is signed off.
    pub(super) fn give_way(&mut self, at: At) {
        if self.is_ending() && self.works.is_empty() {
            return;
        }
        self.gives_way = true;
        if matches!(self.phase, Phase::Pause(_)) || self.is_only_listening() {
            self.cancelled(at);
        }
    }

    fn is_only_listening(&self) -> bool {
        let job = self.works.front().map(|work| &work.job);
        self.phase == Phase::Readout && matches!(job, Some(Job::Listen(_)))
    }

    pub(super) fn link_lost(&mut self) {
        if self.phase == Phase::Rest {
            return;
        }
        if !self.works.is_empty() {
            self.stop(Fault::LinkLost);
        }
        self.phase = Phase::Rest;
        self.actions.push_back(Action::Finished);
    }
}
