//! DLMS/COSEM as meters push it to their customers: over wired M-Bus (Austria) and over HDLC (most others).
//!
//! Sources: DLMS UA Green Book, ed. 8 (transport, ciphering), Blue Book, ed. 13 (data types, units, OBIS);
//! the interface descriptions of utilities and makers named beside each list.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `over_mbus.rs`, `over_hdlc.rs`, `hdlc.rs` | the two carriers: frames, segments, blocks |
//! | `standing.rs` | which frame belongs to which message; counters and their steps |
//! | `push.rs`, `ciphering.rs`, `bare.rs` | what was put together, opening it, APDUs without a carrier |
//! | `content.rs`, `axdr.rs`, `time.rs`, `units.rs` | a data notification and its types |
//! | `layout.rs`, `lists.rs`, `maker.rs`, `obis.rs` | what the elements of a list are |
//! | `responder/` | the meter's side |

mod axdr;
mod bare;
mod ciphering;
mod content;
mod hdlc;
mod layout;
mod lists;
mod maker;
mod obis;
mod over_hdlc;
mod over_mbus;
mod push;
mod responder;
mod standing;
mod time;
mod units;

use self::bare::OrBare;
use super::delimited::Delimited;
use super::line_search::{self, Usual};
use super::listen::{Listen, Manner, TELEGRAM};
use super::mbus::{access_of, link};
use super::{
    Access, Command, ComposeError, Context, Dialect, Exchange, Family, Framer, LineSettings, Plan, Profile,
    Request, Responder, Setup, SetupError, Source, Tracker,
};
use crate::frame::Dissection;

static COMMANDS: &[Command] = &[TELEGRAM];

/// The protocol family `dlms-mbus`.
#[derive(Debug)]
pub struct OverMbus;

/// The protocol family `dlms-hdlc`.
#[derive(Debug)]
pub struct OverHdlc;

impl Family for OverMbus {
    fn id(&self) -> &'static str {
        over_mbus::ID
    }

    fn title(&self) -> &'static str {
        "DLMS/COSEM push over wired M-Bus"
    }

    fn framer(&self, _: Source, line: LineSettings) -> Box<dyn Framer> {
        Box::new(Delimited::new(OrBare(link::Link), line))
    }

    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker> {
        Box::new(over_mbus::Segments::new(dialect))
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        over_mbus::dissect(frame, context)
    }

    fn commands(&self, _: Dialect) -> &'static [Command] {
        COMMANDS
    }

    fn usual_lines(&self, dialect: Dialect) -> Option<&'static Usual> {
        (dialect == Dialect::default()).then_some(&line_search::DLMS)
    }

    fn dialect_name(&self, dialect: Dialect) -> &'static str {
        maker::name(dialect)
    }

    fn compose(&self, _: &Profile, _: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        Ok(Vec::new())
    }

    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        link::seal(body)
    }

    fn access_of(&self, frame: &[u8], _: Dialect) -> Option<Access> {
        access_of(frame)
    }

    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        let manner = manner(plan.profile.model);
        Ok(Box::new(Listen::new(&OverMbus, plan, manner)))
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        responder::responder(setup)
    }
}

impl Family for OverHdlc {
    fn id(&self) -> &'static str {
        over_hdlc::ID
    }

    fn title(&self) -> &'static str {
        "DLMS/COSEM push over HDLC"
    }

    fn framer(&self, _: Source, line: LineSettings) -> Box<dyn Framer> {
        Box::new(Delimited::new(OrBare(hdlc::Type3), line))
    }

    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker> {
        Box::new(over_hdlc::Parts::new(dialect))
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        over_hdlc::dissect(frame, context)
    }

    fn commands(&self, _: Dialect) -> &'static [Command] {
        COMMANDS
    }

    fn usual_lines(&self, dialect: Dialect) -> Option<&'static Usual> {
        (dialect == Dialect::default()).then_some(&line_search::DLMS)
    }

    fn dialect_name(&self, dialect: Dialect) -> &'static str {
        maker::name(dialect)
    }

    fn compose(&self, _: &Profile, _: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        Ok(Vec::new())
    }

    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        hdlc::close(body)
    }

    fn access_of(&self, _: &[u8], _: Dialect) -> Option<Access> {
        None
    }

    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        let manner = manner(plan.profile.model);
        Ok(Box::new(Listen::new(&OverHdlc, plan, manner)))
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        responder::responder(setup)
    }
}

/// How a model speaks; nobody answers it.
fn manner(model: &str) -> Manner {
    Manner { interval: responder::interval(model), reply: |_| None }
}

#[cfg(test)]
mod tests;
