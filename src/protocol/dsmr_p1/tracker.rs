//! Every telegram is a push that answers nothing; of encrypted ones the frame counter is watched.

use super::envelope::Envelope;
use super::wrapped::Wrapped;
use crate::frame::Direction;
use crate::protocol::{Dialect, Relation, Seen, Source, Tracker};

/// Step of a telegram whose frame counter is that of the one before.
pub(super) const AGAIN: u8 = 1;

/// Step of a telegram whose frame counter is lower than that of the one before.
pub(super) const BACK: u8 = 2;

/// The tracker of this family.
#[derive(Debug)]
pub(super) struct P1Tracker {
    dialect: Dialect,
    /// System title and frame counter of the last encrypted telegram.
    last: Option<([u8; 8], u32)>,
}

impl P1Tracker {
    /// For one link.
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self { dialect, last: None }
    }

    /// How the counter of an encrypted telegram stands to the last one. A broken one does not count.
    fn step(&mut self, bytes: &[u8]) -> u8 {
        let alone = || Envelope::of(bytes).filter(|envelope| envelope.total == bytes.len());
        let wrapped = || Wrapped::of(bytes).filter(|found| found.mark(bytes).is_some());
        let Some(envelope) = alone().or_else(|| wrapped().map(|found| found.envelope)) else { return 0 };
        let before = self.last.replace((envelope.title, envelope.counter));
        match before {
            Some((title, counter)) if title == envelope.title => match envelope.counter.cmp(&counter) {
                std::cmp::Ordering::Equal => AGAIN,
                std::cmp::Ordering::Less => BACK,
                std::cmp::Ordering::Greater => 0,
            },
            _ => 0,
        }
    }
}

impl Tracker for P1Tracker {
    fn track(&mut self, frame: Seen<'_>) -> Relation {
        if frame.source == Source::Requests {
            return Relation { direction: Direction::Request, dialect: self.dialect, ..Relation::default() };
        }
        let step = self.step(frame.bytes);
        Relation { direction: Direction::Push, step, dialect: self.dialect, ..Relation::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::At;
    use crate::protocol::dsmr_p1::envelope;

    fn sealed(title: [u8; 8], counter: u32) -> Vec<u8> {
        let mut bytes = envelope::head(title, 0x30, counter, 20);
        bytes.resize(bytes.len() + 20 + 12, 0);
        bytes
    }

    fn steps(frames: &[Vec<u8>]) -> Vec<u8> {
        let mut tracker = P1Tracker::new(Dialect(5));
        let see = |bytes: &Vec<u8>| {
            let seen = Seen { number: 0, bytes, source: Source::Replies, first: At::ZERO, last: At::ZERO };
            let relation = tracker.track(seen);
            assert_eq!((relation.direction, relation.dialect), (Direction::Push, Dialect(5)));
            relation.step
        };
        frames.iter().map(see).collect()
    }

    #[test]
    fn a_frame_counter_that_does_not_rise_is_noticed_for_each_meter_by_itself() {
        let (one, two) = (*b"SAG00001", *b"SAG00002");
        let frames = [sealed(one, 7), sealed(one, 8), sealed(one, 8), sealed(one, 3), sealed(two, 1)];
        assert_eq!(steps(&frames), [0, 0, AGAIN, BACK, 0]);
    }

    #[test]
    fn a_broken_frame_says_nothing_of_counters() {
        let one = *b"SAG00001";
        let mut broken = sealed(one, 9);
        broken.pop();
        assert_eq!(steps(&[sealed(one, 7), broken, sealed(one, 8), b"/KAM5\r\n".to_vec()]), [0, 0, 0, 0]);
    }
}
