//! What there is, and how this program is called.

use crate::meter::{self, Model};

/// `models`.
#[derive(Debug, clap::Args)]
pub struct Models {
    /// One of them: its address, line, wiring and everyday reads.
    #[arg(value_name = "MODEL", value_parser = meter::model)]
    pub model: Option<&'static Model>,
}

/// `commands`.
#[derive(Debug, clap::Args)]
pub struct Commands {
    /// Model (see: meterscope models).
    #[arg(value_name = "MODEL", value_parser = meter::model)]
    pub model: &'static Model,
}

/// `completions`.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// Which shell.
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Subcommand; left out for the page of the program.
    pub subcommand: Option<String>,
}
