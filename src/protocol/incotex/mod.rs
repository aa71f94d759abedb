//! What the protocols of Incotex (Mercury 200 and Mercury 230) share: the CRC at the end of a frame, silence as the
//! only sign of where one ends, payloads laid out as rows of items.

pub(super) mod bcd;
mod crc;
mod fits;
mod hearing;
pub(super) mod items;
#[cfg(test)]
pub(super) mod line;
mod responder;

pub(super) use crc::{CRC, CRC_START, checksum, crc_step, damage, with_checksum};
pub(super) use fits::Fits;
pub(super) use responder::{Requested, SilenceResponder};
