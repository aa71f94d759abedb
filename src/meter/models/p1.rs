//! Meters with a P1 port: the Netherlands and the countries that have taken the port over.
//!
//! Pins and levels from the P1 Companion Standards 3.0 (4.6) and 5.0.2 (5.1 to 5.8) and the Luxembourg Smarty P1
//! specification 1.1.3; what goes wrong with them from many reports (dsmrreader/dsmr-reader issue 1408,
//! Beaky2000/esphome-p1mini issue 35, psvanstrom/esphome-p1reader issue 4).

use crate::meter::{AddressRule, Login, Model, Preset, Wiring};
use crate::protocol::dsmr_p1::{FAST, P1, SLOW, dialects};
use crate::protocol::{Dialect, LineSettings};

const PINS: &str =
    "RJ12: 1 +5 V out, 2 data request in (tie to +5 V), 3 data ground, 4 free, 5 data out, 6 power ground";

const OLD_PINS: &str = "RJ11: 2 data request in (4 to 5.5 V from the reader), 3 ground, 5 data out";

const SUPPLY: &str = "the data line is inverted and an open collector: inverter and pull-up of 1 to 10 kOhm, or an \
                      adapter with inverted RXD; silence means request line low, a crossed cable, or a port that the \
                      operator has not enabled";

const TEN_SECONDS: &str = "pushes every 10 s while the request line is high";

const ONE_SECOND: &str = "pushes every second while the request line is high";

/// What all of them have in common.
const COMMON: Model = Model {
    id: "",
    also: &[],
    maker: "P1 port",
    title: "",
    protocol: &P1,
    is_generic: false,
    dialect: Dialect(0),
    line: FAST,
    other_speeds: &[],
    address: AddressRule::NONE,
    login: Login::None,
    encrypts: false,
    wiring: Wiring { interface: "P1", terminals: PINS, supply: SUPPLY },
    default_reads: &[Preset { command: "telegram", arguments: &[] }],
    ambiguous_replies: false,
    lookalike: "the same socket may send DLMS in binary (7E or 68 as first byte) or encrypted telegrams (DB)",
    tariffs: 2,
    note: TEN_SECONDS,
};

/// What meters that send at 9600 baud have in common.
const OLD: Model = Model {
    line: SLOW,
    wiring: Wiring { terminals: OLD_PINS, ..COMMON.wiring },
    lookalike: "these meters do not feed the reader; 7E1 set as 8N1 shows every byte with even parity",
    ..COMMON
};

/// Any of them: the version is found by itself.
pub(super) static DSMR: Model = Model {
    id: "dsmr-p1",
    is_generic: true,
    title: "any P1 meter",
    other_speeds: &[9600],
    note: "the version is found by itself; meters before version 4 send at 9600 7E1",
    ..COMMON
};

/// The Netherlands, versions 2.2 and 3.0.
pub(super) static DSMR_2: Model = Model {
    id: "dsmr2-p1",
    title: "DSMR 2.2 and 3.0",
    dialect: dialects::V2,
    note: "no CRC: readings are unchecked; pushes every 10 s",
    ..OLD
};

/// The Netherlands, version 2.1: gas, heat and water are objects of their own and not channels of M-Bus.
pub(super) static DSMR_2_1: Model = Model {
    id: "dsmr21-p1",
    title: "DSMR 2.1 (ACE4000)",
    dialect: dialects::V2_1,
    note: "no CRC: readings are unchecked; gas as 24 hourly values of 7-0:23.1.0; pushes every 10 s",
    ..OLD
};

/// The Netherlands, versions 4.0 to 4.2.
pub(super) static DSMR_4: Model = Model { id: "dsmr4-p1", title: "DSMR 4", dialect: dialects::V4, ..COMMON };

/// The Netherlands, version 5.
pub(super) static DSMR_5: Model =
    Model { id: "dsmr5-p1", title: "DSMR 5, ESMR 5", dialect: dialects::V5, note: ONE_SECOND, ..COMMON };

/// Belgium.
pub(super) static EMUCS: Model = Model {
    id: "emucs-p1",
    title: "Belgium: e-MUCS (Fluvius)",
    dialect: dialects::BELGIUM,
    note: "pushes every second; tariff 1 is the day tariff here; the port is opened by the grid operator",
    ..COMMON
};

/// Luxembourg.
pub(super) static SMARTY: Model = Model {
    id: "smarty-p1",
    title: "Luxembourg: Smarty",
    dialect: dialects::LUXEMBOURG,
    encrypts: true,
    tariffs: 0,
    note: "encrypted: the key comes from the grid operator; pushes every 10 s",
    ..COMMON
};

