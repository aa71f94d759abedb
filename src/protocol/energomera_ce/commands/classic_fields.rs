//! Fields of the replies of classic meters that are longer than a line.

use super::super::layout::{Cell, Flag, Form, Layout, Means, Names};
use super::super::words;
use crate::reading::Unit;

/// Off and on.
pub(super) const ON_OFF: Names = &[(0, "off"), (1, "on")];

/// Tariffs as they are counted on the wire.
pub(super) const TARIFFS: Names =
    &[(0, "T1"), (1, "T2"), (2, "T3"), (3, "T4"), (4, "T5"), (5, "T6"), (6, "T7"), (7, "T8")];

/// What a special day counts as.
pub(super) const SPECIAL_TYPES: Names = &[(0, "special"), (1, "work"), (2, "Saturday"), (3, "Sunday")];

/// What switches a relay.
pub(super) const RELAY_MODES: Names = &[(0, "off"), (1, "command"), (2, "limits"), (3, "command and limits")];

const SPEEDS: Names = &[
    (0, "2400"),
    (1, "4800"),
    (2, "9600"),
    (3, "14400"),
    (4, "19200"),
    (5, "38400"),
    (6, "57600"),
    (7, "115200"),
];

/// Configuration: five bytes, on S7J versions 5, 6 and CE301M six (app. B).
pub(super) const CONFIG: &[Layout] = &[
    Layout::of(&[CONFIG_1, CONFIG_2, CONFIG_3, CONFIG_4, CONFIG_5]),
    Layout::of(&[CONFIG_1, CONFIG_2, CONFIG_3, CONFIG_4, CONFIG_5, CONFIG_6]),
];

const CONFIG_1: Cell = Cell::new(
    "configuration 1",
    Form::Flags(&[
        Flag::part(0, 2, "decimals", Means::Number(0)),
        Flag::bit(2, "relay 1 fitted"),
        Flag::bit(3, "relay 2 or backlight fitted"),
        Flag::bit(4, "serial number written"),
        Flag::bit(5, "seal opened"),
        Flag::bit(6, "clock test on the pulse output"),
        Flag::bit(7, "factory mode"),
    ]),
);

const CONFIG_2: Cell = Cell::new(
    "configuration 2",
    Form::Flags(&[
        Flag::part(0, 2, "averaging", Means::Named(&[(0, "1 h"), (1, "30 min"), (2, "15 min")])),
        Flag::bit(2, "tariffs switched from outside"),
        Flag::bit(3, "automatic daylight saving"),
        Flag::bit(4, "weekend tariffs"),
        Flag::bit(5, "reserved"),
        Flag::bit(6, "relay 1 on"),
        Flag::bit(7, "relay 2 on"),
    ]),
);

const CONFIG_3: Cell = Cell::new(
    "configuration 3",
    Form::Flags(&[
        Flag::part(0, 3, "number of tariffs", Means::Number(1)),
        Flag::bit(3, "lock after wrong passwords"),
        Flag::part(4, 4, "speed", Means::Named(SPEEDS)),
    ]),
);

const CONFIG_4: Cell = Cell::new("time of a screen", Form::Number(1)).unit(Unit::Second);

const CONFIG_5: Cell = Cell::new(
    "configuration 5",
    Form::Flags(&[
        Flag::part(0, 2, "relay 1", Means::Named(RELAY_MODES)),
        Flag::part(2, 2, "relay 2", Means::Named(RELAY_MODES)),
        Flag::bit(4, "relay on energy limit"),
        Flag::bit(5, "relay on power limit"),
        Flag::bit(6, "relay on total limit"),
        Flag::bit(7, "backlight"),
    ]),
);

const CONFIG_6: Cell = Cell::new(
    "configuration 6",
    Form::Flags(&[
        Flag::part(0, 3, "speed of the extra port", Means::Named(SPEEDS)),
        Flag::bit(3, "reserved"),
        Flag::part(4, 3, "speed of the optical port", Means::Named(SPEEDS)),
        Flag::bit(7, "reserved"),
    ]),
);

/// Code of the make: fifteen bytes.
pub(super) const METER_CODE: &[Layout] = &[Layout::of(&[
    Cell::new("kernel", Form::Named(words::KERNELS)),
    Cell::new("type of firmware", Form::Number(1)),
    Cell::new("version", Form::Number(1)),
    Cell::new("type", Form::Named(&[(1, "CE102"), (2, "CE301M")])),
    Cell::new(
        "wiring",
        Form::Named(&[(1, "direct"), (2, "transformer"), (3, "3 phases, 4 wires"), (4, "3 phases, 3 wires")]),
    ),
    Cell::new("accuracy class", Form::Named(&[(1, "0.5"), (2, "1.0"), (3, "2.0")])),
    Cell::new(
        "nominal voltage",
        Form::Named(&[(1, "57.7 V"), (2, "100 V"), (3, "127 V"), (4, "230 V"), (5, "220 V")]),
    ),
    Cell::new(
        "nominal current",
        Form::Named(&[
            (1, "1-1.5 A"),
            (2, "5-7.5 A"),
            (3, "5-50 A"),
            (4, "5-60 A"),
            (5, "10-100 A"),
            (6, "1-7.5 A"),
            (7, "5-10 A"),
        ]),
    ),
    Cell::new("most tariffs", Form::Number(1)),
    Cell::new("tariffs switched", Form::Named(&[(1, "from outside"), (2, "by itself"), (3, "both ways")])),
    Cell::new("antenna", Form::Number(1)),
    Cell::new("case", Form::Named(&[(1, "R5"), (2, "R8"), (3, "S6"), (4, "S7"), (5, "S31"), (6, "R33")])),
    Cell::new(
        "fitted, 1",
        Form::Flags(&[
            Flag::part(0, 2, "reserved", Means::Reserved),
            Flag::bit(2, "extra relay"),
            Flag::bit(3, "IrDA"),
            Flag::bit(4, "GSM"),
            Flag::bit(5, "optical port"),
            Flag::bit(6, "extended data"),
            Flag::bit(7, "cover control"),
        ]),
    ),
    Cell::new(
        "fitted, 2",
        Form::Flags(&[
            Flag::bit(0, "signal relay"),
            Flag::bit(1, "radio"),
            Flag::bit(2, "load relay"),
            Flag::bit(3, "PLC"),
            Flag::bit(4, "pulse output"),
            Flag::bit(5, "infrared"),
            Flag::bit(6, "RS-485"),
            Flag::bit(7, "RS-232"),
        ]),
    ),
    Cell::new("reserved", Form::Raw(1)),
])];
