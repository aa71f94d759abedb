//! The binary protocol of Energomera meters, "CE": CE102, CE301M, CE306 and CE307 R33.
//!
//! Master and slave; the meter only answers. Frames stand between two END bytes (C0), stuffed, with a CRC-8.
//! Sources: the maker's command description INES.411152.094D5 for CE102 and CE301M (2010), the CE307 manual
//! (2017, app. B and D), and captured frames.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `stuffing` | END and ESC |
//! | `frame` | CRC, the layouts of requests and replies |
//! | `framer` | cutting the stream |
//! | `layout` | how tables of commands are written |
//! | `commands` | the tables, one file a dialect |
//! | `words` | names of errors, events, firmware |
//! | `arguments`, `compose`, `asked` | arguments into bytes, and back |
//! | `dissect` | bytes into fields and readings |
//! | `exchange` | questions and what answers them |
//! | `tracker` | which reply answers which request |
//! | `responder` | a simulated meter |
//!
//! The same command codes mean different things in two dialects. [`CLASSIC`] is the dialect of CE102 S6, R5,
//! S7, S7J, R8, R8Q and CE301M, [`KERNEL10`] that of CE307 R33 and CE102 R5.1. `01 30 00 01` asks the one for
//! T1 of last month and the other for T1 now, and both answers look right; so nothing is read as an energy of
//! a certain tariff before the dialect is settled.

mod arguments;
mod asked;
mod bcd;
mod commands;
mod compose;
mod dissect;
mod exchange;
mod frame;
mod framer;
mod layout;
mod master;
mod repair;
mod responder;
mod secrets;
mod stuffing;
mod tracker;
mod variants;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use compose::request_of;

use std::time::Duration;

use crate::frame::Dissection;
use crate::frame::checksum::CheckKind;
use crate::protocol::secrets::Suspect;
use crate::protocol::{
    Access, ComposeError, Context, Dialect, DialectProfile, Exchange, Family, FamilyProfile, Framer,
    LineSettings, MasterRequest, Plan, Profile, Request, Responder, Setup, SetupError, Source, Tracker,
};
use crate::reading::Check;

/// The protocol id.
pub const PROTOCOL: &str = "energomera-ce";

/// CE102 S6, R5, S7, S7J, R8, R8Q and CE301M.
pub const CLASSIC: Dialect = Dialect(1);

/// CE307 R33 and CE102 R5.1, whose version tells kernel 10.
pub const KERNEL10: Dialect = Dialect(2);

/// The CRC of a frame: one damaged frame in 256 fits it.
const CHECK: Check = Check::Crc8;

/// The step of a [`Context`] or relation that tells the decimals of a classic meter's energies and powers,
/// which only its configuration (0101) knows: 1 for none to 4 for three; 0 is "not known".
#[must_use]
pub const fn step_of_decimals(decimals: u8) -> u8 {
    decimals.saturating_add(1)
}

/// The inverse of [`step_of_decimals`].
const fn decimals(step: u8) -> Option<u8> {
    match step {
        1..=4 => Some(step - 1),
        _ => None,
    }
}

/// The decimals that the configuration of a classic meter tells: bits 1 and 0 of its first byte.
fn decimals_of_config(data: &[u8]) -> Option<u8> {
    matches!(data.len(), 5 | 6).then(|| data.first().map(|first| first & 3)).flatten()
}

/// The dialect that a reply speaks for: by the kernel in the version, by a reply only one dialect has.
fn evidence(packet: &frame::Packet) -> Option<Dialect> {
    if packet.kind != frame::Kind::Reply {
        return None;
    }
    match (packet.command, packet.data.as_slice()) {
        (0x0100, [1..=3, _, _, _, _, _]) | (0x0130 | 0x012F, [_, _, _, _]) => Some(CLASSIC),
        (0x0100, [10, _, _, _, _, _]) => Some(KERNEL10),
        (0x0130 | 0x012F, data) if data.len() == 7 => Some(KERNEL10),
        (0x0160, data) if data.len() == 12 => Some(KERNEL10),
        _ => None,
    }
}

static PROFILE: FamilyProfile = FamilyProfile {
    picked: &[
        DialectProfile::plain("classic", &commands::CLASSIC_COMMANDS),
        DialectProfile::plain("kernel-10", &commands::KERNEL10_COMMANDS),
    ],
    secret_checks: &[CheckKind::Crc8B5],
    ..FamilyProfile::plain(PROTOCOL, "Energomera CE", DialectProfile::plain("", &commands::SHARED_COMMANDS))
};

/// The family.
#[derive(Debug)]
pub struct Ce;

impl Family for Ce {
    fn profile(&self) -> &'static FamilyProfile {
        &PROFILE
    }

    fn framer(&self, _: Source, line: LineSettings) -> Box<dyn Framer> {
        Box::new(framer::CeFramer::new(line))
    }

    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker> {
        Box::new(tracker::CeTracker::new(dialect))
    }

    fn is_own_address(&self, address: u64) -> bool {
        ![0, u64::from(frame::BROADCAST)].contains(&address)
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect::dissect(frame, context)
    }

    fn secrets(&self, suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
        secrets::find(suspect, hide);
    }

    fn compose(&self, profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        compose::compose(profile, request)
    }

    /// The body is what stands between the END bytes, from OPT to the last data byte, not stuffed and
    /// without CRC. A body that begins with END is taken without it, and without an END at its end. The
    /// result is the whole frame, stuffed.
    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        let content = match body.strip_prefix(&[stuffing::END]) {
            Some(rest) => rest.strip_suffix(&[stuffing::END]).unwrap_or(rest),
            None => body,
        };
        frame::seal(content.to_vec())
    }

    fn access(&self, frame: &[u8], dialect: Dialect) -> Option<Access> {
        asked::access(frame, dialect)
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
        responder::responder(setup)
    }
}
