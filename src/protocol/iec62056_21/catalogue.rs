//! The codes of a dialect by name, for asking by hand.

use super::energomera::parameters::{Generation, PARAMETERS, Series};
use super::neva::codes::{CODES, Entry, Meters, Rights, Vary};
use super::{EKT, EMR, NEVA_1, NEVA_3};
use crate::protocol::{Dialect, KnownCode};
use crate::reading::{Code, Quantity, Unit};

/// Every known code of a dialect.
pub(super) fn codes(dialect: Dialect) -> Vec<KnownCode> {
    match dialect {
        NEVA_1 => neva(Meters::One),
        NEVA_3 => neva(Meters::Three),
        EKT => energomera(Generation::Old),
        EMR => energomera(Generation::New),
        _ => STANDARD.iter().map(standard).collect(),
    }
}

fn neva(meters: Meters) -> Vec<KnownCode> {
    let has = |entry: &&Entry| entry.meters == meters || entry.meters == Meters::All;
    CODES.iter().filter(has).flat_map(numbered).collect()
}

/// An entry, and where months or schedules count in its code each of them; of 128 days the first and the last.
fn numbered(entry: &'static Entry) -> Vec<KnownCode> {
    let numbers: Vec<(u8, String)> = match entry.vary {
        Vary::Fixed => vec![(0, String::new())],
        Vary::MonthEnds => (0..=12).map(|back| (back, ago(back, ", end of ", "month"))).collect(),
        Vary::Months => (0..=12).map(|back| (back, ago(back, ", ", "month"))).collect(),
        Vary::DayStarts | Vary::Days => {
            [0, 1, 127].into_iter().map(|back| (back, ago(back, ", ", "day"))).collect()
        }
        Vary::Schedules => (1..=36).map(|number| (number, format!(" {number}"))).collect(),
    };
    numbers.into_iter().map(|(number, words)| one(entry, number, &words)).collect()
}

fn ago(back: u8, before: &str, unit: &str) -> String {
    match back {
        0 => String::new(),
        1 => format!("{before}1 {unit} ago"),
        _ => format!("{before}{back} {unit}s ago"),
    }
}

fn one(entry: &Entry, number: u8, words: &str) -> KnownCode {
    let [c, d, e, f] = entry.code_for(number).to_be_bytes();
    let access = match entry.rights {
        Rights::Read => "R",
        Rights::Both => "RW",
        Rights::Write => "W",
    };
    let code = format!("{c:02X}.{d:02X}.{e:02X}*{f:02X}");
    let name = format!("{}{words}", entry.name);
    KnownCode { code, obis: entry.obis.to_string(), name, unit: entry.unit, access }
}

fn energomera(generation: Generation) -> Vec<KnownCode> {
    let has = |known: &Generation| *known == generation || *known == Generation::Both;
    let of = |known: &super::energomera::parameters::Parameter| KnownCode {
        code: known.name.replace("nn", "01"),
        obis: match known.series {
            Series::Tariffs(c) => format!("{c}.8.0"),
            Series::One(code) => code.to_string(),
            Series::Phases([c, ..]) | Series::PhasesAndSum([c, ..]) => format!("{c}.7.0"),
            _ => String::new(),
        },
        name: known.title.to_owned(),
        unit: known.unit,
        access: "R",
    };
    PARAMETERS.iter().filter(|known| has(&known.generation)).map(of).collect()
}

