//! What the two families have in common: whatever carries them, meters push the same APDUs in the same manner.

use std::ops::Range;
use std::time::Duration;

use super::bare::OrBare;
use super::standing::{Event as Broken, Standing};
use super::{maker, responder, secrets};
use crate::frame::Dissection;
use crate::frame::checksum::CheckKind;
use crate::protocol::delimited::{Delimited, Grammar};
use crate::protocol::mbus::{CUSTOMER_LINES, LONG};
use crate::protocol::push_exchange::{PushExchange, PushTiming, TELEGRAM};
use crate::protocol::secrets::Suspect;
use crate::protocol::{
    Access, Command, ComposeError, Context, Dialect, DialectProfile, Exchange, Family, FamilyProfile, Framer,
    LineSettings, Marks, MasterRequest, Plan, Profile, Proof, Request, Responder, Setup, SetupError, Source,
    Tracker,
};

static COMMANDS: &[Command] = &[TELEGRAM];

/// The makers whose way of filling lists a model fixes, and with it the line.
const MAKERS: [DialectProfile; maker::DIALECTS.len()] = {
    const UNKNOWN: DialectProfile = DialectProfile::plain("", COMMANDS);
    let mut all = [UNKNOWN; maker::DIALECTS.len()];
    let mut index = 1;
    while index < all.len() {
        #[expect(
            clippy::indexing_slicing,
            reason = "the index is below the length of both; a constant cannot iterate"
        )]
        {
            let name = maker::DIALECTS[index].1;
            all[index] = DialectProfile { is_line_known: true, ..DialectProfile::plain(name, COMMANDS) };
        }
        index += 1;
    }
    all
};

static PICKED: &[DialectProfile] = MAKERS.split_at(1).1;

/// The facts about a family of pushed APDUs.
pub(super) const fn pushed(
    id: &'static str,
    title: &'static str,
    secret_checks: &'static [CheckKind],
) -> FamilyProfile {
    FamilyProfile {
        picked: PICKED,
        usual: Some(&CUSTOMER_LINES),
        proof: Proof::OneFrame,
        secret_checks,
        ..FamilyProfile::plain(id, title, DialectProfile::plain("", COMMANDS))
    }
}

/// What carries APDUs: everything in which the families differ.
pub trait Carrier: Sync + Sized + 'static {
    /// The facts about the family.
    const PROFILE: &'static FamilyProfile;
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

    /// The marks by which bytes are known for its frames.
    fn marks_in(bytes: &[u8]) -> Option<Marks>;

    /// What a frame would do to a meter.
    fn access(frame: &[u8]) -> Option<Access>;

    /// The request of a client at the beginning of bytes.
    fn request_at(bytes: &[u8]) -> Option<MasterRequest>;
}

impl<C: Carrier> Family for C {
    fn profile(&self) -> &'static FamilyProfile {
        C::PROFILE
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

    fn is_broken_off(&self, step: u8) -> bool {
        matches!(Standing::unpack(step).event, Broken::Restart | Broken::TimedOut)
    }

    fn compose(&self, _: &Profile, _: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        Ok(Vec::new())
    }

    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        C::close(body)
    }

    fn marks_in(&self, bytes: &[u8]) -> Option<Marks> {
        C::marks_in(bytes)
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
        let timing = PushTiming { interval, longest: LONG };
        Ok(Box::new(PushExchange::new(C::ONLY, plan, timing, TELEGRAM.title)?))
    }

    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        responder::responder(setup)
    }
}
