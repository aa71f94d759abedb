//! Which frame answers which, the step of the session, the speed in force, and what the meter turns out to be.

use super::bcc::{Method, Rule};
use super::dissect::seven_bits;
use super::ident::{Identity, speed};
use super::message::{Block, Command, End, Message, parse};
use super::step::{Stand, Step};
use crate::frame::Direction;
use crate::protocol::{Dialect, Relation, Seen, Source, Tracker};

/// The tracker of one link.
#[derive(Debug)]
pub(super) struct IecTracker {
    picked: Dialect,
    dialect: Dialect,
    /// The last request that has no answer yet.
    open: Option<u32>,
    step: Option<Step>,
    baud: Option<u32>,
    /// The speed that the meter has proposed.
    proposed: Option<u32>,
    adds: bool,
    /// The first frame of a message of several, and the number of the next part.
    message: Option<(u32, u16)>,
    /// The request that a message of several answers.
    asked: Option<u32>,
}

impl IecTracker {
    /// For a link whose meter has been picked, or not.
    pub(super) const fn new(picked: Dialect) -> Self {
        Self {
            picked,
            dialect: picked,
            open: None,
            step: None,
            baud: None,
            proposed: None,
            adds: false,
            message: None,
            asked: None,
        }
    }

    fn relation(&self, direction: Direction, answers: Option<u32>) -> Relation {
        let step = Stand { step: self.step, baud: self.baud, adds: self.adds }.encode();
        Relation { direction, answers, step, dialect: self.dialect, ..Relation::default() }
    }

    fn request(&mut self, seen: &Seen<'_>, step: Step) -> Relation {
        self.step = Some(step);
        // An echo among what is received asks nothing anew.
        if seen.source != Source::Replies {
            self.open = Some(seen.number);
            self.message = None;
        }
        self.relation(Direction::Request, None)
    }

    fn reply(&mut self, step: Step) -> Relation {
        self.step = Some(step);
        let answers = self.open.take();
        self.relation(Direction::Reply, answers)
    }

    fn identification(&mut self, text: &[u8]) -> Relation {
        if let Some(identity) = Identity::parse(text) {
            self.proposed = Some(identity.mode().baud());
            if self.picked == Dialect::default() {
                self.dialect = identity.dialect(text).unwrap_or_default();
            }
        }
        self.reply(Step::Identification)
    }

    fn select(&mut self, seen: &Seen<'_>, choice: [u8; 3]) -> Relation {
        let relation = self.request(seen, Step::Select);
        self.baud = speed(choice[1]).or(self.proposed);
        relation
    }

    /// A command goes to the meter, save P0, which comes from it, and B0, which may come from either.
    fn command(&mut self, seen: &Seen<'_>, command: &Command) -> Relation {
        match (&command.code, seen.source) {
            (b"P0", _) => self.reply(Step::Operand),
            (b"B0" | b"B1", Source::Replies) => self.reply(Step::SignOff),
            (b"B0" | b"B1", _) => {
                self.baud = None;
                let is_break = matches!(self.step, None | Some(Step::SignOn | Step::Break));
                let relation = self.request(seen, if is_break { Step::Break } else { Step::SignOff });
                self.open = None;
                relation
            }
            (b"P1" | b"P2", _) => self.request(seen, Step::Login),
            _ => self.request(seen, Step::Command),
        }
    }

    /// Notes which rule a check character follows, where only one can be meant.
    fn weigh(&mut self, text: &[u8], block: &Block) {
        let Some(found) = block.bcc.and_then(|at| text.get(at)).copied() else { return };
        let covered = block.covered(text);
        let fits = |rule| Method::Only(rule).judge(covered, found).is_ok();
        match (fits(Rule::Xor7), fits(Rule::Add7)) {
            (true, false) => self.adds = false,
            (false, true) => self.adds = true,
            _ => {}
        }
    }

    /// Data, perhaps a part of a message: an EOT says that more follows.
    fn data(&mut self, seen: &Seen<'_>, block: &Block) -> Relation {
        let is_readout = matches!(self.step, Some(Step::Select | Step::Identification | Step::Readout));
        let step = match self.step {
            Some(Step::Login) => Step::Admission,
            _ if is_readout => Step::Readout,
            Some(Step::Fast) => Step::Fast,
            _ => Step::Answer,
        };
        if let Some((first, part)) = self.message {
            let relation = Relation { answers: self.asked, ..self.reply(step) };
            self.message = (block.end == End::More).then_some((first, part.saturating_add(1)));
            return Relation { message: Some(first), part, ..relation };
        }
        let relation = self.reply(step);
        if block.end != End::More {
            return relation;
        }
        self.message = Some((seen.number, 1));
        self.asked = relation.answers;
        Relation { message: Some(seen.number), ..relation }
    }

