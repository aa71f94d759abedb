//! `man`: the manual pages.

use clap::CommandFactory as _;

use super::args::{Args, Man};
use super::exit::{Exit, Outcome, Trouble};
use super::out::Out;
use crate::frame::{near, visible};

/// Prints the manual page of the program or of one subcommand.
pub(super) fn run(given: &Man) -> Outcome {
    let mut program = Args::command();
    program.build();
    let page = match &given.subcommand {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| {
                let names: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
                let near = near::hint(name, names.iter().copied());
                let what = format!("there is no subcommand \"{}\"{near}", visible::string(name));
                Trouble::usage("printing the manual page", what).hint(format!("known: {}", names.join(", ")))
            })?
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    let mut out = Out::new();
    out.text(&String::from_utf8_lossy(&text))?;
    out.flush()?;
    Ok(Exit::Done)
}
