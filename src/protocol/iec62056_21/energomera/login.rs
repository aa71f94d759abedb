//! The password as P2 carries it: hashed with a number that the meter draws for each session.

use crc::{Algorithm, Crc, Table};

use crate::frame::hex;

/// CRC-32 with the polynomial of Ethernet, reflected, without final inversion (protocol of CE208 and CE308).
const RULE: Algorithm<u32> = Algorithm {
    width: 32,
    poly: 0x04C1_1DB7,
    init: 0,
    refin: true,
    refout: true,
    xorout: 0,
    check: 0x2DFD_2D88,
    residue: 0,
};

static CRC: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&RULE);

/// The hash of a password, its start value being the operand of P0 in hex; `None` when that is no number of
/// at most eight hex digits.
pub(crate) fn hash(password: &[u8], operand: &[u8]) -> Option<u32> {
    let seed: u32 = hex::number(operand).filter(|_| operand.len() <= 8)?.try_into().ok()?;
    let mut digest = CRC.digest_with_initial(seed.reverse_bits());
    digest.update(password);
    Some(digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_the_computed_example_comes_out() {
        assert_eq!(hash(b"777777", b"83BC249"), Some(0xFCA7_ABB2));
    }

    #[test]
    fn what_is_no_hex_number_gives_no_hash() {
        for operand in [&b""[..], b"www.energomera.ru", b"123456789"] {
            assert_eq!(hash(b"777777", operand), None);
        }
    }
}
