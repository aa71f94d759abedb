//! NEVA meters of Taipit (NEVA MT1 programmer's manual, 13.08.2015; nnemirovsky/pyneva and
//! wirenboard/wb-mqtt-serial for `MT3xx`).

use crate::meter::address::{AddressRule, Order};
use crate::meter::model::{Login, Model, Preset, Wiring};
use crate::protocol::LineSettings;
use crate::protocol::iec62056_21::{Iec, NEVA_1, NEVA_3};

/// Eight digits, 00000001 to 99999999. It can be read under 60.01.01*FF.
const ADDRESS: AddressRule = AddressRule {
    width: 32,
    order: Order::Text,
    min: 8,
    max: 32,
    serial: &[],
    serial_digits: u8::MAX,
    unaddressed: Some(0),
};

const LOGIN: Login = Login::Required { default: "00000000", form: "8 digits" };

/// RS-485, radio and GSM start and stay so; the optical port starts at 300 Bd and changes to 9600.
const LINE: LineSettings = LineSettings::e71(9600);

const WIRING: Wiring = Wiring { interface: "RS-485, or optical port at 300 Bd", terminals: "", supply: "" };

const NOTE: &str = "writing needs the programming button or an open terminal cover, unless the configuration \
                    allows it remotely";

const fn preset(command: &'static str) -> Preset {
    Preset { command, arguments: &[] }
}

const ONE_EVERYDAY: &[Preset] = &[
    preset("energy"),
    preset("power"),
    preset("voltage"),
    preset("current"),
    preset("power-factor"),
    preset("frequency"),
    preset("clock"),
    preset("serial"),
];

const THREE_EVERYDAY: &[Preset] = &[
    preset("energy"),
    preset("power"),
    preset("powers"),
    preset("voltages"),
    preset("currents"),
    preset("power-factors"),
    preset("frequency"),
    preset("clock"),
    preset("serial"),
];

const ONE: Model = Model {
    id: "neva-mt113",
    also: &[],
    maker: "NEVA (Taipit)",
    title: "MT113",
    protocol: &Iec,
    is_generic: false,
    dialect: NEVA_1,
    line: LINE,
    other_speeds: &[300],
    address: ADDRESS,
    login: LOGIN,
    encrypts: false,
    wiring: WIRING,
    default_reads: ONE_EVERYDAY,
    ambiguous_replies: false,
    lookalike: "",
    tariffs: 4,
    note: NOTE,
};

const THREE: Model = Model { dialect: NEVA_3, default_reads: THREE_EVERYDAY, ..ONE };

/// One phase.
pub(super) static MT113: Model = ONE;
/// One phase, with load relay.
pub(super) static MT114: Model = Model { id: "neva-mt114", title: "MT114", ..ONE };
/// One phase; its optical port works at 2400 Bd.
pub(super) static MT123: Model = Model { id: "neva-mt123", title: "MT123", ..ONE };
/// One phase.
pub(super) static MT124: Model = Model {
    id: "neva-mt124",
    title: "MT124",
    note: "firmware 7109 takes an empty password and answers energy only to obis code=0F.08.80*FF argument=S, \
           without a total",
    ..ONE
};
/// Three phases.
pub(super) static MT313: Model = Model { id: "neva-mt313", title: "MT313", ..THREE };
/// Three phases.
pub(super) static MT314: Model = Model { id: "neva-mt314", title: "MT314", ..THREE };
/// Three phases.
pub(super) static MT315: Model = Model { id: "neva-mt315", title: "MT315", ..THREE };
/// Three phases.
pub(super) static MT323: Model = Model { id: "neva-mt323", title: "MT323", ..THREE };
/// Three phases.
pub(super) static MT324: Model = Model { id: "neva-mt324", title: "MT324", ..THREE };
