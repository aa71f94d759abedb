//! Carrying a plan out in one session: open the channel, ask, close it.
//!
//! The channel is opened once with the level that the most demanding command of the plan needs, opened again
//! if the meter says that it is closed (it closes it 240 s after the last request), and closed at the end. A
//! password that the meter refuses is not sent again. Commands that need no channel do without.

use std::collections::VecDeque;
use std::time::Duration;

use super::answers::{self, Answer};
use super::password::{self, Encoding, Password};
use super::rows::{self, Row, TEST};
use super::{compose, status, timing, wire};
use crate::frame::At;
use crate::protocol::{
    Access, Action, ComposeError, Dialect, Event, Exchange, Failure, Fault, LineSettings, Options, Plan,
    Profile, Request, Unfit, Warning,
};
use crate::reading::Reading;

const OPENING: &str = "open the channel";
const CLOSING: &str = "close the channel";

/// What adapters add to the time of an answer: an FTDI chip hands bytes over every 16 ms.
const ADAPTER: Duration = Duration::from_millis(20);

/// What the answer to `fix` takes longer than others (M236, table 3.1, notes: 100 to 150 ms).
const FIXING: Duration = Duration::from_millis(150);

/// The frames that carrying out a request sends if all goes well.
///
/// # Errors
/// [`ComposeError`] names what cannot be sent.
pub fn compose(profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
    let plan =
        Plan { profile: profile.clone(), requests: vec![request.clone()], options: Options::default() };
    let session = Session::new(&plan)?;
    let question = session.asked.iter().map(|asked| wire::frame(session.address, &asked.body));
    let opening = session.password.as_ref().map(|password| password.open(session.address, session.level));
    let closing = opening.is_some().then(|| wire::frame(session.address, &[rows::CLOSE]));
    Ok(opening.into_iter().chain(question).chain(closing).collect())
}

/// A request ready to be sent.
#[derive(Debug)]
struct Asked {
    row: &'static Row,
    body: Vec<u8>,
}

/// Where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before [`Event::Start`] and after the end.
    Resting,
    /// A question is on its way out.
    Asking,
    /// Its answer is awaited.
    Listening,
    /// The line must stay silent before the next question; what arrives is late.
    Pausing,
}

/// What the present question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Open,
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

/// What the answers to the present question have come to so far.
#[derive(Debug, Default)]
struct Tally {
    asked: u32,
    echo: bool,
    noise_bytes: u32,
    damaged: Option<String>,
    unfit: Option<Unfit>,
    refused: Option<u8>,
}

impl Tally {
    fn fault(self) -> Fault {
        if let Some(status) = self.refused {
            refusal(status)
        } else if let Some(what) = self.damaged {
            Fault::Damaged { what }
        } else if let Some(unfit) = self.unfit {
            Fault::Unexpected(unfit)
        } else {
            Fault::NoAnswer { sent: self.asked, echo: self.echo, noise_bytes: self.noise_bytes }
        }
    }
}

fn refusal(byte: u8) -> Fault {
    Fault::Refused { code: Some(status::code(byte).into()), meaning: status::of(byte).meaning }
}

/// Why opening failed, with what to try next.
fn refused_opening(byte: u8, encoding: Encoding) -> Fault {
    let meaning = match encoding {
        Encoding::Digits => {
            "the channel was not opened: wrong password, or it is sent the wrong way; its digits went out as \
             numbers, as types without the letter D want it; ascii: before it sends characters"
        }
        Encoding::Ascii => {
            "the channel was not opened: wrong password, or it is sent the wrong way; it went out as characters, \
             as types with the letter D want it; digits: before it sends numbers"
        }
        Encoding::Hex => "the channel was not opened: wrong password; it went out as the hex digits given",
    };
    Fault::Refused { code: Some(status::code(byte).into()), meaning }
}

/// A plan being carried out.
#[derive(Debug)]
pub struct Session {
    address: u8,
    dialect: Dialect,
    line: LineSettings,
    network_delay: Duration,
    options: Options,
    /// The level to open with; 0 when no command needs the channel.
    level: u8,
    password: Option<Password>,
    asked: Vec<Asked>,
    index: usize,
    /// The questions that are left of the present command.
    questions: VecDeque<Vec<u8>>,
    state: State,
    step: Step,
    channel: Channel,
    /// The frame that is out.
    sent: Vec<u8>,
    tally: Tally,
    /// Questions sent whose answers have neither come nor been waited for to the end: they may come late.
    owed: u32,
    /// The first answer, while the second one of a pair is awaited.
    first: Option<Vec<Reading>>,
    actions: VecDeque<Action>,
}

