//! Simulated meters: one that answers requests for data, and the customer interface that calls itself master
//! and wants every frame acknowledged.

use std::time::Duration;

use super::link::{self, Frame};
use crate::frame::At;
use crate::protocol::{LineSettings, Load, MeterKey, Now, Responder, Setup, SetupError, Told, cipher};

/// From one attempt to reach a reader to the next, and from data to data.
pub const CALL: Duration = Duration::from_secs(60);
const INTERVAL: Duration = Duration::from_secs(1);
/// Missing acknowledgements after which it begins anew.
const MOST_MISSING: u8 = 10;
/// The address of the reader.
const READER: u8 = 0xF0;
/// Bit times between the end of a request and the answer, at least.
const TURNAROUND_BITS: u32 = 11;
const WATT_HOUR: u64 = 3600;

/// What both know.
#[derive(Debug)]
struct Counters {
    import: u32,
    export: u32,
    watts: u32,
    spare: u64,
}

impl Counters {
    fn new(setup: &Setup) -> Result<Self, SetupError> {
        let mut counters = Self { import: 684_544, export: 129_412, watts: 366, spare: 0 };
        for (name, value) in &setup.values {
            let unfit = |expected: &str| SetupError {
                name: name.clone(),
                value: value.clone(),
                expected: expected.to_owned(),
            };
            let place = match name.as_str() {
                "1.8.0" => &mut counters.import,
                "2.8.0" => &mut counters.export,
                "1.7.0" => &mut counters.watts,
                _ => return Err(unfit("one of 1.8.0, 2.8.0, 1.7.0")),
            };
            *place = value
                .parse()
                .ok()
                .filter(|n: &u32| *n < 1 << 31)
                .ok_or_else(|| unfit("a number of 31 bits"))?;
        }
        Ok(counters)
    }

    fn draw(&mut self, load: Load) {
        self.spare = self.spare.saturating_add(load.watt_seconds);
        let hours = u32::try_from(self.spare / WATT_HOUR).unwrap_or(u32::MAX);
        self.import = self.import.saturating_add(hours);
        self.spare %= WATT_HOUR;
        self.watts = load.watts;
    }

    /// The records of present values.
    fn records(&self) -> Vec<u8> {
        let mut records = Vec::new();
        let rows: [(&[u8], u32); 4] = [
            (&[0x04, 0x03], self.import),
            (&[0x04, 0x83, 0x3C], self.export),
            (&[0x04, 0x2B], self.watts),
            (&[0x04, 0xAB, 0x3C], 0),
        ];
        for (head, value) in rows {
            records.extend_from_slice(head);
            records.extend(value.to_le_bytes());
        }
        records
    }
}

/// The meter that answers requests.
#[derive(Debug)]
pub struct Slave {
    address: u8,
    identity: [u8; 8],
    access: u8,
    line: LineSettings,
    heard: Vec<u8>,
    last: At,
    counters: Counters,
    told: Option<Told>,
}

impl Slave {
    /// A meter as set up.
    pub fn new(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self {
            address: setup.address.number().and_then(|number| u8::try_from(number).ok()).unwrap_or(1),
            identity: identity(&setup.serial, *b"\x2D\x2C", 0x02),
            access: 0,
            line: setup.line,
            heard: Vec::new(),
            last: At::ZERO,
            counters: Counters::new(setup)?,
            told: None,
        })
    }

    fn conclude(&mut self, end: At) {
        let heard = std::mem::take(&mut self.heard);
        let Frame::Short { c, a, .. } = Frame::parse(&heard) else { return };
        if !Frame::parse(&heard).is_sound() || (a != self.address && a != 0xFE) {
            return;
        }
        let bytes = match c {
            0x40 => vec![link::ACK],
            0x5B | 0x7B => self.answer(),
            _ => return,
        };
        let bits = u64::from(TURNAROUND_BITS) * 1_000_000_000 / u64::from(self.line.baud.max(1));
        self.told = Some(Told::Send { bytes, due: end + Duration::from_nanos(bits) });
    }

    fn answer(&mut self) -> Vec<u8> {
        self.access = self.access.wrapping_add(1);
        let state = [self.access, 0, 0, 0];
        let head = [0x08, self.address, 0x72];
        link::seal(&[&head[..], &self.identity, &state, &self.counters.records()].concat())
    }
}

