//! Wired M-Bus: the link layer that DLMS pushes use, too, and the records of meters that speak nothing else.
//!
//! Sources: "The M-Bus: a documentation", 4.8 (called DOC48 by many); EN 13757-2 and -3; the customer interface
//! of the Siemens TD-351x ("AMIS") from Netz Oberösterreich.
//!
//! The checksum is a sum of 8 bits, in which two changes may cancel each other out: of frames damaged at random about
//! one in 256 passes for good. Values that matter are worth reading twice.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `link.rs` | the frames, how they are found in a stream, the length that wraps |
//! | `names.rs` | what C, A and CI fields, media and errors are called |
//! | `header.rs`, `record.rs`, `data.rs`, `vif.rs` | headers and data records |
//! | `amis.rs` | encrypted records |
//! | `dissect.rs`, `tracker.rs` | a frame explained, pairing |
//! | `address.rs`, `master.rs` | whom a master asks, and asking |
//! | `responder/` | the meter's side |

mod address;
mod amis;
mod data;
pub(super) mod dissect;
mod header;
pub(super) mod link;
mod master;
mod names;
mod record;
mod requests;
mod responder;
mod tracker;
mod vif;

pub(super) use tracker::MbusTracker;

use std::time::Duration;

use self::address::Slave;
use super::delimited::Delimited;
use super::push_exchange::{PushExchange, PushTiming, TELEGRAM, WAIT};
use super::{
    Access, Address, Command, ComposeError, Context, Dialect, DialectProfile, Exchange, Family,
    FamilyProfile, Framer, Group, LineSettings, MasterRequest, MeterId, Plan, Profile, Proof, Request,
    Responder, Setup, SetupError, Source, Tracker, Usual,
};
use crate::frame::Dissection;
use crate::reading::Octets;

/// The protocol family `mbus`.
#[derive(Debug)]
pub struct Mbus;

/// Bytes of a long push, all its frames.
pub(super) const LONG: usize = 600;

/// Wired M-Bus as it is.
pub const PLAIN: Dialect = Dialect(0);
/// The customer interface that waits for `E5` after every frame.
pub const AMIS: Dialect = Dialect(1);

/// Waits for the next push and acknowledges every frame, without which the meter stops.
const ACKNOWLEDGE: Command = Command {
    id: "acknowledge",
    code: "E5",
    title: "Next push, acknowledged",
    group: Group::Instantaneous,
    access: Access::Write,
    parameters: &[WAIT],
    note: "sends E5 after every frame; without it the meter falls silent after ten",
};

static AMIS_COMMANDS: &[Command] = &[TELEGRAM, ACKNOWLEDGE];

/// The lines of customer interfaces: at 2400 baud with or without parity, and the faster ones.
pub(super) static CUSTOMER_LINES: Usual = Usual {
    lines: &[
        LineSettings::e81(2400),
        LineSettings::n81(2400),
        LineSettings::n81(9600),
        LineSettings::n81(115_200),
    ],
    text: None,
};

/// The facts about the family, which others rely on that it carries.
pub(super) static PROFILE: FamilyProfile = FamilyProfile {
    picked: &[DialectProfile { is_line_known: true, ..DialectProfile::plain("AMIS", AMIS_COMMANDS) }],
    usual: Some(&CUSTOMER_LINES),
    proof: Proof::OneFrame,
    ..FamilyProfile::plain(dissect::ID, "M-Bus, wired", DialectProfile::plain("", master::COMMANDS))
};

impl Family for Mbus {
    fn profile(&self) -> &'static FamilyProfile {
        &PROFILE
    }

    fn framer(&self, _: Source, line: LineSettings) -> Box<dyn Framer> {
        Box::new(Delimited::new(link::Link, line))
    }

    fn tracker(&self, _: Dialect) -> Box<dyn Tracker> {
        Box::new(MbusTracker::default())
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect::dissect(frame, context)
    }

    fn is_own_address(&self, address: u64) -> bool {
        address <= address::LAST_PRIMARY.into()
    }

    fn meter_at(&self, address: &Address) -> MeterId {
        match Slave::of(address) {
            Ok(Slave::Primary(number)) if self.is_own_address(number.into()) => {
                MeterId::heard(self.id(), Some(number.into()), None)
            }
            Ok(Slave::Primary(_)) => MeterId::nameless(self.id()),
            Ok(Slave::Secondary(_)) | Err(_) => MeterId::asked(self.id(), address),
        }
    }

    fn stated_by(&self, frame: &Dissection) -> Option<Octets> {
        dissect::identity(frame)
    }

    fn compose(&self, profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        if profile.dialect == AMIS {
            let answers = request.command.id == ACKNOWLEDGE.id;
            return Ok(if answers { vec![vec![link::ACK]] } else { Vec::new() });
        }
        Ok(master::compose(Slave::of(&profile.address)?, request))
    }

    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        link::seal(body)
    }

    fn access(&self, frame: &[u8], _: Dialect) -> Option<Access> {
        access(frame)
    }

    fn request_at(&self, bytes: &[u8]) -> Option<MasterRequest> {
        requests::request_at(bytes)
    }

    fn silence(&self, line: LineSettings) -> Duration {
        master::silence(line)
    }

    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        if plan.profile.dialect != AMIS {
            return master::exchange(plan);
        }
        let answers = plan.requests.iter().any(|request| request.command.id == ACKNOWLEDGE.id);
        let timing = PushTiming { interval: responder::CALL, longest: LONG };
        let waits = PushExchange::new(&Mbus, plan, timing, TELEGRAM.title)?;
        Ok(Box::new(if answers { waits.replying(acknowledge) } else { waits }))
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        Ok(if setup.dialect == AMIS {
            Box::new(responder::Amis::new(setup)?)
        } else {
            Box::new(responder::Slave::new(setup)?)
        })
    }
}

/// What a frame would do to a meter.
pub(super) fn access(frame: &[u8]) -> Option<Access> {
    match link::Frame::parse(frame) {
        // It makes a meter go on that waits for it.
        link::Frame::Ack => Some(Access::Write),
        link::Frame::Long(long) if long.may_act() => {
            Some(if Slave::selected_by(frame).is_some() { Access::Read } else { Access::Control })
        }
        link::Frame::Short { c, a, .. } => {
            let asks = matches!(c, 0x40 | 0x5A | 0x5B | 0x7A | 0x7B) && Slave::is_field(a);
            (asks && frame == link::short(c, a)).then_some(Access::Read)
        }
        _ => None,
    }
}

/// `E5` for every frame of a meter that calls itself master.
fn acknowledge(frame: &[u8]) -> Option<Vec<u8>> {
    let parsed = link::Frame::parse(frame);
    let is_masters = match parsed {
        link::Frame::Short { c, .. } => c & 0x40 != 0,
        link::Frame::Long(long) => long.head().is_some_and(|[c, ..]| c & 0x40 != 0),
        _ => false,
    };
    (is_masters && parsed.is_sound()).then(|| vec![link::ACK])
}

#[cfg(test)]
mod tests;
