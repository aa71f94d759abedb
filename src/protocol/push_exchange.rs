//! The exchange with meters that speak by themselves: it waits for pushes, and sends at most a reply to them.
//!
//! A push that a key does not open ends the wait where there is no key at all: the next one would not open either. With
//! a wrong key it is waited on, since a damaged push or another meter's looks the same.

use std::collections::VecDeque;
use std::time::Duration;

use super::bound::Bound;
use super::command::{Access, Command, Group, Kind, Parameter};
use super::context::Context;
use super::exchange::{Action, ComposeError, Event, Exchange, Failure, Fault, MissingKey, Request, Warning};
use super::family::{Family, Plan, Profile};
use super::framer::Source;
use super::line_search::{Finding, LineSearch, UNKNOWN};
use super::sealed;
use super::tracker::{Relation, Seen, Tracker};
use super::wait::{BETWEEN_BYTES, Patience, Wait};
use crate::frame::{At, Dissection, Values, Verdict};
use crate::reading::Unit;

/// The most frames that one push has.
const MOST_PARTS: usize = 64;

/// How long to wait, as a parameter of a listening command.
pub(super) const WAIT: Parameter = Parameter {
    name: "wait",
    title: "How long to wait; 0 is two push intervals",
    kind: Kind::Integer { min: 0, max: 3600 },
    default: Some("0"),
    unit: Unit::Second,
};

/// Waits for the next whole push; sends nothing.
pub(super) const TELEGRAM: Command = Command {
    id: "telegram",
    code: "push",
    title: "Next push",
    group: Group::Instantaneous,
    access: Access::Read,
    parameters: &[WAIT],
    note: "listens only; the meter speaks by itself",
};

/// What is sent in reply to a frame; `None` to keep silent.
pub(super) type Reply = fn(&[u8]) -> Option<Vec<u8>>;

/// How a kind of meter pushes.
#[derive(Debug, Clone, Copy)]
pub(super) struct PushTiming {
    /// From push to push.
    pub interval: Duration,
    /// Bytes of a long push, whose time on the wire is granted to one that has begun.
    pub longest: usize,
}

/// A plan of listening commands being carried out.
pub(super) struct PushExchange {
    family: &'static dyn Family,
    profile: Profile,
    timing: PushTiming,
    /// What is waited for, in words for the person.
    step: &'static str,
    reply: Option<Reply>,
    /// How long each request waits.
    waits: Vec<Duration>,
    /// The request that waits; past the last one when all is over.
    index: usize,
    /// The wait that runs. What is sent in reply ends it for the bus, but not for the request.
    running: Option<Wait>,
    message: Message,
    search: LineSearch,
    /// What came instead of a good push.
    trouble: Option<Fault>,
    noise_bytes: u32,
    actions: VecDeque<Action>,
}

impl PushExchange {
    /// The wait for the pushes of a plan. Nothing is sent.
    ///
    /// # Errors
    /// [`ComposeError::Foreign`] for a command of another family.
    pub(super) fn new(
        family: &'static dyn Family,
        plan: Plan,
        timing: PushTiming,
        step: &'static str,
    ) -> Result<Self, ComposeError> {
        let profile = plan.profile;
        let own = family.profile().dialect(profile.dialect).commands;
        let is_foreign = |request: &&Request| own.iter().all(|command| command.id != request.command.id);
        if let Some(request) = plan.requests.iter().find(is_foreign) {
            return Err(ComposeError::Foreign(request.command.id));
        }
        let wait = |request: &Request| match request.arguments.integer(WAIT.name) {
            0 => 2 * timing.interval,
            seconds => Duration::from_secs(seconds.unsigned_abs()),
        };
        Ok(Self {
            family,
            timing,
            step,
            reply: None,
            waits: plan.requests.iter().map(wait).collect(),
            index: 0,
            running: None,
            message: Message::new(family.tracker(profile.dialect)),
            search: search(family, &profile),
            trouble: None,
            noise_bytes: 0,
            actions: VecDeque::new(),
            profile,
        })
    }

