//! What answers what: by address and command, since frames carry nothing else to pair them by.

use super::layout::{self, Layout};
use super::wire::{Frame, LONGEST};
use crate::frame::Direction;
use crate::protocol::{Relation, Seen, Source, Tracker};

/// How many unanswered requests are remembered; several masters may ask at once.
const REMEMBERED: usize = 4;

/// The command that moves a meter to another address: the only one answered from elsewhere (M206, table 2).
pub(super) const SET_ADDRESS: u8 = 0x00;

/// The tracker of this family.
#[derive(Debug, Default)]
pub(super) struct Mercury200Tracker {
    asked: [Option<Asked>; REMEMBERED],
    next: usize,
}

/// A request that waits for its answer.
#[derive(Debug, Clone, Copy)]
struct Asked {
    number: u32,
    answers_from: u32,
    code: u8,
    bytes: [u8; LONGEST],
    count: usize,
}

impl Asked {
    fn new(seen: &Seen<'_>, frame: &Frame<'_>) -> Self {
        let mut bytes = [0; LONGEST];
        let count = seen.bytes.len().min(LONGEST);
        bytes.iter_mut().zip(seen.bytes).for_each(|(to, from)| *to = *from);
        Self { number: seen.number, answers_from: answers_from(frame), code: frame.code, bytes, count }
    }

    fn is(&self, bytes: &[u8]) -> bool {
        self.bytes.get(..self.count) == Some(bytes)
    }
}

/// The address a request is answered from.
pub(super) fn answers_from(request: &Frame<'_>) -> u32 {
    match (request.code, request.payload.first_chunk()) {
        (SET_ADDRESS, Some(new)) => u32::from_be_bytes(*new),
        _ => request.address,
    }
}

/// Whether a frame has the form of a request and not of an answer, as far as its length tells.
pub(super) fn is_request_shaped(frame: &Frame<'_>) -> Option<bool> {
    let layout: &Layout = layout::of(frame.code)?;
    let count = frame.payload.len();
    let reply = layout.reply_size(frame.payload.first().copied());
    match (count == layout.request_size(), reply) {
        (true, Some(size)) if size == count => None,
        (true, _) => Some(true),
        (false, Some(size)) if size == count => Some(false),
        (false, _) => None,
    }
}

impl Mercury200Tracker {
    /// The place of the latest request that a frame may answer.
    fn asked_for(&self, frame: &Frame<'_>) -> Option<usize> {
        (1..=REMEMBERED).map(|back| (self.next + REMEMBERED - back) % REMEMBERED).find(|place| {
            self.asked
                .get(*place)
                .copied()
                .flatten()
                .is_some_and(|asked| (asked.answers_from, asked.code) == (frame.address, frame.code))
        })
    }

    fn is_known_request(&self, bytes: &[u8]) -> bool {
        self.asked.iter().flatten().any(|asked| asked.is(bytes))
    }

    fn remember(&mut self, seen: &Seen<'_>, frame: &Frame<'_>) -> Relation {
        // Asked again: only the latest one can still be answered.
        self.asked.iter_mut().filter(|asked| asked.is_some_and(|a| a.is(seen.bytes))).for_each(|a| *a = None);
        if let Some(place) = self.asked.get_mut(self.next) {
            *place = Some(Asked::new(seen, frame));
        }
        self.next = (self.next + 1) % REMEMBERED;
        towards(Direction::Request)
    }

    fn answer(&mut self, frame: &Frame<'_>) -> Relation {
        let place = self.asked_for(frame);
        let answers = place.and_then(|place| self.asked.get(place).copied().flatten()).map(|a| a.number);
        if let Some(asked) = place.filter(|_| frame.is_sound()).and_then(|place| self.asked.get_mut(place)) {
            *asked = None;
        }
        Relation { answers, ..towards(Direction::Reply) }
    }
}

fn towards(direction: Direction) -> Relation {
    Relation { direction, ..Relation::default() }
}

