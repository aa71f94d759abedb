//! What a face and a bus hold of each other.

use tokio::sync::{mpsc, watch};

use super::pace::{Pace, Shown};
use super::reports::Reports;
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
    pub events: mpsc::Receiver<BusEvent>,
    /// How things stand.
    pub status: watch::Receiver<Status>,
    /// How far it has shown the trace, where it shows every entry: then the line waits for it, within bounds.
    pub shown: watch::Sender<Option<Shown>>,
}

/// The bus's side of the channels of a [`Handle`].
#[derive(Debug)]
pub struct BusSide {
    pub(super) intents: mpsc::UnboundedReceiver<Intent>,
    pub(super) reports: Reports,
    pub(super) status: watch::Sender<Status>,
    pub(super) pace: Pace,
}

impl BusSide {
    /// Tells the face that the link could not be opened, instead of running.
    pub fn fail(mut self, error: OpenError) {
        let closed = LinkState::Closed(error.to_string());
        self.status.send_modify(|status| status.link = closed);
        self.reports.tell(BusEvent::Ended(Err(error)));
    }
}

/// The channels between a face and a bus that is still to be started.
#[must_use]
pub fn channel() -> (Handle, BusSide) {
    let (intents, asked) = mpsc::unbounded_channel();
    let (reports, events) = Reports::channel();
    let (status, watched) = watch::channel(Status::default());
    let (shown, watched_pace) = watch::channel(None);
    let side = BusSide { intents: asked, reports, status, pace: Pace(watched_pace) };
    (Handle { intents, events, status: watched, shown }, side)
}
