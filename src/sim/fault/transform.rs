//! What the faults of the stream make of a message.

use std::time::Duration;

use super::burst::Burst;
use super::bytes;
use super::inject::Injector;
use super::kind::Fault;
use super::spec::Toward;
use crate::frame::At;
use crate::protocol::LineSettings;
use crate::sim::line::{Pace, Piece};

/// How long a coalesced message waits for the next one.
const HOLD: Duration = Duration::from_secs(1);

impl Injector {
    /// A fault that is done to single bytes.
    pub(super) fn damage(&mut self, index: usize, fault: &Fault, burst: &mut Burst) {
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
    pub(super) fn transform(&mut self, index: usize, fault: &Fault, burst: &mut Burst, pace: Pace) {
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
        let meter = self.armed.get(index).is_some_and(|armed| armed.spec.toward == Toward::Meter);
        match fault {
            // A meter hears every character on the wire; only who reads from a driver gets them in pieces.
            Fault::Split(sizes, gap) if meter => burst.pause(sizes, *gap),
            Fault::Pace(baud) => burst.repace(Pace::Wire(LineSettings::n81(*baud))),
            Fault::Quantise(step) => burst.quantise(*step),
            Fault::Split(sizes, gap) => burst.split(sizes, *gap),
            Fault::Late(from, to) => burst.delay(self.between(*from, *to)),
            Fault::Latency(from, to) => {
                burst.delay(self.between(*from, *to));
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
            Fault::Replace(bytes) => bytes.clone(),
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

    pub(super) fn release(&mut self, at: At) -> Vec<Piece> {
        let held = std::mem::take(&mut self.held);
        vec![Piece { at, bytes: held.bytes }]
    }

    fn between(&mut self, from: Duration, to: Duration) -> Duration {
        let width = u64::try_from(to.saturating_sub(from).as_nanos()).unwrap_or(u64::MAX);
        from + Duration::from_nanos(self.rng.below(width.saturating_add(1)))
    }
}
