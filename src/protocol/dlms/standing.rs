//! How a frame stands to those before it, kept in the one byte that the index has for it.

use std::time::Duration;

use crate::frame::{At, Direction};
use crate::protocol::{Dialect, Relation, Seen};

/// Silence after which a message that is not whole is given up. Its parts follow each other without pauses.
const PATIENCE: Duration = Duration::from_secs(2);

/// Meters whose counters are remembered.
const REMEMBERED: usize = 16;

/// What a frame does to the message that was open before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Event {
    /// Nothing odd.
    #[default]
    None,
    /// It begins anew although the message before was not whole.
    Restart,
    /// The message before was given up: nothing followed in time.
    TimedOut,
    /// It continues a message whose beginning is missing.
    Orphan,
    /// Another part should have come: the one with this number, as far as it is kept.
    Gap(Option<u8>),
}

/// The invocation counter against the one before it from the same meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Step {
    /// There is none, or none before it.
    #[default]
    First,
    /// It grew by so much, up to [`Step::MOST`].
    Ahead(u8),
    /// It grew by more.
    Far,
    /// It is the same again.
    Same,
    /// It is lower.
    Back,
}

impl Step {
    /// The largest step that is kept as it is.
    pub(super) const MOST: u8 = 28;

    const fn of(before: u32, now: u32) -> Self {
        match now.checked_sub(before) {
            None => Self::Back,
            Some(0) => Self::Same,
            Some(step) if step <= Self::MOST as u32 => Self::Ahead(step as u8),
            Some(_) => Self::Far,
        }
    }
}

/// A number that is not kept.
const NO_NUMBER: u8 = 31;

/// Both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Standing {
    /// Against the message before.
    pub event: Event,
    /// Against the counter before.
    pub step: Step,
}

impl Standing {
    /// As the index keeps it: the event in the upper three bits, the step in the lower five. What belongs to no
    /// message has no counter; of a gap they keep the number that should have come.
    pub(super) const fn pack(self) -> u8 {
        let event = match self.event {
            Event::None => 0,
            Event::Restart => 1,
            Event::TimedOut => 2,
            Event::Orphan => 3,
            Event::Gap(expected) => {
                return 4 << 5
                    | match expected {
                        Some(number) if number < NO_NUMBER => number,
                        _ => NO_NUMBER,
                    };
            }
        };
        let step = match self.step {
            Step::First => 0,
            Step::Ahead(step) if step <= Step::MOST => step,
            Step::Ahead(_) | Step::Far => 29,
            Step::Same => 30,
            Step::Back => 31,
        };
        event << 5 | step
    }

    /// From the index.
    pub(super) const fn unpack(byte: u8) -> Self {
        let low = byte & 31;
        let event = match byte >> 5 {
            1 => Event::Restart,
            2 => Event::TimedOut,
            3 => Event::Orphan,
            4 => {
                let expected = if low == NO_NUMBER { None } else { Some(low) };
                return Self { event: Event::Gap(expected), step: Step::First };
            }
            _ => Event::None,
        };
        let step = match low {
            0 => Step::First,
            29 => Step::Far,
            30 => Step::Same,
            31 => Step::Back,
            step => Step::Ahead(step),
        };
        Self { event, step }
    }
}

/// A frame as a part of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Whether a message begins with it.
    pub is_first: bool,
    /// Whether it is the last of its message.
    pub is_last: bool,
    /// Its number, as far as parts are numbered.
    pub number: u32,
    /// The number that the next one must have.
    pub next: u32,
    /// What all parts of a message have in common.
    pub header: u64,
    /// System title and counter, of a first part that shows them.
    pub counter: Option<([u8; 8], u32)>,
}

#[derive(Debug)]
struct Open {
    message: u32,
    parts: u16,
    next: u32,
    header: u64,
    last: At,
    standing: Standing,
}

/// The messages of one line: the state of reassembly, and the counters seen.
#[derive(Debug, Default)]
pub(super) struct Messages {
    open: Option<Open>,
    counters: Vec<([u8; 8], u32)>,
    dialect: Dialect,
}

