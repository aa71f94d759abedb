//! Every protocol family there is: one line each.

use super::{Family, dlms, dsmr_p1, energomera_ce, iec62056_21, mbus, mercury200, mercury230};

/// The families, in the order in which they are offered.
#[rustfmt::skip]
pub static FAMILIES: &[&dyn Family] = &[
    &energomera_ce::Ce,
    &mercury200::Mercury200,
    &mercury230::Mercury230,
    &iec62056_21::Iec,
    &dsmr_p1::P1,
    &dlms::OverMbus,
    &dlms::OverHdlc,
    &mbus::Mbus,
];

/// The family with a protocol id.
#[must_use]
pub fn family(id: &str) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.id() == id)
}

#[cfg(test)]
mod tests;
