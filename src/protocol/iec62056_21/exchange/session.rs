//! The state machine.

use std::collections::VecDeque;

use super::judge::{self, Known, Verdict};
use super::{Work, pace};
use crate::frame::At;
use crate::protocol::iec62056_21::bcc::{Method, Rule};
use crate::protocol::iec62056_21::chars::{ACK, NAK};
use crate::protocol::iec62056_21::compose::{self, Job, Query};
use crate::protocol::{
    Access, Action, Event, Exchange, Failure, Fault, LineSettings, Options, Profile, Unfit, Warning,
};
use crate::reading::{Reading, Unit};

/// Where the session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before the start and after the end.
    Rest,
    /// Silence before what comes next.
    Pause(Next),
    /// The identification is awaited.
    SignOn,
    /// The option select is on its way out.
    Selecting,
    /// The last character of the option select is let out before the speed changes.
    Settling,
    /// The operand for the password is awaited.
    Operand,
    /// The answer to the password is awaited.
    Login,
    /// The answer to a command is awaited.
    Answer,
    /// A readout or a telegram is awaited.
    Readout,
    /// A sign-off is on its way out or has just left, with what follows.
    SigningOff(Next),
}

/// How it stands with the change of speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speed {
    /// The meter's proposal is followed.
    Proposed,
    /// Nothing came at the new speed, and the old one has been listened to.
    HeardBack,
    /// The line cannot change, or the meter does not: it stays as it is.
    Kept,
}

/// What follows a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    SignOn,
    Select,
    Login,
    Ask,
    Outside,
    /// The sign-off, the first and the second of two.
    SignOff,
    SecondSignOff,
    /// The line is put back, and the next request begins or nothing does.
    Restore,
}

/// What came instead of an answer.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) sent: u32,
    echo: bool,
    noise: u32,
    damaged: Option<String>,
    unfit: Option<Unfit>,
}

impl Tally {
    pub(super) fn damage(&mut self, what: String) {
        self.damaged = Some(what);
    }

    pub(super) const fn is_damaged(&self) -> bool {
        self.damaged.is_some()
    }

    pub(super) fn fault(self) -> Fault {
        match (self.damaged, self.unfit) {
            (Some(what), _) => Fault::Damaged { what },
            (None, Some(unfit)) => Fault::Unexpected(unfit),
            (None, None) => Fault::NoAnswer { sent: self.sent, echo: self.echo, noise_bytes: self.noise },
        }
    }
}

/// A session with one meter.
#[derive(Debug)]
pub struct Session {
    pub(super) profile: Profile,
    pub(super) options: Options,
    pub(super) address: Vec<u8>,
    pub(super) works: VecDeque<Work>,
    /// The number of the work at the front.
    pub(super) index: usize,
    /// The command of that work which is being asked.
    pub(super) query: usize,
    pub(super) phase: Phase,
    pub(super) tally: Tally,
    /// Answers that were given up on and may still come.
    pub(super) owed: u32,
    /// Whether the meter is in programming mode and has let us in.
    pub(super) is_open: bool,
    /// Whether a sign-off is owed: something was said that may have opened a session.
    pub(super) owes_sign_off: bool,
    /// The line in force.
    pub(super) line: LineSettings,
    pub(super) speed: Speed,
    /// How often the session was begun anew because nothing sound followed the option select.
    pub(super) restarts: u8,
    pub(super) rule: Option<Rule>,
    pub(super) reaction: std::time::Duration,
    pub(super) is_7109: bool,
    pub(super) proposed: u8,
    pub(super) operand: Vec<u8>,
    pub(super) logins: u32,
    /// Addresses that the meter does not have.
    unknown: Vec<Vec<u8>>,
    /// The first failure among the commands of a work.
    failed: Option<Failure>,
    /// Blocks of an answer that have come so far.
    blocks: u32,
    pub(super) actions: VecDeque<Action>,
}

