//! What the protocols of Incotex (Mercury 200 and Mercury 230) share: the CRC at the end of a frame, silence as the
//! only sign of where one ends, payloads laid out as rows of items.

pub mod bcd;
mod crc;
mod fits;
mod hearing;
pub mod items;
#[cfg(test)]
pub mod line;
mod responder;

pub use crc::{CRC, CRC_START, checksum, crc_step, damage, with_checksum};
pub use fits::Fits;
pub use responder::{Requested, SilenceResponder};
