//! What every transport offers to the loops that drive it: bytes in, and for some bytes out.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::frame::At;
use crate::protocol::LineSettings;

use super::damage::Heard;
use super::fair::Share;
use super::{Clock, EVENT_QUEUE, LinkEvent};

/// Bytes that one read hands over at most.
pub(super) const READ_SIZE: usize = 4096;

/// How often room for the word on dropped bytes is looked for, when nothing comes any more.
const LOOK_FOR_ROOM: Duration = Duration::from_millis(20);

/// An open stream that can be read.
pub(super) trait Source: Send + Sync {
    /// What to say when a read brings nothing, that is, when the far side has ended.
    const ENDED: &'static str;

    /// Waits for bytes and takes them; empty when the far side has ended. May be dropped at any await without
    /// losing a byte.
    fn receive(&self) -> impl Future<Output = io::Result<Heard>> + Send;

    /// Whether the far side waits until it is read: then nothing is lost when it is not read for a while.
    fn waits(&self) -> bool;

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
    /// Bytes that were dropped and not told of yet.
    dropped: AtomicU64,
}

impl Out {
    /// Stamps by `clock`, sends into `events`.
    pub(super) const fn new(events: mpsc::Sender<LinkEvent>, clock: Clock) -> Self {
        Self { events, clock, dropped: AtomicU64::new(0) }
    }

    /// The clock.
    pub(super) const fn clock(&self) -> Clock {
        self.clock
    }

    /// Tells an event made with the present moment.
    pub(super) async fn tell(&self, event: impl FnOnce(At) -> LinkEvent) -> Result<(), Unheard> {
        self.events.send(event(self.clock.now())).await.map_err(|_| Unheard)
    }

    /// Tells what was received, in pieces of bounded length, and notes them. A far side that waits is made to wait when
    /// the events are not taken; else what finds no room is dropped, counted, and told of before what comes next.
    pub(super) async fn hear(
        &self,
        heard: Heard,
        source: &impl Source,
        share: &mut Share,
    ) -> Result<(), Unheard> {
        for piece in heard.pieces(READ_SIZE) {
            share.took(piece.bytes.len());
            if source.waits() {
                let Heard { bytes, damage } = piece;
                self.tell(|at| LinkEvent::Received { bytes, damage, at }).await?;
            } else {
                self.hear_now(piece)?;
            }
        }
        Ok(())
    }

    fn hear_now(&self, piece: Heard) -> Result<(), Unheard> {
        if !self.tell_of_hole() {
            self.drop_bytes(piece.bytes.len());
            return Ok(());
        }
        let (count, at) = (piece.bytes.len(), self.clock.now());
        match self.events.try_send(LinkEvent::Received { bytes: piece.bytes, damage: piece.damage, at }) {
            Err(mpsc::error::TrySendError::Full(_)) => self.drop_bytes(count),
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(Unheard),
            Ok(()) => {}
        }
        Ok(())
    }

    fn drop_bytes(&self, count: usize) {
        self.dropped.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Tells of dropped bytes, if there are any, once half of what waited has been taken: a hole is long rather than
    /// one of many. Whether nothing is left to tell of.
    fn tell_of_hole(&self) -> bool {
        if self.dropped.load(Ordering::Relaxed) == 0 {
            return true;
        }
        let has_room = self.events.capacity() >= self.events.max_capacity() / 2;
        let room = self.events.try_reserve().ok().filter(|_| has_room);
        let Some(room) = room else { return false };
        room.send(LinkEvent::Dropped {
            bytes: self.dropped.swap(0, Ordering::Relaxed),
            at: self.clock.now(),
        });
        true
    }

    /// Tells of dropped bytes when nothing comes any more; for ever, where none were dropped. May be dropped
    /// unfinished.
    pub(super) async fn hole(&self) -> Infallible {
        while self.dropped.load(Ordering::Relaxed) > 0 && !self.tell_of_hole() {
            tokio::time::sleep(LOOK_FOR_ROOM).await;
        }
        std::future::pending().await
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