impl Session {
    /// Ready to start.
    pub(super) fn new(profile: Profile, options: Options, address: Vec<u8>, works: VecDeque<Work>) -> Self {
        let (line, reaction) = (profile.line, pace::reaction(profile.dialect, false));
        Self {
            profile,
            options,
            address,
            works,
            index: 0,
            query: 0,
            phase: Phase::Rest,
            tally: Tally::default(),
            owed: 0,
            is_open: false,
            owes_sign_off: false,
            line,
            speed: Speed::Proposed,
            restarts: 0,
            rule: None,
            reaction,
            is_7109: false,
            proposed: b'5',
            operand: Vec::new(),
            logins: 0,
            unknown: Vec::new(),
            failed: None,
            blocks: 0,
            actions: VecDeque::new(),
        }
    }

    pub(super) fn send_rule(&self) -> Rule {
        self.rule.unwrap_or(Method::of(self.profile.dialect).rule())
    }

    pub(super) fn send(&mut self, bytes: Vec<u8>, phase: Phase) {
        self.phase = phase;
        self.actions.push_back(Action::Send(bytes));
    }

    pub(super) fn step(&mut self, name: &'static str) {
        self.actions.push_back(Action::Step(name));
    }

    pub(super) fn warn(&mut self, code: &'static str, text: impl Into<std::borrow::Cow<'static, str>>) {
        self.actions.push_back(Action::Warning(Warning { code, text: text.into() }));
    }

    pub(super) fn wait(&mut self, until: At) {
        self.actions.push_back(Action::WaitUntil(until));
    }

    pub(super) fn pause(&mut self, next: Next, length: std::time::Duration, at: At) {
        self.phase = Phase::Pause(next);
        self.wait(at + length);
    }

    pub(super) fn set_line(&mut self, line: LineSettings) {
        if self.line != line {
            self.line = line;
            self.actions.push_back(Action::SetLine(line));
        }
    }

