//! The energy arrays: what stands in the answers to 05, 15, 17 and 18 (M236, 4.3).

use super::choices::{DAY_REGISTERS, FAST, LOSSES};
use super::form::{Form, Item, item};
use crate::reading::{Period, Quantity, Unit};

/// The four registers of 05 and those of 15, by their OBIS value group C.
const BY_DIRECTION: [(&str, u8, Unit); 4] = [
    ("active energy import", 1, Unit::WattHour),
    ("active energy export", 2, Unit::WattHour),
    ("reactive energy import", 3, Unit::VarHour),
    ("reactive energy export", 4, Unit::VarHour),
];
const BY_QUADRANT: [(&str, u8, Unit); 4] = [
    ("reactive energy R1", 5, Unit::VarHour),
    ("reactive energy R2", 6, Unit::VarHour),
    ("reactive energy R3", 7, Unit::VarHour),
    ("reactive energy R4", 8, Unit::VarHour),
];

const LOST: [&str; 4] = [
    "technical losses, active import",
    "technical losses, active export",
    "technical losses, reactive import",
    "technical losses, reactive export",
];

/// A+, A-, R+, R- of a tariff, 0 being the sum.
pub(super) fn registers(tariff: u8) -> Vec<Item> {
    row(&BY_DIRECTION, tariff)
}

fn row(kinds: &[(&'static str, u8, Unit); 4], tariff: u8) -> Vec<Item> {
    let register = |&(name, c, unit): &(&'static str, u8, Unit)| {
        let bare = item(name, Form::Energy).unit(unit).code(c, 8, tariff).nth(tariff.into());
        if c > 4 { bare.is(Quantity::named(name)) } else { bare }
    };
    kinds.iter().map(register).collect()
}

/// Technical losses stand where a fifth tariff would.
fn of_tariff(kinds: &[(&'static str, u8, Unit); 4], tariff: u8) -> Vec<Item> {
    if tariff != LOSSES {
        return row(kinds, tariff);
    }
    let name = |(item, lost): (Item, &'static str)| item.unread().called(lost).is(Quantity::named(lost));
    row(kinds, 0).into_iter().zip(LOST).map(name).collect()
}

/// The period of an array: its high half, with the month in the low one.
pub(super) const fn period(array: u8) -> Option<Period> {
    Some(match (array >> 4, array & 0x0F) {
        (0x0 | 0x6, _) => Period::Now,
        (0x1, _) => Period::DuringYear(0),
        (0x2, _) => Period::DuringYear(1),
        (0x3, month) => Period::InMonth(month),
        (0x4, _) => Period::DuringDay(0),
        (0x5, _) => Period::DuringDay(1),
        (0x9, _) => Period::YearEnd(1),
        (0xA, _) => Period::YearEnd(2),
        (0xB, month) => Period::CalendarMonth(month),
        (0xC, _) => Period::DayEnd(1),
        (0xD, _) => Period::DayEnd(2),
        _ => return None,
    })
}

fn of_period(items: Vec<Item>, period: Period) -> Vec<Item> {
    items.into_iter().map(|item| item.of(period)).collect()
}

/// The items of an answer to 05 (or to 15, by quadrant).
pub(super) fn array(is_by_quadrant: bool, array: u8, tariff: u8) -> Option<Vec<Item>> {
    let kinds = if is_by_quadrant { &BY_QUADRANT } else { &BY_DIRECTION };
    let period = period(array)?;
    let items = match (array >> 4, tariff) {
        (0x6, 0..=4) if !is_by_quadrant => by_phase(tariff),
        (0x6, _) => return None,
        (_, 0..=LOSSES) => of_tariff(kinds, tariff),
        (_, FAST) => [1, 2, 3, 4, 0, LOSSES].into_iter().flat_map(|t| of_tariff(kinds, t)).collect(),
        _ => return None,
    };
    Some(of_period(items, period))
}

/// A+ of the three phases.
fn by_phase(tariff: u8) -> Vec<Item> {
    let phase = |(nth, c): (u16, u8)| {
        item("active energy import of phase", Form::Energy)
            .nth(nth)
            .unit(Unit::WattHour)
            .code(c, 8, tariff)
            .is(Quantity::ACTIVE_IMPORT)
    };
    [(1, 21), (2, 41), (3, 61)].into_iter().map(phase).collect()
}

/// The items of an answer to 18: registers at the start of the day or month that the request names.
pub(super) fn dated(which: u8, tariff: u8) -> Option<Vec<Item>> {
    let kinds = if DAY_REGISTERS.contains(&which) { &BY_DIRECTION } else { &BY_QUADRANT };
    (which <= 3 && tariff <= LOSSES).then(|| of_period(of_tariff(kinds, tariff), Period::Then))
}

/// The items of an answer to 17: maxima of power, each with its time.
pub(super) fn maxima() -> Vec<Item> {
    const NAMES: [(&str, &str); 4] = [
        ("time of maximum A+", "maximum A+"),
        ("time of maximum A-", "maximum A-"),
        ("time of maximum R+", "maximum R+"),
        ("time of maximum R-", "maximum R-"),
    ];
    const NOTE: &str = "kW = number x 60 / averaging minutes / (2 x imp/kWh)";
    let pair = |(time, power)| [item(time, Form::Peak).times(), item(power, Form::Pulses).read().note(NOTE)];
    NAMES.into_iter().flat_map(pair).collect()
}
