//! What simulated Energomera meters of the first generation say, from logs of a CE102M v01 and a CE301 v11 and
//! v12.

use super::Parameter;

/// The parameters of a model; of a name that stands there twice, the last counts.
pub(super) fn parameters(model: &str) -> Vec<Parameter> {
    match model {
        "energomera-ce102m" => [COMMON, CE102M].concat(),
        "energomera-ce303" | "energomera-ce304" => [COMMON, CE301, CE303].concat(),
        "energomera-ce6850m" => [COMMON, CE301, CE303, CE6850M].concat(),
        _ => [COMMON, CE301].concat(),
    }
}

const COMMON: &[Parameter] = &[
    ("SNUMB", &["008841083000505"]),
    ("MODEL", &["3"]),
    ("IDENT", &["CE301v11.7s4"]),
    ("HELLO", &["2,CE301,12,00123456,dummy"]),
    ("FREQU", &["49.96"]),
    ("STAT_", &["03000101"]),
    ("GRF01", &["7:0:1", "23:0:2", "0:0:0"]),
    ("TEMPR", &["25"]),
    ("V_BAT", &["3.6"]),
];

const CE102M: &[Parameter] = &[
    ("ET0PE", &["68.42", "45.54", "22.88", "0.00", "0.00", "0.00"]),
    ("VOLTA", &["237.58"]),
    ("CURRE", &["0.402"]),
    ("POWEP", &["0.378816"]),
    ("COS_f", &["1.000"]),
];

const CE301: &[Parameter] = &[
    ("ET0PE", &["16907.9477764", "11504.3875082", "3628.2698795", "1775.2903887", "0.0", "0.0"]),
    ("VOLTA", &["233.751", "235.418", "234.796"]),
    ("CURRE", &["1.479", "2.8716", "0.782"]),
    ("POWEP", &["0.5266"]),
    ("POWPP", &["0.0592", "0.4402", "0.054"]),
    ("COS_f", &["0.98", "0.97", "0.99", "0.98"]),
    ("CORUU", &["119.8", "118.8", "121.1"]),
    ("CORIU", &["11.5", "14.1", "8.1"]),
    ("VNULL", &["0"]),
    ("1001", &["16907.9477764"]),
    ("4001", &["233.751", "235.418", "234.796"]),
    ("4002", &["1.479", "2.8716", "0.782"]),
    ("4003", &["0.0592", "0.4402", "0.054", "0.5266"]),
    ("400B", &["E12", "118.8", "121.1"]),
    ("400D", &["50.01"]),
    ("5003", &["009114135064195"]),
];

/// What meters of both directions and reactive energy have besides.
const CE303: &[Parameter] = &[
    ("ET0PI", &["35.75", "20.5", "15.25", "0.0", "0.0", "0.0"]),
    ("ET0QE", &["120.5", "80.25", "40.25", "0.0", "0.0", "0.0"]),
    ("ET0QI", &["12.5", "8.25", "4.25", "0.0", "0.0", "0.0"]),
    ("POWEQ", &["0.12", "0.0"]),
    ("POWPQ", &["0.04", "0.05", "0.03"]),
];

/// It counts power in watts where its kin count in kilowatts.
const CE6850M: &[Parameter] = &[
    ("POWEP", &["526.6"]),
    ("POWPP", &["59.2", "440.2", "54.0"]),
    ("POWEQ", &["120.0", "0.0"]),
    ("POWPQ", &["40.0", "50.0", "30.0"]),
];
