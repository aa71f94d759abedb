//! Which reply answers which request, and what is known about each meter by then.

use std::collections::HashMap;

use super::frame::{self, Kind, Packet};
use super::{CLASSIC, decimals_of_config, evidence, step_of_decimals};
use crate::frame::Direction;
use crate::protocol::{Dialect, Relation, Seen, Source, Tracker};

/// What the frames so far tell about a meter.
#[derive(Debug, Clone, Copy, Default)]
struct Meter {
    dialect: Dialect,
    decimals: Option<u8>,
}

/// The tracker of one link.
///
/// [`Relation::step`] carries the decimals of a classic meter's energies, see
/// [`step_of_decimals`]. It holds at most one entry for each of the 65536 addresses.
#[derive(Debug)]
pub(super) struct CeTracker {
    picked: Dialect,
    /// The last request that has no answer yet, and its number.
    open: Option<(u32, Packet)>,
    meters: HashMap<u16, Meter>,
}

impl CeTracker {
    /// For a link whose meter has been picked, or not.
    pub(super) fn new(picked: Dialect) -> Self {
        Self { picked, open: None, meters: HashMap::new() }
    }

    fn request(&mut self, seen: &Seen<'_>, packet: Packet) -> Option<u32> {
        let is_echo = seen.source == Source::Replies;
        if !is_echo {
            self.open = Some((seen.number, packet));
        }
        None
    }

    fn reply(&mut self, packet: &Packet) -> Option<u32> {
        let (number, _) = self.open.filter(|(_, request)| packet.answers(request))?;
        self.open = None;
        Some(number)
    }

    fn learn(&mut self, packet: &Packet) {
        if packet.kind != Kind::Reply {
            return;
        }
        let known = evidence(packet);
        let dialect = if self.picked == Dialect::default() {
            known.or_else(|| self.meters.get(&packet.from).map(|meter| meter.dialect)).unwrap_or_default()
        } else {
            self.picked
        };
        let is_config = packet.command == 0x0101 && dialect == CLASSIC;
        let decimals = if is_config { decimals_of_config(packet.data.as_slice()) } else { None };
        if known.is_some() || decimals.is_some() {
            let meter = self.meters.entry(packet.from).or_default();
            meter.dialect = dialect;
            meter.decimals = decimals.or(meter.decimals);
        }
    }
}

impl Tracker for CeTracker {
    fn track(&mut self, seen: Seen<'_>) -> Relation {
        let Ok(packet) = frame::parse(seen.bytes, hint(seen.source)) else {
            return Relation { dialect: self.picked, ..Relation::default() };
        };
        let direction = packet.direction();
        let answers = match packet.kind {
            Kind::Request { .. } => self.request(&seen, packet),
            Kind::Reply | Kind::Refusal => self.reply(&packet),
        };
        self.learn(&packet);
        let meter = self.meters.get(&packet.meter()).copied().unwrap_or_default();
        let dialect = if self.picked == Dialect::default() { meter.dialect } else { self.picked };
        let step = meter.decimals.map_or(0, step_of_decimals);
        Relation { direction, answers, step, dialect, ..Relation::default() }
    }
}

const fn hint(source: Source) -> Direction {
    match source {
        Source::Requests => Direction::Request,
        Source::Replies => Direction::Reply,
        Source::Both => Direction::Unknown,
    }
}
