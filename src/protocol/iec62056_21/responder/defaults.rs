//! What a simulated meter says unless it is told otherwise: values recorded from real meters where there are
//! some.

use super::values::Values;
use crate::protocol::iec62056_21::neva::codes::{CODES, Entry, Form, Meters, Rights, Vary};
use crate::protocol::iec62056_21::{EKT, EMR, NEVA_1, NEVA_3};
use crate::protocol::{Dialect, Setup};
use crate::reading::Unit;

/// A day of an MT324, recorded by vika-sonne/NevaMt3xx.
const PROFILE: &str = "03977,03995,03997,04014,04031,04036,04038,04062,04078,04073,04068,04054,04034,03958,\
    03928,03900,03889,03892,03897,03890,03860,03857,03844,03843,03827,03838,03847,03849,03846,03849,03847,\
    03842,03857,03849,03847,03847,03870,03864,03846,03847,03852,03819,03835,03843,03825,03846,03876,03880";

/// The identification of a model, without its line end.
pub fn identification(setup: &Setup) -> &'static str {
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
pub fn values(setup: &Setup) -> Values {
    let mut values = Values::default();
    match setup.dialect {
        NEVA_1 | NEVA_3 => neva(&mut values, setup),
        EKT => parameters(&mut values, ekt(setup.model)),
        EMR => parameters(&mut values, emr(setup.model)),
        _ => lines(&mut values),
    }
    if matches!(setup.dialect, EKT | EMR) && !setup.serial.is_empty() {
        values.put("SNUMB", vec![setup.serial.clone()]);
    }
    values
}

fn neva(values: &mut Values, setup: &Setup) {
    let own = if setup.dialect == NEVA_1 { Meters::One } else { Meters::Three };
    for entry in CODES.iter().filter(|entry| entry.meters == Meters::All || entry.meters == own) {
        let Some(value) = neva_value(entry, setup).filter(|_| entry.rights != Rights::Write) else {
            continue;
        };
        let last = match entry.vary {
            Vary::Fixed => 0,
            Vary::MonthEnds | Vary::Months => 12,
            Vary::DayStarts | Vary::Days => 127,
            Vary::Schedules => 36,
        };
        let first = u8::from(entry.vary == Vary::Schedules);
        for index in first..=last {
            values.put(format!("{:08X}", entry.code_for(index)), vec![value.clone()]);
        }
    }
}

fn neva_value(entry: &Entry, setup: &Setup) -> Option<String> {
    let is_three = setup.dialect == NEVA_3;
    let text = match (entry.form, entry.unit) {
        (Form::Tariffs, _) if entry.vary == Vary::DayStarts => {
            "000400.84,000309.98,000090.86,000000.00,000000.00"
        }
        (Form::Tariffs, Unit::Kilowatt) => "04.8190,04.8457,02.5359,00.0000,00.0000",
        (Form::Tariffs, _) => "000046.24,000031.14,000015.10,000000.00,000000.00",
        (Form::Profile, _) => PROFILE,
        (Form::Number, Unit::Volt) => {
            if is_three {
                "0233.81"
            } else {
                "000238.39"
            }
        }
        (Form::Number, Unit::Ampere) => {
            if is_three {
                "000.512"
            } else {
                "000000.51"
            }
        }
        (Form::Number, Unit::Watt) => {
            if is_three {
                "00134.2"
            } else {
                "00000134"
            }
        }
        (Form::Number, Unit::Var) => "00012.3",
        (Form::Number, Unit::Hertz) => {
            if is_three {
                "50.00"
            } else {
                "000050.00"
            }
        }
        (Form::Number, Unit::Degree) => "0120.0",
        (Form::Number, Unit::Minute) => "30",
        (Form::Number, _) => "01",
        (Form::PowerFactor, _) => {
            if is_three {
                "10.986"
            } else {
                "10.98"
            }
        }
        (Form::Temperature, _) => {
            if is_three {
                "029"
            } else {
                "0023"
            }
        }
        (Form::Weekday, _) => "02",
        (Form::DayHour, _) => "0100",
        (Form::SignedHex | Form::Switch, _) => "00",
        (Form::Status | Form::Hex, _) => "0000",
        (Form::Day, _) => "070001,230002,000000,000000,000000,000000,000000,000000",
        (Form::Seasons, _) => return Some(list("0101010101", "0000000000", 12)),
        (Form::SpecialDays, _) => return Some(list("000000", "000000", 32)),
        (Form::Display, _) => return Some(list("010207", "000000", 12)),
        (Form::Log, _) => return Some(list("000000000000", "000000000000", 16)),
        (Form::DateTime, _) if entry.rights == Rights::Both => "150813000000",
        (Form::Text, _) => return Some(neva_text(entry.obis.e, setup)),
        (Form::Date | Form::Time | Form::DateTime | Form::Password, _) => return None,
    };
    Some(text.to_owned())
}

