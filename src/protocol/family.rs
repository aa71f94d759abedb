//! What a protocol family brings.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use super::address::Address;
use super::command::Access;
use super::context::Context;
use super::dialect::Dialect;
use super::exchange::{ComposeError, Exchange, Options, Request};
use super::family_profile::{FamilyProfile, Marks};
use super::framer::{Framer, Source};
use super::keys::MeterKey;
use super::known_code::KnownCode;
use super::line::LineSettings;
use super::master_request::MasterRequest;
use super::meter_id::{self, MeterId};
use super::responder::{Responder, Setup, SetupError};
use super::secrets::Suspect;
use super::stage::Stage;
use super::tracker::Tracker;
use crate::frame::{Dissection, Secret, Values};
use crate::reading::Octets;

/// Families as the registry lists them.
pub type Families = &'static [&'static dyn Family];

/// The meter an exchange is with, as far as its protocol needs to know.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Model id, for messages.
    pub model: &'static str,
    /// The dialect it speaks.
    pub dialect: Dialect,
    /// Its address.
    pub address: Address,
    /// Its password, where one is needed.
    pub password: Option<Secret>,
    /// The line the link starts with, from which silences and deadlines are computed.
    pub line: LineSettings,
    /// Whether somebody has chosen that line, so that no other is tried.
    pub is_line_chosen: bool,
    /// The families by whose frames another line is recognised where it is searched for.
    pub families: Families,
    /// Added to every deadline: the round trip and packing time of a network link; zero on a local port.
    pub network_delay: Duration,
    /// Its keys, where it encrypts what it says.
    pub keys: Vec<MeterKey>,
}

/// What to carry out.
#[derive(Debug, Clone)]
pub struct Plan {
    /// With whom.
    pub profile: Profile,
    /// The commands, in order; a protocol with sessions carries them all out in one.
    pub requests: Vec<Request>,
    /// How.
    pub options: Options,
}

impl Plan {
    /// Whether it can be carried out without sending anything: none of its requests has a frame.
    #[must_use]
    pub fn only_listens(&self, family: &dyn Family) -> bool {
        let is_silent =
            |request: &Request| family.compose(&self.profile, request).is_ok_and(|frames| frames.is_empty());
        !self.requests.is_empty() && self.requests.iter().all(is_silent)
    }
}

/// Families are told apart by their ids.
impl PartialEq for dyn Family + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for dyn Family + '_ {}

impl fmt::Debug for dyn Family + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A protocol family: one folder, one line in the registry.
pub trait Family: Sync {
    /// The facts about it that never change.
    fn profile(&self) -> &'static FamilyProfile;

