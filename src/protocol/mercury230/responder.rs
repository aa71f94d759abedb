//! A simulated meter.
//!
//! It ends a request after the silence of its speed, drops what is not for it, damaged or of the wrong length
//! without a word, refuses by a status what it does not know or may not tell, and closes its channel 240 s
//! after the last request it understood (M236, 1.5.4, 2.2.2). How long it takes to answer is a plausible value.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::civil::Date;

use super::meter::Memory;
use super::rows::{self, CLOSE, OPEN, Reply, Row};
use super::wire::{self, ANY, BROADCAST, Frame};
use super::{compose, password, status, timing};
use crate::frame::{At, Value};
use crate::protocol::incotex::Requested;
use crate::protocol::{Access, Dialect, LineSettings, Load, Now, Output, Parity, Setup, SetupError};

/// Time between the end of a request and the first byte of the answer.
const TURNAROUND: Duration = Duration::from_millis(10);

/// The same for the command that fixes values (M236, table 3.1: 100 to 150 ms).
const FIXING: Duration = Duration::from_millis(120);

/// How long the channel stays open.
const CHANNEL: Duration = Duration::from_secs(240);

/// Models of an older kind: they know no long answers, no energy by quadrant and no dated registers.
static OLDER: [&str; 3] = ["mercury-230", "mercury-231", "mercury-233"];

/// The speeds by their code in a communication byte (M236, 3.14).
static SPEEDS: [u32; 10] = [9_600, 4_800, 2_400, 1_200, 600, 300, 19_200, 38_400, 57_600, 115_200];

/// The name by which a set-up takes the answers to 08 14 and 08 16 away, as the oldest meters have none.
const WITHOUT_PHASES: &str = "without-16";

/// The meter's side.
#[derive(Debug)]
pub(super) struct Meter {
    address: u8,
    is_older: bool,
    has_phases: bool,
    line: LineSettings,
    memory: Memory,
    /// Passwords of levels 1 and 2.
    passwords: [Vec<u8>; 2],
    /// The level and when the channel closes.
    channel: Option<(u8, At)>,
    /// The day on which the clock was corrected.
    corrected: Option<Date>,
}

