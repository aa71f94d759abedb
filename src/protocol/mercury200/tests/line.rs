//! A line between an exchange and a simulated meter, on passed-in time.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::Mercury200;
use super::super::commands::COMMANDS;
use crate::frame::{At, visible};
use crate::protocol::{
    Action, Address, Dialect, Event, Exchange, Failure, Family, Framer, LineSettings, Now, Options,
    PieceKind, Plan, Profile, Request, Responder, Setup, Source, Told,
};
use crate::reading::Reading;

pub const ADDRESS: u32 = 411_486;

/// What the line does to what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// Returns what is sent.
    Echo,
    /// Returns what is sent and carries nothing to the meter.
    EchoOnly,
    /// Turns a bit of the first so many answers.
    Damage(u32),
    /// Carries nothing.
    Silence,
    /// Puts idle bytes around every answer.
    Idle,
    /// Answers come from the next address, with a CRC that fits.
    Misaddress,
}

pub struct Line {
    pub now: At,
    exchange: Box<dyn Exchange>,
    meter: Box<dyn Responder>,
    framer: Box<dyn Framer>,
    trouble: Trouble,
    settings: LineSettings,
    wait: Option<At>,
    sent: Option<At>,
    /// What is on its way to the exchange: when it is there, what it is.
    arriving: VecDeque<(At, Vec<u8>)>,
    pub readings: Vec<Reading>,
    pub results: Vec<Result<(), Failure>>,
    pub warnings: Vec<&'static str>,
    pub asked: u32,
    is_finished: bool,
}

pub fn request(id: &str, arguments: &[(&str, &str)]) -> Request {
    let command = COMMANDS.iter().find(|command| command.id == id).unwrap();
    Request { command, arguments: command.arguments(arguments.iter().copied()).unwrap() }
}

pub fn profile(model: &'static str, address: u32) -> Profile {
    Profile {
        model,
        dialect: Dialect::default(),
        address: Address::numeric(address.to_string(), address.into()),
        password: None,
        line: LineSettings::default(),
        network_delay: Duration::ZERO,
        keys: Vec::new(),
    }
}

pub fn setup(model: &'static str, values: &[(&str, &str)]) -> Setup {
    Setup {
        model,
        dialect: Dialect::default(),
        address: Address::numeric(ADDRESS.to_string(), ADDRESS.into()),
        serial: "10411486".into(),
        password: None,
        keys: Vec::new(),
        line: LineSettings::default(),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

impl Line {
    pub fn new(setup: &Setup, requests: Vec<Request>, options: Options) -> Self {
        let plan = Plan { profile: profile("mercury-206", ADDRESS), requests, options };
        Self {
            now: At::ZERO,
            exchange: Mercury200.exchange(plan).unwrap(),
            meter: Mercury200.responder(setup).unwrap(),
            framer: Mercury200.framer(Source::Replies, LineSettings::default()),
            trouble: Trouble::None,
            settings: LineSettings::default(),
            wait: None,
            sent: None,
            arriving: VecDeque::new(),
            readings: Vec::new(),
            results: Vec::new(),
            warnings: Vec::new(),
            asked: 0,
            is_finished: false,
        }
    }

    pub fn with(self, trouble: Trouble) -> Self {
        Self { trouble, ..self }
    }

    /// Lets the conversation run to its end.
    pub fn run(mut self) -> Self {
        self.tell(Event::Start);
        while !self.is_finished {
            let next = [
                self.sent,
                self.arriving.front().map(|(at, _)| *at),
                self.framer.deadline(),
                self.meter.deadline(),
                self.wait,
            ];
            self.now = next.into_iter().flatten().min().expect("an exchange that waits for nothing");
            assert!(self.now < At::from_millis(3_600_000), "an exchange without end");
            self.step();
        }
        self
    }

    fn step(&mut self) {
        if self.sent.is_some_and(|at| at <= self.now) {
            self.sent = None;
            self.tell(Event::Sent);
        }
        while self.arriving.front().is_some_and(|(at, _)| *at <= self.now) {
            let (at, bytes) = self.arriving.pop_front().unwrap();
            self.hear(|framer, out| framer.push(&bytes, at, out));
        }
        if self.framer.deadline().is_some_and(|at| at <= self.now) {
            let now = self.now;
            self.hear(|framer, out| framer.expire(now, out));
        }
        self.listen_to_the_meter();
        if self.wait.is_some_and(|at| at <= self.now) {
            self.wait = None;
            self.tell(Event::Deadline);
        }
    }

    fn hear(&mut self, feed: impl FnOnce(&mut dyn Framer, &mut dyn FnMut(crate::protocol::Piece<'_>))) {
        let mut pieces = Vec::new();
        feed(self.framer.as_mut(), &mut |piece| pieces.push((piece.kind, piece.bytes.to_vec())));
        for (kind, bytes) in pieces {
            match kind {
                PieceKind::Frame(_) => self.tell(Event::Frame(&bytes)),
                PieceKind::Noise => self.tell(Event::Noise(&bytes)),
            }
        }
    }

    fn clock(&self) -> Now {
        Now { at: self.now, wall: "2024-05-31T12:00:00".parse().unwrap() }
    }

    fn listen_to_the_meter(&mut self) {
        while let Some(told) = self.meter.poll(self.clock()) {
            let Told::Send { bytes, due } = told else { continue };
            let bytes = self.spoil(bytes);
            for (index, byte) in bytes.iter().enumerate() {
                self.arriving.push_back((due + self.settings.wire_time(index + 1), vec![*byte]));
            }
        }
    }

    fn spoil(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        match self.trouble {
            Trouble::Damage(count) if self.asked <= count => bytes[5] ^= 0x04,
            Trouble::Idle => {
                bytes.insert(0, 0xFF);
                bytes.push(0x00);
            }
            Trouble::Misaddress => {
                bytes.truncate(bytes.len() - 2);
                bytes[3] ^= 1;
                bytes = Mercury200.with_checksum(&bytes);
            }
            _ => {}
        }
        bytes
    }

    fn tell(&mut self, event: Event<'_>) {
        self.exchange.handle(event, self.now);
        while let Some(action) = self.exchange.next_action() {
            match action {
                Action::Send(bytes) => self.send(&bytes),
                Action::WaitUntil(at) => self.wait = Some(at),
                Action::Reading(reading) => self.readings.push(reading),
                Action::Answered { result, .. } => self.results.push(result),
                Action::Warning(warning) => self.warnings.push(warning.code),
                Action::Finished => self.is_finished = true,
                Action::Step(_) | Action::Progress { .. } | Action::SetLine(_) | Action::Rest { .. } => {}
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.asked += 1;
        let end = self.now + self.settings.wire_time(bytes.len());
        self.sent = Some(end);
        if matches!(self.trouble, Trouble::Echo | Trouble::EchoOnly) {
            self.arriving.push_back((end, bytes.to_vec()));
        }
        if !matches!(self.trouble, Trouble::EchoOnly | Trouble::Silence) {
            self.meter.receive(bytes, Now { at: end, ..self.clock() });
        }
    }

    /// The readings as `1.8.1=621.42`.
    pub fn told(&self) -> Vec<String> {
        self.readings
            .iter()
            .map(|reading| {
                let name =
                    reading.code.map_or_else(|| reading.quantity.name().to_owned(), |code| code.to_string());
                format!("{name}={}", visible::measured(&reading.value))
            })
            .collect()
    }
}
