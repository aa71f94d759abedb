//! Where runs of bytes have a CRC that fits, found without going through each run.
//!
//! The CRC is linear over bits: that of a run is the XOR of what each of its bytes and the start value come to after
//! the steps that follow them. Carried on to one place behind all bytes, what comes before a run cancels out, and the
//! CRC over `from..to` fits exactly where two sums are equal. So one pass over the bytes makes the sums, and a run
//! costs one comparison.

use std::ops::RangeInclusive;

use super::crc::CRC_START;

/// The most bytes that are looked at: [`Fits::MOST`].
const MOST: usize = 520;

/// What each bit of a byte comes to after a number of steps, from one to [`MOST`].
static STEPPED: [[u16; 8]; MOST + 1] = stepped();

/// What the start value comes to after a number of steps.
static STARTED: [u16; MOST + 1] = started();

/// The CRC after a byte of zeros (polynomial 8005, reflected).
const fn step(mut crc: u16) -> u16 {
    let mut bit = 0;
    while bit < 8 {
        crc = if crc & 1 == 1 { crc >> 1 ^ 0xA001 } else { crc >> 1 };
        bit += 1;
    }
    crc
}

#[expect(clippy::indexing_slicing, reason = "the loops are bounded by the lengths; runs at compile time")]
const fn stepped() -> [[u16; 8]; MOST + 1] {
    let mut all = [[0; 8]; MOST + 1];
    let (mut bit, mut after) = (0, 0);
    while bit < 8 {
        all[0][bit] = 1 << bit;
        bit += 1;
    }
    while after < MOST {
        bit = 0;
        while bit < 8 {
            all[after + 1][bit] = step(all[after][bit]);
            bit += 1;
        }
        after += 1;
    }
    all
}

#[expect(clippy::indexing_slicing, reason = "the loop is bounded by the length; runs at compile time")]
const fn started() -> [u16; MOST + 1] {
    let mut all = [CRC_START; MOST + 1];
    let mut after = 0;
    while after < MOST {
        all[after + 1] = step(all[after]);
        after += 1;
    }
    all
}

/// The sums of some bytes.
pub(crate) struct Fits {
    /// For every place what the bytes before it come to behind the last of [`MOST`].
    sums: [u16; MOST + 1],
    count: usize,
}

impl Fits {
    /// The most bytes that are looked at.
    pub(crate) const MOST: usize = MOST;

    /// Of the first [`MOST`] bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut sums = [0; MOST + 1];
        let mut sum = 0;
        let places = sums.iter_mut().skip(1).zip(bytes).zip(STEPPED.iter().rev());
        for ((place, byte), bits) in places {
            let set = bits.iter().enumerate().map(|(bit, after)| after * u16::from(byte >> bit & 1));
            sum ^= set.fold(0, |all, one| all ^ one);
            *place = sum;
        }
        Self { sums, count: bytes.len().min(MOST) }
    }

    /// Where the runs end that start at `from`, have so many bytes and a CRC that fits; the shortest first.
    pub(crate) fn ends(&self, from: usize, lengths: &RangeInclusive<usize>) -> impl Iterator<Item = usize> {
        let sum = self.sum_from(from);
        let first = from + lengths.start();
        let within = self.sums.get(first..=(from + lengths.end()).min(self.count)).unwrap_or_default();
        // Most runs have none, and a search without telling where is several times faster.
        let searched = if within.contains(&sum) { within } else { &[] };
        searched.iter().enumerate().filter(move |(_, end)| **end == sum).map(move |(index, _)| first + index)
    }

    /// What the sum must be where a run that starts at `from` ends.
    fn sum_from(&self, from: usize) -> u16 {
        let before = self.sums.get(from).copied().unwrap_or_default();
        let start = MOST.checked_sub(from).and_then(|steps| STARTED.get(steps)).copied().unwrap_or_default();
        before ^ start
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::checksum::MODBUS;
    use crate::protocol::incotex::crc_step;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn a_run_is_found_exactly_where_its_crc_fits(
            bytes in proptest::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..540),
            runs in proptest::collection::vec(any::<(prop::sample::Index, u8)>(), 1..6),
        ) {
            let mut bytes = bytes;
            for (at, length) in runs {
                let at = at.index(bytes.len() + 1);
                let body: Vec<u8> = (0..length).collect();
                let sealed = [body.as_slice(), &MODBUS.checksum(&body).to_le_bytes()].concat();
                bytes.splice(at..at, sealed);
            }
            let fits = Fits::of(&bytes);
            let within = bytes.len().min(MOST);
            for from in 0..within {
                let found: Vec<usize> = fits.ends(from, &(4..=259)).collect();
                let mut crc = CRC_START;
                let mut expected = Vec::new();
                for end in from + 1..=(from + 259).min(within) {
                    crc = crc_step(crc, bytes[end - 1]);
                    if crc == 0 && end >= from + 4 {
                        expected.push(end);
                    }
                }
                prop_assert_eq!(found, expected, "from {}", from);
            }
        }
    }
}
