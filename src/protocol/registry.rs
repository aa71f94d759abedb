//! Every protocol family there is: one line each.

use super::{Family, dlms, dsmr_p1, energomera_ce, mbus, mercury200};

/// The families, in the order in which they are offered.
pub static FAMILIES: &[&dyn Family] = &[
    &energomera_ce::Ce,
    &mercury200::Mercury200,
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
