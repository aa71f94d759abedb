//! The codes of NEVA meters, as a table.
//!
//! A code is the value groups C, D, E and F of an OBIS code as eight hex digits, all of them hexadecimal:
//! `0F0880FF` is 15.8.128*255. Group E 80 is the maker's "all tariffs in one list", group F FF means now, 00
//! and on so many periods back. Sources: NEVA MT1 programmer's manual (Taipit, 13.08.2015), appendix Б, for
//! `MT1xx`; the sources of vika-sonne/NevaMt3xx, nnemirovsky/pyneva and wirenboard/wb-mqtt-serial for `MT3xx`.

use crate::frame::hex;
use crate::reading::{Code, Period, Quantity, Unit};

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A decimal number.
    Number,
    /// Total and tariffs, or from some firmware a time and the tariffs alone.
    Tariffs,
    /// YYMMDD.
    Date,
    /// HHMMSS.
    Time,
    /// YYMMDDHHMMSS.
    DateTime,
    /// Characters.
    Text,
    /// A password: never shown.
    Password,
    /// Hex digits.
    Hex,
    /// Four hex digits of states, whose order of bytes and bits two sources tell differently.
    Status,
    /// Two hex digits, signed.
    SignedHex,
    /// A digit for the kind of load, then the value.
    PowerFactor,
    /// Degrees; a leading 1 is a minus.
    Temperature,
    /// Day of week.
    Weekday,
    /// DDHH.
    DayHour,
    /// Up to 8 x HHMMTT.
    Day,
    /// 12 x MMDD and the schedules of working days, Saturdays and Sundays.
    Seasons,
    /// 32 x MMDD and a schedule.
    SpecialDays,
    /// 12 x menu, frame, seconds.
    Display,
    /// 16 x YYMMDDHHMMSS.
    Log,
    /// The averages of a day's intervals.
    Profile,
    /// 00 off, 01 on.
    Switch,
}

/// What may be done with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Read.
    Read,
    /// Read and write.
    Both,
    /// Write alone.
    Write,
}

/// The meters that have a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meters {
    /// `MT1xx`.
    One,
    /// `MT3xx`.
    Three,
    /// Both.
    All,
}

/// Which part of a code counts, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vary {
    /// None.
    Fixed,
    /// Group F: FF for now, 00 to 0B for the ends of the last twelve months.
    MonthEnds,
    /// Group F: FF for this month, 00 to 0B for the last twelve.
    Months,
    /// Group F: 00 for the start of today to 7F for that of 127 days ago.
    DayStarts,
    /// Group F: 00 for today to 7F for 127 days ago.
    Days,
    /// Group D: day schedule 01 to 24.
    Schedules,
}

/// A code with its meaning.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The code; of one that varies, the first.
    pub code: u32,
    /// What varies in it.
    pub vary: Vary,
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub form: Form,
    /// Its unit.
    pub unit: Unit,
    /// What may be done with it.
    pub rights: Rights,
    /// Who has it.
    pub meters: Meters,
    /// The code it is reported under, as group C, D and E.
    pub obis: Code,
    /// What it measures.
    pub quantity: Quantity,
    /// A remark; empty for none.
    pub note: &'static str,
}

/// An entry, with the number that its code counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The entry.
    pub entry: &'static Entry,
    /// Months or days back, or the number of the schedule; 0 for now.
    pub index: u8,
}

impl Found {
    /// The period its values belong to.
    pub(crate) const fn period(&self) -> Period {
        match (self.entry.vary, self.index) {
            (Vary::MonthEnds, 0) | (Vary::Fixed | Vary::Schedules, _) => Period::Now,
            (Vary::MonthEnds, back) => Period::MonthEnd(back),
            (Vary::Months, back) => Period::DuringMonth(back),
            (Vary::DayStarts, back) => Period::DayEnd(back.saturating_add(1)),
            (Vary::Days, _) => Period::Interval,
        }
    }
}

