//! The meter that answers requests for data, by its primary address or selected by its identification number.

use std::time::Duration;

use super::counters::{Counters, identity};
use crate::frame::At;
use crate::protocol::mbus::address::{self, ANY, SELECTED};
use crate::protocol::mbus::link::{self, Frame, Long};
use crate::protocol::{LineSettings, Load, Now, Output, Responder, Setup, SetupError};

/// Bit times between the end of a request and the answer, at least.
const TURNAROUND_BITS: u32 = 11;
/// Characters of silence after which what was heard is no frame any more.
const SILENT_CHARACTERS: usize = 33;
/// Bytes of the longest frame.
const LONGEST: usize = 261;
/// The primary address of a meter that was given none.
const USUAL: u8 = 1;

/// The meter.
#[derive(Debug)]
pub(crate) struct Slave {
    address: u8,
    identity: [u8; 8],
    is_selected: bool,
    access: u8,
    /// The frame count bit of the last request and what it was answered.
    last_answer: Option<(u8, Vec<u8>)>,
    line: LineSettings,
    heard: Vec<u8>,
    last: At,
    counters: Counters,
    told: Option<Output>,
}

impl Slave {
    /// A meter as set up.
    ///
    /// # Errors
    /// [`SetupError`] for an address or a value that it cannot have.
    pub(crate) fn new(setup: &Setup) -> Result<Self, SetupError> {
        let mut own = identity(&setup.serial, *b"\x2D\x2C", 0x02);
        let unfit = |expected: &str| SetupError {
            name: "address".to_owned(),
            value: setup.address.text().to_owned(),
            expected: expected.to_owned(),
        };
        let address = match address::Slave::of(&setup.address) {
            Ok(address::Slave::Primary(ANY)) => USUAL,
            Ok(address::Slave::Primary(address)) => address,
            Ok(address::Slave::Secondary(number)) => {
                own.iter_mut().zip(number).for_each(|(byte, digits)| *byte = digits);
                0
            }
            Err(_) => return Err(unfit("0 to 250, or the 8 digits of an identification number")),
        };
        Ok(Self {
            address,
            identity: own,
            is_selected: false,
            access: 0,
            last_answer: None,
            line: setup.line,
            heard: Vec::new(),
            last: At::ZERO,
            counters: Counters::new(setup)?,
            told: None,
        })
    }

    /// Takes what was heard as a frame, once it is as long as it says.
    fn conclude(&mut self, end: At) {
        let is_whole = match *self.heard {
            [link::SHORT, ..] => self.heard.len() == link::SHORT_LENGTH,
            [link::LONG, length, ..] => self.heard.len() == usize::from(length) + link::HEAD + link::TAIL,
            _ => false,
        };
        if !is_whole {
            return;
        }
        let heard = std::mem::take(&mut self.heard);
        let bytes = match Frame::parse(&heard) {
            frame if !frame.is_sound() => None,
            Frame::Short { c, a, .. } if self.is_meant(a) => self.asked(c, a),
            Frame::Long(long) => self.told_to(&long),
            _ => None,
        };
        let bits = u64::from(TURNAROUND_BITS) * 1_000_000_000 / u64::from(self.line.baud.max(1));
        let due = end + Duration::from_nanos(bits);
        self.told = bytes.map(|bytes| Output::Send { bytes, due });
    }

    const fn is_meant(&self, address: u8) -> bool {
        address == self.address || address == ANY || (address == SELECTED && self.is_selected)
    }

    /// The answer to a short frame.
    fn asked(&mut self, c: u8, a: u8) -> Option<Vec<u8>> {
        match c & !link::COUNT {
            link::RESET => {
                self.last_answer = None;
                self.is_selected &= a != SELECTED;
                Some(vec![link::ACK])
            }
            link::ALARM => Some(vec![link::ACK]),
            link::DATA => Some(self.data(c & link::COUNT)),
            _ => None,
        }
    }

    /// The answer to a long frame: to a selection or to a reset of the application.
    fn told_to(&mut self, long: &Long<'_>) -> Option<Vec<u8>> {
        match *long.body {
            [0x53 | 0x73, SELECTED, link::SELECT, ref wanted @ ..] => {
                self.is_selected = is_wanted(wanted, self.identity);
                self.last_answer = None;
                self.is_selected.then(|| vec![link::ACK])
            }
            [0x53 | 0x73, a, link::APPLICATION_RESET, ..] if self.is_meant(a) => Some(vec![link::ACK]),
            _ => None,
        }
    }

    /// The data. The same frame count bit again asks for the same answer.
    fn data(&mut self, count: u8) -> Vec<u8> {
        if let Some((before, answer)) = &self.last_answer
            && *before == count
        {
            return answer.clone();
        }
        self.access = self.access.wrapping_add(1);
        let state = [self.access, 0, 0, 0];
        let head = [0x08, self.address, 0x72];
        let answer = link::seal(&[&head[..], &self.identity, &state, &self.counters.records()].concat());
        self.last_answer = Some((count, answer.clone()));
        answer
    }
}

/// Whether a selection means this identity: digits F, a maker of FFFF, a version and a medium of FF stand for any.
fn is_wanted(wanted: &[u8], identity: [u8; 8]) -> bool {
    let Some((digits, rest)) = wanted.split_first_chunk::<4>() else { return false };
    let is_digit = |wanted: u8, own: u8| wanted == 0x0F || wanted == own;
    let digits_fit = digits
        .iter()
        .zip(identity)
        .all(|(wanted, own)| is_digit(wanted >> 4, own >> 4) && is_digit(wanted & 0x0F, own & 0x0F));
    let rest_fits =
        rest.iter().zip(identity.iter().skip(4)).all(|(wanted, own)| *wanted == 0xFF || wanted == own);
    rest.len() == 4 && digits_fit && rest_fits
}

impl Responder for Slave {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        if now.at.since(self.last) > self.line.wire_time(SILENT_CHARACTERS) {
            self.heard.clear();
        }
        self.last = now.at;
        for byte in bytes {
            if self.heard.len() < LONGEST {
                self.heard.push(*byte);
            }
            self.conclude(now.at);
        }
    }

    fn poll(&mut self, _: Now) -> Option<Output> {
        self.told.take()
    }

    fn deadline(&self) -> Option<At> {
        None
    }

    fn draw(&mut self, load: Load) {
        self.counters.draw(load);
    }
}
