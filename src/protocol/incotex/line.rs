//! For tests: a line with its troubles between an exchange and a simulated meter, on passed-in time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::frame::{At, visible};
use crate::protocol::{
    Action, Event, Exchange, Failure, Family, Framer, LineSettings, Now, Output, PieceKind, Plan, Responder,
    Setup, Source, Wait,
};
use crate::reading::Reading;

/// What the line does to what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing.
    None,
    /// Returns what is sent, and the bus takes it out and says so.
    NamedEcho,
    /// Returns what is sent among what is received.
    RawEcho,
    /// Returns what is sent and carries nothing to the meter.
    EchoOnly,
    /// Turns a bit of the answer to the question with this number, from 1.
    Damage(u32),
    /// Turns a bit of every answer.
    DamageAll,
    /// Loses the answer to the question with this number.
    Lose(u32),
    /// Carries nothing.
    Silence,
    /// Puts idle bytes around every answer.
    Idle,
    /// Answers come from a neighbouring address, this byte of them being changed, with a CRC that fits.
    Misaddress(usize),
    /// Questions with this number and all after it come 241 s late, so that the channel is closed again.
    Sleep(u32),
}

/// The line, and what came of a plan over it.
pub(crate) struct Line {
    family: &'static dyn Family,
    /// The present moment: when it ended, once it has run.
    pub now: At,
    exchange: Box<dyn Exchange>,
    meter: Box<dyn Responder>,
    framer: Box<dyn Framer>,
    trouble: Trouble,
    settings: LineSettings,
    /// How much later the meter's clock stands.
    slept: Duration,
    wait: Option<Wait>,
    /// When bytes came last, and how many of them no piece has claimed yet.
    heard: At,
    pending: usize,
    sent: Option<At>,
    arriving: VecDeque<(At, Vec<u8>)>,
    cancel_after: Option<u32>,
    /// What was read.
    pub readings: Vec<Reading>,
    /// How each request ended.
    pub results: Vec<Result<(), Failure>>,
    /// The codes of what was remarked.
    pub warnings: Vec<&'static str>,
    /// The steps that were told.
    pub steps: Vec<&'static str>,
    /// The frames sent.
    pub questions: Vec<Vec<u8>>,
    is_finished: bool,
}

impl Line {
    /// Between the exchange of a plan and a meter as set up.
    pub(crate) fn new(family: &'static dyn Family, plan: Plan, setup: &Setup) -> Self {
        Self {
            family,
            now: At::ZERO,
            exchange: family.exchange(plan).unwrap(),
            meter: family.responder(setup).unwrap(),
            framer: family.framer(Source::Replies, LineSettings::default()),
            trouble: Trouble::None,
            settings: LineSettings::default(),
            slept: Duration::ZERO,
            wait: None,
            heard: At::ZERO,
            pending: 0,
            sent: None,
            arriving: VecDeque::new(),
            cancel_after: None,
            readings: Vec::new(),
            results: Vec::new(),
            warnings: Vec::new(),
            steps: Vec::new(),
            questions: Vec::new(),
            is_finished: false,
        }
    }

    /// With trouble.
    pub(crate) fn with(self, trouble: Trouble) -> Self {
        Self { trouble, ..self }
    }

    /// Cancels once the question with this number has been sent.
    pub(crate) fn cancelled_after(self, question: u32) -> Self {
        Self { cancel_after: Some(question), ..self }
    }

    /// Lets the conversation run to its end.
    pub(crate) fn run(mut self) -> Self {
        self.tell(Event::Start);
        while !self.is_finished {
            let next = [
                self.sent,
                self.arriving.front().map(|(at, _)| *at),
                self.framer.deadline(),
                self.meter.deadline().map(|at| At::ZERO + (at - At::ZERO).saturating_sub(self.slept)),
                self.due(),
            ];
            self.now =
                next.into_iter().flatten().min().expect("an exchange that waits for nothing").max(self.now);
            assert!(self.now < At::from_millis(3_600_000), "an exchange without end");
            self.step();
        }
        self
    }

    fn due(&self) -> Option<At> {
        Some(self.wait?.due(self.heard, self.pending > 0))
    }

