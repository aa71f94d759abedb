//! Fields of the replies of kernel-10 meters that are longer than a line (CE307 manual, app. B).

use super::super::layout::{Cell, Flag, Form, Layout, Means, Names};
use crate::reading::Unit;

/// Configuration (table B.10).
pub(super) const CONFIG: &[Layout] = &[Layout::of(&[
    Cell::new("emergency tariff", Form::Number(1)),
    Cell::new("tariffs shown", Form::Flags(TARIFF_MASK)),
    Cell::new(
        "screens",
        Form::Flags(&[
            Flag::part(0, 6, "time of a screen", Means::Measured(Unit::Second)),
            Flag::bit(6, "energies as 6.2"),
            Flag::bit(7, "return to the first screen"),
        ]),
    ),
    Cell::new("reserved", Form::Raw(3)),
])];

/// Status (table B.8).
pub(super) const STATUS: &[Layout] = &[Layout::of(&[
    Cell::new(
        "memory faults",
        Form::Flags(&[
            Flag::bit(0, "tariff registers"),
            Flag::bit(1, "system configuration"),
            Flag::bit(2, "user configuration"),
            Flag::bit(3, "schedules"),
            Flag::bit(4, "daily registers"),
            Flag::bit(5, "monthly registers"),
            Flag::bit(6, "reserved"),
            Flag::bit(7, "reserved"),
        ]),
    ),
    Cell::new(
        "hardware faults",
        Form::Flags(&[
            Flag::bit(0, "program memory"),
            Flag::bit(1, "metering chip"),
            Flag::bit(2, "data memory"),
            Flag::bit(3, "crystal"),
            Flag::bit(4, "clock"),
            Flag::bit(5, "battery"),
            Flag::bit(6, "reserved"),
            Flag::bit(7, "reserved"),
        ]),
    ),
    Cell::new(
        "state",
        Form::Flags(&[
            Flag::bit(0, "factory mode"),
            Flag::bit(1, "locked after three passwords"),
            Flag::bit(2, "summer time"),
            Flag::part(3, 5, "reserved", Means::Yes),
        ]),
    ),
    Cell::new("clock correction left today", Form::Number(1)).unit(Unit::Second),
    Cell::new("tariffs shown", Form::Flags(TARIFF_MASK)),
    Cell::new("tariff by schedule", Form::Number(1)),
    Cell::new("tariff in force", Form::Number(1)),
    Cell::new("reserved", Form::Raw(3)),
])];

const TARIFF_MASK: &[Flag] = &[
    Flag::bit(0, "T1"),
    Flag::bit(1, "T2"),
    Flag::bit(2, "T3"),
    Flag::bit(3, "T4"),
    Flag::bit(4, "T5"),
    Flag::part(5, 3, "reserved", Means::Yes),
];

/// Code of the make: one byte.
pub(super) const METER_CODE: &[Layout] = &[Layout::of(&[Cell::new(
    "make",
    Form::Flags(&[
        Flag::bit(0, "extra interface"),
        Flag::part(
            1,
            3,
            "nominal values",
            Means::Named(&[(2, "230 V 5-10 A"), (3, "230 V 5-60 A"), (5, "230 V 5-100 A")]),
        ),
        Flag::part(4, 4, "reserved", Means::Yes),
    ]),
)])];

/// Relay settings (table B.11).
pub(super) const RELAY_CONFIG: &[Flag] = &[
    Flag::part(0, 1, "contact", Means::Named(&[(0, "pulse"), (1, "relay")])),
    Flag::bit(1, "normal contact"),
    Flag::part(2, 1, "switched", Means::Named(&[(0, "directly"), (1, "by events")])),
    Flag::bit(3, "return confirmed by button"),
    Flag::bit(4, "return confirmed over the interface"),
    Flag::part(5, 3, "reserved", Means::Yes),
];

/// State of the relay.
pub(super) const RELAY_STATE: &[Flag] = &[
    Flag::bit(0, "operated"),
    Flag::bit(1, "cause present"),
    Flag::bit(2, "confirmed over the interface"),
    Flag::bit(3, "confirmed by button"),
    Flag::bit(4, "ready to return"),
    Flag::part(5, 3, "reserved", Means::Yes),
];

/// What operated the relay; 1 to 32 are events of a list (app. D).
pub(super) const RELAY_CAUSES: Names = &[(0, "none"), (255, "direct command")];

/// Which record it is.
pub(super) const JOURNAL_INDEX: Cell = Cell::new("number of the record", Form::Number(4));
/// When it was written.
pub(super) const JOURNAL_TIME: Cell =
    Cell::new("packed time", Form::Raw(4)).note("the manual does not explain the packing");
/// What happened.
pub(super) const JOURNAL_EVENT: Cell = Cell::new("event", Form::Number(1));
/// What some journals add.
pub(super) const JOURNAL_EXTRA: Cell = Cell::new("extra", Form::Raw(4));
