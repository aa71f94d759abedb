//! What both Mercury protocols have in common with Modbus, and nothing else with each other: the CRC that ends
//! a frame, and silence as the only sign of where one ends.

mod crc;
mod fits;
mod hearing;
#[cfg(test)]
pub mod line;
mod write;

pub use crc::{CRC, CRC_START, checksum, crc_step, damage, seal};
pub use fits::Fits;
pub use hearing::Hearing;
pub use write::is_write;
