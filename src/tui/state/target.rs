//! The meter that is talked to.

use crate::app::target::Target;
use crate::frame::hex;

/// Whether two targets are the same meter asked in the same way.
#[must_use]
pub(crate) fn is_same(one: &Target, other: &Target) -> bool {
    one.model == other.model && one.address == other.address && one.password == other.password
}

/// The model, and the address where the meter has one that it is asked by: `CE307 R33 #107`.
#[must_use]
pub(crate) fn name(target: &Target) -> String {
    let (title, address) = (target.model.title, &target.address);
    if target.model.address.has_address() { format!("{title} #{address}") } else { title.to_owned() }
}

/// The address in wire order, before any stuffing, as hex; empty for the unaddressed form.
#[must_use]
pub(crate) fn wire_address(target: &Target) -> String {
    let number = target.address.number();
    number.map(|number| hex::spaced(&target.model.address.bytes(number))).unwrap_or_default()
}
