//! What an answer, its damage or its absence comes to.

use super::judge::Verdict;
use super::phase::{Head, Next, Phase};
use super::session::Session;
use crate::frame::At;
use crate::protocol::iec62056_21::chars::{ACK, NAK};
use crate::protocol::{Fault, Unfit};
use crate::reading::{Reading, Unit};

/// Blocks of one answer that are asked for, at the most: half a year of a quarter-hour profile in blocks of 16 rows.
pub(super) const MOST_BLOCKS: u32 = 1024;

const TOO_MANY_BLOCKS: Unfit = Unfit::Content("1024 blocks came, and more are said to follow");

impl Session {
    pub(super) fn heard_answer(&mut self, verdict: Verdict, at: At) {
        let is_write = self.works.present().is_some_and(|query| query.is_write());
        match verdict {
            Verdict::Data { other: true, .. } if self.gathered.blocks() == 0 => {
                self.requester.attempts.unfit =
                    Some(Unfit::Content("the answer names another code than was asked for"));
            }
            Verdict::Data { readings, value, more, .. } => {
                self.requester.settle();
                self.take_block(readings);
                match (more, self.requester.gives_way()) {
                    (true, true) => self.cancelled(at),
                    (true, false) => self.next_block(at),
                    (false, _) => self.whole_answer(value, at),
                }
            }
            Verdict::Accepted if is_write => {
                self.requester.settle();
                self.answered(b"", at);
            }
            Verdict::Denied => {
                self.requester.settle();
                let refused = Fault::Refused { code: None, meaning: "the meter answers NAK" };
                self.retry_or(refused, at);
            }
            Verdict::Ended => {
                self.entry.shut();
                let meaning = "the meter ended the session";
                self.lost(Fault::Refused { code: None, meaning }, at);
            }
            Verdict::Refused { code, meaning } => {
                self.requester.settle();
                self.refused(code, meaning, at);
            }
            Verdict::Damaged(what) => self.damaged_answer(what, at),
            Verdict::Accepted | Verdict::Operand(_) | Verdict::Identification(_) | Verdict::Foreign => {}
        }
    }

    /// A damaged block is asked for again by itself; a damaged answer, by asking anew.
    fn damaged_answer(&mut self, what: String, at: At) {
        self.requester.settle();
        self.requester.attempts.damaged = Some(what.clone());
        if self.gathered.blocks() > 0 && self.requester.may_repeat(self.options.tries()) {
            self.requester.attempts.asked += 1;
            return self.send(vec![NAK], Phase::Answer);
        }
        self.retry_or(Fault::Damaged { what }, at);
    }

    /// A telegram that comes by itself is believed from its identification to its end. What lacks one of them may be
    /// of two telegrams, or of a line that another meter shares.
    pub(super) fn heard_telegram(&mut self, verdict: Verdict, head: Head, at: At) {
        let is_head = matches!(verdict, Verdict::Identification(_));
        self.phase = Phase::Telegram(if is_head { Head::Heard } else { Head::Missing });
        match verdict {
            Verdict::Data { readings, is_whole: true, .. } if head == Head::Heard => {
                self.tell(readings);
                self.done(at);
            }
            Verdict::Data { is_whole: false, .. } => {
                self.requester.attempts.unfit =
                    Some(Unfit::Content("the telegram has no end: no line with an exclamation mark"));
            }
            Verdict::Data { .. } => {
                self.requester.attempts.unfit =
                    Some(Unfit::Content("the telegram has no identification before it"));
            }
            Verdict::Damaged(what) => self.requester.attempts.damaged = Some(what),
            _ => {}
        }
    }

    pub(super) fn heard_readout(&mut self, verdict: Verdict, at: At) {
        match verdict {
            Verdict::Data { readings, more, .. } => {
                self.requester.settle();
                self.take_block(readings);
                if more {
                    return self.next_block_of_readout(at);
                }
                self.whole_readout(at);
            }
            Verdict::Ended => self.fail_all("option select", &refused("the meter ended the session"), at),
            Verdict::Refused { code, meaning } => self.command_failed(Fault::Refused { code, meaning }, at),
            Verdict::Denied => self.fail_all("option select", &refused("the meter answers NAK"), at),
            Verdict::Damaged(what) => {
                self.requester.attempts.damaged = Some(what);
                let may_repeat = self.requester.attempts.asked < self.options.tries();
                if may_repeat && self.entry.owes_sign_off() {
                    self.requester.attempts.asked += 1;
                    self.send(vec![NAK], Phase::Readout);
                }
            }
            Verdict::Operand(_) => {
                let what = Unfit::Content("the meter went into programming mode instead of sending its data");
                self.fail_all("option select", &Fault::Unexpected(what), at);
            }
            Verdict::Accepted | Verdict::Identification(_) | Verdict::Foreign => {}
        }
    }

    /// A frame while the line should be silent: an answer that was given up on.
    pub(super) fn late(&mut self, verdict: &Verdict, next: Next, at: At) {
        if self.requester.owed() == 0 || matches!(verdict, Verdict::Foreign) {
            return;
        }
        if self.requester.late_answer() && next == Next::Ask {
            self.pause(next, self.pace.reaction(), at);
        }
    }

