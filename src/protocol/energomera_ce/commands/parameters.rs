//! The parameters of commands, each written once.

use super::super::words;
use crate::protocol::{Choice, Kind, Parameter};
use crate::reading::Unit;

const fn plain(name: &'static str, title: &'static str, kind: Kind) -> Parameter {
    Parameter { name, title, kind, default: None, unit: Unit::None }
}

/// A whole number.
pub(super) const fn number(name: &'static str, title: &'static str, min: i64, max: i64) -> Parameter {
    plain(name, title, Kind::Integer { min, max })
}

/// One of a few.
pub(super) const fn choice(name: &'static str, title: &'static str, choices: &'static [Choice]) -> Parameter {
    plain(name, title, Kind::Choice(choices))
}

/// On or off.
pub(super) const fn switch(name: &'static str, title: &'static str) -> Parameter {
    choice(name, title, SWITCH)
}

/// The same parameter, not required.
pub(super) const fn or(parameter: Parameter, default: &'static str) -> Parameter {
    Parameter { default: Some(default), ..parameter }
}

/// The same parameter, a number of this unit.
pub(super) const fn in_unit(parameter: Parameter, unit: Unit) -> Parameter {
    Parameter { unit, ..parameter }
}

const fn word(value: i64, word: &'static str) -> Choice {
    Choice { value, word }
}

const SWITCH: &[Choice] = &[word(0, "off"), word(1, "on")];

/// Tariffs of classic meters: T1 is 0 on the wire.
const FROM_ZERO: &[Choice] = &[
    word(0, "T1"),
    word(1, "T2"),
    word(2, "T3"),
    word(3, "T4"),
    word(4, "T5"),
    word(5, "T6"),
    word(6, "T7"),
    word(7, "T8"),
];

/// Tariffs of kernel-10 meters: 0 on the wire is the total.
const WITH_SUM: &[Choice] =
    &[word(0, "sum"), word(1, "T1"), word(2, "T2"), word(3, "T3"), word(4, "T4"), word(5, "T5")];

const RELAYS: &[Choice] = &[word(0, "relay1"), word(1, "relay2")];

const SPEEDS: &[Choice] = &[
    word(0, "2400"),
    word(1, "4800"),
    word(2, "9600"),
    word(3, "14400"),
    word(4, "19200"),
    word(5, "38400"),
    word(6, "57600"),
    word(7, "115200"),
];

const KEPT: &[Choice] = &[word(1, "stored"), word(2, "current")];

const FORMS: &[Choice] = &[word(0, "register"), word(1, "during")];

const DAY_TYPES: &[Choice] = &[word(0, "work"), word(1, "saturday"), word(2, "sunday")];

const SPECIAL_TYPES: &[Choice] =
    &[word(0, "special"), word(1, "work"), word(2, "saturday"), word(3, "sunday")];

const INTERVALS: &[Choice] = &[word(0, "1h"), word(1, "30min"), word(2, "15min")];

const SOURCES: &[Choice] = &[word(0, "programme"), word(1, "external")];

const RELAY_MODES: &[Choice] = &[word(0, "off"), word(1, "command"), word(2, "limits"), word(3, "both")];

const PASSWORDS: &[Choice] = &[word(0, "adm1"), word(1, "adm2"), word(2, "user")];

const LIMIT_PARTS: &[Choice] = &[word(0, "limit"), word(1, "rest")];

const RELAY_ACTIONS: &[Choice] = &[word(0, "return"), word(1, "operate")];

const FIXED_ITEMS: &[Choice] = &[
    word(0, "time"),
    word(1, "T1"),
    word(2, "T2"),
    word(3, "T3"),
    word(4, "T4"),
    word(5, "T5"),
    word(6, "T6"),
    word(7, "T7"),
    word(8, "T8"),
    word(9, "power-1"),
    word(10, "power-2"),
];

const CLASSIC_JOURNALS: &[Choice] = &journals::<{ words::CLASSIC_JOURNALS.len() }>(words::CLASSIC_JOURNALS);

const KERNEL10_JOURNALS: &[Choice] =
    &journals::<{ words::KERNEL10_JOURNALS.len() }>(words::KERNEL10_JOURNALS);

