//! What a simulated meter holds: the payload of its answers, by command and argument.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::factory::FACTORY;
use super::form::{Form, Item, Means};
use super::layout::{self, LAYOUTS, Layout, Reply};
use super::{commands, encode};
use crate::protocol::Load;
use crate::protocol::incotex::bcd;
use crate::protocol::incotex::items::size;
use crate::reading::Decimal;

/// Which answer holds what a write sets: written code, code and argument of the answer, offset in it. Writes
/// that end with an argument (10, 11) put it after the data.
#[rustfmt::skip]
static SET: &[(u8, u8, u8, usize)] = &[
    (0x01, 0x20, 0, 0), (0x03, 0x22, 0, 0), (0x04, 0x23, 0, 0), (0x05, 0x24, 0, 0), (0x06, 0x25, 0, 0),
    (0x07, 0x2D, 0, 0), (0x09, 0x2A, 0, 0), (0x0A, 0x2E, 0, 0), (0x0B, 0x60, 0, 0), (0x0D, 0x67, 0, 0),
    (0x0F, 0x68, 0, 0), (0x70, 0x6A, 0, 0), (0x71, 0x6D, 0, 0), (0x72, 0x6E, 0, 0), (0x73, 0x6F, 0, 0),
    (0x74, 0x80, 0, 0), (0x75, 0x82, 0, 0), (0x7A, 0x86, 3, 1),
];

/// The energies and the power that other answers follow from.
const ACTIVE: (u8, u8) = (0x27, 0);
const REACTIVE: (u8, u8) = (0x85, 0);
const INSTANT: (u8, u8) = (0x63, 0);
const POWER: (u8, u8) = (0x26, 0);
const RELAY_STATE: (u8, u8) = (0x86, 1);

/// Watt seconds in a unit of an energy register.
const UNIT: u64 = 36_000;

/// What a meter holds.
#[derive(Debug)]
pub(super) struct Memory {
    answers: BTreeMap<(u8, u8), Vec<u8>>,
    /// How far its clock is ahead of the wall clock.
    ahead: SignedDuration,
}

impl Memory {
    /// As it leaves the factory, with a serial number and the number of its model as 86 FF tells it.
    pub(super) fn new(serial: u32, model: u8) -> Self {
        let factory = FACTORY.iter().map(|(code, argument, payload)| ((*code, *argument), payload.to_vec()));
        let mut answers: BTreeMap<(u8, u8), Vec<u8>> = factory.collect();
        answers.insert((0x2F, 0), serial.to_be_bytes().to_vec());
        answers.insert((0x86, 0xFF), vec![0xFF, model, 0x01]);
        Self { answers, ahead: SignedDuration::ZERO }
    }

    /// The group address, 0 for none.
    pub(super) fn group(&self) -> u32 {
        let stored = self.answers.get(&(0x20, 0)).and_then(|payload| payload.first_chunk());
        stored.map_or(0, |bytes| u32::from_be_bytes(*bytes))
    }

    /// The multiplier of the end-of-packet silence, from 1.
    pub(super) fn timeout_multiplier(&self) -> u32 {
        self.answers.get(&(0x82, 0)).and_then(|payload| payload.first()).map_or(1, |n| u32::from(*n) + 1)
    }

    /// The payload of the answer to a read; `None` for what the meter does not understand.
    pub(super) fn answer(&self, code: u8, request: &[u8], wall: DateTime) -> Option<Vec<u8>> {
        let argument = request.first().copied().unwrap_or(0);
        match code {
            0x21 => encode::clock(wall.checked_add(self.ahead).ok()?),
            0x32 => self.month(ACTIVE, argument, wall),
            0x38 => self.month(REACTIVE, argument, wall),
            0x37 => self.snapshot(request),
            0x86 => self.answers.get(&(code, argument)).cloned(),
            _ => self.answers.get(&(code, argument)).or_else(|| self.answers.get(&(code, 0))).cloned(),
        }
    }