    pub(super) fn tell(&mut self, mut readings: Vec<Reading>) {
        if self.profile.model == "energomera-ce6850m" {
            readings.iter_mut().for_each(in_watts);
        }
        if self.works.days().is_none() {
            self.requester.actions.readings(readings);
        }
    }

    /// Another block follows: it is asked for with ACK.
    fn next_block(&mut self, at: At) {
        if self.gathered.blocks() >= MOST_BLOCKS {
            return self.command_failed(Fault::Unexpected(TOO_MANY_BLOCKS), at);
        }
        self.gathered.next_block();
        self.requester.owe_another();
        self.send(vec![ACK], Phase::Answer);
    }

    fn next_block_of_readout(&mut self, at: At) {
        if self.gathered.blocks() >= MOST_BLOCKS {
            return self.fail_all("option select", &Fault::Unexpected(TOO_MANY_BLOCKS), at);
        }
        self.gathered.next_block();
        self.send(vec![ACK], Phase::Readout);
    }

    /// The present command is answered.
    pub(super) fn answered(&mut self, value: &[u8], at: At) {
        self.requester.next_question();
        self.gathered.next_command();
        match self.take_day(value) {
            Ok(()) => {
                self.works.next_query();
                self.go_on(at);
            }
            Err(what) => self.work_failed(Fault::Unexpected(Unfit::Content(what)), at),
        }
    }

    /// Takes an answer of the load profile, if it is one that is being read.
    fn take_day(&mut self, value: &[u8]) -> Result<(), &'static str> {
        let Some(days) = self.works.days() else { return Ok(()) };
        let actions = &mut self.requester.actions;
        let result = days.answer(value);
        days.warning().into_iter().for_each(|warning| actions.warning(warning));
        actions.readings(result?);
        let (done, total) = days.progress();
        actions.progress(done, total);
        Ok(())
    }

    /// The next command of the work, or the next work.
    fn go_on(&mut self, at: At) {
        if self.works.has_next() {
            self.pause(Next::Ask, self.gap(), at);
        } else {
            self.done(at);
        }
    }

    /// An error instead of an answer. A read is asked once more: damage that the check character misses can make
    /// one of an answer.
    pub(super) fn refused(&mut self, code: Option<u16>, meaning: &'static str, at: At) {
        let Some(query) = self.works.present() else { return };
        let fault = Fault::Refused { code, meaning };
        if self.requester.doubts(&fault, self.tries()) {
            return self.repeat(at);
        }
        let is_absent = matches!(code, Some(1 | 11 | 12));
        if is_absent && !query.is_write() {
            self.works.note_absent(&query);
        }
        if self.days_do_without() {
            self.requester.next_question();
            self.works.next_query();
            return self.go_on(at);
        }
        self.command_failed(fault, at);
    }

    /// Whether the load profile that is being read can do without what was refused.
    fn days_do_without(&mut self) -> bool {
        let Some(days) = self.works.days() else { return false };
        let does = days.refused();
        if does && let Some(warning) = days.warning() {
            self.requester.actions.warning(warning);
        }
        does
    }

    fn may_repeat(&self) -> bool {
        self.requester.may_repeat(self.tries())
    }

    fn repeat(&mut self, at: At) {
        self.pause(self.again(), self.pace.silence(), at);
    }

    /// Asks again if that is allowed, else the command has failed.
    pub(super) fn retry_or(&mut self, fault: Fault, at: At) {
        if self.may_repeat() { self.repeat(at) } else { self.command_failed(fault, at) }
    }

    /// A command has failed, the session goes on.
    pub(super) fn command_failed(&mut self, fault: Fault, at: At) {
        self.requester.next_question();
        self.gathered.next_command();
        if self.works.fail_query(fault) {
            self.go_on(at);
        } else {
            self.done(at);
        }
    }

    /// The whole work has failed, the session goes on.
    fn work_failed(&mut self, fault: Fault, at: At) {
        self.works.fail(None, fault);
        self.done(at);
    }

    pub(super) fn no_answer(&mut self, at: At) {
        if self.may_repeat() {
            return if self.entry.is_open() { self.ask(at) } else { self.outside(at) };
        }
        let is_silence = self.requester.attempts.is_silence();
        let fault = self.requester.fault();
        if is_silence && self.entry.is_open() { self.lost(fault, at) } else { self.command_failed(fault, at) }
    }

    pub(super) fn no_readout(&mut self, at: At) {
        let fault = self.requester.fault();
        if self.entry.owes_sign_off() {
            return self.no_data_after_select(&fault, at);
        }
        self.work_failed(fault, at);
    }
}

/// A refusal without a number.
pub(super) const fn refused(meaning: &'static str) -> Fault {
    Fault::Refused { code: None, meaning }
}

/// A CE6850M sends its powers in watts, not in kilowatts as its kin.
fn in_watts(reading: &mut Reading) {
    reading.unit = match reading.unit {
        Unit::Kilowatt => Unit::Watt,
        Unit::Kilovar => Unit::Var,
        unit => unit,
    };
}