/// What most meters of the standard have, as C.D.E (IEC 62056-61).
const STANDARD: &[(Code, Quantity, Unit)] = &[
    (Code::new(1, 8, 0), Quantity::ACTIVE_IMPORT, Unit::KilowattHour),
    (Code::new(1, 8, 1), Quantity::ACTIVE_IMPORT, Unit::KilowattHour),
    (Code::new(1, 8, 2), Quantity::ACTIVE_IMPORT, Unit::KilowattHour),
    (Code::new(1, 8, 3), Quantity::ACTIVE_IMPORT, Unit::KilowattHour),
    (Code::new(1, 8, 4), Quantity::ACTIVE_IMPORT, Unit::KilowattHour),
    (Code::new(2, 8, 0), Quantity::ACTIVE_EXPORT, Unit::KilowattHour),
    (Code::new(3, 8, 0), Quantity::REACTIVE_IMPORT, Unit::KilovarHour),
    (Code::new(4, 8, 0), Quantity::REACTIVE_EXPORT, Unit::KilovarHour),
    (Code::new(1, 7, 0), Quantity::POWER, Unit::Kilowatt),
    (Code::new(32, 7, 0), Quantity::VOLTAGE, Unit::Volt),
    (Code::new(52, 7, 0), Quantity::VOLTAGE, Unit::Volt),
    (Code::new(72, 7, 0), Quantity::VOLTAGE, Unit::Volt),
    (Code::new(31, 7, 0), Quantity::CURRENT, Unit::Ampere),
    (Code::new(51, 7, 0), Quantity::CURRENT, Unit::Ampere),
    (Code::new(71, 7, 0), Quantity::CURRENT, Unit::Ampere),
    (Code::new(13, 7, 0), Quantity::POWER_FACTOR, Unit::None),
    (Code::new(14, 7, 0), Quantity::FREQUENCY, Unit::Hertz),
    (Code::new(0, 9, 1), Quantity::CLOCK, Unit::None),
    (Code::new(0, 9, 2), Quantity::CLOCK, Unit::None),
];

fn standard((code, quantity, unit): &(Code, Quantity, Unit)) -> KnownCode {
    let code = code.to_string();
    let tariff = code.strip_prefix("1.8.").filter(|end| *end != "0").map(|end| format!(" T{end}"));
    let name = format!("{}{}", quantity.name(), tariff.unwrap_or_default());
    KnownCode { obis: code.clone(), code, name, unit: *unit, access: "R" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::known_code::matching;

    fn first(dialect: Dialect, typed: &str) -> Option<(String, String)> {
        let codes = codes(dialect);
        matching(&codes, typed).first().map(|known| (known.code.clone(), known.name.clone()))
    }

    #[test]
    fn a_code_is_found_by_its_notations_by_its_obis_code_and_by_its_name() {
        let firmware = Some(("60.01.04*FF".to_owned(), "firmware".to_owned()));
        for typed in ["60.01.04*FF", "600104FF", "60.01.04*ff", "600104ff", "60.01.04", "600104", "firm"] {
            assert_eq!(first(NEVA_3, typed), firmware, "{typed}");
        }
        let energy = Some(("0F.08.80*FF".to_owned(), "active energy".to_owned()));
        assert_eq!(first(NEVA_3, "1.8"), energy);
        assert_eq!(first(NEVA_3, "energy"), energy);
        assert_eq!(first(NEVA_3, "ENERGY"), energy);
        assert_eq!(first(EKT, "volta").unwrap().0, "VOLTA");
        assert_eq!(first(EMR, "volt").unwrap().0, "VOLTA");
        assert_eq!(first(super::super::GENERIC, "1.8").unwrap().0, "1.8.0");
        assert_eq!(first(NEVA_1, "no such thing"), None);
    }

    #[test]
    fn a_model_is_offered_its_own_codes_alone_and_each_once() {
        let has = |dialect, code: &str| codes(dialect).iter().any(|known| known.code == code);
        assert!(has(NEVA_1, "0C.07.00*FF") && !has(NEVA_3, "0C.07.00*FF"));
        assert!(has(NEVA_3, "48.07.00*FF") && !has(NEVA_1, "48.07.00*FF"));
        for dialect in [NEVA_1, NEVA_3, EKT, EMR, super::super::GENERIC] {
            let all = codes(dialect);
            for (index, known) in all.iter().enumerate() {
                assert!(all.iter().skip(index + 1).all(|other| other.code != known.code), "{}", known.code);
            }
        }
    }
}