    fn step(&mut self) {
        if self.sent.is_some_and(|at| at <= self.now) {
            self.sent = None;
            self.tell(Event::Sent);
            if self.cancel_after == Some(self.questions.len() as u32) {
                self.cancel_after = None;
                self.tell(Event::Cancelled);
            }
        }
        while self.arriving.front().is_some_and(|(at, _)| *at <= self.now) {
            let (at, bytes) = self.arriving.pop_front().unwrap();
            self.heard = at;
            self.pending += bytes.len();
            self.hear(|framer, out| framer.push(&bytes, at, out));
        }
        if self.framer.deadline().is_some_and(|at| at <= self.now) {
            let now = self.now;
            self.hear(|framer, out| framer.expire(now, out));
        }
        self.listen_to_the_meter();
        if self.due().is_some_and(|at| at <= self.now) {
            self.wait = None;
            self.tell(Event::Deadline);
        }
    }

    fn hear(&mut self, feed: impl FnOnce(&mut dyn Framer, &mut dyn FnMut(crate::protocol::Piece<'_>))) {
        let mut pieces = Vec::new();
        feed(self.framer.as_mut(), &mut |piece| pieces.push((piece.kind, piece.bytes.to_vec())));
        for (kind, bytes) in pieces {
            self.pending -= bytes.len();
            match kind {
                PieceKind::Frame(_) => self.tell(Event::Frame(&bytes)),
                PieceKind::Noise => self.tell(Event::Noise(&bytes)),
            }
        }
    }

    fn clock(&self) -> Now {
        Now { at: self.now, wall: "2024-05-31T12:00:00".parse().unwrap(), ahead_minutes: 0, is_summer: false }
    }

    fn listen_to_the_meter(&mut self) {
        let now = Now { at: self.now + self.slept, ..self.clock() };
        while let Some(told) = self.meter.poll(now) {
            let Output::Send { bytes, due } = told else { continue };
            let due = At::ZERO + (due - At::ZERO).saturating_sub(self.slept);
            for (index, byte) in self.spoil(bytes).iter().enumerate() {
                self.arriving.push_back((due + self.settings.wire_time(index + 1), vec![*byte]));
            }
        }
    }

    fn spoil(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let number = self.questions.len() as u32;
        match self.trouble {
            Trouble::Damage(which) if number == which => damage(&mut bytes),
            Trouble::DamageAll => damage(&mut bytes),
            Trouble::Lose(which) if number == which => bytes.clear(),
            Trouble::Idle => {
                bytes.insert(0, 0xFF);
                bytes.push(0x00);
            }
            Trouble::Misaddress(byte) => {
                bytes.truncate(bytes.len() - 2);
                bytes[byte] ^= 1;
                bytes = self.family.with_checksum(&bytes);
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
                Action::Wait(wait) => self.wait = Some(wait),
                Action::Reading(reading) => self.readings.push(reading),
                Action::Answered { index, result } => {
                    assert_eq!(index, self.results.len(), "results come in order");
                    self.results.push(result);
                }
                Action::Warning(warning) => self.warnings.push(warning.code),
                Action::Finished => self.is_finished = true,
                Action::Step(step) => self.steps.push(step),
                Action::Try { .. } | Action::Progress { .. } | Action::SetLine(_) | Action::Rest { .. } => {}
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        let end = self.now + self.settings.wire_time(bytes.len());
        self.wait = None;
        self.sent = Some(end);
        match self.trouble {
            Trouble::NamedEcho => self.exchange.handle(Event::Echo, end),
            Trouble::RawEcho | Trouble::EchoOnly => self.arriving.push_back((end, bytes.to_vec())),
            _ => {}
        }
        self.questions.push(bytes.to_vec());
        if self.trouble == Trouble::Sleep(self.questions.len() as u32) {
            self.slept = Duration::from_secs(241);
        }
        if !matches!(self.trouble, Trouble::EchoOnly | Trouble::Silence) {
            self.meter.receive(bytes, Now { at: end + self.slept, ..self.clock() });
        }
    }

    /// The readings as `1.8.1=621.42`.
    pub(crate) fn told(&self) -> Vec<String> {
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

fn damage(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x04;
}
