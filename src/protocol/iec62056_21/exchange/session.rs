//! Session with one meter: what is asked next, and what is awaited.
//!
//! It owns the requests that are left ([`Works`]), the speed of the line ([`LineSpeed`]), the password ([`Login`]), the
//! answer that is being gathered ([`Gathered`]) and the silences ([`Pace`]); each keeps its own facts.

use std::borrow::Cow;
use std::time::Duration;

use super::judge::{self, Known, Verdict};
use super::login::Login;
use super::pace::{self, Pace};
use super::phase::{Entry, Head, Next, Phase};
use super::speed::LineSpeed;
use super::twice::Gathered;
use super::works::Works;
use crate::frame::At;
use crate::protocol::iec62056_21::bcc::{Method, Rule};
use crate::protocol::iec62056_21::compose::{self, Job};
use crate::protocol::request_reply::Requester;
use crate::protocol::{
    Action, Bound, Event, Exchange, Fault, LineSettings, Options, Patience, Profile, Wait,
};

/// A session with one meter.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) profile: Profile,
    pub(super) options: Options,
    pub(super) address: Vec<u8>,
    pub(super) works: Works,
    pub(super) phase: Phase,
    pub(super) entry: Entry,
    pub(super) speed: LineSpeed,
    pub(super) login: Login,
    pub(super) gathered: Gathered,
    pub(super) pace: Pace,
    /// The rule that frames of this meter have been seen to follow.
    rule: Option<Rule>,
    pub(super) requester: Requester,
}

impl Session {
    /// Ready to start.
    pub(super) fn new(profile: Profile, options: Options, address: Vec<u8>, works: Works) -> Self {
        let (speed, pace) = (LineSpeed::new(profile.line), Pace::new(profile.dialect));
        Self {
            profile,
            options,
            address,
            works,
            phase: Phase::Rest,
            entry: Entry::Outside,
            speed,
            login: Login::default(),
            gathered: Gathered::default(),
            pace,
            rule: None,
            requester: Requester::default(),
        }
    }

    pub(super) fn send_rule(&self) -> Rule {
        self.rule.unwrap_or(Method::of(self.profile.dialect).rule())
    }

    /// Sends a message that is no try of the present question.
    pub(super) fn send(&mut self, bytes: Vec<u8>, phase: Phase) {
        self.expect(phase);
        self.requester.actions.send(bytes);
    }

    /// Sends the present question.
    fn send_question(&mut self, bytes: Vec<u8>, phase: Phase) {
        self.expect(phase);
        self.gathered.ask_anew();
        self.requester.ask(bytes, self.tries());
    }

    fn expect(&mut self, phase: Phase) {
        self.phase = phase;
        self.pace.sent();
    }

    pub(super) fn step(&mut self, name: &'static str) {
        self.requester.actions.step(name);
    }

    pub(super) fn warn(&mut self, code: &'static str, text: impl Into<Cow<'static, str>>) {
        self.requester.actions.warn(code, text);
    }

    /// Waits for what the phase awaits.
    pub(super) fn await_answer(&mut self, at: At) {
        self.requester.actions.wait(self.patience().from(at));
    }

    pub(super) fn pause(&mut self, next: Next, length: Duration, at: At) {
        self.pause_in(Phase::Pause(next), length, at);
    }

    pub(super) fn pause_in(&mut self, phase: Phase, length: Duration, at: At) {
        self.phase = phase;
        self.requester.actions.wait(Wait::until(at + length));
    }

    pub(super) fn set_line(&mut self, line: LineSettings) {
        if self.speed.set(line) {
            self.requester.actions.set_line(line);
        }
    }

    /// How often the present command is sent at most.
    pub(super) fn tries(&self) -> u32 {
        self.options.tries_for(self.works.access())
    }

    /// What asks the present command once more.
    pub(super) const fn again(&self) -> Next {
        if self.entry.is_open() { Next::Ask } else { Next::Outside }
    }

    /// How long an answer in this phase is waited for.
    fn patience(&self) -> Patience {
        let (line, network) = (self.speed.line(), self.profile.network_delay);
        match (self.phase, self.works.job()) {
            (Phase::Telegram(_), Some(Job::Listen(length))) => pace::telegram(*length, line, network),
            (Phase::Readout | Phase::Telegram(_), _) => pace::readout(line, network),
            (Phase::Answer, _) => self.answer_patience(),
            _ => pace::short(line, network),
        }
    }

    /// How long the answer to a command is waited for.
    pub(super) fn answer_patience(&self) -> Patience {
        pace::answer(self.speed.line(), self.profile.network_delay)
    }

