//! What a value information field says: quantity, unit and power of ten, as data ("The M-Bus: a
//! documentation", 4.8, 8.4; the reactive, apparent and frequency codes of table FB from EN 13757-3:2018).

use crate::reading::{Code, Quantity, Unit};

/// How a value is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    /// As a number, times ten to a power.
    Number,
    /// As a date, or a date and time.
    Time,
    /// As a number that identifies something, without scale.
    Identity,
    /// As it stands; the meaning is the maker's.
    Raw,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    /// Its name.
    pub name: &'static str,
    /// The unit after scaling.
    pub unit: Unit,
    /// The power of ten.
    pub exponent: i8,
    /// How the data is read.
    pub reads: Reads,
    /// Which register or present value of electricity it is, where OBIS has one.
    pub register: Option<Register>,
    /// What readings have it as.
    pub quantity: Quantity,
}

/// A register or present value of electricity that has an OBIS code of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Register {
    /// Active energy.
    ActiveEnergy,
    /// Reactive energy.
    ReactiveEnergy,
    /// Active power.
    ActivePower,
    /// Reactive power.
    ReactivePower,
    /// Mains frequency.
    Frequency,
}

/// Codes from `first` on, whose lowest bits `bits` are the exponent's count.
struct Row {
    first: u8,
    last: u8,
    name: &'static str,
    unit: Unit,
    /// Exponent of the first one.
    exponent: i8,
    reads: Reads,
    register: Option<Register>,
    quantity: Quantity,
}

const fn row(first: u8, last: u8, name: &'static str, unit: Unit, exponent: i8) -> Row {
    let (reads, quantity) = (Reads::Number, Quantity::named(name));
    Row { first, last, name, unit, exponent, reads, register: None, quantity }
}

const fn time(first: u8, last: u8, name: &'static str) -> Row {
    Row { reads: Reads::Time, ..row(first, last, name, Unit::None, 0) }
}

const fn identity(code: u8, name: &'static str) -> Row {
    Row { reads: Reads::Identity, ..row(code, code, name, Unit::None, 0) }
}

const fn raw(code: u8, name: &'static str) -> Row {
    Row { reads: Reads::Raw, ..row(code, code, name, Unit::None, 0) }
}

/// The four units of a duration: the last two bits of its code.
macro_rules! duration {
    ($first:literal, $name:literal) => {
        [
            row($first, $first, $name, Unit::Second, 0),
            row($first + 1, $first + 1, $name, Unit::Minute, 0),
            row($first + 2, $first + 2, $name, Unit::Hour, 0),
            row($first + 3, $first + 3, $name, Unit::Day, 0),
        ]
    };
}

const ON: [Row; 4] = duration!(0x20, "on time");
const OPERATING: [Row; 4] = duration!(0x24, "operating time");
const AVERAGING: [Row; 4] = duration!(0x70, "averaging duration");
const ACTUALITY: [Row; 4] = duration!(0x74, "actuality duration");

/// The primary table.
#[rustfmt::skip]
const PRIMARY: &[Row] = &[
    row(0x00, 0x07, "energy", Unit::WattHour, -3).of(Register::ActiveEnergy),
    row(0x08, 0x0F, "energy", Unit::Joule, 0).of(Register::ActiveEnergy),
    row(0x10, 0x17, "volume", Unit::CubicMetre, -6),
    row(0x18, 0x1F, "mass", Unit::Kilogram, -3),
    row(0x28, 0x2F, "power", Unit::Watt, -3).of(Register::ActivePower),
    row(0x30, 0x37, "power", Unit::JoulePerHour, 0).of(Register::ActivePower),
    row(0x38, 0x3F, "volume flow", Unit::CubicMetrePerHour, -6),
    row(0x40, 0x47, "volume flow", Unit::CubicMetrePerMinute, -7),
    row(0x48, 0x4F, "volume flow", Unit::CubicMetrePerSecond, -9),
    row(0x50, 0x57, "mass flow", Unit::KilogramPerHour, -3),
    row(0x58, 0x5B, "flow temperature", Unit::Celsius, -3),
    row(0x5C, 0x5F, "return temperature", Unit::Celsius, -3),
    row(0x60, 0x63, "temperature difference", Unit::Kelvin, -3),
    row(0x64, 0x67, "external temperature", Unit::Celsius, -3),
    row(0x68, 0x6B, "pressure", Unit::Bar, -3),
    time(0x6C, 0x6C, "date"),
    time(0x6D, 0x6D, "date and time").is(Quantity::CLOCK),
    row(0x6E, 0x6E, "heat cost allocator units", Unit::None, 0),
    identity(0x78, "fabrication number").is(Quantity::SERIAL), identity(0x79, "enhanced identification"), identity(0x7A, "bus address"),
    raw(0x7E, "any"), raw(0x7F, "manufacturer specific"),
];

