//! `completions`: scripts for shells.

use clap::CommandFactory as _;

use super::args::{Args, Completions};
use super::exit::{Exit, Outcome};
use super::out::Out;

/// Prints the completion script of a shell.
pub(super) fn run(given: &Completions) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(given.shell, &mut Args::command(), "meterscope", &mut script);
    let mut out = Out::new();
    out.text(&String::from_utf8_lossy(&script))?;
    out.flush()?;
    Ok(Exit::Done)
}
