//! Which meter, and what it is asked.

use super::super::values::pair;
use crate::meter::{self, Model};

/// Which meter.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Meter {
    /// Model (see: meterscope models).
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: &'static Model,
    /// Under which address.
    #[command(flatten)]
    pub who: Who,
}

/// How a meter is spoken to.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Who {
    /// Address: decimal, 0x hex or serial number; left out where any meter may answer.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub address: String,
    /// Ask for the meter's password, without showing it.
    #[arg(long)]
    pub ask_password: bool,
}

/// A command with its arguments, or none.
#[derive(Debug, clap::Args)]
pub(crate) struct MaybeAsk {
    /// Command (see: meterscope commands MODEL).
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
    /// Its arguments.
    #[arg(value_name = "NAME=VALUE", value_parser = pair)]
    pub arguments: Vec<(String, String)>,
}

impl MaybeAsk {
    /// The command, if one was named.
    #[must_use]
    pub(crate) fn named(&self) -> Option<Ask> {
        let command = self.command.clone()?;
        Some(Ask { command, arguments: self.arguments.clone() })
    }
}

/// A command with its arguments.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Ask {
    /// Command (see: meterscope commands MODEL).
    #[arg(value_name = "COMMAND")]
    pub command: String,
    /// Its arguments.
    #[arg(value_name = "NAME=VALUE", value_parser = pair)]
    pub arguments: Vec<(String, String)>,
}

/// `compose`.
#[derive(Debug, clap::Args)]
pub(crate) struct Compose {
    /// Which meter.
    #[command(flatten)]
    pub meter: Meter,
    /// What to ask.
    #[command(flatten)]
    pub ask: Ask,
    /// Print the hex alone, a frame a line.
    #[arg(long)]
    pub plain: bool,
    /// Show the bytes of passwords.
    #[arg(long)]
    pub reveal: bool,
}
