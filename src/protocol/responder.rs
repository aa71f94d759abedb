//! The meter's side of a conversation, for the simulator.

use std::fmt;

use super::address::Address;
use super::dialect::Dialect;
use super::keys::MeterKey;
use super::line::LineSettings;
use crate::frame::{At, Secret, visible};

/// The moment something happens to a simulated meter.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// On the clock of the trace.
    pub at: At,
    /// On the meter's own wall clock.
    pub wall: jiff::civil::DateTime,
    /// How far that clock is ahead of UTC, in minutes.
    pub ahead_minutes: i16,
    /// Whether daylight saving is in force where it is.
    pub is_summer: bool,
}

/// Which meter to simulate.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Model id.
    pub model: &'static str,
    /// Its dialect.
    pub dialect: Dialect,
    /// Its address.
    pub address: Address,
    /// Its serial number.
    pub serial: String,
    /// Its password, if other than the model's default.
    pub password: Option<Secret>,
    /// Its keys, if it is to encrypt what it says.
    pub keys: Vec<MeterKey>,
    /// The line it starts on.
    pub line: LineSettings,
    /// Values by the meter's own name or by C.D.E, as text on the wire.
    pub values: Vec<(String, String)>,
}

/// A value that a simulated meter cannot take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupError {
    /// The name given.
    pub name: String,
    /// The value given.
    pub value: String,
    /// What would fit.
    pub expected: String,
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, expected } = self;
        write!(f, "{}={}: expected {expected}", visible::string(name), visible::string(value))
    }
}

impl std::error::Error for SetupError {}

impl SetupError {
    /// What was given and what would fit.
    #[must_use]
    pub fn new(name: &str, value: &str, expected: &str) -> Self {
        Self { name: name.to_owned(), value: value.to_owned(), expected: expected.to_owned() }
    }
}

/// What a simulated meter does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Sends these bytes, the first one leaving at `due`.
    Send {
        /// The bytes.
        bytes: Vec<u8>,
        /// Not before this.
        due: At,
    },
    /// Changes its line settings once it has sent what it has to send.
    SetLine(LineSettings),
}

/// What is drawn through a simulated meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Power now, in watts.
    pub watts: u32,
    /// Energy since it was told last, in watt seconds.
    pub watt_seconds: u64,
}

/// A simulated meter.
pub trait Responder: Send {
    /// Bytes arrived.
    fn receive(&mut self, bytes: &[u8], now: Now);

    /// What it does now; asked until it gives `None`, after every [`Responder::receive`] and at every
    /// [`Responder::deadline`].
    fn poll(&mut self, now: Now) -> Option<Output>;

    /// The zone of its clock as a rule of POSIX, `CET-1CEST,M3.5.0,M10.5.0/3`; `None` where its clock is in the
    /// zone of whoever simulates it.
    fn zone(&self) -> Option<&'static str> {
        None
    }

    /// When it wants to be asked again though nothing arrives.
    fn deadline(&self) -> Option<At>;

    /// Whether it is in a session that somebody else on its line would break into. Meters that are asked and
    /// answer without one are never in any.
    fn is_in_session(&self) -> bool {
        false
    }

    /// Something is drawn through it, and its power and energy registers follow. A meter that does nothing about
    /// it keeps the values it was set up with.
    fn draw(&mut self, load: Load) {
        let _ = load;
    }
}
