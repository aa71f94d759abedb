//! Incotex Mercury: the meters of the 230 family.
//!
//! Address rules, passwords and speeds from the maker's "command system of the meters 203.2TD, 204, 208, 230,
//! 231, 234, 236, 238", version 05.2023 (1.4, appendix B); the limit 240 from ioBroker.mercury and
//! ru-asdx/mercury-em. What supply an interface needs from Brokly/ESPHome-Mercury230, issues 10 and 19.

use crate::meter::{AddressRule, Login, Model, Order, Preset, Raise, SerialRule, Wiring};
use crate::protocol::LineSettings;
use crate::protocol::mercury230::{Mercury230, PASSWORD_FORM, PLAIN, SINGLE_PHASE_WITH_D};

/// 0 is no meter's own address; it becomes 1.
const NOT_ZERO: Raise = Raise::Steps { least: 1, step: 1 };
/// Addresses of types with the letter D begin at 17; smaller numbers grow by tens.
const FROM_17: Raise = Raise::Steps { least: 17, step: 10 };

const THREE: SerialRule =
    SerialRule::last(3, "last three digits of the serial number").when(3, 0, 239).raised(NOT_ZERO);
const TWO: SerialRule = SerialRule::last(2, "last two digits of the serial number, for three are over 239")
    .when(3, 240, 999)
    .raised(NOT_ZERO);
/// Two programs let 240 stay, where the manual takes the last two digits.
const ALL_OF_240: SerialRule =
    SerialRule::last(3, "last three digits, if 240 is within the limit").when(3, 240, 240);
const THREE_D: SerialRule = SerialRule::last(3, "last three digits, raised to 17 (type with letter D)")
    .when(3, 0, 124)
    .raised(FROM_17);
const TWO_D: SerialRule = SerialRule::last(2, "last two digits, raised to 17 (type with letter D)")
    .when(3, 125, 999)
    .raised(FROM_17);

const fn address(serial: &'static [SerialRule]) -> AddressRule {
    AddressRule {
        width: 1,
        order: Order::BigEndian,
        min: 0,
        max: 240,
        serial,
        serial_digits: 4,
        unaddressed: Some(0),
    }
}

const WITHOUT_D: AddressRule = address(&[THREE, TWO, ALL_OF_240]);
/// Where the type may have the letter D, its rule comes last.
const EITHER: AddressRule = address(&[THREE, TWO, ALL_OF_240, THREE_D, TWO_D]);
/// Where it has it, its rule comes first.
const WITH_D: AddressRule = address(&[THREE_D, TWO_D, THREE, TWO, ALL_OF_240]);

const fn ask(command: &'static str) -> Preset {
    Preset { command, arguments: &[] }
}

const fn energy(tariff: &'static [(&'static str, &'static str)]) -> Preset {
    Preset { command: "energy", arguments: tariff }
}

/// Totals, tariffs, then values of now: one request for all phases of each.
const EVERYDAY: &[Preset] = &[
    ask("energy"),
    energy(&[("tariff", "T1")]),
    energy(&[("tariff", "T2")]),
    energy(&[("tariff", "T3")]),
    energy(&[("tariff", "T4")]),
    ask("voltage"),
    ask("current"),
    ask("power"),
    ask("reactive-power"),
    ask("apparent-power"),
    ask("power-factor"),
    ask("frequency"),
    ask("clock"),
    ask("serial"),
];

/// What all of them have in common.
const COMMON: Model = Model {
    id: "",
    also: &[],
    maker: "Incotex",
    title: "",
    protocol: &Mercury230,
    is_generic: false,
    dialect: PLAIN,
    line: LineSettings::n81(9600),
    other_speeds: &[19_200, 38_400, 4_800, 2_400, 1_200, 57_600, 115_200, 600, 300],
    address: WITHOUT_D,
    login: Login::Required { default: "111111", form: PASSWORD_FORM },
    encrypts: false,
    wiring: Wiring { interface: "CAN or RS-485", terminals: "", supply: "" },
    default_reads: EVERYDAY,
    ambiguous_replies: true,
    lookalike: "a type with the letter D may be set to SPODES (DLMS) on this port",
    tariffs: 4,
    note: "silent to a wrong address, speed, parity or checksum; a request that an adapter splits by more \
           than 5 ms at 9600 baud is dropped",
};

