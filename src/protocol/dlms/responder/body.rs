//! Lists as meters write them.

use jiff::civil::DateTime;

use super::kinds::Kind;
use super::registers::Registers;
use crate::protocol::dlms::ciphering::DATA_NOTIFICATION;
use crate::protocol::dlms::maker::{Maker, scale};
use crate::protocol::dlms::obis::{self, Obis, sort};
use crate::protocol::dlms::{time, units};

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Time, then code, value, scaler and unit, over and over, then the serial number: Netz NÖ.
    Flat,
    /// Clock loose, then structures: TINETZ.
    Mixed,
    /// A structure of structures: AM550.
    Structures,
    /// An array of structures: Aidon.
    Array,
    /// A header, then values by position: Wien.
    Headed,
    /// Descriptions, then values: E450.
    Described,
    /// List version, then code and value, over and over: Kamstrup.
    Pairs,
}

/// What a list is made of.
#[derive(Debug)]
pub(super) struct Content<'a> {
    /// The values.
    pub registers: &'a Registers,
    /// The serial number.
    pub serial: &'a str,
    /// The meter's clock.
    pub wall: DateTime,
    /// How far it is ahead of UTC, in minutes.
    pub ahead_minutes: i16,
}

const CLOCK: Obis = [0, 0, 1, 0, 0, 255];
const SERIAL: Obis = [0, 0, 96, 1, 0, 255];
const SETUP: Obis = [0, 8, 25, 9, 0, 255];

const fn electric(c: u8, d: u8) -> Obis {
    [1, 0, c, d, 0, 255]
}

/// The values of a list with three phases, in the order of Netz NÖ.
#[rustfmt::skip]
const THREE: [Obis; 11] = [
    electric(1, 8), electric(2, 8), electric(1, 7), electric(2, 7),
    electric(32, 7), electric(52, 7), electric(72, 7),
    electric(31, 7), electric(51, 7), electric(71, 7), electric(13, 7),
];

/// The values of a list with one phase, in the order of TINETZ.
#[rustfmt::skip]
const ONE: [Obis; 8] = [
    electric(32, 7), electric(31, 7), electric(1, 7), electric(2, 7),
    electric(1, 8), electric(2, 8), electric(3, 8), electric(4, 8),
];

/// Six values of the headed list.
#[rustfmt::skip]
const SIX: [Obis; 6] = [
    electric(1, 8), electric(2, 8), electric(3, 8), electric(4, 8), electric(1, 7), electric(2, 7),
];

/// A data notification with the list of a kind.
pub(super) fn notification(kind: &Kind, content: &Content<'_>, invoke: u32) -> Vec<u8> {
    let mut writer = Writer { bytes: vec![DATA_NOTIFICATION], content };
    writer.bytes.extend((invoke & 0x00FF_FFFF).to_be_bytes());
    writer.bytes.push(12);
    writer.bytes.extend(writer.clock());
    match kind.form {
        Form::Flat => writer.flat(),
        Form::Mixed => writer.mixed(),
        Form::Structures => writer.structures(0x02),
        Form::Array => writer.structures(0x01),
        Form::Headed => writer.headed(),
        Form::Described => writer.described(),
        Form::Pairs => writer.pairs(),
    }
    writer.bytes
}

struct Writer<'a> {
    bytes: Vec<u8>,
    content: &'a Content<'a>,
}

