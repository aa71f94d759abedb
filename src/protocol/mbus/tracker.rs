//! Which request an answer belongs to: the last one asked.

use super::dissect::is_push;
use super::link::Frame;
use crate::frame::Direction;
use crate::protocol::{Relation, Seen, Source, Tracker};

/// Pairs requests and answers of one line.
#[derive(Debug, Default)]
pub(crate) struct MbusTracker {
    /// The request that has not been answered.
    asked: Option<u32>,
}

impl Tracker for MbusTracker {
    fn track(&mut self, seen: Seen<'_>) -> Relation {
        let frame = Frame::parse(seen.bytes);
        if !frame.is_sound() {
            return Relation::default();
        }
        match frame {
            Frame::Ack if seen.source == Source::Requests => towards(Direction::Request),
            Frame::Ack => self.answer(),
            Frame::Short { .. } => self.ask(&seen),
            Frame::Long(long) => match long.head() {
                Some([c, _, ci]) if is_push(c, ci) => towards(Direction::Push),
                Some([c, ..]) if c & 0x40 != 0 => self.ask(&seen),
                _ => self.answer(),
            },
            Frame::Broken => Relation::default(),
        }
    }
}

impl MbusTracker {
    fn ask(&mut self, seen: &Seen<'_>) -> Relation {
        self.asked = Some(seen.number);
        towards(Direction::Request)
    }

    fn answer(&mut self) -> Relation {
        Relation { answers: self.asked.take(), ..towards(Direction::Reply) }
    }
}

fn towards(direction: Direction) -> Relation {
    Relation { direction, ..Relation::default() }
}
