//! Simulated meters for other programs.

use std::path::PathBuf;

use clap::ValueHint;

use super::super::values::pair;
use crate::link::LinkName;
use crate::meter::{self, Model};
use crate::sim::fault::{KINDS, Kind};

/// `simulate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Simulate {
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
pub(crate) struct SimulatePlace {
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

/// Where it serves comes first.
pub(super) const USAGE: &str = "meterscope simulate --listen <tcp://ADDRESS:PORT> [OPTIONS]
       meterscope simulate --connect <tcp://HOST:PORT> [OPTIONS]
       meterscope simulate --pty <PATH> [OPTIONS]
       meterscope simulate --publish <mqtt://HOST/TOPIC> [OPTIONS]";

/// What simulate is for.
pub(super) const EXAMPLES: &str = "Example:\n  meterscope simulate --listen tcp://127.0.0.1:0 --model mercury-200 --address 411486\n  \
     meterscope simulate --pty /tmp/meter --model energomera-ce307 --fault drop=0.01\n  \
     meterscope simulate --publish mqtt://localhost/sensors/smartmeter --payload hex --model kaifa-ma309";

/// The examples, and every kind of fault.
pub(super) fn faults() -> String {
    let row = |kind: &Kind| {
        let argument =
            if kind.argument.is_empty() { String::new() } else { format!(" [:{}]", kind.argument) };
        format!("  {:13} {}{argument}\n", kind.name, kind.what)
    };
    let rows: String = KINDS.iter().map(row).collect();
    format!(
        "{EXAMPLES}\n\nFaults, as KIND=RATE[:ARGUMENT][@BYTE]; RATE is 0 to 1, 5%, once, #3 (the third time) or \
         #3.. (from then on); with tx- in front, to requests:\n{rows}"
    )
}
