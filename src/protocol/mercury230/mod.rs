//! The protocol of the Mercury meters 203.2TD, 204, 208, 230, 231, 233, 234, 236 and 238 (Incotex).
//!
//! Source: the maker's "command system of the meters 203.2TD, 204, 208, 230, 231, 234, 236, 238", version
//! 05.2023 (called M236 in this folder), with captures of real meters. It has nothing but brand, connector and
//! CRC in common with the protocol of the Mercury 200 family.
//!
//! A channel is opened with a level and a password, kept open by use and closed by the meter after 240 s.
//! Replies do not say what they answer: everything here that explains one needs its request.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `reads.rs`, `writes.rs` | the catalogue: every command as a person asks for it, with its bytes |
//! | `rows.rs`, `form.rs`, `choices.rs` | the vocabulary of the catalogue, and how a request finds its line |
//! | `energy.rs`, `instant.rs`, `journals.rs`, `memory.rs` | answers whose form follows from the request |
//! | `pulses.rs` | pulses of the load profile made into energy and power |
//! | `state.rs`, `variant.rs`, `status.rs` | words made of bits and codes |
//! | `values.rs`, `encode.rs`, `password.rs` | bytes to values and back |
//! | `wire.rs`, `framer.rs` | the frame, and how it is found without start, length or end |
//! | `dissect.rs`, `laid.rs` | a frame explained |
//! | `compose.rs`, `asked.rs`, `session.rs`, `answers.rs`, `timing.rs`, `tracker.rs` | asking, judging answers, pairing |
//! | `responder.rs`, `meter.rs` | the meter's side |

mod answers;
mod asked;
mod choices;
mod compose;
mod dissect;
mod encode;
mod energy;
mod form;
mod framer;
mod instant;
mod journals;
mod laid;
mod master;
mod memory;
mod meter;
mod password;
mod pulses;
mod reads;
mod responder;
mod rows;
mod secrets;
mod session;
mod state;
mod status;
mod timing;
mod tracker;
mod values;
mod variant;
mod wire;
mod writes;

use std::ops::Range;
use std::time::Duration;

use super::incotex::SilenceResponder;
use super::{
    Access, ComposeError, Context, Dialect, DialectProfile, Exchange, Family, FamilyProfile, Framer,
    LineSettings, LoadProfile, MasterRequest, Plan, Profile, Reach, Request, Responder, Setup, SetupError,
    Source, Stage, Tracker,
};
use crate::frame::Dissection;
use crate::frame::checksum::CheckKind;
use crate::protocol::secrets::Suspect;

/// Three phases, passwords of digits sent as numbers: a type without the letter D.
pub const PLAIN: Dialect = Dialect(0);
/// Three phases, passwords sent as characters: a type with the letter D.
pub const WITH_D: Dialect = Dialect(1);
/// One phase, a type without the letter D.
pub const SINGLE_PHASE: Dialect = Dialect(2);
/// One phase, a type with the letter D.
pub const SINGLE_PHASE_WITH_D: Dialect = Dialect(3);

/// What a password looks like, for those who ask for one.
pub const PASSWORD_FORM: &str = password::FORM;

/// Whether a dialect is that of types with the letter D.
const fn has_letter_d(dialect: Dialect) -> bool {
    dialect.0 & 1 == 1
}

/// Whether a dialect is that of single-phase meters.
const fn is_single_phase(dialect: Dialect) -> bool {
    dialect.0 & 2 == 2
}

/// The protocol family `mercury230`.
#[derive(Debug)]
pub struct Mercury230;

/// How the load profile is asked for: 17 records of 15 bytes are the most that one answer holds; single ones work on
/// every model.
const LOAD_PROFILE: LoadProfile = LoadProfile {
    command: "profile",
    reach: Reach::Records { back: "back", count: "count", most: 16 },
    furthest: 84,
};

/// A dialect by its name: all have the same commands.
const fn named(name: &'static str) -> DialectProfile {
    DialectProfile { load_profile: Some(LOAD_PROFILE), ..DialectProfile::plain(name, &rows::COMMANDS) }
}

static PROFILE: FamilyProfile = FamilyProfile {
    picked: &[named("type with letter D"), named("single phase"), named("single phase, type with letter D")],
    has_marks: false,
    has_sessions: true,
    // The universal address of theirs is the first byte of an address of a Mercury 200.
    answers_others: true,
    secret_checks: &[CheckKind::Modbus],
    ..FamilyProfile::plain(dissect::ID, "Mercury 230, 231, 233, 234, 236, 203.2TD, 204, 208, 238", named(""))
};

impl Family for Mercury230 {
    fn profile(&self) -> &'static FamilyProfile {
        &PROFILE
    }

    fn framer(&self, source: Source, line: LineSettings) -> Box<dyn Framer> {
        Box::new(framer::Mercury230Framer::new(source, line))
    }

    fn tracker(&self, _: Dialect) -> Box<dyn Tracker> {
        Box::new(tracker::Mercury230Tracker::default())
    }

    fn is_own_address(&self, address: u64) -> bool {
        ![wire::ANY, wire::BROADCAST].map(u64::from).contains(&address)
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect::dissect(frame, context)
    }

    fn stage(&self, step: u8) -> Option<Stage> {
        tracker::stage(step)
    }

    fn secrets(&self, suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
        secrets::find(suspect, hide);
    }

    fn compose(&self, profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        session::compose(profile, request)
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
        timing::silence(line)
    }

    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        Ok(Box::new(session::Session::new(&plan)?))
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        Ok(Box::new(SilenceResponder::new(responder::Meter::new(setup)?, wire::LONGEST)))
    }
}

#[cfg(test)]
mod tests;
