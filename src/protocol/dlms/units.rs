//! The unit codes of COSEM (Blue Book, ed. 13, table 4).

use crate::reading::Unit;

/// A unit by its code; its name where the program has no unit for it.
#[rustfmt::skip]
const UNITS: &[(u8, Unit, &str)] = &[
    (1, Unit::Year, "a"), (2, Unit::Month, "mo"), (3, Unit::Week, "wk"), (4, Unit::Day, "d"),
    (5, Unit::Hour, "h"), (6, Unit::Minute, "min"), (7, Unit::Second, "s"), (8, Unit::Degree, "°"),
    (9, Unit::Celsius, "°C"), (10, Unit::None, "currency"), (11, Unit::Metre, "m"), (12, Unit::None, "m/s"),
    (13, Unit::CubicMetre, "m3"), (14, Unit::CubicMetre, "m3, corrected"),
    (15, Unit::CubicMetrePerHour, "m3/h"), (16, Unit::CubicMetrePerHour, "m3/h, corrected"),
    (17, Unit::None, "m3/d"), (18, Unit::None, "m3/d, corrected"), (19, Unit::Litre, "l"),
    (20, Unit::Kilogram, "kg"), (21, Unit::None, "N"), (22, Unit::None, "Nm"), (23, Unit::Pascal, "Pa"),
    (24, Unit::Bar, "bar"), (25, Unit::Joule, "J"), (26, Unit::JoulePerHour, "J/h"), (27, Unit::Watt, "W"),
    (28, Unit::VoltAmpere, "VA"), (29, Unit::Var, "var"), (30, Unit::WattHour, "Wh"),
    (31, Unit::VoltAmpereHour, "VAh"), (32, Unit::VarHour, "varh"), (33, Unit::Ampere, "A"),
    (34, Unit::None, "C"), (35, Unit::Volt, "V"), (36, Unit::None, "V/m"), (37, Unit::None, "F"),
    (38, Unit::None, "Ohm"), (39, Unit::None, "Ohm m2/m"), (40, Unit::None, "Wb"), (41, Unit::None, "T"),
    (42, Unit::None, "A/m"), (43, Unit::None, "H"), (44, Unit::Hertz, "Hz"),
    (45, Unit::PulsePerWattHour, "1/Wh"), (46, Unit::PulsePerVarHour, "1/varh"), (47, Unit::None, "1/VAh"),
    (48, Unit::VoltSquaredHour, "V2h"), (49, Unit::AmpereSquaredHour, "A2h"), (50, Unit::None, "kg/s"),
    (51, Unit::None, "S"), (52, Unit::Kelvin, "K"), (53, Unit::None, "1/(V2h)"), (54, Unit::None, "1/(A2h)"),
    (55, Unit::None, "1/m3"), (56, Unit::Percent, "%"), (57, Unit::AmpereHour, "Ah"),
    (60, Unit::None, "Wh/m3"), (61, Unit::None, "J/m3"), (62, Unit::None, "mol %"), (63, Unit::None, "g/m3"),
    (64, Unit::None, "Pa s"), (65, Unit::None, "J/kg"), (66, Unit::None, "g/cm2"), (67, Unit::None, "atm"),
    (70, Unit::DecibelMilliwatt, "dBm"), (71, Unit::None, "dBuV"), (72, Unit::Decibel, "dB"),
    (128, Unit::None, "in"), (129, Unit::None, "ft"), (130, Unit::None, "lb"), (131, Unit::None, "°F"),
    (132, Unit::None, "°R"), (133, Unit::None, "in2"), (134, Unit::None, "ft2"), (135, Unit::None, "ac"),
    (136, Unit::None, "in3"), (137, Unit::None, "ft3"), (138, Unit::None, "ac ft"), (139, Unit::None, "gal"),
    (254, Unit::None, "other"), (255, Unit::None, "no unit"),
];

/// The unit and its name; `None` for a reserved code.
pub(super) fn unit(code: u8) -> Option<(Unit, &'static str)> {
    UNITS.iter().find(|(known, ..)| *known == code).map(|(_, unit, name)| (*unit, *name))
}

/// The code of a unit.
pub(super) fn code(unit: Unit) -> u8 {
    UNITS.iter().find(|(_, known, _)| *known == unit && unit != Unit::None).map_or(255, |(code, ..)| *code)
}
