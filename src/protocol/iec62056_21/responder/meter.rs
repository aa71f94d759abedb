//! The conversation, from the meter's side.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, civil::DateTime};

use super::archive::{Archives, NoSuchDate};
use super::defaults;
use super::values::Values;
use crate::frame::At;
use crate::protocol::iec62056_21::bcc::{Method, Rule};
use crate::protocol::iec62056_21::chars::{ACK, ETX, NAK, SOH, STX};
use crate::protocol::iec62056_21::compose::seal;
use crate::protocol::iec62056_21::dissect::{Asked, seven_bits};
use crate::protocol::iec62056_21::energomera::login;
use crate::protocol::iec62056_21::framer::IecFramer;
use crate::protocol::iec62056_21::ident::{Identity, speed};
use crate::protocol::iec62056_21::message::{Command, Message, parse};
use crate::protocol::iec62056_21::neva::codes;
use crate::protocol::iec62056_21::{EKT, EMR, NEVA_1, NEVA_3};
use crate::protocol::{
    Dialect, Framer as _, LineSettings, Now, Output, PieceKind, Responder, Setup, SetupError, Source, Weight,
};

/// Where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nobody has signed on.
    Idle,
    /// The identification is sent.
    Identified,
    /// In programming mode, no password taken.
    Locked,
    /// A password was taken.
    Open,
}

/// Whether bytes carry parity in bit 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ParityBits {
    /// They do not: the line itself takes care of it.
    Absent,
    /// They do, as those of who asks.
    Copied,
    /// They do, and without them nothing is heard.
    Demanded,
}

/// A simulated meter.
#[derive(Debug)]
pub(super) struct Meter {
    dialect: Dialect,
    address: Vec<u8>,
    password: Vec<u8>,
    identification: Vec<u8>,
    values: Values,
    repeats_names: bool,
    may_write: bool,
    rule: Option<Rule>,
    reaction: Duration,
    timeout: Duration,
    start_line: LineSettings,
    line: LineSettings,
    state: State,
    wrong_passwords: u8,
    /// How far the meter's clock is ahead of the wall's.
    ahead: SignedDuration,
    parity: ParityBits,
    framer: IecFramer,
    told: VecDeque<Output>,
    last: At,
}

