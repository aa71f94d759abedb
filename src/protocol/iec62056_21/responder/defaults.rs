//! What a simulated meter says unless it is told otherwise: values recorded from real meters where there are
//! some.

mod ekt;
mod neva;

use super::values::Values;
use crate::protocol::iec62056_21::{EKT, EMR, NEVA_1, NEVA_3};
use crate::protocol::{Dialect, Setup};

/// The identification of a model, without its line end.
pub(super) fn identification(setup: &Setup) -> &'static str {
    match setup.model {
        "neva-mt113" => "/TPC5NEVAMT113.2201",
        "neva-mt114" => "/TPC5NEVAMT114.3201",
        "neva-mt123" => "/TPC3NEVAMT123.2302",
        "neva-mt124" => "/TPC5NEVAMT124.6102",
        "neva-mt313" => "/TPC5NEVAMT313.1201",
        "neva-mt314" => "/TPC5NEVAMT314.3201",
        "neva-mt315" => "/TPC5NEVAMT315.5201",
        "neva-mt323" => "/TPC5NEVAMT323.2101",
        "neva-mt324" => "/TPC5NEVAMT324.2303",
        "energomera-ce102m" => "/EKT5CE102Mv01",
        "energomera-ce301" => "/EKT5CE301v12",
        "energomera-ce303" => "/EKT5CE303v11",
        "energomera-ce304" => "/EKT5CE304v01",
        "energomera-ce6850m" => "/EKT5CE6850Mv01",
        "energomera-ce207" => "/EMR5\\2CE2071.1",
        "energomera-ce208" => "/EMR5\\2CE2089.1",
        "energomera-ce307-r34" => "/EMR5\\2CE3076.10",
        "energomera-ce308" => "/EMR5\\2CE3081.1",
        _ => match setup.dialect {
            NEVA_1 => "/TPC5NEVAMT124.6102",
            NEVA_3 => "/TPC5NEVAMT324.2303",
            EKT => "/EKT5CE301v12",
            EMR => "/EMR5\\2CE3076.10",
            _ => "/ISK5ME162-0033",
        },
    }
}

/// The values of a model.
pub(super) fn values(setup: &Setup) -> Values {
    let mut values = Values::default();
    match setup.dialect {
        NEVA_1 | NEVA_3 => neva::put(&mut values, setup),
        EKT => parameters(&mut values, ekt::parameters(setup.model)),
        EMR => parameters(&mut values, emr(setup.model)),
        _ => lines(&mut values),
    }
    if matches!(setup.dialect, EKT | EMR) && !setup.serial.is_empty() {
        values.put("SNUMB", vec![setup.serial.clone()]);
    }
    values
}

/// The name of a parameter and its values.
type Parameter = (&'static str, &'static [&'static str]);

fn parameters(values: &mut Values, list: Vec<Parameter>) {
    for (name, items) in list {
        values.put(name, items.iter().map(|item| (*item).to_owned()).collect());
    }
}

/// From a log of a CE307 R34 and published dumps of CE208 and CE308.
fn emr(model: &str) -> Vec<Parameter> {
    let mut list: Vec<Parameter> = vec![
        ("SNUMB", &["012345678901234"]),
        ("MODEL", &["00000007"]),
        ("FREQU", &["49.98"]),
        ("STAT_", &["00000001"]),
        ("EMD01", &["42392.6818", "15279.30968", "16542.03378", "10571.33834"]),
        ("EMD02", &["0.0", "0.0", "0.0", "0.0"]),
        ("EMD03", &["1200.5", "700.25", "500.25"]),
        ("EMD04", &["12.5", "8.25", "4.25"]),
        ("LOE01", &["1,14.05.24,10:20:30,01", "2,12.05.24,08:00:00,00"]),
        ("LOP01", &["1,01.04.24,09:15:00,03"]),
        ("TAVER", &["30"]),
        ("GRF01", &["07:00:01", "23:00:02"]),
        ("TERMO", &["2512"]),
        ("V_BAT", &["3.05"]),
    ];
    if matches!(model, "energomera-ce207" | "energomera-ce208") {
        list.extend([
            ("VOLTA", &["231.5"][..]),
            ("CURRE", &["1.25"]),
            ("POWEP", &["0.281"]),
            ("POWEQ", &["0.05"]),
            ("POWES", &["0.287"]),
            ("COS_f", &["0.98"]),
        ]);
        if model == "energomera-ce208" {
            list.push(("ET0PE", &["42392.6818", "15279.30968", "16542.03378", "10571.33834", "0.0", "0.0"]));
        }
    } else {
        list.extend([
            ("VOLTA", &["231.5", "232.1", "230.9"][..]),
            ("VOLTL", &["400.1", "401.2", "399.8"]),
            ("CURRE", &["1.25", "0.5", "0.75"]),
            ("POWEP", &["0.281", "0.115", "0.171", "0.567"]),
            ("POWEQ", &["0.05", "0.01", "0.02", "0.08"]),
            ("POWES", &["0.289", "0.116", "0.173", "0.578"]),
            ("COS_f", &["0.97", "0.99", "0.98", "0.98"]),
            ("CORUU", &["120.1", "119.9", "120.0"]),
            ("CORIU", &["14.1", "8.1", "11.5"]),
        ]);
    }
    list
}

/// The readout of an Iskra ME162, as recorded.
fn lines(values: &mut Values) {
    const LINES: &[(&str, &str)] = &[
        ("C.1.0", "28342193"),
        ("0.0.0", "28342193"),
        ("1.8.0", "0033402.264*kWh"),
        ("1.8.1", "0000000.000*kWh"),
        ("1.8.2", "0033402.264*kWh"),
        ("2.8.0", "0000013.465*kWh"),
        ("2.8.1", "0000000.000*kWh"),
        ("2.8.2", "0000013.465*kWh"),
        ("F.F", "0000000"),
    ];
    for (code, value) in LINES {
        values.put(*code, vec![(*value).to_owned()]);
    }
}

/// Whether a dialect repeats the name for each value: CE301 and its kin do.
pub(super) fn repeats_names(setup: &Setup) -> bool {
    setup.dialect == EKT && setup.model != "energomera-ce102m"
}

/// The operand of P0.
pub(super) fn operand(dialect: Dialect) -> &'static str {
    match dialect {
        NEVA_1 | NEVA_3 => "00000000",
        EKT => "777777",
        EMR => "83BC249",
        _ => "",
    }
}
