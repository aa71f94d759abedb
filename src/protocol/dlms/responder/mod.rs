//! A simulated meter that pushes: it listens to nobody and speaks at its interval.

mod body;
mod carrier;
mod kinds;
mod registers;

use std::time::Duration;

use self::kinds::Kind;
use self::registers::Registers;
use super::ciphering::{self, Control};
use crate::frame::At;
use crate::protocol::{Load, MeterKey, Now, Output, Responder, Setup, SetupError};

/// From push to push where nothing says how often a meter speaks.
const USUAL: Duration = Duration::from_secs(15);
/// The invocation counter of the first push, unless set.
const FIRST_COUNTER: u32 = 1;
/// Encrypted; authenticated, too, where there is a key for it.
const ENCRYPTED: u8 = 0x20;
const AUTHENTICATED: u8 = 0x10;

/// The meter's side.
#[derive(Debug)]
pub(super) struct Meter {
    kind: &'static Kind,
    title: [u8; 8],
    serial: String,
    key: Option<MeterKey>,
    counter: u32,
    interval: Duration,
    /// When the next push is due; not known before it is asked for the first time.
    next: Option<At>,
    registers: Registers,
}

/// The meter that a setup describes.
///
/// # Errors
/// [`SetupError`] for a value that it cannot have.
pub(super) fn responder(setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
    Ok(Box::new(Meter::new(setup)?))
}

/// From push to push of a model; of the generic ones it is not known.
pub(super) fn interval(model: &str) -> Duration {
    let known = kinds::of_model(model).filter(|_| !model.starts_with("dlms-"));
    known.map_or(USUAL, |kind| Duration::from_secs(kind.interval_s))
}

fn unfit(name: &str, value: &str, expected: &str) -> SetupError {
    SetupError { name: name.to_owned(), value: value.to_owned(), expected: expected.to_owned() }
}

impl Meter {
    /// A meter as set up. Without keys it speaks in clear. `interval` is in seconds, `counter` is that of the
    /// first push; the other values go by C.D.E, in W, Wh, V and A.
    ///
    /// # Errors
    /// [`SetupError`] for a value that it cannot have.
    pub(super) fn new(setup: &Setup) -> Result<Self, SetupError> {
        let kind = kinds::of_model(setup.model)
            .ok_or_else(|| unfit("model", setup.model, "a model that pushes over this carrier"))?;
        let mut meter = Self {
            kind,
            title: kind.system_title(&setup.serial),
            serial: setup.serial.clone(),
            key: setup.keys.first().cloned(),
            counter: FIRST_COUNTER,
            interval: Duration::from_secs(kind.interval_s),
            next: None,
            registers: Registers::default(),
        };
        if let Some(title) = meter.key.as_ref().and_then(|key| key.system_title) {
            meter.title = title;
        }
        for (name, value) in &setup.values {
            meter.set(name, value)?;
        }
        Ok(meter)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SetupError> {
        let seconds = || value.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
        match name {
            "interval" => {
                let seconds = seconds().ok_or_else(|| unfit(name, value, "1 to 3600 seconds"))?;
                self.interval = Duration::from_secs(seconds);
            }
            "counter" => {
                self.counter = value.parse().map_err(|_| unfit(name, value, "a number of 32 bits"))?;
            }
            _ => self.registers.set(name, value).map_err(|expected| unfit(name, value, expected))?,
        }
        Ok(())
    }

    /// The bytes of one push.
    fn push(&mut self, now: Now) -> Vec<u8> {
        let content = body::Content {
            registers: &self.registers,
            serial: &self.serial,
            wall: now.wall,
            ahead_minutes: now.ahead_minutes,
        };
        let plain = body::notification(self.kind, &content, self.counter);
        let apdu = self.sealed(&plain).unwrap_or(plain);
        self.counter = self.counter.wrapping_add(1);
        carrier::frames(self.kind.carrier, &apdu).concat()
    }

    /// The APDU encrypted, if there is a key that can do it.
    fn sealed(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let key = self.key.as_ref()?;
        let authenticated = if key.authentication.is_some() { AUTHENTICATED } else { 0 };
        let suite = if key.encryption.reveal().len() == 32 { 2 } else { self.kind.suite };
        let control = Control(ENCRYPTED | authenticated | suite);
        ciphering::seal(plain, (self.title, self.counter), control, key).ok()
    }
}

impl Responder for Meter {
    fn receive(&mut self, _: &[u8], _: Now) {}

    fn poll(&mut self, now: Now) -> Option<Output> {
        let due = *self.next.get_or_insert(now.at + self.interval);
        if now.at < due {
            return None;
        }
        self.next = Some(due.max(now.at) + self.interval);
        Some(Output::Send { bytes: self.push(now), due })
    }

    fn deadline(&self) -> Option<At> {
        Some(self.next.unwrap_or(At::ZERO))
    }

    fn draw(&mut self, load: Load) {
        self.registers.draw(load);
    }
}