impl Entry {
    /// The number that `code` counts, if it is one of this entry.
    fn index(&self, code: u32) -> Option<u8> {
        let [c, d, e, f] = code.to_be_bytes();
        let [own_c, own_d, own_e, own_f] = self.code.to_be_bytes();
        let same_group = (c, e) == (own_c, own_e);
        match self.vary {
            Vary::Fixed => (code == self.code).then_some(0),
            Vary::Schedules => (same_group && f == own_f && (1..=36).contains(&d)).then_some(d),
            _ if !same_group || d != own_d => None,
            Vary::MonthEnds | Vary::Months => match f {
                0xFF => Some(0),
                back @ 0..=0x0B => Some(back + 1),
                _ => None,
            },
            Vary::DayStarts | Vary::Days => (f <= 0x7F).then_some(f),
        }
    }

    /// The code for a number; the entry's own where nothing varies.
    pub(crate) const fn code_for(&self, index: u8) -> u32 {
        let [c, d, e, f] = self.code.to_be_bytes();
        match self.vary {
            Vary::Fixed => self.code,
            Vary::Schedules => u32::from_be_bytes([c, index, e, f]),
            Vary::MonthEnds | Vary::Months if index == 0 => u32::from_be_bytes([c, d, e, 0xFF]),
            Vary::MonthEnds | Vary::Months => u32::from_be_bytes([c, d, e, index - 1]),
            Vary::DayStarts | Vary::Days => u32::from_be_bytes([c, d, e, index]),
        }
    }
}

/// Looks a code up.
pub(crate) fn find(code: u32) -> Option<Found> {
    CODES.iter().find_map(|entry| entry.index(code).map(|index| Found { entry, index }))
}

/// Reads a code in any of its three notations: `60.01.04*FF`, `600104FF`, and either in small letters.
pub(crate) fn parse(text: &[u8]) -> Option<u32> {
    let mut code = 0u32;
    let mut digits = 0;
    for (index, byte) in text.iter().enumerate() {
        let is_separator = match index {
            2 | 5 => *byte == b'.',
            8 => matches!(*byte, b'*' | b'.'),
            _ => false,
        };
        if is_separator && text.len() == 11 {
            continue;
        }
        code = code << 4 | char::from(*byte).to_digit(16)?;
        digits += 1;
        if digits > 8 {
            return None;
        }
    }
    (digits == 8 && matches!(text.len(), 8 | 11)).then_some(code)
}

/// Reads the eight digits that the wire carries; meters send capitals.
pub(crate) fn parse_wire(text: &[u8]) -> Option<u32> {
    let code: &[u8; 8] = text.try_into().ok()?;
    hex::number(code)?.try_into().ok()
}

/// The password.
pub(crate) const PASSWORD: u32 = 0x6001_02FF;
/// The load relay.
pub(crate) const RELAY: u32 = 0x0A00_67FF;
/// The serial number.
pub(crate) const SERIAL: u32 = 0x6001_00FF;
/// The network address.
pub(crate) const ADDRESS: u32 = 0x6001_01FF;
/// The interval of the load profile.
pub(crate) const DEMAND_INTERVAL: u32 = 0x0008_00FF;
/// The configuration.
pub(crate) const CONFIGURATION: u32 = 0x1500_04FF;
/// The date.
pub(crate) const DATE: u32 = 0x0009_02FF;
/// The time.
pub(crate) const TIME: u32 = 0x0009_01FF;
/// Active energy now.
pub(crate) const ENERGY: u32 = 0x0F08_80FF;
/// The special days.
pub(crate) const SPECIAL_DAYS: u32 = 0x0B00_00FF;
/// The seasons.
pub(crate) const SEASONS: u32 = 0x0D00_00FF;

