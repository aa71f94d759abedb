//! One simulated meter.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::fault::Readdress;
use super::load::Household;
use crate::frame::{At, Secret};
use crate::meter::{AddressError, AddressRule, MODELS, Model, Order};
use crate::protocol::{Address, Family, LineSettings, MeterKey, Now, Output, Responder, Setup, SetupError};

/// A meter on the simulated wire: its family's responder, where it is found and how its line is set.
pub struct SimMeter {
    name: String,
    address: String,
    /// On which line it hears.
    line: LineSettings,
    /// On which line it says what it is told to say next.
    speaks: LineSettings,
    responder: Box<dyn Responder>,
    /// The zone of its clock, where it has one of its own.
    zone: Option<TimeZone>,
    /// What is known of it by its model.
    known: Option<Known>,
    household: Option<Household>,
    /// When its last transmission ends.
    free: At,
    /// When it last heard something.
    heard: At,
    /// It is not asked before this unless it hears something, so that a deadline that does not move cannot hold
    /// the simulation up.
    rest_until: At,
}

impl std::fmt::Debug for SimMeter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimMeter")
            .field("name", &self.name)
            .field("address", &self.address)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

/// What a meter's model tells of its frames.
#[derive(Clone, Copy)]
struct Known {
    family: &'static dyn Family,
    rule: &'static AddressRule,
    number: u64,
}

impl Known {
    /// A frame of this meter's with another address in it and a checksum that fits, where one can be made.
    fn readdressed(self, frame: &[u8], offset: u8) -> Option<Vec<u8>> {
        let (own, other) =
            (self.rule.bytes(self.number), self.rule.bytes(self.number.wrapping_add(u64::from(offset))));
        let mut body = self.body(frame)?;
        let at = body.windows(own.len()).position(|window| window == own)?;
        body.splice(at..at + own.len(), other);
        Some(self.family.with_checksum(&body))
    }

    /// What the checksum was made of: found by making it again, so that no rule of the protocol is needed here.
    fn body(self, frame: &[u8]) -> Option<Vec<u8>> {
        let cuts =
            (0..=LONGEST_OPENING).flat_map(|front| (1..=LONGEST_CLOSING).map(move |back| (front, back)));
        cuts.filter_map(|(front, back)| frame.get(front..frame.len().checked_sub(back)?))
            .find(|body| self.family.with_checksum(body) == frame)
            .map(<[u8]>::to_vec)
    }
}

/// Bytes before the checksummed part of a frame, at most.
const LONGEST_OPENING: usize = 2;
/// Bytes after the checksummed part of a frame, checksum included, at most.
const LONGEST_CLOSING: usize = 4;

/// What a meter and those who may read it know alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Secrets {
    /// Its password; its model's when there is none.
    pub password: Option<Secret>,
    /// Its keys: it encrypts with the first if meters of its model encrypt at all, and else speaks in clear.
    pub keys: Vec<MeterKey>,
}

/// Why a meter cannot be simulated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeterError {
    /// The address cannot be a meter's.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A value that this meter does not have or cannot hold.
    #[error(transparent)]
    Value(#[from] SetupError),
}

impl SimMeter {
    /// A meter of a model. `address` is as a person writes it, a serial number where the model allows; empty is
    /// the model's smallest. `values` are by the meter's own name or by C.D.E, as text on the wire.
    ///
    /// # Errors
    /// [`MeterError`] for an address or value that a meter of this model cannot have.
    pub fn of_model(
        model: &'static Model,
        address: &str,
        secrets: Secrets,
        values: Vec<(String, String)>,
    ) -> Result<Self, MeterError> {
        let family = model.protocol;
        let setup = Setup {
            model: model.id,
            dialect: model.dialect,
            address: own_address(model, address)?,
            serial: serial_number(model, address),
            password: secrets.password,
            keys: if model.encrypts { secrets.keys } else { Vec::new() },
            line: model.line,
            values,
        };
        let responder = family.responder(&setup)?;
        let known = setup.address.number().map(|number| Known { family, rule: &model.address, number });
        Ok(Self { known, ..Self::with_responder(model.id, setup.address.text(), model.line, responder) })
    }

    /// A meter with a responder of the caller's.
    #[must_use]
    pub fn with_responder(
        name: impl Into<String>,
        address: impl Into<String>,
        line: LineSettings,
        responder: Box<dyn Responder>,
    ) -> Self {
        Self {
            name: name.into(),
            address: address.into(),
            line,
            speaks: line,
            zone: responder.zone().and_then(|rule| TimeZone::posix(rule).ok()),
            responder,
            known: None,
            household: None,
            free: At::ZERO,
            heard: At::ZERO,
            rest_until: At::ZERO,
        }
    }

