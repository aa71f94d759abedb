//! The small tables of values that commands and replies share (M206 command list, tables 2 and 4).

use crate::protocol::Choice;

/// One line of a table.
const fn choice(value: i64, word: &'static str) -> Choice {
    Choice { value, word }
}

/// 24, 05: whether the clock follows daylight saving. Any value but 0 means on; FF is what tools write.
pub(super) static ON_OFF: [Choice; 2] = [choice(0x00, "off"), choice(0xFF, "on")];

/// 6F, 80 and 73, 74: 55 allows, anything else does not.
pub(super) static YES_NO: [Choice; 2] = [choice(0x55, "yes"), choice(0x00, "no")];

/// 2D, 07: what the pulse output does.
pub(super) static PULSE_OUTPUT: [Choice; 4] = [
    choice(0, "5000-imp-per-kwh"),
    choice(1, "10000-imp-per-kwh"),
    choice(2, "quartz-divided-by-8"),
    choice(3, "load-control"),
];

/// 08: speed of the interface.
pub(super) static SPEED: [Choice; 5] =
    [choice(0, "9600"), choice(1, "4800"), choice(2, "2400"), choice(3, "1200"), choice(4, "600")];

/// The first byte of a clock.
pub(super) static WEEKDAY: [Choice; 8] = [
    choice(0, "sunday"),
    choice(1, "monday"),
    choice(2, "tuesday"),
    choice(3, "wednesday"),
    choice(4, "thursday"),
    choice(5, "friday"),
    choice(6, "saturday"),
    choice(7, "holiday"),
];

/// 32, 38: months, from 0, and the current one.
pub(super) static MONTH_OR_CURRENT: [Choice; 13] = [
    choice(0x0F, "current"),
    choice(0x0, "january"),
    choice(0x1, "february"),
    choice(0x2, "march"),
    choice(0x3, "april"),
    choice(0x4, "may"),
    choice(0x5, "june"),
    choice(0x6, "july"),
    choice(0x7, "august"),
    choice(0x8, "september"),
    choice(0x9, "october"),
    choice(0xA, "november"),
    choice(0xB, "december"),
];

/// 31, 11: months, from 0.
pub(super) static MONTH: &[Choice] = MONTH_OR_CURRENT.split_at(1).1;

/// 33, 12, 13: of what the maximum is.
pub(super) static MAXIMUM: [Choice; 3] = [choice(0, "voltage"), choice(1, "current"), choice(2, "power")];

/// 34: power events.
pub(super) static POWER_EVENT: [Choice; 2] = [choice(0, "on"), choice(1, "off")];

/// 35: cover events.
pub(super) static COVER_EVENT: [Choice; 2] = [choice(0, "opened"), choice(1, "closed")];

/// 3A: relay events.
pub(super) static RELAY_EVENT: [Choice; 7] = [
    choice(0, "off by power limit"),
    choice(1, "off by energy limit"),
    choice(2, "off by more than 65 A for 5 s"),
    choice(3, "off by interface"),
    choice(4, "on by button"),
    choice(5, "on by interface"),
    choice(6, "on automatically"),
];

/// 37: what is asked for (N48).
pub(super) static PROFILE: [Choice; 10] = [
    choice(0x00, "day"),
    choice(0x01, "month"),
    choice(0x10, "half-hours-1"),
    choice(0x11, "half-hours-2"),
    choice(0x12, "half-hours-3"),
    choice(0x13, "half-hours-4"),
    choice(0x14, "half-hours-5"),
    choice(0x15, "half-hours-6"),
    choice(0xF0, "lost-half-hours"),
    choice(0xE0, "type"),
];

/// 6D, 71: what decides over the relay. Any other value means on.
pub(super) static RELAY_MODE: [Choice; 4] =
    [choice(0x55, "by-limits"), choice(0xAA, "off"), choice(0x00, "on"), choice(0x5A, "button")];

/// 86 01: the relay as it is.
pub(super) static RELAY_STATE: [Choice; 2] = [choice(0x55, "on"), choice(0xAA, "off")];

/// 86: the parameter's number.
pub(super) static PARAMETER: [Choice; 5] = [
    choice(0x02, "power-factor"),
    choice(0x00, "reactive-power"),
    choice(0x01, "relay"),
    choice(0x03, "reclose"),
    choice(0xFF, "model"),
];

/// 86 FF: the model (webtoucher/mercury-base, `mercury_v1/commands.py`).
pub(super) static MODEL: [Choice; 5] = [
    choice(0x02, "200"),
    choice(0x04, "203.2T"),
    choice(0x06, "203.2TR"),
    choice(0x08, "206"),
    choice(0x0A, "201.8TLO"),
];

/// 72, 6E: the flag after a limit.
pub(super) static LIMIT_FLAG: [Choice; 5] = [
    choice(0x00, "normal"),
    choice(0xAA, "exceeded"),
    choice(0x55, "stop-watching"),
    choice(0x5A, "write"),
    choice(0xA5, "add"),
];
