//! IEC 62056-21 (IEC 61107, IEC 1107): sessions in ASCII, and the dialects of NEVA and Energomera meters.
//!
//! The master signs on, the meter identifies itself and proposes a speed, the master selects an option and
//! both change to that speed; then come a password, commands and answers, and a sign-off. Sources: the NEVA
//! MT1 programmer's manual (Taipit, 13.08.2015), the protocol of CE208 and CE308 (Energomera), captured
//! sessions of many makers' meters; facts of the standard itself as its free implementations agree on them.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `chars`, `message`, `dataset` | control characters, the layouts of messages, data sets |
//! | `bcc` | the two check characters, and who uses which |
//! | `framer` | cutting the stream |
//! | `ident`, `obis` | identifications, codes and units of readouts |
//! | `neva` | codes, formats, schedules, the half-hour archive |
//! | `energomera` | parameters, errors, the hashed password |
//! | `dissect` | bytes into fields and readings |
//! | `step`, `tracker` | the steps of a session |
//! | `commands`, `compose` | what can be asked, and its bytes |
//! | `catalogue` | codes by name, for asking by hand |
//! | `access` | what a message would do |
//! | `exchange` | a session carried out |
//! | `responder` | simulated meters |

#![expect(
    clippy::similar_names,
    reason = "the context and the content of a frame are both called so in the field"
)]

mod access;
mod bcc;
mod catalogue;
mod chars;
mod commands;
mod compose;
mod dataset;
mod dissect;
mod energomera;
mod exchange;
mod framer;
mod ident;
mod master;
mod message;
mod neva;
mod obis;
mod responder;
mod secrets;
mod step;
mod tracker;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use step::{Stand, Step};

use std::time::Duration;

use crate::frame::Dissection;
use crate::frame::checksum::CheckKind;
use crate::protocol::secrets::Suspect;
use crate::protocol::{
    Access, Command, ComposeError, Context, Dialect, DialectProfile, Exchange, Family, FamilyProfile, Framer,
    KnownCode, LineSettings, LoadProfile, MasterRequest, Plan, Profile, Reach, Request, Responder, Setup,
    SetupError, Source, Stage, Tracker,
};

/// The protocol id.
pub const PROTOCOL: &str = "iec62056-21";

/// NEVA `MT1xx`.
pub const NEVA_1: Dialect = Dialect(1);
/// NEVA `MT3xx`.
pub const NEVA_3: Dialect = Dialect(2);
/// Energomera CE102M, CE301, CE303, CE304, CE6850M: identifications begin with EKT.
pub const EKT: Dialect = Dialect(3);
/// Energomera CE207, CE208, CE307 R34, CE308: identifications begin with EMR.
pub const EMR: Dialect = Dialect(4);
/// Any other meter.
pub const GENERIC: Dialect = Dialect(5);

const fn profile_by(command: &'static str, reach: Reach) -> LoadProfile {
    LoadProfile { command, reach, furthest: 127 }
}

const BY_DAYS: Option<LoadProfile> = Some(profile_by("profile", Reach::Days { first: "from", last: "days" }));
const BY_DATE: Option<LoadProfile> = Some(profile_by("load-profile", Reach::Date("date")));
const BY_DAY_BACK: Option<LoadProfile> = Some(profile_by("load-profile", Reach::DayBack("day")));

const fn dialect(
    name: &'static str,
    commands: &'static [Command],
    load_profile: Option<LoadProfile>,
) -> DialectProfile {
    DialectProfile { load_profile, ..DialectProfile::plain(name, commands) }
}

static PROFILE: FamilyProfile = FamilyProfile {
    picked: &[
        dialect("neva-mt1", commands::NEVA_1_COMMANDS, BY_DAYS),
        dialect("neva-mt3", commands::NEVA_3_COMMANDS, BY_DAYS),
        dialect("energomera-ekt", commands::EKT_COMMANDS, BY_DATE),
        dialect("energomera-emr", commands::EMR_COMMANDS, BY_DAY_BACK),
        dialect("generic", commands::GENERIC_COMMANDS, None),
    ],
    has_sessions: true,
    changes_speed: true,
    secret_checks: &[CheckKind::Xor7, CheckKind::Add7],
    ..FamilyProfile::plain(PROTOCOL, "IEC 62056-21", dialect("", commands::GENERIC_COMMANDS, None))
};

/// The family.
#[derive(Debug)]
pub struct Iec;

impl Family for Iec {
    fn profile(&self) -> &'static FamilyProfile {
        &PROFILE
    }

    fn framer(&self, source: Source, _: LineSettings) -> Box<dyn Framer> {
        Box::new(framer::IecFramer::new(source))
    }

    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker> {
        Box::new(tracker::IecTracker::new(dialect))
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect::explain(frame, context).dissection
    }

    fn stage(&self, step: u8) -> Option<Stage> {
        step::Stand::decode(step).step.map(step::Step::stage)
    }

    fn secrets(&self, suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
        secrets::find(suspect, hide);
    }

    fn codes(&self, dialect: Dialect) -> Vec<KnownCode> {
        catalogue::codes(dialect)
    }

    fn compose(&self, profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        compose::frames(profile, request)
    }

    /// A body that begins with SOH or STX gets an ETX, if it has none, and the check character of NEVA and
    /// most makers (xor7); any other body is sent as it is.
    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        compose::seal(body.to_vec(), bcc::Rule::Xor7)
    }

    fn access(&self, frame: &[u8], dialect: Dialect) -> Option<Access> {
        access::access(frame, dialect)
    }

    fn request_at(&self, bytes: &[u8]) -> Option<MasterRequest> {
        master::request_at(bytes)
    }

    fn silence(&self, _: LineSettings) -> Duration {
        exchange::SILENCE
    }

    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        exchange::exchange(plan)
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        responder::responder(setup)
    }
}