/// The choices that a table of journals makes.
const fn journals<const N: usize>(names: &[(u8, &'static str)]) -> [Choice; N] {
    let mut choices = [word(0, ""); N];
    let mut rest: &[(u8, &'static str)] = names;
    let mut left: &mut [Choice] = &mut choices;
    while let ([(value, name), names @ ..], [slot, slots @ ..]) = (rest, left) {
        *slot = word(*value as i64, name);
        rest = names;
        left = slots;
    }
    choices
}

/// Tariff of a classic meter.
pub(super) const TARIFF: Parameter = or(choice("tariff", "Tariff", FROM_ZERO), "T1");
/// Total or tariff of a kernel-10 meter.
pub(super) const SUM_OR_TARIFF: Parameter = or(choice("tariff", "Tariff", WITH_SUM), "sum");
/// The register as it stood at the end of the period, or the energy during it.
pub(super) const FORM: Parameter = or(choice("form", "Register or energy of the period", FORMS), "register");
/// An on-off setting.
pub(super) const STATE: Parameter = switch("state", "On or off");
/// The meter's date and time.
pub(super) const TIME: Parameter = plain("time", "Date and time", Kind::DateTime);
/// A day.
pub(super) const DATE: Parameter = plain("date", "Date", Kind::Date);
/// Trim of the clock's crystal.
pub(super) const TRIM: Parameter = number("trim", "Trim, per-model table in the manual", 0, 255);
/// A part of a long text.
pub(super) const PART: Parameter = or(number("part", "Part, eight characters each", 0, 15), "0");
/// A password to be set.
pub(super) const PASSWORD: Parameter = plain("password", "New password, digits", Kind::Password { max: 10 });
/// Eight characters.
pub(super) const EIGHT: Parameter = plain("text", "Text of the part", Kind::Text { max: 8 });
/// Points of a day in half-hours.
pub(super) const HALF_HOUR_POINTS: Parameter =
    plain("points", "Up to six points, 00:00=1 07:00=2", Kind::Text { max: 48 });
/// Points of a day in minutes.
pub(super) const MINUTE_POINTS: Parameter =
    plain("points", "Up to four points, 00:00=1 07:15=2", Kind::Text { max: 32 });
/// One of two relays.
pub(super) const RELAY: Parameter = or(choice("relay", "Relay", RELAYS), "relay1");
/// The only relay of a kernel-10 meter.
pub(super) const ONLY_RELAY: Parameter = or(number("relay", "Relay", 0, 0), "0");
/// When a relay works.
pub(super) const RELAY_MODE: Parameter = choice("mode", "What switches the relay", RELAY_MODES);
/// What a relay is to do.
pub(super) const RELAY_ACTION: Parameter = choice("action", "What the relay does", RELAY_ACTIONS);
/// Length of averaging.
pub(super) const INTERVAL: Parameter = choice("interval", "Averaging interval", INTERVALS);
/// Who switches tariffs.
pub(super) const SOURCE: Parameter = choice("source", "What switches tariffs", SOURCES);
/// Which password.
pub(super) const WHICH_PASSWORD: Parameter = choice("which", "Which password", PASSWORDS);
/// Speed of the extra port.
pub(super) const EXTRA_SPEED: Parameter = choice("extra", "Speed of the extra port", SPEEDS);
/// Speed of the optical port.
pub(super) const OPTICAL_SPEED: Parameter =
    or(choice("optical", "Speed of the optical port (S7J, CE301M)", SPEEDS), "2400");
/// No forced delay before replies.
pub(super) const NO_DELAY: Parameter =
    or(switch("no-delay", "Leave out the 10 ms before replies (S7, R8)"), "off");
/// A day's kind.
pub(super) const DAY_TYPE: Parameter = or(choice("day", "Kind of day", DAY_TYPES), "work");
/// What a special day counts as.
pub(super) const SPECIAL_TYPE: Parameter = choice("type", "What the day counts as", SPECIAL_TYPES);
/// Stored or current limit.
pub(super) const KEPT_LIMIT: Parameter = or(choice("kept", "Stored or current limit", KEPT), "current");
/// Limit or what is left of it.
pub(super) const LIMIT_PART: Parameter =
    or(choice("part", "Limit or what is left of it", LIMIT_PARTS), "limit");
/// A field of the fixed data.
pub(super) const FIXED_ITEM: Parameter = or(choice("item", "What was fixed", FIXED_ITEMS), "time");
/// A journal of a classic meter.
pub(super) const CLASSIC_JOURNAL: Parameter = choice("journal", "Journal", CLASSIC_JOURNALS);
/// A journal of a kernel-10 meter.
pub(super) const KERNEL10_JOURNAL: Parameter = choice("journal", "Journal", KERNEL10_JOURNALS);
