//! The console.

use super::args::{Console, Global};
use super::exit::{Exit, Outcome, Trouble};

/// Opens the console, connected if a link was named.
pub fn run(_global: &Global, _given: &Console) -> Outcome {
    Err(Trouble::new(Exit::System, "opening the console", "not in this build").into())
}

/// Opens the console on the simulated bus.
pub fn demo(_global: &Global) -> Outcome {
    Err(Trouble::new(Exit::System, "opening the console", "not in this build").into())
}