impl Writer<'_> {
    fn clock(&self) -> [u8; 12] {
        time::encode(self.content.wall, self.content.ahead_minutes, 0)
    }

    fn group(&mut self, tag: u8, count: usize) {
        self.bytes.extend([tag, count as u8]);
    }

    fn octets(&mut self, bytes: &[u8]) {
        let bytes = bytes.get(..bytes.len().min(100)).unwrap_or_default();
        self.bytes.extend([0x09, bytes.len() as u8]);
        self.bytes.extend_from_slice(bytes);
    }

    fn serial(&mut self) {
        self.octets(self.content.serial.as_bytes());
    }

    /// A number with so many decimals: 32 bits for energy and power, 16 for the rest.
    fn number(&mut self, obis: Obis, decimals: u8) {
        let value = self.content.registers.value(obis::code(obis), decimals);
        self.typed(obis, value);
    }

    fn typed(&mut self, obis: Obis, value: u32) {
        if matches!(sort(obis).0, obis::Sort::Energy | obis::Sort::Power) {
            self.bytes.push(0x06);
            self.bytes.extend(value.to_be_bytes());
        } else {
            self.bytes.push(0x12);
            self.bytes.extend(u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes());
        }
    }

    /// Scaler and unit as the meters of Netz NÖ send them.
    fn scaler(&mut self, obis: Obis) {
        let unit = units::code(sort(obis).1);
        self.bytes.extend([
            0x02,
            0x02,
            0x0F,
            decimals(obis).cast_signed().wrapping_neg().cast_unsigned(),
            0x16,
            unit,
        ]);
    }

    fn flat(&mut self) {
        self.group(0x02, 2 + 3 * THREE.len());
        self.octets(&self.clock());
        for obis in THREE {
            self.octets(&obis);
            self.number(obis, decimals(obis));
            self.scaler(obis);
        }
        self.serial();
    }

    fn mixed(&mut self) {
        self.group(0x02, 3 + ONE.len());
        self.octets(&CLOCK);
        self.octets(&self.clock());
        self.group(0x02, 2);
        self.octets(&SERIAL);
        self.serial();
        for obis in ONE {
            self.structure(obis);
        }
    }

    fn structure(&mut self, obis: Obis) {
        self.group(0x02, 3);
        self.octets(&obis);
        self.number(obis, decimals(obis));
        self.scaler(obis);
    }

    fn structures(&mut self, tag: u8) {
        self.group(tag, 2 + THREE.len());
        self.group(0x02, 2);
        self.octets(&SERIAL);
        self.serial();
        self.group(0x02, 2);
        self.octets(&CLOCK);
        self.octets(&self.clock());
        for obis in THREE {
            self.structure(obis);
        }
    }

    fn headed(&mut self) {
        self.group(0x02, 12);
        self.octets(&[0, 6, 25, 9, 0, 255]);
        self.serial();
        let [y1, y2, month, day, week, hour, minute, second, ..] = self.clock();
        self.octets(&[hour, minute, second, 255]);
        self.octets(&[y1, y2, month, day, week]);
        for obis in SIX {
            self.number(obis, 0);
        }
        self.octets(&[]);
        self.octets(&[]);
    }

    fn described(&mut self) {
        let count = THREE.len() + 2;
        self.group(0x02, count);
        self.group(0x01, count);
        self.description(40, SETUP, 2);
        self.description(1, SERIAL, 2);
        for obis in THREE {
            self.description(3, obis, 2);
        }
        self.serial();
        for obis in THREE {
            self.scaled(obis, Maker::E450);
        }
    }

    fn description(&mut self, class: u8, obis: Obis, attribute: u8) {
        self.group(0x02, 4);
        self.bytes.extend([0x12, 0x00, class]);
        self.octets(&obis);
        self.bytes.extend([0x0F, attribute, 0x12, 0x00, 0x00]);
    }

    fn pairs(&mut self) {
        self.group(0x02, 1 + 2 * THREE.len());
        self.bytes.extend([0x0A, 14]);
        self.bytes.extend_from_slice(b"Kamstrup_V0001");
        for [_, _, c, d, e, f] in THREE {
            let obis = [1, 1, c, d, e, f];
            self.octets(&obis);
            self.scaled(obis, Maker::Kamstrup);
        }
    }

    /// A value as a maker sends it who sends no scaler.
    fn scaled(&mut self, obis: Obis, maker: Maker) {
        let exponent = scale(maker, obis).map_or(-3, |(exponent, _)| exponent);
        match u8::try_from(exponent) {
            Ok(zeros) => {
                let value = self.content.registers.value(obis::code(obis), 0) / 10u32.pow(zeros.into());
                self.typed(obis, value);
            }
            Err(_) => self.number(obis, exponent.unsigned_abs()),
        }
    }
}

/// Decimals of a value where the meter sends a scaler.
const fn decimals(obis: Obis) -> u8 {
    match sort(obis).0 {
        obis::Sort::Voltage => 1,
        obis::Sort::Current => 2,
        obis::Sort::Factor => 3,
        _ => 0,
    }
}
