//! Memory reads: what stands in the answers to 06 and 16 (M236, 4.5 and 4.6).

use super::form::{Form, Item, item};
use crate::protocol::incotex::items::size;
use crate::reading::{Period, Unit};

/// Bytes of a record of the load profile.
pub(super) const RECORD: u8 = 15;
/// The count that asks for seventeen records.
const MANY: u8 = 0xFF;

/// Whether a memory byte names a load profile: memory 3 or 5 in the low half, address bit 17 and the kind of
/// energy above.
const fn is_profile(memory: u8) -> bool {
    matches!(memory & 0x0F, 3 | 5)
}

const SCALE: &str = "kW = number x 60 / period in minutes / (2 x imp/kWh)";

/// A record of the load profile.
const PROFILE: [Item; 7] = [
    item("state", Form::ProfileState).note(
        "bits 6-5 tariff less 1, 4 second profile, 3 winter, 2 memory cleared, 1 incomplete, 0 overflow",
    ),
    item("interval ends", Form::ProfileTime).times(),
    item("averaging period", Form::ProfileMinutes).unit(Unit::Minute),
    item("profile P+", Form::ProfilePulses(1)).read().of(Period::Interval).note(SCALE),
    item("profile P-", Form::ProfilePulses(2)).read().of(Period::Interval).note(SCALE),
    item("profile Q+", Form::ProfilePulses(3)).read().of(Period::Interval).note(SCALE),
    item("profile Q-", Form::ProfilePulses(4)).read().of(Period::Interval).note(SCALE),
];

fn records(count: u16) -> Vec<Item> {
    if count == 1 {
        return PROFILE.to_vec();
    }
    (1..=count).flat_map(|nth| PROFILE.into_iter().map(move |item| item.nth(nth))).collect()
}

fn plain(count: u8) -> Vec<Item> {
    vec![item("memory", Form::Bytes(count)).read()]
}

/// The items of an answer to 06. A single byte comes as two.
pub(super) fn by_address(memory: u8, count: u8) -> Vec<Item> {
    match count {
        // A count that names one kind of energy gives other records, which nobody describes.
        RECORD | MANY if memory & 0x70 == 0 && is_profile(memory) => records(u16::from(count / RECORD)),
        0 | 1 => plain(2),
        _ => plain(count),
    }
}

/// The items of an answer to 16, whose count is one of records.
pub(super) fn relative(memory: u8, count: u8) -> Vec<Item> {
    if is_profile(memory) && (1..=MANY / RECORD).contains(&count) {
        records(count.into())
    } else {
        plain(count.max(2))
    }
}

const _: () = assert!(size(&PROFILE) == RECORD as usize);