impl Messages {
    /// For a line in a dialect.
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { dialect, ..Self::default() }
    }

    /// The number that the next part must have, while a message is open and its time is not over.
    pub(super) fn expected(&self, now: At) -> Option<u32> {
        self.open.as_ref().filter(|open| now.since(open.last) <= PATIENCE).map(|open| open.next)
    }

    /// Takes note of a part and says where it belongs.
    pub(super) fn take(&mut self, seen: &Seen<'_>, part: Part) -> Relation {
        let open = self.open.take();
        let is_late = open.as_ref().is_some_and(|open| seen.first.since(open.last) > PATIENCE);
        match (open, part.is_first) {
            (None, true) => self.begin(seen, part, Event::None),
            (Some(_), true) if is_late => self.begin(seen, part, Event::TimedOut),
            (Some(_), true) => self.begin(seen, part, Event::Restart),
            (Some(open), false) if !is_late && open.next == part.number && open.header == part.header => {
                self.go_on(seen, part, &open)
            }
            (Some(open), false) if !is_late => self.alone(Event::Gap(u8::try_from(open.next).ok())),
            (_, false) => self.alone(Event::Orphan),
        }
    }

    /// Takes note of a damaged part: what is open cannot become whole any more.
    pub(super) fn lose(&mut self) -> Relation {
        self.open = None;
        Relation::default()
    }

    fn begin(&mut self, seen: &Seen<'_>, part: Part, event: Event) -> Relation {
        let step = part.counter.map_or(Step::First, |(title, counter)| self.count(title, counter));
        let standing = Standing { event, step };
        let Part { next, header, .. } = part;
        let open = Open { message: seen.number, parts: 1, next, header, last: seen.last, standing };
        if !part.is_last {
            self.open = Some(open);
        }
        Relation { message: Some(seen.number), part: 0, ..self.relation(standing) }
    }

    fn go_on(&mut self, seen: &Seen<'_>, part: Part, open: &Open) -> Relation {
        let (message, number, standing) = (open.message, open.parts, open.standing);
        if !part.is_last {
            let parts = open.parts.saturating_add(1);
            self.open = Some(Open { parts, next: part.next, last: seen.last, ..*open });
        }
        // What was odd about the beginning was told with it.
        let standing = Standing { event: Event::None, ..standing };
        Relation { message: Some(message), part: number, ..self.relation(standing) }
    }

    fn alone(&self, event: Event) -> Relation {
        self.relation(Standing { event, step: Step::First })
    }

    fn relation(&self, standing: Standing) -> Relation {
        let (direction, dialect) = (Direction::Push, self.dialect);
        Relation { direction, dialect, step: standing.pack(), ..Relation::default() }
    }

    /// Remembers a meter's counter and compares it with the one before.
    fn count(&mut self, title: [u8; 8], counter: u32) -> Step {
        if let Some((_, before)) = self.counters.iter_mut().find(|(known, _)| *known == title) {
            return Step::of(std::mem::replace(before, counter), counter);
        }
        if self.counters.len() >= REMEMBERED {
            self.counters.remove(0);
        }
        self.counters.push((title, counter));
        Step::First
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standing_survives_the_index() {
        for byte in 0..=u8::MAX {
            let standing = Standing::unpack(byte);
            assert_eq!(Standing::unpack(standing.pack()), standing);
            assert!(byte >> 5 > 4 || standing.pack() == byte);
        }
    }

    #[test]
    fn a_counter_is_compared_with_the_last_of_the_same_meter() {
        let mut messages = Messages::default();
        assert_eq!(messages.count(*b"KFM00001", 7), Step::First);
        assert_eq!(messages.count(*b"SAG00001", 7), Step::First);
        assert_eq!(messages.count(*b"KFM00001", 8), Step::Ahead(1));
        assert_eq!(messages.count(*b"KFM00001", 8), Step::Same);
        assert_eq!(messages.count(*b"KFM00001", 3), Step::Back);
        assert_eq!(messages.count(*b"KFM00001", 300), Step::Far);
    }
}
