//! Meters that push ASCII telegrams through a customer port: DSMR P1 of the Netherlands and its national dresses.
//!
//! Sources: P1 Companion Standards 2.2, 3.0, 4.0.4, 4.0.7, 4.2.2 and 5.0.2 (Netbeheer Nederland), Luxembourg
//! Smarty P1 specification 1.1.3, the Swedish H1 port 2.0, and real telegrams where those are silent or wrong.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `catalogue.rs`, `variant.rs`, `legal_time.rs` | what every object means, and what differs from country to country |
//! | `object.rs`, `text.rs` | references, numbers, time stamps |
//! | `wire.rs`, `envelope.rs`, `wrapped.rs`, `framer.rs` | a telegram's beginning, end and CRC, in clear and encrypted |
//! | `dissect/` | a telegram explained |
//! | `commands.rs`, `tracker.rs` | waiting for a telegram |
//! | `responder/` | the meter's side |

mod catalogue;
mod commands;
mod dissect;
mod envelope;
mod framer;
mod legal_time;
mod object;
mod responder;
mod text;
mod tracker;
mod variant;
mod wire;
mod wrapped;

use std::time::Duration;

use super::push_exchange::{PushExchange, PushTiming};
use super::{
    Access, ComposeError, Context, Dialect, Exchange, Family, FamilyProfile, Framer, LineSettings,
    MasterRequest, Plan, Profile, Request, Responder, Setup, SetupError, Source, Tracker, Usual,
};
use crate::frame::{Dissection, Values};

pub use variant::{FAST, SLOW};

/// Characters of a long telegram.
const LONG: usize = 2400;

/// Characters of a telegram's head by which it is recognised: the slash, the maker, the type.
const HEAD: usize = 9;

/// The protocol family `dsmr-p1`.
#[derive(Debug)]
pub struct P1;

/// The dialects, for the models that fix one.
pub mod dialects {
    use super::Dialect;
    use super::variant as v;

    /// DSMR 2.2 and 3.0.
    pub const V2: Dialect = v::V2.dialect;
    /// DSMR 4.
    pub const V4: Dialect = v::V4.dialect;
    /// DSMR 5 and ESMR 5.
    pub const V5: Dialect = v::V5.dialect;
    /// Belgium.
    pub const BELGIUM: Dialect = v::BELGIUM.dialect;
    /// Luxembourg.
    pub const LUXEMBOURG: Dialect = v::LUXEMBOURG.dialect;
    /// Austria.
    pub const AUSTRIA: Dialect = v::AUSTRIA.dialect;
    /// Sweden, Denmark, Norway.
    pub const SWEDEN: Dialect = v::SWEDEN.dialect;
    /// Lithuania.
    pub const LITHUANIA: Dialect = v::LITHUANIA.dialect;
    /// Hungary.
    pub const HUNGARY: Dialect = v::HUNGARY.dialect;
    /// Switzerland.
    pub const SWITZERLAND: Dialect = v::SWITZERLAND.dialect;
    /// Slovenia.
    pub const SLOVENIA: Dialect = v::SLOVENIA.dialect;
    /// Poland.
    pub const POLAND: Dialect = v::POLAND.dialect;
    /// Ireland.
    pub const IRELAND: Dialect = v::IRELAND.dialect;
    /// DSMR 2.1.
    pub const V2_1: Dialect = v::OLDEST.dialect;
    /// `EasyMeter` Q3D.
    pub const Q3D: Dialect = v::Q3D.dialect;
}

static PROFILE: FamilyProfile = FamilyProfile {
    picked: variant::PICKED,
    usual: Some(&USUAL),
    ..FamilyProfile::plain(dissect::ID, "DSMR P1 and its national variants", variant::ANY.profile(false))
};

/// The lines of versions from 4 on, and of those before.
static USUAL: Usual = Usual { lines: &[FAST, SLOW], text: Some("the text of P1") };

impl Family for P1 {
    fn profile(&self) -> &'static FamilyProfile {
        &PROFILE
    }

    fn framer(&self, _: Source, _: LineSettings) -> Box<dyn Framer> {
        Box::new(framer::P1Framer::new())
    }

    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker> {
        Box::new(tracker::P1Tracker::new(dialect))
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect::dissect(frame, context)
    }

    fn quick_values(&self, frame: &[u8], context: &Context<'_>) -> Option<Values> {
        Some(dissect::values(frame, context))
    }

    fn has_head(&self, bytes: &[u8]) -> bool {
        let is_head = |window: &[u8]| {
            matches!(window, [b'/', maker @ ..] if maker.iter().take(3).all(u8::is_ascii_alphabetic)
                && maker.iter().all(|byte| matches!(byte, b' '..=b'~')))
        };
        bytes.windows(HEAD).any(is_head)
    }

    /// A telegram of the versions that have no checksum is whole, from its slash to its exclamation mark.
    fn is_unmistakable(&self, unchecked: &[u8]) -> bool {
        unchecked.starts_with(b"/")
    }

    /// Nothing is sent to such a meter.
    fn compose(&self, _: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        let is_own = commands::COMMANDS.iter().any(|own| own.id == request.command.id);
        if is_own { Ok(Vec::new()) } else { Err(ComposeError::Foreign(request.command.id)) }
    }

    /// The CRC and line end behind the exclamation mark of a telegram typed by hand.
    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        wire::seal_up(body)
    }

    /// Nothing that could be sent is known to these meters.
    fn access(&self, _: &[u8], _: Dialect) -> Option<Access> {
        None
    }

    fn request_at(&self, _: &[u8]) -> Option<MasterRequest> {
        // A meter is asked by a wire of its plug, and never by a byte.
        None
    }

    /// Nothing is asked.
    fn silence(&self, _: LineSettings) -> Duration {
        Duration::ZERO
    }

    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        let interval = variant::of(plan.profile.dialect).interval;
        let timing = PushTiming { interval, longest: LONG };
        Ok(Box::new(PushExchange::new(&P1, plan, timing, "waiting for a telegram")?))
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        Ok(Box::new(responder::Meter::new(setup)?))
    }
}

#[cfg(test)]
mod tests;