    /// With a household behind it, by a seed: its power and energy move where its family's meters let them.
    #[must_use]
    pub const fn with_household(mut self, seed: u64) -> Self {
        self.household = Some(Household::new(seed));
        self
    }

    /// Its model id.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address as a person writes it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its line settings now.
    #[must_use]
    pub const fn line(&self) -> LineSettings {
        self.line
    }
}

/// The address the meter has: the likeliest meaning of the text, or the smallest that is its own alone.
fn own_address(model: &Model, text: &str) -> Result<Address, AddressError> {
    if text.trim().is_empty() && model.address.order == Order::Text {
        // Its smallest is the least number of characters.
        let width = usize::try_from(model.address.min).unwrap_or(0);
        return Ok(Address::textual(format!("{:0>width$}", 1)));
    }
    if text.trim().is_empty() && model.address.has_address() {
        let smallest = model.address.min;
        let is_shared = model.address.unaddressed == Some(smallest);
        let number = if is_shared { smallest + 1 } else { smallest };
        return Ok(Address::numeric(number.to_string(), number));
    }
    let candidates = model.address.resolve(text)?;
    candidates.into_iter().next().map(|candidate| candidate.address).ok_or(AddressError::Missing)
}

/// Digits of an invented serial number, where the model asks for no more.
const SERIAL_WIDTH: usize = 9;

/// The serial number of the first meter that nobody addresses; each model has one of its own, by which it is told from
/// another that speaks in its place.
const UNADDRESSED_SERIAL: usize = 112_001_070;

/// The serial number given as address, or an invented one that ends in the address.
fn serial_number(model: &Model, address: &str) -> String {
    if !model.address.has_address() {
        let place = MODELS.iter().position(|known| known.id == model.id).unwrap_or_default();
        return (UNADDRESSED_SERIAL + place).to_string();
    }
    let digits: String = address.trim().chars().filter(char::is_ascii_digit).collect();
    let fewest = usize::from(model.address.serial_digits);
    let is_rule = model.address.serial_digits < u8::MAX;
    let width = if is_rule { fewest.max(SERIAL_WIDTH) } else { SERIAL_WIDTH };
    if digits.len() >= fewest { digits } else { format!("{digits:0>width$}") }
}

/// Puts another address into frames of any of these meters.
pub(super) fn readdress(meters: &[SimMeter]) -> Readdress {
    let known: Vec<Known> = meters.iter().filter_map(|meter| meter.known).collect();
    Arc::new(move |frame, offset| known.iter().find_map(|known| known.readdressed(frame, offset)))
}

/// What the wire does with a meter.
impl SimMeter {
    /// The zone of its clock, where it has one of its own.
    pub(super) const fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    pub(super) const fn set_line(&mut self, line: LineSettings) {
        self.line = line;
    }

    /// The line on which it says what comes next: it changes when the meter is told so, though it hears on the
    /// line before until everything said has left.
    pub(super) const fn speaks(&self) -> LineSettings {
        self.speaks
    }

    pub(super) const fn speak(&mut self, line: LineSettings) {
        self.speaks = line;
    }

    /// When what it has been told to send so far will have left.
    pub(super) const fn free(&self) -> At {
        self.free
    }

    pub(super) fn busy_until(&mut self, end: At) {
        self.free = self.free.max(end);
    }

    pub(super) fn hear(&mut self, bytes: &[u8], now: Now) {
        self.heard = now.at;
        self.rest_until = At::ZERO;
        self.draw(now);
        self.responder.receive(bytes, now);
    }

    fn draw(&mut self, now: Now) {
        if let Some(load) = self.household.as_mut().and_then(|household| household.draw(now.wall)) {
            self.responder.draw(load);
        }
    }

    pub(super) fn poll(&mut self, now: Now) -> Option<Output> {
        // One that nobody speaks to is drawn from before it speaks by itself.
        let is_due = self.responder.deadline().is_some_and(|due| due <= now.at);
        if is_due && self.heard == At::ZERO {
            self.draw(now);
        }
        self.responder.poll(now)
    }

    pub(super) fn rest_until(&mut self, at: At) {
        self.rest_until = at;
    }

    /// Its responder's deadline.
    pub(super) fn deadline(&self) -> Option<At> {
        self.responder.deadline()
    }

    pub(super) fn is_in_session(&self) -> bool {
        self.responder.is_in_session()
    }

    pub(super) const fn rests_until(&self) -> At {
        self.rest_until
    }

    pub(super) const fn last_heard(&self) -> At {
        self.heard
    }
}
