//! A simulated meter.
//!
//! It ends a request after 5 characters of silence, drops what it does not understand without a word and
//! answers a little later (M206, page 1; the turnaround is a plausible value, none is documented).

use std::collections::VecDeque;
use std::time::Duration;

use super::commands::by_code;
use super::layout::{self, Layout};
use super::memory::Memory;
use super::tracker::SET_ADDRESS;
use super::wire::{self, Frame};
use super::{choices, compose};
use crate::protocol::incotex::Requested;
use crate::protocol::{Access, LineSettings, Load, Now, Output, Setup, SetupError};

/// Characters of silence after which a request is over.
const SILENT_CHARACTERS: usize = 5;

/// Time between the end of a request and the first byte of the answer.
const TURNAROUND: Duration = Duration::from_millis(10);

const SET_SPEED: u8 = 0x08;

/// What a model understands.
#[derive(Debug)]
struct Kind {
    /// Model id.
    model: &'static str,
    /// Its number in the answer to 86 FF.
    number: u8,
    /// Whether it answers a command.
    knows: fn(u8) -> bool,
}

/// The models. What a 200 answers is told by shkrt/Mercury200 and mrkrasser/MercuryStats; reactive energy is
/// the 206's alone.
static KINDS: [Kind; 4] = [
    Kind { model: "mercury-200", number: 0x02, knows: is_first_generation },
    Kind { model: "mercury-201", number: 0x0A, knows: |code| !is_reactive(code) },
    Kind { model: "mercury-203", number: 0x04, knows: |code| !is_reactive(code) },
    Kind { model: "mercury-206", number: 0x08, knows: |_| true },
];

const fn is_first_generation(code: u8) -> bool {
    matches!(code, 0x00..=0x0D | 0x10 | 0x11 | 0x20..=0x32 | 0x61..=0x67)
}

const fn is_reactive(code: u8) -> bool {
    matches!(code, 0x38 | 0x85)
}

/// The meter's side.
#[derive(Debug)]
pub(super) struct Meter {
    address: u32,
    knows: fn(u8) -> bool,
    line: LineSettings,
    memory: Memory,
    /// Energy drawn that does not fill a unit of the registers yet, in watt seconds.
    spare: u64,
}

impl Meter {
    /// A meter as set up.
    ///
    /// # Errors
    /// [`SetupError`] for an address, a serial number or a value that it cannot have.
    pub(super) fn new(setup: &Setup) -> Result<Self, SetupError> {
        let address = compose::address(&setup.address)
            .map_err(|_| SetupError::new("address", setup.address.text(), "a number of at most 4 bytes"))?;
        let serial = setup.serial.parse().map_err(|_| {
            SetupError::new("serial", &setup.serial, "a decimal number of at most 4 bytes such as 43096744")
        })?;
        let [_, _, _, newest] = &KINDS;
        let kind = KINDS.iter().find(|kind| kind.model == setup.model).unwrap_or(newest);
        let mut memory = Memory::new(serial, kind.number);
        for (name, value) in &setup.values {
            memory.set(name, value, kind.knows).map_err(|expected| SetupError {
                name: name.clone(),
                value: value.clone(),
                expected,
            })?;
        }
        Ok(Self { address, knows: kind.knows, line: setup.line, memory, spare: 0 })
    }

    /// Does what a request asks and gives the answer's payload; `None` for what it drops.
    fn carry_out(&mut self, layout: &Layout, frame: &Frame<'_>, now: Now) -> Option<Vec<u8>> {
        if frame.payload.len() != layout.request_size() || by_code(frame.code).is_none() {
            return None;
        }
        if is_read(frame.code) {
            return self.memory.answer(frame.code, frame.payload, now.wall);
        }
        if let (SET_ADDRESS, Some(new)) = (frame.code, frame.payload.first_chunk()) {
            self.address = u32::from_be_bytes(*new);
        }
        self.memory.obey(frame.code, frame.payload, now.wall);
        Some(Vec::new())
    }

    fn change_speed(&mut self, frame: &Frame<'_>, told: &mut VecDeque<Output>) {
        let (SET_SPEED, [code]) = (frame.code, frame.payload) else { return };
        let choice = choices::SPEED.iter().find(|choice| choice.value == i64::from(*code));
        if let Some(baud) = choice.and_then(|choice| choice.word.parse().ok()) {
            self.line = LineSettings::n81(baud);
            told.push_back(Output::SetLine(self.line));
        }
    }
}

impl Requested for Meter {
    fn silence(&self) -> Duration {
        self.line.wire_time(SILENT_CHARACTERS) * self.memory.timeout_multiplier()
    }

    fn request(&mut self, request: &[u8], now: Now, told: &mut VecDeque<Output>) {
        let Some(frame) = Frame::parse(request).filter(|frame| frame.is_sound() && (self.knows)(frame.code))
        else {
            return;
        };
        let Some(layout) = layout::of(frame.code) else { return };
        if frame.address == self.address {
            if let Some(payload) = self.carry_out(layout, &frame, now) {
                let bytes = wire::frame(self.address, frame.code, &payload);
                told.push_back(Output::Send { bytes, due: now.at + TURNAROUND });
            }
            self.change_speed(&frame, told);
        } else if frame.address != 0 && frame.address == self.memory.group() && !is_read(frame.code) {
            self.carry_out(layout, &frame, now);
            self.change_speed(&frame, told);
        }
    }

    fn draw(&mut self, load: Load) {
        self.spare = self.memory.draw(load, self.spare);
    }
}

fn is_read(code: u8) -> bool {
    by_code(code).is_some_and(|command| command.access == Access::Read)
}
