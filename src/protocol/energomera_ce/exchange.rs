//! Carrying commands out: which questions a command takes, and what is an answer to them.
//!
//! A reply repeats only addresses and command code, not tariff and depth, so there is never more than one
//! question under way.

use std::time::Duration;

use super::compose::{Envelope, Inquiry, Question, question};
use super::dissect::{dissect, forwards};
use super::frame::{self, BROADCAST, Defect, Kind, Packet};
use super::layout::Steps;
use super::{CHECK, CLASSIC, Ce, decimals_of_config, evidence, step_of_decimals, words};
use crate::frame::Direction;
use crate::protocol::request_reply::{Driver, Judgement, RequestReply, Timing};
use crate::protocol::{
    Access, BETWEEN_BYTES, ComposeError, Context, Dialect, Exchange, Family, LineSettings, Patience, Plan,
    Unfit, Warning,
};
use crate::reading::{Code, Measured, Quantity, Reading, Unit};

/// How long the maker's own software waits for a reply (CE307 manual, fig. 27).
const REPLY: Duration = Duration::from_secs(2);
/// Half characters of silence after which the next byte is not of the same transmission: one and a half characters.
const SILENT_HALF_CHARACTERS: usize = 3;
/// Bytes of the longest reply, every one stuffed.
const LONGEST_REPLY: usize = 2 * (frame::CONTENT_MAX - 4) + 2;

/// Makes the exchange of a plan.
pub(super) fn exchange(plan: &Plan) -> Result<Box<dyn Exchange>, ComposeError> {
    let options = plan.options;
    Ok(Box::new(Driver::new(CeTurn::new(plan)?, options)))
}

/// Whether the decimals of a classic meter's energies are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decimals {
    /// Nobody has asked yet.
    Unasked,
    /// The configuration tells them.
    Known(u8),
    /// The meter does not say.
    Untold,
}

/// The commands of a plan as questions and answers.
#[derive(Debug)]
struct CeTurn {
    envelope: Envelope,
    dialect: Dialect,
    timing: Timing,
    inquiries: Vec<Inquiry>,
    config: Question,
    decimals: Decimals,
    /// The inquiry before which the configuration is asked for.
    config_before: Option<usize>,
    /// The parts of the serial number.
    serial: [Box<[u8]>; 2],
    /// The dialect that the answers speak for.
    seen: Dialect,
    warning: Option<Warning>,
}

impl CeTurn {
    fn new(plan: &Plan) -> Result<Self, ComposeError> {
        let dialect = plan.profile.dialect;
        let inquiries = plan.requests.iter().map(|request| Inquiry::new(dialect, request));
        Ok(Self {
            envelope: Envelope::new(&plan.profile)?,
            dialect,
            timing: timing(plan.profile.line, plan.profile.network_delay),
            inquiries: inquiries.collect::<Result<_, _>>()?,
            config: question(CLASSIC, "config", &[])?,
            decimals: Decimals::Unasked,
            config_before: None,
            serial: [Box::default(), Box::default()],
            seen: Dialect::default(),
            warning: None,
        })
    }

    fn inquiry(&self, index: usize) -> Option<&Inquiry> {
        self.inquiries.get(index)
    }

    fn needs_decimals(&self, index: usize) -> bool {
        self.decimals == Decimals::Unasked
            && self.inquiry(index).is_some_and(|inquiry| inquiry.spec.steps == Steps::WithDecimals)
    }

    /// The question of a round, and its place among the command's own; `None` for the configuration.
    fn asked(&self, index: usize, round: usize) -> Option<(Question, Option<usize>)> {
        let step = if self.config_before == Some(index) {
            match round.checked_sub(1) {
                None => return Some((self.config, None)),
                Some(step) => step,
            }
        } else {
            round
        };
        Some((*self.inquiry(index)?.questions.get(step)?, Some(step)))
    }

    /// What a sound frame is to a question, before its content is looked at.
    fn fits(packet: &Packet, asked: &Packet) -> Result<(), Judgement> {
        if matches!(packet.kind, Kind::Request { .. }) || packet.to != asked.from {
            return Err(Judgement::Foreign);
        }
        let unfit = |unfit| Err(Judgement::Unfit(unfit));
        if packet.from != asked.to && asked.to != BROADCAST {
            return unfit(Unfit::Address { expected: asked.to.into(), found: packet.from.into() });
        }
        if packet.command != asked.command {
            return unfit(Unfit::Command { expected: asked.command.into(), found: packet.command.into() });
        }
        Ok(())
    }

