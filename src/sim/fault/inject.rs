//! The faults applied: what becomes of a request or a reply. Pure; time is in the pieces.

use std::time::Duration;

use super::burst::Burst;
use super::faults::{Deed, Faults, Readdress};
use super::kind::{EchoPart, Fault};
use super::rng::Rng;
use super::spec::{Rate, Spec, Toward};
use crate::frame::At;
use crate::sim::line::{Pace, Piece};

/// The link goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// When.
    pub at: At,
    /// What the system would say.
    pub why: &'static str,
    /// When it is back; `None` for never.
    pub back_in: Option<Duration>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passed {
    /// What goes on in the direction in which it went.
    pub through: Vec<Piece>,
    /// What comes back to the sender.
    pub back: Vec<Piece>,
    /// Whether the link goes away over it.
    pub cut: Option<Cut>,
}

/// What happens when a link is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// It opens, and these bytes are waiting.
    Opens(Vec<u8>),
    /// It is refused for this long.
    Refused(Duration),
}

/// What is said of a connection that the far end closed.
const CLOSED: &str = "the far end closed the connection";
/// What is said of a connection that the far end reset.
pub(crate) const RESET: &str = "connection reset by peer";
/// What is said of a connection that was refused.
pub(crate) const REFUSED: &str = "connection refused";
/// What is said of an adapter that is gone.
const UNPLUGGED: &str = "the adapter was unplugged";

/// A fault with the number of occasions it has had.
#[derive(Debug)]
pub(super) struct Armed {
    pub(super) spec: Spec,
    occasions: u32,
}

/// Messages that wait to be handed over together.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) bytes: Vec<u8>,
    pub(super) messages: usize,
    pub(super) due: At,
}

/// Does the faults of a set, in the order in which they were given.
#[derive(Debug)]
pub struct Injector {
    pub(super) faults: Faults,
    generation: u64,
    pub(super) armed: Vec<Armed>,
    pub(super) rng: Rng,
    pub(super) previous: Option<Vec<u8>>,
    pub(super) held: Held,
    frozen_until: At,
    /// What has latency stays in order: the time of the last piece, each way.
    pub(super) last_in_order: [At; 2],
    next_idle: Option<At>,
}