impl Session {
    /// Composes every request of a plan.
    ///
    /// # Errors
    /// [`ComposeError`] when one of them, or the password, cannot be put into bytes.
    pub fn new(plan: &Plan) -> Result<Self, ComposeError> {
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
            asked,
            index: 0,
            questions: VecDeque::new(),
            state: State::Resting,
            step: Step::Ask,
            channel: Channel::Closed,
            sent: Vec::new(),
            tally: Tally::default(),
            owed: 0,
            first: None,
            actions: VecDeque::new(),
        })
    }

    fn row(&self) -> Option<&'static Row> {
        self.asked.get(self.index).map(|asked| asked.row)
    }

    fn title(&self) -> &'static str {
        match self.step {
            Step::Open => OPENING,
            Step::Close => CLOSING,
            Step::Ask => self.row().map_or("", |row| row.command.title),
        }
    }

    /// Whether the present question may be asked again.
    fn may_repeat(&self) -> bool {
        match self.step {
            Step::Open => true,
            Step::Close => false,
            Step::Ask => self.row().is_some_and(|row| row.command.access == Access::Read),
        }
    }

    /// Asks what is to be asked next.
    fn go_on(&mut self) {
        let Some(asked) = self.asked.get(self.index) else { return self.sign_off() };
        if self.questions.is_empty() {
            self.questions.push_back(asked.body.clone());
        }
        let wants_channel = asked.row.level > 0 && self.channel == Channel::Closed;
        if let Some(password) = self.password.as_ref().filter(|_| wants_channel) {
            let frame = password.open(self.address, self.level);
            self.ask(Step::Open, frame);
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
        if self.tally.asked == 0 && (step != Step::Ask || self.is_first_question()) {
            self.actions.push_back(Action::Step(self.title()));
        }
        self.tally.asked += 1;
        self.owed += 1;
        self.state = State::Asking;
        self.sent.clone_from(&frame);
        self.actions.push_back(Action::Send(frame));
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
            self.actions.push_back(Action::WaitUntil(at + self.patience()));
        } else {
            self.owed = 0;
            self.settled(at, true);
        }
    }

    /// From the end of the request until its answer has come to its end, and the silence after it: twice what
    /// the manual has masters wait, for meters with a raised multiplier, and what the way adds.
    fn patience(&self) -> Duration {
        let body = self.sent.get(1..self.sent.len().saturating_sub(wire::CRC)).unwrap_or_default();
        let longest = rows::reply_sizes(body).into_iter().max().unwrap_or(wire::LONGEST_DATA);
        let fixing = if body == [0x03, 0x08] { FIXING } else { Duration::ZERO };
        timing::answer(self.line) * 2
            + self.line.wire_time(longest + wire::SHORTEST)
            + timing::silence(self.line)
            + ADAPTER
            + fixing
            + self.network_delay
    }

    fn frame(&mut self, frame: &[u8], at: At) {
        if self.state == State::Pausing {
            return self.late(frame, at);
        }
        if self.state != State::Listening {
            return;
        }
        match answers::judge(&self.sent, frame, self.dialect) {
            Answer::Data(readings) => {
                self.owed = self.owed.saturating_sub(1);
                self.data(readings, at);
            }
            Answer::Status(byte) => {
                self.owed = self.owed.saturating_sub(1);
                self.status(byte, at);
            }
            Answer::Damaged(what) => {
                self.owed = self.owed.saturating_sub(1);
                self.damaged(what, at);
            }
            Answer::Same => self.same(at),
            Answer::Unfit(unfit) => self.unfit(unfit),
            Answer::Foreign => {}
        }
    }

    /// The bytes that were sent have come: an echo, or the answer to a link test, or both.
    fn same(&mut self, at: At) {
        let is_test = self.step == Step::Ask && self.questions.front().is_some_and(|body| *body == [TEST]);
        if is_test && self.tally.echo {
            // Both the echo and the answer.
            self.owed = self.owed.saturating_sub(1);
            return self.settled(at, false);
        }
        self.tally.echo = true;
    }

    /// A frame while the line should be silent: an answer that was given up on.
    fn late(&mut self, frame: &[u8], at: At) {
        if matches!(answers::judge(&self.sent, frame, self.dialect), Answer::Foreign | Answer::Same) {
            return;
        }
        self.owed = self.owed.saturating_sub(1);
        self.warn("late-answer", "an answer came after its time and was not taken for the next one");
        if self.owed == 0 {
            self.pause(at, timing::silence(self.line));
        }
    }

    fn unfit(&mut self, unfit: Unfit) {
        if let Unfit::Address { expected, found } = unfit {
            let text = format!("answer from address {found} while asking {expected}");
            self.actions.push_back(Action::Warning(Warning { code: "other-meter", text: text.into() }));
        }
        self.tally.unfit = Some(unfit);
    }

    fn damaged(&mut self, what: String, at: At) {
        if self.step == Step::Open {
            // It may have been a refusal; a password that may be wrong is not sent again. Whether the channel
            // is open the next command will tell.
            self.channel = Channel::OpenForGood;
            return self.begin(at);
        }
        self.tally.damaged = Some(what);
        self.retry_or_fail(at);
    }

    fn status(&mut self, byte: u8, at: At) {
        match (self.step, status::code(byte)) {
            (Step::Open, status::OK) => {
                let is_again = self.tally.refused == Some(status::CLOSED);
                self.channel = if is_again { Channel::OpenForGood } else { Channel::Open };
                self.begin(at);
            }
            (Step::Open, _) => self.fail_all(byte),
            (Step::Close, _) => self.finish(),
            (Step::Ask, code) => self.status_of_command(byte, code, at),
        }
    }

    fn status_of_command(&mut self, byte: u8, code: u8, at: At) {
        let Some(row) = self.row() else { return };
        let body = self.questions.front().cloned().unwrap_or_default();
        let pieces = if answers::calls_for_pieces(byte) { answers::pieces(&body) } else { Vec::new() };
        match code {
            status::OK if answers::is_answered_by_status(row) => {
                self.follow_address(&body);
                self.settled(at, false);
            }
            status::OK => {
                self.tally.unfit = Some(Unfit::Content("status ok where data was asked for"));
                self.retry_or_fail(at);
            }
            status::CLOSED if self.channel != Channel::OpenForGood && row.level > 0 => {
                self.channel = Channel::Closed;
                self.tally = Tally { refused: Some(byte), ..Tally::default() };
                self.pause(at, Duration::ZERO);
            }
            _ if !pieces.is_empty() => {
                self.questions.pop_front();
                pieces.into_iter().rev().for_each(|piece| self.questions.push_front(piece));
                self.begin(at);
            }
            status::INTERNAL if row.command.access == Access::Read && self.tally.refused != Some(byte) => {
                self.tally.refused = Some(byte);
                self.pause(at, Duration::ZERO);
            }
            _ => self.fail(refusal(byte), at),
        }
    }

    /// After its address was changed the meter is found at the new one.
    fn follow_address(&mut self, body: &[u8]) {
        self.address = rows::answers_from(self.address, body);
    }

    fn data(&mut self, readings: Vec<Reading>, at: At) {
        if self.step != Step::Ask {
            self.tally.unfit = Some(Unfit::Content("data where a status was expected"));
            return;
        }
        if self.options.read_twice && self.first.as_ref() != Some(&readings) {
            let differs = self.first.replace(readings).is_some();
            if !differs {
                // The second question of a pair is no retry.
                return self.begin(at);
            }
            self.tally.unfit = Some(Unfit::Different);
            return self.retry_or_fail(at);
        }
        self.first = None;
        self.actions.extend(readings.into_iter().map(Action::Reading));
        self.settled(at, false);
    }

    /// The present question is done with; the next one of the command, or the next command, follows.
    fn settled(&mut self, at: At, is_silence_due: bool) {
        if self.step == Step::Close {
            return self.finish();
        }
        self.tally = Tally::default();
        self.first = None;
        if self.step == Step::Open {
            self.channel = Channel::Open;
        } else {
            self.questions.pop_front();
            if self.questions.is_empty() {
                self.actions.push_back(Action::Answered { index: self.index, result: Ok(()) });
                self.index += 1;
            }
        }
        let silence = if is_silence_due { timing::silence(self.line) } else { Duration::ZERO };
        self.pause(at, silence);
    }

    /// Another question, not a repeated one.
    fn begin(&mut self, at: At) {
        self.tally = Tally::default();
        self.pause(at, Duration::ZERO);
    }

    fn retry_or_fail(&mut self, at: At) {
        if self.may_repeat() && self.tally.asked <= u32::from(self.options.retries) {
            return self.pause(at, Duration::ZERO);
        }
        match self.step {
            Step::Close => self.finish(),
            Step::Open => {
                let fault = std::mem::take(&mut self.tally).fault();
                self.end_with(&fault);
            }
            Step::Ask => {
                let fault = std::mem::take(&mut self.tally).fault();
                self.fail(fault, at);
            }
        }
    }

    /// The present command has failed.
    fn fail(&mut self, fault: Fault, at: At) {
        let failure = Failure { step: self.title(), fault };
        self.actions.push_back(Action::Answered { index: self.index, result: Err(failure) });
        self.index += 1;
        self.questions.clear();
        self.first = None;
        self.tally = Tally::default();
        self.pause(at, Duration::ZERO);
    }

    /// The channel was not opened: nothing that is left can be asked.
    fn fail_all(&mut self, byte: u8) {
        let encoding = self.password.as_ref().map_or(Encoding::Hex, Password::encoding);
        self.end_with(&refused_opening(byte, encoding));
    }

    fn end_with(&mut self, fault: &Fault) {
        for index in self.index..self.asked.len() {
            let failure = Failure { step: self.title(), fault: fault.clone() };
            self.actions.push_back(Action::Answered { index, result: Err(failure) });
        }
        self.finish();
    }

    /// Silence before the next question. The framer hands an answer over when silence has followed it, so none
    /// is due after one; where an answer may still come, as long as that may take.
    fn pause(&mut self, at: At, silence: Duration) {
        let silence = if self.owed > 0 && self.tally.asked == 0 { self.patience() } else { silence };
        self.state = State::Pausing;
        if silence.is_zero() { self.go_on() } else { self.actions.push_back(Action::WaitUntil(at + silence)) }
    }

    fn deadline(&mut self, at: At) {
        match self.state {
            State::Listening => self.unanswered(at),
            State::Pausing => {
                if self.tally.asked == 0 {
                    self.owed = 0;
                }
                self.go_on();
            }
            State::Resting | State::Asking => {}
        }
    }

    fn unanswered(&mut self, at: At) {
        let is_test = self.step == Step::Ask && self.questions.front().is_some_and(|body| *body == [TEST]);
        if is_test && self.tally.echo {
            let text = "the bytes that came are the meter's answer or an echo; they are the same: read the serial \
                        number to be sure";
            self.warn("echo-or-answer", text);
            self.owed = 0;
            return self.settled(at, true);
        }
        self.retry_or_fail(at);
    }

    /// Stops after a cancel: what is open is closed first.
    fn cancel(&mut self, at: At) {
        if self.state == State::Resting || self.step == Step::Close {
            return;
        }
        self.stop(Fault::Cancelled);
        if self.step == Step::Open && self.channel == Channel::Closed {
            self.channel = Channel::Open;
        }
        self.index = self.asked.len();
        self.questions.clear();
        self.tally = Tally::default();
        self.pause(at, Duration::ZERO);
    }

    fn stop(&mut self, fault: Fault) {
        if self.state != State::Resting && self.index < self.asked.len() {
            let failure = Failure { step: self.title(), fault };
            self.actions.push_back(Action::Answered { index: self.index, result: Err(failure) });
        }
    }

    fn finish(&mut self) {
        if self.state != State::Resting || self.asked.is_empty() {
            self.state = State::Resting;
            self.actions.push_back(Action::Finished);
        }
    }

    fn warn(&mut self, code: &'static str, text: &'static str) {
        self.actions.push_back(Action::Warning(Warning { code, text: text.into() }));
    }
}

impl Exchange for Session {
    fn handle(&mut self, event: Event<'_>, at: At) {
        match event {
            Event::Start => {
                self.state = State::Pausing;
                self.go_on();
            }
            Event::Sent if self.state == State::Asking => self.sent(at),
            Event::Frame(frame) => self.frame(frame, at),
            Event::Echo => self.same(at),
            Event::Noise(bytes) => {
                let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                self.tally.noise_bytes = self.tally.noise_bytes.saturating_add(count);
            }
            Event::Deadline => self.deadline(at),
            Event::Cancelled => self.cancel(at),
            Event::LinkLost => {
                self.stop(Fault::LinkLost);
                self.finish();
            }
            Event::Sent | Event::LineRefused => {}
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}
