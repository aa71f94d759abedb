//! Links: where bytes come from and go to. One file a kind, and an in-memory pair.
//!
//! Whatever the kind, a link is a stream of [`LinkEvent`]s and, unless it was opened for listening, a queue of
//! [`LinkCommand`]s. The task or thread behind it owns the port; it reconnects by itself and says so.

mod clock;
pub mod damage;
mod dial;
#[cfg(test)]
mod endless;
mod fair;
pub mod listen;
mod listen_task;
pub mod mqtt;
mod name;
mod outbox;
pub mod pair;
mod parity;
pub mod ports;
mod reconnect;
pub mod rfc2217;
#[cfg(not(feature = "serial"))]
#[path = "not_serial.rs"]
pub mod serial;
#[cfg(feature = "serial")]
pub mod serial;
mod socket;
mod stream;
mod talk;
pub mod tcp;
mod topic;

pub use clock::Clock;
pub use damage::{Damage, LineError, LineErrors};
pub use fair::{SHARE, Share, Turn};
pub use name::{Endpoint, LinkName, NameError};
pub use parity::{BadSoftParity, SoftParity};
pub use topic::Topic;

use std::time::Duration;

use tokio::sync::mpsc;

use crate::frame::At;
use crate::protocol::LineSettings;

/// What a link is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkCommand {
    /// Write these bytes at once, in one call of the system, and tell when they have left the wire. While the
    /// link is away they are dropped without a word: a request never goes out later on its own.
    Send(Vec<u8>),
    /// Change the line settings once everything sent has left the wire. Refused while the link is away, and
    /// always where the far end sets the line.
    SetLine(LineSettings),
    /// Give an open connection up for dead and open it again; nothing is said to the far end first. Told as
    /// [`LinkEvent::Lost`].
    Renew,
    /// Close once everything sent has left the wire, and do not open again. Dropping the queue does the same.
    Close,
}

/// What happens on a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// It is open, at first or again.
    Opened {
        /// Who is at the other end, where there is a name for it (already made visible).
        peer: String,
        /// The settings in force; `None` where the far end sets the line and we cannot know.
        line: Option<LineSettings>,
        /// When.
        at: At,
    },
    /// Bytes arrived.
    Received {
        /// The bytes, as one read handed them over.
        bytes: Vec<u8>,
        /// Which of them are damaged, in order, where the port tells.
        damage: Vec<Damage>,
        /// When the read returned.
        at: At,
    },
    /// Bytes arrived here and were dropped, as those before them had not been taken yet. Only of links on which the far
    /// side cannot be made to wait.
    Dropped {
        /// How many.
        bytes: u64,
        /// When the last of them came.
        at: At,
    },
    /// The bytes of the oldest unfinished [`LinkCommand::Send`] have left the wire (computed from the line
    /// settings where the system cannot tell; over a network, when they were handed to it).
    Sent {
        /// When the last bit left.
        at: At,
    },
    /// The line settings are now these.
    LineSet {
        /// What is in force, read back from the port where that is possible.
        line: LineSettings,
        /// When.
        at: At,
    },
    /// The line settings could not be set; those before remain.
    LineRefused {
        /// What was asked for.
        asked: LineSettings,
        /// Why, already made visible.
        why: String,
        /// When.
        at: At,
    },
    /// It went away and is being opened again.
    Lost {
        /// Why, already made visible.
        why: String,
        /// When the next attempt is made; zero when it waits for the port or a caller.
        retry_in: Duration,
        /// When.
        at: At,
    },
    /// It is closed for good.
    Closed {
        /// Why, already made visible.
        why: String,
        /// When.
        at: At,
    },
}

impl LinkEvent {
    /// Bytes of which no damage is known.
    #[must_use]
    pub const fn received(bytes: Vec<u8>, at: At) -> Self {
        Self::Received { bytes, damage: Vec::new(), at }
    }

    /// How many received bytes it brings.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Received { bytes, .. } => bytes.len(),
            _ => 0,
        }
    }

    /// Whether it brings no bytes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How a link that may be written to is held.
#[derive(Debug)]
pub struct Link {
    /// What is to be done, in order.
    pub commands: mpsc::UnboundedSender<LinkCommand>,
    /// What happens, in order.
    pub events: mpsc::Receiver<LinkEvent>,
}

/// A link opened for listening. There is nothing on it that could transmit: the task behind it takes no commands, and
/// nothing can be asked of it but other line settings, which are answered as [`LinkCommand::SetLine`] is.
#[derive(Debug)]
pub struct ListenLink {
    /// The line settings that are wanted, in order.
    pub lines: mpsc::UnboundedSender<LineSettings>,
    /// What happens, in order.
    pub events: mpsc::Receiver<LinkEvent>,
}

/// Why the line settings of a lost link cannot be changed.
const AWAY: &str = "the link is away";

/// Events a link may have waiting before its reader has to catch up: at most a megabyte of received bytes.
pub const EVENT_QUEUE: usize = 256;

/// Why a link could not be opened at first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There is no such port or host.
    #[error("{link}: {what}; {hint}")]
    Missing {
        /// The link's name.
        link: String,
        /// What the system said.
        what: String,
        /// What to try.
        hint: String,
    },
    /// Somebody else holds it.
    #[error("{link} is busy: {what}; {hint}")]
    Busy {
        /// The link's name.
        link: String,
        /// What the system said, and who holds it where that is known.
        what: String,
        /// What to try.
        hint: String,
    },
    /// We may not.
    #[error("{link}: no permission; {hint}")]
    Forbidden {
        /// The link's name.
        link: String,
        /// Which group to join, or what else to do.
        hint: String,
    },
    /// Nobody answered, or the far end refused.
    #[error("{link}: {what}; {hint}")]
    Refused {
        /// The link's name.
        link: String,
        /// What the system said.
        what: String,
        /// What to try.
        hint: String,
    },
}

impl OpenError {
    /// A kind of link that this program was built without, and the feature that has it.
    #[cfg_attr(
        all(feature = "mqtt", feature = "serial", feature = "sim"),
        expect(dead_code, reason = "all kinds are built in")
    )]
    pub(crate) fn not_built_in(link: &str, kind: &str, feature: &str) -> Self {
        Self::Refused {
            link: link.to_owned(),
            what: format!("this program was built without {kind}"),
            hint: format!("build it with the feature {feature}"),
        }
    }
}
