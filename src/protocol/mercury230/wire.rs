//! The anatomy of a frame: `ADDR(1) CODE(1) PARAMETERS CRC(2)` one way, `ADDR(1) DATA CRC(2)` the other
//! (M236, 1.5). A reply does not say what it answers.

use crate::frame::Checksum;
pub(super) use crate::protocol::incotex::{CRC, CRC_START, crc_step, with_checksum};
use crate::protocol::incotex::{checksum, damage};

/// The shortest frame: a link test, a close, a status.
pub(super) const SHORTEST: usize = 4;

/// The longest body of an answer (M236, 1.5.4.2: long answers carry 1 to 255 bytes).
pub(super) const LONGEST_DATA: usize = 255;

/// The longest frame: a long answer of a meter that repeats the code of the request.
pub(super) const LONGEST: usize = 1 + 1 + LONGEST_DATA + CRC;

/// The address that any meter answers.
pub(super) const ANY: u8 = 0x00;

/// The address that all meters obey and none answers.
pub(super) const BROADCAST: u8 = 0xFE;

/// A frame taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// Whom it is for or from.
    pub address: u8,
    /// What stands between address and CRC: at least one byte.
    pub body: &'a [u8],
    /// CRC-16/MODBUS over all before it.
    pub checksum: Checksum,
}

impl<'a> Frame<'a> {
    /// Takes bytes apart; `None` when there are fewer than [`SHORTEST`].
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (rest, crc) = bytes.split_last_chunk::<CRC>()?;
        let (&address, body) = rest.split_first()?;
        if body.is_empty() {
            return None;
        }
        Some(Self { address, body, checksum: checksum(rest, *crc) })
    }

    /// Whether the CRC fits.
    pub(super) const fn is_sound(&self) -> bool {
        self.checksum.found == self.checksum.expected
    }

    /// `CRC C645, expected C644`.
    pub(super) fn damage(&self) -> String {
        damage(self.checksum)
    }

    /// The status, if this is one: a body of a single byte always is (M236, 4.5).
    pub(super) const fn status(&self) -> Option<u8> {
        if let [status] = self.body { Some(*status) } else { None }
    }
}

/// A whole frame.
pub(super) fn frame(address: u8, body: &[u8]) -> Vec<u8> {
    with_checksum(&[&[address], body].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;

    #[test]
    fn the_makers_examples_come_apart_and_together_again() {
        let bytes = hex::parse("22 08 18 D6 00").unwrap();
        let parsed = Frame::parse(&bytes).unwrap();
        assert_eq!((parsed.address, parsed.body, parsed.status()), (0x22, [0x08, 0x18].as_slice(), None));
        assert!(parsed.is_sound());
        assert_eq!(frame(0x22, &[0x08, 0x18]), bytes);
        assert_eq!(Frame::parse(&frame(0, &[5])).unwrap().status(), Some(5));
    }

    #[test]
    fn fewer_than_four_bytes_are_no_frame() {
        assert!((0..SHORTEST).all(|length| Frame::parse(&vec![0; length]).is_none()));
    }
}