    /// Begins the present request, or ends.
    pub(super) fn begin(&mut self, at: At) {
        if self.requester.gives_way() && !self.works.is_empty() {
            return self.cancelled(at);
        }
        let Some(job) = self.works.job() else { return self.close(at) };
        match (job, self.entry.is_open()) {
            (Job::Queries(_) | Job::Days(_), true) => self.pause(Next::Ask, self.gap(), at),
            (_, true) => self.close(at),
            (Job::Queries(_) | Job::Days(_) | Job::Readout { .. }, false) => {
                self.pause(Next::SignOn, pace::QUIET, at);
            }
            (Job::Fast(_) | Job::Plain(_), false) => self.pause(Next::Outside, pace::QUIET, at),
            (Job::Listen(_), false) => {
                self.step("waiting for a telegram");
                self.phase = Phase::Telegram(Head::Missing);
                self.await_answer(at);
            }
        }
    }

    /// The silence before the next command: long when an answer may still come.
    pub(super) fn gap(&self) -> Duration {
        if self.requester.owed() > 0 { self.answer_patience().whole() } else { self.pace.silence() }
    }

    pub(super) fn ask(&mut self, at: At) {
        let Some(query) = self.works.present() else { return self.done(at) };
        if self.works.is_first() && self.requester.attempts.asked == 0 {
            self.step(self.works.title());
        }
        if self.works.is_absent(&query) {
            let meaning = "not in this model, as it said before";
            return self.command_failed(Fault::Refused { code: None, meaning }, at);
        }
        self.send_question(query.frame(self.send_rule()), Phase::Answer);
    }

    /// A read without a session, or a request that is no sign-on.
    pub(super) fn outside(&mut self, at: At) {
        self.step(self.works.title());
        match self.works.job() {
            Some(Job::Fast(query)) => {
                let bytes = compose::fast(&self.address, query, self.send_rule());
                self.send_question(bytes, Phase::Answer);
            }
            Some(Job::Plain(bytes)) => {
                let bytes = bytes.clone();
                self.send_question(bytes, Phase::Readout);
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
        let asked = if self.phase == Phase::Answer { self.works.present() } else { None };
        let known = Known { dialect: self.profile.dialect, rule: self.rule, asked: asked.as_ref() };
        let (verdict, rule) = judge::judge(wire, known);
        self.rule = self.rule.or(rule);
        if !matches!(verdict, Verdict::Damaged(_) | Verdict::Foreign) {
            self.pace.heard_sound();
        }
        match self.phase {
            Phase::SignOn => self.heard_identification(verdict, at),
            Phase::Operand => self.heard_operand(verdict, wire, at),
            Phase::Login => self.heard_admission(verdict, at),
            Phase::Answer => self.heard_answer(verdict, at),
            Phase::Telegram(head) => self.heard_telegram(verdict, head, at),
            Phase::Readout => self.heard_readout(verdict, at),
            Phase::Pause(next) => self.late(&verdict, next, at),
            Phase::Rest | Phase::Selecting | Phase::Settling | Phase::SigningOff(_) => {}
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
                self.await_answer(at);
            }
            Phase::Rest | Phase::Pause(_) | Phase::Settling | Phase::Telegram(_) => {}
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
            Phase::Readout | Phase::Telegram(_) => self.no_readout(at),
            Phase::Rest | Phase::Selecting | Phase::SigningOff(_) => {}
        }
    }

    fn resume(&mut self, next: Next, at: At) {
        if self.requester.gives_way() && !self.works.is_empty() && !self.phase.is_ending() {
            return self.cancelled(at);
        }
        match next {
            Next::SignOn => self.sign_on(at),
            Next::Break => self.break_off(),
            Next::WorkingBreak => self.break_at_working_speed(),
            Next::Select => self.select(),
            Next::Login => self.send_password(),
            Next::Ask => {
                self.requester.forget_owed();
                self.ask(at);
            }
            Next::Outside => self.outside(at),
            Next::SignOff => self.sign_off(Next::SecondSignOff),
            Next::SecondSignOff => self.sign_off(Next::Restore),
            Next::Restore => self.restore(at),
        }
    }
}

impl Exchange for Session {
    fn bound(&self) -> Bound {
        self.allowance()
    }

    fn handle(&mut self, event: Event<'_>, at: At) {
        match event {
            Event::Start => self.begin(at),
            Event::Sent => self.sent(at),
            Event::Frame(frame) => self.frame(frame, at),
            Event::Echo => self.requester.attempts.echo = true,
            Event::Noise(bytes) => self.requester.attempts.noise(bytes),
            Event::Deadline => self.deadline(at),
            Event::LineRefused => self.line_refused(at),
            Event::Cancelled => self.cancelled(at),
            Event::GiveWay => self.give_way(at),
            Event::LinkLost => self.link_lost(),
        }
    }

    fn after_a_cut(&mut self) {
        self.entry = Entry::CutOff;
    }

    fn line_stays(&mut self) {
        self.speed.stays();
    }

    fn next_action(&mut self) -> Option<Action> {
        self.requester.next_action()
    }
}
