//! A line with a master and a simulated meter at its ends: bytes take their time, and get through only when
//! both ends have the same speed.

use std::time::Duration;

use crate::frame::{At, Secret, visible};
use crate::protocol::iec62056_21::Iec;
use crate::protocol::{
    Action, Address, Dialect, Event, Exchange, Family as _, Fault, Framer, LineSettings, Now, Options,
    Output, PieceKind, Plan, Profile, Responder, Setup, Source, Wait,
};

/// Something that will happen.
enum Coming {
    Sent,
    ToMeter(Vec<u8>, u32),
    ToHost(Vec<u8>, u32),
    MeterLine(LineSettings),
    Poll,
}

/// Makes of the answer with a number what the master gets.
pub(super) type Damage = fn(usize, Vec<u8>) -> Vec<u8>;

/// What is odd about the meter or the line.
#[derive(Default)]
pub(super) struct Oddities {
    /// The meter keeps its speed, whatever it is told.
    pub keeps_speed: bool,
    /// The port cannot change its settings.
    pub fixed_line: bool,
    /// The port is the far end's, at this speed, which the session is not told.
    pub converter: Option<u32>,
    /// What becomes of the answers, counted from 0.
    pub damage: Option<Damage>,
    /// Cancelled when so many readings have come.
    pub cancel_after: Option<usize>,
    /// The link goes away when so many frames have been sent.
    pub lost_after: Option<usize>,
}

/// What has happened, in words.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub log: Vec<String>,
    pub sent: Vec<Vec<u8>>,
    pub readings: Vec<crate::reading::Reading>,
    pub results: Vec<Result<(), (&'static str, Fault)>>,
    pub warnings: Vec<&'static str>,
    pub elapsed: Duration,
}

impl Outcome {
    pub(super) fn values(&self) -> Vec<String> {
        let shown = |reading: &crate::reading::Reading| {
            let code =
                reading.code.map_or_else(|| reading.quantity.name().to_owned(), |code| code.to_string());
            format!("{code} {}", visible::measured(&reading.value))
        };
        self.readings.iter().map(shown).collect()
    }

    pub(super) fn count(&self, bytes: &[u8]) -> usize {
        self.sent.iter().filter(|sent| sent.starts_with(bytes)).count()
    }
}

pub(super) struct Bench {
    exchange: Box<dyn Exchange>,
    meter: Box<dyn Responder>,
    framer: Box<dyn Framer>,
    now: At,
    wall: jiff::civil::DateTime,
    host: LineSettings,
    line_of_meter: LineSettings,
    busy: At,
    coming: Vec<(At, Coming)>,
    wait: Option<Wait>,
    answers: usize,
    odd: Oddities,
    told: Outcome,
    is_finished: bool,
}

pub(super) const WALL: jiff::civil::DateTime = jiff::civil::date(2024, 5, 15).at(12, 34, 56, 0);

/// A meter's set-up.
pub(super) fn setup(model: &'static str, dialect: Dialect, line: LineSettings) -> Setup {
    Setup {
        keys: Vec::new(),
        model,
        dialect,
        address: Address::textual("00000201"),
        serial: "60089784".to_owned(),
        password: None,
        line,
        values: Vec::new(),
    }
}

pub(super) fn profile(setup: &Setup) -> Profile {
    Profile {
        model: setup.model,
        dialect: setup.dialect,
        address: setup.address.clone(),
        password: None,
        line: setup.line,
        is_line_chosen: false,
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        keys: Vec::new(),
    }
}

pub(super) fn with_password(profile: Profile, password: &str) -> Profile {
    Profile { password: Some(Secret::new(password.as_bytes().to_vec())), ..profile }
}

/// A command with its arguments, as typed.
pub(super) type Typed<'a> = (&'a str, &'a [(&'a str, &'a str)]);

pub(super) fn plan(profile: Profile, commands: &[Typed<'_>]) -> Plan {
    let request = |(id, arguments): &Typed<'_>| {
        let known = Iec.profile().dialect(profile.dialect).commands;
        let command = known.iter().find(|command| command.id == *id).unwrap_or_else(|| panic!("{id}"));
        let arguments = command.arguments(arguments.iter().copied()).expect("arguments that fit");
        crate::protocol::Request { command, arguments }
    };
    let requests = commands.iter().map(request).collect();
    Plan { profile, requests, options: Options::default() }
}