impl Responder for Slave {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        if now.at.since(self.last) > self.line.wire_time(33) {
            self.heard.clear();
        }
        let room = link::SHORT_LENGTH.saturating_sub(self.heard.len());
        self.heard.extend(bytes.iter().take(room));
        self.last = now.at;
        if self.heard.len() == link::SHORT_LENGTH {
            self.conclude(now.at);
        }
    }

    fn poll(&mut self, _: Now) -> Option<Told> {
        self.told.take()
    }

    fn deadline(&self) -> Option<At> {
        None
    }

    fn draw(&mut self, load: Load) {
        self.counters.draw(load);
    }
}

/// The customer interface of the Siemens TD-351x.
#[derive(Debug)]
pub struct Amis {
    identity: [u8; 8],
    access: u8,
    key: Option<MeterKey>,
    counters: Counters,
    /// Acknowledgements missing; `None` while nobody has answered.
    missing: Option<u8>,
    next: Option<At>,
}

impl Amis {
    /// A meter as set up; without a key it sends its records in clear.
    pub fn new(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self {
            identity: identity("", *b"\x2D\x4C", 0x0E),
            access: 0,
            key: setup.keys.first().cloned(),
            counters: Counters::new(setup)?,
            missing: None,
            next: None,
        })
    }

    fn data(&mut self) -> Vec<u8> {
        self.access = self.access.wrapping_add(1);
        let mut records = [&[0x2F, 0x2F][..], &self.counters.records()].concat();
        let padded = records.len().next_multiple_of(16).max(16);
        records.resize(padded, 0x2F);
        let (text, word) = self.sealed(&records).unwrap_or((records, [0, 0]));
        let toggle = if self.access.is_multiple_of(2) { 0x73 } else { 0x53 };
        let head = [toggle, READER, 0x5B];
        link::seal(&[&head[..], &self.identity, &[self.access, 0], &word, &text].concat())
    }

    /// The records encrypted, and the configuration word that says so.
    fn sealed(&self, records: &[u8]) -> Option<(Vec<u8>, [u8; 2])> {
        let key = self.key.as_ref()?;
        let iv = super::amis::start_vector(self.identity, self.access);
        let text = cipher::chain(&key.encryption, iv, records).ok()?;
        Some((text, [((records.len() / 16) as u8) << 4, 0x05]))
    }
}

/// Eight digits of the serial number, least significant byte first, maker, version and medium.
fn identity(serial: &str, maker: [u8; 2], medium: u8) -> [u8; 8] {
    let digits: Vec<u8> = serial.bytes().filter(u8::is_ascii_digit).rev().map(|digit| digit - b'0').collect();
    let digit = |place: usize| digits.get(place).copied().unwrap_or(0);
    let pair = |byte: usize| digit(2 * byte) | digit(2 * byte + 1) << 4;
    let [m0, m1] = maker;
    [pair(0), pair(1), pair(2), pair(3), m0, m1, 1, medium]
}

impl Responder for Amis {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        if bytes.contains(&link::ACK) {
            if self.missing.is_none() {
                self.next = Some(now.at + INTERVAL);
            }
            self.missing = Some(0);
        }
    }

    fn poll(&mut self, now: Now) -> Option<Told> {
        let due = *self.next.get_or_insert(now.at);
        if now.at < due {
            return None;
        }
        self.missing = self.missing.filter(|missing| *missing < MOST_MISSING);
        let bytes = match &mut self.missing {
            None => {
                self.next = Some(now.at + CALL);
                let sum = 0x40u8.wrapping_add(READER);
                vec![link::SHORT, 0x40, READER, sum, link::STOP]
            }
            Some(missing) => {
                *missing += 1;
                self.next = Some(now.at + INTERVAL);
                self.data()
            }
        };
        Some(Told::Send { bytes, due })
    }

    fn deadline(&self) -> Option<At> {
        Some(self.next.unwrap_or(At::ZERO))
    }

    fn draw(&mut self, load: Load) {
        self.counters.draw(load);
    }
}
