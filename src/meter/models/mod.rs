//! The models, a file a maker.

mod energomera;
mod energomera_ascii;
mod generic;
mod mercury;
mod neva;

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
    &neva::MT113,
    &neva::MT114,
    &neva::MT123,
    &neva::MT124,
    &neva::MT313,
    &neva::MT314,
    &neva::MT315,
    &neva::MT323,
    &neva::MT324,
    &energomera_ascii::CE102M,
    &energomera_ascii::CE301,
    &energomera_ascii::CE303,
    &energomera_ascii::CE304,
    &energomera_ascii::CE6850M,
    &energomera_ascii::CE207,
    &energomera_ascii::CE208,
    &energomera_ascii::CE307_R34,
    &energomera_ascii::CE308,
    &generic::IEC62056_21,
];