impl Tracker for Mercury200Tracker {
    fn track(&mut self, seen: Seen<'_>) -> Relation {
        let Some(frame) = Frame::parse(seen.bytes) else { return Relation::default() };
        if seen.source == Source::Requests {
            return self.remember(&seen, &frame);
        }
        if seen.source == Source::Replies && self.is_known_request(seen.bytes) {
            // The echo of a request; it answers nothing.
            return towards(Direction::Request);
        }
        match is_request_shaped(&frame) {
            Some(true) if frame.is_sound() => self.remember(&seen, &frame),
            Some(false) => self.answer(&frame),
            None if self.is_known_request(seen.bytes) => self.remember(&seen, &frame),
            None if self.asked_for(&frame).is_some() || seen.source == Source::Replies => self.answer(&frame),
            Some(true) | None => Relation::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::At;
    use crate::protocol::mercury200::wire;

    fn see(
        pairs: &mut Mercury200Tracker,
        number: u32,
        bytes: &[u8],
        source: Source,
    ) -> (Direction, Option<u32>) {
        let seen = Seen { number, bytes, source, first: At::ZERO, last: At::ZERO };
        let relation = pairs.track(seen);
        (relation.direction, relation.answers)
    }

    fn request(code: u8) -> Vec<u8> {
        wire::frame(411_486, code, &[])
    }

    fn reply(address: u32, code: u8, count: usize) -> Vec<u8> {
        wire::frame(address, code, &vec![0; count])
    }

    #[test]
    fn an_answer_is_paired_by_address_and_command() {
        let mut pairs = Mercury200Tracker::default();
        let both = Source::Both;
        assert_eq!(see(&mut pairs, 1, &request(0x27), both), (Direction::Request, None));
        assert_eq!(see(&mut pairs, 2, &request(0x63), both), (Direction::Request, None));
        assert_eq!(see(&mut pairs, 3, &reply(7, 0x27, 16), both), (Direction::Reply, None));
        assert_eq!(see(&mut pairs, 4, &reply(411_486, 0x27, 16), both), (Direction::Reply, Some(1)));
        assert_eq!(see(&mut pairs, 5, &reply(411_486, 0x63, 7), both), (Direction::Reply, Some(2)));
        assert_eq!(see(&mut pairs, 6, &reply(411_486, 0x63, 7), both), (Direction::Reply, None));
    }

    #[test]
    fn an_echo_answers_nothing_and_does_not_use_the_request_up() {
        let mut pairs = Mercury200Tracker::default();
        see(&mut pairs, 1, &request(0x27), Source::Requests);
        assert_eq!(see(&mut pairs, 2, &request(0x27), Source::Replies), (Direction::Request, None));
        let answer = see(&mut pairs, 3, &reply(411_486, 0x27, 16), Source::Replies);
        assert_eq!(answer, (Direction::Reply, Some(1)));
    }

    #[test]
    fn a_repeated_question_is_answered_once_and_as_the_last() {
        let mut pairs = Mercury200Tracker::default();
        see(&mut pairs, 1, &request(0x27), Source::Both);
        see(&mut pairs, 2, &request(0x27), Source::Both);
        assert_eq!(see(&mut pairs, 3, &reply(411_486, 0x27, 16), Source::Both).1, Some(2));
        assert_eq!(see(&mut pairs, 4, &reply(411_486, 0x27, 16), Source::Both).1, None);
    }

    #[test]
    fn a_new_address_is_confirmed_from_there() {
        let mut pairs = Mercury200Tracker::default();
        see(&mut pairs, 1, &wire::frame(1, SET_ADDRESS, &[0, 0, 0, 9]), Source::Both);
        assert_eq!(see(&mut pairs, 2, &reply(9, SET_ADDRESS, 0), Source::Both), (Direction::Reply, Some(1)));
    }

    #[test]
    fn a_damaged_answer_keeps_its_relation_and_the_next_one_too() {
        let mut pairs = Mercury200Tracker::default();
        see(&mut pairs, 1, &request(0x27), Source::Requests);
        let mut damaged = reply(411_486, 0x27, 16);
        damaged[9] ^= 1;
        assert_eq!(see(&mut pairs, 2, &damaged, Source::Replies).1, Some(1));
        assert_eq!(see(&mut pairs, 3, &reply(411_486, 0x27, 16), Source::Replies).1, Some(1));
    }

    #[test]
    fn what_cannot_be_told_is_left_open() {
        let mut pairs = Mercury200Tracker::default();
        assert_eq!(see(&mut pairs, 1, &[1, 2, 3], Source::Both), (Direction::Unknown, None));
        assert_eq!(see(&mut pairs, 2, &reply(1, 0xEE, 3), Source::Both), (Direction::Unknown, None));
    }
}