    /// The registers at the start of a month: 50 units less for each month back, no record before January.
    fn month(&self, registers: (u8, u8), argument: u8, wall: DateTime) -> Option<Vec<u8>> {
        let running = u8::try_from(wall.month()).ok()?.saturating_sub(1);
        let back = match argument {
            0x0F => 0,
            0..=0x0B => match running.checked_sub(argument) {
                Some(back) => back,
                None => return Some(vec![0xFF; 16]),
            },
            _ => return None,
        };
        let used = 2_500 + u64::from(back) * 5_000;
        let now = self.answers.get(&registers)?;
        let then = now.chunks(4).map(|register| {
            let number = bcd::number(register).ok()?;
            bcd::bytes(number.saturating_sub(used), 4)
        });
        then.map(|bytes| Some(bytes.unwrap_or_else(|| vec![0xFF; 4])))
            .collect::<Option<Vec<_>>>()
            .map(|b| b.concat())
    }

    /// A snapshot with the date that was asked for; all half-hours are alike.
    fn snapshot(&self, request: &[u8]) -> Option<Vec<u8>> {
        let &[what, day, month, year] = request else { return None };
        let stored = if (0x10..=0x15).contains(&what) || what == 0xF0 { 0x10 } else { what };
        let mut payload = self.answers.get(&(0x37, stored))?.clone();
        if what < 0x10 {
            payload.splice(16..19, [day, month, year]);
        }
        Some(payload)
    }

    /// Obeys a write; the new address and the speed are the responder's matter.
    pub(super) fn obey(&mut self, code: u8, data: &[u8], wall: DateTime) {
        match (code, data) {
            (0x02, &[_, hour, minute, second, day, month, year]) => {
                self.set_clock([hour, minute, second, day, month, year], wall);
            }
            (0x10, [days @ .., half]) => {
                self.answers.insert((0x30, *half), days.to_vec());
            }
            (0x11, [points @ .., of]) => {
                self.answers.insert((0x31, *of), points.to_vec());
            }
            (0x12 | 0x13, [.., of]) => self.reset_maximum(*of, code == 0x13, wall),
            (0x14, _) => self.patch((0x69, 0), 3, &[0; 3]),
            _ => {
                let row = SET.iter().find(|(write, ..)| *write == code);
                if let Some((_, read, argument, offset)) = row {
                    let skipped = usize::from(code == 0x7A);
                    self.patch((*read, *argument), *offset, data.get(skipped..).unwrap_or_default());
                }
            }
        }
        if let (0x71, [mode]) = (code, data) {
            self.patch(RELAY_STATE, 1, &[if *mode == 0xAA { 0xAA } else { 0x55 }]);
        }
        if let Some(now) = wall.checked_add(self.ahead).ok().and_then(encode::clock) {
            self.patch((0x6B, 0), 0, &now);
        }
    }

    fn set_clock(&mut self, bytes: [u8; 6], wall: DateTime) {
        let [hour, minute, second, day, month, year] = bytes.map(|byte| bcd::pair(byte).ok());
        let set = || {
            let part = |number: Option<u8>| i8::try_from(number?).ok();
            let year = 2000 + i16::from(year?);
            DateTime::new(year, part(month)?, part(day)?, part(hour)?, part(minute)?, part(second)?, 0).ok()
        };
        if let Some(time) = set() {
            self.ahead = time.duration_since(wall);
        }
    }

    fn reset_maximum(&mut self, of: u8, is_lasting: bool, wall: DateTime) {
        if let Some(time) = wall.checked_add(self.ahead).ok().and_then(encode::stamp) {
            let empty = [vec![0, 0], time].concat();
            self.patch((0x33, of), if is_lasting { 8 } else { 0 }, &empty);
        }
    }

