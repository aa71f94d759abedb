//! Energomera meters that speak the binary protocol "CE".

use crate::meter::address::{AddressRule, Order, SerialRule};
use crate::meter::model::{Login, Model, Preset, Wiring};
use crate::protocol::LineSettings;
use crate::protocol::energomera_ce::{CLASSIC, Ce, KERNEL10};

const MAKER: &str = "Energomera";

/// The factory address is the last five digits of the serial number (CE307 manual, 5.2.13); where these
/// exceed 65535, third-party software in the field uses the last four.
const ADDRESS: AddressRule = AddressRule {
    width: 2,
    order: Order::LittleEndian,
    min: 1,
    max: 65534,
    serial: &[
        SerialRule::last(5, "last five digits of the serial number"),
        SerialRule::last(4, "last four digits of the serial number"),
    ],
    serial_digits: 6,
    unaddressed: Some(65535),
};

const NO_PASSWORD: Login =
    Login::Optional { default: "", form: "digits, a number up to 4294967295; empty for none" };

const LINE: LineSettings = LineSettings::n81(9600);

/// Speeds that classic meters can be set to (command 0109).
const CLASSIC_SPEEDS: &[u32] = &[4800, 2400, 19200, 38400, 57600, 115_200, 14400];

const WIRING: Wiring = Wiring {
    interface: "RS-485 or optical port",
    terminals: "",
    supply: "with the letter N in the type: 12 V (9.6 to 14.4 V), 100 mA on the interface terminals",
};

const ASCII_LOOKALIKE: &str = "CE102M, CE301, CE303, CE207, CE208, CE307 R34 and CE308 look alike and speak \
                               IEC 62056-21 in ASCII at 9600 7E1";

const fn preset(command: &'static str, arguments: &'static [(&'static str, &'static str)]) -> Preset {
    Preset { command, arguments }
}

/// Total and four tariffs, clock, serial number.
const KERNEL10_EVERYDAY: &[Preset] = &[
    preset("energy", &[("tariff", "sum")]),
    preset("energy", &[("tariff", "T1")]),
    preset("energy", &[("tariff", "T2")]),
    preset("energy", &[("tariff", "T3")]),
    preset("energy", &[("tariff", "T4")]),
    preset("clock", &[]),
    preset("serial", &[]),
];

/// The same with the undocumented values that software in the field reads from a CE102 R5.1.
const R51_EVERYDAY: &[Preset] = &[
    preset("energy", &[("tariff", "sum")]),
    preset("energy", &[("tariff", "T1")]),
    preset("energy", &[("tariff", "T2")]),
    preset("energy", &[("tariff", "T3")]),
    preset("energy", &[("tariff", "T4")]),
    preset("power", &[]),
    preset("voltage", &[]),
    preset("clock", &[]),
    preset("serial", &[]),
];

/// Total and four tariffs, power, clock, serial number.
const CLASSIC_EVERYDAY: &[Preset] = &[
    preset("energy-total", &[]),
    preset("energy", &[("tariff", "T1")]),
    preset("energy", &[("tariff", "T2")]),
    preset("energy", &[("tariff", "T3")]),
    preset("energy", &[("tariff", "T4")]),
    preset("power", &[]),
    preset("clock", &[]),
    preset("serial", &[]),
];

/// What the meters of the classic dialect have in common: a CE301M (INES.411152.094D5).
const CLASSIC_METER: Model = Model {
    id: "energomera-ce301m",
    also: &[],
    maker: MAKER,
    title: "CE301M R33, S31",
    protocol: &Ce,
    is_generic: false,
    dialect: CLASSIC,
    line: LINE,
    other_speeds: CLASSIC_SPEEDS,
    address: ADDRESS,
    login: NO_PASSWORD,
    encrypts: false,
    wiring: WIRING,
    default_reads: CLASSIC_EVERYDAY,
    ambiguous_replies: true,
    lookalike: ASCII_LOOKALIKE,
    tariffs: 8,
    note: "",
};

