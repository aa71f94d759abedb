//! The simulated bus as a link.

use jiff::tz::TimeZone;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use super::fault::Faults;
use super::line::Speed;
use super::meter::{SimMeter, readdress};
use super::sessions::{Sessions, SharedBus};
use super::wire::{Beginning, NearEnd, Wire};
use crate::frame::At;
use crate::link::pair::{FarEnd, with_far_end};
use crate::link::{Clock, Link, LinkCommand, LinkEvent};
use crate::protocol::LineSettings;

/// Meters on one wire, ready to be opened as a link.
#[derive(Debug)]
pub struct SimBus {
    meters: Vec<SimMeter>,
    faults: Faults,
    speed: Speed,
    line: Option<LineSettings>,
    zone: Option<TimeZone>,
    swaps: Option<UnboundedReceiver<Vec<SimMeter>>>,
}

/// Opens a bus with these meters; the near end's line begins as the first meter's. Must be called within a
/// runtime.
#[must_use]
pub fn open(meters: Vec<SimMeter>, faults: Faults, speed: Speed, clock: Clock) -> Link {
    SimBus::new(meters).with_faults(faults).with_speed(speed).open(clock)
}

impl SimBus {
    /// These meters, in real time, without faults, with wall clocks in the zone of each one's country, or in this
    /// computer's where that is not known.
    #[must_use]
    pub fn new(meters: Vec<SimMeter>) -> Self {
        Self { meters, faults: Faults::none(), speed: Speed::Real, line: None, zone: None, swaps: None }
    }

    /// With faults.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// At a speed.
    #[must_use]
    pub const fn with_speed(mut self, speed: Speed) -> Self {
        self.speed = speed;
        self
    }

    /// With line settings at the near end other than the first meter's.
    #[must_use]
    pub const fn with_line(mut self, line: LineSettings) -> Self {
        self.line = Some(line);
        self
    }

    /// With other meters on it, instead of all there are, whenever some come here.
    #[must_use]
    pub fn with_swaps(mut self, swaps: UnboundedReceiver<Vec<SimMeter>>) -> Self {
        self.swaps = Some(swaps);
        self
    }

    /// With all wall clocks in a time zone, if one is set.
    #[must_use]
    pub fn with_zone(mut self, zone: impl Into<Option<TimeZone>>) -> Self {
        self.zone = zone.into();
        self
    }

    /// Opens it. The link ends when it is told to close or nobody takes its events any more. Must be called
    /// within a runtime.
    #[must_use]
    pub fn open(self, clock: Clock) -> Link {
        self.begin(NearEnd::Commanded, clock).link
    }

    /// Opens it as [`SimBus::open`] does, for somebody who shares it among several that cannot set its line: it
    /// goes along with the meters'.
    #[must_use]
    pub fn open_shared(self, clock: Clock) -> SharedBus {
        self.begin(NearEnd::Follows, clock)
    }

    fn begin(self, near: NearEnd, clock: Clock) -> SharedBus {
        let (link, far) = with_far_end();
        let (told, sessions) = watch::channel(false);
        let first = self.meters.first().map(SimMeter::line);
        let beginning = Beginning {
            line: self.line.or(first).unwrap_or_default(),
            faults: self.faults.or_readdress(readdress(&self.meters)),
            meters: self.meters,
            speed: self.speed,
            near,
            clock,
            zone: self.zone,
        };
        tokio::spawn(run(Wire::new(beginning, clock.now()), far, self.swaps, told, clock));
        SharedBus { link, sessions: Sessions::told_by(sessions), greeting: Vec::new() }
    }
}

async fn run(
    mut wire: Wire,
    mut far: FarEnd,
    mut swaps: Option<UnboundedReceiver<Vec<SimMeter>>>,
    told: watch::Sender<bool>,
    clock: Clock,
) {
    let mut is_commanded = true;
    loop {
        let events = wire.advance(clock.now());
        // A session is known to be open before its first answer is heard, and to be closed after what closed it
        // was sent.
        let is_open = wire.is_in_session();
        told.send_if_modified(|told| is_open && !std::mem::replace(told, is_open));
        for event in events {
            let is_end = matches!(event, LinkEvent::Closed { .. });
            if far.events.send(event).await.is_err() || is_end {
                return;
            }
        }
        told.send_if_modified(|told| !is_open && std::mem::replace(told, is_open));
        let deadline = wire.deadline();
        tokio::select! {
            biased;
            meters = swapped(&mut swaps) => wire.swap(meters, clock.now()),
            command = far.commands.recv(), if is_commanded => match command {
                Some(command) => obey(&mut wire, command, clock.now()),
                None => is_commanded = false,
            },
            () = clock.until(deadline) => {}
            () = far.events.closed() => return,
        }
    }
}

/// A command that comes while something is overdue must not overtake it.
fn obey(wire: &mut Wire, command: LinkCommand, at: At) {
    wire.catch_up(at);
    wire.command(command, at);
}

/// Waits for other meters; for ever, where none can come any more.
async fn swapped(swaps: &mut Option<UnboundedReceiver<Vec<SimMeter>>>) -> Vec<SimMeter> {
    if let Some(waiting) = swaps
        && let Some(meters) = waiting.recv().await
    {
        return meters;
    }
    *swaps = None;
    std::future::pending().await
}

#[cfg(test)]
mod tests;
