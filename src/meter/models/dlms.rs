//! Meters that push binary telegrams to their customers: DLMS/COSEM over M-Bus and HDLC, and M-Bus.
//!
//! Line settings from the interface descriptions of Netz Niederösterreich, TINETZ and Netz Oberösterreich, the
//! Kamstrup HAN-NVE description rev. 3.1, and scs/smartmeter-datacollector.

use crate::meter::{AddressRule, Login, Model, Order, Preset, Wiring};
use crate::protocol::dlms::{OverHdlc, OverMbus};
use crate::protocol::mbus::Mbus;
use crate::protocol::{Dialect, LineSettings};

const LISTEN: &[Preset] = &[Preset { command: "telegram", arguments: &[] }];

/// Wired M-Bus of the Austrian grid operators.
const OVER_MBUS: Model = Model {
    id: "dlms-push",
    also: &[],
    maker: "DLMS",
    title: "any meter that pushes DLMS over M-Bus",
    protocol: &OverMbus,
    is_generic: false,
    dialect: Dialect(0),
    line: LineSettings::e81(2400),
    other_speeds: &[],
    address: AddressRule::NONE,
    login: Login::None,
    encrypts: true,
    wiring: Wiring {
        interface: "wired M-Bus: an M-Bus slave adapter, not RS-485",
        terminals: "RJ12, pins 3 and 4",
        supply: "the meter feeds the bus",
    },
    default_reads: LISTEN,
    ambiguous_replies: false,
    lookalike: "readers that are set to 2400 8N1 often work by luck and lose bytes; the line is 2400 8E1",
    tariffs: 1,
    note: "speaks by itself every 5 s once the operator has activated the interface; encrypted: needs the key",
};

/// HDLC of the others.
const OVER_HDLC: Model = Model {
    id: "dlms-hdlc",
    title: "any meter that pushes DLMS over HDLC",
    protocol: &OverHdlc,
    is_generic: false,
    line: LineSettings::n81(2400),
    other_speeds: &[9600, 115_200],
    wiring: Wiring { interface: "HAN port, optical head or P1 socket", terminals: "", supply: "" },
    lookalike: "",
    note: "speaks by itself once the operator has activated the interface",
    ..OVER_MBUS
};

const SAGEMCOM: Model = Model {
    id: "sagemcom-t210d",
    maker: "Sagemcom",
    title: "T210-D",
    lookalike: "in Styria the same types speak P1; a length byte 01 stands for 257 and is no fault of the adapter",
    ..OVER_MBUS
};

/// Any DLMS push over M-Bus.
pub(super) static DLMS_PUSH: Model = Model { is_generic: true, ..OVER_MBUS };

/// Any DLMS push over HDLC.
pub(super) static DLMS_HDLC: Model = Model { is_generic: true, ..OVER_HDLC };

/// Kaifa MA309.
pub(super) static KAIFA_MA309: Model =
    Model { id: "kaifa-ma309", maker: "Kaifa", title: "MA309, three phases", ..OVER_MBUS };

/// Kaifa MA110.
pub(super) static KAIFA_MA110: Model =
    Model { id: "kaifa-ma110", maker: "Kaifa", title: "MA110, one phase", ..OVER_MBUS };

/// Sagemcom T210-D.
pub(super) static SAGEMCOM_T210D: Model = SAGEMCOM;

/// Sagemcom S210.
pub(super) static SAGEMCOM_S210: Model = Model { id: "sagemcom-s210", title: "S210", ..SAGEMCOM };

/// Iskraemeco AM550.
pub(super) static ISKRA_AM550: Model = Model {
    id: "iskra-am550",
    maker: "Iskraemeco",
    title: "AM550",
    dialect: Dialect(5),
    line: LineSettings::n81(115_200),
    other_speeds: &[9600, 2400],
    tariffs: 2,
    ..OVER_HDLC
};

/// Siemens IM350.
pub(super) static SIEMENS_IM350: Model = Model {
    id: "siemens-im350",
    maker: "Siemens",
    title: "IM350",
    line: LineSettings::n81(115_200),
    other_speeds: &[9600],
    ..OVER_HDLC
};

/// Landis+Gyr E450.
pub(super) static LANDISGYR_E450: Model = Model {
    id: "landisgyr-e450",
    maker: "Landis+Gyr",
    title: "E450",
    dialect: Dialect(2),
    line: LineSettings::e81(2400),
    other_speeds: &[],
    wiring: Wiring { interface: "M-Bus of the customer interface", terminals: "", supply: "" },
    lookalike: "with the wrong parity one long run of junk comes between rare good frames",
    tariffs: 2,
    ..OVER_HDLC
};

/// Kamstrup Omnipower.
pub(super) static KAMSTRUP_OMNIPOWER: Model = Model {
    id: "kamstrup-omnipower",
    maker: "Kamstrup",
    title: "Omnipower",
    dialect: Dialect(1),
    encrypts: false,
    note: "speaks by itself every 10 s, every hour with the energies",
    ..OVER_HDLC
};

/// Aidon.
pub(super) static AIDON: Model = Model {
    id: "aidon",
    maker: "Aidon",
    title: "65xx, HAN port",
    encrypts: false,
    note: "speaks by itself: powers every 2.5 s, all values every 10 s, every hour with the energies",
    ..OVER_HDLC
};

/// Siemens TD-3511.
pub(super) static SIEMENS_TD3511: Model = Model {
    id: "siemens-td3511",
    maker: "Siemens",
    title: "TD-3511 (AMIS)",
    protocol: &Mbus,
    is_generic: false,
    dialect: Dialect(1),
    line: LineSettings::e81(9600),
    wiring: Wiring { interface: "optical head", terminals: "", supply: "" },
    lookalike: "",
    tariffs: 4,
    note: "calls about once a minute and goes on only while every frame is acknowledged: command acknowledge",
    ..OVER_MBUS
};

/// Any meter on wired M-Bus.
pub(super) static MBUS: Model = Model {
    id: "mbus",
    maker: "M-Bus",
    title: "any meter on wired M-Bus",
    protocol: &Mbus,
    is_generic: true,
    other_speeds: &[300, 9600],
    // A primary address in decimal, or the digits of an identification number.
    address: AddressRule {
        width: 8,
        order: Order::Text,
        min: 0,
        max: 8,
        serial: &[],
        serial_digits: u8::MAX,
        unaddressed: Some(254),
    },
    encrypts: false,
    wiring: Wiring {
        interface: "wired M-Bus: an M-Bus master adapter, not RS-485",
        terminals: "",
        supply: "the master feeds the bus",
    },
    default_reads: &[Preset { command: "data", arguments: &[] }],
    lookalike: "",
    tariffs: 4,
    note: "address 0 to 250, or the eight digits of the identification number; listening is `sniff --protocol mbus`",
    ..OVER_MBUS
};
