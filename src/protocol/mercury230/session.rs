//! Carrying a plan out in one session: open the channel, ask, close it.
//!
//! The channel is opened once with the level that the most demanding command of the plan needs, opened again
//! if the meter says that it is closed (it closes it 240 s after the last request), and closed at the end. A
//! password that the meter refuses is not sent again. Commands that need no channel do without.

mod bound;
mod refusal;
mod replies;

use std::collections::VecDeque;
use std::time::Duration;

use refusal::refused_opening;

use super::password::{self, Encoding, Password};
use super::pulses::Constant;
use super::rows::{self, Row, TEST};
use super::{compose, timing, wire};
use crate::frame::At;
use crate::protocol::request_reply::{Pair, Requester, State, Timing};
use crate::protocol::{
    Action, BETWEEN_BYTES, Bound, ComposeError, Dialect, Event, Exchange, Failure, Fault, LineSettings,
    Options, Patience, Plan, Profile, Request,
};
use crate::reading::Reading;

const OPENING: &str = "open the channel";
const LEARNING: &str = "read the meter constant";
const CLOSING: &str = "close the channel";

/// What adapters add to the time of an answer: an FTDI chip hands bytes over every 16 ms.
const ADAPTER: Duration = Duration::from_millis(20);

/// What the answer to `fix` takes longer than others (M236, table 3.1, notes: 100 to 150 ms).
const FIXING: Duration = Duration::from_millis(150);

/// The frames that carrying out a request sends if all goes well.
///
/// # Errors
/// [`ComposeError`] names what cannot be sent.
pub(super) fn compose(profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
    let plan =
        Plan { profile: profile.clone(), requests: vec![request.clone()], options: Options::default() };
    let session = Session::new(&plan)?;
    let learning = session.asked.iter().any(|asked| rows::has_pulses(&asked.body));
    let learning = learning.then(|| wire::frame(session.address, &rows::VARIANT));
    let question = session.asked.iter().map(|asked| wire::frame(session.address, &asked.body));
    let opening = session.password.as_ref().map(|password| password.open(session.address, session.level));
    let closing = opening.is_some().then(|| wire::frame(session.address, &[rows::CLOSE]));
    Ok(opening.into_iter().chain(learning).chain(question).chain(closing).collect())
}

/// A request ready to be sent.
#[derive(Debug)]
struct Asked {
    row: &'static Row,
    body: Vec<u8>,
}

/// What the present question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Open,
    /// Learning the meter's constant, which makes pulses into energy.
    Learn,
    Ask,
    Close,
}

/// How far the channel is known to be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    /// Not yet opened.
    Closed,
    /// Opened; it may be opened once more if the meter has closed it.
    Open,
    /// Opened twice, or the answer to opening was damaged: not opened again, for the password may be wrong.
    OpenForGood,
}

/// What is known of the meter's constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Constancy {
    /// Nobody has asked.
    Unasked,
    /// The meter has told.
    Known(Constant),
    /// The meter does not tell: pulses stay pulses.
    Untold,
}

/// A plan being carried out.
#[derive(Debug)]
pub(super) struct Session {
    address: u8,
    dialect: Dialect,
    line: LineSettings,
    network_delay: Duration,
    options: Options,
    /// The level to open with; 0 when no command needs the channel.
    level: u8,
    password: Option<Password>,
    constant: Constancy,
    asked: Vec<Asked>,
    index: usize,
    /// The questions that are left of the present command.
    questions: VecDeque<Vec<u8>>,
    state: State,
    step: Step,
    channel: Channel,
    /// The frame that is out.
    sent: Vec<u8>,
    requester: Requester,
    pair: Pair<Vec<Reading>>,
}

impl Session {
    /// Composes every request of a plan.
    ///
    /// # Errors
    /// [`ComposeError`] when one of them, or the password, cannot be put into bytes.
    pub(super) fn new(plan: &Plan) -> Result<Self, ComposeError> {
        let Profile { dialect, line, network_delay, .. } = plan.profile;
        let asked: Vec<Asked> = plan
            .requests
            .iter()
            .map(|request| {
                let row = compose::row(request.command)?;
                Ok(Asked { row, body: compose::body(request, dialect)? })
            })
            .collect::<Result<_, ComposeError>>()?;
        let level = asked.iter().map(|asked| asked.row.level).max().unwrap_or(0);
        let given = plan.profile.password.as_ref();
        let password = (level > 0).then(|| password::of_level(given, level, dialect)).transpose()?;
        Ok(Self {
            address: compose::address(&plan.profile.address)?,
            dialect,
            line,
            network_delay,
            options: plan.options,
            level,
            password,
            constant: Constancy::Unasked,
            asked,
            index: 0,
            questions: VecDeque::new(),
            state: State::Resting,
            step: Step::Ask,
            channel: Channel::Closed,
            sent: Vec::new(),
            requester: Requester::default(),
            pair: Pair::default(),
        })
    }

