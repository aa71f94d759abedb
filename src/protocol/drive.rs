//! For tests: an exchange and a responder at the two ends of a line, on time that is passed in.

use std::time::Duration;

use super::{
    Action, Event, Exchange, Failure, Family, Framer, LineSettings, Now, Output, Piece, PieceKind, Plan,
    Responder, Setup, Source, Wait, Warning,
};
use crate::frame::At;
use crate::reading::Reading;

/// When the clock of the trace is at its beginning.
pub const WALL: jiff::civil::DateTime = jiff::civil::date(2024, 5, 31).at(12, 0, 0, 0);

/// What came of a plan.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The frames sent.
    pub sent: Vec<Vec<u8>>,
    /// What was read.
    pub readings: Vec<Reading>,
    /// What was remarked.
    pub warnings: Vec<Warning>,
    /// How each request ended.
    pub answers: Vec<Result<(), Failure>>,
    /// When the exchange had nothing more to do.
    pub end: At,
}

impl Outcome {
    /// The first failure.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.answers.iter().find_map(|answer| answer.as_ref().err())
    }
}

/// What happens to a reply on its way: the bytes, and how many replies there were before it.
pub type Tamper<'a> = &'a mut dyn FnMut(Vec<u8>, usize) -> Vec<u8>;

/// A line between an exchange and a meter.
pub struct Bench<'a> {
    exchange: Box<dyn Exchange>,
    responder: &'a mut dyn Responder,
    framer: Box<dyn Framer>,
    line: LineSettings,
    now: At,
    wait: Option<Wait>,
    /// When bytes came last, and how many of them no piece has claimed yet.
    heard: At,
    pending: usize,
    replies: usize,
    arriving: Vec<(At, Vec<u8>)>,
    outcome: Outcome,
    is_finished: bool,
}

/// Carries a plan out against a new meter.
///
/// # Panics
/// When the setup or the plan does not fit the family.
pub fn run(family: &dyn Family, plan: Plan, setup: &Setup) -> Outcome {
    let mut responder = family.responder(setup).expect("a setup that fits");
    run_with(family, plan, responder.as_mut(), &mut |bytes, _| bytes)
}

/// Carries a plan out against a meter whose replies are changed on the way.
///
/// # Panics
/// When the plan does not fit the family, or the exchange waits for nothing.
pub fn run_with(
    family: &dyn Family,
    plan: Plan,
    responder: &mut dyn Responder,
    tamper: Tamper<'_>,
) -> Outcome {
    let line = plan.profile.line;
    let framer = family.framer(Source::Replies, line);
    let exchange = family.exchange(plan).expect("a plan that can be composed");
    let bench = Bench {
        exchange,
        responder,
        framer,
        line,
        now: At::ZERO,
        wait: None,
        heard: At::ZERO,
        pending: 0,
        replies: 0,
        arriving: Vec::new(),
        outcome: Outcome::default(),
        is_finished: false,
    };
    bench.carry_out(tamper)
}

impl Bench<'_> {
    fn carry_out(mut self, tamper: Tamper<'_>) -> Outcome {
        self.tell(Event::Start, tamper);
        while !self.is_finished {
            let next = [self.arriving.first().map(|(at, _)| *at), self.framer.deadline(), self.due()];
            let Some(next) = next.into_iter().flatten().min() else {
                panic!("the exchange waits for nothing")
            };
            self.now = self.now.max(next);
            self.step(tamper);
        }
        self.outcome.end = self.now;
        self.outcome
    }

    fn due(&self) -> Option<At> {
        Some(self.wait?.due(self.heard, self.pending > 0))
    }

    /// Whatever is due now: bytes before deadlines.
    fn step(&mut self, tamper: Tamper<'_>) {
        if self.arriving.first().is_some_and(|(at, _)| *at <= self.now) {
            let (at, bytes) = self.arriving.remove(0);
            self.heard = at;
            self.pending += bytes.len();
            let pieces = self.cut(|framer, out| framer.push(&bytes, at, out));
            return self.hand_over(pieces, tamper);
        }
        if self.framer.deadline().is_some_and(|due| due <= self.now) {
            let now = self.now;
            let pieces = self.cut(|framer, out| framer.expire(now, out));
            return self.hand_over(pieces, tamper);
        }
        self.wait = None;
        self.tell(Event::Deadline, tamper);
    }

    fn cut(
        &mut self,
        push: impl FnOnce(&mut dyn Framer, &mut dyn FnMut(Piece<'_>)),
    ) -> Vec<(PieceKind, Vec<u8>)> {
        let mut pieces = Vec::new();
        push(self.framer.as_mut(), &mut |piece| pieces.push((piece.kind, piece.bytes.to_vec())));
        self.pending -= pieces.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        pieces
    }

    fn hand_over(&mut self, pieces: Vec<(PieceKind, Vec<u8>)>, tamper: Tamper<'_>) {
        for (kind, bytes) in pieces {
            match kind {
                PieceKind::Frame(_) => self.tell(Event::Frame(&bytes), tamper),
                PieceKind::Noise => self.tell(Event::Noise(&bytes), tamper),
            }
        }
    }

    fn tell(&mut self, event: Event<'_>, tamper: Tamper<'_>) {
        self.exchange.handle(event, self.now);
        while let Some(action) = self.exchange.next_action() {
            match action {
                Action::Send(bytes) => self.send(bytes, tamper),
                Action::Wait(wait) => self.wait = Some(wait),
                Action::Reading(reading) => self.outcome.readings.push(reading),
                Action::Warning(warning) => self.outcome.warnings.push(warning),
                Action::Answered { result, .. } => self.outcome.answers.push(result),
                Action::Finished => self.is_finished = true,
                Action::SetLine(line) => self.line = line,
                Action::Step(_) | Action::Try { .. } | Action::Progress { .. } | Action::Rest { .. } => {}
            }
        }
    }

    fn send(&mut self, bytes: Vec<u8>, tamper: Tamper<'_>) {
        self.now = self.now + self.line.wire_time(bytes.len());
        let since = i64::try_from(self.now.since(At::ZERO).as_millis()).expect("a short test");
        let wall = WALL.checked_add(jiff::SignedDuration::from_millis(since)).expect("a short test");
        let now = Now { at: self.now, wall, ahead_minutes: 0, is_summer: false };
        self.responder.receive(&bytes, now);
        self.outcome.sent.push(bytes);
        while let Some(told) = self.responder.poll(now) {
            if let Output::Send { bytes, due } = told {
                let bytes = tamper(bytes, self.replies);
                self.replies += 1;
                self.deliver(&bytes, due);
            }
        }
        self.exchange.handle(Event::Sent, self.now);
    }

    /// Byte by byte, as the wire does.
    fn deliver(&mut self, bytes: &[u8], due: At) {
        for (index, byte) in bytes.iter().enumerate() {
            self.arriving.push((due + self.line.wire_time(index + 1), vec![*byte]));
        }
        self.arriving.sort_by_key(|(at, _)| *at);
    }
}

/// What a plan takes at the least: the wire time of all frames and what the meter takes each time.
#[must_use]
pub fn limit(line: LineSettings, bytes: usize, exchanges: u32, latency: Duration) -> Duration {
    line.wire_time(bytes) + latency * exchanges
}