    /// The same with a reply to every frame that wants one.
    #[must_use]
    pub(super) fn replying(self, reply: Reply) -> Self {
        Self { reply: Some(reply), ..self }
    }

    /// A time in which a push should begin, and the push itself.
    fn patience(&self, begin: Duration) -> Patience {
        let delay = self.profile.network_delay;
        let length = self.search.line().wire_time(self.timing.longest);
        Patience { begin: begin + delay, gap: BETWEEN_BYTES + delay, length }
    }

    /// Begins to wait, or ends when all requests are carried out.
    fn await_next(&mut self, at: At) {
        (self.trouble, self.noise_bytes) = (None, 0);
        match self.waits.get(self.index) {
            Some(wait) => {
                self.actions.push_back(Action::Step(self.step));
                self.wait(self.patience(*wait).from(at));
            }
            None => self.actions.push_back(Action::Finished),
        }
    }

    fn wait(&mut self, wait: Wait) {
        self.running = Some(wait);
        self.actions.push_back(Action::Wait(wait));
    }

    fn answered(&mut self, result: Result<(), Fault>, at: At) {
        self.tell(result);
        self.index += 1;
        self.await_next(at);
    }

    fn tell(&mut self, result: Result<(), Fault>) {
        let result = result.map_err(|fault| Failure { step: self.step, fault });
        self.actions.push_back(Action::Answered { index: self.index, result });
    }

    /// Ends it with the request that waits.
    fn stop(&mut self, fault: Fault) {
        self.tell(Err(fault));
        self.index = self.waits.len();
        self.actions.push_back(Action::Finished);
    }

    fn frame(&mut self, bytes: &[u8], at: At) {
        if let Some(reply) = self.reply.and_then(|reply| reply(bytes)) {
            self.actions.push_back(Action::Send(reply));
        }
        let relation = self.message.take(bytes, self.family, at);
        match self.explain(bytes, relation) {
            Err(fault) => self.unread(fault, at),
            Ok(found) => {
                self.search.good();
                if !found.readings.is_empty() {
                    self.read(found, at);
                }
            }
        }
    }

    /// What a frame says, or why no reading is taken from it.
    fn explain(&self, bytes: &[u8], relation: Relation) -> Result<Values, Fault> {
        let (parts, dropped) = (slices(&self.message.parts), slices(&self.message.dropped));
        let context = Context {
            direction: relation.direction,
            parts: &parts,
            dropped: &dropped,
            dialect: self.profile.dialect,
            step: relation.step,
            keys: &self.profile.keys,
            ..Context::default()
        };
        let found = self.family.values(bytes, &context);
        let fault = unusable(&found, || self.family.dissect(bytes, &context));
        fault.map_or(Ok(found), Err)
    }

    /// Nothing could be read from a push.
    fn unread(&mut self, fault: Fault, at: At) {
        if matches!(fault, Fault::Sealed { lock: MissingKey::NoKey, .. }) {
            self.answered(Err(fault), at);
        } else {
            self.trouble = Some(fault);
        }
    }

    /// Hands over what a good push says, with what the person should know of it.
    fn read(&mut self, found: Values, at: At) {
        let reported = found.problems.into_iter().filter(|problem| problem.code.is_for_the_person());
        let warning =
            |problem: crate::frame::Problem| Warning { code: problem.code.as_str(), text: problem.text };
        self.actions.extend(reported.map(warning).map(Action::Warning));
        self.actions.extend(found.readings.into_iter().map(Action::Reading));
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
        let finding = if self.trouble.is_none() { self.search.turn() } else { None };
        if finding.is_some_and(|finding| self.follow(finding, at)) {
            return;
        }
        let silence = Fault::NoAnswer { sent: 0, echo: false, noise_bytes: self.noise_bytes };
        let fault = self.trouble.take().unwrap_or(silence);
        self.answered(Err(fault), at);
    }

