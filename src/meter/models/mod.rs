//! The models, a file a maker.

mod dlms;
mod energomera;
mod mercury;
mod p1;

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
