//! The models, a file a maker.

mod energomera;
mod mercury;
mod mercury230;

use super::model::Model;

/// Every model that can be picked, in the order of the list.
#[rustfmt::skip]
pub static MODELS: &[&Model] = &[
    &mercury::MERCURY_200,
    &mercury::MERCURY_201,
    &mercury::MERCURY_203,
    &mercury::MERCURY_206,
    &mercury230::MERCURY_203_2TD,
    &mercury230::MERCURY_204,
    &mercury230::MERCURY_208,
    &mercury230::MERCURY_230,
    &mercury230::MERCURY_231,
    &mercury230::MERCURY_233,
    &mercury230::MERCURY_234,
    &mercury230::MERCURY_236,
    &mercury230::MERCURY_238,
];
