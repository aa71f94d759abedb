//! Every write, in the order of the maker's manual (M236, table 3.1). Numbers stand most significant byte
//! first here, unlike in answers. Where no source tells what the bytes mean they are asked for as such.

use super::choices;
use super::form::{Form, Item, item};
use super::rows::{Row, bytes, number, one_of, or, write};
use crate::protocol::{Group, Kind, Parameter};
use crate::reading::Unit;

use Group::{Clock, Energy, Events, Limits, Settings, Tariffs};

/// A row's parameters and the bytes they become.
type Shape = (&'static [Parameter], &'static [Item]);

/// Bytes as the manual has them.
const RAW: &str = "the bytes after the code, as the manual has them";

const NOTHING: Shape = (&[], &[]);

/// Any bytes, up to 19.
const DATA: Shape = (
    &[or("", bytes("data", "Bytes after the code", (0, 19)))],
    &[item("data", Form::Rest(0, 19)).from("data")],
);

/// Bytes of a fixed count.
macro_rules! exactly {
    ($count:literal, $title:literal) => {
        (&[bytes("data", $title, ($count, $count))], &[item("data", Form::Bytes($count)).from("data")])
    };
}

/// A whole number of so many bytes.
macro_rules! whole {
    ($bytes:literal, $name:literal, $title:literal, $range:expr, $unit:expr) => {
        (&[number($name, $title, $range, $unit)], &[item($name, Form::Count($bytes)).unit($unit).from($name)])
    };
}

const TIME: Parameter =
    Parameter { name: "time", title: "Date and time", kind: Kind::DateTime, default: None, unit: Unit::None };

/// A password to be set, in a form of [`super::password`].
const fn password(name: &'static str, title: &'static str) -> Parameter {
    Parameter { name, title, kind: Kind::Password { max: 19 }, default: None, unit: Unit::None }
}

const fn two_digits(name: &'static str, title: &'static str, max: i64) -> Parameter {
    number(name, title, (0, max), Unit::None)
}

const SET_CLOCK: Shape = (
    &[TIME, one_of("season", "Season", &choices::SEASON, Some("winter"))],
    &[
        item("clock", Form::Moment).from("time"),
        item("season", Form::Choice(&choices::SEASON)).from("season"),
    ],
);

const CORRECT: Shape = (
    &[two_digits("second", "Second", 59), two_digits("minute", "Minute", 59), two_digits("hour", "Hour", 23)],
    &[
        item("second", Form::Bcd).from("second"),
        item("minute", Form::Bcd).from("minute"),
        item("hour", Form::Bcd).from("hour"),
    ],
);

const PROTOCOL: Shape = (
    &[
        one_of("port", "Port", &choices::PORT, None),
        one_of("protocol", "Protocol", &choices::SCHEDULE_KIND, None),
        or("00", bytes("reserve", "Reserve", (1, 1))),
        number("silence", "Silence between characters, low byte first as sent", (0, 0xFFFF), Unit::None),
        number("inactivity", "Inactivity", (0, 255), Unit::None),
    ],
    &[
        item("port", Form::Choice(&choices::PORT)).from("port"),
        item("protocol", Form::Choice(&choices::SCHEDULE_KIND)).from("protocol"),
        item("reserve", Form::Bytes(1)).from("reserve"),
        item("silence", Form::Word(0)).from("silence"),
        item("inactivity", Form::Count(1)).from("inactivity"),
    ],
);

const PASSWORDS: Shape = (
    &[
        one_of("level", "Whose", &choices::LEVEL, None),
        password("old", "Password in force"),
        password("new", "New password"),
    ],
    &[
        item("level", Form::Choice(&choices::LEVEL)).from("level"),
        item("old password", Form::Secret).from("old"),
        item("new password", Form::Secret).from("new"),
    ],
);

const RATIOS: Shape = (
    &[
        number("voltage", "Voltage ratio", (1, 0xFFFF), Unit::None),
        number("current", "Current ratio", (1, 0xFFFF), Unit::None),
    ],
    &[
        item("voltage ratio", Form::Count(2)).from("voltage"),
        item("current ratio", Form::Count(2)).from("current"),
    ],
);