const fn e(code: u32, name: &'static str, form: Form, unit: Unit, rights: Rights, meters: Meters) -> Entry {
    let [c, d, e, _] = code.to_be_bytes();
    let obis = Code::new(c, d, e);
    let quantity = Quantity::named(name);
    Entry { code, vary: Vary::Fixed, name, form, unit, rights, meters, obis, quantity, note: "" }
}

impl Entry {
    const fn vary(self, vary: Vary) -> Self {
        Self { vary, ..self }
    }

    /// Reported under another code than its own groups.
    const fn is(self, c: u8, d: u8, e: u8) -> Self {
        Self { obis: Code::new(c, d, e), ..self }
    }

    const fn of(self, quantity: Quantity) -> Self {
        Self { quantity, ..self }
    }

    const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

use Form::{
    Date, DateTime, Day, DayHour, Display, Hex, Log, Number, Password, PowerFactor, Profile, Seasons,
    SignedHex, SpecialDays, Status, Switch, Tariffs, Temperature, Text, Time, Weekday,
};
use Meters::{All, One, Three};
use Rights::{Both, Read, Write};
use Unit::{
    Ampere, Celsius, Degree, Hertz, KilovarHour, Kilowatt, KilowattHour, Minute, PartsPerMillion, Var, Volt,
    Watt,
};

const NONE: Unit = Unit::None;

/// Every known code.
#[rustfmt::skip]
pub(crate) static CODES: &[Entry] = &[
    // Energy, demand, profile.
    e(ENERGY,      "active energy", Tariffs, KilowattHour, Read, All).vary(Vary::MonthEnds).is(1, 8, 0).of(Quantity::ACTIVE_IMPORT),
    e(0x0F80_8000, "active energy at the start of a day", Tariffs, KilowattHour, Read, All).vary(Vary::DayStarts).is(1, 8, 0).of(Quantity::ACTIVE_IMPORT),
    e(0x0F06_80FF, "maximum demand", Tariffs, Kilowatt, Read, All).vary(Vary::Months).is(1, 6, 0),
    e(0x6301_0000, "load profile", Profile, Watt, Read, All).vary(Vary::Days).is(1, 5, 0)
        .note("a decimal point means kW, none means W"),
    e(0x0308_80FF, "reactive energy +", Tariffs, KilovarHour, Read, All).vary(Vary::MonthEnds).is(3, 8, 0).of(Quantity::REACTIVE_IMPORT),
    e(0x0408_80FF, "reactive energy -", Tariffs, KilovarHour, Read, All).vary(Vary::MonthEnds).is(4, 8, 0).of(Quantity::REACTIVE_EXPORT),
    // Instantaneous values of one-phase meters.
    e(0x0C07_00FF, "voltage", Number, Volt, Read, One).is(32, 7, 0).of(Quantity::VOLTAGE),
    e(0x0B07_00FF, "current", Number, Ampere, Read, One).is(31, 7, 0).of(Quantity::CURRENT),
    e(0x1007_00FF, "active power", Number, Watt, Read, All).is(1, 7, 0).of(Quantity::POWER),
    e(0x0D07_FFFF, "power factor", PowerFactor, NONE, Read, All).is(13, 7, 0).of(Quantity::POWER_FACTOR),
    e(0x0E07_01FF, "frequency", Number, Hertz, Read, All).is(14, 7, 0).of(Quantity::FREQUENCY),
    // And of three-phase meters.
    e(0x2007_00FF, "voltage L1", Number, Volt, Read, Three).is(32, 7, 0).of(Quantity::VOLTAGE),
    e(0x3407_00FF, "voltage L2", Number, Volt, Read, Three).is(52, 7, 0).of(Quantity::VOLTAGE),
    e(0x4807_00FF, "voltage L3", Number, Volt, Read, Three).is(72, 7, 0).of(Quantity::VOLTAGE),
    e(0x1F07_00FF, "current L1", Number, Ampere, Read, Three).is(31, 7, 0).of(Quantity::CURRENT),
    e(0x3307_00FF, "current L2", Number, Ampere, Read, Three).is(51, 7, 0).of(Quantity::CURRENT),
    e(0x4707_00FF, "current L3", Number, Ampere, Read, Three).is(71, 7, 0).of(Quantity::CURRENT),
    e(0x2407_00FF, "active power L1", Number, Watt, Read, Three).is(21, 7, 0).of(Quantity::POWER),
    e(0x3807_00FF, "active power L2", Number, Watt, Read, Three).is(41, 7, 0).of(Quantity::POWER),
    e(0x4C07_00FF, "active power L3", Number, Watt, Read, Three).is(61, 7, 0).of(Quantity::POWER),
    e(0x1707_01FF, "reactive power + L1", Number, Var, Read, Three).is(23, 7, 0).of(Quantity::REACTIVE_POWER),
    e(0x2B07_01FF, "reactive power + L2", Number, Var, Read, Three).is(43, 7, 0).of(Quantity::REACTIVE_POWER),
    e(0x3F07_01FF, "reactive power + L3", Number, Var, Read, Three).is(63, 7, 0).of(Quantity::REACTIVE_POWER),
    e(0x0307_01FF, "reactive power +", Number, Var, Read, Three).is(3, 7, 0).of(Quantity::REACTIVE_POWER),
    e(0x1807_01FF, "reactive power - L1", Number, Var, Read, Three).is(24, 7, 0).of(Quantity::REACTIVE_POWER),
    e(0x2C07_01FF, "reactive power - L2", Number, Var, Read, Three).is(44, 7, 0).of(Quantity::REACTIVE_POWER),
    e(0x4007_01FF, "reactive power - L3", Number, Var, Read, Three).is(64, 7, 0).of(Quantity::REACTIVE_POWER),
    e(0x0407_01FF, "reactive power -", Number, Var, Read, Three).is(4, 7, 0).of(Quantity::REACTIVE_POWER),
    e(0x2107_FFFF, "power factor L1", PowerFactor, NONE, Read, Three).is(33, 7, 0).of(Quantity::POWER_FACTOR),
    e(0x3507_FFFF, "power factor L2", PowerFactor, NONE, Read, Three).is(53, 7, 0).of(Quantity::POWER_FACTOR),
    e(0x4907_FFFF, "power factor L3", PowerFactor, NONE, Read, Three).is(73, 7, 0).of(Quantity::POWER_FACTOR),
    e(0x5107_0AFF, "angle U L1 to L2", Number, Degree, Read, Three),
    e(0x5107_14FF, "angle U L3 to L1", Number, Degree, Read, Three),
    e(0x5107_15FF, "angle U L2 to L3", Number, Degree, Read, Three),
    // Time.
    e(DATE,        "date", Date, NONE, Both, All).of(Quantity::CLOCK),
    e(TIME,        "time", Time, NONE, Both, All).of(Quantity::CLOCK),
    e(0x0009_80FF, "date and time", DateTime, NONE, Read, Three).is(0, 9, 2).of(Quantity::CLOCK),
    e(0x0009_05FF, "day of week", Weekday, NONE, Read, One)
        .note("01 is Sunday by the manual's table, Monday by the session printed in it"),
    e(0x0008_02FF, "season in force", Number, NONE, Read, One),
    e(0x0008_06FF, "moment of the monthly fixation", DayHour, NONE, Both, One),
    e(0x0008_00FF, "demand interval", Number, Minute, Both, One),
    e(0x000A_98FF, "clock trim", SignedHex, PartsPerMillion, Both, One),
    // Schedules.
    e(SEASONS,     "seasons", Seasons, NONE, Both, All),
    e(SPECIAL_DAYS, "special days", SpecialDays, NONE, Both, All),
    e(0x0A01_64FF, "day schedule", Day, NONE, Both, All).vary(Vary::Schedules),
    // Identity and service.
    e(SERIAL,      "serial number", Text, NONE, Read, All).of(Quantity::SERIAL),
    e(ADDRESS,     "network address", Text, NONE, Both, All),
    e(PASSWORD,    "password", Password, NONE, Write, One),
    e(0x6001_04FF, "firmware", Text, NONE, Read, All).of(Quantity::VERSION),
    e(0x6001_0AFF, "name of the metering point", Text, NONE, Both, All),
    e(0x6009_00FF, "temperature", Temperature, Celsius, Read, All).of(Quantity::TEMPERATURE),
    e(0x6005_00FF, "status word", Status, NONE, Read, All),
    e(0x6005_01FF, "new entries in the event logs", Hex, NONE, Read, One)
        .note("byte 1: bit 0 outage, 1 parameters set, 2 date or time set, 3 restart, 4 log cleared, 5 maximum demand cleared, 6 cover removed; byte 2: bit 2 phase and neutral currents differ"),
    e(0x1500_04FF, "configuration", Hex, NONE, Both, One)
        .note("bit 0 remote programming, bit 1 reading without password, bit 2 reset of monthly and daily energy, bit 7 summer time"),
    e(0x1500_02FF, "display cycle", Display, NONE, Both, One),
    e(RELAY,       "load relay", Switch, NONE, Both, One),
    e(0x6361_0101, "log of voltage on and off, 1", Log, NONE, Read, One)
        .note("the manual does not say which of the two is on and which is off"),
    e(0x6361_0102, "log of voltage on and off, 2", Log, NONE, Read, One)
        .note("the manual does not say which of the two is on and which is off"),
    e(0x6362_0101, "log of parameters set, 1", Log, NONE, Read, One),
    e(0x6362_0102, "log of parameters set, 2", Log, NONE, Read, One),
    e(0x6362_0201, "log of date and time set, 1", Log, NONE, Read, One),
    e(0x6362_0202, "log of date and time set, 2", Log, NONE, Read, One),
    e(0x6362_0401, "log of restarts without loss of power", Log, NONE, Read, One),
    e(0x6362_0501, "log of profiles cleared", Log, NONE, Read, One),
    e(0x6362_0601, "log of maximum demands reset", Log, NONE, Read, One),
    e(0x6363_FFFF, "date of verification", DateTime, NONE, Both, One),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_three_notations() {
        for text in ["60.01.04*FF", "600104FF", "60.01.04*ff", "600104ff", "60.01.04.FF"] {
            assert_eq!(parse(text.as_bytes()), Some(0x6001_04FF), "{text}");
        }
        for text in ["60.01.04", "60-01.04*FF", "600104F", "600104FFF", "ET0PE", "6001.04*FF", ""] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_varies_counts_periods_and_schedules() {
        let found = |code| find(code).map(|f| (f.entry.name, f.index, f.period()));
        assert_eq!(found(0x0F08_80FF), Some(("active energy", 0, Period::Now)));
        assert_eq!(found(0x0F08_8000), Some(("active energy", 1, Period::MonthEnd(1))));
        assert_eq!(found(0x0F08_800C), None);
        assert_eq!(found(0x0F80_8000), Some(("active energy at the start of a day", 0, Period::DayEnd(1))));
        assert_eq!(found(0x6301_007F), Some(("load profile", 127, Period::Interval)));
        assert_eq!(found(0x0A24_64FF), Some(("day schedule", 36, Period::Now)));
        assert_eq!(found(0x0A25_64FF), None);
    }

    #[test]
    fn every_number_leads_to_a_code_that_leads_back() {
        for entry in CODES {
            let last = match entry.vary {
                Vary::Fixed => 0..=0,
                Vary::MonthEnds | Vary::Months => 0..=12,
                Vary::DayStarts | Vary::Days => 0..=127,
                Vary::Schedules => 1..=36,
            };
            for index in last {
                assert_eq!(find(entry.code_for(index)), Some(Found { entry, index }), "{}", entry.name);
            }
        }
    }
}
