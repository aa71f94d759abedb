//! Waiting for what a meter pushes by itself: the exchange of families in which nothing is asked.

use std::collections::VecDeque;
use std::time::Duration;

use super::bound::Bound;
use super::command::{Access, Command, Group, Kind, Parameter};
use super::exchange::{Action, Event, Exchange, Failure, Fault, Plan, Warning};
use super::family::{Context, Family, Profile};
use super::framer::Source;
use super::line_search::{DLMS, Finding, LineSearch};
use super::sealed;
use super::tracker::{Seen, Tracker};
use super::wait::Wait;
use crate::frame::{At, Dissection, Problem};
use crate::reading::Unit;

/// Bytes of a long push, whose time on the wire is added to the wait for one.
const LONG: usize = 600;

/// From push to push where nothing says how often a meter speaks.
pub const USUAL: Duration = Duration::from_secs(15);

/// The most frames that one push has.
const MOST_PARTS: usize = 64;

/// How long to wait, as a parameter of a listening command.
pub const WAIT: Parameter = Parameter {
    name: "wait",
    title: "How long to wait; 0 is two push intervals",
    kind: Kind::Integer { min: 0, max: 3600 },
    default: Some("0"),
    unit: Unit::Second,
};

/// Waits for the next whole push; sends nothing.
pub const TELEGRAM: Command = Command {
    id: "telegram",
    code: "push",
    title: "Next push",
    group: Group::Instantaneous,
    access: Access::Read,
    parameters: &[WAIT],
    note: "listens only; the meter speaks by itself",
};

/// How a kind of meter speaks.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// From push to push.
    pub interval: Duration,
    /// What it is answered.
    pub reply: Reply,
}

/// What is sent in reply to a frame; `None` to keep silent.
pub type Reply = fn(&[u8]) -> Option<Vec<u8>>;

/// A plan of listening commands being carried out.
pub struct Listen {
    family: &'static dyn Family,
    profile: Profile,
    /// How long each request waits.
    waits: Vec<Duration>,
    /// The wait that runs. What is sent in reply ends it for the bus, but not for the request.
    running: Option<Wait>,
    index: usize,
    tracker: Box<dyn Tracker>,
    number: u32,
    message: Option<u32>,
    parts: Vec<Vec<u8>>,
    damage: Option<String>,
    noise_bytes: u32,
    search: LineSearch,
    reply: Reply,
    actions: VecDeque<Action>,
}

impl Listen {
    /// For a plan whose commands all have [`WAIT`].
    pub fn new(family: &'static dyn Family, plan: Plan, manner: Manner) -> Self {
        let two = 2 * manner.interval + plan.profile.line.wire_time(LONG);
        let wait = |request: &super::exchange::Request| match request.arguments.integer(WAIT.name) {
            0 => two,
            seconds => Duration::from_secs(seconds.unsigned_abs()),
        };
        let waits = plan.requests.iter().map(wait).collect();
        let Profile { line, dialect, is_line_chosen, .. } = plan.profile;
        let tracker = family.tracker(dialect);
        let is_fixed = is_line_chosen || family.usual_lines(dialect).is_none();
        Self {
            family,
            profile: plan.profile,
            waits,
            running: None,
            index: 0,
            tracker,
            number: 0,
            message: None,
            parts: Vec::new(),
            damage: None,
            noise_bytes: 0,
            search: LineSearch::new(line, &DLMS, is_fixed),
            reply: manner.reply,
            actions: VecDeque::new(),
        }
    }

    /// Begins to wait, or ends when all requests are carried out.
    fn wait(&mut self, at: At) {
        match self.waits.get(self.index) {
            Some(wait) => {
                let wait = Wait::until(at + *wait + self.profile.network_delay);
                self.running = Some(wait);
                self.actions.push_back(Action::Wait(wait));
            }
            None => self.actions.push_back(Action::Finished),
        }
    }

    fn answered(&mut self, result: Result<(), Fault>, at: At) {
        let result = result.map_err(|fault| Failure { step: TELEGRAM.title, fault });
        self.actions.push_back(Action::Answered { index: self.index, result });
        self.index += 1;
        (self.damage, self.noise_bytes) = (None, 0);
        self.wait(at);
    }

