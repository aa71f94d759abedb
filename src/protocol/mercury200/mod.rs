//! The protocol of the single-phase Mercury meters 200, 201, 203 and 206 (Incotex).
//!
//! Source: the maker's "command system of the meters M206", 2018 (called M206 in this folder), with captures
//! of real meters where the two differ. It has nothing but brand, connector and CRC in common with the protocol
//! of the Mercury 230 family.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `commands.rs` | every command as a person asks for it |
//! | `layout.rs`, `form.rs`, `choices.rs` | every command's bytes |
//! | `values.rs`, `encode.rs` | bytes to values and back |
//! | `wire.rs`, `lengths.rs`, `framer.rs` | the frame, and how it is found without start, length or end |
//! | `dissect.rs`, `laid.rs` | a frame explained |
//! | `compose.rs`, `asked.rs`, `exchange.rs`, `tracker.rs` | asking, judging answers, pairing |
//! | `responder.rs`, `memory.rs`, `factory.rs` | the meter's side |

mod asked;
mod choices;
mod commands;
mod compose;
mod dissect;
mod encode;
mod exchange;
mod factory;
mod form;
mod framer;
mod laid;
mod layout;
mod lengths;
mod master;
mod memory;
mod responder;
mod tracker;
mod values;
mod wire;

use std::time::Duration;

use super::incotex::SilenceResponder;
use super::{
    Access, ComposeError, Context, Dialect, DialectProfile, Exchange, Family, FamilyProfile, Framer,
    LineSettings, MasterRequest, Plan, Profile, Request, Responder, Setup, SetupError, Source, Tracker,
};
use crate::frame::Dissection;

/// The protocol family `mercury200`.
#[derive(Debug)]
pub struct Mercury200;

static PROFILE: FamilyProfile = FamilyProfile {
    has_marks: false,
    ..FamilyProfile::plain(
        dissect::ID,
        "Mercury 200, 201, 203, 206",
        DialectProfile::plain("", commands::COMMANDS),
    )
};

impl Family for Mercury200 {
    fn profile(&self) -> &'static FamilyProfile {
        &PROFILE
    }

    fn framer(&self, source: Source, line: LineSettings) -> Box<dyn Framer> {
        Box::new(framer::Mercury200Framer::new(source, line))
    }

    fn tracker(&self, _: Dialect) -> Box<dyn Tracker> {
        Box::new(tracker::Mercury200Tracker::default())
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect::dissect(frame, context)
    }

    fn compose(&self, profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        Ok(vec![compose::request(compose::address(&profile.address)?, request)?])
    }

    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        wire::with_checksum(body)
    }

    fn access(&self, frame: &[u8], _: Dialect) -> Option<Access> {
        asked::access(frame)
    }

    fn request_at(&self, bytes: &[u8]) -> Option<MasterRequest> {
        master::request_at(bytes)
    }

    fn silence(&self, line: LineSettings) -> Duration {
        exchange::silence(line)
    }

    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        exchange::exchange(&plan)
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        Ok(Box::new(SilenceResponder::new(responder::Meter::new(setup)?, wire::LONGEST)))
    }
}

#[cfg(test)]
mod tests;
