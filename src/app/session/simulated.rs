//! The simulated bus behind a link of the name `sim:`.

use tokio::sync::mpsc;

use super::OnLine;
use crate::bus::Port;
use crate::link::{Link, LinkCommand, ListenLink, OpenError};
use crate::meter::Model;
use crate::sim::fault::Faults;
use crate::sim::{SimBus, SimMeter, Speed, demo_meters, share_a_bus};

/// How the simulated bus behaves.
#[derive(Debug)]
pub struct Simulation {
    /// What goes wrong on it.
    pub faults: Faults,
    /// As fast as the real line or as fast as can be.
    pub speed: Speed,
    /// The model that is asked for at first: of meters that speak by themselves, only one has room on a line.
    pub model: Option<&'static Model>,
}

impl Simulation {
    /// The real line on a good day, with a meter of a model on it.
    #[must_use]
    pub fn of(model: &'static Model) -> Self {
        Self { model: Some(model), ..Self::default() }
    }
}

impl Default for Simulation {
    /// The real line on a good day.
    fn default() -> Self {
        Self { faults: Faults::none(), speed: Speed::Real, model: None }
    }
}

/// Which meters are on the simulated bus, and what goes wrong there.
#[derive(Debug)]
pub(super) struct OnBus {
    asked: Option<&'static Model>,
    faults: Faults,
    swaps: mpsc::UnboundedSender<Vec<SimMeter>>,
}

/// Other meters for the simulated bus.
pub(super) type Swaps = mpsc::UnboundedReceiver<Vec<SimMeter>>;

impl OnBus {
    /// The way to change the meters, and its other end.
    pub(super) fn of(simulation: &Simulation) -> (Option<Self>, Swaps) {
        let (swaps, swapped) = mpsc::unbounded_channel();
        (Some(Self { asked: simulation.model, faults: simulation.faults.clone(), swaps }), swapped)
    }

    pub(super) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Puts a meter of a model on the bus, where it has none that shares it.
    pub(super) fn ask_for(&mut self, model: &'static Model) {
        if !share_a_bus(self.asked, Some(model)) {
            // A bus that has ended has said so through its events.
            let _ = self.swaps.send(demo_meters(Some(model)));
        }
        self.asked = Some(model);
    }
}

/// Opens the simulated bus.
#[expect(clippy::unnecessary_wraps, reason = "the same call where it was not built in, which refuses")]
pub(super) fn open(simulation: Simulation, swaps: Swaps, on: &OnLine) -> Result<Port, OpenError> {
    let Simulation { faults, speed, model } = simulation;
    let bus = SimBus::new(demo_meters(model)).with_faults(faults).with_speed(speed).with_line(on.line);
    let bus = bus.with_swaps(swaps).with_zone(on.zone.clone());
    let Link { commands, events } = bus.open(on.clock);
    if !on.listens {
        return Ok(Port::Full(Link { commands, events }));
    }
    // The bus goes on as long as somebody could command it; who listens can ask for other line settings only.
    let (lines, mut wanted) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(line) = wanted.recv().await {
            let _ = commands.send(LinkCommand::SetLine(line));
        }
        commands.closed().await;
    });
    Ok(Port::Listening(ListenLink { lines, events }))
}