/// What types with the letter D in their name have in common. Such a type takes passwords as characters.
const LETTER_D: Model = Model {
    dialect: SINGLE_PHASE_WITH_D,
    address: WITH_D,
    wiring: Wiring { interface: "RS-485", terminals: "", supply: "built in" },
    ..COMMON
};

/// Mercury 203.2TD.
pub(super) static MERCURY_203_2TD: Model =
    Model { id: "mercury-203-2td", title: "Mercury 203.2TD", ..LETTER_D };

/// Mercury 204.
pub(super) static MERCURY_204: Model = Model { id: "mercury-204", title: "Mercury 204", ..LETTER_D };

/// Mercury 208.
pub(super) static MERCURY_208: Model = Model { id: "mercury-208", title: "Mercury 208", ..LETTER_D };

/// Mercury 230.
pub(super) static MERCURY_230: Model = Model {
    id: "mercury-230",
    title: "Mercury 230",
    wiring: Wiring {
        supply: "5.5 to 12 V on the interface terminals unless the type has the letter S; 5 V has been too little",
        ..COMMON.wiring
    },
    lookalike: "with a CAN interface an RS-485 adapter works on short lines with one meter only, A and B exchanged",
    ..COMMON
};

/// Mercury 231.
pub(super) static MERCURY_231: Model = Model {
    id: "mercury-231",
    title: "Mercury 231",
    wiring: Wiring {
        supply: "5.5 to 12 V on the interface terminals unless the type has the letter S",
        ..COMMON.wiring
    },
    ..COMMON
};

/// Mercury 233.
pub(super) static MERCURY_233: Model = Model {
    id: "mercury-233",
    title: "Mercury 233",
    wiring: Wiring {
        supply: "5.5 to 12 V on the interface terminals unless the type has the letter S",
        ..COMMON.wiring
    },
    ..COMMON
};

/// Mercury 234.
pub(super) static MERCURY_234: Model = Model {
    id: "mercury-234",
    title: "Mercury 234",
    address: EITHER,
    wiring: Wiring { interface: "RS-485", supply: "built in", ..COMMON.wiring },
    note: "with the letter D in its type the password is sent as characters: write it ascii:111111",
    ..COMMON
};

/// Mercury 236.
pub(super) static MERCURY_236: Model = Model {
    id: "mercury-236",
    title: "Mercury 236",
    address: EITHER,
    wiring: Wiring { interface: "RS-485", supply: "built in", ..COMMON.wiring },
    note: "with the letter D in its type the password is sent as characters: write it ascii:111111",
    ..COMMON
};

/// Mercury 238.
pub(super) static MERCURY_238: Model = Model {
    id: "mercury-238",
    title: "Mercury 238",
    dialect: crate::protocol::mercury230::WITH_D,
    ..LETTER_D
};

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(model: &Model, serial: &str) -> Vec<u64> {
        model.address.resolve(serial).unwrap().iter().map(|c| c.address.number().unwrap()).collect()
    }

    #[test]
    fn addresses_follow_the_examples_of_the_manual() {
        for (serial, expected) in [("38395190", 190), ("38395790", 90), ("38395700", 1), ("38395239", 239)] {
            assert_eq!(addresses(&MERCURY_230, serial), [expected], "{serial}");
        }
        for (serial, expected) in
            [("38395190", 90), ("38395790", 90), ("38395700", 20), ("38395507", 17), ("38395124", 124)]
        {
            assert_eq!(addresses(&MERCURY_203_2TD, serial)[0], expected, "{serial}");
        }
    }

    #[test]
    fn where_the_sources_disagree_both_are_candidates() {
        assert_eq!(addresses(&MERCURY_230, "38395240"), [40, 240]);
        assert_eq!(addresses(&MERCURY_230, "38395241"), [41]);
        assert_eq!(addresses(&MERCURY_234, "38395190"), [190, 90]);
        assert_eq!(addresses(&MERCURY_238, "38395190"), [90, 190]);
    }

    #[test]
    fn a_number_of_three_digits_is_the_address_itself_and_nothing_is_anybody() {
        assert_eq!(addresses(&MERCURY_230, "145"), [145]);
        assert_eq!(addresses(&MERCURY_230, ""), [0]);
        assert_ne!(MERCURY_230.address.resolve("250").unwrap()[0].warning, "");
    }
}
