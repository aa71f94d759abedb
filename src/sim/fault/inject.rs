//! The faults applied: what becomes of a request or a reply. Pure; time is in the pieces.

use std::time::Duration;

use super::burst::Burst;
use super::bytes;
use super::faults::{Deed, Faults};
use super::kind::{EchoPart, Fault};
use super::rng::Rng;
use super::spec::{Rate, Spec, Toward};
use crate::frame::At;
use crate::protocol::LineSettings;
use crate::sim::line::{Pace, Piece};

/// The link goes away.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// How long a coalesced message waits for the next one.
const HOLD: Duration = Duration::from_secs(1);

#[derive(Debug)]
struct Armed {
    spec: Spec,
    occasions: u32,
}

#[derive(Debug, Default)]
struct Held {
    bytes: Vec<u8>,
    messages: usize,
    due: At,
}

/// Does the faults of a set, in the order in which they were given.
#[derive(Debug)]
pub struct Injector {
    faults: Faults,
    generation: u64,
    armed: Vec<Armed>,
    rng: Rng,
    previous: Option<Vec<u8>>,
    held: Held,
    frozen_until: At,
    /// What has latency stays in order: the time of the last piece, each way.
    last_in_order: [At; 2],
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

    /// Whether a reply must be gathered whole before the faults can be done to it.
    #[must_use]
    pub fn needs_whole_replies(&mut self) -> bool {
        self.refresh();
        let whole = |armed: &Armed| match armed.spec.fault {
            Fault::Drop | Fault::Flip(_) | Fault::Insert(_) => armed.spec.position.is_some(),
            Fault::Quantise(_)
            | Fault::Map7e1
            | Fault::MapInverted
            | Fault::FfDouble
            | Fault::Preload(_)
            | Fault::Idle(..)
            | Fault::Freeze(_)
            | Fault::Refuse(_)
            | Fault::Echo(_) => false,
            Fault::Fin(_) | Fault::Rst(_) | Fault::Unplug(_) => armed.spec.position.is_some(),
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

    /// A fault that is done to single bytes.
    fn damage(&mut self, index: usize, fault: &Fault, burst: &mut Burst) {
        let position = self.armed.get(index).and_then(|armed| armed.spec.position);
        if let Some(position) = position
            && (position >= burst.len() || !self.strikes(index))
        {
            return;
        }
        burst.rewrite(|here, byte, at| {
            let hit = position.map_or_else(|| self.strikes(index), |position| position == here);
            if !hit {
                return vec![byte];
            }
            let after = self.damaged(fault, byte);
            self.note(index, at, here, &[byte], &after);
            after
        });
    }

    fn damaged(&mut self, fault: &Fault, byte: u8) -> Vec<u8> {
        match fault {
            Fault::Flip(bits) => vec![byte ^ self.bits(*bits)],
            Fault::Insert(bytes) if bytes.is_empty() => vec![self.rng.byte(), byte],
            Fault::Insert(bytes) => bytes.iter().copied().chain([byte]).collect(),
            _ => Vec::new(),
        }
    }

    /// A byte with so many bits set, chosen at random.
    fn bits(&mut self, count: u8) -> u8 {
        let mut mask = 0_u8;
        while mask.count_ones() < u32::from(count.min(8)) {
            mask |= 1 << self.rng.below(8);
        }
        mask
    }

    /// A fault that is done to a message as a whole.
    fn transform(&mut self, index: usize, fault: &Fault, burst: &mut Burst, pace: Pace) {
        let before = burst.bytes();
        let at = burst.first_at().unwrap_or_default();
        match fault {
            Fault::Latency(..) | Fault::Late(..) | Fault::Pace(_) | Fault::Quantise(_) | Fault::Split(..) => {
                self.retime(index, fault, burst);
            }
            Fault::Coalesce(count) => self.hold(*count, burst),
            Fault::Prefix(bytes) => burst.prepend(bytes, pace),
            Fault::Suffix(bytes) => burst.append(bytes, pace),
            Fault::Dup => burst.append(&before, pace),
            Fault::Truncate(keep) => {
                let keep = keep.unwrap_or_else(|| self.rng.index(before.len()));
                burst.truncate(keep);
            }
            Fault::Swallow => burst.truncate(0),
            other => {
                let after = self.rewritten(other, &before, pace);
                burst.replace(&after, pace);
            }
        }
        self.note(index, at, 0, &before, &burst.bytes());
    }

    fn retime(&mut self, index: usize, fault: &Fault, burst: &mut Burst) {
        match fault {
            Fault::Pace(baud) => burst.repace(Pace::Wire(LineSettings::n81(*baud))),
            Fault::Quantise(step) => burst.quantise(*step),
            Fault::Split(sizes, gap) => burst.split(sizes, *gap),
            Fault::Late(from, to) => burst.delay(self.between(*from, *to)),
            Fault::Latency(from, to) => {
                burst.delay(self.between(*from, *to));
                let meter = self.armed.get(index).is_some_and(|armed| armed.spec.toward == Toward::Meter);
                let [reader_last, meter_last] = &mut self.last_in_order;
                let last = if meter { meter_last } else { reader_last };
                burst.not_before(*last);
                *last = burst.last_at().unwrap_or(*last);
            }
            _ => {}
        }
    }

    /// The bytes that a message is turned into.
    fn rewritten(&self, fault: &Fault, message: &[u8], pace: Pace) -> Vec<u8> {
        match fault {
            Fault::Stale => self.previous.clone().unwrap_or_default(),
            Fault::Merge(skew) => {
                let other = self.previous.as_deref().unwrap_or(message);
                bytes::collide(message, other, pace.characters(*skew))
            }
            Fault::Misaddress(offset) => {
                self.faults.readdressed(message, *offset).unwrap_or_else(|| message.to_vec())
            }
            Fault::Map7e1 => message.iter().map(|byte| bytes::seven_even(*byte)).collect(),
            Fault::MapInverted => message.iter().map(|byte| bytes::inverted(*byte)).collect(),
            Fault::FfDouble => bytes::double_ff(message),
            _ => message.to_vec(),
        }
    }

    fn hold(&mut self, count: usize, burst: &mut Burst) {
        let at = burst.last_at().unwrap_or_default();
        self.held.bytes.extend(burst.bytes());
        self.held.messages += 1;
        self.held.due = at + HOLD;
        let full = self.held.messages >= count;
        *burst = Burst::new(if full { self.release(at) } else { Vec::new() });
    }

    fn release(&mut self, at: At) -> Vec<Piece> {
        let held = std::mem::take(&mut self.held);
        vec![Piece { at, bytes: held.bytes }]
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

    fn between(&mut self, from: Duration, to: Duration) -> Duration {
        let width = u64::try_from(to.saturating_sub(from).as_nanos()).unwrap_or(u64::MAX);
        from + Duration::from_nanos(self.rng.below(width.saturating_add(1)))
    }

    fn fault(&self, index: usize) -> Option<Fault> {
        self.armed.get(index).map(|armed| armed.spec.fault.clone())
    }

    fn strikes(&mut self, index: usize) -> bool {
        let Some(armed) = self.armed.get_mut(index) else { return false };
        armed.occasions = armed.occasions.saturating_add(1);
        armed.spec.rate != Rate::Millionths(0) && armed.spec.rate.strikes(armed.occasions, &mut self.rng)
    }

    fn note(&self, index: usize, at: At, position: usize, before: &[u8], after: &[u8]) {
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
            Fault::Echo(_) | Fault::Freeze(_) | Fault::Refuse(_) | Fault::Preload(_) | Fault::Idle(..)
        )
}