    /// Overwrites bytes of an answer; what reaches beyond it is dropped.
    fn patch(&mut self, key: (u8, u8), offset: usize, bytes: &[u8]) {
        if let Some(payload) = self.answers.get_mut(&key) {
            payload.iter_mut().skip(offset).zip(bytes).for_each(|(to, from)| *to = *from);
        }
    }

    /// Sets a value by C.D.E, by the name of its field or by the id of a command with one field, from the
    /// text a person wrote.
    ///
    /// # Errors
    /// What would be right.
    pub(super) fn set(
        &mut self,
        name: &str,
        text: &str,
        is_known: impl Fn(u8) -> bool,
    ) -> Result<(), String> {
        let places: Vec<Place> =
            places().filter(|place| place.is_called(name) && is_known(place.code)).collect();
        let Some(place) = places.first() else {
            return Err("a value this meter has: an OBIS code or the name of a field".to_owned());
        };
        let bytes = encode::text(place.item.form, text).ok_or_else(|| expectation(place.item.form))?;
        self.patch((place.code, place.argument), place.offset, &bytes);
        if (place.code, place.argument) == INSTANT && place.offset == 4 {
            self.follow_power(&bytes);
        }
        Ok(())
    }

    /// Takes a load in: power and current of 63 and 26, energy into T1. Takes and gives the watt seconds that do
    /// not fill a unit of the register, 0.01 kWh.
    pub(super) fn draw(&mut self, load: Load, spare: u64) -> u64 {
        let instant = self.answers.get(&INSTANT).and_then(|payload| payload.get(..2));
        let tenths_of_volts = instant.and_then(|volts| bcd::number(volts).ok()).unwrap_or_default().max(1);
        let watts = u64::from(load.watts);
        let amperes = bcd::bytes(watts * 1000 / tenths_of_volts, 2);
        if let (Some(amperes), Some(watts)) = (amperes, bcd::bytes(watts, 3)) {
            self.patch(INSTANT, 2, &amperes);
            self.patch(INSTANT, 4, &watts);
            self.follow_power(&watts);
        }
        let watt_seconds = spare.saturating_add(load.watt_seconds);
        let energy = self.answers.get(&ACTIVE).and_then(|payload| bcd::number(payload.get(..4)?).ok());
        let energy = energy.map(|energy| (energy + watt_seconds / UNIT) % 100_000_000);
        if let Some(bytes) = energy.and_then(|energy| bcd::bytes(energy, 4)) {
            self.patch(ACTIVE, 0, &bytes);
        }
        watt_seconds % UNIT
    }

    /// 26 is the power of 63 in steps of 10 W.
    fn follow_power(&mut self, watts: &[u8]) {
        let tens = bcd::number(watts).ok().and_then(|watts| bcd::bytes((watts + 5) / 10, 2));
        if let Some(bytes) = tens {
            self.patch(POWER, 0, &bytes);
        }
    }
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    code: u8,
    argument: u8,
    offset: usize,
    item: &'static Item,
    /// Whether the answer holds nothing else.
    is_alone: bool,
}

impl Place {
    fn is_called(&self, name: &str) -> bool {
        let by_code = matches!(self.item.means, Means::Code(code) if code.to_string() == name);
        let by_id =
            || self.is_alone && commands::by_code(self.code).is_some_and(|command| command.id == name);
        by_code || by_id() || (self.item.means != Means::Nothing && self.is_field(name))
    }

    /// The field's name, with spaces or hyphens.
    fn is_field(&self, name: &str) -> bool {
        self.item.nth == 0 && self.item.name.replace(' ', "-") == name.replace(' ', "-")
    }
}

/// Every place of every answer; 63 comes before 26 so that a power without a name is the one in watts.
fn places() -> impl Iterator<Item = Place> {
    let first = layout::of(INSTANT.0).into_iter();
    first.chain(LAYOUTS).flat_map(|layout| answers(layout)).flat_map(|(code, argument, items)| {
        items.iter().enumerate().map(move |(index, item)| Place {
            code,
            argument,
            offset: size(items.get(..index).unwrap_or_default()),
            item,
            is_alone: items.len() == 1,
        })
    })
}

