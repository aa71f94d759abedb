//! What a face and a bus hold of each other.

use tokio::sync::{mpsc, watch};

use super::{BusEvent, Intent, LinkState, Status};
use crate::link::{Link, ListenLink, OpenError};

/// The link a bus owns.
#[derive(Debug)]
pub enum Port {
    /// One that may be written to.
    Full(Link),
    /// One that is only listened to: nothing that could transmit goes with it.
    Listening(ListenLink),
}

/// How a face holds a bus.
#[derive(Debug)]
pub struct Handle {
    /// What it wants.
    pub intents: mpsc::UnboundedSender<Intent>,
    /// What it is told.
    pub events: mpsc::UnboundedReceiver<BusEvent>,
    /// How things stand.
    pub status: watch::Receiver<Status>,
}

/// The bus's ends of the channels of a [`Handle`].
#[derive(Debug)]
pub struct Ends {
    pub(super) wanted: mpsc::UnboundedReceiver<Intent>,
    pub(super) told: mpsc::UnboundedSender<BusEvent>,
    pub(super) status: watch::Sender<Status>,
}

impl Ends {
    /// Tells the face that the link could not be opened, instead of running.
    pub fn fail(self, error: OpenError) {
        let closed = LinkState::Closed(error.to_string());
        self.status.send_modify(|status| status.link = closed);
        let _ = self.told.send(BusEvent::Ended(Err(error)));
    }
}

/// The channels between a face and a bus that is still to be started.
#[must_use]
pub fn channel() -> (Handle, Ends) {
    let (intents, wanted) = mpsc::unbounded_channel();
    let (told, events) = mpsc::unbounded_channel();
    let (status, watched) = watch::channel(Status::default());
    (Handle { intents, events, status: watched }, Ends { wanted, told, status })
}