/// The table behind FD.
#[rustfmt::skip]
const SECOND: &[Row] = &[
    row(0x40, 0x4F, "voltage", Unit::Volt, -9).is(Quantity::VOLTAGE),
    row(0x50, 0x5F, "current", Unit::Ampere, -12).is(Quantity::CURRENT),
    identity(0x08, "access number"), identity(0x09, "medium"), identity(0x0A, "manufacturer"),
    identity(0x0B, "parameter set"), identity(0x0C, "model"), identity(0x0D, "hardware version"),
    identity(0x0E, "firmware version").is(Quantity::VERSION), identity(0x0F, "software version"),
    identity(0x10, "customer location"), identity(0x11, "customer"),
    identity(0x17, "error flags"), identity(0x18, "error mask"),
    identity(0x1A, "digital output"), identity(0x1B, "digital input"), identity(0x1C, "baud rate"),
    row(0x3A, 0x3A, "number without dimension", Unit::None, 0),
    row(0x60, 0x60, "reset counter", Unit::None, 0), row(0x61, 0x61, "cumulation counter", Unit::None, 0),
];

/// The table behind FB. The standard counts in mega and kilo; here the power of ten is that of the plain unit.
#[rustfmt::skip]
const FIRST: &[Row] = &[
    row(0x00, 0x01, "energy", Unit::WattHour, 5).of(Register::ActiveEnergy),
    row(0x02, 0x03, "reactive energy", Unit::VarHour, 3).of(Register::ReactiveEnergy),
    row(0x04, 0x05, "apparent energy", Unit::VoltAmpereHour, 3),
    row(0x08, 0x09, "energy", Unit::Joule, 8).of(Register::ActiveEnergy),
    row(0x10, 0x11, "volume", Unit::CubicMetre, 2),
    row(0x14, 0x17, "reactive power", Unit::Var, 0).of(Register::ReactivePower),
    row(0x28, 0x29, "power", Unit::Watt, 5).of(Register::ActivePower),
    row(0x2C, 0x2F, "frequency", Unit::Hertz, -3).of(Register::Frequency),
    row(0x34, 0x37, "apparent power", Unit::VoltAmpere, 0),
];

/// The meaning of a code of the primary table (without its extension bit).
pub(super) fn primary(code: u8) -> Option<Meaning> {
    let durations = [&ON, &OPERATING, &AVERAGING, &ACTUALITY];
    let mut rows = durations.into_iter().flatten().chain(PRIMARY);
    rows.find_map(|row| row.meaning(code))
}

/// The meaning of the code that follows FD.
pub(super) fn second(code: u8) -> Option<Meaning> {
    SECOND.iter().find_map(|row| row.meaning(code))
}

/// The meaning of the code that follows FB.
pub(super) fn first(code: u8) -> Option<Meaning> {
    FIRST.iter().find_map(|row| row.meaning(code))
}

impl Row {
    /// The same as a register of electricity.
    const fn of(self, register: Register) -> Self {
        Self { register: Some(register), ..self }
    }

    /// The same under the quantity that readings have it as.
    const fn is(self, quantity: Quantity) -> Self {
        Self { quantity, ..self }
    }

    fn meaning(&self, code: u8) -> Option<Meaning> {
        let steps = code.checked_sub(self.first).filter(|_| code <= self.last)?;
        let exponent = self.exponent.saturating_add_unsigned(steps);
        let Self { name, unit, reads, register, quantity, .. } = *self;
        Some(Meaning { name, unit, exponent, reads, register, quantity })
    }
}

/// What an extension behind the quantity changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Only what flows in the positive direction is counted.
    Positive,
    /// The absolute value of what flows in the negative direction is counted.
    Negative,
    /// The value is to be multiplied by ten to this power.
    Times(i8),
    /// The record is marked as free of errors.
    Nothing,
    /// The maker's codes follow.
    Maker,
    /// Known to be possible, not explained.
    Other,
}

/// What a VIFE (without its extension bit) changes.
pub(super) const fn change(code: u8) -> Change {
    match code {
        0x00 => Change::Nothing,
        0x3B => Change::Positive,
        0x3C => Change::Negative,
        0x70..=0x77 => Change::Times(code.cast_signed() - 0x76),
        0x7D => Change::Times(3),
        0x7F => Change::Maker,
        _ => Change::Other,
    }
}

impl Register {
    /// Its OBIS code: the register of a tariff, 0 being the total, or the present value, which has no tariff.
    pub(super) fn code(self, is_export: bool, tariff: u32) -> Option<Code> {
        let export = u8::from(is_export);
        let energy = |c: u8| Some(Code::new(c + export, 8, u8::try_from(tariff).ok()?));
        let present = |c: u8| (tariff == 0).then_some(Code::new(c, 7, 0));
        match self {
            Self::ActiveEnergy => energy(1),
            Self::ReactiveEnergy => energy(3),
            Self::ActivePower => present(1 + export),
            Self::ReactivePower => present(3 + export),
            Self::Frequency => present(14),
        }
    }
}
