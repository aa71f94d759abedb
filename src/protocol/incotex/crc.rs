//! CRC-16/MODBUS at the end of a frame, low byte first.

use crate::frame::Checksum;
use crate::frame::checksum::{CheckKind, MODBUS};

/// Bytes of the CRC, least significant first.
pub(crate) const CRC: usize = 2;

/// The CRC before the first byte.
pub(crate) const CRC_START: u16 = 0xFFFF;

/// The CRC after one byte more; 0 after a frame with its CRC.
pub(crate) fn crc_step(crc: u16, byte: u8) -> u16 {
    let [table] = MODBUS.table();
    let index = usize::from(crc as u8 ^ byte);
    table.get(index).copied().unwrap_or_default() ^ crc >> 8
}

/// The CRC that follows a body, beside the one it should be.
pub(crate) fn checksum(body: &[u8], crc: [u8; CRC]) -> Checksum {
    let (found, expected) = (u16::from_le_bytes(crc), MODBUS.checksum(body));
    Checksum::new(CheckKind::Modbus, found.into(), expected.into(), 4)
}

/// `CRC C645, expected C644`.
pub(crate) fn damage(checksum: Checksum) -> String {
    format!("CRC {}, expected {}", checksum.found_text(), checksum.expected_text())
}

/// Bytes followed by their CRC, low byte first.
pub(crate) fn with_checksum(body: &[u8]) -> Vec<u8> {
    [body, &MODBUS.checksum(body).to_le_bytes()].concat()
}
