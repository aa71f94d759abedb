//! What the sum of 8 bits lets through.

use super::super::Mbus;
use super::{bytes_of, vectors};
use crate::protocol::{Context, Family, Integrity, PieceKind, Source, laws};

/// What becomes of splices.
#[derive(Debug, Default, PartialEq, Eq)]
struct Spliced {
    tried: usize,
    /// Those a framer takes for one good frame.
    taken_for_good: usize,
    /// Those of them that give a reading which neither frame has.
    with_other_readings: usize,
}

/// Every splice of two published frames, cut at any byte, that keeps the first one's length, so that the sum
/// alone can tell.
fn splices() -> Spliced {
    let frames: Vec<Vec<u8>> = vectors().iter().map(|json| bytes_of(json, "hex")).collect();
    let mut count = Spliced::default();
    for (one, two) in frames.iter().flat_map(|one| frames.iter().map(move |two| (one, two))) {
        for cut in 4..one.len() {
            let Some(tail) = two.len().checked_sub(one.len() - cut) else { continue };
            let splice = [&one[..cut], &two[tail..]].concat();
            if splice != *one && splice != *two {
                count.add(&splice, [one, two]);
            }
        }
    }
    count
}

impl Spliced {
    fn add(&mut self, splice: &[u8], whole: [&[u8]; 2]) {
        self.tried += 1;
        let pieces = laws::pieces(&Mbus, Source::Both, splice, &[]);
        if pieces == [(PieceKind::Frame(Integrity::Good), splice.to_vec())] {
            self.taken_for_good += 1;
            self.with_other_readings += usize::from(has_other_readings(splice, whole));
        }
    }
}

fn has_other_readings(splice: &[u8], whole: [&[u8]; 2]) -> bool {
    let read = |bytes: &[u8]| (&Mbus as &dyn Family).dissect(bytes, &Context::default()).readings;
    let known = whole.map(read).concat();
    read(splice).iter().any(|reading| !known.contains(reading))
}

/// The sum is of 8 bits: by chance one splice in 256 has the right one. No receiver can tell those from whole
/// frames, so their number is written down, and a change that lets more through does not go unnoticed.
#[test]
fn an_8_bit_sum_lets_about_one_splice_in_256_pass_and_those_are_counted() {
    assert_eq!(splices(), Spliced { tried: 23_346, taken_for_good: 107, with_other_readings: 42 });
}
