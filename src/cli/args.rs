//! What can be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueHint};

use crate::link::LinkName;
use crate::meter::{self, Model};
use crate::protocol::{Family, registry};

/// The bench instrument for electricity meters.
#[derive(Debug, Parser)]
#[command(
    name = "meterscope",
    version,
    about = "The bench instrument for electricity meters: every byte of every frame explained",
    long_about = "The bench instrument for electricity meters: every byte of every frame explained.\n\n\
                  Without a subcommand it opens the console; with LINK the console opens connected.",
    after_help = "Example:\n  meterscope demo\n  meterscope serial:/dev/ttyUSB0 --model energomera-ce307 --address 13462",
    max_term_width = 100
)]
pub struct Args {
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
pub struct Global {
    /// Print data as JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// Colours of the console: a theme's name, or a file.
    #[arg(long, global = true, value_name = "THEME")]
    pub theme: Option<String>,
    /// Configuration file, instead of config.toml in the config folder.
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// File with passwords and keys, instead of METERSCOPE_KEYS or keys.toml in the config folder.
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub keys: Option<PathBuf>,
    /// Plain output without colours, as with NO_COLOR.
    #[arg(long, global = true)]
    pub no_color: bool,
}

/// What the console is opened with.
#[derive(Debug, clap::Args)]
pub struct Console {
    /// Link to open: a serial port, tcp://HOST:PORT, listen://ADDRESS:PORT, file:CAPTURE or sim:
    pub link: Option<LinkName>,
    /// Model to talk to (see: meterscope models).
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: Option<&'static Model>,
    /// Address of the meter: decimal, 0x hex or serial number.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
}

impl Console {
    /// Whether anything was given for the console.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        self.link.is_some() || self.model.is_some() || self.address.is_some()
    }
}

/// What can be done without the console.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
    /// Open the console on a simulated bus with one meter of every family.
    Demo,
    /// List the meters that can be picked.
    #[command(after_help = "Example:\n  meterscope models --json")]
    Models,
    /// List what a meter can be asked.
    #[command(after_help = "Example:\n  meterscope commands mercury-200")]
    Commands(Commands),
    /// Show the frames a command would send; opens no link.
    #[command(after_help = "Example:\n  meterscope compose --model mercury-200 --address 411486 energy")]
    Compose(Compose),
    /// Explain captured bytes: hex text, binary or a capture file.
    #[command(
        after_help = "Example:\n  meterscope decode --hex 'C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 01 F5 C0'\n  \
                      meterscope decode capture.pcapng --json"
    )]
    Decode(Decode),
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example:\n  meterscope completions bash > ~/.local/share/bash-completion/completions/meterscope"
    )]
    Completions(Completions),
    /// Print the manual page.
    #[command(after_help = "Example:\n  meterscope man | man -l -")]
    Man(Man),
}

/// `commands`.
#[derive(Debug, clap::Args)]
pub struct Commands {
    /// Model (see: meterscope models).
    #[arg(value_name = "MODEL", value_parser = meter::model)]
    pub model: &'static Model,
}

/// Which meter.
#[derive(Debug, clap::Args)]
pub struct Meter {
    /// Model (see: meterscope models).
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: &'static Model,
    /// Address: decimal, 0x hex or serial number; left out where any meter may answer.
    #[arg(long, value_name = "ADDRESS", default_value = "", hide_default_value = true)]
    pub address: String,
    /// Ask for the meter's password, without showing it.
    #[arg(long)]
    pub ask_password: bool,
}

/// A command with its arguments.
#[derive(Debug, clap::Args)]
pub struct Ask {
    /// Command (see: meterscope commands MODEL).
    #[arg(value_name = "COMMAND")]
    pub command: String,
    /// Its arguments.
    #[arg(value_name = "NAME=VALUE", value_parser = pair)]
    pub arguments: Vec<(String, String)>,
}

/// `compose`.
#[derive(Debug, clap::Args)]
pub struct Compose {
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

/// `decode`.
#[derive(Debug, clap::Args)]
pub struct Decode {
    /// File with hex text, binary or a capture; - is standard input.
    #[arg(value_name = "FILE", required_unless_present = "hex", conflicts_with = "hex", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// The bytes, as hex.
    #[arg(long, value_name = "STRING", allow_hyphen_values = true)]
    pub hex: Option<String>,
    /// Protocol; auto takes the one that fits best.
    #[arg(long, value_name = "PROTOCOL", default_value = "auto", value_parser = Protocol::parse)]
    pub protocol: Protocol,
    /// Model, which fixes protocol and dialect.
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: Option<&'static Model>,
    /// Show the bytes of passwords.
    #[arg(long)]
    pub reveal: bool,
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

/// A protocol by its id, or whichever fits.
#[derive(Clone, Copy)]
pub enum Protocol {
    /// To be found out.
    Auto,
    /// This one.
    Known(&'static dyn Family),
}

impl std::fmt::Debug for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Known(family) => family.id(),
        })
    }
}

impl Protocol {
    fn parse(id: &str) -> Result<Self, String> {
        if id == "auto" {
            return Ok(Self::Auto);
        }
        registry::family(id).map(Self::Known).ok_or_else(|| {
            let known: Vec<&str> = registry::FAMILIES.iter().map(|family| family.id()).collect();
            format!("unknown protocol; known: auto, {}", known.join(", "))
        })
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| "expected name=value, such as tariff=T1".to_owned())?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A duration such as `5s`, `500ms` or `2m`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let expected = || "expected a time such as 500ms, 5s or 2m".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).ok_or_else(expected)?;
    let number: u64 = number.parse().map_err(|_| expected())?;
    let millis = match unit {
        "ms" => 1,
        "s" | "" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(expected()),
    };
    let total = number.checked_mul(millis).filter(|total| *total > 0).ok_or_else(expected)?;
    Ok(Duration::from_millis(total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_are_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn times_are_read_with_their_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for bad in ["", "s", "5x", "0s", "99999999999999999999h", "-1s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
