//! The check of a block: a CRC-32 over all of it, so that a bit that changed on a disk is noticed.
//!
//! pcapng has a hash of a packet's bytes (`epb_hash`), but none of its time, its interface and its lengths. Ours is the
//! last option of every block that we write, with a code for local use (top bit set), which other programs pass over.

use crc::{CRC_32_ISO_HDLC, Crc, Table};

/// Option code of the check, from the range for local use.
pub(super) const CODE: u16 = 0xCB32;
/// Code and length, the sum, and the end of the options.
pub(super) const LENGTH: usize = 12;

const CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC);

/// The sum over the bytes of a block that stand before its check.
pub(super) fn sum(block: &[u8]) -> u32 {
    CRC.checksum(block)
}

/// The sum that a whole block ends with, and the bytes that it is over; `None` when it has no check of ours. We write
/// little endian only.
fn found(block: &[u8]) -> Option<(u32, &[u8])> {
    let (rest, _length) = block.split_last_chunk::<4>()?;
    let (summed, check) = rest.split_last_chunk::<LENGTH>()?;
    let [code_low, code_high, 4, 0, a, b, c, d, 0, 0, 0, 0] = *check else { return None };
    (u16::from_le_bytes([code_low, code_high]) == CODE).then(|| (u32::from_le_bytes([a, b, c, d]), summed))
}

/// Whether a whole block ends with a check of ours, right or wrong.
pub(super) fn is_there(block: &[u8]) -> bool {
    found(block).is_some()
}

/// Whether a whole block ends with a check of ours and is as it was written.
pub(super) fn fits(block: &[u8]) -> bool {
    found(block).is_some_and(|(written, summed)| written == sum(summed))
}
