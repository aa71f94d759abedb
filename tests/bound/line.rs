//! A line between an exchange and a peer, on time that is passed in; everything the exchange does is measured.

use std::collections::BinaryHeap;
use std::time::Duration;

use meterscope::frame::At;
use meterscope::protocol::{
    Action, Allowance, Bound, Event, Exchange, Failure, Family, Framer, Integrity, LineSettings, Piece,
    PieceKind, Plan, Source, Spent, Wait,
};

use crate::peers::Peer;

/// What may be done with the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// It is set as wanted.
    Sets,
    /// It is known, and refuses every change.
    Refuses,
    /// It is the far end's own.
    Stays,
}

pub const POWERS: [Power; 3] = [Power::Sets, Power::Refuses, Power::Stays];

/// What happens from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Never,
    /// The link goes away when so many messages have gone out.
    LinkLost(u32),
    /// A person stops it then.
    Cancelled(u32),
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub sent: Vec<Vec<u8>>,
    pub answers: Vec<(usize, Result<(), Failure>)>,
    pub bound: Bound,
    /// From the beginning to the end.
    pub took: Duration,
    /// The longest single wait.
    pub longest_wait: Duration,
    /// The shortest silence between two messages that nothing sound came between.
    pub least_silence: Option<Duration>,
}

impl Outcome {
    pub fn allowance(&self) -> Allowance {
        match self.bound {
            Bound::Requests(allowance) => allowance,
            Bound::Replies => Allowance::default(),
        }
    }
}

/// Events of one run after which it is taken for endless.
const MOST_EVENTS: usize = 400_000;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Coming {
    Sent,
    Bytes(Vec<u8>),
    Babble,
}

pub struct Line<'a> {
    exchange: Box<dyn Exchange>,
    peer: &'a mut dyn Peer,
    framer: Box<dyn Framer>,
    settings: LineSettings,
    power: Power,
    cut: Cut,
    now: At,
    wait: Option<Wait>,
    heard: At,
    pending: usize,
    coming: BinaryHeap<std::cmp::Reverse<(At, usize, Coming)>>,
    count: usize,
    spent: Spent,
    /// When the last message had left, as long as nothing sound has come since.
    unanswered: Option<At>,
    is_sending: bool,
    early: Vec<(PieceKind, Vec<u8>)>,
    echo: Vec<u8>,
    outcome: Outcome,
    is_finished: bool,
}

/// Carries a plan out against a peer. What is wrong is told in the error.
pub fn run(
    family: &'static dyn Family,
    plan: &Plan,
    power: Power,
    peer: &mut dyn Peer,
    cut: Cut,
    was_cut: bool,
) -> Result<Outcome, String> {
    let mut exchange = family.exchange(plan.clone()).map_err(|error| error.to_string())?;
    let bound = exchange.bound();
    if was_cut {
        exchange.after_a_cut();
    }
    if power == Power::Stays {
        exchange.line_stays();
    }
    let line = Line {
        exchange,
        peer,
        framer: family.framer(Source::Both, plan.profile.line),
        settings: plan.profile.line,
        power,
        cut,
        now: At::ZERO,
        wait: None,
        heard: At::ZERO,
        pending: 0,
        coming: BinaryHeap::new(),
        count: 0,
        spent: Spent::new(bound),
        unanswered: None,
        is_sending: false,
        early: Vec::new(),
        echo: Vec::new(),
        outcome: Outcome {
            sent: Vec::new(),
            answers: Vec::new(),
            bound,
            took: Duration::ZERO,
            longest_wait: Duration::ZERO,
            least_silence: None,
        },
        is_finished: false,
    };
    line.carry_out()
}

