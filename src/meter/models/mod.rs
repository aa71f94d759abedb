//! The models, a file a maker.

mod energomera;
mod mercury;

use super::model::Model;

/// Every model that can be picked, in the order of the list.
#[rustfmt::skip]
pub static MODELS: &[&Model] = &[
    &energomera::CE307,
    &energomera::CE102_R51,
    &energomera::CE102,
    &energomera::CE301M,
    &energomera::CE306,
    &mercury::MERCURY_200,
    &mercury::MERCURY_201,
    &mercury::MERCURY_203,
    &mercury::MERCURY_206,
];
