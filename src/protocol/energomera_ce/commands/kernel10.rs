//! Kernel-10 meters: CE307 R33 and CE102 R5.1, in the order of the CE307 manual, app. B, table B.7; then three
//! commands that no document has but that third-party software uses (latonita/esphome-energomera-ce,
//! wirenboard/wb-mqtt-serial).
//!
//! Energies are hundredths of a kWh.

use super::super::layout::{Bits, Cell, Form, Grid, Layout, Slot, Spec, Times, Yield};
use super::kernel10_fields::{
    CONFIG, JOURNAL_EVENT, JOURNAL_EXTRA, JOURNAL_INDEX, JOURNAL_TIME, METER_CODE, RELAY_CAUSES,
    RELAY_CONFIG, RELAY_STATE, STATUS,
};
use super::{parameters as p, registers, shared};
use crate::protocol::Group::{Clock, Energy, Events, Identity, Instantaneous, Limits, Settings, Tariffs};
use crate::protocol::Parameter;
use crate::reading::{Code, Unit};

const UNDOCUMENTED: &str = "in no manual; error 00 is a normal answer";

/// The table.
pub(super) const SPECS: [Spec; 41] = [
    shared::PING,
    shared::IDENTIFY,
    Spec::control("0003", "time-sync", "Synchronise the clock", Clock)
        .note("to the nearest minute, at most 29 s a day"),
    shared::VERSION,
    shared::VERSION_EX,
    Spec::read("0101", "config", "Configuration", Settings).gives(CONFIG, Yield::Fields),
    Spec::write("0102", "set-config", "Set the configuration", Settings).takes(
        &[
            p::number("emergency-tariff", "Emergency tariff", 1, 5),
            p::number("display-mask", "Tariffs shown, bit 0 for T1", 0, 31),
            p::in_unit(p::number("frame-time", "Time of a screen, 0 for no scrolling", 0, 60), Unit::Second),
            p::or(p::switch("format-62", "Show energies as 6.2"), "on"),
            p::or(p::switch("auto-return", "Return to the first screen"), "off"),
        ],
        &[
            Slot::Number("emergency-tariff", 1),
            Slot::Bits(&[bits("display-mask", 0, 5)]),
            Slot::Bits(&[bits("frame-time", 0, 6), bits("format-62", 6, 1), bits("auto-return", 7, 1)]),
            Slot::Zero(3),
        ],
    ),
    Spec::read("0103", "status", "Status", Settings).gives(STATUS, Yield::Fields),
    shared::CLOCK_TRIM,
    shared::SET_CLOCK_TRIM,
    Spec::control("0117", "set-password", "Set the password", Settings)
        .takes(&[p::PASSWORD], &[Slot::Password("password")]),
    shared::SERIAL,
    shared::SERIAL_PART,
    shared::CLOCK,
    shared::SET_CLOCK,
    Spec::read("0128", "meter-code", "Code of the meter's make", Identity).gives(METER_CODE, Yield::Fields),
    shared::CLOCK_TRIM_MODE,
    Spec::control("012B", "relay-switch", "Switch the relay", Limits)
        .takes(&[p::ONLY_RELAY, p::RELAY_ACTION], &[Slot::Number("relay", 1), Slot::Number("action", 1)]),
    Spec::control("012C", "relay-confirm", "Confirm the return of the relay", Limits)
        .takes(&[p::ONLY_RELAY], &[Slot::Number("relay", 1)]),
    Spec::read("012F", "energy-by-day", "Energy by day", Energy)
        .takes(
            &[back("days", "Days back, 0 for today", 36, Unit::Day), p::FORM, p::SUM_OR_TARIFF],
            &[Slot::Bits(&[bits("days", 0, 7), bits("form", 7, 1)]), Slot::Number("tariff", 1)],
        )
        .gives(ENERGY, Yield::Energy(registers::kernel10_by_day)),
    Spec::read("0130", "energy", "Energy by tariff", Energy)
        .takes(
            &[back("depth", "Months back, 0 for now", 12, Unit::Month), p::FORM, p::SUM_OR_TARIFF],
            &[Slot::Bits(&[bits("depth", 0, 7), bits("form", 7, 1)]), Slot::Number("tariff", 1)],
        )
        .gives(ENERGY, Yield::Energy(registers::kernel10_by_month)),
    Spec::read("0138", "journal", "Journal record", Events)
        .takes(
            &[p::KERNEL10_JOURNAL, p::or(p::number("record", "Record, 0 for the last", 0, 29), "0")],
            &[Slot::Number("journal", 1), Slot::Number("record", 1)],
        )
        .gives(
            &[
                Layout::of(&[JOURNAL_INDEX, JOURNAL_TIME, JOURNAL_EVENT]),
                Layout::of(&[JOURNAL_INDEX, JOURNAL_TIME, JOURNAL_EVENT, JOURNAL_EXTRA]),
            ],
            Yield::Fields,
        ),
    Spec::read("013C", "relay-state", "State of the relay", Limits)
        .takes(&[p::ONLY_RELAY], &[Slot::Number("relay", 1)])
        .gives(
            &[Layout::of(&[
                Cell::new("relay", Form::Echo),
                Cell::new("state", Form::Flags(RELAY_STATE)),
                Cell::new("cause", Form::Named(RELAY_CAUSES)),
            ])],
            Yield::Fields,
        ),
    Spec::read("013D", "relay-config", "Relay settings", Limits)
        .takes(&[p::ONLY_RELAY], &[Slot::Number("relay", 1)])
        .gives(
            &[Layout::of(&[
                Cell::new("relay", Form::Echo),
                Cell::new("mode", Form::Flags(RELAY_CONFIG)),
                Cell::new("return delay", Form::Number(1)).unit(Unit::Minute),
                Cell::new("time to confirm", Form::Number(1)).unit(Unit::Minute),
                Cell::new("pulse", Form::Number(1)).unit(Unit::Second),
                Cell::new("reserved", Form::Raw(2)),
            ])],
            Yield::Fields,
        ),
    Spec::control("013E", "set-relay-config", "Set the relay", Limits).takes(
        &[
            p::ONLY_RELAY,
            p::switch("as-relay", "Relay (on) or pulse (off)"),
            p::or(p::switch("normal-contact", "Normal state of the contact"), "off"),
            p::or(p::switch("by-events", "By events (on) or directly (off)"), "off"),
            p::or(p::switch("button-confirm", "Return confirmed by button"), "off"),
            p::or(p::switch("interface-confirm", "Return confirmed over the interface"), "off"),
            p::or(p::in_unit(p::number("return-delay", "Return delay", 0, 255), Unit::Minute), "0"),
            p::or(p::in_unit(p::number("confirm-time", "Time to confirm", 0, 255), Unit::Minute), "0"),
            p::or(p::in_unit(p::number("pulse", "Length of the pulse", 0, 255), Unit::Second), "0"),
        ],
        &[
            Slot::Number("relay", 1),
            Slot::Bits(&[
                bits("as-relay", 0, 1),
                bits("normal-contact", 1, 1),
                bits("by-events", 2, 1),
                bits("button-confirm", 3, 1),
                bits("interface-confirm", 4, 1),
            ]),
            Slot::Number("return-delay", 1),
            Slot::Number("confirm-time", 1),
            Slot::Number("pulse", 1),
            Slot::Zero(2),
        ],
    ),
    Spec::write("013F", "activate-tariffs", "Activate the tariff programme", Tariffs)
        .always(&[Slot::Zero(1)])
        .note("one zero byte; the manual's column is unclear"),
    Spec::read("0140", "season", "Season", Tariffs)
        .takes(
            &[p::or(p::number("number", "Number of the season", 1, 12), "1")],
            &[Slot::Number("number", 1)],
        )
        .gives(
            &[Layout::of(&[
                Cell::new("day", Form::Bcd),
                Cell::new("month", Form::Bcd),
                Cell::new("Sunday", Form::Number(1)),
                Cell::new("Monday", Form::Number(1)),
                Cell::new("Tuesday", Form::Number(1)),
                Cell::new("Wednesday", Form::Number(1)),
                Cell::new("Thursday", Form::Number(1)),
                Cell::new("Friday", Form::Number(1)),
                Cell::new("Saturday", Form::Number(1)),
            ])],
            Yield::Fields,
        ),
    Spec::write("0141", "set-season", "Set a season", Tariffs)
        .takes(
            &[
                p::number("number", "Number of the season", 1, 12),
                p::number("day", "First day", 0, 31),
                p::number("month", "First month", 0, 12),
                schedule("sunday"),
                schedule("monday"),
                schedule("tuesday"),
                schedule("wednesday"),
                schedule("thursday"),
                schedule("friday"),
                schedule("saturday"),
            ],
            &[
                Slot::Number("number", 1),
                Slot::Bcd("day"),
                Slot::Bcd("month"),
                Slot::Number("sunday", 1),
                Slot::Number("monday", 1),
                Slot::Number("tuesday", 1),
                Slot::Number("wednesday", 1),
                Slot::Number("thursday", 1),
                Slot::Number("friday", 1),
                Slot::Number("saturday", 1),
            ],
        )
        .note("writing season 1 clears all the others"),
    Spec::read("0142", "special-day", "Special day", Tariffs)
        .takes(
            &[p::or(p::number("number", "Number of the special day", 1, 32), "1")],
            &[Slot::Number("number", 1)],
        )
        .gives(
            &[Layout::of(&[
                Cell::new("day", Form::Bcd),
                Cell::new("month", Form::Bcd),
                Cell::new("schedule", Form::Number(1)),
            ])],
            Yield::Fields,
        ),
    Spec::write("0143", "set-special-day", "Set a special day", Tariffs).takes(
        &[
            p::number("number", "Number of the special day", 1, 32),
            p::number("day", "Day", 0, 31),
            p::number("month", "Month", 0, 12),
            p::number("schedule", "Number of the schedule", 1, 36),
        ],
        &[Slot::Number("number", 1), Slot::Bcd("day"), Slot::Bcd("month"), Slot::Number("schedule", 1)],
    ),
    Spec::read("0144", "day-schedule", "Schedule of a day", Tariffs)
        .takes(
            &[
                p::or(p::number("schedule", "Number of the schedule", 1, 36), "1"),
                p::or(p::number("first", "First point", 1, 16), "1"),
                p::or(p::number("count", "How many points", 1, 5), "5"),
            ],
            &[Slot::Number("schedule", 1), Slot::Number("first", 1), Slot::Number("count", 1)],
        )
        .gives(
            &[Layout::repeated(
                &[
                    Cell::new("hour", Form::Bcd),
                    Cell::new("minute", Form::Bcd),
                    Cell::new("tariff", Form::Number(1)),
                ],
                Times::Asked(2, 5),
            )],
            Yield::Fields,
        ),
    Spec::write("0145", "set-day-schedule", "Set the schedule of a day", Tariffs).takes(
        &[
            p::number("schedule", "Number of the schedule", 1, 36),
            p::or(p::number("first", "First point", 1, 16), "1"),
            p::MINUTE_POINTS,
        ],
        &[Slot::Number("schedule", 1), Slot::Number("first", 1), Slot::Points("points", Grid::Minutes)],
    ),
    Spec::read("0146", "power-limit", "Power limit", Limits).gives(
        &[Layout::of(&[
            Cell::new("power limit", Form::Number(2)).unit(Unit::Watt).note("0 for none"),
            Cell::new("delay", Form::Number(1)).unit(Unit::Minute),
        ])],
        Yield::Fields,
    ),
    Spec::control("0147", "set-power-limit", "Set the power limit", Limits).takes(
        &[
            p::in_unit(p::number("power", "Power, 0 for no limit", 0, 65535), Unit::Watt),
            p::or(p::in_unit(p::number("delay", "Delay", 0, 5), Unit::Minute), "0"),
        ],
        &[Slot::Number("power", 2), Slot::Number("delay", 1)],
    ),
    Spec::read("015A", "dst-rule", "Daylight saving rule", Clock).gives(
        &[Layout::of(&[
            Cell::new("daylight saving", Form::Named(&[(0, "off"), (1, "on")])),
            Cell::new("to summer, day", Form::Bcd).note("0 for the last Sunday"),
            Cell::new("to summer, month", Form::Bcd),
            Cell::new("to summer, hour", Form::Bcd),
            Cell::new("to winter, day", Form::Bcd).note("0 for the last Sunday"),
            Cell::new("to winter, month", Form::Bcd),
            Cell::new("to winter, hour", Form::Bcd),
        ])],
        Yield::Fields,
    ),
    Spec::write("015B", "set-dst-rule", "Set the daylight saving rule", Clock).takes(
        &[
            p::STATE,
            p::number("summer-day", "To summer: day, 0 for the last Sunday", 0, 31),
            p::number("summer-month", "To summer: month", 1, 12),
            p::number("summer-hour", "To summer: hour", 0, 23),
            p::number("winter-day", "To winter: day, 0 for the last Sunday", 0, 31),
            p::number("winter-month", "To winter: month", 1, 12),
            p::number("winter-hour", "To winter: hour", 0, 23),
        ],
        &[
            Slot::Number("state", 1),
            Slot::Bcd("summer-day"),
            Slot::Bcd("summer-month"),
            Slot::Bcd("summer-hour"),
            Slot::Bcd("winter-day"),
            Slot::Bcd("winter-month"),
            Slot::Bcd("winter-hour"),
        ],
    ),
    shared::SKOP,
    Spec::control("0177", "clear-tariffs", "Clear the tariff programme", Tariffs),
    Spec::read("0180", "voltage", "Voltage", Instantaneous)
        .gives(
            &[Layout::repeated(&[Cell::new("voltage", Form::Volts).unit(Unit::Volt)], ONE_OR_THREE)],
            Yield::Phases { first: Code::new(32, 7, 0), lone: Code::new(32, 7, 0) },
        )
        .note(UNDOCUMENTED),
    Spec::read("0181", "current", "Current", Instantaneous)
        .gives(
            &[Layout::repeated(&[Cell::new("current", Form::Amperes).unit(Unit::Ampere)], ONE_OR_THREE)],
            Yield::Phases { first: Code::new(31, 7, 0), lone: Code::new(31, 7, 0) },
        )
        .note("in no manual; byte order and scale not settled, the bytes are shown"),
    Spec::read("0182", "power", "Active power", Instantaneous)
        .gives(
            &[Layout::repeated(&[Cell::new("power", Form::Watts).unit(Unit::Watt)], ONE_OR_THREE)],
            Yield::Phases { first: Code::new(21, 7, 0), lone: Code::new(1, 7, 0) },
        )
        .note(UNDOCUMENTED),
];

const ONE_OR_THREE: Times = Times::Between(1, 3);

/// Date of the record, then the energy (tables B.7, B.9).
const ENERGY: &[Layout] =
    &[Layout::of(&[Cell::new("date", Form::Date), Cell::new("energy", Form::Energy(4))])];

const fn bits(name: &'static str, shift: u8, count: u8) -> Bits {
    Bits { name, shift, count }
}

const fn back(name: &'static str, title: &'static str, most: i64, unit: Unit) -> Parameter {
    p::or(p::in_unit(p::number(name, title, 0, most), unit), "0")
}

const fn schedule(day: &'static str) -> Parameter {
    p::number(day, "Number of the schedule for this day", 1, 36)
}
