//! Lists without any OBIS code: which position holds what. Chosen by the count of elements and by what the list
//! tells of its maker.
//!
//! Sources: Kaifa HAN description as used by toreamun/amshan; UtilitechAS/amsreader-firmware (Landis+Gyr of
//! Netz Burgenland, Iskraemeco AM550 of Slovenia and Croatia). No maker's document was seen for the Iskraemeco lists, so their names
//! are assumptions and are told as such.

use super::maker::Maker;
use super::obis::Obis;
use crate::reading::Unit;

/// What stands at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// What it is.
    pub obis: Obis,
    /// The power of ten.
    pub exponent: i8,
    /// The unit after scaling.
    pub unit: Unit,
}

/// A list by position.
#[derive(Debug)]
pub(super) struct List {
    /// Its name, for the remark on every value.
    pub name: &'static str,
    /// Whose.
    pub maker: Maker,
    /// What must lie at a position: its index and the types it may have.
    pub mark: (usize, &'static [u8]),
    /// The positions, from the first.
    pub places: &'static [Place],
}

const fn at(obis: Obis, exponent: i8, unit: Unit) -> Place {
    Place { obis, exponent, unit }
}

const fn electric(c: u8, d: u8, e: u8, exponent: i8, unit: Unit) -> Place {
    at([1, 0, c, d, e, 255], exponent, unit)
}

const fn plain(c: u8, d: u8, e: u8) -> Place {
    at([0, 0, c, d, e, 255], 0, Unit::None)
}

const VERSION: Place = at([1, 0, 0, 2, 129, 255], 0, Unit::None);
const CLOCK: Place = plain(1, 0, 0);
const SERIAL: Place = plain(96, 1, 0);
const TYPE: Place = plain(96, 1, 7);
const NAME: Place = plain(42, 0, 0);
const TIME: Place = at([1, 0, 0, 9, 1, 255], 0, Unit::None);
const DATE: Place = at([1, 0, 0, 9, 2, 255], 0, Unit::None);
/// Nobody knows what stands here.
pub(super) const UNNAMED: Place = plain(255, 255, 255);
const RELAY: Place = plain(96, 3, 10);
const TARIFF: Place = plain(96, 14, 0);

const fn watts(c: u8) -> Place {
    let unit = if matches!(c, 3 | 4) { Unit::Var } else { Unit::Watt };
    electric(c, 7, 0, 0, unit)
}

const fn energy(c: u8, e: u8) -> Place {
    let unit = if c < 3 { Unit::WattHour } else { Unit::VarHour };
    electric(c, 8, e, 0, unit)
}

const fn volts(c: u8, exponent: i8) -> Place {
    electric(c, 7, 0, exponent, Unit::Volt)
}

const fn amperes(c: u8, exponent: i8) -> Place {
    electric(c, 7, 0, exponent, Unit::Ampere)
}

const fn factor() -> Place {
    electric(13, 7, 0, -3, Unit::None)
}

const fn angle(e: u8) -> Place {
    electric(81, 7, e, 0, Unit::None)
}

/// The lists.
#[rustfmt::skip]
pub(super) static LISTS: &[List] = &[
    List { name: "assumed: Kaifa list 1", maker: Maker::Kaifa, mark: (0, &[0x06]), places: &[watts(1)] },
    List { name: "assumed: Kaifa list 2, one phase", maker: Maker::Kaifa, mark: (3, &[0x06]), places: &[
        VERSION, SERIAL, TYPE, watts(1), watts(2), watts(3), watts(4), amperes(31, -3), volts(32, -1),
    ] },
    List { name: "assumed: Kaifa list 2, three phases", maker: Maker::Kaifa, mark: (3, &[0x06]), places: &[
        VERSION, SERIAL, TYPE, watts(1), watts(2), watts(3), watts(4), amperes(31, -3), amperes(51, -3),
        amperes(71, -3), volts(32, -1), volts(52, -1), volts(72, -1),
    ] },
    List { name: "assumed: Kaifa list 3, one phase", maker: Maker::Kaifa, mark: (9, &[0x09]), places: &[
        VERSION, SERIAL, TYPE, watts(1), watts(2), watts(3), watts(4), amperes(31, -3), volts(32, -1),
        CLOCK, energy(1, 0), energy(2, 0), energy(3, 0), energy(4, 0),
    ] },
    List { name: "assumed: Kaifa list 3, three phases", maker: Maker::Kaifa, mark: (13, &[0x09]), places: &[
        VERSION, SERIAL, TYPE, watts(1), watts(2), watts(3), watts(4), amperes(31, -3), amperes(51, -3),
        amperes(71, -3), volts(32, -1), volts(52, -1), volts(72, -1),
        CLOCK, energy(1, 0), energy(2, 0), energy(3, 0), energy(4, 0),
    ] },
    List { name: "assumed: Netz Burgenland, 14 values", maker: Maker::LandisGyr, mark: (13, &[0x09]), places: &[
        volts(32, 0), volts(52, 0), volts(72, 0), amperes(31, -2), amperes(51, -2), amperes(71, -2),
        watts(1), watts(2), energy(1, 0), energy(2, 0), angle(40), angle(51), angle(62), SERIAL,
    ] },
    List { name: "assumed: Netz Burgenland, 11 values", maker: Maker::LandisGyr, mark: (10, &[0x09]), places: &[
        volts(32, 0), volts(52, 0), volts(72, 0), amperes(31, -2), amperes(51, -2), amperes(71, -2),
        watts(1), watts(2), energy(1, 0), energy(2, 0), SERIAL,
    ] },
    List { name: "assumed: AM550, 18 values", maker: Maker::Iskra, mark: (6, &[0x12]), places: &[
        NAME, SERIAL, watts(1), watts(2), watts(3), watts(4), volts(32, -1), volts(52, -1), volts(72, -1),
        amperes(31, -2), amperes(51, -2), amperes(71, -2),
        watts(21), watts(41), watts(61), watts(22), watts(42), watts(62),
    ] },
    List { name: "assumed: AM550, 12 values with relay", maker: Maker::Iskra, mark: (2, &[0x16, 0x03]), places: &[
        NAME, SERIAL, RELAY, TARIFF, energy(1, 0), energy(1, 1), energy(1, 2),
        energy(2, 0), energy(2, 1), energy(2, 2), energy(3, 0), energy(4, 0),
    ] },
    List { name: "assumed: AM550, 12 values", maker: Maker::Iskra, mark: (2, &[0x12]), places: &[
        NAME, SERIAL, volts(32, -1), volts(52, -1), volts(72, -1),
        amperes(31, -2), amperes(51, -2), amperes(71, -2), watts(1), watts(2), watts(3), watts(4),
    ] },
    List { name: "assumed: AM550, 8 values, one phase", maker: Maker::Iskra, mark: (2, &[0x12]), places: &[
        NAME, SERIAL, volts(32, -1), amperes(31, -2), watts(1), watts(2), watts(3), watts(4),
    ] },
    List { name: "assumed: AM550, 10 values, one phase", maker: Maker::Iskra, mark: (6, &[0x12]), places: &[
        NAME, SERIAL, watts(1), watts(2), watts(3), watts(4), volts(32, -1), amperes(31, -2), watts(21), watts(22),
    ] },
    List { name: "assumed: AM550, 10 values, tariffs", maker: Maker::Iskra, mark: (6, &[0x06]), places: &[
        NAME, SERIAL, energy(1, 1), energy(1, 2), energy(2, 1), energy(2, 2),
        energy(3, 1), energy(3, 2), energy(4, 1), energy(4, 2),
    ] },
    List { name: "assumed: AM550, 9 values, one phase", maker: Maker::Iskra, mark: (6, &[0x12]), places: &[
        NAME, SERIAL, watts(1), watts(2), watts(3), watts(4), volts(32, -1), energy(2, 1), energy(2, 2),
    ] },
    List { name: "assumed: AM550, 9 values, tariffs", maker: Maker::Iskra, mark: (6, &[0x06]), places: &[
        NAME, watts(1), watts(2), energy(1, 0), energy(1, 1), energy(1, 2),
        energy(2, 0), energy(2, 1), energy(2, 2),
    ] },
    List { name: "assumed: AM550, 4 values", maker: Maker::Iskra, mark: (2, &[0x06]), places: &[
        UNNAMED, UNNAMED, energy(1, 0), energy(2, 0),
    ] },
    List { name: "assumed: AM550, 33 values", maker: Maker::Iskra, mark: (15, &[0x12]), places: &[
        SERIAL, TIME, DATE, energy(1, 0), energy(1, 1), energy(1, 2), energy(2, 0), energy(2, 1), energy(2, 2),
        energy(5, 0), energy(6, 0), energy(7, 0), energy(8, 0), watts(1), watts(2), factor(),
        watts(21), watts(41), watts(61), watts(22), watts(42), watts(62),
        volts(32, -1), volts(52, -1), volts(72, -1), amperes(31, -2), amperes(51, -2), amperes(71, -2),
        UNNAMED, UNNAMED, UNNAMED, UNNAMED, UNNAMED,
    ] },
    List { name: "assumed: AM550, 28 values", maker: Maker::Iskra, mark: (17, &[0x12]), places: &[
        SERIAL, TIME, DATE, energy(1, 0), energy(1, 1), energy(1, 2), energy(2, 0), energy(2, 1), energy(2, 2),
        watts(1), watts(2), watts(21), watts(41), watts(61), watts(22), watts(42), watts(62),
        volts(32, -1), volts(52, -1), volts(72, -1), amperes(31, -2), amperes(51, -2), amperes(71, -2),
        UNNAMED, UNNAMED, UNNAMED, UNNAMED, UNNAMED,
    ] },
];

/// The headed list of Siemens IM350 and Iskraemeco AM550 in Vienna and Wels: what follows the header. The first
/// element is the push setup, the third and fourth are time and date.
#[rustfmt::skip]
pub(super) static HEADED: &[Place] = &[
    at([0, 6, 25, 9, 0, 255], 0, Unit::None), SERIAL, TIME, DATE,
    energy(1, 0), energy(2, 0), energy(3, 0), energy(4, 0), watts(1), watts(2),
    plain(96, 13, 0), plain(96, 13, 1),
];
