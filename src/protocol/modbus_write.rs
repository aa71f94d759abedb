//! Requests of Modbus RTU that write: on a line of meters with the same checksum a stranger may hear them.
//!
//! Source: MODBUS Application Protocol Specification V1.1b3, chapter 6, and MODBUS over Serial Line V1.02.

use super::incotex::{CRC, checksum};

/// Bytes around the data of a request: address, function, CRC.
const AROUND: usize = 4;
/// Bytes of a request that writes one coil or register: AROUND, its number, its value.
const SINGLE: usize = AROUND + 4;
/// Bytes of a request that masks a register: its number and two masks.
const MASK: usize = AROUND + 6;

/// Whether bytes are a whole request that writes coils, registers or a file, with a CRC that fits.
pub(super) fn is_write(bytes: &[u8]) -> bool {
    let Some((body, crc)) = bytes.split_last_chunk::<CRC>() else { return false };
    let counted = |before: usize, count: u8| body.len() == before + 1 + usize::from(count);
    let has_form = match *body {
        [_, 0x05 | 0x06, ..] => bytes.len() == SINGLE,
        [_, 0x16, ..] => bytes.len() == MASK,
        // Start and quantity, then the count of bytes; 17 reads first, so that it has both twice.
        [_, 0x0F | 0x10, _, _, _, _, count, ..] => counted(6, count),
        [_, 0x17, _, _, _, _, _, _, _, _, count, ..] => counted(10, count),
        [_, 0x15, count, ..] => counted(2, count),
        _ => false,
    };
    let sum = checksum(body, *crc);
    has_form && sum.found == sum.expected
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;
    use crate::protocol::incotex::with_checksum;

    #[test]
    fn requests_of_the_specification_that_write_are_known_and_those_that_read_are_not() {
        let is_one = |body: &str| is_write(&with_checksum(&hex::parse(body).unwrap()));
        for writes in [
            "11 05 00 AC FF 00",
            "11 06 00 01 00 03",
            "11 0F 00 13 00 0A 02 CD 01",
            "11 10 00 01 00 02 04 00 0A 01 02",
            "11 16 00 04 00 F2 00 25",
            "11 17 00 03 00 06 00 0E 00 03 06 00 FF 00 FF 00 FF",
        ] {
            assert!(is_one(writes), "{writes}");
        }
        for reads in
            ["11 01 00 13 00 25", "11 03 00 6B 00 03", "11 04 00 08 00 01", "11 06 00 01 00", "11 05"]
        {
            assert!(!is_one(reads), "{reads}");
        }
        assert!(!is_write(&hex::parse("11 06 00 10 32 05 00 00").unwrap()));
    }
}
