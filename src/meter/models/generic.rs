//! Models for meters of no list.

use crate::meter::address::{AddressRule, Order};
use crate::meter::model::{Login, Model, Preset, Wiring};
use crate::protocol::LineSettings;
use crate::protocol::iec62056_21::{GENERIC, Iec};

/// Makers and types that are read by the standard alone.
const OTHERS: &[&str] = &[
    "2wr5",
    "a1350",
    "ace3000",
    "ace6000",
    "actaris",
    "apator",
    "as1440",
    "as220",
    "as230",
    "as3000",
    "dd3",
    "e350",
    "e650",
    "ebz",
    "ehz",
    "elster",
    "em214",
    "emh",
    "hager",
    "iskra",
    "itron",
    "itz",
    "kamstrup-382",
    "landis",
    "lzqj",
    "mt171",
    "mt174",
    "mt372",
    "pafal",
    "zmb120",
    "zmd120",
    "zmd310",
    "zmd405",
    "zmd410",
    "zmg405",
];

/// Any meter that answers `/?!`: its whole readout, then any register.
pub(super) static IEC62056_21: Model = Model {
    id: "iec62056-21",
    also: OTHERS,
    maker: "any",
    title: "IEC 62056-21",
    protocol: &Iec,
    is_generic: true,
    dialect: GENERIC,
    line: LineSettings::e71(300),
    other_speeds: &[9600, 2400, 4800],
    address: AddressRule {
        width: 32,
        order: Order::Text,
        min: 0,
        max: 32,
        serial: &[],
        serial_digits: u8::MAX,
        unaddressed: Some(0),
    },
    login: Login::Optional { default: "", form: "up to 32 characters; many meters read without" },
    encrypts: false,
    wiring: Wiring { interface: "optical port, 20 mA loop or RS-485", terminals: "", supply: "" },
    default_reads: &[Preset { command: "readout", arguments: &[] }],
    ambiguous_replies: false,
    lookalike: "",
    tariffs: 8,
    note: "an optical port starts at 300 Bd; a bus of fixed speed is named by the line of the link",
};