/// What the meters of the kernel-10 dialect have in common: a CE307 R33 (manual of 2017, app. B).
const KERNEL10_METER: Model = Model {
    id: "energomera-ce307",
    title: "CE307 R33",
    dialect: KERNEL10,
    other_speeds: &[],
    wiring: Wiring {
        interface: "RS-485 (shared with the optical port on types OA.N, where buttons choose)",
        terminals: "12 A, 13 B, 14 GND, 15 +12 V",
        supply: "with the letter N in the type: 12 V (9.6 to 14.4 V), 100 mA between 15 and 14",
    },
    default_reads: KERNEL10_EVERYDAY,
    lookalike: "CE307 R34 looks alike and speaks IEC 62056-21 in ASCII at 9600 7E1, or DLMS",
    tariffs: 5,
    note: "three wrong passwords lock the interface until the calendar hour ends",
    ..CLASSIC_METER
};

/// CE307 R33: manual of 2017, app. B.
pub(super) static CE307: Model = KERNEL10_METER;

/// CE102 R5.1: the CE307's commands, in every exchange that was captured.
pub(super) static CE102_R51: Model = Model {
    id: "energomera-ce102-r51",
    also: &[],
    title: "CE102 R5.1",
    wiring: WIRING,
    default_reads: R51_EVERYDAY,
    lookalike: "CE102 of other cases speak the classic dialect, CE102M IEC 62056-21 in ASCII at 9600 7E1",
    note: "",
    ..KERNEL10_METER
};

/// CE102 in the cases S6, R5, S7, S7J, R8, R8Q: INES.411152.094D5.
pub(super) static CE102: Model = Model {
    id: "energomera-ce102",
    title: "CE102 S6, R5, S7, R8",
    lookalike: "CE102 R5.1 speaks the kernel-10 dialect, CE102M IEC 62056-21 in ASCII at 9600 7E1",
    note: "the optical port of older ones is infrared, an IEC head does not fit",
    ..CLASSIC_METER
};

/// CE301M R33, S31: INES.411152.094D5.
pub(super) static CE301M: Model = CLASSIC_METER;

/// CE306: listed by third-party software beside the CE102, its commands are in no manual at hand.
pub(super) static CE306: Model = Model {
    id: "energomera-ce306",
    title: "CE306 R33, S31",
    note: "the dialect is not proved: identify it first, and pick CE102 R5.1 if it tells kernel 10",
    ..CLASSIC_METER
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Access, Family};
    use rstest::rstest;

    static ALL: [&Model; 5] = [&CE307, &CE102_R51, &CE102, &CE301M, &CE306];

    #[test]
    fn the_everyday_set_reads_with_arguments_that_fit() {
        for model in ALL {
            for preset in model.default_reads {
                let commands = Ce.profile().dialect(model.dialect).commands;
                let command = commands.iter().find(|c| c.id == preset.command).expect("a command");
                assert_eq!(command.access, Access::Read, "{}", model.id);
                assert!(command.arguments(preset.arguments.iter().copied()).is_ok(), "{}", model.id);
            }
        }
    }

    #[rstest]
    #[case("011791165813462", &[(13462, [0x96, 0x34]), (3462, [0x86, 0x0D])])]
    #[case("011696174646950", &[(46950, [0x66, 0xB7]), (6950, [0x26, 0x1B])])]
    #[case("008483038000001", &[(1, [0x01, 0x00])])]
    #[case("008483038099999", &[(9999, [0x0F, 0x27])])]
    #[case("13462", &[(13462, [0x96, 0x34])])]
    #[case("0x3496", &[(13462, [0x96, 0x34])])]
    #[case("", &[(65535, [0xFF, 0xFF])])]
    fn an_address_follows_from_the_serial_number(#[case] text: &str, #[case] expected: &[(u64, [u8; 2])]) {
        let found = ADDRESS.resolve(text).expect("an address");
        let found: Vec<_> = found.iter().map(|c| (c.address.number().unwrap(), c.bytes.clone())).collect();
        let expected: Vec<_> = expected.iter().map(|(number, bytes)| (*number, bytes.to_vec())).collect();
        assert_eq!(found, expected);
    }
}
