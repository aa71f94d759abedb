//! What answers what: by address, time and length, since answers carry nothing else to pair them by.

use std::collections::BTreeMap;
use std::time::Duration;

use super::pulses::{self, Constant};
use super::rows;
use super::wire::{ANY, BROADCAST, CRC, Frame, LONGEST};
use crate::frame::{At, Direction};
use crate::protocol::{Relation, Seen, Source, Stage, Tracker};

/// How many unanswered requests are remembered; several masters may ask at once.
const REMEMBERED: usize = 4;

/// Time within which an answer begins at the slowest speed (M236, table 1.1: 1.6 s), and a network's share.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// Bytes that are kept of a request: the longest of the list has 24.
const KEPT: usize = 32;

/// The steps of a session, in the order of their numbers from 1.
const STEPS: [Stage; 4] = [Stage::Opening, Stage::Command, Stage::Answer, Stage::Closing];

/// The stage of a step.
pub(super) fn stage(step: u8) -> Option<Stage> {
    STEPS.get(usize::from(pulses::stage(step).checked_sub(1)?)).copied()
}

/// The step of a request, or of the answer to it.
fn step(request: &[u8], direction: Direction) -> u8 {
    let stage = match (request, direction) {
        ([rows::OPEN, _, ..], _) => Stage::Opening,
        ([rows::CLOSE], _) => Stage::Closing,
        (_, Direction::Reply) => Stage::Answer,
        _ => Stage::Command,
    };
    STEPS.iter().position(|known| *known == stage).map_or(0, |index| index as u8 + 1)
}

/// The tracker of this family.
#[derive(Debug, Default)]
pub(super) struct Mercury230Tracker {
    asked: [Option<Asked>; REMEMBERED],
    next: usize,
    /// The constants of the meters that have told theirs, by address.
    constants: BTreeMap<u8, Constant>,
}

/// A request that waits for its answer.
#[derive(Debug, Clone, Copy)]
struct Asked {
    number: u32,
    last: At,
    /// Who will answer.
    from: u8,
    bytes: [u8; KEPT],
    count: usize,
}

impl Asked {
    fn new(seen: &Seen<'_>, frame: &Frame<'_>) -> Self {
        let mut bytes = [0; KEPT];
        let count = seen.bytes.len().min(KEPT);
        bytes.iter_mut().zip(seen.bytes).for_each(|(to, from)| *to = *from);
        let from = rows::answers_from(frame.address, frame.body);
        Self { number: seen.number, last: seen.last, from, bytes, count }
    }

    fn is(&self, bytes: &[u8]) -> bool {
        self.bytes.get(..self.count) == Some(bytes)
    }

    fn body(&self) -> &[u8] {
        self.bytes.get(1..self.count.saturating_sub(CRC)).unwrap_or_default()
    }

    /// Whether a frame comes from whom this was asked, in time.
    fn is_asked_of(&self, address: u8, first: At) -> bool {
        (self.from == address || self.from == ANY) && first.since(self.last) <= PATIENCE
    }

    /// Whether a body has a length that the answer to this can have: its own, a status, or one more where the
    /// meter repeats codes.
    fn expects(&self, body: &[u8]) -> bool {
        let sizes = rows::reply_sizes(self.body());
        let is_repeating = body.first() == self.body().first() && body.len() > 1;
        body.len() == 1 || sizes.contains(&body.len()) || (is_repeating && sizes.contains(&(body.len() - 1)))
    }
}

impl Mercury230Tracker {
    /// The place of the latest request that a frame may answer.
    fn asked_of(&self, address: u8, first: At) -> Option<usize> {
        (1..=REMEMBERED)
            .map(|back| (self.next + REMEMBERED - back) % REMEMBERED)
            .find(|place| self.at(*place).is_some_and(|asked| asked.is_asked_of(address, first)))
    }

    fn at(&self, place: usize) -> Option<Asked> {
        self.asked.get(place).copied().flatten()
    }

    fn is_known_request(&self, bytes: &[u8]) -> bool {
        self.asked.iter().flatten().any(|asked| asked.is(bytes))
    }