    fn ack(&mut self, seen: &Seen<'_>) -> Relation {
        let asks_for_block = self.message.is_some() && seen.source != Source::Replies;
        if asks_for_block || seen.source == Source::Requests {
            return self.relation(Direction::Request, None);
        }
        let step = if self.step == Some(Step::Login) { Step::Admission } else { Step::Answer };
        self.reply(step)
    }
}

impl Tracker for IecTracker {
    fn track(&mut self, seen: Seen<'_>) -> Relation {
        let text = seven_bits(seen.bytes);
        let message = parse(&text);
        if let Message::Data(block) | Message::Command(Command { block, .. }) = &message {
            self.weigh(&text, block);
        }
        match &message {
            Message::SignOn(_) | Message::Table(_) => self.request(&seen, Step::SignOn),
            Message::Fast(..) => self.request(&seen, Step::Fast),
            Message::Identification(_) => self.identification(&text),
            Message::Select(choice) => self.select(&seen, *choice),
            Message::Command(command) => self.command(&seen, command),
            Message::Data(block) => self.data(&seen, block),
            Message::Lines => self.reply(Step::Readout),
            Message::Ack | Message::Nak => self.ack(&seen),
            Message::Unknown => self.relation(Direction::Unknown, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::EKT;
    use super::*;
    use crate::frame::At;

    fn track(tracker: &mut IecTracker, frames: &[(Source, &[u8])]) -> Vec<Relation> {
        let seen = |number: usize, source, bytes| Seen {
            number: number as u32,
            bytes,
            source,
            first: At::ZERO,
            last: At::ZERO,
        };
        frames.iter().enumerate().map(|(n, (source, bytes))| tracker.track(seen(n, *source, bytes))).collect()
    }

    const OUT: Source = Source::Requests;
    const IN: Source = Source::Replies;

    #[test]
    fn a_session_is_paired_step_by_step() {
        let mut tracker = IecTracker::new(Dialect::default());
        let relations = track(
            &mut tracker,
            &[
                (OUT, b"/?!\r\n"),
                (IN, b"/EKT5CE301v12\r\n"),
                (OUT, b"\x06051\r\n"),
                (IN, b"\x01P0\x02(777777)\x03 "),
                (OUT, b"\x01P1\x02(dummy)\x03\x03"),
                (IN, b"\x06"),
                (OUT, b"\x01R1\x02VNULL()\x03j"),
                (IN, b"\x02VNULL(0)\r\n\x03,"),
                (OUT, b"\x01B0\x03u"),
            ],
        );
        let steps: Vec<Option<Step>> = relations.iter().map(|r| Stand::decode(r.step).step).collect();
        let expected = [
            Step::SignOn,
            Step::Identification,
            Step::Select,
            Step::Operand,
            Step::Login,
            Step::Admission,
            Step::Command,
            Step::Answer,
            Step::SignOff,
        ];
        assert_eq!(steps, expected.map(Some));
        let answers: Vec<Option<u32>> = relations.iter().map(|r| r.answers).collect();
        assert_eq!(answers, [None, Some(0), None, Some(2), None, Some(4), None, Some(6), None]);
        assert_eq!(relations[7].dialect, EKT);
        let stand = Stand::decode(relations[7].step);
        assert_eq!((stand.baud, stand.adds), (Some(9600), true));
    }

    #[test]
    fn blocks_that_end_with_eot_belong_together() {
        let mut tracker = IecTracker::new(Dialect::default());
        let relations = track(
            &mut tracker,
            &[
                (OUT, b"\x01R3\x02P.01()\x03a"),
                (IN, b"\x02P.01(1)\x04x"),
                (OUT, b"\x06"),
                (IN, b"\x02(2)\x04y"),
                (OUT, b"\x06"),
                (IN, b"\x02(3)\x03z"),
                (OUT, b"\x01B0\x03q"),
            ],
        );
        let parts: Vec<_> = [1, 3, 5].iter().map(|n| (relations[*n].message, relations[*n].part)).collect();
        assert_eq!(parts, [(Some(1), 0), (Some(1), 1), (Some(1), 2)]);
        assert!([1, 3, 5].iter().all(|n| relations[*n].answers == Some(0)));
    }
}
