//! Asking and judging: one request, one answer, no session, and no way for the meter to say no.
//!
//! A meter drops what it does not understand without a word (M206, page 1), so an unknown command looks like
//! a wrong address or speed.

use std::time::Duration;

use super::compose;
use super::dissect::dissect;
use super::layout::{Layout, Reply};
use super::tracker::{answers_from, is_request_shaped};
use super::wire::{Frame, SHORTEST};
use crate::frame::Direction;
use crate::protocol::request_reply::{Driver, Judgement, RequestReply, Timing};
use crate::protocol::{
    Access, BETWEEN_BYTES, Command, ComposeError, Context, Dialect, Exchange, LineSettings, Patience, Plan,
    Unfit, Warning,
};
use crate::reading::{Quantity, Reading};

/// Time a meter is given to begin its answer. The maker's list states none; drivers in the field give 150 to
/// 1000 ms, and those for the 206 advise 500 and more.
const FIRST_BYTE: Duration = Duration::from_millis(500);

/// Characters of silence between two packets (M206, page 1).
const SILENT_CHARACTERS: usize = 6;

/// The exchange for a plan.
///
/// # Errors
/// [`ComposeError`] when one of its requests cannot be put into bytes.
pub(super) fn exchange(plan: &Plan) -> Result<Box<dyn Exchange>, ComposeError> {
    Ok(Box::new(Driver::new(Talk::new(plan)?, plan.options)))
}

/// A request ready to be sent.
#[derive(Debug)]
struct Asked {
    command: &'static Command,
    layout: &'static Layout,
    bytes: Vec<u8>,
}

/// This family's part in questions and answers.
#[derive(Debug)]
pub(super) struct Talk {
    model: &'static str,
    dialect: Dialect,
    asked: Vec<Asked>,
    timing: Timing,
    warning: Option<Warning>,
}

impl Talk {
    /// Composes every request of a plan.
    pub(super) fn new(plan: &Plan) -> Result<Self, ComposeError> {
        let address = compose::address(&plan.profile.address)?;
        let asked: Vec<Asked> = plan
            .requests
            .iter()
            .map(|request| {
                let bytes = compose::request(address, request)?;
                Ok(Asked { command: request.command, layout: compose::layout(request.command)?, bytes })
            })
            .collect::<Result<_, ComposeError>>()?;
        let timing = timing(&asked, plan.profile.line, plan.profile.network_delay);
        let (model, dialect) = (plan.profile.model, plan.profile.dialect);
        Ok(Self { model, dialect, asked, timing, warning: None })
    }

    /// Notes when a meter calls itself another model than the one picked.
    fn compare_model(&mut self, readings: &[Reading]) {
        let said = readings.iter().find(|reading| reading.quantity == Quantity::MODEL);
        let Some(crate::reading::Measured::Text(name)) = said.map(|reading| &reading.value) else { return };
        let picked = self.model.trim_start_matches("mercury-");
        if !picked.is_empty() && !name.starts_with(picked.as_bytes()) {
            self.warning = Some(Warning {
                code: "model",
                text: "the meter says it is another model than the one picked".into(),
            });
        }
    }
}

fn timing(asked: &[Asked], line: LineSettings, network_delay: Duration) -> Timing {
    let longest = asked.iter().map(|asked| asked.layout.longest_reply()).max().unwrap_or(0);
    Timing {
        reply: Patience {
            begin: FIRST_BYTE + network_delay,
            gap: BETWEEN_BYTES + network_delay,
            length: line.wire_time(SHORTEST + longest),
        },
        gap: silence(line),
    }
}

/// Silence between two packets on a line.
pub(super) fn silence(line: LineSettings) -> Duration {
    line.wire_time(SILENT_CHARACTERS)
}

impl Asked {
    /// Why a sound frame cannot be the answer; `None` when it can.
    fn misfit(&self, frame: &Frame<'_>) -> Option<Judgement> {
        let request = Frame::parse(&self.bytes)?;
        let expected = answers_from(&request);
        let is_other = (frame.address, frame.code) != (expected, request.code);
        if is_other && is_request_shaped(frame) == Some(true) {
            return Some(Judgement::Foreign);
        }
        if frame.address != expected {
            let unfit = Unfit::Address { expected: expected.into(), found: frame.address.into() };
            return Some(Judgement::Unfit(unfit));
        }
        if frame.code != request.code {
            let unfit = Unfit::Command { expected: request.code.into(), found: frame.code.into() };
            return Some(Judgement::Unfit(unfit));
        }
        self.misfit_of_content(frame, request.payload.first().copied()).map(Judgement::Unfit)
    }

    fn misfit_of_content(&self, frame: &Frame<'_>, argument: Option<u8>) -> Option<Unfit> {
        let first = frame.payload.first().copied();
        if let (Reply::Numbered(_), Some(first)) = (self.layout.reply, first)
            && argument != Some(first)
        {
            return Some(Unfit::Content("the answer is about another parameter"));
        }
        let numbered = if frame.payload.is_empty() { argument.as_slice() } else { frame.payload };
        let size = self.layout.reply_items(numbered, argument).map(crate::protocol::incotex::items::size);
        let found = frame.payload.len();
        size.filter(|expected| *expected != found).map(|expected| Unfit::Length { expected, found })
    }
}

impl RequestReply for Talk {
    fn count(&self) -> usize {
        self.asked.len()
    }

    fn title(&self, index: usize) -> &'static str {
        self.asked.get(index).map_or("", |asked| asked.command.title)
    }

    fn access(&self, index: usize) -> Access {
        self.asked.get(index).map_or(Access::Read, |asked| asked.command.access)
    }

    fn is_answered(&self, _: usize) -> bool {
        true
    }

    fn rounds(&self, _: usize) -> u32 {
        1
    }

    fn longest(&self) -> usize {
        self.asked.iter().map(|asked| asked.bytes.len()).max().unwrap_or(0)
    }

    fn question(&mut self, index: usize, _: usize) -> Vec<u8> {
        self.asked.get(index).map(|asked| asked.bytes.clone()).unwrap_or_default()
    }

    fn judge(&mut self, index: usize, _: usize, frame: &[u8]) -> Judgement {
        let Some(asked) = self.asked.get(index) else { return Judgement::Foreign };
        if asked.bytes == frame {
            // An echo. Its CRC fits, its address and command do, and it says nothing.
            return Judgement::Foreign;
        }
        let Some(parsed) = Frame::parse(frame) else {
            return Judgement::Damaged("fewer than 7 bytes".to_owned());
        };
        if !parsed.is_sound() {
            return Judgement::Damaged(parsed.damage());
        }
        if let Some(judgement) = asked.misfit(&parsed) {
            return judgement;
        }
        let context = Context {
            direction: Direction::Reply,
            request: Some(&asked.bytes),
            dialect: self.dialect,
            ..Context::default()
        };
        let readings = dissect(frame, &context).readings;
        self.compare_model(&readings);
        Judgement::Answer { readings, more: false }
    }

    fn warning(&mut self) -> Option<Warning> {
        self.warning.take()
    }

    fn timing(&self) -> Timing {
        self.timing
    }
}