    fn remember(&mut self, seen: &Seen<'_>, frame: &Frame<'_>) -> Relation {
        // Asked again: only the latest one can still be answered. Nobody answers a broadcast.
        self.asked.iter_mut().filter(|asked| asked.is_some_and(|a| a.is(seen.bytes))).for_each(|a| *a = None);
        if frame.address != BROADCAST
            && let Some(place) = self.asked.get_mut(self.next)
        {
            *place = Some(Asked::new(seen, frame));
            self.next = (self.next + 1) % REMEMBERED;
        }
        Relation { step: step(frame.body, Direction::Request), ..towards(Direction::Request) }
    }

    fn answer(&mut self, frame: &Frame<'_>, place: Option<usize>) -> Relation {
        let asked = place.and_then(|place| self.at(place));
        let answers = asked.map(|asked| asked.number);
        let step = asked.map_or(0, |asked| step(asked.body(), Direction::Reply));
        if let Some(asked) = asked.filter(|_| frame.is_sound())
            && let Some(constant) = Constant::of_answer(asked.body(), frame.body)
        {
            self.constants.insert(frame.address, constant);
        }
        let step = step | self.constants.get(&frame.address).map_or(0, |constant| constant.in_step());
        if let Some(asked) = place.filter(|_| frame.is_sound()).and_then(|place| self.asked.get_mut(place)) {
            *asked = None;
        }
        Relation { answers, step, ..towards(Direction::Reply) }
    }
}

fn towards(direction: Direction) -> Relation {
    Relation { direction, ..Relation::default() }
}