    fn reply(&mut self, packet: &Packet, asked: &Packet, question: &Question) -> Result<(), Judgement> {
        let (data, request) = (packet.data.as_slice(), asked.data.as_slice());
        let Some(layout) = question.spec.reply_layout(data.len(), Some(request)) else {
            if let Some(other) = evidence(packet) {
                self.speaks_for(other);
            }
            let expected = question.spec.reply_length(Some(request));
            return Err(Judgement::Unfit(Unfit::Length { expected, found: data.len() }));
        };
        let echoes = layout.head.first().is_some_and(|cell| matches!(cell.form, super::layout::Form::Echo));
        if echoes && data.first() != request.first() {
            return Err(Judgement::Unfit(Unfit::Content(
                "the reply repeats another item than was asked for",
            )));
        }
        Ok(())
    }

    /// Takes note of what an answer says about the meter.
    fn speaks_for(&mut self, dialect: Dialect) {
        let was_agreed = self.seen == self.dialect || self.seen == Dialect::default();
        self.seen = dialect;
        if dialect != self.dialect && self.dialect != Dialect::default() && was_agreed {
            let (found, picked) =
                (Ce.profile().dialect(dialect).name, Ce.profile().dialect(self.dialect).name);
            let text = format!("the meter answers as a {found} meter, the picked model is {picked}");
            self.warning = Some(Warning { code: "dialect", text: text.into() });
        }
    }

    /// The answer to a question, its frame known to be sound and fitting.
    fn answer(
        &mut self,
        index: usize,
        at: Place,
        frame: &[u8],
        asked: &Packet,
        packet: &Packet,
    ) -> Judgement {
        if let Some(dialect) = evidence(packet) {
            self.speaks_for(dialect);
        }
        let Some(step) = at.step else { return self.configuration(packet.data.as_slice()) };
        let step_of_session = match self.decimals {
            Decimals::Known(decimals) => step_of_decimals(decimals),
            Decimals::Unasked | Decimals::Untold => 0,
        };
        let context = Context {
            direction: Direction::Reply,
            request: Some(&asked.to_wire()),
            dialect: self.dialect,
            step: step_of_session,
            ..Context::default()
        };
        let readings = dissect(frame, &context).readings;
        let steps = self.inquiry(index).map_or(Steps::One, |inquiry| inquiry.spec.steps);
        let more = self.inquiry(index).is_some_and(|inquiry| step + 1 < inquiry.questions.len());
        let readings = match steps {
            Steps::One | Steps::WithDecimals => readings,
            Steps::Serial => self.serial_part(step, packet.data.as_slice()),
            Steps::Identify => match step {
                0 => readings,
                1 => readings.into_iter().filter(|r| r.quantity == Quantity::MODEL_NUMBER).collect(),
                _ => self.identified(step, packet.data.as_slice()),
            },
        };
        Judgement::Answer { readings, more }
    }

    fn configuration(&mut self, data: &[u8]) -> Judgement {
        self.decimals = decimals_of_config(data).map_or(Decimals::Untold, Decimals::Known);
        Judgement::Answer { readings: Vec::new(), more: true }
    }

    /// Parts are overwritten, never appended: an answer may come twice.
    fn serial_part(&mut self, part: usize, data: &[u8]) -> Vec<Reading> {
        if let Some(slot) = self.serial.get_mut(part) {
            *slot = data.into();
        }
        if part + 1 < self.serial.len() { Vec::new() } else { vec![self.serial_number()] }
    }

    fn serial_number(&self) -> Reading {
        let whole = self.serial.concat();
        let text = Measured::Text(forwards(&whole));
        Reading::of(Code::new(96, 1, 0), text, Unit::None, &whole).under(CHECK)
    }

    /// The end of an identification: serial number and dialect.
    fn identified(&mut self, step: usize, data: &[u8]) -> Vec<Reading> {
        let mut readings = self.serial_part(step - 2, data);
        if !readings.is_empty() && self.seen != Dialect::default() {
            let name = Ce.profile().dialect(self.seen).name.as_bytes();
            let quantity = Quantity::named("dialect");
            readings.push(Reading::unnamed(quantity, Measured::Text(name.into()), Unit::None, &[]));
        }
        readings
    }

