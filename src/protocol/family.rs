//! What a protocol family brings.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use super::address::Address;
use super::command::{Access, Command};
use super::exchange::{Exchange, Plan, Request};
use super::foreign_master::MasterRequest;
use super::framer::{Framer, Source};
use super::keys::MeterKey;
use super::known_code::KnownCode;
use super::line::LineSettings;
use super::line_search::Usual;
use super::load_profile::LoadProfile;
use super::meter_id::{self, MeterId};
use super::responder::{Responder, Setup, SetupError};
use super::secrets::{self, Surroundings, Suspect};
use super::stage::Stage;
use super::tracker::Tracker;
use crate::frame::checksum::CheckKind;
use crate::frame::{Direction, Dissection, Secret, Values, visible};
use crate::reading::Octets;

/// A variant of a protocol, numbered by its family; 0 is "not known" or the only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Dialect(pub u8);

/// Everything besides its bytes that a frame's meaning depends on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// Which way it went, if known.
    pub direction: Direction,
    /// The request it answers, wire bytes.
    pub request: Option<&'a [u8]>,
    /// The frames of the message it belongs to, wire bytes, in order; empty for messages of one frame.
    pub parts: &'a [&'a [u8]],
    /// The frames of the message that this frame ends before it was whole, wire bytes, in order; empty where it ends
    /// none or they are not known.
    pub dropped: &'a [&'a [u8]],
    /// The dialect in force; a picked model fixes it.
    pub dialect: Dialect,
    /// The step of the session.
    pub step: u8,
    /// Keys to try on what is encrypted.
    pub keys: &'a [MeterKey],
    /// What stands around it on the line, for passwords that begin before it or end behind it.
    pub around: Surroundings<'a>,
}

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
    /// Added to every deadline: the round trip and packing time of a network link; zero on a local port.
    pub network_delay: Duration,
    /// Its keys, where it encrypts what it says.
    pub keys: Vec<MeterKey>,
}

/// Why a request cannot be made into bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComposeError {
    /// The address does not fit the protocol's field.
    Address {
        /// As the person wrote it.
        text: String,
        /// What fits.
        expected: &'static str,
    },
    /// The command is of another family or dialect.
    Foreign(&'static str),
    /// The password cannot be encoded.
    Password(&'static str),
    /// An argument cannot be encoded.
    Argument {
        /// The parameter.
        name: &'static str,
        /// What fits.
        expected: &'static str,
    },
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { text, expected } => {
                write!(f, "address {} cannot be sent: {expected}", visible::string(text))
            }
            Self::Foreign(command) => write!(f, "{command} is not a command of this model"),
            Self::Password(expected) => write!(f, "the password cannot be sent: expected {expected}"),
            Self::Argument { name, expected } => write!(f, "{name} cannot be sent: expected {expected}"),
        }
    }
}

impl std::error::Error for ComposeError {}

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
    /// Protocol id of the command line and JSON: `energomera-ce`.
    fn id(&self) -> &'static str;

    /// Its name for people.
    fn title(&self) -> &'static str;

    /// A framer for one stream.
    fn framer(&self, source: Source, line: LineSettings) -> Box<dyn Framer>;

    /// A tracker for one link.
    fn tracker(&self, dialect: Dialect) -> Box<dyn Tracker>;

    /// Explains one frame, what stands in it for all to see: a family writes this, everybody else asks
    /// [`Family::dissect`]. Never fails and never panics, whatever the bytes.
    fn explain(&self, frame: &[u8], context: &Context<'_>) -> Dissection;

    /// Explains one frame; secrets of whichever family, and what would give them away, are hidden.
    fn dissect(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        let mut explained = self.explain(frame, context);
        secrets::hide(&mut explained, context);
        explained
    }

    /// Where passwords and keys of this family stand in bytes, with the checksums that cover them: found by their
    /// place, as far as one flipped bit or a cut head or tail leaves it recognisable. A family without any has
    /// nothing to say. In sound bytes only whole messages count.
    fn secrets(&self, suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
        let _ = (suspect, hide);
    }

    /// The checks under which sound messages of this family may carry secrets. A frame that fits a check is asked
    /// about by the families of that check alone.
    fn secret_checks(&self) -> &'static [CheckKind] {
        &[]
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

    /// Whether carrying a command out is a dialogue of several steps.
    fn has_sessions(&self) -> bool {
        (0..=u8::MAX).any(|step| self.stage(step).is_some())
    }

    /// How a meter of a dialect is asked for its load profile; `None` where it keeps none that can be read.
    fn load_profile(&self, dialect: Dialect) -> Option<LoadProfile> {
        let _ = dialect;
        None
    }

    /// The line settings worth trying for a meter of a dialect that speaks by itself; `None` where its line is known,
    /// or where it would have to be asked.
    fn usual_lines(&self, _: Dialect) -> Option<&'static Usual> {
        None
    }

    /// What one frame says, for polling: the verdict, readings and problems that [`Family::dissect`] finds, and
    /// none of its fields. A family whose frames are long makes it cheaper than the dissection.
    fn values(&self, frame: &[u8], context: &Context<'_>) -> Values {
        self.dissect(frame, context).into()
    }

    /// Everything that can be asked in a dialect, in the order of the manual.
    fn commands(&self, dialect: Dialect) -> &'static [Command];

    /// The codes of a dialect that are known by name, for a [`Kind::Code`](super::Kind::Code); none where nothing
    /// is asked by code.
    fn codes(&self, _: Dialect) -> Vec<KnownCode> {
        Vec::new()
    }

    /// The name of a dialect, empty where there is only one.
    fn dialect_name(&self, dialect: Dialect) -> &'static str;

    /// The zone of the clocks of a dialect's meters, as a rule of POSIX; `None` where they are sold in several.
    fn zone(&self, dialect: Dialect) -> Option<&'static str> {
        let _ = dialect;
        None
    }

    /// The frames that carrying out a request would send, as far as they do not depend on answers.
    ///
    /// # Errors
    /// [`ComposeError`] names what cannot be put into bytes.
    fn compose(&self, profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError>;

    /// Whether frames begin or end with marks of their own. Where they do not, any bytes between two silences
    /// are a damaged frame, which speaks for nothing.
    fn has_marks(&self) -> bool {
        true
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