/// Austria.
pub(super) static AUSTRIA: Model = Model {
    id: "austria-p1",
    title: "Austria: Sagemcom T210-D-r",
    dialect: dialects::AUSTRIA,
    encrypts: true,
    note: "encrypted: keys come from the grid operator; other Austrian operators send DLMS on M-Bus",
    ..COMMON
};

/// Sweden, Denmark and Norway.
pub(super) static SWEDEN: Model = Model {
    id: "sweden-p1",
    title: "Sweden, Denmark, Norway: H1",
    dialect: dialects::SWEDEN,
    tariffs: 0,
    note: "standard time all year; the port is enabled by the grid operator; pushes every 10 s",
    ..COMMON
};

/// Lithuania.
pub(super) static LITHUANIA: Model =
    Model { id: "lithuania-p1", title: "Lithuania: ESO", dialect: dialects::LITHUANIA, tariffs: 4, ..COMMON };

/// Hungary.
pub(super) static HUNGARY: Model =
    Model { id: "hungary-p1", title: "Hungary: E.ON, MVM", dialect: dialects::HUNGARY, tariffs: 4, ..COMMON };

/// Switzerland.
pub(super) static SWITZERLAND: Model = Model {
    id: "switzerland-p1",
    title: "Switzerland: Groupe E, Sagemcom XT211",
    dialect: dialects::SWITZERLAND,
    note: "totals stand on channel 1-1; the port is off until the operator enables it",
    ..COMMON
};

/// Slovenia.
pub(super) static SLOVENIA: Model = Model {
    id: "slovenia-p1",
    title: "Slovenia: Iskra AM550",
    dialect: dialects::SLOVENIA,
    note: "no CRC: readings are unchecked; pushes every 10 s",
    ..COMMON
};

/// Poland.
pub(super) static POLAND: Model =
    Model { id: "poland-p1", title: "Poland: Elgama", dialect: dialects::POLAND, tariffs: 4, ..COMMON };

/// Ireland.
pub(super) static IRELAND: Model =
    Model { id: "ireland-p1", title: "Ireland: Iskra", dialect: dialects::IRELAND, ..COMMON };

/// `EasyMeter` Q3D, whose D0 interface sends the same kind of telegram.
pub(super) static Q3D: Model = Model {
    id: "easymeter-q3d",
    maker: "EasyMeter",
    title: "Q3D (D0)",
    dialect: dialects::Q3D,
    line: LineSettings::e71(9600),
    tariffs: 0,
    wiring: Wiring { interface: "D0, infrared", terminals: "optical head on the front", supply: "" },
    note: "no CRC: readings are unchecked; the meter sends without a request",
    ..OLD
};

#[cfg(test)]
mod tests {
    use super::*;

    static ALL: [&Model; 16] = [
        &DSMR,
        &DSMR_2_1,
        &DSMR_2,
        &DSMR_4,
        &DSMR_5,
        &EMUCS,
        &SMARTY,
        &AUSTRIA,
        &SWEDEN,
        &LITHUANIA,
        &HUNGARY,
        &SWITZERLAND,
        &SLOVENIA,
        &POLAND,
        &IRELAND,
        &Q3D,
    ];

    #[test]
    fn every_one_waits_for_a_telegram_and_has_no_address() {
        for model in ALL {
            let family = model.protocol;
            let [preset] = model.default_reads else { panic!("{}", model.id) };
            assert!(
                family
                    .profile()
                    .dialect(model.dialect)
                    .commands
                    .iter()
                    .any(|command| command.id == preset.command)
            );
            assert!(!model.address.has_address());
        }
    }

    #[test]
    fn a_dialect_is_fixed_by_all_but_the_one_that_finds_it_out() {
        let names: Vec<&str> =
            ALL.iter().map(|model| model.protocol.profile().dialect(model.dialect).name).collect();
        assert_eq!(names.iter().filter(|name| name.is_empty()).count(), 1);
        let different: std::collections::BTreeSet<&&str> = names.iter().collect();
        assert_eq!(different.len(), ALL.len());
    }

    #[test]
    fn meters_before_version_4_send_slowly_with_parity() {
        for model in ALL {
            let is_slow = model.line == LineSettings::e71(9600);
            assert_eq!(is_slow, [DSMR_2_1.id, DSMR_2.id, Q3D.id].contains(&model.id), "{}", model.id);
        }
    }
}
