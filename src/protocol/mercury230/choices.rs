//! The small tables of values that requests and answers share (M236, chapter 4).

use crate::protocol::Choice;

/// One line of a table.
const fn choice(value: i64, word: &'static str) -> Choice {
    Choice { value, word }
}

/// The place of technical losses among the tariffs.
pub(super) const LOSSES: u8 = 5;
/// Every tariff, the sum and the losses in one long answer.
pub(super) const FAST: u8 = 6;

/// 05, 15, 17: the array.
pub(super) const ARRAY: [Choice; 11] = [
    choice(0x0, "since-reset"),
    choice(0x1, "this-year"),
    choice(0x2, "last-year"),
    choice(0x3, "month"),
    choice(0x4, "today"),
    choice(0x5, "yesterday"),
    choice(0x9, "start-of-this-year"),
    choice(0xA, "start-of-last-year"),
    choice(0xB, "start-of-month"),
    choice(0xC, "start-of-today"),
    choice(0xD, "start-of-yesterday"),
];

/// The month of an array.
pub(super) const MONTH: [Choice; 13] = [
    choice(0, "none"),
    choice(1, "january"),
    choice(2, "february"),
    choice(3, "march"),
    choice(4, "april"),
    choice(5, "may"),
    choice(6, "june"),
    choice(7, "july"),
    choice(8, "august"),
    choice(9, "september"),
    choice(10, "october"),
    choice(11, "november"),
    choice(12, "december"),
];

/// The tariff of a register.
pub(super) const TARIFF: [Choice; 6] = [
    choice(0, "sum"),
    choice(1, "T1"),
    choice(2, "T2"),
    choice(3, "T3"),
    choice(4, "T4"),
    choice(5, "losses"),
];

/// The tariff of a register without losses.
pub(super) const TARIFF_ONLY: [Choice; 5] =
    [choice(0, "sum"), choice(1, "T1"), choice(2, "T2"), choice(3, "T3"), choice(4, "T4")];

/// 18: registers by direction.
pub(super) const DAY_REGISTERS: [u8; 2] = [0, 1];

/// 18: what is asked for.
pub(super) const DATED: [Choice; 4] = [
    choice(0, "start-of-day"),
    choice(1, "start-of-month"),
    choice(2, "start-of-day-by-quadrant"),
    choice(3, "start-of-month-by-quadrant"),
];

/// 08 11: a single value.
pub(super) const ONE: [Choice; 34] = [
    choice(0x00, "power"),
    choice(0x01, "power-1"),
    choice(0x02, "power-2"),
    choice(0x03, "power-3"),
    choice(0x04, "reactive-power"),
    choice(0x05, "reactive-power-1"),
    choice(0x06, "reactive-power-2"),
    choice(0x07, "reactive-power-3"),
    choice(0x08, "apparent-power"),
    choice(0x09, "apparent-power-1"),
    choice(0x0A, "apparent-power-2"),
    choice(0x0B, "apparent-power-3"),
    choice(0x11, "voltage-1"),
    choice(0x12, "voltage-2"),
    choice(0x13, "voltage-3"),
    choice(0x20, "current-imbalance"),
    choice(0x21, "current-1"),
    choice(0x22, "current-2"),
    choice(0x23, "current-3"),
    choice(0x30, "power-factor"),
    choice(0x31, "power-factor-1"),
    choice(0x32, "power-factor-2"),
    choice(0x33, "power-factor-3"),
    choice(0x40, "frequency"),
    choice(0x51, "angle-1"),
    choice(0x52, "angle-2"),
    choice(0x53, "angle-3"),
    choice(0x61, "distortion-1"),
    choice(0x62, "distortion-2"),
    choice(0x63, "distortion-3"),
    choice(0x70, "temperature"),
    choice(0x81, "line-voltage-1"),
    choice(0x82, "line-voltage-2"),
    choice(0x83, "line-voltage-3"),
];

/// 08 14: values as fixed.
pub(super) const FIXED: [Choice; 18] = [
    choice(0xE0, "time"),
    choice(0xF0, "energy"),
    choice(0xF1, "energy-1"),
    choice(0xF2, "energy-2"),
    choice(0xF3, "energy-3"),
    choice(0xF4, "energy-4"),
    choice(0x00, "power"),
    choice(0x04, "reactive-power"),
    choice(0x08, "apparent-power"),
    choice(0x11, "voltage"),
    choice(0x21, "current"),
    choice(0x30, "power-factor"),
    choice(0x40, "frequency"),
    choice(0x51, "angle"),
    choice(0x61, "distortion"),
    choice(0x70, "temperature"),
    choice(0x81, "line-voltage"),
    choice(0xA0, "all"),
];

/// 08 17 00: whose tariff schedule is in force.
pub(super) const SCHEDULE_KIND: [Choice; 2] = [choice(0, "mercury"), choice(1, "spodes")];

/// 06, 16: the memory.
pub(super) const MEMORY: [Choice; 4] = [
    choice(0x03, "profile"),
    choice(0x05, "second-profile"),
    choice(0x02, "parameters"),
    choice(0x83, "profile-upper-half"),
];

/// 01, 03 1F: who opens the channel.
pub(super) const LEVEL: [Choice; 2] = [choice(1, "consumer"), choice(2, "owner")];

/// 03 12: the port.
pub(super) const PORT: [Choice; 4] =
    [choice(0, "optical"), choice(1, "built-in"), choice(2, "left"), choice(3, "right")];

/// 03 31: what the load is to do.
pub(super) const LOAD: [Choice; 4] =
    [choice(0, "on"), choice(1, "off"), choice(2, "manual-on"), choice(3, "manual-off")];

/// 03 18, 03 0C: winter or summer.
pub(super) const SEASON: [Choice; 2] = [choice(1, "winter"), choice(0, "summer")];
