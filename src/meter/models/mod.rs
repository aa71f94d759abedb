//! The models, a file a maker.

mod dlms;
mod energomera;
mod mercury;

use super::model::Model;

/// Every model that can be picked, in the order of the list.
#[rustfmt::skip]
pub static MODELS: &[&Model] = &[
    &mercury::MERCURY_200,
    &mercury::MERCURY_201,
    &mercury::MERCURY_203,
    &mercury::MERCURY_206,
    &dlms::KAIFA_MA309,
    &dlms::KAIFA_MA110,
    &dlms::SAGEMCOM_T210D,
    &dlms::SAGEMCOM_S210,
    &dlms::ISKRA_AM550,
    &dlms::SIEMENS_IM350,
    &dlms::LANDISGYR_E450,
    &dlms::KAMSTRUP_OMNIPOWER,
    &dlms::AIDON,
    &dlms::SIEMENS_TD3511,
    &dlms::DLMS_PUSH,
    &dlms::DLMS_HDLC,
    &dlms::MBUS,
];
