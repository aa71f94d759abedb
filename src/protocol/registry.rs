//! Every protocol family there is: one line each.

use super::{Family, dsmr_p1, energomera_ce, mercury200, mercury230};

/// The families, in the order in which they are offered.
#[rustfmt::skip]
pub static FAMILIES: &[&dyn Family] = &[
    &energomera_ce::Ce,
    &mercury200::Mercury200,
    &mercury230::Mercury230,
    &dsmr_p1::P1,
];

/// The family with a protocol id.
#[must_use]
pub fn family(id: &str) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.id() == id)
}
