//! Requests of a master, told from what meters say.

use super::link;
use crate::protocol::{MasterRequest, Strength};

/// The highest primary address; above it stand the selected slave and all slaves.
const HIGHEST: u8 = 250;
/// The address that the customer interface of an AMIS meter calls, which plays the master there.
const CUSTOMER: u8 = 0xF0;
/// Bytes around what the length byte counts.
const AROUND: usize = link::HEAD + link::TAIL;

/// The request at the beginning of bytes: a short frame that resets a link or asks for data, or a frame that selects
/// a slave. Meters that push call themselves masters in their data frames, which are left out.
pub(super) fn request_at(bytes: &[u8]) -> Option<MasterRequest> {
    let len = match *bytes {
        [link::SHORT, ..] => link::SHORT_LENGTH,
        [link::LONG, len, same, link::LONG, ..] if len == same => AROUND + usize::from(len),
        _ => return None,
    };
    let wire = bytes.get(..len)?;
    let frame = link::Frame::parse(wire);
    let asks = match frame {
        link::Frame::Short { c, .. } => matches!(c, 0x40 | 0x5A | 0x5B | 0x7A | 0x7B),
        link::Frame::Long(long) => long.head().is_some_and(|[_, _, ci]| ci == link::SELECT),
        _ => false,
    };
    if !asks || !frame.is_sound() {
        return None;
    }
    let to = match frame {
        link::Frame::Short { c: link::RESET, a: CUSTOMER, .. } => return None,
        link::Frame::Short { a, .. } => a,
        link::Frame::Long(long) => long.head().filter(|[c, ..]| c & link::FROM_MASTER != 0)?[1],
        _ => return None,
    };
    let address = (to <= HIGHEST).then(|| to.to_string());
    Some(MasterRequest { len, address, strength: Strength::Listed })
}