    /// Says what was found, and goes on with the line settings that it speaks for; whether there are any.
    fn follow(&mut self, finding: Finding, at: At) -> bool {
        let wait = self.patience(self.search.patience()).from(at);
        let is_followed = self.search.follow(finding, wait, &mut self.actions);
        if is_followed {
            self.running = Some(wait);
        }
        is_followed
    }
}

/// The search for the line of a meter. Where a person or the dialect has fixed it, it is only judged.
fn search(family: &dyn Family, profile: &Profile) -> LineSearch {
    let facts = family.profile();
    match facts.usual_lines(profile.dialect) {
        Some(usual) if !profile.is_line_chosen => LineSearch::new(profile.line, usual, profile.families),
        _ => LineSearch::fixed(profile.line, facts.usual.unwrap_or(&UNKNOWN), profile.families),
    }
}

/// Why no reading is taken from a push; `None` when it is good.
fn unusable(found: &Values, explain: impl FnOnce() -> Dissection) -> Option<Fault> {
    if found.problems.iter().any(|problem| sealed::lock(problem.code).is_some()) {
        return sealed::fault(&explain());
    }
    match found.verdict {
        Verdict::Good => None,
        Verdict::Unchecked(_) if !found.readings.is_empty() => None,
        Verdict::Unchecked(_) if found.problems.is_empty() => {
            Some(Fault::Damaged { what: "nothing in it can be read".to_owned() })
        }
        Verdict::Unchecked(_) | Verdict::Bad(_) | Verdict::Malformed(_) => {
            Some(Fault::Damaged { what: explain().summary() })
        }
    }
}

/// The message that frames belong to.
struct Message {
    tracker: Box<dyn Tracker>,
    /// Frames heard so far.
    count: u32,
    /// The message of the last frame, if it has more than one.
    current: Option<u32>,
    /// Its frames.
    parts: Vec<Vec<u8>>,
    /// The frames of the message before, which ended before it was whole.
    dropped: Vec<Vec<u8>>,
}

impl Message {
    const fn new(tracker: Box<dyn Tracker>) -> Self {
        Self { tracker, count: 0, current: None, parts: Vec::new(), dropped: Vec::new() }
    }

    /// Takes the next frame, and says what it belongs to.
    fn take(&mut self, bytes: &[u8], family: &dyn Family, at: At) -> Relation {
        let seen = Seen { number: self.count, bytes, source: Source::Replies, first: at, last: at };
        self.count = self.count.wrapping_add(1);
        let relation = self.tracker.track(seen);
        let goes_on = relation.message.is_some() && relation.message == self.current;
        if !goes_on || self.parts.len() >= MOST_PARTS {
            self.current = relation.message;
            let before = std::mem::take(&mut self.parts);
            self.dropped = if family.is_broken_off(relation.step) { before } else { Vec::new() };
        } else {
            self.dropped.clear();
        }
        if self.current.is_some() {
            self.parts.push(bytes.to_vec());
        }
        relation
    }
}

fn slices(frames: &[Vec<u8>]) -> Vec<&[u8]> {
    frames.iter().map(Vec::as_slice).collect()
}

impl Exchange for PushExchange {
    fn bound(&self) -> Bound {
        if self.reply.is_some() { Bound::Replies } else { Bound::NOTHING }
    }

    fn handle(&mut self, event: Event<'_>, at: At) {
        if self.index >= self.waits.len() && event != Event::Start {
            return;
        }
        match event {
            Event::Start => self.await_next(at),
            Event::Frame(bytes) => self.frame(bytes, at),
            Event::Noise(bytes) => self.noise(bytes, at),
            Event::Deadline => self.silence(at),
            // The line stays as it is, and so does the wait.
            Event::LineRefused => self.search.stay(),
            Event::Cancelled | Event::GiveWay => self.stop(Fault::Cancelled),
            Event::LinkLost => self.stop(Fault::LinkLost),
            Event::Sent => self.actions.extend(self.running.map(Action::Wait)),
            Event::Echo => {}
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}