impl Meter {
    /// From a set-up.
    ///
    /// # Errors
    /// [`SetupError`] for a name or value that such a meter cannot have.
    pub(super) fn new(setup: &Setup) -> Result<Self, SetupError> {
        let default: &[u8] = match setup.dialect {
            NEVA_1 | NEVA_3 => b"00000000",
            EKT | EMR => b"777777",
            _ => b"",
        };
        let password = setup.password.as_ref().map_or(default, |secret| secret.reveal()).to_vec();
        let mut meter = Self {
            dialect: setup.dialect,
            address: setup.address.text().as_bytes().to_vec(),
            password,
            identification: defaults::identification(setup).as_bytes().to_vec(),
            values: defaults::values(setup),
            repeats_names: defaults::repeats_names(setup),
            may_write: true,
            rule: None,
            reaction: reaction(setup),
            timeout: Duration::from_secs(5),
            start_line: setup.line,
            line: setup.line,
            state: State::Idle,
            wrong_passwords: 0,
            ahead: SignedDuration::ZERO,
            parity: ParityBits::Absent,
            framer: IecFramer::new(Source::Requests),
            told: VecDeque::new(),
            last: At::ZERO,
        };
        for (name, value) in &setup.values {
            meter.set(name, value)?;
        }
        Ok(meter)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SetupError> {
        let error = |expected: &str| {
            let (name, value) = (name.to_owned(), value.to_owned());
            Err(SetupError { name, value, expected: expected.to_owned() })
        };
        let millis = value.parse().map(Duration::from_millis);
        match (name, value) {
            ("identification", line) if Identity::parse(line.as_bytes()).is_some() && line.is_ascii() => {
                self.identification = line.as_bytes().to_vec();
            }
            ("identification", _) => return error("a line such as /TPC5NEVAMT324.2303"),
            ("bcc", "xor7") => self.rule = Some(Rule::Xor7),
            ("bcc", "add7") => self.rule = Some(Rule::Add7),
            ("bcc", _) => return error("xor7 or add7"),
            ("parity", "even") => self.parity = ParityBits::Demanded,
            ("parity", _) => return error("even"),
            ("permission", "on") => self.may_write = true,
            ("permission", "off") => self.may_write = false,
            ("permission", _) => return error("on or off"),
            ("reaction" | "timeout", _) => match (name, millis) {
                ("reaction", Ok(length)) => self.reaction = length,
                (_, Ok(length)) => self.timeout = length,
                (_, Err(_)) => return error("milliseconds"),
            },
            _ => return self.values.set(self.dialect, name, value),
        }
        Ok(())
    }

    fn rule(&self) -> Rule {
        self.rule.unwrap_or(Method::of(self.dialect).rule())
    }

    fn say(&mut self, mut bytes: Vec<u8>, after: Duration, now: Now) {
        if self.parity != ParityBits::Absent {
            Weight::Even.apply(&mut bytes);
        }
        self.last = now.at + after + self.line.wire_time(bytes.len());
        self.told.push_back(Output::Send { bytes, due: now.at + after });
    }

    fn say_block(&mut self, content: &[u8], now: Now) {
        let mut body = vec![STX];
        body.extend_from_slice(content);
        body.push(ETX);
        let frame = seal(body, self.rule());
        self.say(frame, self.reaction, now);
    }

    fn change_line(&mut self, line: LineSettings) {
        if self.line != line {
            self.line = line;
            self.told.push_back(Output::SetLine(line));
        }
    }

    fn leave(&mut self) {
        self.state = State::Idle;
        self.change_line(self.start_line);
    }

    fn frame(&mut self, wire: &[u8], now: Now) {
        let is_demanded = self.parity == ParityBits::Demanded;
        let has_parity = is_demanded || wire.iter().any(|byte| byte & 0x80 != 0);
        if has_parity && !wire.iter().all(|byte| Weight::Even.fits(*byte)) {
            // A meter drops what has a wrong parity bit without a word.
            return;
        }
        if has_parity && !is_demanded {
            self.parity = ParityBits::Copied;
        }
        let text = seven_bits(wire);
        match parse(&text) {
            Message::SignOn(address) => self.sign_on(text.get(address).unwrap_or_default(), now),
            Message::Fast(address, command) => {
                let is_mine = self.is_mine(text.get(address).unwrap_or_default());
                if is_mine && self.state == State::Idle {
                    self.command(&command, &text, now);
                }
            }
            Message::Select(choice) if self.state == State::Identified => self.select(choice, now),
            Message::Command(command) if self.state != State::Idle => self.command(&command, &text, now),
            _ => {}
        }
    }

    fn is_mine(&self, address: &[u8]) -> bool {
        let plain = |text: &[u8]| {
            let from = text.iter().position(|digit| *digit != b'0').unwrap_or(text.len());
            text.get(from..).unwrap_or_default().to_ascii_uppercase()
        };
        address.is_empty() || plain(address) == plain(&self.address)
    }

    /// A meter in a session does not hear a sign-on.
    fn sign_on(&mut self, address: &[u8], now: Now) {
        if !matches!(self.state, State::Idle | State::Identified) || !self.is_mine(address) {
            return;
        }
        self.state = State::Identified;
        let line = [&self.identification[..], b"\r\n"].concat();
        self.say(line, self.reaction, now);
    }

    fn select(&mut self, [_, z, y]: [u8; 3], now: Now) {
        let proposed = Identity::parse(&self.identification).map_or(b'5', |identity| identity.speed);
        if let Some(baud) = speed(z).filter(|_| z <= proposed && self.start_line.baud == 300) {
            self.change_line(LineSettings { baud, ..self.line });
        }
        let slow = self.reaction.max(Duration::from_millis(200));
        match y {
            b'1' => {
                self.state = State::Locked;
                let operand = defaults::operand(self.dialect);
                let frame = seal(format!("\x01P0\x02({operand})").into_bytes(), self.rule());
                self.say(frame, slow, now);
            }
            b'0' if !matches!(self.dialect, NEVA_1 | NEVA_3) => self.readout(now),
            b'6' if self.dialect == EKT => self.readout(now),
            _ => self.leave(),
        }
    }

    fn readout(&mut self, now: Now) {
        let all: Vec<(Vec<u8>, Vec<String>)> =
            self.values.iter().map(|(name, values)| (name.to_vec(), values.to_vec())).collect();
        let mut content = Vec::new();
        for (name, values) in all {
            content.extend(self.lines(&name, &values));
        }
        content.extend(b"!\r\n");
        self.say_block(&content, now);
        self.leave();
    }

    fn command(&mut self, command: &Command, text: &[u8], now: Now) {
        let found = command.block.bcc.and_then(|at| text.get(at)).copied();
        let covered = command.block.covered(text);
        let method = if self.dialect == EMR && self.rule.is_none() {
            Method::Auto(Rule::Add7)
        } else {
            Method::Only(self.rule())
        };
        if found.is_none_or(|found| method.judge(covered, found).is_err()) {
            return self.say(vec![NAK], self.reaction, now);
        }
        let content = text.get(command.block.content.clone()).unwrap_or_default();
        let asked = Asked::of(content).unwrap_or_default();
        match command.code {
            [b'B', _] => self.leave(),
            [b'P', code] => self.login(code, asked.argument, now),
            [b'R', _] => self.read(asked, now),
            [b'W', _] => self.write(asked, now),
            _ => self.error(now),
        }
    }

    fn login(&mut self, code: u8, given: &[u8], now: Now) {
        let operand = defaults::operand(self.dialect).as_bytes();
        let is_right = match code {
            b'2' => {
                let hash = login::hash(&self.password, operand).map(|hash| format!("{hash:08X}"));
                hash.is_some_and(|hash| hash.as_bytes() == given)
            }
            _ => given == self.password,
        };
        if is_right && self.wrong_passwords < 3 {
            self.state = State::Open;
            self.wrong_passwords = 0;
            return self.say(vec![ACK], self.reaction, now);
        }
        self.wrong_passwords = self.wrong_passwords.saturating_add(1);
        if matches!(self.dialect, EKT | EMR) {
            let end = seal(vec![SOH, b'B', b'0'], self.rule());
            self.say(end, self.reaction, now);
            self.leave();
        } else {
            self.say(vec![NAK], self.reaction, now);
        }
    }

    fn error(&mut self, now: Now) {
        let content: &[u8] = match self.dialect {
            NEVA_1 | NEVA_3 => b"(01)",
            EKT | EMR => b"(ERR12)",
            _ => b"(ERROR)",
        };
        self.say_block(content, now);
    }

    fn read(&mut self, asked: Asked<'_>, now: Now) {
        let needs_password = matches!(self.dialect, NEVA_1 | NEVA_3);
        if needs_password && self.state != State::Open {
            return self.say(vec![NAK], self.reaction, now);
        }
        match self.answer(asked, now) {
            Some(content) => self.say_block(&content, now),
            None => self.error(now),
        }
    }

    /// What stands in the answer to a read; `None` for what this meter does not have.
    fn answer(&self, asked: Asked<'_>, now: Now) -> Option<Vec<u8>> {
        let name = asked.address;
        if matches!(name, b"GROUP" | b"GRPNM") {
            return Some(self.group(asked, now));
        }
        match self.archive(asked, now).or_else(|| self.clock_value(name, now).map(Ok)) {
            Some(Ok(values)) => return Some(self.lines(name, &values)),
            Some(Err(NoSuchDate)) => return Some(b"(ERR18)".to_vec()),
            None => {}
        }
        let key =
            if matches!(self.dialect, NEVA_1 | NEVA_3) { name.to_ascii_uppercase() } else { name.to_vec() };
        self.values.get(&key).map(|values| self.lines(&key, values))
    }

    /// Values the way this meter writes them.
    fn lines(&self, name: &[u8], values: &[String]) -> Vec<u8> {
        let mut content = Vec::new();
        for (index, value) in values.iter().enumerate() {
            if index == 0 || self.repeats_names {
                content.extend_from_slice(name);
            }
            content.extend(format!("({value})").bytes());
            let is_last = index + 1 == values.len();
            let ends_lines = self.dialect == EKT || (is_last && !matches!(self.dialect, NEVA_1 | NEVA_3));
            content.extend(if ends_lines { &b"\r\n"[..] } else { b"" });
        }
        content
    }

    /// The values of a group, without line ends.
    fn group(&self, asked: Asked<'_>, now: Now) -> Vec<u8> {
        let mut content = Vec::new();
        for part in asked.argument.split_inclusive(|byte| *byte == b')') {
            let Some(inner) = Asked::of(part) else { continue };
            let archived =
                self.archive(inner, now).map(|found| found.unwrap_or_else(|_| vec!["E18".to_owned()]));
            let all = archived.or_else(|| self.clock_value(inner.address, now));
            let all = all.or_else(|| self.values.get(inner.address).map(<[String]>::to_vec));
            let mask = asked.mask(inner.address).filter(|_| asked.address == b"GROUP").unwrap_or(u32::MAX);
            content.extend_from_slice(inner.address);
            for (bit, value) in (0u32..).zip(all.unwrap_or_else(|| vec!["E12".to_owned()])) {
                if bit < 32 && mask >> bit & 1 == 1 {
                    content.extend(format!("({value})").bytes());
                }
            }
        }
        content
    }

    /// What an archive says, as values of an answer.
    fn archive(&self, asked: Asked<'_>, now: Now) -> Option<Result<Vec<String>, NoSuchDate>> {
        Archives { dialect: self.dialect, values: &self.values, now: self.clock(now) }.answer(asked)
    }

    fn clock(&self, now: Now) -> DateTime {
        now.wall.saturating_add(self.ahead)
    }

    /// Date and time, unless they were set to something that stands still.
    fn clock_value(&self, name: &[u8], now: Now) -> Option<Vec<String>> {
        if self.values.get(name).is_some() {
            return None;
        }
        let time = self.clock(now);
        let day = time.date().weekday().to_sunday_zero_offset();
        let text = match (self.dialect, name) {
            (NEVA_1 | NEVA_3, _) => match codes::parse_wire(name)? {
                codes::DATE => time.strftime("%y%m%d").to_string(),
                codes::TIME => time.strftime("%H%M%S").to_string(),
                0x0009_80FF if self.dialect == NEVA_3 => time.strftime("%y%m%d%H%M%S").to_string(),
                _ => return None,
            },
            (EKT | EMR, b"DATE_") => format!("{day:02}.{}", time.strftime("%d.%m.%y")),
            (EKT | EMR, b"TIME_") => time.strftime("%H:%M:%S").to_string(),
            (EKT | EMR, b"WATCH") => {
                format!("{},{day:02}.{},0", time.strftime("%H:%M:%S"), time.strftime("%d.%m.%y"))
            }
            (EKT | EMR, b"IDPAS") => String::from_utf8_lossy(&self.address).into_owned(),
            _ => return None,
        };
        Some(vec![text])
    }

    fn write(&mut self, asked: Asked<'_>, now: Now) {
        if !self.may_write || self.state != State::Open {
            let refusal: &[u8] = if self.may_write { b"(ERR15)" } else { b"(ERR16)" };
            return match self.dialect {
                EKT | EMR => self.say_block(refusal, now),
                _ => self.say(vec![NAK], self.reaction, now),
            };
        }
        if self.store(asked, now).is_some() {
            self.say(vec![ACK], self.reaction, now);
        } else {
            self.error(now);
        }
    }

    /// Stores a value; `None` when this meter does not have it.
    fn store(&mut self, asked: Asked<'_>, now: Now) -> Option<()> {
        let value = String::from_utf8_lossy(asked.argument).into_owned();
        let name = asked.address.to_ascii_uppercase();
        if let Some(time) = self.new_clock(asked, now) {
            self.ahead = time.duration_since(now.wall);
            return Some(());
        }
        if codes::parse_wire(&name) == Some(codes::PASSWORD) {
            self.password = asked.argument.to_vec();
            return Some(());
        }
        let key = if self.values.get(&name).is_some() { name } else { asked.address.to_vec() };
        self.values.get(&key)?;
        self.values.put(key, vec![value]);
        Some(())
    }

    /// The time that a written date or time makes of the meter's clock.
    fn new_clock(&self, asked: Asked<'_>, now: Now) -> Option<DateTime> {
        let present = self.clock(now);
        let text = std::str::from_utf8(asked.argument).ok()?;
        let number = |at: usize| text.get(at..at + 2)?.parse::<i8>().ok();
        let date = |year: usize, month: usize, day: usize| {
            jiff::civil::Date::new(2000 + i16::from(number(year)?), number(month)?, number(day)?).ok()
        };
        let clock = |hour: usize, minute: usize, second: usize| {
            jiff::civil::Time::new(number(hour)?, number(minute)?, number(second)?, 0).ok()
        };
        let is_neva = matches!(self.dialect, NEVA_1 | NEVA_3);
        match (codes::parse_wire(asked.address).filter(|_| is_neva), asked.address) {
            (Some(codes::DATE), _) if text.len() == 6 => Some(date(0, 2, 4)?.to_datetime(present.time())),
            (Some(codes::TIME), _) if text.len() == 6 => Some(present.date().to_datetime(clock(0, 2, 4)?)),
            (None, b"DATE_") => Some(date(9, 6, 3)?.to_datetime(present.time())),
            (None, b"TIME_") => Some(present.date().to_datetime(clock(0, 3, 6)?)),
            (None, b"CTIME") => {
                let seconds = text.parse::<i64>().ok().filter(|seconds| seconds.abs() <= 29)?;
                Some(present.saturating_add(SignedDuration::from_secs(seconds)))
            }
            _ => None,
        }
    }
}

/// From the last character of a request to the first of the answer, as logs of real meters show it.
const fn reaction(setup: &Setup) -> Duration {
    let millis = match setup.dialect {
        NEVA_1 | NEVA_3 if setup.line.baud >= 9600 => 40,
        EKT => 250,
        EMR => 45,
        _ => 200,
    };
    Duration::from_millis(millis)
}

impl Responder for Meter {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        self.last = now.at;
        let mut frames = Vec::new();
        let mut framer = std::mem::replace(&mut self.framer, IecFramer::new(Source::Requests));
        framer.push(bytes, now.at, &mut |piece| {
            if matches!(piece.kind, PieceKind::Frame(_)) {
                frames.push(piece.bytes.to_vec());
            }
        });
        self.framer = framer;
        for frame in frames {
            self.frame(&frame, now);
        }
    }

    fn poll(&mut self, now: Now) -> Option<Output> {
        if self.state != State::Idle && now.at >= self.last + self.timeout {
            self.leave();
        }
        self.told.pop_front()
    }

    fn deadline(&self) -> Option<At> {
        (self.state != State::Idle).then(|| self.last + self.timeout)
    }

    fn is_in_session(&self) -> bool {
        self.state != State::Idle
    }
}
