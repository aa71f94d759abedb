//! What an answer, its damage or its absence comes to.

use super::Work;
use super::judge::Verdict;
use super::session::{Head, Next, Phase, Session};
use super::tally::{Tally, refused};
use super::twice::Pair;
use crate::frame::At;
use crate::protocol::iec62056_21::chars::{ACK, NAK};
use crate::protocol::iec62056_21::compose::Job;
use crate::protocol::{Access, Action, Failure, Fault, Unfit};
use crate::reading::{Reading, Unit};

/// Blocks of one answer that are asked for, at the most: half a year of a quarter-hour profile in blocks of 16 rows.
pub(super) const MOST_BLOCKS: u32 = 1024;

const TOO_MANY_BLOCKS: Unfit = Unfit::Content("1024 blocks came, and more are said to follow");

impl Session {
    pub(super) fn heard_answer(&mut self, verdict: Verdict, at: At) {
        let is_write = self.present().is_some_and(|query| query.is_write());
        match verdict {
            Verdict::Data { other: true, .. } if self.blocks == 0 => {
                self.tally.unfit = Some(Unfit::Content("the answer names another code than was asked for"));
            }
            Verdict::Data { readings, value, more, .. } => {
                self.settle();
                self.take_block(readings);
                match (more, self.gives_way) {
                    (true, true) => self.cancelled(at),
                    (true, false) => self.next_block(at),
                    (false, _) => self.whole_answer(value, at),
                }
            }
            Verdict::Accepted if is_write => {
                self.settle();
                self.answered(b"", at);
            }
            Verdict::Denied => {
                self.settle();
                let refused = Fault::Refused { code: None, meaning: "the meter answers NAK" };
                self.retry_or(refused, at);
            }
            Verdict::Ended => {
                self.is_open = false;
                let meaning = "the meter ended the session";
                self.lost(Fault::Refused { code: None, meaning }, at);
            }
            Verdict::Refused { code, meaning } => {
                self.settle();
                self.refused(code, meaning, at);
            }
            Verdict::Damaged(what) => self.damaged_answer(what, at),
            Verdict::Accepted | Verdict::Operand(_) | Verdict::Identification(_) | Verdict::Foreign => {}
        }
    }

    /// A damaged block is asked for again by itself; a damaged answer, by asking anew.
    fn damaged_answer(&mut self, what: String, at: At) {
        self.settle();
        self.tally.damaged = Some(what.clone());
        if self.blocks > 0 && !self.gives_way && self.tally.sent < self.options.tries() {
            self.tally.sent += 1;
            return self.send(vec![NAK], Phase::Answer);
        }
        self.retry_or(Fault::Damaged { what }, at);
    }

    /// A telegram that comes by itself is believed from its identification to its end. What lacks one of them may be
    /// of two telegrams, or of a line that another meter shares.
    pub(super) fn heard_telegram(&mut self, verdict: Verdict, at: At) {
        let is_head = matches!(verdict, Verdict::Identification(_));
        let head = std::mem::replace(&mut self.head, if is_head { Head::Heard } else { Head::Missing });
        match verdict {
            Verdict::Data { readings, is_whole: true, .. } if head == Head::Heard => {
                self.tell(readings);
                self.done(at);
            }
            Verdict::Data { is_whole: false, .. } => {
                self.tally.unfit =
                    Some(Unfit::Content("the telegram has no end: no line with an exclamation mark"));
            }
            Verdict::Data { .. } => {
                self.tally.unfit = Some(Unfit::Content("the telegram has no identification before it"));
            }
            Verdict::Damaged(what) => self.tally.damaged = Some(what),
            _ => {}
        }
    }

