//! The anatomy of a frame: `ADDR(4) CMD(1) DATA CRC(2)` (M206, table 1).

use crate::frame::Checksum;
pub(super) use crate::protocol::incotex::{CRC, CRC_START, crc_step, with_checksum};
use crate::protocol::incotex::{checksum, damage};

/// Bytes of the address, most significant first.
pub(super) const ADDRESS: usize = 4;

/// Bytes in front of the payload.
pub(super) const HEAD: usize = ADDRESS + 1;

/// The shortest frame: a request without argument, an answer to a write.
pub(super) const SHORTEST: usize = HEAD + CRC;

/// The longest frame looked for. The maker's list knows 31 bytes (replies to 37).
pub(super) const LONGEST: usize = SHORTEST + super::layout::MAX_PAYLOAD;

/// A frame taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// Whom it is for or from.
    pub address: u32,
    /// The command's code.
    pub code: u8,
    /// What stands between code and CRC.
    pub payload: &'a [u8],
    /// CRC-16/MODBUS over all before it.
    pub checksum: Checksum,
}

impl<'a> Frame<'a> {
    /// Takes bytes apart; `None` when there are fewer than [`SHORTEST`].
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (body, crc) = bytes.split_last_chunk::<CRC>()?;
        let (address, rest) = body.split_first_chunk::<ADDRESS>()?;
        let (&code, payload) = rest.split_first()?;
        let checksum = checksum(body, *crc);
        Some(Self { address: u32::from_be_bytes(*address), code, payload, checksum })
    }

    /// Whether the CRC fits.
    pub(super) const fn is_sound(&self) -> bool {
        self.checksum.found == self.checksum.expected
    }

    /// `CRC C645, expected C644`.
    pub(super) fn damage(&self) -> String {
        damage(self.checksum)
    }
}

/// A whole frame.
pub(super) fn frame(address: u32, code: u8, payload: &[u8]) -> Vec<u8> {
    with_checksum(&[&address.to_be_bytes(), [code].as_slice(), payload].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;

    #[test]
    fn a_published_request_comes_apart_and_together_again() {
        let bytes = hex::parse("00 06 47 5E 63 EC D4").unwrap();
        let parsed = Frame::parse(&bytes).unwrap();
        assert_eq!((parsed.address, parsed.code, parsed.payload.len()), (411_486, 0x63, 0));
        assert!(parsed.is_sound());
        assert_eq!(frame(411_486, 0x63, &[]), bytes);
    }

    #[test]
    fn fewer_than_seven_bytes_are_no_frame() {
        assert!((0..SHORTEST).all(|length| Frame::parse(&vec![0; length]).is_none()));
    }
}
