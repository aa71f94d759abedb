//! What can be typed.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts, printed as they stand")]

mod about;
mod meter;
mod simulate;
mod talk;
mod traffic;

pub(super) use about::{Commands, Completions, Man, Models};
pub(super) use meter::{Ask, Compose, Meter, Who};
pub(super) use simulate::Simulate;
pub(super) use talk::{Read, ReadFormat, Send};
pub(super) use traffic::{Decode, Export, ExportFormat, Sniff};

use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, ValueHint};
use jiff::tz::TimeZone;

use crate::app::config;
use crate::frame::near;
use crate::link::{LinkName, NameError};
use crate::meter::Model;

/// The bench instrument for electricity meters.
#[derive(Debug, Parser)]
#[command(
    name = "meterscope",
    version,
    propagate_version = true,
    about = "The bench instrument for electricity meters: every byte of every frame explained",
    long_about = "The bench instrument for electricity meters: every byte of every frame explained.\n\n\
                  Without a subcommand it opens the console; with LINK the console opens connected.",
    after_help = about::EXAMPLE_AND_EXIT_CODES,
    max_term_width = 100
)]
pub(super) struct Args {
    /// What holds for every subcommand.
    #[command(flatten)]
    pub global: Global,
    /// What the console is opened with.
    #[command(flatten)]
    pub console: Console,
    /// What is to be done; nothing opens the console.
    #[command(subcommand)]
    pub command: Option<Subcommand>,
}

/// What holds for every subcommand.
#[derive(Debug, clap::Args)]
pub(super) struct Global {
    /// Print data as JSON.
    #[arg(long, global = true, help_heading = "Options of every subcommand")]
    pub json: bool,
    /// Colours of the console: a theme's name, or a file.
    #[arg(long, global = true, help_heading = "Options of every subcommand", value_name = "THEME")]
    pub theme: Option<String>,
    /// Configuration file, instead of config.toml in the config folder.
    #[arg(long, global = true, help_heading = "Options of every subcommand", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// File with passwords and keys, instead of METERSCOPE_KEYS or keys.toml in the config folder.
    #[arg(long, global = true, help_heading = "Options of every subcommand", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub keys: Option<PathBuf>,
    /// Time zone of the meters' clocks, such as Europe/Amsterdam, instead of that of the configuration or of the model's country.
    #[arg(long, global = true, help_heading = "Options of every subcommand", value_name = "ZONE", value_parser = config::zone)]
    pub timezone: Option<TimeZone>,
    /// Plain output without colours, as with NO_COLOR.
    #[arg(long, global = true, help_heading = "Options of every subcommand")]
    pub no_color: bool,
}

/// What the console is opened with.
#[derive(Debug, clap::Args)]
pub(super) struct Console {
    /// Link to open: a serial port, tcp://HOST:PORT, listen://ADDRESS:PORT, rfc2217://HOST:PORT, mqtt://HOST/TOPIC,
    /// file:CAPTURE or sim:
    #[arg(value_parser = link)]
    pub link: Option<LinkName>,
    /// Model to talk to (see: meterscope models).
    #[arg(long, value_name = "MODEL", value_parser = crate::meter::model)]
    pub model: Option<&'static Model>,
    /// Address of the meter: decimal, 0x hex or serial number.
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true)]
    pub address: Option<String>,
}

/// A link to open, or a subcommand that is spelled wrong.
fn link(text: &str) -> Result<LinkName, String> {
    text.parse().map_err(|error: NameError| {
        let is_word = text.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_word {
            let program = Args::command();
            let near = near::hint(text, program.get_subcommands().map(clap::Command::get_name));
            format!("{error}; nor is it a subcommand{near} (all: meterscope --help)")
        } else {
            error.to_string()
        }
    })
}

impl Console {
    /// Whether anything was given for the console.
    #[must_use]
    pub(super) const fn is_given(&self) -> bool {
        self.link.is_some() || self.model.is_some() || self.address.is_some()
    }
}

/// What can be done without the console.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Subcommand {
    /// Open the console on a simulated bus with one meter of every model.
    #[command(after_help = "Example:\n  meterscope demo")]
    Demo,
    /// List the serial ports of this computer.
    #[command(after_help = "Example:\n  meterscope ports --json")]
    Ports,
    /// List the meters that can be picked, or all that is known of one.
    #[command(after_help = "Example:\n  meterscope models\n  meterscope models neva-mt324")]
    Models(Models),
    /// List what a meter can be asked.
    #[command(after_help = "Example:\n  meterscope commands mercury-200")]
    Commands(Commands),
    /// Read values of a meter.
    #[command(
        after_help = "Example:\n  meterscope read tcp://192.0.2.7:4001 --model mercury-200 --address 411486\n  \
                            meterscope read /dev/ttyUSB0 --model energomera-ce307 --address 13462 energy tariff=T1 --every 5s"
    )]
    Read(Box<Read>),
    /// Send any command, or bytes as typed, and show what comes back.
    #[command(
        after_help = "Example:\n  meterscope send /dev/ttyUSB0 --model mercury-200 --address 411486 clock\n  \
                            meterscope send /dev/ttyUSB0 --raw '00 06 47 5E 27' --append-crc modbus"
    )]
    Send(Box<Send>),
    /// Listen to a bus; never writes a byte to its line.
    #[command(
        after_help = "Example:\n  meterscope sniff /dev/ttyUSB0?line=9600-8N1 --protocol energomera-ce --capture night.pcapng"
    )]
    Sniff(Sniff),
    /// Show the frames a command would send; opens no link.
    #[command(after_help = "Example:\n  meterscope compose --model mercury-200 --address 411486 energy")]
    Compose(Compose),
    /// Explain captured bytes: hex text, binary or a capture file.
    #[command(
        after_help = "Example:\n  meterscope decode --hex 'C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 01 F5 C0'\n  \
                      meterscope decode capture.pcapng --json"
    )]
    Decode(Decode),
    /// Serve simulated meters to other programs; the first line printed is where.
    #[command(
        override_usage = simulate::USAGE,
        after_help = simulate::EXAMPLES,
        after_long_help = simulate::faults()
    )]
    Simulate(Box<Simulate>),
    /// Show what was written to meters, by any run of this program.
    #[command(after_help = "Example:\n  meterscope writes\n  meterscope writes --json | tail -1")]
    Writes,
    /// Write frames or readings of a capture as CSV, JSON, hex or Markdown.
    #[command(after_help = "Example:\n  meterscope export night.pcapng --format csv --readings > night.csv")]
    Export(Export),
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example:\n  meterscope completions bash > ~/.local/share/bash-completion/completions/meterscope"
    )]
    Completions(Completions),
    /// Print the manual page.
    #[command(after_help = "Example:\n  meterscope man | man -l -")]
    Man(Man),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        Args::command().debug_assert();
    }
}