impl Injector {
    /// Ready, from the beginning of the seed.
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        let mut injector = Self {
            rng: Rng::new(faults.seed()),
            faults,
            generation: 0,
            armed: Vec::new(),
            previous: None,
            held: Held::default(),
            frozen_until: At::ZERO,
            last_in_order: [At::ZERO; 2],
            next_idle: None,
        };
        injector.refresh();
        injector
    }

    /// Other meters answer from here on: this is how their frames get another address.
    pub fn readdress_by(&mut self, readdress: Readdress) {
        self.faults = self.faults.clone().with_readdress(readdress);
    }

    /// Whether a reply must be gathered whole before the faults can be done to it.
    #[must_use]
    pub fn needs_whole_replies(&mut self) -> bool {
        self.refresh();
        let whole = |armed: &Armed| match armed.spec.fault {
            Fault::Drop
            | Fault::Flip(_)
            | Fault::Insert(_)
            | Fault::Fin(_)
            | Fault::Rst(_)
            | Fault::Unplug(_) => armed.spec.position.is_some() && armed.spec.toward == Toward::Reader,
            Fault::Quantise(_)
            | Fault::Map7e1
            | Fault::MapInverted
            | Fault::FfDouble
            | Fault::Preload(_)
            | Fault::Idle(..)
            | Fault::Freeze(_)
            | Fault::Refuse(_)
            | Fault::LateLine(_)
            | Fault::Echo(_) => false,
            _ => armed.spec.toward == Toward::Reader,
        };
        self.armed.iter().any(whole)
    }

    /// The link is opened.
    pub fn open(&mut self, at: At) -> Opening {
        self.refresh();
        self.next_idle = None;
        self.arm_idle(at);
        let mut waiting = Vec::new();
        for index in 0..self.armed.len() {
            match self.fault(index) {
                Some(Fault::Refuse(time)) if self.strikes(index) => {
                    self.note(index, at, 0, &[], &[]);
                    return Opening::Refused(time);
                }
                Some(Fault::Preload(count)) if self.strikes(index) => {
                    let old: Vec<u8> = (0..count).map(|_| self.rng.byte()).collect();
                    self.note(index, at, 0, &[], &old);
                    waiting.extend(old);
                }
                _ => {}
            }
        }
        Opening::Opens(waiting)
    }

    /// A request is on its way to the meters, its pieces when they are on the wire.
    pub fn request(&mut self, pieces: Vec<Piece>, pace: Pace) -> Passed {
        self.refresh();
        let whole = Burst::new(pieces);
        let Some((start, end)) = whole.first_at().zip(whole.last_at()) else { return Passed::default() };
        if self.next_idle.is_none() {
            self.arm_idle(start);
        }
        let mut through = whole.clone();
        let (mut back, mut cut) = (Vec::new(), None);
        for index in 0..self.armed.len() {
            let Some(spec) = self.armed.get(index).map(|armed| armed.spec.clone()) else { continue };
            match spec.fault {
                fault if spec.toward == Toward::Meter => self.pass(index, &fault, &mut through, pace),
                Fault::Echo(part) if self.strikes(index) => back.extend(self.echo(index, part, &whole)),
                Fault::Freeze(time) if self.strikes(index) => {
                    self.frozen_until = start + time;
                    self.note(index, start, 0, &[], &[]);
                }
                fault if spec.position.is_none() && cut.is_none() && self.cuts(index, &fault) => {
                    cut = self.cut(index, &fault, end, 0);
                }
                _ => {}
            }
        }
        let mut passed = Passed { through: through.into_pieces(), back, cut };
        passed.through.retain(|piece| piece.at >= self.frozen_until);
        passed.back.retain(|piece| piece.at >= self.frozen_until);
        passed
    }

    /// A reply or push is on its way to the reader.
    pub fn reply(&mut self, pieces: Vec<Piece>, pace: Pace) -> Passed {
        self.refresh();
        let mut burst = Burst::new(pieces);
        let original = burst.bytes();
        let mut cut = None;
        for index in 0..self.armed.len() {
            let Some(spec) = self.armed.get(index).map(|armed| armed.spec.clone()) else { continue };
            if spec.toward == Toward::Meter {
                continue;
            }
            match (spec.position, &spec.fault) {
                (Some(position), fault) if is_cut(fault) => {
                    if cut.is_none() && position < burst.len() && self.cuts(index, fault) {
                        cut = self.cut(index, fault, burst.at(position), position);
                        burst.truncate(position);
                    }
                }
                (_, fault) => self.pass(index, fault, &mut burst, pace),
            }
        }
        if !original.is_empty() {
            self.previous = Some(original);
        }
        let mut through = burst.into_pieces();
        through.retain(|piece| piece.at >= self.frozen_until);
        Passed { through, back: Vec::new(), cut }
    }

    /// How much later than it should a meter changes its line settings.
    pub fn line_delay(&mut self, at: At) -> Duration {
        self.refresh();
        let mut delay = Duration::ZERO;
        for index in 0..self.armed.len() {
            if let Some(Fault::LateLine(time)) = self.fault(index)
                && self.strikes(index)
            {
                self.note(index, at, 0, &[], &[]);
                delay += time;
            }
        }
        delay
    }

    /// When something happens though nothing passes.
    #[must_use]
    pub fn deadline(&self) -> Option<At> {
        let held = (self.held.messages > 0).then_some(self.held.due);
        [held, self.next_idle].into_iter().flatten().min()
    }

    /// What reaches the reader by itself now.
    pub fn expire(&mut self, now: At) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if self.held.messages > 0 && self.held.due <= now {
            pieces.extend(self.release(self.held.due));
        }
        while let Some(at) = self.next_idle.filter(|at| *at <= now) {
            self.next_idle = None;
            pieces.extend(self.idle(at));
            self.arm_idle(at);
        }
        pieces.retain(|piece| piece.at >= self.frozen_until);
        pieces
    }

    /// Does a fault of the stream to a message. Faults of the link are none.
    fn pass(&mut self, index: usize, fault: &Fault, burst: &mut Burst, pace: Pace) {
        if burst.is_empty() {
            return;
        }
        match fault {
            Fault::Drop | Fault::Flip(_) | Fault::Insert(_) => self.damage(index, fault, burst),
            fault if is_of_link(fault) => {}
            fault => {
                if self.strikes(index) {
                    self.transform(index, fault, burst, pace);
                }
            }
        }
    }

    fn echo(&mut self, index: usize, part: EchoPart, request: &Burst) -> Vec<Piece> {
        let mut echo = request.clone();
        match part {
            EchoPart::All => {}
            EchoPart::DropLast => echo.truncate(request.len().saturating_sub(1)),
            EchoPart::Partial => echo.truncate(request.len() / 2),
        }
        self.note(index, request.first_at().unwrap_or_default(), 0, &request.bytes(), &echo.bytes());
        echo.into_pieces()
    }

    fn cuts(&mut self, index: usize, fault: &Fault) -> bool {
        is_cut(fault) && self.strikes(index)
    }

    fn cut(&mut self, index: usize, fault: &Fault, at: At, position: usize) -> Option<Cut> {
        let (why, back_in) = match fault {
            Fault::Fin(time) => (CLOSED, Some(*time)),
            Fault::Rst(time) => (RESET, Some(*time)),
            Fault::Unplug(time) => (UNPLUGGED, *time),
            _ => return None,
        };
        self.note(index, at, position, &[], &[]);
        Some(Cut { at, why, back_in })
    }

    /// The bytes of the idle line that fall due at a moment.
    fn idle(&mut self, at: At) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for index in 0..self.armed.len() {
            let Some(Fault::Idle(bytes, _)) = self.fault(index) else { continue };
            if !self.strikes(index) {
                continue;
            }
            let bytes =
                if bytes.is_empty() { vec![if self.rng.below(2) == 0 { 0 } else { 0xFF }] } else { bytes };
            self.note(index, at, 0, &[], &bytes);
            pieces.push(Piece { at, bytes });
        }
        pieces
    }

    fn arm_idle(&mut self, from: At) {
        let periods = self.armed.iter().filter_map(|armed| match armed.spec.fault {
            Fault::Idle(_, period) => Some(period),
            _ => None,
        });
        self.next_idle = periods.min().map(|period| from + period);
    }

    fn fault(&self, index: usize) -> Option<Fault> {
        self.armed.get(index).map(|armed| armed.spec.fault.clone())
    }

    pub(super) fn strikes(&mut self, index: usize) -> bool {
        let Some(armed) = self.armed.get_mut(index) else { return false };
        armed.occasions = armed.occasions.saturating_add(1);
        armed.spec.rate != Rate::Millionths(0) && armed.spec.rate.strikes(armed.occasions, &mut self.rng)
    }

    pub(super) fn note(&self, index: usize, at: At, position: usize, before: &[u8], after: &[u8]) {
        let Some(armed) = self.armed.get(index) else { return };
        self.faults.note(Deed {
            at,
            kind: armed.spec.kind(),
            toward: armed.spec.toward,
            position,
            before: before.to_vec(),
            after: after.to_vec(),
        });
    }

    /// Takes over faults that were changed meanwhile.
    fn refresh(&mut self) {
        if let Some((generation, specs)) = self.faults.since(self.generation) {
            self.generation = generation;
            self.armed = specs.into_iter().map(|spec| Armed { spec, occasions: 0 }).collect();
        }
    }
}

const fn is_cut(fault: &Fault) -> bool {
    matches!(fault, Fault::Fin(_) | Fault::Rst(_) | Fault::Unplug(_))
}

/// Done to the link or to the idle line, not to a message that passes.
const fn is_of_link(fault: &Fault) -> bool {
    is_cut(fault)
        || matches!(
            fault,
            Fault::Echo(_)
                | Fault::Freeze(_)
                | Fault::Refuse(_)
                | Fault::Preload(_)
                | Fault::LateLine(_)
                | Fault::Idle(..)
        )
}

#[cfg(test)]
#[path = "inject_tests.rs"]
mod tests;
