//! The command line: a file a subcommand, with the exit codes of the contract.

mod args;
mod commands;
mod completions;
mod compose;
#[cfg(not(feature = "tui"))]
#[path = "no_console.rs"]
mod console;
#[cfg(feature = "tui")]
mod console;
mod decode;
mod dump;
mod evidence;
mod exit;
mod export;
mod failure;
mod interrupt;
mod keys;
mod live;
mod man;
mod meter;
mod models;
mod out;
mod outlet;
mod password;
mod ports;
mod read;
mod remarks;
mod send;
mod simulate;
mod sniff;
mod traffic;
mod values;
mod writes;
mod zone;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Subcommand};
pub use exit::Exit;
use exit::{Outcome, Stop, Trouble};

use crate::frame::visible;

/// Turns colours off, of help too, where the terminal shows escape sequences as signs and nobody insists
/// on them: `anstream` would colour such a terminal where `CI` is set.
fn keep_a_dumb_terminal_plain() {
    let is = |name, value| std::env::var_os(name).is_some_and(|found| found == value);
    let is_forced = std::env::var_os("CLICOLOR_FORCE").is_some() && !is("CLICOLOR_FORCE", "0");
    if is("TERM", "dumb") && !is_forced {
        anstream::ColorChoice::Never.write_global();
    }
}

/// Runs the program with the arguments it was started with.
#[must_use]
pub fn main() -> ExitCode {
    dump::forbid();
    keep_a_dumb_terminal_plain();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return explain(&error).code(),
    };
    let exit = match dispatch(&args) {
        Ok(exit) => exit,
        Err(Stop::ClosedPipe) => Exit::Done,
        Err(Stop::Trouble(trouble)) => {
            trouble.print();
            trouble.exit
        }
    };
    out::finish_remarks();
    exit.code()
}

/// Prints help, the version, or what is wrong with the arguments. What was typed may hold anything.
fn explain(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        // Nobody is left to be told when the pipe is closed.
        let _ = error.print();
        return Exit::Done;
    }
    for line in error.render().to_string().lines() {
        out::complain(&format!("{}\n", visible::string(line)));
    }
    Exit::Usage
}

fn dispatch(args: &Args) -> Outcome {
    let Some(subcommand) = &args.command else {
        on_a_terminal()?;
        return console::run(&args.global, &args.console);
    };
    if args.console.is_given() {
        let what = "LINK, --model and --address stand behind the subcommand, not before it";
        return Err(Trouble::usage("reading the arguments", what).into());
    }
    match subcommand {
        Subcommand::Demo => on_a_terminal().and_then(|()| console::demo(&args.global)),
        Subcommand::Ports => ports::run(&args.global),
        Subcommand::Writes => writes::run(&args.global),
        Subcommand::Models(given) => models::run(&args.global, given),
        Subcommand::Commands(given) => commands::run(&args.global, given),
        Subcommand::Read(given) => read::run(&args.global, given),
        Subcommand::Send(given) => send::run(&args.global, given),
        Subcommand::Sniff(given) => sniff::run(&args.global, given),
        Subcommand::Compose(given) => compose::run(&args.global, given),
        Subcommand::Decode(given) => decode::run(&args.global, given),
        Subcommand::Simulate(given) => simulate::run(&args.global, given),
        Subcommand::Export(given) => export::run(&args.global, given),
        Subcommand::Completions(given) => completions::run(given),
        Subcommand::Man(given) => man::run(given),
    }
}

/// The console needs a terminal on both sides.
fn on_a_terminal() -> Result<(), Stop> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    let what = "standard input and output are not a terminal";
    let hint =
        "without a terminal use a subcommand, such as: meterscope read LINK --model MODEL --address ADDRESS";
    Err(Trouble::usage("opening the console", what).hint(hint).into())
}