/// Carries a plan out against a meter.
pub(super) fn run(plan: Plan, meter: Box<dyn Responder>, odd: Oddities) -> Outcome {
    Bench::new(plan, meter, odd, WALL).run()
}

/// Carries commands out against the meter of a set-up.
pub(super) fn talk(setup: &Setup, commands: &[Typed<'_>]) -> Outcome {
    let meter = Iec.responder(setup).expect("a meter");
    run(plan(profile(setup), commands), meter, Oddities::default())
}

impl Bench {
    pub(super) fn new(
        plan: Plan,
        meter: Box<dyn Responder>,
        odd: Oddities,
        wall: jiff::civil::DateTime,
    ) -> Self {
        let mut line = plan.profile.line;
        let mut exchange = Iec.exchange(plan).expect("a plan that can be sent");
        if let Some(baud) = odd.converter {
            exchange.line_stays();
            line = LineSettings { baud, ..line };
        }
        Self {
            exchange,
            meter,
            framer: Iec.framer(Source::Replies, line),
            now: At::ZERO,
            wall,
            host: line,
            line_of_meter: line,
            busy: At::ZERO,
            coming: Vec::new(),
            wait: None,
            answers: 0,
            odd,
            told: Outcome::default(),
            is_finished: false,
        }
    }

    fn clock(&self) -> Now {
        let passed = jiff::SignedDuration::try_from(self.now.since(At::ZERO)).expect("a short time");
        Now { at: self.now, wall: self.wall + passed, ahead_minutes: 0, is_summer: false }
    }

    /// Lets the meter hear bytes before anything else happens.
    pub(super) fn meter_hears(&mut self, bytes: &[u8]) {
        let now = self.clock();
        self.meter.receive(bytes, now);
        while self.meter.poll(now).is_some() {}
    }

    pub(super) fn run(mut self) -> Outcome {
        self.tell(Event::Start);
        for _ in 0..200_000 {
            if self.is_finished {
                break;
            }
            self.next();
        }
        assert!(self.is_finished, "it ends: {:#?}", self.told.log);
        assert_eq!(self.host.baud, self.told_line(), "the line is put back");
        self.told.elapsed = self.now.since(At::ZERO);
        self.told
    }

    fn told_line(&self) -> u32 {
        let first = self.told.log.iter().find_map(|line| line.strip_prefix("start "));
        first.map_or(self.host.baud, |baud| baud.parse().expect("a speed"))
    }

    /// When the wait is over: an answer that has begun is heard to its end.
    fn due(&self) -> Option<At> {
        let wait = self.wait?;
        let has_begun = |(end, coming): &(At, Coming)| match coming {
            Coming::ToHost(bytes, baud) if *baud == self.host.baud => {
                *end <= wait.until + self.host.wire_time(bytes.len())
            }
            _ => false,
        };
        Some(wait.due(wait.latest, self.coming.iter().any(has_begun)))
    }

    fn next(&mut self) {
        let first = self
            .coming
            .iter()
            .enumerate()
            .min_by_key(|(_, (at, _))| *at)
            .map(|(index, (at, _))| (index, *at));
        let due = [self.due(), self.framer.deadline()].into_iter().flatten().min();
        match (first, due) {
            (Some((index, at)), due) if due.is_none_or(|due| at <= due) => {
                self.now = self.now.max(at);
                let (_, coming) = self.coming.remove(index);
                self.happen(coming);
            }
            (_, Some(due)) => {
                self.now = self.now.max(due);
                self.heard(&[]);
                if self.due().is_some_and(|due| due <= self.now) {
                    self.wait = None;
                    self.tell(Event::Deadline);
                }
            }
            _ => panic!("nothing will ever happen: {:#?}", self.told.log),
        }
    }

    fn happen(&mut self, coming: Coming) {
        match coming {
            Coming::Sent => self.tell(Event::Sent),
            Coming::ToMeter(bytes, baud) => {
                if baud == self.line_of_meter.baud {
                    let now = self.clock();
                    self.meter.receive(&bytes, now);
                }
                self.poll();
            }
            Coming::ToHost(bytes, baud) => {
                let bytes = if baud == self.host.baud { bytes } else { vec![0xFF; bytes.len() / 8 + 1] };
                self.heard(&bytes);
            }
            Coming::MeterLine(line) => self.line_of_meter = line,
            Coming::Poll => self.poll(),
        }
    }

    fn poll(&mut self) {
        let now = self.clock();
        while let Some(told) = self.meter.poll(now) {
            match told {
                Output::Send { bytes, due } => {
                    let begin = due.max(self.busy).max(self.now);
                    self.busy = begin + self.pending_line().wire_time(bytes.len());
                    let bytes = match self.odd.damage {
                        Some(damage) => damage(self.answers, bytes),
                        None => bytes,
                    };
                    self.answers += 1;
                    let line = self.pending_line();
                    self.coming.push((self.busy, Coming::ToHost(bytes, line.baud)));
                }
                Output::SetLine(line) if !self.odd.keeps_speed => {
                    self.coming.push((self.busy.max(self.now), Coming::MeterLine(line)));
                }
                Output::SetLine(_) => {}
            }
        }
        if let Some(at) = self.meter.deadline().filter(|at| *at > self.now) {
            self.coming.retain(|(_, coming)| !matches!(coming, Coming::Poll));
            self.coming.push((at, Coming::Poll));
        }
    }

    /// The speed the meter will have when it sends what it has been told to send.
    fn pending_line(&self) -> LineSettings {
        let last = self.coming.iter().rev().find_map(|(_, coming)| match coming {
            Coming::MeterLine(line) => Some(*line),
            _ => None,
        });
        last.unwrap_or(self.line_of_meter)
    }

    fn heard(&mut self, bytes: &[u8]) {
        let mut pieces = Vec::new();
        let mut keep = |piece: crate::protocol::Piece<'_>| pieces.push((piece.kind, piece.bytes.to_vec()));
        if bytes.is_empty() {
            self.framer.expire(self.now, &mut keep);
        } else {
            self.framer.push(bytes, self.now, &mut keep);
        }
        for (kind, bytes) in pieces {
            match kind {
                PieceKind::Frame(_) => self.tell(Event::Frame(&bytes)),
                PieceKind::Noise => self.tell(Event::Noise(&bytes)),
            }
        }
    }

    fn tell(&mut self, event: Event<'_>) {
        if self.is_finished {
            return;
        }
        self.exchange.handle(event, self.now);
        while let Some(action) = self.exchange.next_action() {
            self.act(action);
        }
    }

    fn set_line(&mut self, line: LineSettings) {
        if self.told.log.iter().all(|line| !line.starts_with("start ")) {
            self.told.log.push(format!("start {}", self.host.baud));
        }
        if self.odd.fixed_line {
            self.tell(Event::LineRefused);
        } else {
            self.host = line;
            self.told.log.push(format!("line {}", line.baud));
        }
    }

    fn act(&mut self, action: Action) {
        assert!(!self.is_finished, "nothing comes after the end");
        match action {
            Action::Send(bytes) => {
                self.wait = None;
                let drained = self.now + self.host.wire_time(bytes.len());
                self.told.log.push(format!("> {}", visible::text(&bytes)));
                self.told.sent.push(bytes.clone());
                self.coming.push((drained, Coming::ToMeter(bytes, self.host.baud)));
                self.coming.push((drained, Coming::Sent));
                if self.odd.lost_after == Some(self.told.sent.len()) {
                    self.tell(Event::LinkLost);
                }
            }
            Action::SetLine(line) => self.set_line(line),
            Action::Wait(wait) => self.wait = Some(wait),
            Action::Try { .. } => {}
            Action::Step(step) => self.told.log.push(format!("step {step}")),
            Action::Reading(reading) => {
                self.told.readings.push(reading);
                if self.odd.cancel_after == Some(self.told.readings.len()) {
                    self.tell(Event::Cancelled);
                }
            }
            Action::Progress { done, total } => self.told.log.push(format!("{done} of {total}")),
            Action::Warning(warning) => self.told.warnings.push(warning.code),
            Action::Answered { index, result } => {
                assert_eq!(index, self.told.results.len(), "answers come in order");
                self.told.results.push(result.map_err(|failure| (failure.step, failure.fault)));
            }
            Action::Rest { owed, .. } => self.told.log.push(format!("rest for {owed}")),
            Action::Finished => self.is_finished = true,
        }
    }
}
