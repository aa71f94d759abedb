//! What can be typed.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts, printed as they stand")]

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueHint};
use jiff::tz::TimeZone;

use super::values::{Protocol, duration, pair};
use crate::app::config;
use crate::link::LinkName;
use crate::meter::{self, Model};
use crate::sim::fault::{KINDS, Kind};

/// The bench instrument for electricity meters.
#[derive(Debug, Parser)]
#[command(
    name = "meterscope",
    version,
    propagate_version = true,
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
pub struct Console {
    /// Link to open: a serial port, tcp://HOST:PORT, listen://ADDRESS:PORT, rfc2217://HOST:PORT, mqtt://HOST/TOPIC,
    /// file:CAPTURE or sim:
    pub link: Option<LinkName>,
    /// Model to talk to (see: meterscope models).
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: Option<&'static Model>,
    /// Address of the meter: decimal, 0x hex or serial number.
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true)]
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
    /// Listen to a bus; never writes a byte to it.
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
        after_help = SIMULATE_EXAMPLES,
        after_long_help = faults()
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

const SIMULATE_EXAMPLES: &str = "Example:\n  meterscope simulate --listen tcp://127.0.0.1:0 --model mercury-200 --address 411486\n  \
     meterscope simulate --pty /tmp/meter --model energomera-ce307 --fault drop=0.01\n  \
     meterscope simulate --publish mqtt://localhost/sensors/smartmeter --payload hex --model kaifa-ma309";

/// The examples, and every kind of fault.
fn faults() -> String {
    let row = |kind: &Kind| {
        let argument =
            if kind.argument.is_empty() { String::new() } else { format!(" [:{}]", kind.argument) };
        format!("  {:13} {}{argument}\n", kind.name, kind.what)
    };
    let rows: String = KINDS.iter().map(row).collect();
    format!(
        "{SIMULATE_EXAMPLES}\n\nFaults, as KIND=RATE[:ARGUMENT][@BYTE]; RATE is 0 to 1, 5%, once, #3 (the third time) or \
         #3.. (from then on); with tx- in front, to requests:\n{rows}"
    )
}

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

/// Which meter.
#[derive(Debug, Clone, clap::Args)]
pub struct Meter {
    /// Model (see: meterscope models).
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: &'static Model,
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
pub struct MaybeAsk {
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
    pub fn named(&self) -> Option<Ask> {
        let command = self.command.clone()?;
        Some(Ask { command, arguments: self.arguments.clone() })
    }
}

/// A command with its arguments.
#[derive(Debug, Clone, clap::Args)]
pub struct Ask {
    /// Command (see: meterscope commands MODEL).
    #[arg(value_name = "COMMAND")]
    pub command: String,
    /// Its arguments.
    #[arg(value_name = "NAME=VALUE", value_parser = pair)]
    pub arguments: Vec<(String, String)>,
}

/// `read`.
#[derive(Debug, clap::Args)]
pub struct Read {
    /// Link: a serial port, tcp://HOST:PORT, listen://ADDRESS:PORT, rfc2217://HOST:PORT or
    /// sim:
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
    /// With --every: stop after so many polls.
    #[arg(long, value_name = "N", requires = "every")]
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
    /// Write what goes over the link into a capture file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub capture: Option<PathBuf>,
}

/// `send`.
#[derive(Debug, clap::Args)]
pub struct Send {
    /// Link: a serial port, tcp://HOST:PORT, listen://ADDRESS:PORT, rfc2217://HOST:PORT or
    /// sim:
    pub link: LinkName,
    /// Model (see: meterscope models).
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: Option<&'static Model>,
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
    /// With --raw: listen until nothing has come for so long.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration, requires = "raw")]
    pub listen: Duration,
    /// Allow what may change the meter.
    #[arg(long)]
    pub allow_write: bool,
    /// With --allow-write: the command's name or the meter's whole address, for what switches a load or changes
    /// a password; asked for on a terminal when left out.
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
    pub fn meter(&self) -> Option<Meter> {
        let model = self.model?;
        Some(Meter { model, address: self.address.clone(), ask_password: self.ask_password })
    }
}

/// `sniff`.
#[derive(Debug, clap::Args)]
pub struct Sniff {
    /// Link: a serial port, tcp://HOST:PORT, listen://ADDRESS:PORT, rfc2217://HOST:PORT,
    /// mqtt://HOST/TOPIC or file:CAPTURE
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

/// `simulate`.
#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// Where.
    #[command(flatten)]
    pub place: SimulatePlace,
    /// Model of the meter; several may be named; left out for one of every model.
    #[arg(long, value_name = "MODEL", value_parser = meter::model)]
    pub model: Vec<&'static Model>,
    /// Address of the meter, of several in the order of their models.
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true)]
    pub address: Vec<String>,
    /// A value of the meter, by its own name for it or C.D.E, as its text on the wire.
    #[arg(long, value_name = "CODE=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Something that goes wrong on the line, such as drop=0.01, late=once:800ms or echo=1.
    #[arg(long, value_name = "KIND=RATE")]
    pub fault: Vec<String>,
    /// Tell this, with a line end, to everybody who connects before anything else, as modem converters do.
    #[arg(long, value_name = "TEXT")]
    pub greeting: Vec<String>,
    /// The same seed makes the same faults.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Time of wire and meter: as the real ones, or none.
    #[arg(long, value_name = "SPEED", value_enum, default_value_t = Speed::Real)]
    pub speed: Speed,
    /// With --publish: how frames are written into messages.
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Payload::Raw)]
    pub payload: Payload,
    /// Allow an address that other computers can reach.
    #[arg(long)]
    pub allow_remote: bool,
}

/// Where simulated meters are served.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct SimulatePlace {
    /// Listen as a TCP converter; port 0 takes a free one.
    #[arg(long, value_name = "tcp://ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Dial out as a TCP converter in client mode.
    #[arg(long, value_name = "tcp://HOST:PORT")]
    pub connect: Option<String>,
    /// Make a pseudo-terminal with this name.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub pty: Option<PathBuf>,
    /// Publish what meters push, a message each; the password as for an mqtt link.
    #[arg(long, value_name = "mqtt://HOST/TOPIC")]
    pub publish: Option<LinkName>,
}

/// How frames are written into messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Payload {
    /// The bytes as they are.
    Raw,
    /// Hex text.
    Hex,
}

impl From<Payload> for crate::sim::serve::Payload {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload::Raw => Self::Raw,
            Payload::Hex => Self::Hex,
        }
    }
}

/// How fast a simulation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Speed {
    /// Wire time, reaction times and push intervals of the real meter.
    Real,
    /// No wire time and no reaction time.
    Max,
}

impl From<Speed> for crate::sim::Speed {
    fn from(speed: Speed) -> Self {
        match speed {
            Speed::Real => Self::Real,
            Speed::Max => Self::Max,
        }
    }
}

/// `export`.
#[derive(Debug, clap::Args)]
pub struct Export {
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

/// How `read` prints values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ReadFormat {
    /// A table as wide as the terminal.
    Table,
    /// Comma-separated values.
    Csv,
}

/// Forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportFormat {
    /// A table for spreadsheets.
    Csv,
    /// A line of JSON each, as decode prints them.
    Jsonl,
    /// Hex with times, one frame a line.
    Hex,
    /// A table for reports.
    Md,
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_are_sound() {
        Args::command().debug_assert();
    }
}
