//! Channels that a meter on M-Bus has left behind: it was exchanged, and the new one has a channel of its own.

use super::sheet::Sheet;
use crate::frame::ProblemCode;
use crate::protocol::fields::Fields;
use crate::reading::{MeterTime, Reading};

/// A meter on M-Bus is heard every hour at least; one that another of its kind is a day ahead of is gone.
const GONE_AFTER_HOURS: i64 = 24;

/// Names every channel whose time was never set, or is old, while another of the same kind has a newer one.
pub(super) fn name<F: Fields>(sheet: &mut Sheet<'_, F>) {
    let is_kind_known = |channel: u8| sheet.media.get(usize::from(channel)).is_some_and(Option::is_some);
    let registers =
        sheet.readings.iter().filter(|reading| is_kind_known(reading.channel) && is_register(reading));
    if registers.clone().count() < 2 {
        return;
    }
    let mut told = Vec::new();
    for old in registers.clone() {
        let heir = registers.clone().find(|new| new.quantity == old.quantity && is_gone(old, new));
        told.extend(heir.map(|new| {
            format!(
                "channel {} is left over from a meter that is gone: {} is counted on channel {} now",
                old.channel,
                old.quantity.name(),
                new.channel
            )
        }));
    }
    for text in told {
        sheet.problem(ProblemCode::LeftOver, text, None);
    }
}

/// Whether it is the register of a meter: groups C and D are 24 and 2 or, in the old form, 3.
fn is_register(reading: &Reading) -> bool {
    reading.code.is_some_and(|code| code.c == 24 && matches!(code.d, 2 | 3))
}

fn is_gone(old: &Reading, new: &Reading) -> bool {
    let time = |reading: &Reading| reading.at.and_then(MeterTime::civil);
    match (time(old), time(new)) {
        (None, Some(_)) => true,
        (Some(old), Some(new)) => new.duration_since(old).as_hours() > GONE_AFTER_HOURS,
        (_, None) => false,
    }
}
