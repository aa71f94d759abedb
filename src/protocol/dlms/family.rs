//! What the two families have in common: whatever carries them, meters push the same APDUs in the same manner.

use std::ops::Range;
use std::time::Duration;

use super::bare::OrBare;
use super::standing::{Event as Broken, Standing};
use super::{maker, responder, secrets};
use crate::frame::Dissection;
use crate::frame::checksum::CheckKind;
use crate::protocol::delimited::{Delimited, Grammar};
use crate::protocol::line_search::{self, Usual};
use crate::protocol::listen::{Listen, Manner, TELEGRAM};
use crate::protocol::secrets::Suspect;
use crate::protocol::{
    Access, Command, ComposeError, Context, Dialect, Exchange, Family, Framer, LineSettings, MasterRequest,
    Plan, Profile, Request, Responder, Setup, SetupError, Source, Tracker,
};

static COMMANDS: &[Command] = &[TELEGRAM];

/// What carries APDUs: everything in which the families differ.
pub trait Carrier: Sync + Sized + 'static {
    /// Protocol id.
    const ID: &'static str;
    /// Its name for people.
    const TITLE: &'static str;
    /// The check of its frames.
    const CHECKS: &'static [CheckKind];
    /// The one there is.
    const ONLY: &'static Self;
    /// How its frames look.
    type Grammar: Grammar + 'static;

    /// Its grammar.
    fn grammar() -> Self::Grammar;

    /// What follows its segments and blocks.
    fn tracker(dialect: Dialect) -> Box<dyn Tracker>;

    /// Whether an address that its frames carry is the own one of a single meter.
    fn is_own_address(address: u64) -> bool;

    /// Explains one frame.
    fn told(frame: &[u8], context: &Context<'_>) -> Dissection;

    /// The bytes of a frame for a body typed by hand.
    fn close(body: &[u8]) -> Vec<u8>;

    /// What a frame would do to a meter.
    fn access(frame: &[u8]) -> Option<Access>;

    /// The request of a client at the beginning of bytes.
    fn request_at(bytes: &[u8]) -> Option<MasterRequest>;
}

impl<C: Carrier> Family for C {
    fn id(&self) -> &'static str {
        C::ID
    }

    fn title(&self) -> &'static str {
        C::TITLE
    }

    fn framer(&self, _: Source, line: LineSettings) -> Box<dyn Framer> {
        Box::new(Delimited::new(OrBare(C::grammar()), line))
    }

    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker> {
        C::tracker(dialect)
    }

    fn is_own_address(&self, address: u64) -> bool {
        C::is_own_address(address)
    }

    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        C::told(frame, context)
    }

    fn secrets(&self, suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
        secrets::find(suspect, hide);
    }

    fn secret_checks(&self) -> &'static [CheckKind] {
        C::CHECKS
    }

    fn is_broken_off(&self, step: u8) -> bool {
        matches!(Standing::unpack(step).event, Broken::Restart | Broken::TimedOut)
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
        C::close(body)
    }

    fn access(&self, frame: &[u8], _: Dialect) -> Option<Access> {
        C::access(frame)
    }

    fn request_at(&self, bytes: &[u8]) -> Option<MasterRequest> {
        C::request_at(bytes)
    }

    /// Nothing is asked.
    fn silence(&self, _: LineSettings) -> Duration {
        Duration::ZERO
    }

    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        let interval = responder::interval(plan.profile.model);
        Ok(Box::new(Listen::new(C::ONLY, plan, Manner { interval, reply: |_| None })))
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        responder::responder(setup)
    }
}
