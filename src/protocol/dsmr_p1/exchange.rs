//! Waiting for telegrams. Nothing is ever sent.

use std::collections::VecDeque;
use std::time::Duration;

use super::commands::COMMANDS;
use super::dissect::{dissect, values};
use super::hints::{self, Hint, Proposal};
use super::variant::{self, ANY};
use crate::frame::{At, Values, Verdict};
use crate::protocol::{
    Action, BETWEEN_BYTES, ComposeError, Context, Dialect, Event, Exchange, Failure, Fault, LineSettings,
    Lock, MeterKey, Patience, Plan, Warning, sealed,
};

/// Characters of a long telegram, whose time on the wire is added to the deadline.
const LONG: usize = 2400;

/// Line settings that are tried besides the first ones: there and back again.
const MOST_LINES: u8 = 2;

/// Bytes of noise by which the line is judged.
const JUDGED: usize = 2048;

/// Telegrams waited for, one a request.
#[derive(Debug)]
pub struct Wait {
    requests: usize,
    done: usize,
    dialect: Dialect,
    keys: Vec<MeterKey>,
    line: LineSettings,
    delay: Duration,
    /// Whether it is running.
    is_on: bool,
    noise: Vec<u8>,
    noise_bytes: u32,
    /// What came instead of a good telegram.
    trouble: Option<Fault>,
    /// What was said about the line, so that it is said once.
    hint: Option<Hint>,
    /// How often other line settings have been tried.
    lines_tried: u8,
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
        Ok(Self {
            requests: plan.requests.len(),
            done: 0,
            dialect: plan.profile.dialect,
            keys: plan.profile.keys,
            line: plan.profile.line,
            delay: plan.profile.network_delay,
            is_on: false,
            noise: Vec::new(),
            noise_bytes: 0,
            trouble: None,
            hint: None,
            lines_tried: 0,
            actions: VecDeque::new(),
        })
    }

    /// A time in which telegrams should begin, and the telegram itself.
    fn patience(&self, listen: Duration) -> Patience {
        let gap = BETWEEN_BYTES + self.delay;
        Patience { begin: listen + self.delay, gap, length: self.line.wire_time(LONG) }
    }

    fn await_next(&mut self, at: At) {
        self.noise.clear();
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
        const TOLD: [&str; 6] = ["parity", "dialect", "no-checksum", "authentication-key", "aad", "clock"];
        let odd = found.problems.iter().filter(|problem| TOLD.contains(&problem.code));
        self.actions.extend(
            odd.map(|problem| Action::Warning(Warning { code: problem.code, text: problem.text.clone() })),
        );
    }

    fn answered(&mut self, result: Result<(), Failure>, at: At) {
        self.actions.push_back(Action::Answered { index: self.done, result });
        self.done += 1;
        self.await_next(at);
    }

    /// Bytes that are no telegram may tell what is wrong with the line.
    fn noise(&mut self, bytes: &[u8], at: At) {
        self.noise_bytes = self.noise_bytes.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        let room = JUDGED.saturating_sub(self.noise.len());
        self.noise.extend(bytes.iter().take(room));
        let Some(hint) = hints::of(&self.noise, self.line).filter(|hint| self.hint.as_ref() != Some(hint))
        else {
            return;
        };
        self.actions.push_back(Action::Warning(Warning { code: hint.code(), text: hint.text().into() }));
        self.hint = Some(hint);
        if hint.line().is_some() {
            self.try_line(at);
        }
    }

    /// Goes on with the line settings that the bytes speak for, where no model has fixed them; gives what for, or
    /// nothing when the line stays as it is.
    fn try_line(&mut self, at: At) -> Option<&'static str> {
        let is_free = self.dialect == ANY.dialect && self.lines_tried < MOST_LINES;
        let Proposal { line, listen, because } = hints::next(self.line, &self.noise);
        if !is_free || line == self.line {
            return None;
        }
        self.lines_tried += 1;
        self.line = line;
        self.noise.clear();
        self.actions.push_back(Action::SetLine(line));
        self.actions.push_back(Action::Wait(self.patience(listen).from(at)));
        Some(because)
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
        if self.trouble.is_none()
            && let Some(because) = self.try_line(at)
        {
            let warning = Warning { code: "line", text: because.into() };
            return self.actions.push_back(Action::Warning(warning));
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
            Event::Cancelled => self.stop(Fault::Cancelled),
            Event::LinkLost => self.stop(Fault::LinkLost),
            // The line stays as it is, and so does the wait.
            Event::LineRefused => self.lines_tried = MOST_LINES,
            Event::Sent | Event::Echo => {}
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}
