//! The state machine.

use std::collections::VecDeque;

use super::judge::{self, Known, Verdict};
use super::tally::Tally;
use super::twice::Pair;
use super::{Work, pace};
use crate::frame::At;
use crate::protocol::iec62056_21::bcc::{Method, Rule};
use crate::protocol::iec62056_21::compose::{self, Job, Query};
use crate::protocol::{
    Access, Action, Bound, Event, Exchange, Failure, Fault, LineSettings, Options, Patience, Profile, Wait,
    Warning,
};

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
    /// The line is set at its far end, at a speed that is not known here: it stays, whatever the meter is asked.
    Untouched(Asked),
}

/// What a meter is asked for on a line that stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The speed that it proposes: that of a line whose speed never changes.
    Proposal,
    /// To stay at the speed of the start.
    Start,
}

impl Asked {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Proposal => Self::Start,
            Self::Start => Self::Proposal,
        }
    }
}

/// What follows a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    SignOn,
    /// A sign-off before the sign-on, at the speed of the line, and at the working speed.
    Break,
    WorkingBreak,
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

/// How the session before this one ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// As it should, as far as is known.
    SignedOff,
    /// It did not: the meter may still be in it, and a break comes before the first sign-on.
    CutOff,
}

/// Whether the identification of a telegram was heard, so that its lines may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    Missing,
    Heard,
}

