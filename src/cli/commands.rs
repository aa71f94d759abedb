//! `commands`: what can be asked of a model.

use super::args::{Commands, Global};
use super::exit::{Exit, Outcome};
use super::out::Out;
use crate::app::output::catalogue::{self, CommandJson};
use crate::app::output::paint::TermStyle;

/// Prints the commands of a model.
pub(super) fn run(global: &Global, given: &Commands) -> Outcome {
    let commands = given.model.protocol.profile().dialect(given.model.dialect).commands;
    let mut out = Out::new();
    if global.json {
        out.json(&commands.iter().map(CommandJson::of).collect::<Vec<_>>())?;
    } else {
        out.text(&catalogue::commands(commands).render(TermStyle::of_stdout(!global.no_color)))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