fn answers(layout: &'static Layout) -> Vec<(u8, u8, &'static [Item])> {
    match layout.reply {
        Reply::Plain(items) => vec![(layout.code, 0, items)],
        Reply::Numbered(table) | Reply::ByArgument(table) => {
            table.iter().map(|(argument, items)| (layout.code, *argument, *items)).collect()
        }
        Reply::Unknown => Vec::new(),
    }
}

/// What fits a form, in words.
fn expectation(form: Form) -> String {
    match form {
        Form::Bcd { bytes, decimals } => {
            let largest = 10u64.pow(2 * u32::from(bytes)) - 1;
            format!("a number of 0 to {}", Decimal::new(largest, decimals))
        }
        Form::SignedBcd { decimals, .. } => format!("a number with at most {decimals} decimals"),
        Form::Count(_) | Form::Signed(_) | Form::LowBits => {
            format!("a whole number of {} bytes", form.size())
        }
        Form::Choice(choices) | Form::ChoiceOr(choices, _) => {
            format!("one of {}", choices.iter().map(|c| c.word).collect::<Vec<_>>().join(", "))
        }
        Form::Clock | Form::ClockOrNever | Form::Stamp | Form::Crossing => {
            "a date and time such as 2024-05-31T12:00:00".to_owned()
        }
        Form::Date => "a date such as 2024-05-31".to_owned(),
        Form::Version => "a version such as 8.3".to_owned(),
        _ => format!("{} bytes as hex", form.size()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime {
        "2024-05-31T12:00:00".parse().unwrap()
    }

    fn memory() -> Memory {
        Memory::new(43_096_744, 8)
    }

    fn answer(memory: &Memory, code: u8, request: &[u8]) -> Vec<u8> {
        memory.answer(code, request, noon()).unwrap()
    }

    #[test]
    fn every_answer_has_the_length_of_its_layout() {
        for (code, argument, payload) in FACTORY {
            let layout = layout::of(*code).unwrap();
            let items = layout.reply_items(payload, Some(*argument));
            assert_eq!(payload.len(), size(items.unwrap()), "{code:02X} {argument:02X}");
        }
    }

    #[test]
    fn values_are_set_by_code_by_field_and_by_command() {
        let mut memory = memory();
        for (name, value) in [
            ("1.8.1", "621.42"),
            ("32.7.0", "235.8"),
            ("13.7.0", "-0.5"),
            ("battery", "3.05"),
            ("power-limit", "99.99"),
            ("version", "9.1"),
            ("1.7.0", "1234"),
            ("production date", "2010-10-29"),
        ] {
            assert_eq!(memory.set(name, value, |_| true), Ok(()), "{name}");
        }
        assert_eq!(answer(&memory, 0x27, &[])[..4], [0x00, 0x06, 0x21, 0x42]);
        assert_eq!(answer(&memory, 0x63, &[]), [0x23, 0x58, 0x02, 0x64, 0x00, 0x12, 0x34]);
        assert_eq!(answer(&memory, 0x26, &[]), [0x01, 0x23]);
        assert_eq!(answer(&memory, 0x86, &[2])[..3], [0x02, 0x85, 0x00]);
        assert_eq!(answer(&memory, 0x28, &[])[..2], [9, 1]);
        assert_eq!(answer(&memory, 0x66, &[]), [0x29, 0x10, 0x10]);
    }

    #[test]
    fn a_name_that_fits_several_places_sets_the_first_and_no_other() {
        const TEXTS: [&str; 5] = ["1.25", "7", "2024-05-31", "2024-05-31T12:00:00", "5A5A"];
        let mut tried = 0;
        for name in places().map(|place| place.item.name) {
            let all: Vec<Place> = places().filter(|place| place.is_called(name)).collect();
            let [first, _, ..] = all.as_slice() else { continue };
            let (before, mut after) = (memory(), memory());
            let Some(text) = TEXTS.iter().find(|text| after.set(name, text, |_| true).is_ok()) else {
                continue;
            };
            let key = (first.code, first.argument);
            let changed: Vec<(u8, u8)> = after
                .answers
                .iter()
                .filter(|(key, now)| before.answers.get(key) != Some(now))
                .map(|(key, _)| *key)
                .collect();
            assert!(changed.contains(&key), "{name}: {text}: {changed:02X?}");
            let follows = if key == INSTANT { POWER } else { key };
            assert!(
                changed.iter().all(|other| [key, follows].contains(other)),
                "{name}: {text}: {changed:02X?}"
            );
            tried += 1;
        }
        assert!(tried > 10, "{tried}");
    }

    #[test]
    fn what_is_drawn_shows_in_power_current_and_energy_and_no_watt_second_is_lost() {
        let mut memory = memory();
        let spare = memory.draw(Load { watts: 2358, watt_seconds: 35_000 }, 0);
        assert_eq!((answer(&memory, 0x27, &[])[..4].to_vec(), spare), (vec![0x00, 0x49, 0x16, 0x15], 35_000));
        let spare = memory.draw(Load { watts: 2358, watt_seconds: 40_000 }, spare);
        assert_eq!((answer(&memory, 0x27, &[])[..4].to_vec(), spare), (vec![0x00, 0x49, 0x16, 0x17], 3_000));
        assert_eq!(answer(&memory, 0x63, &[]), [0x23, 0x58, 0x10, 0x00, 0x00, 0x23, 0x58]);
        assert_eq!(answer(&memory, 0x26, &[]), [0x02, 0x36]);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        let mut memory = memory();
        assert_eq!(memory.set("32.7.0", "235.85", |_| true), Err("a number of 0 to 999.9".to_owned()));
        assert!(memory.set("9.9.9", "1", |_| true).is_err());
        assert!(memory.set("14.7.0", "50", |code| code != 0x81).is_err());
    }

    #[test]
    fn months_to_come_have_no_record() {
        let memory = memory();
        assert_eq!(answer(&memory, 0x32, &[5]), [0xFF; 16]);
        assert_ne!(answer(&memory, 0x32, &[4]), answer(&memory, 0x32, &[3]));
        assert_eq!(answer(&memory, 0x32, &[4]), answer(&memory, 0x32, &[0x0F]));
        assert_eq!(memory.answer(0x32, &[0x0C], noon()), None);
    }

    #[test]
    fn writes_change_what_is_read() {
        let mut memory = memory();
        memory.obey(0x03, &[0x12, 0x34], noon());
        memory.obey(0x02, &[5, 0x13, 0, 0, 0x31, 5, 0x24], noon());
        memory.obey(0x10, &[[0x09, 0x05].repeat(8), vec![1]].concat(), noon());
        memory.obey(0x71, &[0xAA], noon());
        memory.obey(0x7A, &[0, 7, 8, 9], noon());
        memory.obey(0x12, &[0; 9], noon());
        assert_eq!(answer(&memory, 0x22, &[]), [0x12, 0x34]);
        assert_eq!(answer(&memory, 0x21, &[]), [5, 0x13, 0, 0, 0x31, 5, 0x24]);
        assert_eq!(answer(&memory, 0x30, &[1]), [0x09, 0x05].repeat(8));
        assert_eq!((answer(&memory, 0x6D, &[]), answer(&memory, 0x86, &[1])), (vec![0xAA], vec![1, 0xAA]));
        assert_eq!(answer(&memory, 0x86, &[3]), [3, 7, 8, 9]);
        assert_eq!(answer(&memory, 0x33, &[0])[..8], [0, 0, 0x13, 0, 0, 0x31, 5, 0x24]);
        assert_eq!(answer(&memory, 0x6B, &[])[1..], [0x13, 0, 0, 0x31, 5, 0x24]);
    }
}