    fn title(&self) -> &'static str {
        self.works.front().map_or("", |work| work.title)
    }

    fn is_read(&self) -> bool {
        self.works.front().is_some_and(|work| work.access == Access::Read)
    }

    /// The command to be asked now; `None` when the work has no more.
    pub(super) fn present(&self) -> Option<Query> {
        match &self.works.front()?.job {
            Job::Queries(queries) => queries.get(self.query).cloned(),
            Job::Days(days) => days.code().map(Query::read_code),
            Job::Fast(query) => Some(query.clone()),
            Job::Readout { .. } | Job::Plain(_) | Job::Listen(_) => None,
        }
    }

    /// How long an answer in this phase is waited for.
    fn patience(&self) -> std::time::Duration {
        let (line, network) = (self.line, self.profile.network_delay);
        match (self.phase, self.works.front().map(|work| &work.job)) {
            (Phase::Readout, Some(Job::Listen(length))) => *length,
            (Phase::Readout, _) => pace::readout(line, network),
            (Phase::Answer, _) => pace::answer(line, network),
            _ => pace::short(line, network),
        }
    }

    /// Begins the work at the front, or ends.
    pub(super) fn begin(&mut self, at: At) {
        let Some(work) = self.works.front() else { return self.close(at) };
        match (&work.job, self.is_open) {
            (Job::Queries(_) | Job::Days(_), true) => self.pause(Next::Ask, self.gap(), at),
            (_, true) => self.close(at),
            (Job::Queries(_) | Job::Days(_) | Job::Readout { .. }, false) => {
                self.pause(Next::SignOn, pace::QUIET, at);
            }
            (Job::Fast(_) | Job::Plain(_), false) => self.pause(Next::Outside, pace::QUIET, at),
            (Job::Listen(_), false) => {
                self.step("waiting for a telegram");
                self.phase = Phase::Readout;
                self.wait(at + self.patience());
            }
        }
    }

    /// The silence before the next command: long when an answer may still come.
    fn gap(&self) -> std::time::Duration {
        if self.owed > 0 { pace::answer(self.line, self.profile.network_delay) } else { self.reaction }
    }

    fn ask(&mut self, at: At) {
        let Some(query) = self.present() else { return self.done(at) };
        if self.query == 0 && self.tally.sent == 0 {
            self.step(self.title());
        }
        if self.unknown.iter().any(|address| address == query.address()) {
            let meaning = "not in this model, as it said before";
            return self.command_failed(Fault::Refused { code: None, meaning }, at);
        }
        self.tally.sent += 1;
        self.owed += 1;
        self.blocks = 0;
        self.send(query.frame(self.send_rule()), Phase::Answer);
    }

    /// A read without a session, or a request that is no sign-on.
    fn outside(&mut self, at: At) {
        self.step(self.title());
        self.tally.sent += 1;
        self.owed += 1;
        match self.works.front().map(|work| &work.job) {
            Some(Job::Fast(query)) => {
                let bytes = compose::fast(&self.address, query, self.send_rule());
                self.send(bytes, Phase::Answer);
            }
            Some(Job::Plain(bytes)) => {
                let bytes = bytes.clone();
                self.send(bytes, Phase::Readout);
            }
            _ => self.done(at),
        }
    }

    fn frame(&mut self, wire: &[u8], at: At) {
        if matches!(self.phase, Phase::Rest | Phase::SigningOff(_)) {
            return;
        }
        if matches!(self.phase, Phase::Selecting | Phase::Settling) && !self.overtaken(at) {
            return;
        }
        let asked = if self.phase == Phase::Answer { self.present() } else { None };
        let known = Known { dialect: self.profile.dialect, rule: self.rule, asked: asked.as_ref() };
        let (verdict, rule) = judge::judge(wire, known);
        self.rule = self.rule.or(rule);
        match self.phase {
            Phase::SignOn => self.heard_identification(verdict, at),
            Phase::Operand => self.heard_operand(verdict, wire, at),
            Phase::Login => self.heard_admission(verdict, at),
            Phase::Answer => self.heard_answer(verdict, at),
            Phase::Readout => self.heard_readout(verdict, at),
            Phase::Pause(next) => self.late(&verdict, next, at),
            _ => {}
        }
    }

    /// A frame while the line should be silent: an answer that was given up on.
    fn late(&mut self, verdict: &Verdict, next: Next, at: At) {
        if self.owed == 0 || matches!(verdict, Verdict::Foreign) {
            return;
        }
        self.owed -= 1;
        self.warn("late-answer", "an answer came after its time and was not taken for the next one");
        if self.owed == 0 && next == Next::Ask {
            self.pause(next, self.reaction, at);
        }
    }

    fn heard_answer(&mut self, verdict: Verdict, at: At) {
        let is_write = self.present().is_some_and(|query| query.is_write());
        match verdict {
            Verdict::Data { other: true, .. } if self.blocks == 0 => {
                self.tally.unfit = Some(Unfit::Content("the answer names another code than was asked for"));
            }
            Verdict::Data { readings, value, more, .. } => {
                self.settle();
                self.tell(readings);
                if more {
                    return self.next_block(at);
                }
                self.answered(&value, at);
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
            Verdict::Damaged(what) => {
                self.settle();
                self.tally.damaged = Some(what.clone());
                if self.blocks > 0 && self.tally.sent <= u32::from(self.options.retries) {
                    self.tally.sent += 1;
                    return self.send(vec![NAK], Phase::Answer);
                }
                self.retry_or(Fault::Damaged { what }, at);
            }
            Verdict::Accepted | Verdict::Operand(_) | Verdict::Identification(_) | Verdict::Foreign => {}
        }
    }

    const fn settle(&mut self) {
        self.owed = self.owed.saturating_sub(1);
    }

    fn tell(&mut self, mut readings: Vec<Reading>) {
        if self.profile.model == "energomera-ce6850m" {
            readings.iter_mut().for_each(in_watts);
        }
        let is_archive = matches!(self.works.front(), Some(Work { job: Job::Days(_), .. }));
        if !is_archive {
            self.actions.extend(readings.into_iter().map(Action::Reading));
        }
    }

    /// Another block follows: it is asked for with ACK.
    fn next_block(&mut self, _: At) {
        self.blocks += 1;
        self.owed += 1;
        self.send(vec![ACK], Phase::Answer);
    }

    /// The present command is answered.
    fn answered(&mut self, value: &[u8], at: At) {
        self.tally = Tally::default();
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
    fn go_on(&mut self, at: At) {
        let is_session = matches!(self.works.front(), Some(Work { job: Job::Queries(_) | Job::Days(_), .. }));
        if is_session && self.present().is_some() {
            self.pause(Next::Ask, self.gap(), at);
        } else {
            self.done(at);
        }
    }

    fn refused(&mut self, code: Option<u16>, meaning: &'static str, at: At) {
        let Some(query) = self.present() else { return };
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
        self.command_failed(Fault::Refused { code, meaning }, at);
    }

    /// Asks again if that is allowed, else the command has failed.
    fn retry_or(&mut self, fault: Fault, at: At) {
        let is_outside = !self.is_open;
        if self.is_read() && self.tally.sent <= u32::from(self.options.retries) {
            let next = if is_outside { Next::Outside } else { Next::Ask };
            return self.pause(next, self.reaction, at);
        }
        self.command_failed(fault, at);
    }

    /// A command has failed, the session goes on.
    fn command_failed(&mut self, fault: Fault, at: At) {
        self.tally = Tally::default();
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
    fn work_failed(&mut self, fault: Fault, at: At) {
        self.failed = Some(Failure { step: self.title(), fault });
        self.done(at);
    }

    /// The session is not what it was: the work has failed, and the next one signs on anew.
    fn lost(&mut self, fault: Fault, at: At) {
        self.failed = Some(Failure { step: self.title(), fault });
        self.finish_work();
        self.close(at);
    }

    fn finish_work(&mut self) {
        let result = self.failed.take().map_or(Ok(()), Err);
        self.actions.push_back(Action::Answered { index: self.index, result });
        self.works.pop_front();
        self.index += 1;
        self.query = 0;
        self.tally = Tally::default();
    }

    /// The work at the front is over.
    pub(super) fn done(&mut self, at: At) {
        self.finish_work();
        self.begin_or_close(at);
    }

    fn begin_or_close(&mut self, at: At) {
        if self.works.is_empty() { self.close(at) } else { self.begin(at) }
    }

    fn heard_readout(&mut self, verdict: Verdict, at: At) {
        match verdict {
            Verdict::Data { readings, more, .. } => {
                self.settle();
                self.tell(readings);
                if more {
                    self.blocks += 1;
                    return self.send(vec![ACK], Phase::Readout);
                }
                self.owes_sign_off = false;
                self.done(at);
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

    /// What every request that is left comes to, because the session did not come about.
    pub(super) fn fail_all(&mut self, step: &'static str, fault: &Fault, at: At) {
        while !self.works.is_empty() {
            self.failed = Some(Failure { step, fault: fault.clone() });
            self.finish_work();
        }
        self.is_open = false;
        self.close(at);
    }

    /// Ends the session, if there may be one, and puts the line back.
    pub(super) fn close(&mut self, at: At) {
        self.is_open = false;
        let owed = std::mem::take(&mut self.owed);
        if owed > 0 && !self.owes_sign_off {
            let until = at + pace::answer(self.line, self.profile.network_delay);
            self.actions.push_back(Action::Rest { until, owed });
        }
        if self.owes_sign_off { self.pause(Next::SignOff, self.reaction, at) } else { self.restore(at) }
    }

    fn sign_off(&mut self, next: Next) {
        if next == Next::SecondSignOff {
            self.step("sign-off");
        }
        self.send(compose::sign_off(self.send_rule()), Phase::SigningOff(next));
    }

    fn restore(&mut self, at: At) {
        self.owes_sign_off = false;
        self.set_line(self.profile.line);
        if self.works.is_empty() {
            self.phase = Phase::Rest;
            self.actions.push_back(Action::Finished);
        } else {
            self.begin(at);
        }
    }

    fn sent(&mut self, at: At) {
        match self.phase {
            Phase::Selecting => self.selected(at),
            Phase::SigningOff(Next::SecondSignOff) => {
                self.pause(Next::SecondSignOff, pace::BETWEEN_SIGN_OFFS, at);
            }
            Phase::SigningOff(Next::SignOn) => self.after_break(at),
            Phase::SigningOff(next) => self.pause(next, pace::AFTER_SIGN_OFF, at),
            Phase::SignOn | Phase::Operand | Phase::Login | Phase::Answer | Phase::Readout => {
                self.wait(at + self.patience());
            }
            Phase::Rest | Phase::Pause(_) | Phase::Settling => {}
        }
    }

    fn deadline(&mut self, at: At) {
        match self.phase {
            Phase::Pause(next) => self.resume(next, at),
            Phase::Settling => self.change_speed(at),
            Phase::SignOn => self.no_identification(at),
            Phase::Operand => self.no_operand(at),
            Phase::Login => self.no_admission(at),
            Phase::Answer => self.no_answer(at),
            Phase::Readout => self.no_readout(at),
            Phase::Rest | Phase::Selecting | Phase::SigningOff(_) => {}
        }
    }

    fn resume(&mut self, next: Next, at: At) {
        match next {
            Next::SignOn => self.sign_on(),
            Next::Select => self.select(at),
            Next::Login => self.login(),
            Next::Ask => {
                self.owed = 0;
                self.ask(at);
            }
            Next::Outside => self.outside(at),
            Next::SignOff => self.sign_off(Next::SecondSignOff),
            Next::SecondSignOff => self.sign_off(Next::Restore),
            Next::Restore => self.restore(at),
        }
    }

    fn no_answer(&mut self, at: At) {
        if self.is_read() && self.tally.sent <= u32::from(self.options.retries) {
            return if self.is_open { self.ask(at) } else { self.outside(at) };
        }
        let is_silence = self.tally.damaged.is_none() && self.tally.unfit.is_none();
        let fault = std::mem::take(&mut self.tally).fault();
        if is_silence && self.is_open { self.lost(fault, at) } else { self.command_failed(fault, at) }
    }

    fn no_readout(&mut self, at: At) {
        let fault = std::mem::take(&mut self.tally).fault();
        if self.owes_sign_off {
            return self.no_data_after_select(&fault, at);
        }
        self.work_failed(fault, at);
    }

    fn stop(&mut self, fault: Fault) {
        let step = self.step_name();
        self.failed = Some(Failure { step, fault });
        self.finish_work();
        self.works.clear();
    }

    const fn is_ending(&self) -> bool {
        matches!(
            self.phase,
            Phase::Rest
                | Phase::SigningOff(Next::SecondSignOff | Next::Restore)
                | Phase::Pause(Next::SignOff | Next::SecondSignOff | Next::Restore)
        )
    }

    /// What was being done, for a failure.
    fn step_name(&self) -> &'static str {
        match self.phase {
            Phase::SignOn | Phase::Pause(Next::SignOn) | Phase::SigningOff(Next::SignOn) => "sign-on",
            Phase::Pause(Next::Select) | Phase::Selecting | Phase::Settling | Phase::Operand => {
                "option select"
            }
            Phase::Login | Phase::Pause(Next::Login) => "password",
            _ => self.title(),
        }
    }

    fn cancelled(&mut self, at: At) {
        if self.is_ending() && self.works.is_empty() {
            return;
        }
        self.stop(Fault::Cancelled);
        self.close(at);
    }

    fn link_lost(&mut self) {
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

/// A CE6850M sends its powers in watts, not in kilowatts as its kin.
fn in_watts(reading: &mut Reading) {
    reading.unit = match reading.unit {
        Unit::Kilowatt => Unit::Watt,
        Unit::Kilovar => Unit::Var,
        unit => unit,
    };
}

/// A refusal without a number.
pub(super) const fn refused(meaning: &'static str) -> Fault {
    Fault::Refused { code: None, meaning }
}

impl Exchange for Session {
    fn handle(&mut self, event: Event<'_>, at: At) {
        match event {
            Event::Start => self.begin(at),
            Event::Sent => self.sent(at),
            Event::Frame(frame) => self.frame(frame, at),
            Event::Echo => self.tally.echo = true,
            Event::Noise(bytes) => {
                let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                self.tally.noise = self.tally.noise.saturating_add(count);
            }
            Event::Deadline => self.deadline(at),
            Event::LineRefused => self.line_refused(),
            Event::Cancelled => self.cancelled(at),
            Event::LinkLost => self.link_lost(),
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}