impl Tracker for Mercury230Tracker {
    fn track(&mut self, seen: Seen<'_>) -> Relation {
        let Some(frame) = Frame::parse(seen.bytes).filter(|_| seen.bytes.len() <= LONGEST) else {
            return Relation::default();
        };
        if seen.source == Source::Requests {
            return self.remember(&seen, &frame);
        }
        let place = self.asked_of(frame.address, seen.first);
        let asked = place.and_then(|place| self.at(place));
        // A link test and its answer are the same bytes; the second of them is taken for the answer.
        let is_test = frame.body == [rows::TEST];
        if !is_test && self.is_known_request(seen.bytes) {
            return if seen.source == Source::Replies {
                towards(Direction::Request)
            } else {
                self.remember(&seen, &frame)
            };
        }
        match asked {
            Some(asked) if asked.expects(frame.body) => self.answer(&frame, place),
            _ if seen.source == Source::Both && frame.is_sound() && rows::is_request(frame.body) => {
                self.remember(&seen, &frame)
            }
            Some(_) => self.answer(&frame, place),
            None if seen.source == Source::Replies => towards(Direction::Reply),
            None => Relation::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;
    use crate::protocol::mercury230::wire;

    struct Bus {
        pairs: Mercury230Tracker,
        number: u32,
        at: u64,
    }

    impl Bus {
        fn new() -> Self {
            Self { pairs: Mercury230Tracker::default(), number: 0, at: 0 }
        }

        fn see(&mut self, bytes: &[u8], source: Source) -> (Direction, Option<u32>) {
            self.number += 1;
            self.at += 50;
            let at = At::from_millis(self.at);
            let relation = self.pairs.track(Seen { number: self.number, bytes, source, first: at, last: at });
            (relation.direction, relation.answers)
        }

        fn hear(&mut self, address: u8, body: &str) -> (Direction, Option<u32>) {
            self.see(&wire::frame(address, &hex::parse(body).unwrap()), Source::Both)
        }
    }

    use Direction::{Reply, Request, Unknown};

    const ENERGY: &str = "30 00 28 C5 FF FF FF FF 04 00 9C 95 FF FF FF FF";

    #[test]
    fn an_answer_is_paired_by_address_and_time() {
        let mut bus = Bus::new();
        assert_eq!(bus.hear(5, "05 00 00"), (Request, None));
        assert_eq!(bus.hear(6, "08 16 11"), (Request, None));
        assert_eq!(bus.hear(5, ENERGY), (Reply, Some(1)));
        assert_eq!(bus.hear(6, "00 40 5E 00 40 5E 00 40 5E"), (Reply, Some(2)));
        assert_eq!(bus.hear(6, "00 40 5E 00 40 5E 00 40 5E"), (Unknown, None));
        bus.hear(5, "05 00 00");
        bus.at += 5_000;
        assert_eq!(bus.hear(5, ENERGY), (Unknown, None), "too late to be its answer");
    }

    #[test]
    fn the_expected_length_tells_an_answer_from_a_request_of_another_master() {
        let mut bus = Bus::new();
        bus.hear(5, "05 00 00");
        // Data that look like a request, and are one: three bytes are no energy.
        assert_eq!(bus.hear(5, "08 16 40"), (Request, None));
        // The very same bytes as an answer: a frequency has three.
        assert_eq!(bus.hear(5, "08 16 11"), (Reply, Some(2)));
    }

    #[test]
    fn a_constant_that_was_heard_goes_with_the_answers_of_its_meter() {
        let mut bus = Bus::new();
        let mut heard = |address: u8, request: &str, answer: &str| {
            bus.hear(address, request);
            let frame = wire::frame(address, &hex::parse(answer).unwrap());
            let at = At::from_millis(bus.at);
            let step = bus
                .pairs
                .track(Seen { number: 9, bytes: &frame, source: Source::Both, first: at, last: at })
                .step;
            assert_eq!(stage(step), Some(Stage::Answer));
            Constant::of_step(step)
        };
        assert_eq!(heard(5, "08 05", "00 05"), None);
        assert_eq!(heard(5, "08 12", "B4 E3 C2 97 DF 58"), Constant::of_variant(&[0, 3]));
        assert_eq!(heard(5, "08 05", "00 05"), Constant::of_variant(&[0, 3]));
        assert_eq!(heard(6, "08 05", "00 06"), None, "another meter");
    }

    #[test]
    fn a_status_answers_anything() {
        let mut bus = Bus::new();
        bus.hear(5, "05 00 00");
        assert_eq!(bus.hear(5, "05"), (Reply, Some(1)));
        bus.hear(5, "01 01 01 01 01 01 01 01");
        assert_eq!(bus.hear(5, "00"), (Reply, Some(3)));
        bus.hear(5, "02");
        assert_eq!(bus.hear(5, "00"), (Reply, Some(5)));
    }

    #[test]
    fn of_two_equal_link_tests_the_second_is_taken_for_the_answer() {
        let mut bus = Bus::new();
        assert_eq!(bus.hear(0, "00"), (Request, None));
        assert_eq!(bus.hear(0, "00"), (Reply, Some(1)));
        assert_eq!(bus.hear(0, "00"), (Request, None));
    }

    #[test]
    fn whoever_answers_a_request_to_anybody_is_the_one() {
        let mut bus = Bus::new();
        bus.hear(0, "08 05");
        assert_eq!(bus.hear(0, "00 80"), (Reply, Some(1)));
        bus.hear(0, "08 05");
        assert_eq!(bus.hear(0x80, "00 80"), (Reply, Some(3)));
    }

    #[test]
    fn a_new_address_answers_and_a_broadcast_does_not() {
        let mut bus = Bus::new();
        bus.hear(0x80, "03 05 40");
        assert_eq!(bus.hear(0x40, "00"), (Reply, Some(1)));
        assert_eq!(bus.hear(0xFE, "03 08"), (Request, None));
        assert_eq!(bus.hear(0xFE, "05"), (Unknown, None));
    }

    #[test]
    fn an_echo_answers_nothing_and_does_not_use_the_request_up() {
        let mut bus = Bus::new();
        let request = wire::frame(5, &[8, 0x16, 0x40]);
        bus.see(&request, Source::Requests);
        assert_eq!(bus.see(&request, Source::Replies), (Request, None));
        assert_eq!(bus.see(&wire::frame(5, &[0, 0x8B, 0x13]), Source::Replies), (Reply, Some(1)));
    }

    #[test]
    fn a_damaged_answer_keeps_its_relation_and_the_next_one_too() {
        let mut bus = Bus::new();
        bus.see(&wire::frame(5, &[5, 0, 0]), Source::Requests);
        let mut damaged = wire::frame(5, &hex::parse(ENERGY).unwrap());
        damaged[9] ^= 1;
        assert_eq!(bus.see(&damaged, Source::Replies), (Reply, Some(1)));
        let sound = wire::frame(5, &hex::parse(ENERGY).unwrap());
        assert_eq!(bus.see(&sound, Source::Replies), (Reply, Some(1)));
    }
}
