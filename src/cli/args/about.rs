//! What there is, and how this program is called.

use crate::meter::{self, Model};

/// An example, and the exit codes of [`Exit`](crate::cli::exit::Exit).
pub(super) const EXAMPLE_AND_EXIT_CODES: &str = "Example:
  meterscope demo
  meterscope serial:/dev/ttyUSB0 --model energomera-ce307 --address 13462

Exit codes:
  0    done
  1    output cannot be written, or a request would send more than its plan allows
  2    usage: a model, address, file or option that does not fit
  3    link cannot be opened, or is lost
  4    no answer
  5    damaged answer or capture
  6    refused by the meter
  7    refused by meterscope: no permission, wrong word or key, another master, unsafe file
  8    done, but the capture has holes
  130  stopped by Ctrl-C";

/// `models`.
#[derive(Debug, clap::Args)]
pub(crate) struct Models {
    /// One of them: its address, line, wiring and everyday reads.
    #[arg(value_name = "MODEL", value_parser = meter::model)]
    pub model: Option<&'static Model>,
}

/// `commands`.
#[derive(Debug, clap::Args)]
pub(crate) struct Commands {
    /// Model (see: meterscope models).
    #[arg(value_name = "MODEL", value_parser = meter::model)]
    pub model: &'static Model,
}

/// `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// Which shell.
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// Subcommand; left out for the page of the program.
    pub subcommand: Option<String>,
}
