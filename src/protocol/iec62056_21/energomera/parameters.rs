//! The parameters of Energomera meters, as tables.
//!
//! A name has five characters; `nn` in a name below stands for two digits. Sources: protocol of CE208 and
//! CE308 (Energomera) for EMR; wirenboard/wb-mqtt-serial, hostcc/energomera-hass-mqtt and published test logs
//! of CE102M and CE301 for EKT, whose own manuals are not published.

use crate::reading::{Code, Period, Quantity, Unit};

/// What the values of a parameter are, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Series {
    /// Sum, then T1 and on, under c.8.0 to c.8.8.
    Tariffs(u8),
    /// One a phase, under c.7.0; a single one is L1.
    Phases([u8; 3]),
    /// Phases and their sum under the fourth; the sum comes first on EKT, last on EMR, alone when there is one.
    PhasesAndSum([u8; 4]),
    /// One value under a code.
    One(Code),
    /// `dd.mm.yy,sum`, then a value for each bit of the mask asked for.
    Archive,
    /// `dd.mm.yy,value,flag`, then `value,flag`.
    Profile,
    /// A value for each half-hour of the day that was asked for.
    HalfHours,
    /// Characters.
    Text,
    /// `ww.dd.mm.yy`.
    Date,
    /// `hh:mm:ss`.
    Time,
    /// `hh:mm:ss,w.dd.mm.yy,season`.
    Watch,
    /// 32 bits in hex.
    Status,
    /// `hh:mm:tariff`, twelve of them.
    Schedule,
    /// Numbers without more meaning than the name.
    Numbers,
}

/// Which meters have a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    /// EKT.
    Old,
    /// EMR.
    New,
    /// Both.
    Both,
}

/// A parameter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Its name, `nn` for two digits.
    pub name: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Its values.
    pub series: Series,
    /// Their unit.
    pub unit: Unit,
    /// What they measure.
    pub quantity: Quantity,
    /// Their period, as far as the name tells.
    pub period: Period,
    /// Who has it.
    pub generation: Generation,
}

const fn p(
    name: &'static str,
    title: &'static str,
    series: Series,
    unit: Unit,
    generation: Generation,
) -> Parameter {
    Parameter { name, title, series, unit, quantity: Quantity::named(title), period: Period::Now, generation }
}

impl Parameter {
    const fn of(self, quantity: Quantity) -> Self {
        Self { quantity, ..self }
    }

    const fn during(self, period: Period) -> Self {
        Self { period, ..self }
    }

    /// The two digits of a name that this parameter stands for; 0 where its name has none.
    pub(crate) fn number(&self, name: &[u8]) -> Option<u8> {
        let own = self.name.as_bytes();
        let mut number = 0;
        if own.len() != name.len() {
            return None;
        }
        for (expected, found) in own.iter().zip(name) {
            match (expected, found) {
                (b'n', digit @ b'0'..=b'9') => number = number * 10 + (digit - b'0'),
                (b'n', _) => return None,
                (expected, found) if expected == found => {}
                _ => return None,
            }
        }
        Some(number)
    }
}

/// Looks a parameter up by its name, and gives the number in the name.
pub(crate) fn find(name: &[u8]) -> Option<(&'static Parameter, u8)> {
    if !matches!(name.len(), 4 | 5) {
        return None;
    }
    let first = name.first()?;
    let mut alike = PARAMETERS.iter().filter(|known| known.name.as_bytes().first() == Some(first));
    alike.find_map(|known| known.number(name).map(|number| (known, number)))
}

use Generation::{Both, New, Old};
use Series::{
    Archive, Date, HalfHours, Numbers, One, Phases, PhasesAndSum, Profile, Schedule, Status, Tariffs, Text,
    Time, Watch,
};
use Unit::{
    Ampere, Celsius, Degree, Hertz, Kilovar, KilovarHour, KilovoltAmpere, Kilowatt, KilowattHour, Volt,
};

const NONE: Unit = Unit::None;
const VOLTAGES: Series = Phases([32, 52, 72]);
const CURRENTS: Series = Phases([31, 51, 71]);

