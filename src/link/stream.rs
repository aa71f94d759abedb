//! What every transport offers to the loops that drive it: bytes in, and for some bytes out.

use std::future::Future;
use std::io;

use tokio::sync::mpsc;

use crate::frame::At;
use crate::protocol::LineSettings;

use super::damage::Heard;
use super::{Clock, EVENT_QUEUE, LinkEvent};

/// Bytes that one read hands over at most.
pub(super) const READ_SIZE: usize = 4096;

/// An open stream that can be read.
pub(super) trait Source: Send + Sync {
    /// What to say when a read brings nothing, that is, when the far side has ended.
    const ENDED: &'static str;

    /// Waits for bytes and takes them; empty when the far side has ended. May be dropped at any await without
    /// losing a byte.
    fn receive(&self) -> impl Future<Output = io::Result<Heard>> + Send;

    /// The name of the other end, already made visible.
    fn peer(&self) -> String;

    /// The line settings in force at opening, where they are known.
    fn line(&self) -> Option<LineSettings>;

    /// Changes the line settings and says which are then in force, or why they could not be changed (already
    /// made visible). Nothing is transmitted.
    fn set_line(&self, line: LineSettings) -> impl Future<Output = Result<LineSettings, String>> + Send;
}

/// An open stream that can also be written.
pub(super) trait Sink: Source {
    /// Writes in one call of the system as much as it takes, and says how much that was. May be dropped at
    /// any await: then nothing was written.
    fn transmit(&self, bytes: &[u8]) -> impl Future<Output = io::Result<usize>> + Send;
}

/// How an open stream ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It went away.
    Lost {
        /// Why, already made visible.
        why: String,
        /// Whether it had brought any bytes.
        heard: bool,
    },
    /// Closing was asked for.
    Closed,
}

/// Nobody takes the events any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unheard;

/// Where events go, and the clock that stamps them.
#[derive(Debug)]
pub(super) struct Out {
    events: mpsc::Sender<LinkEvent>,
    clock: Clock,
}

impl Out {
    /// Stamps by `clock`, sends into `events`.
    pub(super) const fn new(events: mpsc::Sender<LinkEvent>, clock: Clock) -> Self {
        Self { events, clock }
    }

    /// The clock.
    pub(super) const fn clock(&self) -> Clock {
        self.clock
    }

    /// Tells an event made with the present moment.
    pub(super) async fn tell(&self, event: impl FnOnce(At) -> LinkEvent) -> Result<(), Unheard> {
        self.events.send(event(self.clock.now())).await.map_err(|_| Unheard)
    }

    /// Resolves when nobody takes the events any more.
    pub(super) async fn unheard(&self) {
        self.events.closed().await;
    }
}

/// The two ends of a queue of events.
pub(super) fn outlet(clock: Clock) -> (Out, mpsc::Receiver<LinkEvent>) {
    let (sender, events) = mpsc::channel(EVENT_QUEUE);
    (Out::new(sender, clock), events)
}
