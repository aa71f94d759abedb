//! Energomera meters that speak IEC 62056-21 in ASCII, in two generations.

use crate::meter::address::{AddressRule, Order, SerialRule};
use crate::meter::model::{Login, Model, Preset, Wiring};
use crate::protocol::LineSettings;
use crate::protocol::iec62056_21::{EKT, EMR, Iec};

/// The parameter IDPAS; from the factory the last nine digits of the serial number
/// (latonita/esphome-energomera-iec README).
const ADDRESS: AddressRule = AddressRule {
    width: 32,
    order: Order::Text,
    min: 0,
    max: 32,
    serial: &[SerialRule::last(9, "last nine digits of the serial number")],
    serial_digits: 13,
    unaddressed: Some(0),
};

/// Reading needs none. Three wrong ones lock the meter, so none is sent that was not given.
const LOGIN: Login = Login::Optional { default: "", form: "up to 9 characters; 777777 from the factory" };

const LINE: LineSettings = LineSettings::e71(9600);

const WIRING: Wiring = Wiring {
    interface: "RS-485 or optical port",
    terminals: "",
    supply: "with the letter N in the type: 9 to 12 V on the interface terminals",
};

const LOOKALIKE: &str = "CE102 and CE307 R33 look alike and speak the binary protocol CE at 9600 8N1";

const fn preset(command: &'static str) -> Preset {
    Preset { command, arguments: &[] }
}

const SINGLE: &[Preset] = &[
    preset("energy"),
    preset("power"),
    preset("voltages"),
    preset("currents"),
    preset("power-factor"),
    preset("frequency"),
    preset("clock"),
    preset("serial"),
];

const CE301_SET: &[Preset] = &[
    preset("energy"),
    preset("power"),
    preset("powers"),
    preset("voltages"),
    preset("currents"),
    preset("frequency"),
    preset("clock"),
    preset("serial"),
];

const REACTIVE: &[Preset] = &[
    preset("energy"),
    preset("reactive-import"),
    preset("reactive-export"),
    preset("power"),
    preset("powers"),
    preset("reactive-power"),
    preset("voltages"),
    preset("currents"),
    preset("power-factor"),
    preset("frequency"),
    preset("clock"),
    preset("serial"),
];

const OLD: Model = Model {
    id: "energomera-ce102m",
    also: &[],
    maker: "Energomera",
    title: "CE102M",
    protocol: &Iec,
    is_generic: false,
    dialect: EKT,
    line: LINE,
    other_speeds: &[300, 4800, 2400, 19200],
    address: ADDRESS,
    login: LOGIN,
    encrypts: false,
    wiring: WIRING,
    default_reads: SINGLE,
    ambiguous_replies: false,
    lookalike: LOOKALIKE,
    tariffs: 5,
    note: "",
};

const NEW: Model = Model { dialect: EMR, tariffs: 8, ..OLD };

/// One phase.
pub(super) static CE102M: Model = OLD;
/// Three phases, active energy.
pub(super) static CE301: Model =
    Model { id: "energomera-ce301", title: "CE301", default_reads: CE301_SET, ..OLD };
/// Three phases, active and reactive energy.
pub(super) static CE303: Model =
    Model { id: "energomera-ce303", title: "CE303", default_reads: REACTIVE, ..OLD };
/// Three phases, active and reactive energy.
pub(super) static CE304: Model =
    Model { id: "energomera-ce304", title: "CE304", default_reads: REACTIVE, ..OLD };
/// Three phases; powers in watts.
pub(super) static CE6850M: Model = Model {
    id: "energomera-ce6850m",
    title: "CE6850M",
    default_reads: REACTIVE,
    note: "its powers are in W, not kW",
    ..OLD
};
/// One phase.
pub(super) static CE207: Model = Model { id: "energomera-ce207", title: "CE207", ..NEW };
/// One phase; its password is sent hashed.
pub(super) static CE208: Model = Model { id: "energomera-ce208", title: "CE208", ..NEW };
/// Three phases.
pub(super) static CE307_R34: Model = Model { id: "energomera-ce307-r34", title: "CE307 R34", ..NEW };
/// Three phases; its password is sent hashed.
pub(super) static CE308: Model = Model { id: "energomera-ce308", title: "CE308", ..NEW };
