//! Subcommands for traffic that somebody else made.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueHint;

use super::super::values::{Protocol, duration};
use crate::link::LinkName;
use crate::meter::{self, Model};

/// `sniff`.
#[derive(Debug, clap::Args)]
pub(crate) struct Sniff {
    /// Link: a serial port, tcp://HOST:PORT, listen://ADDRESS:PORT, rfc2217://HOST:PORT,
    /// mqtt://HOST/TOPIC or file:CAPTURE. While the bytes make no sense other line settings are tried, unless
    /// some are named: ?line=SPEED-FORMAT
    pub link: LinkName,
    /// Protocol; auto takes the first one that finds a good frame.
    #[arg(long, value_name = "PROTOCOL", default_value = "auto", value_parser = Protocol::parse)]
    pub protocol: Protocol,
    /// Model, which fixes protocol, dialect and line settings.
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: Option<&'static Model>,
    /// Write what goes over the link into a capture file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub capture: Option<PathBuf>,
    /// Stop after so long.
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub duration: Option<Duration>,
    /// When the link is lost, wait until it is back.
    #[arg(long)]
    pub reconnect: bool,
    /// Show the bytes of passwords.
    #[arg(long)]
    pub reveal: bool,
}

/// `decode`.
#[derive(Debug, clap::Args)]
pub(crate) struct Decode {
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

/// `export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// Capture file; hex text and bare bytes are taken too, - is standard input.
    #[arg(value_name = "CAPTURE", value_hint = ValueHint::FilePath)]
    pub capture: PathBuf,
    /// Form of the output.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ExportFormat::Csv)]
    pub format: ExportFormat,
    /// Export the readings instead of the frames.
    #[arg(long)]
    pub readings: bool,
    /// Protocol; auto takes the one that fits best.
    #[arg(long, value_name = "PROTOCOL", default_value = "auto", value_parser = Protocol::parse)]
    pub protocol: Protocol,
    /// Model, which fixes protocol and dialect.
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: Option<&'static Model>,
}

/// Forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ExportFormat {
    /// A table for spreadsheets.
    Csv,
    /// A line of JSON each, as decode prints them.
    Jsonl,
    /// Hex with times, one frame a line.
    Hex,
    /// A table for reports.
    Md,
}