    /// A refusal, which for two questions is an answer: a meter may know no SKOP, or hide its configuration.
    fn refused(&mut self, index: usize, at: Place, packet: &Packet) -> Judgement {
        let code = packet.data.as_slice().first().copied();
        let steps = self.inquiry(index).map_or(Steps::One, |inquiry| inquiry.spec.steps);
        match (at.step, steps) {
            (None, _) => {
                self.decimals = Decimals::Untold;
                Judgement::Answer { readings: Vec::new(), more: true }
            }
            (Some(1), Steps::Identify) => {
                if code == Some(0) && self.seen == Dialect::default() {
                    self.speaks_for(CLASSIC);
                }
                Judgement::Answer { readings: Vec::new(), more: true }
            }
            _ => Judgement::Refused {
                code: code.map(u16::from),
                meaning: words::refusal(code),
                is_final: words::counts_against_us(code),
            },
        }
    }
}

/// Where an answer belongs: the step of its command; `None` for the configuration before it.
#[derive(Debug, Clone, Copy)]
struct Place {
    step: Option<usize>,
}

/// Frames are delimited, so meters need no silence between exchanges. We do: a reply does not say which tariff
/// it is about, so one that comes twice must not be taken for the answer to the next question.
fn timing(line: LineSettings, network_delay: Duration) -> Timing {
    Timing {
        reply: Patience {
            begin: REPLY + network_delay,
            gap: BETWEEN_BYTES + network_delay,
            length: line.wire_time(LONGEST_REPLY),
        },
        gap: silence(line),
    }
}

/// Silence between two transmissions on a line.
pub(super) fn silence(line: LineSettings) -> Duration {
    line.wire_time(SILENT_HALF_CHARACTERS) / 2
}

impl RequestReply for CeTurn {
    fn count(&self) -> usize {
        self.inquiries.len()
    }

    fn title(&self, index: usize) -> &'static str {
        self.inquiry(index).map_or("", |inquiry| inquiry.spec.title)
    }

    fn access(&self, index: usize) -> Access {
        self.inquiry(index).map_or(Access::Read, |inquiry| inquiry.spec.access)
    }

    /// Commands to all have no answer; of those sent to the broadcast address a lone kernel-10 meter answers
    /// the ones that read.
    fn is_answered(&self, index: usize) -> bool {
        let Some(inquiry) = self.inquiry(index) else { return true };
        !inquiry.spec.is_broadcast && (self.envelope.to != BROADCAST || inquiry.spec.access == Access::Read)
    }

    /// Its own questions, and the one for the decimals before them.
    fn rounds(&self, index: usize) -> u32 {
        let own = self.inquiry(index).map_or(0, |inquiry| inquiry.questions.len());
        u32::try_from(own).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn longest(&self) -> usize {
        let own = self.inquiries.iter().flat_map(|inquiry| &inquiry.questions);
        own.chain([&self.config])
            .map(|question| self.envelope.packet(question).to_wire().len())
            .max()
            .unwrap_or(0)
    }

    fn question(&mut self, index: usize, round: usize) -> Vec<u8> {
        if round == 0 && self.needs_decimals(index) {
            self.config_before = Some(index);
        }
        let asked = self.asked(index, round);
        asked.map_or_else(Vec::new, |(question, _)| self.envelope.packet(&question).to_wire())
    }

    fn judge(&mut self, index: usize, round: usize, frame: &[u8]) -> Judgement {
        let packet = match frame::parse(frame, Direction::Reply) {
            Ok(packet) => packet,
            Err(Defect::Opt(_) | Defect::Variant(_)) => return Judgement::Foreign,
            // It may be the damaged echo of a request, whose CRC would tell of the password in it.
            Err(Defect::Checksum { .. }) if self.envelope.keeps_secret() => {
                return Judgement::Damaged("the CRC does not fit".to_owned());
            }
            Err(defect) => return Judgement::Damaged(damage(defect)),
        };
        let Some((question, step)) = self.asked(index, round) else { return Judgement::Foreign };
        let (asked, place) = (self.envelope.packet(&question), Place { step });
        if let Err(judgement) = Self::fits(&packet, &asked) {
            return judgement;
        }
        if packet.kind == Kind::Refusal {
            return self.refused(index, place, &packet);
        }
        match self.reply(&packet, &asked, &question) {
            Ok(()) => self.answer(index, place, frame, &asked, &packet),
            Err(judgement) => judgement,
        }
    }

    fn warning(&mut self) -> Option<Warning> {
        self.warning.take()
    }

    fn timing(&self) -> Timing {
        self.timing
    }
}

/// What is wrong with a frame: `CRC 1C, expected 1B`.
fn damage(defect: Defect) -> String {
    match defect {
        Defect::Checksum { found, expected } => format!("CRC {found:02X}, expected {expected:02X}"),
        Defect::Length { declared, found } => {
            format!("the service byte tells {declared} data bytes, there are {found}")
        }
        defect => defect.text().to_owned(),
    }
}
