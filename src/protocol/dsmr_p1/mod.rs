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
//! | `commands.rs`, `exchange.rs`, `tracker.rs` | waiting for a telegram |
//! | `hints.rs` | inverted lines and wrong settings, recognised from their bytes |
//! | `responder/` | the meter's side |

mod catalogue;
mod commands;
mod dissect;
mod envelope;
mod exchange;
mod framer;
pub mod hints;
mod legal_time;
mod object;
mod responder;
mod text;
mod tracker;
mod variant;
mod wire;
mod wrapped;

use std::time::Duration;

use super::line_search::{self, Usual};
use super::secrets;
use super::{
    Access, Command, ComposeError, Context, Dialect, Exchange, Family, Framer, LineSettings, MasterRequest,
    Plan, Profile, Request, Responder, Setup, SetupError, Source, Tracker,
};
use crate::frame::{Dissection, Values, Verdict};

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

impl Family for P1 {
    fn id(&self) -> &'static str {
        dissect::ID
    }

    fn title(&self) -> &'static str {
        "DSMR P1 and its national variants"
    }

    fn framer(&self, _: Source, _: LineSettings) -> Box<dyn Framer> {
        Box::new(framer::Telegrams::new())
    }

    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker> {
        Box::new(tracker::Pushes::new(dialect))
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect::dissect(frame, context)
    }

    fn values(&self, frame: &[u8], context: &Context<'_>) -> Values {
        let values = dissect::values(frame, context);
        let is_sound = values.verdict == Verdict::Good;
        if is_sound || !secrets::mask(frame, context.around).hides_anything() {
            return values;
        }
        self.dissect(frame, context).into()
    }

    fn commands(&self, _: Dialect) -> &'static [Command] {
        commands::COMMANDS
    }

    /// The picked country or version fixes the line.
    fn usual_lines(&self, dialect: Dialect) -> Option<&'static Usual> {
        (dialect == variant::ANY.dialect).then_some(&line_search::P1)
    }

    fn dialect_name(&self, dialect: Dialect) -> &'static str {
        variant::of(dialect).name
    }

    fn zone(&self, dialect: Dialect) -> Option<&'static str> {
        variant::of(dialect).time.map(|time| time.rule)
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
        Ok(Box::new(exchange::Wait::new(plan)?))
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        Ok(Box::new(responder::Meter::new(setup)?))
    }
}

#[cfg(test)]
mod tests;
