//! The customer interface of the Siemens TD-351x: it calls itself master and wants every frame acknowledged.

use std::time::Duration;

use super::counters::{Counters, identity};
use crate::frame::At;
use crate::protocol::mbus::{amis, link};
use crate::protocol::{Load, MeterKey, Now, Output, Responder, Setup, SetupError, cipher};

/// From one attempt to reach a reader to the next.
pub(crate) const CALL: Duration = Duration::from_secs(60);
/// From data to data.
const INTERVAL: Duration = Duration::from_secs(1);
/// Missing acknowledgements after which it begins anew.
const MOST_MISSING: u8 = 10;
/// The address of the reader.
const READER: u8 = 0xF0;

/// The customer interface of the Siemens TD-351x.
#[derive(Debug)]
pub(crate) struct Amis {
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
    pub(crate) fn new(setup: &Setup) -> Result<Self, SetupError> {
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
        let iv = amis::start_vector(self.identity, self.access);
        let text = cipher::chain(&key.encryption, iv, records).ok()?;
        Some((text, [((records.len() / 16) as u8) << 4, 0x05]))
    }
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

    fn poll(&mut self, now: Now) -> Option<Output> {
        let due = *self.next.get_or_insert(now.at);
        if now.at < due {
            return None;
        }
        self.missing = self.missing.filter(|missing| *missing < MOST_MISSING);
        let bytes = match &mut self.missing {
            None => {
                self.next = Some(now.at + CALL);
                link::short(link::RESET, READER)
            }
            Some(missing) => {
                *missing += 1;
                self.next = Some(now.at + INTERVAL);
                self.data()
            }
        };
        Some(Output::Send { bytes, due })
    }

    fn deadline(&self) -> Option<At> {
        Some(self.next.unwrap_or(At::ZERO))
    }

    fn draw(&mut self, load: Load) {
        self.counters.draw(load);
    }
}
