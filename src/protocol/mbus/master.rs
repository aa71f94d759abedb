//! Asking slaves for their data: the link is reset or the slave selected, then it is asked, and once more for each
//! further frame ("The M-Bus: a documentation", 4.8, 5.4 and 5.5).

use std::time::Duration;

use super::Mbus;
use super::address::Slave;
use super::link::{self, Frame, Long};
use crate::frame::Part;
use crate::protocol::request_reply::{Driver, Judgement, RequestReply, Timing};
use crate::protocol::{
    Access, BETWEEN_BYTES, Command, ComposeError, Context, Exchange, Family, Group, LineSettings, MeterKey,
    Patience, Plan, Request, Unfit, sealed,
};

/// Class 2 data: what a meter has counted.
const DATA: Command = Command {
    id: "data",
    code: "REQ_UD2",
    title: "Meter data",
    group: Group::Energy,
    access: Access::Read,
    parameters: &[],
    note: "resets the link, or selects the slave by its identification number, then asks for class 2 data",
};

/// Class 1 data.
const ALARM: Command = Command {
    id: "alarm",
    code: "REQ_UD1",
    title: "Alarm data",
    group: Group::Events,
    access: Access::Read,
    parameters: &[],
    note: "asks for class 1 data; a slave without any acknowledges",
};

/// The family, by which answers are explained.
const MBUS: &dyn Family = &Mbus;

/// What can be asked of a slave.
pub(super) static COMMANDS: &[Command] = &[DATA, ALARM];

/// The frames of a readout that are asked for, at most.
const MOST_FRAMES: usize = 64;
/// Bytes of the longest frame.
const LONGEST: usize = 261;
/// Characters of 11 bits in the 330 bit times that a slave has to begin its answer, and the time beside them.
const REACTION_CHARACTERS: usize = 30;
const REACTION: Duration = Duration::from_millis(50);
/// Characters of 11 bits in the 33 bit times of silence before the next request.
const SILENT_CHARACTERS: usize = 3;

/// The exchange for a plan.
///
/// # Errors
/// [`ComposeError`] for an address that no slave has.
pub(super) fn exchange(plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
    let options = plan.options;
    Ok(Box::new(Driver::new(Master::new(plan)?, options)))
}

/// The frames of a request, as far as no answer asks for more.
pub(super) fn compose(slave: Slave, request: &Request) -> Vec<Vec<u8>> {
    vec![slave.greeting(), question(slave, request.command, 1)]
}

/// The question of a round, the first of which is 1. The frame count bit is set in the first, and changes from
/// question to question, so that a slave knows one that is asked again.
fn question(slave: Slave, command: &Command, round: usize) -> Vec<u8> {
    let c = if command.id == ALARM.id { link::ALARM } else { link::DATA };
    let count = if round % 2 == 1 { link::COUNT } else { 0 };
    link::short(c | count, slave.field())
}

/// The master's part in questions and answers.
struct Master {
    slave: Slave,
    commands: Vec<&'static Command>,
    keys: Vec<MeterKey>,
    timing: Timing,
}

impl Master {
    fn new(plan: Plan) -> Result<Self, ComposeError> {
        let slave = Slave::of(&plan.profile.address)?;
        let commands = plan.requests.iter().map(|request| request.command).collect();
        let timing = timing(plan.profile.line, plan.profile.network_delay);
        Ok(Self { slave, commands, keys: plan.profile.keys, timing })
    }

    fn is_alarm(&self, index: usize) -> bool {
        self.commands.get(index).is_some_and(|command| command.id == ALARM.id)
    }

    /// What an acknowledgement is to a question.
    fn acknowledged(&self, index: usize, round: usize) -> Judgement {
        if round == 0 || self.is_alarm(index) {
            return Judgement::Answer { readings: Vec::new(), more: round == 0 };
        }
        Judgement::Unfit(Unfit::Content("it acknowledges, which is no data: it has none of this class"))
    }

    /// What the data of a slave are to a question.
    fn data(&self, round: usize, frame: &[u8], long: &Long<'_>) -> Judgement {
        let Some([_, from, _]) = long.head() else { return Judgement::Foreign };
        if !self.slave.answers_from(from) {
            let expected = self.slave.field().into();
            return Judgement::Unfit(Unfit::Address { expected, found: from.into() });
        }
        if round == 0 {
            return Judgement::Unfit(Unfit::Content("data, where an acknowledgement is due"));
        }
        let explained = MBUS.dissect(frame, &Context { keys: &self.keys, ..Context::default() });
        if let Some((code, meaning)) = refusal(long) {
            return Judgement::Refused { code: Some(code), meaning, is_final: false };
        }
        if sealed::fault(&explained).is_some() {
            return Judgement::Unfit(Unfit::Content(
                "its records are encrypted, and no key that is given fits",
            ));
        }
        let more = round < MOST_FRAMES && explained.part == Some(Part::OfReadout);
        Judgement::Answer { readings: explained.readings, more }
    }
}

/// The application error in an answer.
fn refusal(long: &Long<'_>) -> Option<(u16, &'static str)> {
    match *long.body {
        [_, _, link::ERROR] => Some((0, super::names::error(0))),
        [_, _, link::ERROR, code, ..] => Some((code.into(), super::names::error(code))),
        _ => None,
    }
}

fn timing(line: LineSettings, network_delay: Duration) -> Timing {
    Timing {
        reply: Patience {
            begin: line.wire_time(REACTION_CHARACTERS) + REACTION + network_delay,
            gap: BETWEEN_BYTES + network_delay,
            length: line.wire_time(LONGEST),
        },
        gap: silence(line),
    }
}

/// Silence before a request on a line.
pub(super) fn silence(line: LineSettings) -> Duration {
    line.wire_time(SILENT_CHARACTERS)
}

impl RequestReply for Master {
    fn count(&self) -> usize {
        self.commands.len()
    }

    fn title(&self, index: usize) -> &'static str {
        self.commands.get(index).map_or("", |command| command.title)
    }

    fn access(&self, index: usize) -> Access {
        self.commands.get(index).map_or(Access::Read, |command| command.access)
    }

    fn is_answered(&self, _: usize) -> bool {
        true
    }

    /// The link is reset or the slave selected, then each frame is asked for.
    fn rounds(&self, _: usize) -> u32 {
        u32::try_from(MOST_FRAMES).unwrap_or(u32::MAX) + 1
    }

    fn longest(&self) -> usize {
        self.slave.greeting().len().max(link::short(0, 0).len())
    }

    fn question(&mut self, index: usize, round: usize) -> Vec<u8> {
        match (round, self.commands.get(index)) {
            (1.., Some(command)) => question(self.slave, command, round),
            _ => self.slave.greeting(),
        }
    }

    fn judge(&mut self, index: usize, round: usize, frame: &[u8]) -> Judgement {
        let parsed = Frame::parse(frame);
        if !parsed.is_sound() {
            return Judgement::Damaged(MBUS.dissect(frame, &Context::default()).summary());
        }
        match parsed {
            Frame::Ack => self.acknowledged(index, round),
            Frame::Long(long) if long.head().is_some_and(|[c, ..]| c & link::FROM_MASTER == 0) => {
                self.data(round, frame, &long)
            }
            _ => Judgement::Foreign,
        }
    }

    fn timing(&self) -> Timing {
        self.timing
    }
}
