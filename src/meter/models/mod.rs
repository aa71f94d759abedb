//! The models, a file a maker.

mod energomera;
mod mercury;
mod mercury230;
mod p1;

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
    &mercury230::MERCURY_203_2TD,
    &mercury230::MERCURY_204,
    &mercury230::MERCURY_208,
    &mercury230::MERCURY_230,
    &mercury230::MERCURY_231,
    &mercury230::MERCURY_233,
    &mercury230::MERCURY_234,
    &mercury230::MERCURY_236,
    &mercury230::MERCURY_238,
    &p1::DSMR,
    &p1::DSMR_2,
    &p1::DSMR_4,
    &p1::DSMR_5,
    &p1::EMUCS,
    &p1::SMARTY,
    &p1::AUSTRIA,
    &p1::SWEDEN,
    &p1::LITHUANIA,
    &p1::HUNGARY,
    &p1::SWITZERLAND,
    &p1::SLOVENIA,
    &p1::POLAND,
    &p1::IRELAND,
    &p1::Q3D,
];