fn neva_text(e: u8, setup: &Setup) -> String {
    match e {
        // A NEVA's serial number has eight digits.
        0 => setup.serial.get(setup.serial.len().saturating_sub(8)..).unwrap_or_default().to_owned(),
        1 if setup.address.text().is_empty() => "00000001".to_owned(),
        1 => setup.address.text().to_owned(),
        4 => "000V0201".to_owned(),
        _ => "0000000000000000".to_owned(),
    }
}

fn list(first: &str, rest: &str, count: usize) -> String {
    let mut items = vec![first; 1];
    items.resize(count, rest);
    items.join(",")
}

fn parameters(values: &mut Values, list: Vec<(&str, &[&str])>) {
    for (name, items) in list {
        values.put(name, items.iter().map(|item| (*item).to_owned()).collect());
    }
}

/// From logs of a CE102M v01 and a CE301 v11 and v12.
fn ekt(model: &str) -> Vec<(&'static str, &'static [&'static str])> {
    let mut list: Vec<(&str, &[&str])> = vec![
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
    if model == "energomera-ce102m" {
        list.extend([
            ("ET0PE", &["68.42", "45.54", "22.88", "0.00", "0.00", "0.00"][..]),
            ("VOLTA", &["237.58"]),
            ("CURRE", &["0.402"]),
            ("POWEP", &["0.378816"]),
            ("COS_f", &["1.000"]),
        ]);
        return list;
    }
    list.extend([
        ("ET0PE", &["16907.9477764", "11504.3875082", "3628.2698795", "1775.2903887", "0.0", "0.0"][..]),
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
    ]);
    if matches!(model, "energomera-ce303" | "energomera-ce304" | "energomera-ce6850m") {
        list.extend([
            ("ET0PI", &["35.75", "20.5", "15.25", "0.0", "0.0", "0.0"][..]),
            ("ET0QE", &["120.5", "80.25", "40.25", "0.0", "0.0", "0.0"]),
            ("ET0QI", &["12.5", "8.25", "4.25", "0.0", "0.0", "0.0"]),
            ("POWEQ", &["0.12", "0.0"]),
            ("POWPQ", &["0.04", "0.05", "0.03"]),
        ]);
    }
    if model == "energomera-ce6850m" {
        list.retain(|(name, _)| !matches!(*name, "POWEP" | "POWPP" | "POWEQ" | "POWPQ"));
        list.extend([
            ("POWEP", &["526.6"][..]),
            ("POWPP", &["59.2", "440.2", "54.0"]),
            ("POWEQ", &["120.0", "0.0"]),
            ("POWPQ", &["40.0", "50.0", "30.0"]),
        ]);
    }
    list
}

/// From a log of a CE307 R34 and published dumps of CE208 and CE308.
fn emr(model: &str) -> Vec<(&'static str, &'static [&'static str])> {
    let mut list: Vec<(&str, &[&str])> = vec![
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
pub fn repeats_names(setup: &Setup) -> bool {
    setup.dialect == EKT && setup.model != "energomera-ce102m"
}

/// The operand of P0.
pub fn operand(dialect: Dialect) -> &'static str {
    match dialect {
        NEVA_1 | NEVA_3 => "00000000",
        EKT => "777777",
        EMR => "83BC249",
        _ => "",
    }
}