    /// Protocol id of the command line and JSON: `energomera-ce`.
    fn id(&self) -> &'static str {
        self.profile().id
    }

    /// A framer for one stream.
    fn framer(&self, source: Source, line: LineSettings) -> Box<dyn Framer>;

    /// A tracker for one link.
    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker>;

    /// Explains one frame, what stands in it for all to see: a family writes this, everybody else asks
    /// [`dissect`](trait.Family.html#method.dissect). Never fails and never panics, whatever the bytes.
    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection;

    /// Where passwords and keys of this family stand in bytes, with the checksums that cover them: found by their
    /// place, as far as one flipped bit or a cut head or tail leaves it recognisable. A family without any has
    /// nothing to say. In sound bytes only whole messages count.
    fn secrets(&self, suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
        let _ = (suspect, hide);
    }

    /// What a frame is for in a session, by the step its tracker noted; `None` where there are no sessions.
    fn stage(&self, step: u8) -> Option<Stage> {
        let _ = step;
        None
    }

    /// Whether the message before a frame ended before it was whole, by the step its tracker noted.
    fn is_broken_off(&self, step: u8) -> bool {
        let _ = step;
        false
    }

    /// What one frame says without its fields, nothing hidden, for a family whose frames are so long that this is
    /// worth a way of its own; everybody else asks `values`.
    fn quick_values(&self, frame: &[u8], context: &Context<'_>) -> Option<Values> {
        let _ = (frame, context);
        None
    }

    /// The codes of a dialect that are known by name, for a [`Kind::Code`](super::Kind::Code); none where nothing
    /// is asked by code.
    fn codes(&self, _: Dialect) -> Vec<KnownCode> {
        Vec::new()
    }

    /// The frames that carrying out a request would send, as far as they do not depend on answers.
    ///
    /// # Errors
    /// [`ComposeError`] names what cannot be put into bytes.
    fn compose(&self, profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError>;

    /// The marks by which bytes are known for this family's before any frame of it is whole.
    fn marks_in(&self, bytes: &[u8]) -> Option<Marks> {
        let _ = bytes;
        None
    }

    /// Whether the head of a message stands in bytes, where messages are too long for their ends to be waited for.
    fn has_head(&self, bytes: &[u8]) -> bool {
        let _ = bytes;
        false
    }

    /// Whether a frame without a checksum is a message of this family beyond doubt.
    fn is_unmistakable(&self, unchecked: &[u8]) -> bool {
        let _ = unchecked;
        false
    }

    /// The bytes of one frame followed by its checksum, for a body typed by hand.
    fn with_checksum(&self, body: &[u8]) -> Vec<u8>;

    /// Whether an address that frames carry is the own one of a single meter, not one for any or all of them.
    fn is_own_address(&self, _: u64) -> bool {
        true
    }

    /// The meter that is asked under an address, as its frames tell it; nameless where any may answer.
    fn meter_at(&self, address: &Address) -> MeterId {
        let is_own = address.number().is_none_or(|number| self.is_own_address(number));
        if is_own { MeterId::asked(self.id(), address) } else { MeterId::nameless(self.id()) }
    }

    /// The serial number, equipment id or system title that an explained frame states of the meter that sent it.
    fn stated_by(&self, frame: &Dissection) -> Option<Octets> {
        meter_id::stated(frame)
    }

    /// Which meter an explained frame is of. One without an own address and without a name is of the meter of the
    /// session or link that it stands in.
    fn meter_of(&self, frame: &Dissection) -> MeterId {
        let address = frame.address.filter(|address| self.is_own_address(*address));
        MeterId::heard(self.id(), address, self.stated_by(frame))
    }

    /// What bytes would do to a meter that speaks this; `None` where they are not understood, which counts as dangerous.
    ///
    /// [`Access::Read`] only where they are exactly one sound message that reads, as the catalogue composes it: marks,
    /// length and checksum right, every argument one of the catalogue's values, nothing before it and nothing behind.
    /// Opening and closing a session and acknowledging read, too. What else they hold is looked at by
    /// [`guard::access`](super::guard::access).
    fn access(&self, message: &[u8], dialect: Dialect) -> Option<Access>;

    /// The whole, sound request of a master at the beginning of bytes, whatever stands behind it.
    ///
    /// Only for what the catalogue knows by its values, and for nothing that a meter may say as well: no answer, no
    /// push, and no request that an answer cannot be told from.
    fn request_at(&self, bytes: &[u8]) -> Option<MasterRequest>;

    /// Silence that must lie on a line between two transmissions of ours when nothing has answered the first.
    fn silence(&self, line: LineSettings) -> Duration;

    /// The state machine that carries the requests of a plan out, one after the other.
    ///
    /// # Errors
    /// [`ComposeError`] when one of them cannot be put into bytes; nothing has been sent then.
    fn exchange(&self, plan: Plan) -> Result<Box<dyn Exchange>, ComposeError>;

    /// The meter's side.
    ///
    /// # Errors
    /// [`SetupError`] for a value that this meter does not have or cannot hold.
    fn responder(&self, setup: &Setup) -> Result<Box<dyn Responder>, SetupError>;
}