impl Meter {
    /// A meter as set up.
    ///
    /// # Errors
    /// [`SetupError`] for an address, a serial number, a password or a value that it cannot have.
    pub(super) fn new(setup: &Setup) -> Result<Self, SetupError> {
        let address = compose::address(&setup.address)
            .map_err(|_| SetupError::new("address", setup.address.text(), "a number of 0 to 255"))?;
        let mut meter = Self {
            address,
            is_older: OLDER.contains(&setup.model),
            has_phases: true,
            line: setup.line,
            memory: Memory::new(serial(&setup.serial)?, setup.dialect),
            passwords: passwords(setup)?,
            channel: None,
            corrected: None,
        };
        for (name, value) in &setup.values {
            meter.set(name, value)?;
        }
        Ok(meter)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SetupError> {
        if name == WITHOUT_PHASES {
            self.has_phases = match value {
                "yes" => false,
                "no" => true,
                _ => return Err(SetupError::new(name, value, "yes or no")),
            };
            return Ok(());
        }
        self.memory.set(name, value).map_err(|expected| SetupError::new(name, value, &expected))
    }

    /// What stands between address and CRC of the answer; `None` for what it drops.
    fn answer(&mut self, frame: &Frame<'_>, now: Now) -> Option<Vec<u8>> {
        let status = |code: u8| Some(vec![code]);
        match frame.body {
            [OPEN, level, given @ ..] if given.len() == super::form::PASSWORD => {
                return status(self.open(*level, given, now));
            }
            [CLOSE] => {
                self.channel = None;
                return status(status::OK);
            }
            _ => {}
        }
        let Some(row) = rows::of(frame.body).filter(|row| self.knows(row)) else {
            return self.unknown(frame);
        };
        let is_write = row.command.access != Access::Read;
        if is_write && frame.address == ANY && self.address != ANY {
            return None;
        }
        if let Some(refusal) = self.bar(row, now) {
            return status(refusal);
        }
        self.channel = self.channel.map(|(level, _)| (level, now.at + CHANNEL));
        match row.reply {
            Reply::Status => status(self.obey(row, frame.body, now)),
            Reply::Nothing => None,
            _ => Some(
                self.memory
                    .answer(row, frame.body, self.address, now.wall)
                    .unwrap_or_else(|refusal| vec![refusal]),
            ),
        }
    }

    /// A request of no row: silence where the count of bytes is wrong or the meter is older than the command,
    /// a status else.
    fn unknown(&self, frame: &Frame<'_>) -> Option<Vec<u8>> {
        let code = frame.body.first().copied().unwrap_or(0);
        let lengths = rows::request_lengths(code);
        let has_length = |count: usize| count < 64 && lengths >> count & 1 == 1;
        let is_too_new = self.is_older && code == 0x18;
        let is_wrong = lengths != 0 && !has_length(frame.body.len() + 3);
        (!is_too_new && !is_wrong).then(|| vec![status::UNKNOWN])
    }

    fn knows(&self, row: &Row) -> bool {
        let is_by_phase = matches!(row.code, [0x08, 0x14 | 0x16, ..]);
        let is_new = matches!(row.code, [0x15 | 0x18, ..] | [0x08, 0x16, 0xA0] | [0x05, 0x00, 0x06]);
        (self.has_phases || !is_by_phase) && !(self.is_older && is_new)
    }

    fn open(&mut self, level: u8, given: &[u8], now: Now) -> u8 {
        let index = usize::from(level).wrapping_sub(1);
        if self.passwords.get(index).is_some_and(|password| password == given) {
            self.channel = Some((level, now.at + CHANNEL));
            status::OK
        } else {
            status::LEVEL
        }
    }

    /// Why the channel does not let a request through.
    fn bar(&self, row: &Row, now: Now) -> Option<u8> {
        match self.channel.filter(|(_, until)| now.at < *until) {
            _ if row.level == 0 => None,
            None => Some(status::CLOSED),
            Some((level, _)) if level < row.level => Some(status::LEVEL),
            Some(_) => None,
        }
    }

    /// Obeys a write.
    fn obey(&mut self, row: &Row, body: &[u8], now: Now) -> u8 {
        match *body {
            [0x03, 0x05, to] => self.address = to,
            [0x03, 0x0C, ..] => return self.set_clock(row, body, now),
            [0x03, 0x0D, second, minute, hour] => return self.correct([second, minute, hour], now),
            [0x03, 0x1B, a, b, c, d] => {
                self.memory.put("voltage ratio", vec![a, b]);
                self.memory.put("current ratio", vec![c, d]);
            }
            [0x03, 0x1C, day] => self.memory.put("billing day", vec![0, day]),
            [0x03, 0x1F, level, ref both @ ..] => return self.change_password(level, both),
            [0x03, 0x21] => self.memory.reset_energy(),
            [0x03, 0x22, ref text @ ..] => self.memory.put("location", text.to_vec()),
            [0x03, 0x2C, top, high, low] => self.memory.put("power limit", vec![top & 0x3F, low, high]),
            [0x03, 0x31, to] => self.memory.put("load control", vec![0, if to & 1 == 1 { 0x02 } else { 0 }]),
            [0x03, 0x32, multiplier] => self.memory.put("time-out multiplier", vec![0, multiplier]),
            _ => {}
        }
        status::OK
    }

    fn set_clock(&mut self, row: &Row, body: &[u8], now: Now) -> u8 {
        let time = row.arguments.first().zip(body.get(2..9));
        let time = time.map(|(item, bytes)| super::values::value(item.form, bytes));
        let Some(Value::Time(time)) = time else { return status::UNKNOWN };
        let Some(time) = time.civil() else { return status::UNKNOWN };
        self.memory.set_clock(time, now.wall);
        status::OK
    }

    /// Corrects the clock: by 4 minutes at most and once a day.
    fn correct(&mut self, clock: [u8; 3], now: Now) -> u8 {
        let own = self.memory.now(now.wall);
        let [second, minute, hour] =
            clock.map(|byte| i8::try_from(byte >> 4).unwrap_or(0) * 10 + (byte & 0x0F).cast_signed());
        let Ok(to) = own.with().hour(hour).minute(minute).second(second).build() else {
            return status::UNKNOWN;
        };
        if self.corrected == Some(own.date()) {
            return status::CORRECTED;
        }
        if to.duration_since(own).abs().as_secs() > 240 {
            return status::UNKNOWN;
        }
        self.corrected = Some(own.date());
        self.memory.set_clock(to, now.wall);
        status::OK
    }

    fn change_password(&mut self, level: u8, both: &[u8]) -> u8 {
        let Some((old, new)) = both.split_at_checked(super::form::PASSWORD) else { return status::UNKNOWN };
        match self.passwords.get_mut(usize::from(level).wrapping_sub(1)) {
            Some(password) if password == old => {
                *password = new.to_vec();
                status::OK
            }
            Some(_) => status::LEVEL,
            None => status::UNKNOWN,
        }
    }

    /// After the answer, a new communication byte sets the line.
    fn change_line(&mut self, request: &[u8], answer: &[u8]) -> Option<LineSettings> {
        let ([0x03, 0x15, byte], [status::OK]) = (request, answer) else { return None };
        let &baud = SPEEDS.get(usize::from(byte & 0x0F))?;
        let parity = match byte >> 4 & 0x03 {
            1 => Parity::Odd,
            2 => Parity::Even,
            _ => Parity::None,
        };
        self.line = LineSettings { parity, ..LineSettings::n81(baud) };
        Some(self.line)
    }
}

fn serial(text: &str) -> Result<u32, SetupError> {
    let digits = text.get(text.len().saturating_sub(8)..).unwrap_or(text);
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .parse()
        .ok()
        .filter(|_| is_number)
        .ok_or_else(|| SetupError::new("serial", text, "a decimal number such as 41906467"))
}

/// The passwords: one that was given opens both levels, the factory's differ.
fn passwords(setup: &Setup) -> Result<[Vec<u8>; 2], SetupError> {
    let of = |level| {
        let dialect: Dialect = setup.dialect;
        password::of_level(setup.password.as_ref(), level, dialect)
            .map(|password| password.bytes().to_vec())
            .map_err(|_| SetupError::new("password", "", password::FORM))
    };
    Ok([of(1)?, of(2)?])
}

impl Requested for Meter {
    fn silence(&self) -> Duration {
        timing::silence(self.line) * self.memory.timeout_multiplier()
    }

    fn request(&mut self, request: &[u8], now: Now, told: &mut VecDeque<Output>) {
        let Some(frame) = Frame::parse(request).filter(Frame::is_sound) else { return };
        if ![self.address, ANY, BROADCAST].contains(&frame.address) {
            return;
        }
        let Some(body) = self.answer(&frame, now) else { return };
        if frame.address == BROADCAST {
            return;
        }
        let from = if frame.address == ANY { ANY } else { self.address };
        let wait = if frame.body == [0x03, 0x08] { FIXING } else { TURNAROUND };
        told.push_back(Output::Send { bytes: wire::frame(from, &body), due: now.at + wait });
        told.extend(self.change_line(frame.body, &body).map(Output::SetLine));
    }

    fn is_in_session(&self) -> bool {
        self.channel.is_some()
    }

    fn draw(&mut self, load: Load) {
        self.memory.draw(load);
    }
}