const ENERGY_LIMIT: Shape = (
    &[
        number("tariff", "Tariff", (1, 4), Unit::None),
        number("limit", "Limit", (0, 0xFFFF_FFFF), Unit::WattHour),
    ],
    &[
        item("tariff", Form::Count(1)).from("tariff"),
        item("limit", Form::Count(4)).unit(Unit::WattHour).from("limit"),
    ],
);

const LOCATION: Shape = (
    &[Parameter {
        name: "text",
        title: "4 characters",
        kind: Kind::Text { max: 4 },
        default: None,
        unit: Unit::None,
    }],
    &[item("location", Form::Text(4)).from("text")],
);

const COMMUNICATION: &str = "bit 7 repeat codes, 6 level 2 always open, 5-4 parity (none, odd, even), 3-0 speed (9600, \
    4800, 2400, 1200, 600, 300, 19200, 38400, 57600, 115200); answered on the old settings";

/// Every write there is.
#[rustfmt::skip]
pub(super) const WRITES: &[Row] = &[
    write(("0300", &[0x03, 0x00]), "init-profile", "Start the load profile anew", Energy, DATA).acts()
        .noted("erases the profile"),
    write(("0301", &[0x03, 0x01]), "set-display", "Set display masks", Settings, DATA).level(1).noted(RAW),
    write(("0302", &[0x03, 0x02]), "set-display-times", "Set display times", Settings, DATA).level(1).noted(RAW),
    write(("0303", &[0x03, 0x03]), "set-display-more", "Set more of the display", Settings, DATA).level(1).noted(RAW),
    write(("0304", &[0x03, 0x04]), "clock-test", "Test signal of the clock, 0.5 Hz", Settings, DATA).acts().noted(RAW),
    write(("0305", &[0x03, 0x05]), "set-address", "Set the network address", Settings,
        whole!(1, "to", "New address", (1, 240), Unit::None)).level(1).acts()
        .noted("answered from the new address"),
    write(("0306", &[0x03, 0x06]), "init-second-profile", "Start the second profile anew", Energy, DATA).acts()
        .noted("erases the second profile"),
    write(("0307", &[0x03, 0x07]), "set-functions", "Set program functions", Settings, DATA).acts().noted(RAW),
    write(("0308", &[0x03, 0x08]), "fix", "Fix the values of now", Energy, NOTHING).level(0).acts()
        .noted("read them by fixed; answered after 100 to 150 ms"),
    write(("0309", &[0x03, 0x09]), "set-event-filter", "Set the event filter", Events, DATA).noted(RAW),
    write(("030C", &[0x03, 0x0C]), "set-clock", "Set the clock", Clock, SET_CLOCK),
    write(("030D", &[0x03, 0x0D]), "correct-clock", "Correct the clock", Clock, CORRECT).level(1)
        .noted("by 4 minutes at most, once a day"),
    write(("0310", &[0x03, 0x10]), "set-plc", "Set the PLC modem", Settings, DATA).acts().noted(RAW),
    write(("0311", &[0x03, 0x11]), "set-plc-more", "Set more of the PLC modem", Settings, DATA).acts().noted(RAW),
    write(("0312", &[0x03, 0x12]), "set-protocol", "Set the protocol of a port", Settings, PROTOCOL).acts()
        .noted("a port set to SPODES answers this protocol no longer"),
    write(("0313", &[0x03, 0x13]), "set-right-channel", "Set the right channel", Settings, DATA).acts().noted(RAW),
    write(("0314", &[0x03, 0x14]), "set-extra-port", "Set the extra port", Settings,
        exactly!(1, "Communication byte")).acts().noted(COMMUNICATION),
    write(("0315", &[0x03, 0x15]), "set-main-port", "Set the main port", Settings,
        exactly!(1, "Communication byte")).level(1).acts().noted(COMMUNICATION),
    write(("0316", &[0x03, 0x16]), "restart", "Restart", Settings, NOTHING).acts().unanswered()
        .noted("takes 2 s and is not answered"),
    write(("0318", &[0x03, 0x18]), "set-season", "Set daylight saving", Clock, DATA).noted(RAW),
    write(("0319", &[0x03, 0x19]), "set-season-times", "Set the change of season", Clock, DATA).noted(RAW),
    write(("031A", &[0x03, 0x1A]), "set-remote-display", "Set the serial number of the remote display", Settings, DATA)
        .noted(RAW),
    write(("031B", &[0x03, 0x1B]), "set-ratios", "Set transformer ratios", Settings, RATIOS),
    write(("031C", &[0x03, 0x1C]), "set-billing-day", "Set the billing day", Settings,
        whole!(1, "day", "Day", (1, 31), Unit::None)),
    write(("031D", &[0x03, 0x1D]), "set-schedule", "Set half a day of the tariff schedule", Tariffs,
        exactly!(19, "Month mask, day, 8 switching points")),
    write(("031E", &[0x03, 0x1E]), "set-holidays", "Set holidays", Tariffs, DATA).noted(RAW),
    write(("031F", &[0x03, 0x1F]), "set-password", "Change a password", Settings, PASSWORDS).acts(),
    write(("0321", &[0x03, 0x21]), "reset-energy", "Reset all energy registers", Energy, NOTHING).acts(),
    write(("0322", &[0x03, 0x22]), "set-location", "Set the location", Settings, LOCATION),
    write(("0323", &[0x03, 0x23]), "set-maxima-times", "Set the times of the maxima", Settings, DATA).noted(RAW),
    write(("0324", &[0x03, 0x24]), "reset-maxima", "Reset the maxima", Energy, DATA).acts().noted(RAW),
    write(("0326", &[0x03, 0x26]), "set-over-limit-time", "Set the time over the limit, or closing again", Limits, DATA).acts()
        .noted(RAW),
    write(("0327", &[0x03, 0x27]), "set-constant", "Set the mode of the pulse constant", Settings, DATA).noted(RAW),
    write(("032A", &[0x03, 0x2A]), "set-tariff-mode", "Set the tariff mode", Tariffs, DATA).noted(RAW),
    write(("032C", &[0x03, 0x2C]), "set-power-limit", "Set the power limit", Limits,
        whole!(3, "limit", "Limit in steps of 0.01 W", (0, 0x00FF_FFFF), Unit::None)).acts(),
    write(("032D", &[0x03, 0x2D]), "set-power-control", "Set the watch on the power limit", Limits, DATA).acts().noted(RAW),
    write(("032E", &[0x03, 0x2E]), "set-energy-limit", "Set the energy limit of a tariff", Limits, ENERGY_LIMIT).acts(),
    write(("032F", &[0x03, 0x2F]), "set-energy-control", "Set the watch on the energy limits", Limits, DATA).acts().noted(RAW),
    write(("0330", &[0x03, 0x30]), "set-pulse-output", "Set the pulse output or the disconnector", Limits, DATA).acts()
        .noted(RAW),
    write(("0331", &[0x03, 0x31]), "load", "Switch the load", Limits,
        (&[one_of("to", "To", &choices::LOAD, None)], &[item("load", Form::Choice(&choices::LOAD)).from("to")])).acts(),
    write(("0332", &[0x03, 0x32]), "set-timeout", "Set the time-out multiplier", Settings,
        whole!(1, "multiplier", "Multiplier", (1, 255), Unit::None)).acts().level(1),
    write(("0333", &[0x03, 0x33]), "set-losses", "Set the power of losses", Settings, DATA).noted(RAW),
    write(("0334", &[0x03, 0x34]), "set-losses-mode", "Set how losses are counted", Settings, DATA).noted(RAW),
    write(("0335", &[0x03, 0x35]), "set-led", "Set the light", Settings, DATA).noted(RAW),
    write(("0336", &[0x03, 0x36]), "set-quality-limits", "Set limits of power quality", Limits, DATA).acts().noted(RAW),
    write(("0337", &[0x03, 0x37]), "set-averaging", "Set averaging times", Settings, DATA).noted(RAW),
];
