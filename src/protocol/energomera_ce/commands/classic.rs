//! Classic meters: CE102 S6, R5, S7, S7J, R8, R8Q and CE301M, in the order of the CE102 command description
//! INES.411152.094D5, tables 3.0 and 3.1.
//!
//! Energies and powers come without their decimal point; its place is in the configuration (0101).

use super::super::layout::{Bits, Cell, Flag, Form, Grid, Layout, Means, Slot, Spec, Steps, Times, Yield};
use super::classic_fields::{CONFIG, METER_CODE, ON_OFF, RELAY_MODES, SPECIAL_TYPES, TARIFFS};
use super::{parameters as p, registers, shared};
use crate::protocol::Group::{Clock, Energy, Events, Identity, Instantaneous, Limits, Settings, Tariffs};
use crate::reading::{Code, Unit};

const NOT_S6: &str = "not on S6, R5";
const TO_V5: &str = "not on S6, R5; up to version 5";
const V6: &str = "S7, S7J, R8 version 6";

/// The table.
pub(super) const SPECS: [Spec; 73] = [
    shared::PING,
    shared::IDENTIFY,
    Spec::control("0003", "time-sync", "Synchronise all clocks", Clock).to_all().note(
        "to every meter, once a day at second 30; S7 from version 2, S7J, R8, R8Q, CE301M",
    ),
    Spec::write("0011", "set-tariff", "Switch the tariff", Tariffs)
        .takes(&[p::TARIFF], &[Slot::Number("tariff", 1)])
        .note("not on S6, R5; only when tariffs are switched from outside"),
    shared::VERSION,
    shared::VERSION_EX,
    Spec::read("0101", "config", "Configuration", Settings).gives(CONFIG, Yield::Fields),
    Spec::control("0104", "set-interval", "Set the averaging interval", Settings)
        .takes(&[p::INTERVAL], &[Slot::Number("interval", 1)])
        .note(NOT_S6),
    Spec::write("0105", "set-tariff-source", "Set what switches tariffs", Tariffs)
        .takes(&[p::SOURCE], &[Slot::Number("source", 1)])
        .note(NOT_S6),
    Spec::write("0106", "set-dst", "Daylight saving on or off", Clock)
        .takes(&[p::STATE], &[Slot::Number("state", 1)]),
    Spec::write("0107", "set-special-days", "Special days on or off", Tariffs)
        .takes(&[p::STATE], &[Slot::Number("state", 1)]),
    Spec::control("0108", "set-password-lock", "MissingKey after wrong passwords on or off", Settings)
        .takes(&[p::STATE], &[Slot::Number("state", 1)]),
    Spec::control("0109", "set-uart", "Set the speed of the ports", Settings)
        .takes(
            &[p::EXTRA_SPEED, p::OPTICAL_SPEED, p::NO_DELAY],
            &[Slot::Bits(&[bits("extra", 0, 3), bits("optical", 4, 3), bits("no-delay", 7, 1)])],
        )
        .note("S7, R8: extra port and delay; S7J, CE301M: extra port up to 19200, optical port up to 9600"),
    Spec::write("010B", "set-screen-time", "Set the time of a screen", Settings).takes(
        &[p::in_unit(p::number("seconds", "Time a screen is shown", 3, 255), Unit::Second)],
        &[Slot::Number("seconds", 1)],
    ),
    shared::CLOCK_TRIM,
    shared::SET_CLOCK_TRIM,
    Spec::write("010F", "show-screen", "Show a screen", Settings)
        .takes(&[p::number("screen", "Code of the screen", 0, 255)], &[Slot::Number("screen", 1)])
        .note("high digit months back, low digit tariff less 1 for energies; others differ by model"),
    Spec::control("0116", "set-address", "Set the meter's address", Identity)
        .takes(&[p::number("address", "New address", 1, 65534)], &[Slot::Number("address", 2)]),
    Spec::control("0117", "set-password", "Set a password", Settings).takes(
        &[p::WHICH_PASSWORD, p::PASSWORD],
        &[Slot::Number("which", 1), Slot::Password("password")],
    ),
    Spec::read("0118", "subscriber", "Subscriber number, one part", Identity)
        .takes(&[p::PART], &[Slot::Number("part", 1)])
        .gives(&[Layout::of(&[Cell::new("characters", Form::Reversed(8))])], Yield::Fields),
    Spec::write("0119", "set-subscriber", "Set the subscriber number, one part", Identity)
        .takes(&[p::PART, p::EIGHT], &[Slot::Number("part", 1), Slot::Reversed("text", 8)]),
    shared::SERIAL,
    shared::SERIAL_PART,
    Spec::read("011C", "relay-state", "State of the relays", Limits)
        .gives(
            &[Layout::of(&[Cell::new(
                "relays",
                Form::Flags(&[
                    Flag::part(0, 1, "relay 1", Means::Named(ON_OFF)),
                    Flag::part(1, 1, "relay 2", Means::Named(ON_OFF)),
                    Flag::part(2, 6, "reserved", Means::Reserved),
                ]),
            )])],
            Yield::Fields,
        )
        .note(NOT_S6),
    Spec::read("011D", "load-config", "Load relay settings", Limits)
        .gives(
            &[Layout::of(&[
                Cell::new("automatic switching on", Form::Named(ON_OFF)),
                Cell::new("delay", Form::Number(2)).unit(Unit::Second),
            ])],
            Yield::Fields,
        )
        .note("R8Q"),
    Spec::control("011E", "set-load-config", "Set the load relay", Limits)
        .takes(
            &[
                p::switch("auto", "Switch on automatically"),
                p::in_unit(p::number("delay", "Delay", 3, 600), Unit::Second),
            ],
            &[Slot::Number("auto", 1), Slot::Number("delay", 2)],
        )
        .note("R8Q"),
    shared::CLOCK,
    shared::SET_CLOCK,
    Spec::read("0126", "battery", "Battery", Settings)
        .gives(
            &[Layout::of(&[
                Cell::new("battery, first byte", Form::Number(1)).note("S6, R5: months when full"),
                Cell::new("battery, second byte", Form::Number(1)).note(
                    "S6, R5: months left; S7, R8, R8Q: (N-86)/57 is the share left; S7J, CE301M: 1 good, 0 replace",
                ),
            ])],
            Yield::Fields,
        )
        .note("two bytes that mean something else by model"),
    Spec::read("0128", "meter-code", "Code of the meter's make", Identity).gives(METER_CODE, Yield::Fields),
    shared::CLOCK_TRIM_MODE,
    Spec::control("012B", "relay-on", "Relay on", Limits)
        .takes(&[p::RELAY], &[Slot::Number("relay", 1)])
        .note("not on S6, R5; a load relay is only allowed to be switched on by hand"),
    Spec::control("012C", "relay-off", "Relay off", Limits)
        .takes(&[p::RELAY], &[Slot::Number("relay", 1)])
        .note(NOT_S6),
    Spec::read("012D", "tariff", "Tariff in force", Tariffs)
        .gives(&[Layout::of(&[Cell::new("tariff in force", Form::Named(TARIFFS))])], Yield::Fields),
    Spec::read("012E", "average-power", "Average power of 3 minutes", Instantaneous)
        .gives(&[Layout::of(&[Cell::new("average power of 3 minutes", Form::Power(3)).note(POWER)])], Yield::Fields)
        .in_steps(Steps::WithDecimals)
        .note(NOT_S6),
    Spec::read("012F", "energy-total-by-day", "Energy total at the end of a day", Energy)
        .takes(&[days(1, 45)], &[Slot::Number("days", 1)])
        .gives(ENERGY, Yield::Energy(registers::total_by_day))
        .in_steps(Steps::WithDecimals),
    Spec::read("0130", "energy", "Energy by tariff", Energy)
        .takes(&[p::TARIFF, months(13)], &[Slot::Number("tariff", 1), Slot::Number("depth", 1)])
        .gives(ENERGY, Yield::Energy(registers::tariff_by_month))
        .in_steps(Steps::WithDecimals),
    Spec::read("0131", "energy-total", "Energy total", Energy)
        .takes(&[months(13)], &[Slot::Number("depth", 1)])
        .gives(ENERGY, Yield::Energy(registers::total_by_month))
        .in_steps(Steps::WithDecimals),
    Spec::read("0132", "power", "Power", Instantaneous)
        .gives(&[Layout::of(&[Cell::new("power", Form::Power(3)).note(POWER)])], Yield::Value(Code::new(1, 7, 0)))
        .in_steps(Steps::WithDecimals),
    Spec::read("0133", "energy-by-day", "Energy by tariff at the end of a day", Energy)
        .takes(&[p::TARIFF, days(1, 45)], &[Slot::Number("tariff", 1), Slot::Number("days", 1)])
        .gives(ENERGY, Yield::Energy(registers::tariff_by_day))
        .in_steps(Steps::WithDecimals),
    Spec::read("0134", "energy-by-interval", "Energy of averaging intervals", Energy)
        .takes(
            &[
                p::DATE,
                p::or(p::number("first", "First interval of the day", 0, 96), "0"),
                p::or(p::number("count", "How many intervals", 1, 4), "1"),
            ],
            &[Slot::Date("date"), Slot::Number("first", 1), Slot::Number("count", 1)],
        )
        .gives(
            &[Layout::repeated(&[Cell::new("energy of the interval", Form::Energy(3))], Times::Asked(4, 4))],
            Yield::Fields,
        )
        .in_steps(Steps::WithDecimals)
        .note(NOT_S6),
    Spec::read("0135", "energy-half-hour", "Energy of the last half-hour", Energy)
        .gives(&[Layout::of(&[Cell::new("energy of the half-hour", Form::Energy(2))])], Yield::Fields)
        .in_steps(Steps::WithDecimals)
        .note("S6, R5"),
    Spec::read("0136", "maximum-of-day", "Largest half-hour of the day", Energy)
        .takes(&[p::TARIFF], &[Slot::Number("tariff", 1)])
        .gives(
            &[Layout::of(&[
                Cell::new("half-hour", Form::HalfHour),
                Cell::new("energy of the half-hour", Form::Energy(3)),
            ])],
            Yield::Fields,
        )
        .in_steps(Steps::WithDecimals)
        .note("S7J, CE301M"),
    Spec::read("0137", "maximum-of-month", "Largest half-hour of a month", Energy)
        .takes(
            &[p::TARIFF, p::or(p::in_unit(p::number("depth", "Months back", 1, 13), Unit::Month), "1")],
            &[Slot::Number("tariff", 1), Slot::Number("depth", 1)],
        )
        .gives(
            &[Layout::of(&[
                Cell::new("day", Form::Number(1)),
                Cell::new("half-hour", Form::HalfHour),
                Cell::new("energy of the half-hour", Form::Energy(3)),
            ])],
            Yield::Fields,
        )
        .in_steps(Steps::WithDecimals)
        .note("S7J, CE301M"),
    Spec::read("0138", "journal", "Journal record", Events)
        .takes(
            &[p::CLASSIC_JOURNAL, p::or(p::number("record", "Record", 0, 39), "0")],
            &[Slot::Number("journal", 1), Slot::Number("record", 1)],
        )
        .gives(
            &[Layout::of(&[Cell::new("date and time", Form::Clock), Cell::new("event", Form::Event)])],
            Yield::Fields,
        )
        .note("self-test, power and access-button hold 40 records, the others 20"),
    Spec::read("0139", "energy-by-interval-saved", "Energy of the hour that came twice", Energy)
        .gives(
            &[Layout::of(&[Cell::new("intervals", Form::Number(1))])
                .then(&[Cell::new("energy of the interval", Form::Energy(3))], Times::Between(0, 4))],
            Yield::Fields,
        )
        .in_steps(Steps::WithDecimals)
        .note("not on S6, R5; the repeated hour at the end of daylight saving"),
    Spec::control("013A", "set-relay-on-energy-limit", "Relay on energy limit, on or off", Limits)
        .takes(&[p::STATE], &[Slot::Number("state", 1)])
        .note(NOT_S6),
    Spec::control("013B", "set-relay-on-power-limit", "Relay on power limit, on or off", Limits)
        .takes(&[p::STATE], &[Slot::Number("state", 1)])
        .note(NOT_S6),
    Spec::control("013C", "set-relay-on-total-limit", "Relay on total limit, on or off", Limits)
        .takes(&[p::STATE], &[Slot::Number("state", 1)])
        .note(NOT_S6),
    Spec::read("013D", "relay-config", "Relay settings", Limits)
        .takes(&[p::RELAY], &[Slot::Number("relay", 1)])
        .gives(&[Layout::of(&[Cell::new("mode", Form::Named(RELAY_MODES))])], Yield::Fields)
        .note(NOT_S6),
    Spec::control("013E", "set-relay-config", "Set a relay", Limits)
        .takes(&[p::RELAY, p::RELAY_MODE], &[Slot::Number("relay", 1), Slot::Number("mode", 1)])
        .note(NOT_S6),
    Spec::write("013F", "activate-tariffs", "Activate the tariff programme", Tariffs)
        .takes(&[p::number("tariffs", "Number of tariffs", 1, 8)], &[Slot::Number("tariffs", 1)]),
    Spec::read("0140", "tariff-programme", "Tariff programme", Tariffs)
        .takes(
            &[
                p::or(p::number("month", "Month, 0 for special days", 0, 12), "1"),
                p::DAY_TYPE,
                p::or(p::number("first", "First point", 0, 15), "0"),
                p::or(p::number("count", "How many points", 1, 6), "6"),
            ],
            &[PROGRAMME, Slot::Number("first", 1), Slot::Number("count", 1)],
        )
        .gives(
            &[Layout::repeated(
                &[Cell::new("from", Form::HalfHour), Cell::new("tariff", Form::Number(1))],
                Times::Asked(2, 6),
            )],
            Yield::Fields,
        ),
    Spec::write("0141", "set-tariff-programme", "Set the tariff programme", Tariffs).takes(
        &[
            p::number("month", "Month, 0 for special days", 0, 12),
            p::DAY_TYPE,
            p::or(p::number("first", "First point", 0, 15), "0"),
            p::HALF_HOUR_POINTS,
        ],
        &[PROGRAMME, Slot::Number("first", 1), Slot::Points("points", Grid::HalfHours)],
    ),
    Spec::read("0142", "special-day", "Special day", Tariffs)
        .takes(&[p::or(p::number("number", "Number of the special day", 0, 31), "0")], &[Slot::Number("number", 1)])
        .gives(
            &[Layout::of(&[
                Cell::new("day", Form::Bcd),
                Cell::new("month", Form::Bcd),
                Cell::new("counts as", Form::Named(SPECIAL_TYPES)),
            ])],
            Yield::Fields,
        ),
    Spec::write("0143", "set-special-day", "Set a special day", Tariffs).takes(
        &[
            p::number("number", "Number of the special day", 0, 31),
            p::number("day", "Day", 0, 31),
            p::number("month", "Month", 0, 12),
            p::SPECIAL_TYPE,
        ],
        &[Slot::Number("number", 1), Slot::Bcd("day"), Slot::Bcd("month"), Slot::Number("type", 1)],
    ),
    Spec::read("0144", "energy-limit", "Energy limit by tariff", Limits)
        .takes(&[p::KEPT_LIMIT, p::TARIFF], &[Slot::Bits(&[bits("kept", 6, 2), bits("tariff", 0, 6)])])
        .gives(&[Layout::of(&[Cell::new("energy limit", Form::Energy(4))])], Yield::Fields)
        .in_steps(Steps::WithDecimals)
        .note(TO_V5),
    Spec::control("0145", "set-energy-limit", "Set the energy limit of a tariff", Limits)
        .takes(
            &[p::KEPT_LIMIT, p::TARIFF, energy_value()],
            &[Slot::Bits(&[bits("kept", 6, 2), bits("tariff", 0, 6)]), Slot::Number("value", 4)],
        )
        .note(TO_V5),
    Spec::read("0146", "power-limit-by-tariff", "Power limit by tariff", Limits)
        .takes(&[p::TARIFF], &[Slot::Number("tariff", 1)])
        .gives(&[Layout::of(&[Cell::new("power limit", Form::Power(3))])], Yield::Fields)
        .in_steps(Steps::WithDecimals)
        .note(TO_V5),
    Spec::control("0147", "set-power-limit-by-tariff", "Set the power limit of a tariff", Limits)
        .takes(&[p::TARIFF, power_value()], &[Slot::Number("tariff", 1), Slot::Number("value", 3)])
        .note(TO_V5),
    Spec::read("0148", "total-energy-limit", "Energy limit of all tariffs", Limits)
        .takes(&[p::KEPT_LIMIT], &[Slot::Bits(&[bits("kept", 6, 2)])])
        .gives(&[Layout::of(&[Cell::new("total energy limit", Form::Energy(4))])], Yield::Fields)
        .in_steps(Steps::WithDecimals)
        .note(TO_V5),
    Spec::control("0149", "set-total-energy-limit", "Set the energy limit of all tariffs", Limits)
        .takes(
            &[p::KEPT_LIMIT, energy_value()],
            &[Slot::Bits(&[bits("kept", 6, 2)]), Slot::Number("value", 4)],
        )
        .note(TO_V5),
    Spec::control("014A", "fix-data", "Fix the data of all meters", Energy).to_all().note("to every meter; R8Q"),
    Spec::read("014B", "fixed-data", "Fixed data", Energy)
        .takes(&[p::FIXED_ITEM], &[Slot::Number("item", 1)])
        .gives(
            &[
                Layout::of(&[Cell::new("item", Form::Echo), Cell::new("fixed at", Form::Clock)]),
                Layout::of(&[Cell::new("item", Form::Echo), Cell::new("fixed energy", Form::Energy(4))]),
                Layout::of(&[Cell::new("item", Form::Echo), Cell::new("fixed power", Form::Power(3))]),
            ],
            Yield::Fields,
        )
        .in_steps(Steps::WithDecimals)
        .note("R8Q"),
    Spec::read("0154", "time-zone", "Time zone", Clock)
        .gives(
            &[Layout::of(&[
                Cell::new("time zone", Form::Number(1)).note("index: 41 Moscow, 47 Yekaterinburg"),
                Cell::new("season", Form::Named(&[(0, "not set"), (1, "winter"), (2, "summer")])),
            ])],
            Yield::Fields,
        )
        .note("S7, S7J, R8 from version 5"),
    Spec::write("0155", "set-time-zone", "Set the time zone", Clock)
        .takes(&[p::number("zone", "Index of the time zone", 0, 65)], &[Slot::Number("zone", 1)])
        .note("S7, S7J, R8 from version 5"),
    Spec::read("0156", "power-limit", "Power limit", Limits)
        .gives(&[Layout::of(&[Cell::new("power limit", Form::Power(3))])], Yield::Fields)
        .in_steps(Steps::WithDecimals)
        .note(V6),
    Spec::control("0157", "set-power-limit", "Set the power limit", Limits)
        .takes(&[power_value()], &[Slot::Number("value", 3)])
        .note(V6),
    Spec::read("0158", "total-limit", "Energy limit and what is left of it", Limits)
        .takes(&[p::LIMIT_PART], &[Slot::Number("part", 1)])
        .gives(&[Layout::of(&[Cell::new("total energy limit", Form::Energy(4))])], Yield::Fields)
        .in_steps(Steps::WithDecimals)
        .note(V6),
    Spec::control("0159", "set-total-limit", "Set the energy limit", Limits)
        .takes(&[energy_value()], &[Slot::Number("value", 4)])
        .note(V6),
    Spec::read("015A", "dst-hour", "Hour of the daylight saving change", Clock)
        .gives(&[Layout::of(&[Cell::new("hour of the change", Form::Bcd).unit(Unit::Hour)])], Yield::Fields)
        .note("S6, R5 version 4, S7, S7J, R8 version 6, R8Q version 2"),
    Spec::write("015B", "set-dst-hour", "Set the hour of the daylight saving change", Clock)
        .takes(&[p::in_unit(p::number("hour", "Hour", 1, 22), Unit::Hour)], &[Slot::Bcd("hour")])
        .note("S6, R5 version 4, S7, S7J, R8 version 6, R8Q version 2"),
    shared::SKOP,
];

const POWER: &str = "the manual gives no unit; the decimals are those of energy";

const ENERGY: &[Layout] = &[Layout::of(&[Cell::new("energy", Form::Energy(4))])];

const PROGRAMME: Slot = Slot::Bits(&[bits("day", 4, 2), bits("month", 0, 4)]);

const fn bits(name: &'static str, shift: u8, count: u8) -> Bits {
    Bits { name, shift, count }
}

const fn months(most: i64) -> crate::protocol::Parameter {
    p::or(p::in_unit(p::number("depth", "Months back, 0 for now", 0, most), Unit::Month), "0")
}

const fn days(least: i64, most: i64) -> crate::protocol::Parameter {
    p::or(p::in_unit(p::number("days", "Days back", least, most), Unit::Day), "1")
}

const fn energy_value() -> crate::protocol::Parameter {
    p::number("value", "Energy in the smallest unit of the registers", 0, 0xFFFF_FFFF)
}

const fn power_value() -> crate::protocol::Parameter {
    p::number("value", "Power in the smallest unit of the registers", 0, 0xFF_FFFF)
}
