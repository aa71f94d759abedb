//! Who made a meter, as far as its push tells, and the scale of values that it pushes without one.
//!
//! Scales: Kamstrup HAN-NVE description rev. 3.1; toreamun/amshan (Kaifa); scs/smartmeter-datacollector
//! (Landis+Gyr, Iskraemeco).

use super::obis::{Obis, Sort, sort};
use crate::protocol::Dialect;
use crate::reading::Unit;

/// A maker's way of filling lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    /// Kamstrup Omnipower.
    Kamstrup,
    /// Landis+Gyr E450.
    E450,
    /// Landis+Gyr E570.
    E570,
    /// Landis+Gyr E360.
    E360,
    /// Landis+Gyr, but which type is not known.
    LandisGyr,
    /// Iskraemeco AM550.
    Iskra,
    /// Kaifa on a HAN port.
    Kaifa,
    /// Not known.
    Unknown,
}

/// The dialects of the family, by number.
#[rustfmt::skip]
pub(super) const DIALECTS: &[(Maker, &str)] = &[
    (Maker::Unknown, ""), (Maker::Kamstrup, "Kamstrup"), (Maker::E450, "Landis+Gyr E450"),
    (Maker::E570, "Landis+Gyr E570"), (Maker::E360, "Landis+Gyr E360"), (Maker::Iskra, "Iskraemeco AM550"),
    (Maker::Kaifa, "Kaifa HAN"),
];

/// The maker that a dialect fixes.
pub(super) fn of_dialect(dialect: Dialect) -> Maker {
    DIALECTS.get(usize::from(dialect.0)).map_or(Maker::Unknown, |(maker, _)| *maker)
}

/// The maker that the letters of a system title, a list version or a device name stand for.
pub(super) fn of_text(text: &[u8]) -> Maker {
    match text {
        [b'K', b'A', b'M', ..] => Maker::Kamstrup,
        [b'L', b'G', b'Z', ..] => Maker::LandisGyr,
        [b'I', b'S', b'K', ..] => Maker::Iskra,
        [b'K', b'F' | b'f', b'M' | b'm', b'_', ..] => Maker::Kaifa,
        _ if text.starts_with(b"Kamstrup") => Maker::Kamstrup,
        _ => Maker::Unknown,
    }
}

/// The power of ten and unit of a value that comes without; `None` where that is not known.
#[expect(clippy::match_same_arms, reason = "a line for each sort, to be held against the sources")]
pub(super) const fn scale(maker: Maker, obis: Obis) -> Option<(i8, Unit)> {
    let (sort, unit) = sort(obis);
    let exponent = match (sort, maker) {
        (Sort::Other, _) => 0,
        (Sort::Energy, Maker::Kamstrup) => 1,
        (_, Maker::Unknown) => return None,
        (Sort::Energy | Sort::Power, _) => 0,
        (Sort::Voltage, Maker::Kamstrup | Maker::E450 | Maker::E570) => 0,
        (Sort::Voltage, Maker::E360 | Maker::Iskra | Maker::Kaifa) => -1,
        (Sort::Current, Maker::Kamstrup | Maker::E450 | Maker::E360 | Maker::Iskra) => -2,
        (Sort::Current, Maker::E570) => 0,
        (Sort::Current, Maker::Kaifa) => -3,
        (Sort::Factor, Maker::Kamstrup) => -2,
        (Sort::Factor, Maker::E360 | Maker::Iskra) => -3,
        (Sort::Voltage | Sort::Current | Sort::Factor, _) => return None,
    };
    Some((exponent, unit))
}
