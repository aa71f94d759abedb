//! The models, a file a maker.

mod dlms;
mod energomera;
mod energomera_ascii;
mod generic;
mod mercury;
mod mercury230;
mod neva;
mod p1;
mod unread;

pub(super) use unread::UNREAD;

use super::model::Model;

/// Every model that can be picked, in the order of the list.
#[rustfmt::skip]
pub static MODELS: &[&Model] = &[
    &energomera::CE307,
    &energomera::CE102_R51,
    &energomera::CE102,
    &energomera::CE301M,
    &energomera::CE306,
    &energomera_ascii::CE102M,
    &energomera_ascii::CE301,
    &energomera_ascii::CE303,
    &energomera_ascii::CE304,
    &energomera_ascii::CE6850M,
    &energomera_ascii::CE207,
    &energomera_ascii::CE208,
    &energomera_ascii::CE307_R34,
    &energomera_ascii::CE308,
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
    &neva::MT113,
    &neva::MT114,
    &neva::MT123,
    &neva::MT124,
    &neva::MT313,
    &neva::MT314,
    &neva::MT315,
    &neva::MT323,
    &neva::MT324,
    &generic::IEC62056_21,
    &p1::DSMR,
    &p1::DSMR_2_1,
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
