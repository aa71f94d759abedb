//! What stands for the console where it was not built in.

use super::args::{Console, Global};
use super::exit::{Outcome, Trouble};

/// Says that there is no console.
pub(super) fn run(_: &Global, _: &Console) -> Outcome {
    Err(missing())
}

/// Says that there is no console.
pub(super) fn demo(_: &Global) -> Outcome {
    Err(missing())
}

fn missing() -> super::exit::Stop {
    let what = "this program was built without the console";
    Trouble::usage("opening the console", what).hint("build it with the feature tui").into()
}