/// Every known parameter.
#[rustfmt::skip]
pub(crate) static PARAMETERS: &[Parameter] = &[
    // Energy registers of EKT: sum, T1 to T5.
    p("ET0PE", "active energy import", Tariffs(1), KilowattHour, Both).of(Quantity::ACTIVE_IMPORT),
    p("ET0PI", "active energy export", Tariffs(2), KilowattHour, Old).of(Quantity::ACTIVE_EXPORT),
    p("ET0QE", "reactive energy import", Tariffs(3), KilovarHour, Old).of(Quantity::REACTIVE_IMPORT),
    p("ET0QI", "reactive energy export", Tariffs(4), KilovarHour, Old).of(Quantity::REACTIVE_EXPORT),
    p("ECMPE", "active energy of this month", Tariffs(1), KilowattHour, Old).of(Quantity::ACTIVE_IMPORT).during(Period::DuringMonth(0)),
    p("ECDPE", "active energy of this day", Tariffs(1), KilowattHour, Old).of(Quantity::ACTIVE_IMPORT).during(Period::DuringDay(0)),
    p("ENMPE", "active energy at the end of a month", Tariffs(1), KilowattHour, Old).of(Quantity::named("active energy import at the end of a month")).during(Period::Interval),
    p("EAMPE", "active energy of a month", Tariffs(1), KilowattHour, Old).of(Quantity::named("active energy import of a month")).during(Period::Interval),
    p("ENDPE", "active energy at the end of a day", Tariffs(1), KilowattHour, Both).of(Quantity::named("active energy import at the end of a day")).during(Period::Interval),
    p("EADPE", "active energy of a day", Tariffs(1), KilowattHour, Old).of(Quantity::named("active energy import of a day")).during(Period::Interval),
    p("ENDQE", "reactive energy import at the end of a day", Tariffs(3), KilovarHour, Old).during(Period::Interval),
    p("ENDQI", "reactive energy export at the end of a day", Tariffs(4), KilovarHour, Old).during(Period::Interval),
    p("ED0PE", "active energy at the end of a day, by position", Tariffs(1), KilowattHour, Old).of(Quantity::named("active energy import at the end of a day")).during(Period::Interval),
    p("EM0PE", "active energy at the end of a month, by position", Tariffs(1), KilowattHour, Old).of(Quantity::named("active energy import at the end of a month")).during(Period::Interval),
    p("GRAPE", "profile of active power import", HalfHours, Kilowatt, Old).during(Period::Interval),
    p("GRAQE", "profile of reactive power import", HalfHours, Kilovar, Old).during(Period::Interval),
    p("GRAQI", "profile of reactive power export", HalfHours, Kilovar, Old).during(Period::Interval),
    // Energies and archives of EMR: 01 A+, 02 A-, 03 R+, 04 R-, 00 all.
    p("EMDnn", "energy, daily archive", Archive, KilowattHour, New),
    p("EMMnn", "energy, monthly archive", Archive, KilowattHour, New),
    p("EMYnn", "energy, yearly archive", Archive, KilowattHour, New),
    p("EMEnn", "energy, event archive", Archive, KilowattHour, New),
    p("EMInn", "energy by date", Archive, KilowattHour, New),
    p("ENDnn", "energy, daily archive by position", Archive, KilowattHour, New),
    p("ENMnn", "energy, monthly archive by position", Archive, KilowattHour, Both),
    p("ENYnn", "energy, yearly archive by position", Archive, KilowattHour, New),
    p("ENEnn", "energy, event archive by position", Archive, KilowattHour, New),
    p("LSTnn", "dates of an archive", Text, NONE, New),
    p("LSLnn", "depth and position of an archive", Text, NONE, New),
    p("VPRnn", "load profile by day", Profile, Kilowatt, New),
    p("VPInn", "load profile by date", Profile, Kilowatt, New),
    p("MAXnn", "maximum demands", Text, NONE, New),
    p("LOEnn", "event journal", Text, NONE, New),
    p("LOPnn", "programming journal", Text, NONE, New),
    p("LLEnn", "event journal, compact", Text, NONE, New),
    p("LLPnn", "programming journal, compact", Text, NONE, New),
    p("GLLUP", "all journals", Text, NONE, New),
    p("DATED", "dates of the daily archive", Text, NONE, Both),
    p("DATEM", "dates of the monthly archive", Text, NONE, Both),
    // Instantaneous values.
    p("VOLTA", "voltages", VOLTAGES, Volt, Both).of(Quantity::VOLTAGE),
    p("VOLTL", "line voltages", Numbers, Volt, New),
    p("VNULL", "neutral voltage", Numbers, Volt, Old),
    p("CURRE", "currents", CURRENTS, Ampere, Both).of(Quantity::CURRENT),
    p("POWEP", "active power", PhasesAndSum([21, 41, 61, 1]), Kilowatt, Both).of(Quantity::POWER),
    p("POWPP", "active power of the phases", Phases([21, 41, 61]), Kilowatt, Old).of(Quantity::POWER),
    p("POWEQ", "reactive power", PhasesAndSum([23, 43, 63, 3]), Kilovar, Both).of(Quantity::REACTIVE_POWER),
    p("POWPQ", "reactive power of the phases", Phases([23, 43, 63]), Kilovar, Old).of(Quantity::REACTIVE_POWER),
    p("POWES", "apparent power", PhasesAndSum([29, 49, 69, 9]), KilovoltAmpere, New).of(Quantity::APPARENT_POWER),
    p("COS_f", "power factor", PhasesAndSum([33, 53, 73, 13]), NONE, Both).of(Quantity::POWER_FACTOR),
    p("TAN_f", "tan phi", Numbers, NONE, Both),
    p("SIN_f", "sin phi", Numbers, NONE, New),
    p("CORUU", "angles between voltages", Numbers, Degree, Both),
    p("CORIU", "angles between current and voltage", Numbers, Degree, Both),
    p("FREQU", "frequency", One(Code::new(14, 7, 0)), Hertz, Both).of(Quantity::FREQUENCY),
    p("TEMPR", "temperature", One(Code::new(96, 9, 0)), Celsius, Old).of(Quantity::TEMPERATURE),
    p("TERMO", "temperature in hundredths of a degree", Numbers, NONE, New),
    p("V_BAT", "battery voltage", Numbers, Volt, Both).of(Quantity::BATTERY),
    // Clock, identity, service.
    p("DATE_", "date", Date, NONE, Both).of(Quantity::CLOCK),
    p("TIME_", "time", Time, NONE, Both).of(Quantity::CLOCK),
    p("WATCH", "time and date", Watch, NONE, Both).of(Quantity::CLOCK),
    p("CTIME", "clock correction", Text, NONE, Both),
    p("SNUMB", "serial number", Text, NONE, Both).of(Quantity::SERIAL),
    p("IDPAS", "identifier and address", Text, NONE, Both),
    p("MODEL", "model", Text, NONE, Both),
    p("IDENT", "firmware", Text, NONE, Both).of(Quantity::VERSION),
    p("HELLO", "model, version and serial number", Text, NONE, Both),
    p("STAT_", "status word", Status, NONE, Both),
    p("GRFnn", "day schedule", Schedule, NONE, Both),
    p("PSWnn", "password", Text, NONE, Both),
    p("GROUP", "group read", Text, NONE, Old),
    p("GRPNM", "group read", Text, NONE, New),
    p("PROFI", "interval of the profile", Numbers, Unit::Minute, New),
    p("TAVER", "averaging time", Numbers, Unit::Minute, Both),
    p("PRTnn", "protocol of a port", Text, NONE, New),
    p("CDPnn", "settings of a port", Text, NONE, New),
    p("DLYnn", "answer delay of a port", Text, NONE, New),
    p("ACTnn", "session timeout of a port", Text, NONE, New),
    p("SIZnn", "largest group answer of a port", Text, NONE, New),
    p("RCTLn", "relay", Text, NONE, New),
    p("MSYAD", "summer time", Text, NONE, Old),
    p("LOGnn", "journal", Text, NONE, Both),
    // Parameters of the group read of CE301 and CE303, by their hex numbers.
    p("1001", "active energy import", Tariffs(1), KilowattHour, Old).of(Quantity::ACTIVE_IMPORT),
    p("1004", "reactive energy import", Tariffs(3), KilovarHour, Old).of(Quantity::REACTIVE_IMPORT),
    p("1008", "reactive energy export", Tariffs(4), KilovarHour, Old).of(Quantity::REACTIVE_EXPORT),
    p("4001", "voltages", VOLTAGES, Volt, Old).of(Quantity::VOLTAGE),
    p("4002", "currents", CURRENTS, Ampere, Old).of(Quantity::CURRENT),
    p("4003", "active power, phases and sum", PhasesAndSum([21, 41, 61, 1]), Kilowatt, Old).of(Quantity::POWER),
    p("4007", "power factor, phases and sum", PhasesAndSum([33, 53, 73, 13]), NONE, Old).of(Quantity::POWER_FACTOR),
    p("400B", "angles between voltages", Numbers, Degree, Old),
    p("400D", "frequency", One(Code::new(14, 7, 0)), Hertz, Old).of(Quantity::FREQUENCY),
    p("5003", "serial number", Text, NONE, Old).of(Quantity::SERIAL),
];