    fn end(&mut self, fault: &Fault) {
        for index in self.index..self.waits.len() {
            let failure = Failure { step: TELEGRAM.title, fault: fault.clone() };
            self.actions.push_back(Action::Answered { index, result: Err(failure) });
        }
        self.index = self.waits.len();
        self.actions.push_back(Action::Finished);
    }

    fn frame(&mut self, bytes: &[u8], at: At) {
        if let Some(reply) = (self.reply)(bytes) {
            self.actions.push_back(Action::Send(reply));
        }
        let dissection = self.explain(bytes, at);
        // The next push would not open either: the wait ends.
        if let Some(fault) = sealed::fault(&dissection) {
            return self.answered(Err(fault), at);
        }
        if dissection.verdict.is_bad() {
            self.damage = Some(dissection.summary());
            return;
        }
        self.search.good();
        if dissection.readings.is_empty() {
            return;
        }
        for problem in dissection.problems.iter().filter(|p| p.code.is_for_the_person()) {
            let Problem { code, text, .. } = problem.clone();
            self.actions.push_back(Action::Warning(Warning { code: code.as_str(), text }));
        }
        self.actions.extend(dissection.readings.into_iter().map(Action::Reading));
        self.answered(Ok(()), at);
    }

    /// Bytes that are no frame may tell what is wrong with the line.
    fn noise(&mut self, bytes: &[u8], at: At) {
        self.noise_bytes = self.noise_bytes.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        if let Some(finding) = self.search.noise(bytes) {
            self.follow(finding, at);
        }
    }

    /// Nothing good has come in time: what was heard may speak for another line.
    fn silence(&mut self, at: At) {
        let finding = if self.damage.is_none() { self.search.turn() } else { None };
        if finding.is_some_and(|finding| self.follow(finding, at)) {
            return;
        }
        let fault = match self.damage.take() {
            Some(what) => Fault::Damaged { what },
            None => Fault::NoAnswer { sent: 0, echo: false, noise_bytes: self.noise_bytes },
        };
        self.answered(Err(fault), at);
    }

    fn follow(&mut self, finding: Finding, at: At) -> bool {
        let since = at + self.search.line().wire_time(LONG) + self.profile.network_delay;
        let wait = Wait::until(since + self.search.patience());
        let is_followed = self.search.follow(finding, wait, &mut self.actions);
        if is_followed {
            self.running = Some(wait);
        }
        is_followed
    }

    /// Explains a frame with those of its message before it.
    fn explain(&mut self, bytes: &[u8], at: At) -> Dissection {
        let number = self.number;
        self.number = self.number.wrapping_add(1);
        let seen = Seen { number, bytes, source: Source::Replies, first: at, last: at };
        let relation = self.tracker.track(seen);
        let mut before = Vec::new();
        match relation.message {
            Some(message) if Some(message) == self.message && self.parts.len() < MOST_PARTS => {}
            other => {
                self.message = other;
                before = std::mem::take(&mut self.parts);
            }
        }
        if self.message.is_some() {
            self.parts.push(bytes.to_vec());
        }
        let parts: Vec<&[u8]> = self.parts.iter().map(Vec::as_slice).collect();
        let is_broken_off = self.family.is_broken_off(relation.step);
        let dropped: Vec<&[u8]> = before.iter().map(Vec::as_slice).filter(|_| is_broken_off).collect();
        let context = Context {
            direction: relation.direction,
            parts: &parts,
            dropped: &dropped,
            dialect: self.profile.dialect,
            step: relation.step,
            keys: &self.profile.keys,
            ..Context::default()
        };
        let dissection = self.family.dissect(bytes, &context);
        if relation.message.is_none() {
            self.parts.clear();
        }
        dissection
    }
}

impl Exchange for Listen {
    fn bound(&self) -> Bound {
        Bound::Replies
    }

    fn handle(&mut self, event: Event<'_>, at: At) {
        if self.index >= self.waits.len() && event != Event::Start {
            return;
        }
        match event {
            Event::Start => self.wait(at),
            Event::Frame(bytes) => self.frame(bytes, at),
            Event::Noise(bytes) => self.noise(bytes, at),
            Event::Deadline => self.silence(at),
            // The line stays as it is, and so does the wait.
            Event::LineRefused => self.search.stay(),
            Event::Cancelled | Event::GiveWay => self.end(&Fault::Cancelled),
            Event::LinkLost => self.end(&Fault::LinkLost),
            Event::Sent => self.actions.extend(self.running.map(Action::Wait)),
            Event::Echo => {}
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}