/// A session with one meter.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
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
    /// How the session before this one ended.
    pub(super) before: Before,
    /// What was heard of a telegram that nobody asked for.
    pub(super) head: Head,
    /// Whether a sign-off is owed: something was said that may have opened a session.
    pub(super) owes_sign_off: bool,
    /// The line in force.
    pub(super) line: LineSettings,
    pub(super) speed: Speed,
    /// When the last sign-on was handed out.
    pub(super) signed_on: At,
    /// How often the session was begun anew because nothing sound followed the option select.
    pub(super) restarts: u8,
    pub(super) rule: Option<Rule>,
    pub(super) reaction: std::time::Duration,
    pub(super) is_7109: bool,
    pub(super) proposed: u8,
    pub(super) operand: Vec<u8>,
    pub(super) logins: u32,
    /// Addresses that the meter does not have.
    pub(super) unknown: Vec<Vec<u8>>,
    /// The first failure among the commands of a work.
    pub(super) failed: Option<Failure>,
    /// Whether nothing sound has come since the last message.
    pub(super) is_unanswered: bool,
    /// Blocks of an answer that have come so far.
    pub(super) blocks: u32,
    /// The pair of answers, where everything is read twice.
    pub(super) pair: Pair,
    /// Whether something more urgent waits for the line.
    pub(super) gives_way: bool,
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
            before: Before::SignedOff,
            head: Head::Missing,
            pair: Pair::default(),
            owes_sign_off: false,
            line,
            speed: Speed::Proposed,
            signed_on: At::ZERO,
            restarts: 0,
            rule: None,
            reaction,
            is_7109: false,
            proposed: b'5',
            operand: Vec::new(),
            logins: 0,
            unknown: Vec::new(),
            failed: None,
            is_unanswered: false,
            blocks: 0,
            gives_way: false,
            actions: VecDeque::new(),
        }
    }

    pub(super) fn send_rule(&self) -> Rule {
        self.rule.unwrap_or(Method::of(self.profile.dialect).rule())
    }

    pub(super) fn send(&mut self, bytes: Vec<u8>, phase: Phase) {
        self.phase = phase;
        self.is_unanswered = true;
        self.actions.push_back(Action::Send(bytes));
    }

    pub(super) fn step(&mut self, name: &'static str) {
        self.actions.push_back(Action::Step(name));
    }

    pub(super) fn warn(&mut self, code: &'static str, text: impl Into<std::borrow::Cow<'static, str>>) {
        self.actions.push_back(Action::Warning(Warning { code, text: text.into() }));
    }

    pub(super) fn wait(&mut self, until: At) {
        self.actions.push_back(Action::Wait(Wait::until(until)));
    }

    /// Waits for what the phase awaits.
    pub(super) fn await_answer(&mut self, at: At) {
        self.actions.push_back(Action::Wait(self.patience().from(at)));
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

    /// How often the present command is sent at most.
    fn tries(&self) -> u32 {
        if self.is_read() { self.options.tries() } else { 1 }
    }

    pub(super) fn count_try(&mut self, number: u32, of: u32) {
        self.actions.push_back(Action::Try { number, of });
    }

    pub(super) fn title(&self) -> &'static str {
        self.works.front().map_or("", |work| work.title)
    }

    pub(super) fn is_read(&self) -> bool {
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

    fn only_hears(&self) -> bool {
        matches!(self.works.front(), Some(Work { job: Job::Listen(_), .. }))
    }

    /// How long an answer in this phase is waited for.
    fn patience(&self) -> Patience {
        let (line, network) = (self.line, self.profile.network_delay);
        match (self.phase, self.works.front().map(|work| &work.job)) {
            (Phase::Readout, Some(Job::Listen(length))) => pace::telegram(*length, line, network),
            (Phase::Readout, _) => pace::readout(line, network),
            (Phase::Answer, _) => pace::answer(line, network),
            _ => pace::short(line, network),
        }
    }

    /// Begins the work at the front, or ends.
    pub(super) fn begin(&mut self, at: At) {
        if self.gives_way && !self.works.is_empty() {
            return self.cancelled(at);
        }
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
                self.await_answer(at);
            }
        }
    }

    /// The silence before the next command: long when an answer may still come.
    pub(super) fn gap(&self) -> std::time::Duration {
        if self.owed > 0 {
            pace::answer(self.line, self.profile.network_delay).whole()
        } else {
            self.silence()
        }
    }

    /// Between what came and what is sent next, or between two messages when nothing sound has come.
    pub(super) fn silence(&self) -> std::time::Duration {
        if self.is_unanswered { pace::SILENCE } else { self.reaction }
    }

    pub(super) fn ask(&mut self, at: At) {
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
        self.pair.ask_anew();
        self.count_try(self.tally.sent, self.tries());
        self.send(query.frame(self.send_rule()), Phase::Answer);
    }

    /// A read without a session, or a request that is no sign-on.
    pub(super) fn outside(&mut self, at: At) {
        self.step(self.title());
        self.tally.sent += 1;
        self.owed += 1;
        self.pair.ask_anew();
        self.count_try(self.tally.sent, self.tries());
        self.blocks = 0;
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

    pub(super) fn frame(&mut self, wire: &[u8], at: At) {
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
        self.is_unanswered &= matches!(verdict, Verdict::Damaged(_) | Verdict::Foreign);
        match self.phase {
            Phase::SignOn => self.heard_identification(verdict, at),
            Phase::Operand => self.heard_operand(verdict, wire, at),
            Phase::Login => self.heard_admission(verdict, at),
            Phase::Answer => self.heard_answer(verdict, at),
            Phase::Readout if self.only_hears() => self.heard_telegram(verdict, at),
            Phase::Readout => self.heard_readout(verdict, at),
            Phase::Pause(next) => self.late(&verdict, next, at),
            _ => {}
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
        if self.gives_way && !self.works.is_empty() && !self.is_ending() {
            return self.cancelled(at);
        }
        match next {
            Next::SignOn => self.sign_on(at),
            Next::Break => self.break_off(),
            Next::WorkingBreak => self.break_at_working_speed(),
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
            Event::Echo => self.tally.echo = true,
            Event::Noise(bytes) => {
                let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                self.tally.noise = self.tally.noise.saturating_add(count);
            }
            Event::Deadline => self.deadline(at),
            Event::LineRefused => self.line_refused(at),
            Event::Cancelled => self.cancelled(at),
            Event::GiveWay => self.give_way(at),
            Event::LinkLost => self.link_lost(),
        }
    }

    fn after_a_cut(&mut self) {
        self.before = Before::CutOff;
    }

    fn line_stays(&mut self) {
        if self.starts_slowly() {
            self.speed = Speed::Untouched(Asked::Proposal);
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}