/// Group C of the energy that the number of an EMR archive stands for.
pub(crate) const fn energy(number: u8) -> Option<u8> {
    match number {
        1..=4 => Some(number),
        _ => None,
    }
}

/// The bits of `STAT_` on CE208 and CE308 that are flags.
pub(crate) const STATUS: &[(u8, &str)] = &[
    (4, "T9 running"),
    (5, "T10 running"),
    (8, "clock problem"),
    (9, "summer time"),
    (10, "correction available"),
    (11, "monthly limit of synchronisation"),
    (12, "relay 1 operated"),
    (13, "relay 2 operated"),
    (14, "relay 3 operated"),
    (15, "relay 4 operated"),
    (16, "battery low"),
    (17, "seal broken"),
    (18, "magnet"),
    (19, "abnormal network"),
    (20, "voltage out of range"),
    (21, "power limit"),
    (22, "energy limit"),
    (24, "password lock"),
    (25, "self-test fault"),
    (31, "technology mode"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_their_number() {
        let found = |name: &[u8]| find(name).map(|(parameter, number)| (parameter.title, number));
        assert_eq!(found(b"ET0PE"), Some(("active energy import", 0)));
        assert_eq!(found(b"EMD04"), Some(("energy, daily archive", 4)));
        assert_eq!(found(b"ENDPE"), Some(("active energy at the end of a day", 0)));
        assert_eq!(found(b"ENM12"), Some(("energy, monthly archive by position", 12)));
        assert_eq!(found(b"400B"), Some(("angles between voltages", 0)));
        assert_eq!(found(b"EMDxx"), None);
        assert_eq!(found(b"1.8.0"), None);
    }

    #[test]
    fn no_name_stands_twice_in_the_table() {
        for parameter in PARAMETERS {
            let name = parameter.name.replace('n', "0");
            let first = find(name.as_bytes()).map(|(found, _)| found.name);
            assert_eq!(first, Some(parameter.name));
        }
    }
}