impl Line<'_> {
    fn carry_out(mut self) -> Result<Outcome, String> {
        self.tell(Event::Start)?;
        self.at(Duration::ZERO, Coming::Babble);
        for _ in 0..MOST_EVENTS {
            if self.is_finished {
                self.outcome.took = self.now.since(At::ZERO);
                return Ok(self.outcome);
            }
            self.step()?;
        }
        Err(format!(
            "it does not end: {} messages in {:?}",
            self.outcome.sent.len(),
            self.now.since(At::ZERO)
        ))
    }

    fn at(&mut self, later: Duration, coming: Coming) {
        self.count += 1;
        self.coming.push(std::cmp::Reverse((self.now + later, self.count, coming)));
    }

    fn due(&self) -> Option<At> {
        Some(self.wait?.due(self.heard, self.pending > 0))
    }

    /// Whatever is due next: what comes before deadlines.
    fn step(&mut self) -> Result<(), String> {
        let coming = self.coming.peek().map(|next| next.0.0);
        let next = [coming, self.framer.deadline(), self.due()].into_iter().flatten().min();
        let Some(next) = next else { return Err("it waits for nothing".to_owned()) };
        self.now = self.now.max(next);
        if coming.is_some_and(|at| at <= self.now)
            && let Some(std::cmp::Reverse((_, _, coming))) = self.coming.pop()
        {
            return self.happen(coming);
        }
        if self.framer.deadline().is_some_and(|due| due <= self.now) {
            let now = self.now;
            return self.cut_by(|framer, out| framer.expire(now, out));
        }
        self.wait = None;
        self.tell(Event::Deadline)
    }

    fn happen(&mut self, coming: Coming) -> Result<(), String> {
        match coming {
            Coming::Sent => self.sent(),
            Coming::Bytes(bytes) => {
                let bytes = self.without_echo(bytes)?;
                self.heard = self.now;
                self.pending += bytes.len();
                let now = self.now;
                self.cut_by(|framer, out| framer.push(&bytes, now, out))
            }
            Coming::Babble => self.babble(),
        }
    }

    /// What was heard before the end of the message is told after it, as the bus does.
    fn sent(&mut self) -> Result<(), String> {
        self.unanswered = self.unanswered.map(|_| self.now);
        self.is_sending = false;
        self.tell(Event::Sent)?;
        for (kind, bytes) in std::mem::take(&mut self.early) {
            self.hear(kind, &bytes)?;
        }
        if self.cut == Cut::Cancelled(u32::try_from(self.outcome.sent.len()).unwrap_or(u32::MAX)) {
            self.cut = Cut::Never;
            return self.tell(Event::Cancelled);
        }
        Ok(())
    }

    fn hear(&mut self, kind: PieceKind, bytes: &[u8]) -> Result<(), String> {
        match kind {
            _ if self.is_sending => {
                self.early.push((kind, bytes.to_vec()));
                Ok(())
            }
            PieceKind::Noise => self.tell(Event::Noise(bytes)),
            PieceKind::Frame(_) => self.tell(Event::Frame(bytes)),
        }
    }

    /// What was sent and comes back first is an echo.
    fn without_echo(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        if self.echo.is_empty() || !bytes.starts_with(&self.echo) {
            return Ok(bytes);
        }
        let rest = bytes[std::mem::take(&mut self.echo).len()..].to_vec();
        self.tell(Event::Echo)?;
        Ok(rest)
    }

    /// The peer speaks unasked, often enough for the line never to fall silent.
    fn babble(&mut self) -> Result<(), String> {
        let Some(bytes) = self.peer.unasked() else { return Ok(()) };
        let whole = self.wait.map_or(Duration::from_millis(100), |wait| wait.latest.since(self.now));
        let gap = self.wait.map_or(Duration::from_millis(10), |wait| wait.gap);
        let next = (whole / 30).clamp(Duration::from_millis(2), gap.max(Duration::from_millis(3)) * 4 / 5);
        self.at(next, Coming::Babble);
        self.happen(Coming::Bytes(bytes))
    }

    fn cut_by(
        &mut self,
        push: impl FnOnce(&mut dyn Framer, &mut dyn FnMut(Piece<'_>)),
    ) -> Result<(), String> {
        let mut pieces = Vec::new();
        push(self.framer.as_mut(), &mut |piece| pieces.push((piece.kind, piece.bytes.to_vec())));
        for (kind, bytes) in pieces {
            self.pending = self.pending.saturating_sub(bytes.len());
            if matches!(kind, PieceKind::Frame(judged) if judged != Integrity::Bad) {
                self.spent.hear();
                self.unanswered = None;
            }
            self.hear(kind, &bytes)?;
        }
        Ok(())
    }

    fn tell(&mut self, event: Event<'_>) -> Result<(), String> {
        if self.is_finished {
            return Ok(());
        }
        self.exchange.handle(event, self.now);
        while let Some(action) = self.exchange.next_action() {
            self.act(action)?;
        }
        Ok(())
    }

    fn act(&mut self, action: Action) -> Result<(), String> {
        if self.is_finished {
            return Err(format!("after its end it goes on: {action:?}"));
        }
        match action {
            Action::Send(bytes) => self.send(&bytes)?,
            Action::SetLine(line) if self.power == Power::Sets => self.settings = line,
            Action::SetLine(_) => self.exchange.handle(Event::LineRefused, self.now),
            Action::Wait(wait) => {
                self.outcome.longest_wait = self.outcome.longest_wait.max(wait.latest.since(self.now));
                self.wait = Some(wait);
            }
            Action::Answered { index, result } => self.outcome.answers.push((index, result)),
            Action::Finished => self.is_finished = true,
            Action::Step(_)
            | Action::Try { .. }
            | Action::Reading(_)
            | Action::Warning(_)
            | Action::Progress { .. }
            | Action::Rest { .. } => {}
        }
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.spent.send(bytes.len()).map_err(|excess| format!("{excess}; next was {bytes:02X?}"))?;
        if let Some(last) = self.unanswered {
            let silence = self.now.since(last);
            let least = self.outcome.least_silence.get_or_insert(silence);
            *least = silence.min(*least);
        }
        self.wait = None;
        self.outcome.sent.push(bytes.to_vec());
        let count = u32::try_from(self.outcome.sent.len()).unwrap_or(u32::MAX);
        if matches!(self.cut, Cut::LinkLost(most) if count >= most) {
            self.exchange.handle(Event::LinkLost, self.now);
            return Ok(());
        }
        (self.is_sending, self.unanswered) = (true, Some(self.now));
        let wire = self.settings.wire_time(bytes.len());
        self.at(wire, Coming::Sent);
        self.echo = bytes.to_vec();
        for (later, answer) in self.peer.answer(bytes, self.now + wire) {
            self.at(wire + later, Coming::Bytes(answer));
        }
        Ok(())
    }
}