    pub(super) fn heard_readout(&mut self, verdict: Verdict, at: At) {
        match verdict {
            Verdict::Data { readings, more, .. } => {
                self.settle();
                self.take_block(readings);
                if more && self.is_asking() {
                    return self.next_block_of_readout(at);
                }
                self.whole_readout(at);
            }
            Verdict::Ended => self.fail_all("option select", &refused("the meter ended the session"), at),
            Verdict::Refused { code, meaning } => self.command_failed(Fault::Refused { code, meaning }, at),
            Verdict::Denied => self.fail_all("option select", &refused("the meter answers NAK"), at),
            Verdict::Damaged(what) => {
                self.tally.damaged = Some(what);
                if self.tally.sent <= u32::from(self.options.retries) && self.owes_sign_off {
                    self.tally.sent += 1;
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
        if self.owed == 0 || matches!(verdict, Verdict::Foreign) {
            return;
        }
        self.owed -= 1;
        self.warn("late-answer", "an answer came after its time and was not taken for the next one");
        if self.owed == 0 && next == Next::Ask {
            self.pause(next, self.reaction, at);
        }
    }

    pub(super) const fn settle(&mut self) {
        self.owed = self.owed.saturating_sub(1);
    }

    pub(super) fn tell(&mut self, mut readings: Vec<Reading>) {
        if self.profile.model == "energomera-ce6850m" {
            readings.iter_mut().for_each(in_watts);
        }
        let is_archive = matches!(self.works.front(), Some(Work { job: Job::Days(_), .. }));
        if !is_archive {
            self.actions.extend(readings.into_iter().map(Action::Reading));
        }
    }

    /// Another block follows: it is asked for with ACK.
    pub(super) fn next_block(&mut self, at: At) {
        if self.blocks >= MOST_BLOCKS {
            return self.command_failed(Fault::Unexpected(TOO_MANY_BLOCKS), at);
        }
        self.blocks += 1;
        self.owed += 1;
        self.send(vec![ACK], Phase::Answer);
    }

    fn next_block_of_readout(&mut self, at: At) {
        if self.blocks >= MOST_BLOCKS {
            return self.fail_all("option select", &Fault::Unexpected(TOO_MANY_BLOCKS), at);
        }
        self.blocks += 1;
        self.send(vec![ACK], Phase::Readout);
    }

    /// Whether the work asks for what it awaits. Who only listens acknowledges nothing.
    fn is_asking(&self) -> bool {
        !matches!(self.works.front(), Some(Work { job: Job::Listen(_), .. }))
    }

    /// The present command is answered.
    pub(super) fn answered(&mut self, value: &[u8], at: At) {
        self.tally = Tally::default();
        self.pair = Pair::default();
        let Some(work) = self.works.front_mut() else { return };
        if let Job::Days(days) = &mut work.job {
            let result = days.answer(value);
            let (done, total) = days.progress();
            let warning = days.warning();
            self.actions.extend(warning.map(Action::Warning));
            match result {
                Ok(readings) => {
                    self.actions.extend(readings.into_iter().map(Action::Reading));
                    self.actions.push_back(Action::Progress { done, total });
                }
                Err(what) => return self.work_failed(Fault::Unexpected(Unfit::Content(what)), at),
            }
        }
        self.query += 1;
        self.go_on(at);
    }

    /// The next command of the work, or the next work.
    pub(super) fn go_on(&mut self, at: At) {
        let is_session = matches!(self.works.front(), Some(Work { job: Job::Queries(_) | Job::Days(_), .. }));
        if is_session && self.present().is_some() {
            self.pause(Next::Ask, self.gap(), at);
        } else {
            self.done(at);
        }
    }

    /// An error instead of an answer. A read is asked once more: damage that the check character misses can make
    /// one of an answer.
    pub(super) fn refused(&mut self, code: Option<u16>, meaning: &'static str, at: At) {
        let Some(query) = self.present() else { return };
        let fault = Fault::Refused { code, meaning };
        if self.tally.refused.as_ref() != Some(&fault) && self.may_repeat() {
            self.tally.refused = Some(fault);
            return self.repeat(at);
        }
        let is_absent = matches!(code, Some(1 | 11 | 12));
        if is_absent && !query.is_write() {
            self.unknown.push(query.address().to_vec());
        }
        if let Some(Work { job: Job::Days(days), .. }) = self.works.front_mut()
            && days.refused()
        {
            let warning = days.warning();
            self.actions.extend(warning.map(Action::Warning));
            self.tally = Tally::default();
            self.query += 1;
            return self.go_on(at);
        }
        self.command_failed(fault, at);
    }

    fn may_repeat(&self) -> bool {
        self.is_read() && !self.gives_way && self.tally.sent < self.options.tries()
    }

    fn repeat(&mut self, at: At) {
        let next = if self.is_open { Next::Ask } else { Next::Outside };
        self.pause(next, self.silence(), at);
    }

    /// Asks again if that is allowed, else the command has failed.
    pub(super) fn retry_or(&mut self, fault: Fault, at: At) {
        if self.may_repeat() { self.repeat(at) } else { self.command_failed(fault, at) }
    }

    /// A command has failed, the session goes on.
    pub(super) fn command_failed(&mut self, fault: Fault, at: At) {
        self.tally = Tally::default();
        self.pair = Pair::default();
        let failure = Failure { step: self.title(), fault };
        self.failed.get_or_insert(failure);
        let is_list =
            matches!(self.works.front(), Some(Work { job: Job::Queries(_), access: Access::Read, .. }));
        self.query = if is_list { self.query + 1 } else { usize::MAX };
        if matches!(self.works.front(), Some(Work { job: Job::Queries(_), .. })) {
            self.go_on(at);
        } else {
            self.done(at);
        }
    }

    /// The whole work has failed, the session goes on.
    pub(super) fn work_failed(&mut self, fault: Fault, at: At) {
        self.failed = Some(Failure { step: self.title(), fault });
        self.done(at);
    }

    pub(super) fn no_answer(&mut self, at: At) {
        if self.may_repeat() {
            return if self.is_open { self.ask(at) } else { self.outside(at) };
        }
        let Tally { damaged, unfit, refused, .. } = &self.tally;
        let is_silence = damaged.is_none() && unfit.is_none() && refused.is_none();
        let fault = std::mem::take(&mut self.tally).fault();
        if is_silence && self.is_open { self.lost(fault, at) } else { self.command_failed(fault, at) }
    }

    pub(super) fn no_readout(&mut self, at: At) {
        let fault = std::mem::take(&mut self.tally).fault();
        if self.owes_sign_off {
            return self.no_data_after_select(&fault, at);
        }
        self.work_failed(fault, at);
    }
}

/// A CE6850M sends its powers in watts, not in kilowatts as its kin.
fn in_watts(reading: &mut Reading) {
    reading.unit = match reading.unit {
        Unit::Kilowatt => Unit::Watt,
        Unit::Kilovar => Unit::Var,
        unit => unit,
    };
}
