//! Waiting for telegrams. Nothing is ever sent.

use std::collections::VecDeque;
use std::time::Duration;

use super::P1;
use super::commands::COMMANDS;
use super::dissect::{dissect, values};
use super::variant;
use crate::frame::{At, Values, Verdict};
use crate::protocol::{
    Action, BETWEEN_BYTES, Bound, ComposeError, Context, Dialect, Event, Exchange, Failure, Family, Fault,
    Finding, LineSearch, Lock, MeterKey, Patience, Plan, Profile, Warning, line_search, sealed,
};

/// Characters of a long telegram, whose time on the wire is added to the deadline.
const LONG: usize = 2400;

/// Telegrams waited for, one a request.
#[derive(Debug)]
pub struct Wait {
    requests: usize,
    done: usize,
    dialect: Dialect,
    keys: Vec<MeterKey>,
    search: LineSearch,
    delay: Duration,
    /// Whether it is running.
    is_on: bool,
    noise_bytes: u32,
    /// What came instead of a good telegram.
    trouble: Option<Fault>,
    actions: VecDeque<Action>,
}

impl Wait {
    /// For a plan.
    ///
    /// # Errors
    /// [`ComposeError::Foreign`] for a command of another family.
    pub fn new(plan: Plan) -> Result<Self, ComposeError> {
        let foreign = |command: &str| COMMANDS.iter().all(|own| own.id != command);
        if let Some(request) = plan.requests.iter().find(|request| foreign(request.command.id)) {
            return Err(ComposeError::Foreign(request.command.id));
        }
        let Profile { dialect, keys, line, is_line_chosen, network_delay, .. } = plan.profile;
        Ok(Self {
            requests: plan.requests.len(),
            done: 0,
            dialect,
            keys,
            search: LineSearch::new(
                line,
                &line_search::P1,
                is_line_chosen || P1.usual_lines(dialect).is_none(),
            ),
            delay: network_delay,
            is_on: false,
            noise_bytes: 0,
            trouble: None,
            actions: VecDeque::new(),
        })
    }

    /// A time in which telegrams should begin, and the telegram itself.
    fn patience(&self, listen: Duration) -> Patience {
        let gap = BETWEEN_BYTES + self.delay;
        Patience { begin: listen + self.delay, gap, length: self.search.line().wire_time(LONG) }
    }

    fn await_next(&mut self, at: At) {
        self.noise_bytes = 0;
        self.trouble = None;
        if self.done >= self.requests {
            self.is_on = false;
            self.actions.push_back(Action::Finished);
        } else {
            self.actions.push_back(Action::Step(TITLE));
            let intervals = 2 * variant::of(self.dialect).interval;
            self.actions.push_back(Action::Wait(self.patience(intervals).from(at)));
        }
    }

    fn frame(&mut self, bytes: &[u8], at: At) {
        let context = Context { dialect: self.dialect, keys: &self.keys, ..Context::default() };
        let found = values(bytes, &context);
        if let Some(fault) = unusable(&found) {
            let is_sealed = found.problems.iter().any(|problem| sealed::lock(problem.code).is_some());
            let told = is_sealed.then(|| sealed::fault(&dissect(bytes, &context))).flatten();
            return self.unread(told.unwrap_or(fault), at);
        }
        self.search.good();
        self.warn_of(&found);
        self.actions.extend(found.readings.into_iter().map(Action::Reading));
        self.answered(Ok(()), at);
    }

    /// Nothing could be read from a telegram. Without a key the next one cannot be read either; a wrong key may be
    /// a damaged frame.
    fn unread(&mut self, fault: Fault, at: At) {
        if matches!(fault, Fault::Sealed { lock: Lock::NoKey, .. }) {
            self.answered(Err(Failure { step: TITLE, fault }), at);
        } else {
            self.trouble = Some(fault);
        }
    }

    /// What a good telegram says that the person should know.
    fn warn_of(&mut self, found: &Values) {
        let odd = found.problems.iter().filter(|problem| problem.code.is_for_the_person());
        self.actions.extend(odd.map(|problem| {
            Action::Warning(Warning { code: problem.code.as_str(), text: problem.text.clone() })
        }));
    }

    fn answered(&mut self, result: Result<(), Failure>, at: At) {
        self.actions.push_back(Action::Answered { index: self.done, result });
        self.done += 1;
        self.await_next(at);
    }

    /// Bytes that are no telegram may tell what is wrong with the line.
    fn noise(&mut self, bytes: &[u8], at: At) {
        self.noise_bytes = self.noise_bytes.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        if let Some(finding) = self.search.noise(bytes) {
            self.follow(finding, at);
        }
    }

    /// Says what was found, and goes on with the line settings that it speaks for; whether there are any.
    fn follow(&mut self, finding: Finding, at: At) -> bool {
        let wait = self.patience(self.search.patience()).from(at);
        self.search.follow(finding, wait, &mut self.actions)
    }

    fn stop(&mut self, fault: Fault) {
        if self.is_on {
            self.is_on = false;
            let failure = Failure { step: TITLE, fault };
            self.actions.push_back(Action::Answered { index: self.done, result: Err(failure) });
            self.actions.push_back(Action::Finished);
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
        self.answered(Err(Failure { step: TITLE, fault }), at);
    }
}

const TITLE: &str = "waiting for a telegram";

/// Why no reading is taken from a telegram; `None` when it is good.
fn unusable(found: &Values) -> Option<Fault> {
    let is_good = match found.verdict {
        Verdict::Good => true,
        Verdict::Bad(_) | Verdict::Malformed(_) => false,
        Verdict::Unchecked(_) => !found.readings.is_empty(),
    };
    let text = || found.problems.first().map_or("nothing in it can be read", |problem| problem.text.as_ref());
    (!is_good).then(|| Fault::Damaged { what: text().to_owned() })
}

impl Exchange for Wait {
    fn bound(&self) -> Bound {
        Bound::NOTHING
    }

    fn handle(&mut self, event: Event<'_>, at: At) {
        match event {
            Event::Start => {
                self.is_on = true;
                self.await_next(at);
            }
            _ if !self.is_on => {}
            Event::Frame(bytes) => self.frame(bytes, at),
            Event::Noise(bytes) => self.noise(bytes, at),
            Event::Deadline => self.silence(at),
            Event::Cancelled | Event::GiveWay => self.stop(Fault::Cancelled),
            Event::LinkLost => self.stop(Fault::LinkLost),
            // The line stays as it is, and so does the wait.
            Event::LineRefused => self.search.stay(),
            Event::Sent | Event::Echo => {}
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}
