//! What stands for the simulated bus where it was not built in.

use std::convert::Infallible;

use super::OnLine;
use crate::bus::Port;
use crate::link::OpenError;
use crate::meter::Model;

/// How the simulated bus behaves: there is none.
#[derive(Debug, Default)]
pub struct Simulation;

impl Simulation {
    /// None, whatever the model.
    #[must_use]
    pub const fn of(_: &'static Model) -> Self {
        Self
    }
}

#[derive(Debug)]
pub(super) struct OnBus(Infallible);

pub(super) type Swaps = ();

impl OnBus {
    pub(super) const fn of(_: &Simulation) -> (Option<Self>, Swaps) {
        (None, ())
    }

    pub(super) const fn ask_for(&mut self, _: &'static Model) {
        match self.0 {}
    }
}

/// Refuses to open it.
pub(super) fn open(_: Simulation, (): Swaps, _: &OnLine) -> Result<Port, OpenError> {
    Err(OpenError::not_built_in("sim:", "the simulator", "sim"))
}
