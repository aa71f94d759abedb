//! Subcommands that talk to a meter.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueHint;

use super::super::values::{Protocol, duration};
use super::meter::{MaybeAsk, Meter, Who};
use crate::link::LinkName;
use crate::meter::{self, Model};

/// `read`.
#[derive(Debug, clap::Args)]
pub(crate) struct Read {
    /// Link: a serial port, tcp://HOST:PORT, listen://ADDRESS:PORT, rfc2217://HOST:PORT or sim:; for a meter that
    /// pushes mqtt://HOST/TOPIC and file:CAPTURE, too
    pub link: LinkName,
    /// Which meter.
    #[command(flatten)]
    pub meter: Meter,
    /// What to read; left out for the everyday set: totals and tariffs, then instantaneous values.
    #[command(flatten)]
    pub ask: MaybeAsk,
    /// Print bare values, one a line.
    #[arg(long, conflicts_with = "json")]
    pub plain: bool,
    /// How values are printed: as a table, or for spreadsheets: a line a value, of a load profile a line an
    /// interval with the energy of each tariff.
    #[arg(long, value_enum, default_value_t = ReadFormat::Table, conflicts_with_all = ["plain", "json"])]
    pub format: ReadFormat,
    /// Read again and again, such as every 5s, until Ctrl-C.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub every: Option<Duration>,
    /// With --every: stop after so many polls, at least 1.
    #[arg(long, value_name = "N", requires = "every", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// With --every: when the link is lost, wait until it is back.
    #[arg(long, requires = "every")]
    pub reconnect: bool,
    /// How often a request is sent again after silence or damage.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub retries: u8,
    /// Ask everything twice and take only two equal answers.
    #[arg(long)]
    pub twice: bool,
    /// Listen first, for 5 s or so long, and send nothing where another master asks on the line: exit code 7.
    #[arg(
        long,
        value_name = "TIME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "5s",
        value_parser = duration
    )]
    pub listen: Option<Duration>,
    /// Write what goes over the link into a capture file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub capture: Option<PathBuf>,
}

/// How `read` prints values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ReadFormat {
    /// A table as wide as the terminal.
    Table,
    /// Comma-separated values.
    Csv,
}

/// `send`.
#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// Link: a serial port, tcp://HOST:PORT, listen://ADDRESS:PORT, rfc2217://HOST:PORT or
    /// sim:
    pub link: LinkName,
    /// Model (see: meterscope models).
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: Option<&'static Model>,
    /// Under which address.
    #[command(flatten)]
    pub who: Who,
    /// What to ask.
    #[command(flatten)]
    pub ask: MaybeAsk,
    /// Bytes as typed: hex, and text in double quotes.
    #[arg(long, value_name = "BYTES", conflicts_with = "command", allow_hyphen_values = true)]
    pub raw: Option<String>,
    /// Put a checksum behind the bytes, or a protocol's framing around them: modbus, crc8-b5, xor, energomera-ce...
    #[arg(long, value_name = "RULE", requires = "raw")]
    pub append_crc: Option<String>,
    /// Protocol to explain --raw and its answer by; auto takes the one that fits the bytes.
    #[arg(long, value_name = "PROTOCOL", default_value = "auto", value_parser = Protocol::parse, requires = "raw")]
    pub protocol: Protocol,
    /// With --raw: wait for answers until nothing has come for so long.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration, requires = "raw")]
    pub silence: Duration,
    /// Listen first, for 5 s or so long, and send nothing where another master asks on the line: exit code 7.
    #[arg(
        long,
        value_name = "TIME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "5s",
        value_parser = duration
    )]
    pub listen: Option<Duration>,
    /// Allow what may change the meter.
    #[arg(long)]
    pub allow_write: bool,
    /// With --allow-write: the command's name or the meter's whole address. Control commands want it: they switch a
    /// load, erase data, change an address, a password or a port. Asked for on a terminal when left out; a wrong word
    /// ends with exit 7 in any case.
    #[arg(long, value_name = "WORD", requires = "allow_write")]
    pub confirm: Option<String>,
    /// Write what goes over the link into a capture file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub capture: Option<PathBuf>,
    /// Show the bytes of passwords.
    #[arg(long)]
    pub reveal: bool,
}

impl Send {
    /// The meter, if a model was named.
    #[must_use]
    pub(crate) fn meter(&self) -> Option<Meter> {
        let model = self.model?;
        Some(Meter { model, who: self.who.clone() })
    }
}