    fn row(&self) -> Option<&'static Row> {
        self.asked.get(self.index).map(|asked| asked.row)
    }

    fn title(&self) -> &'static str {
        match self.step {
            Step::Open => OPENING,
            Step::Learn => LEARNING,
            Step::Close => CLOSING,
            Step::Ask => self.row().map_or("", |row| row.command.title),
        }
    }

    /// How often the present question is asked at most.
    fn tries(&self) -> u32 {
        match self.step {
            Step::Open | Step::Learn => self.options.tries(),
            Step::Close => 1,
            Step::Ask => self.row().map_or(1, |row| self.options.tries_for(row.command.access)),
        }
    }

    /// Asks what is to be asked next.
    fn go_on(&mut self) {
        if self.requester.gives_way() {
            self.drop_the_rest();
        }
        let Some(asked) = self.asked.get(self.index) else { return self.sign_off() };
        if self.questions.is_empty() {
            self.questions.push_back(asked.body.clone());
        }
        let wants_channel = asked.row.level > 0 && self.channel == Channel::Closed;
        if let Some(password) = self.password.as_ref().filter(|_| wants_channel) {
            let frame = password.open(self.address, self.level);
            self.ask(Step::Open, frame);
        } else if self.constant == Constancy::Unasked && rows::has_pulses(&asked.body) {
            self.ask(Step::Learn, wire::frame(self.address, &rows::VARIANT));
        } else {
            let body = self.questions.front().cloned().unwrap_or_default();
            self.ask(Step::Ask, wire::frame(self.address, &body));
        }
    }

    fn sign_off(&mut self) {
        if self.channel == Channel::Closed {
            return self.finish();
        }
        self.channel = Channel::Closed;
        self.ask(Step::Close, wire::frame(self.address, &[rows::CLOSE]));
    }

    fn ask(&mut self, step: Step, frame: Vec<u8>) {
        self.step = step;
        if self.requester.attempts.asked == 0 && (step != Step::Ask || self.is_first_question()) {
            self.requester.actions.step(self.title());
        }
        self.state = State::Asking;
        self.sent.clone_from(&frame);
        self.requester.ask(frame, self.tries());
    }

    /// Whether the present question is the one that the command itself makes.
    fn is_first_question(&self) -> bool {
        self.asked.get(self.index).is_some_and(|asked| self.questions.front() == Some(&asked.body))
    }

    fn sent(&mut self, at: At) {
        let is_answered = self.address != wire::BROADCAST
            && !(self.step == Step::Ask
                && self.row().is_some_and(|row| matches!(row.reply, rows::Reply::Nothing)));
        if is_answered {
            self.state = State::Listening;
            self.requester.actions.wait(self.patience().from(at));
        } else {
            self.requester.forget_owed();
            self.settled(at, true);
        }
    }

    /// The answer begins within twice what the manual has masters wait, for meters with a raised multiplier, and
    /// what the way adds; it ends with a silence.
    fn patience(&self) -> Patience {
        let body = self.sent.get(1..self.sent.len().saturating_sub(wire::CRC)).unwrap_or_default();
        let longest = rows::reply_sizes(body).into_iter().max().unwrap_or(wire::LONGEST_DATA);
        let fixing = if body == [0x03, 0x08] { FIXING } else { Duration::ZERO };
        let silence = timing::silence(self.line);
        Patience {
            begin: timing::answer(self.line) * 2 + silence + ADAPTER + fixing + self.network_delay,
            gap: BETWEEN_BYTES.max(silence + ADAPTER) + self.network_delay,
            length: self.line.wire_time(longest + wire::SHORTEST),
        }
    }

    /// The present question is done with; the next one of the command, or the next command, follows.
    fn settled(&mut self, at: At, is_silence_due: bool) {
        if self.step == Step::Close {
            return self.finish();
        }
        self.requester.next_question();
        self.pair.forget();
        if self.step == Step::Ask {
            self.questions.pop_front();
            if self.questions.is_empty() {
                self.requester.actions.answered(self.index, Ok(()));
                self.index += 1;
            }
        }
        let silence = if is_silence_due { timing::silence(self.line) } else { Duration::ZERO };
        self.pause(at, silence);
    }

    /// Another question, not a repeated one.
    fn begin(&mut self, at: At) {
        self.requester.next_question();
        self.pause(at, Duration::ZERO);
    }

    /// Another question after one that nothing sound has answered.
    fn begin_after_trouble(&mut self, at: At) {
        self.requester.next_question();
        self.pause(at, timing::silence(self.line));
    }

    fn retry_or_fail(&mut self, at: At) {
        if self.requester.may_repeat(self.tries()) {
            return self.pause(at, timing::silence(self.line));
        }
        match self.step {
            Step::Close => self.finish(),
            Step::Open => {
                let fault = self.requester.fault();
                self.end_with(&fault);
            }
            Step::Learn => self.go_without_constant(at),
            Step::Ask => {
                let fault = self.requester.fault();
                self.fail(fault, at);
            }
        }
    }

    /// The meter does not tell its constant.
    fn go_without_constant(&mut self, at: At) {
        self.constant = Constancy::Untold;
        let text = "the meter does not tell its constant: what its load profile counts stays pulses";
        self.requester.actions.warn("constant", text);
        self.begin_after_trouble(at);
    }

    /// The present command has failed.
    fn fail(&mut self, fault: Fault, at: At) {
        let result = Err(Failure { step: self.title(), fault });
        let is_over = self.options.leaves_out(self.index, &result);
        self.requester.actions.answered(self.index, result);
        self.index = if is_over { self.asked.len() } else { self.index + 1 };
        self.questions.clear();
        self.pair.forget();
        self.begin_after_trouble(at);
    }

    /// The channel was not opened: nothing that is left can be asked.
    fn fail_all(&mut self, byte: u8) {
        let encoding = self.password.as_ref().map_or(Encoding::Hex, Password::encoding);
        self.end_with(&refused_opening(byte, encoding));
    }

    fn end_with(&mut self, fault: &Fault) {
        for index in self.index..self.asked.len() {
            let failure = Failure { step: self.title(), fault: fault.clone() };
            self.requester.actions.answered(index, Err(failure));
        }
        self.finish();
    }

    /// Silence before the next question. The framer hands an answer over when silence has followed it, so none
    /// is due after one; where an answer may still come, as long as that may take.
    fn pause(&mut self, at: At, silence: Duration) {
        self.state = State::Pausing;
        if !self.requester.pause(Timing { reply: self.patience(), gap: silence }, at) {
            self.go_on();
        }
    }

    fn deadline(&mut self, at: At) {
        match self.state {
            State::Listening => self.unanswered(at),
            State::Pausing => {
                self.requester.end_pause();
                self.go_on();
            }
            State::Resting | State::Asking => {}
        }
    }

    fn unanswered(&mut self, at: At) {
        let is_test = self.step == Step::Ask && self.questions.front().is_some_and(|body| *body == [TEST]);
        if is_test && self.requester.attempts.echo {
            let text = "the bytes that came are the meter's answer or an echo; they are the same: read the serial \
                        number to be sure";
            self.requester.actions.warn("echo-or-answer", text);
            self.requester.forget_owed();
            return self.settled(at, true);
        }
        self.retry_or_fail(at);
    }

    /// Stops after a cancel: what is open is closed first.
    fn cancel(&mut self, at: At) {
        if self.state == State::Resting || self.step == Step::Close {
            return;
        }
        self.drop_the_rest();
        if self.step == Step::Open && self.channel == Channel::Closed {
            self.channel = Channel::Open;
        }
        self.pause(at, timing::silence(self.line));
    }

    /// What is left of the plan is not asked.
    fn drop_the_rest(&mut self) {
        self.stop(Fault::Cancelled);
        self.index = self.asked.len();
        self.questions.clear();
        self.requester.next_question();
    }

    /// Something more urgent waits: what was asked is heard to its end, then what is open is closed.
    fn give_way(&mut self, at: At) {
        match self.state {
            State::Resting => {}
            State::Pausing => self.cancel(at),
            State::Asking | State::Listening => self.requester.give_way(at),
        }
    }

    fn stop(&mut self, fault: Fault) {
        if self.state != State::Resting && self.index < self.asked.len() {
            let failure = Failure { step: self.title(), fault };
            self.requester.actions.answered(self.index, Err(failure));
        }
    }

    fn finish(&mut self) {
        if self.state != State::Resting || self.asked.is_empty() {
            self.state = State::Resting;
            self.requester.actions.finished();
        }
    }
}

impl Exchange for Session {
    fn bound(&self) -> Bound {
        self.allowance()
    }

    fn handle(&mut self, event: Event<'_>, at: At) {
        match event {
            Event::Start => {
                self.state = State::Pausing;
                self.go_on();
            }
            Event::Sent if self.state == State::Asking => self.sent(at),
            Event::Frame(frame) => self.frame(frame, at),
            Event::Echo => self.same(at),
            Event::Noise(bytes) => self.requester.attempts.noise(bytes),
            Event::Deadline => self.deadline(at),
            Event::Cancelled => self.cancel(at),
            Event::GiveWay => self.give_way(at),
            Event::LinkLost => {
                self.stop(Fault::LinkLost);
                self.finish();
            }
            Event::Sent | Event::LineRefused => {}
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.requester.next_action()
    }
}
