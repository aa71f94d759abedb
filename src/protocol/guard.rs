//! The write guard: what bytes would do to whatever listens on a line, over all families at once.
//!
//! A message is judged whole. Only its own family can say that it reads; every other one, and Modbus, which shares
//! checksum and line with two of them, can only make it graver, by what it would hear in the bytes or anywhere in them.

use super::command::Access;
use super::decoder::Decoder;
use super::dialect::Dialect;
use super::family::Family;
use super::{modbus_write, registry};

/// Bytes of the shortest message with a checksum that writes: address, code, parameter, CRC.
const SHORTEST: usize = 5;
/// Bytes of the longest message that anybody knows, and more.
const LONGEST: usize = 600;

/// What bytes would do to a meter; `None` where that is not understood, which needs permission, too.
///
/// `spoken` is the family that a picked meter speaks. Without one, bytes read where at least one family says so and
/// none hears a write in them. Bytes that hold a message that writes beside anything else act, and so do more than
/// any message has.
#[must_use]
pub fn access(bytes: &[u8], spoken: Option<Decoder>) -> Option<Access> {
    if bytes.len() > LONGEST || holds_a_write(bytes) {
        return Some(Access::Control);
    }
    let heard = heard_by_others(bytes, spoken.map(|spoken| spoken.family));
    match spoken.map(|spoken| spoken.family.access(bytes, spoken.dialect)) {
        None => heard,
        Some(Some(own)) => heard.max(Some(own)),
        Some(None) => heard.filter(|heard| *heard != Access::Read),
    }
}

/// The gravest that families other than one make of bytes, in any dialect.
fn heard_by_others(bytes: &[u8], but: Option<&dyn Family>) -> Option<Access> {
    let others = registry::FAMILIES.iter().filter(|family| Some(**family) != but);
    let heard = others.filter_map(|family| family.access(bytes, Dialect::default())).max();
    if modbus_write::is_write(bytes) { heard.max(Some(Access::Write)) } else { heard }
}

/// Whether a part of the bytes is a message of any family that writes: whoever did not understand what stands before
/// it takes it for one.
fn holds_a_write(bytes: &[u8]) -> bool {
    let ends = |from: usize| (from + SHORTEST..=bytes.len()).map(move |to| (from, to));
    let parts = (0..bytes.len()).flat_map(ends).filter(|part| *part != (0, bytes.len()));
    parts.filter_map(|(from, to)| bytes.get(from..to)).any(writes)
}

fn writes(part: &[u8]) -> bool {
    let is_write = |family: &&dyn Family| family.access(part, Dialect::default()) > Some(Access::Read);
    modbus_write::is_write(part) || registry::FAMILIES.iter().any(is_write)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;

    fn judged(text: &str, family: Option<&str>) -> Option<Access> {
        let spoken = family.and_then(registry::family).map(Decoder::of);
        access(&hex::parse(text).unwrap(), spoken)
    }

    #[test]
    fn only_the_family_of_the_picked_meter_says_that_a_message_reads() {
        let read = "C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 00 40 C0";
        assert_eq!(judged(read, None), Some(Access::Read));
        assert_eq!(judged(read, Some("energomera-ce")), Some(Access::Read));
        assert_eq!(judged(read, Some("mercury200")), None);
    }

    #[test]
    fn another_family_and_modbus_make_it_graver() {
        // Reads memory of a Mercury 230; writes a register of a Modbus slave.
        let shared = "01 06 02 00 10 01 44 72";
        assert_eq!(judged(shared, Some("mercury230")), Some(Access::Write));
        // The energy of Mercury 200 number 56 07 40 00; writes memory of Mercury 230 number 86.
        let both = "56 07 40 00 27 2C B6";
        assert_eq!(judged(both, Some("mercury200")), Some(Access::Control));
        assert_eq!(judged(both, Some("mercury230")), Some(Access::Control));
        assert_eq!(judged(both, None), Some(Access::Control));
    }

    #[test]
    fn a_write_that_fits_into_a_field_of_a_read_is_found() {
        // Restarts Mercury 230 number 5, inside of the password of a channel.
        let family = registry::family("mercury230").unwrap();
        let restart = family.with_checksum(&[5, 3, 0x16]);
        let open = |password: &[u8]| family.with_checksum(&[&[5, 1, 2], password].concat());
        assert_eq!(access(&open(b"222222"), None), Some(Access::Read));
        assert_eq!(access(&open(&[restart.as_slice(), &[0]].concat()), None), Some(Access::Control));
    }
}
