//! Incotex Mercury: the single-phase meters of the 200 family.
//!
//! Address rules and speeds from the maker's "command system of the meters M206", 2018; the last six digits
//! of the 200 from captures (mrkrasser/MercuryStats, iobroker-community-adapters/ioBroker.mercury).

use crate::meter::{AddressRule, Login, Model, Order, Preset, SerialRule, Wiring};
use crate::protocol::mercury200::Mercury200;
use crate::protocol::{Dialect, LineSettings};

const LAST_SIX: SerialRule = SerialRule::last(6, "last six digits of the serial number");
const WHOLE: SerialRule = SerialRule::last(8, "whole serial number");

/// Four bytes, most significant first. Any number of 32 bits can be set, so none is outside the book.
const fn address(serial: &'static [SerialRule]) -> AddressRule {
    AddressRule {
        width: 4,
        order: Order::BigEndian,
        min: 0,
        max: 0xFFFF_FFFF,
        serial,
        serial_digits: 7,
        unaddressed: None,
    }
}

const fn ask(command: &'static str) -> Preset {
    Preset { command, arguments: &[] }
}

/// What all of them have in common.
const COMMON: Model = Model {
    id: "",
    also: &[],
    maker: "Incotex",
    title: "",
    protocol: &Mercury200,
    is_generic: false,
    dialect: Dialect(0),
    line: LineSettings::n81(9600),
    other_speeds: &[4800, 2400, 1200, 600],
    address: address(&[WHOLE, LAST_SIX]),
    login: Login::None,
    encrypts: false,
    wiring: Wiring { interface: "RS-485", terminals: "", supply: "" },
    default_reads: &[ask("energy"), ask("instant"), ask("frequency"), ask("clock"), ask("serial")],
    ambiguous_replies: false,
    lookalike: "a type with the letter D may be set to another protocol on this port: that of the Mercury 230, or \
                SPODES (DLMS)",
    tariffs: 4,
    note: "drops what it does not understand without a word: a wrong address, speed or command all look like silence",
};

/// Mercury 200.
pub(super) static MERCURY_200: Model = Model {
    id: "mercury-200",
    title: "Mercury 200",
    address: address(&[LAST_SIX, WHOLE]),
    wiring: Wiring {
        interface: "CAN or RS-485",
        supply: "5.5 to 12 V on the interface terminals; 5 V has been too little",
        ..COMMON.wiring
    },
    default_reads: &[ask("energy"), ask("instant"), ask("clock"), ask("serial")],
    lookalike: "with a CAN interface an RS-485 adapter works on short lines with one meter only, A and B exchanged",
    ..COMMON
};

/// Mercury 201.
pub(super) static MERCURY_201: Model = Model {
    id: "mercury-201",
    title: "Mercury 201",
    wiring: Wiring {
        supply: "5.5 to 12 V on the interface terminals unless the type has the letter S",
        ..COMMON.wiring
    },
    default_reads: &[ask("energy"), ask("instant"), ask("clock"), ask("serial")],
    ..COMMON
};

/// Mercury 203.
pub(super) static MERCURY_203: Model = Model {
    id: "mercury-203",
    title: "Mercury 203",
    wiring: Wiring { supply: "built in", ..COMMON.wiring },
    lookalike: "the 203.2TD speaks the protocol of the Mercury 230, or SPODES (DLMS)",
    ..COMMON
};

/// Mercury 206.
pub(super) static MERCURY_206: Model = Model {
    id: "mercury-206",
    title: "Mercury 206",
    wiring: Wiring { supply: "5.5 to 12 V on the interface terminals; not built in", ..COMMON.wiring },
    ..COMMON
};

#[cfg(test)]
mod tests {
    use super::*;

    static ALL: [&Model; 4] = [&MERCURY_200, &MERCURY_201, &MERCURY_203, &MERCURY_206];

    #[test]
    fn a_200_takes_the_last_six_digits_and_the_others_the_whole_serial_number() {
        let first = |model: &Model, text| model.address.resolve(text).unwrap()[0].bytes.clone();
        let second = |model: &Model, text| model.address.resolve(text).unwrap()[1].bytes.clone();
        // Pairs of serial number and address out of captured frames.
        assert_eq!(first(&MERCURY_200, "06925646"), [0x00, 0x0E, 0x1F, 0xCE]);
        assert_eq!(first(&MERCURY_200, "10925595"), [0x00, 0x0E, 0x1F, 0x9B]);
        assert_eq!(first(&MERCURY_206, "43096744"), [0x02, 0x91, 0x9A, 0xA8]);
        assert_eq!(first(&MERCURY_206, "10925856"), [0x00, 0xA6, 0xB7, 0x20]);
        assert_eq!(second(&MERCURY_206, "10925595"), [0x00, 0x0E, 0x1F, 0x9B]);
        assert_eq!(second(&MERCURY_200, "43096744"), [0x02, 0x91, 0x9A, 0xA8]);
    }

    #[test]
    fn a_changed_address_may_be_any_number_of_32_bits() {
        for model in ALL {
            let found = model.address.resolve("FE 12 34 56").unwrap();
            assert_eq!(
                (found[0].bytes.as_slice(), found[0].warning),
                ([0xFE, 0x12, 0x34, 0x56].as_slice(), "")
            );
        }
    }

    #[test]
    fn everyday_presets_are_commands_of_the_protocol() {
        for model in ALL {
            let family = model.protocol;
            for preset in model.default_reads {
                let command =
                    family.profile().dialect(model.dialect).commands.iter().find(|c| c.id == preset.command);
                let command = command.unwrap_or_else(|| panic!("{} {}", model.id, preset.command));
                assert!(command.arguments(preset.arguments.iter().copied()).is_ok());
            }
        }
    }
}
