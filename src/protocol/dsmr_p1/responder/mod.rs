//! Simulated meters: they push telegrams at their interval and hear nothing.

mod clock;
mod register;
mod sheets;

use std::time::Duration;

use register::Register;

use super::dissect::LUXEMBOURG;
use super::envelope;
use super::variant::{self, Crc};
use super::wire;
use crate::frame::{At, Secret};
use crate::protocol::cipher::{self, Nonce};
use crate::protocol::{Load, MeterKey, Now, Output, Responder, Setup, SetupError};
use sheets::Telegram;

/// Authenticated and encrypted, suite 0.
const CONTROL: u8 = 0x30;

/// The system title of a simulated meter.
const TITLE: [u8; 8] = *b"SAGgp\x01\xBD\x54";

/// A meter that pushes.
#[derive(Debug)]
pub(super) struct Meter {
    sheet: &'static Telegram,
    lines: Vec<Line>,
    serial: String,
    /// From telegram to telegram.
    interval: Duration,
    /// When the next telegram is due.
    next: At,
    key: Option<MeterKey>,
    counter: u32,
    /// Watt seconds that have not yet made a watt hour.
    spare: u64,
}

/// A data line.
#[derive(Debug)]
struct Line {
    object: &'static str,
    content: String,
}

impl Meter {
    /// The meter of a set-up.
    ///
    /// # Errors
    /// [`SetupError`] for an object that it does not have or a value that does not fit.
    pub(super) fn new(setup: &Setup) -> Result<Self, SetupError> {
        let sheet = sheets::of(variant::of(setup.dialect));
        let rows = sheet.rows.iter().copied().flatten();
        let lines = rows.map(|&(object, content)| Line { object, content: content.to_owned() }).collect();
        let mut meter = Self {
            sheet,
            lines,
            serial: setup.serial.clone(),
            interval: sheet.variant.interval,
            next: At::ZERO,
            key: setup.keys.first().cloned(),
            counter: 0,
            spare: 0,
        };
        for (name, value) in &setup.values {
            meter.set(name, value).map_err(|expected| SetupError {
                name: name.clone(),
                value: value.clone(),
                expected,
            })?;
        }
        Ok(meter)
    }

    /// Sets a value by its object or by C.D.E alone, or the `interval` in seconds; what would fit if it does not.
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name == "interval" {
            let seconds = value.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
            self.interval = Duration::from_secs(seconds.ok_or("1 to 3600 seconds")?);
            return Ok(());
        }
        let line = self.line(name).ok_or("an object of this meter such as 1-0:1.8.1 or 1.8.1")?;
        let is_plain = |byte: u8| matches!(byte, 0x20..=0x7E) && !matches!(byte, b'(' | b')' | b'!' | b'/');
        if !value.bytes().all(is_plain) {
            return Err("text without brackets, exclamation mark and slash".to_owned());
        }
        register::write(&mut line.content, value)
    }

    /// The line of an object given in full or without medium and channel.
    fn line(&mut self, name: &str) -> Option<&mut Line> {
        let is_it = |line: &&mut Line| {
            let object = line.object.split('*').next().unwrap_or_default();
            object == name || object.split_once(':').is_some_and(|(_, code)| code == name)
        };
        self.lines.iter_mut().find(is_it)
    }

    fn register(&mut self, name: &str) -> Option<Register> {
        Register::of(&self.line(name)?.content)
    }

    fn put(&mut self, name: &str, register: Register) {
        if let Some(line) = self.line(name) {
            register.put(&mut line.content);
        }
    }

    /// A telegram as it goes over the wire.
    fn telegram(&mut self, now: Now) -> Vec<u8> {
        let body = self.body(now);
        let plain = match self.sheet.variant.crc {
            Crc::Always => wire::seal_up(body.as_bytes()),
            Crc::Never | Crc::Perhaps => format!("{body}\r\n").into_bytes(),
        };
        match self.key.clone() {
            Some(key) => self.sealed(&key, &plain).unwrap_or(plain),
            None => plain,
        }
    }

    fn body(&self, now: Now) -> String {
        let mut body = format!("/{}\r\n\r\n", self.sheet.first_line);
        for line in &self.lines {
            body.push_str(line.object);
            body.push_str(&clock::fill(&line.content, now, &self.serial));
            body.push_str("\r\n");
        }
        body.push('!');
        body
    }

    /// The telegram in its envelope; `None` when the key is of no suite.
    fn sealed(&mut self, key: &MeterKey, plain: &[u8]) -> Option<Vec<u8>> {
        self.counter = self.counter.wrapping_add(1);
        let title = key.system_title.unwrap_or(TITLE);
        let authentication = key.authentication.clone().unwrap_or_else(|| Secret::new(LUXEMBOURG.to_vec()));
        let aad = cipher::aad(CONTROL, &authentication);
        let nonce = Nonce::new(title, self.counter);
        let (text, tag) = cipher::seal(&key.encryption, nonce, &aad, plain).ok()?;
        let mut bytes = envelope::head(title, CONTROL, self.counter, text.len());
        bytes.extend(text);
        bytes.extend(tag);
        Some(bytes)
    }
}

impl Responder for Meter {
    fn receive(&mut self, _: &[u8], _: Now) {}

    fn poll(&mut self, now: Now) -> Option<Output> {
        if now.at < self.next {
            return None;
        }
        let following = self.next + self.interval;
        self.next = if following > now.at { following } else { now.at + self.interval };
        Some(Output::Send { bytes: self.telegram(now), due: now.at })
    }

    fn zone(&self) -> Option<&'static str> {
        self.sheet.variant.time.map(|time| time.rule)
    }

    fn deadline(&self) -> Option<At> {
        Some(self.next)
    }

    fn draw(&mut self, load: Load) {
        self.spare = self.spare.saturating_add(load.watt_seconds);
        let watt_hours = self.spare / 3600;
        self.spare %= 3600;
        let tariff = self.register("96.14.0").map_or(1, |tariff| tariff.units);
        for name in ["1.8.0".to_owned(), format!("1.8.{tariff}")] {
            if let Some(register) = self.register(&name) {
                self.put(&name, register.plus_watt_hours(watt_hours));
            }
        }
        self.draw_power(load.watts);
    }
}

/// The objects of power and current of each phase.
const PHASES: [(&str, &str); 3] = [("21.7.0", "31.7.0"), ("41.7.0", "51.7.0"), ("61.7.0", "71.7.0")];

/// Volts of every phase, for currents.
const VOLTS: u32 = 230;

impl Meter {
    fn draw_power(&mut self, watts: u32) {
        self.put_watts("1.7.0", watts);
        let here: Vec<_> = PHASES
            .into_iter()
            .filter(|(power, current)| self.register(power).is_some() || self.register(current).is_some())
            .collect();
        let count = u32::try_from(here.len()).unwrap_or(1).max(1);
        for (index, (power, current)) in (0u32..).zip(here) {
            let share = watts / count + u32::from(index < watts % count);
            self.put_watts(power, share);
            if let Some(register) = self.register(current) {
                self.put(current, register.with_quotient(share, VOLTS));
            }
        }
    }

    fn put_watts(&mut self, name: &str, watts: u32) {
        if let Some(register) = self.register(name) {
            self.put(name, register.with_watts(watts));
        }
    }
}
