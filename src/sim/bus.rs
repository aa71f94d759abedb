//! The simulated bus as a link.

use jiff::tz::TimeZone;
use tokio::time::sleep_until;

use super::fault::Faults;
use super::line::Speed;
use super::meter::SimMeter;
use super::wire::{Beginning, Wire};
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
    zone: TimeZone,
}

/// Opens a bus with these meters; the near end's line begins as the first meter's. Must be called within a
/// runtime.
#[must_use]
pub fn open(meters: Vec<SimMeter>, faults: Faults, speed: Speed, clock: Clock) -> Link {
    SimBus::new(meters).with_faults(faults).with_speed(speed).open(clock)
}

impl SimBus {
    /// These meters, in real time, without faults, with wall clocks in this computer's time zone.
    #[must_use]
    pub fn new(meters: Vec<SimMeter>) -> Self {
        let (faults, zone) = (Faults::none(), TimeZone::system());
        Self { meters, faults, speed: Speed::Real, line: None, zone }
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

    /// With the meters' wall clocks in a time zone.
    #[must_use]
    pub fn with_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// Opens it. The link ends when it is told to close or nobody takes its events any more. Must be called
    /// within a runtime.
    #[must_use]
    pub fn open(self, clock: Clock) -> Link {
        let (link, far) = with_far_end();
        let first = self.meters.first().map(SimMeter::line);
        let beginning = Beginning {
            line: self.line.or(first).unwrap_or_default(),
            meters: self.meters,
            faults: self.faults,
            speed: self.speed,
            clock,
            zone: self.zone,
        };
        tokio::spawn(run(Wire::new(beginning, clock.now()), far, clock));
        link
    }
}

async fn run(mut wire: Wire, mut far: FarEnd, clock: Clock) {
    let mut is_commanded = true;
    loop {
        for event in wire.advance(clock.now()) {
            let is_end = matches!(event, LinkEvent::Closed { .. });
            if far.events.send(event).await.is_err() || is_end {
                return;
            }
        }
        let deadline = wire.deadline();
        tokio::select! {
            command = far.commands.recv(), if is_commanded => match command {
                Some(command) => obey(&mut wire, command, clock.now()),
                None => is_commanded = false,
            },
            () = until(clock, deadline) => {}
            () = far.events.closed() => return,
        }
    }
}

/// A command that comes while something is overdue must not overtake it.
fn obey(wire: &mut Wire, command: LinkCommand, at: At) {
    wire.catch_up(at);
    wire.command(command, at);
}

async fn until(clock: Clock, deadline: Option<At>) {
    match deadline {
        Some(at) => sleep_until(clock.instant(at)).await,
        None => std::future::pending().await,
    }
}
