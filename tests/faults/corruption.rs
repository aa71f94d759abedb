//! Thousands of damaged answers by fixed seeds: what a checksum can find is never a value, and what it cannot
//! find is counted.
//!
//! CRC-16 misses one random change in 65 536, CRC-8 one in 256. How many that are for a seed is written down, so
//! that a change which lets more through does not go unnoticed.

use meterscope::protocol::Options;
use meterscope::sim::Speed;
use rstest::rstest;

use super::bench::{Bench, Kind, ONCE, Outcome, TWICE};

/// What came of many reads.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    /// Answers taken for good that were the truth.
    right: usize,
    /// Answers taken for good that were not.
    wrong: usize,
    /// Requests that failed.
    failed: usize,
}

impl Count {
    fn add(&mut self, kind: Kind, outcome: &Outcome) {
        for ((values, result), truth) in outcome.answers.iter().zip(kind.truth()) {
            match (result, *values == truth) {
                (Ok(()), true) => self.right += 1,
                (Ok(()), false) => self.wrong += 1,
                (Err(_), _) => self.failed += 1,
            }
        }
    }
}

/// Reads so often over a line with these faults; with every failure at least one of them has struck.
async fn count(kind: Kind, faults: &[&str], options: Options, reads: usize) -> Count {
    let mut bench = Bench::seeded(kind, vec![kind.meter()], faults, 20, Speed::Max);
    let mut count = Count::default();
    for _ in 0..reads {
        let outcome = bench.carry_out(kind.plan(options)).await;
        count.add(kind, &outcome);
    }
    assert!(bench.faults.log().len() >= count.failed.min(10_000), "the log holds ten thousand");
    count
}

#[rstest]
#[case::flipped_bits(&["flip=0.05:1"])]
#[case::flipped_bytes(&["flip=0.1:4"])]
#[case::lost_bytes(&["drop=0.03"])]
#[case::bytes_too_many(&["insert=0.03"])]
#[case::cut_short(&["truncate=0.5"])]
#[case::all_at_once(&["flip=0.01:3", "drop=0.01", "insert=0.01", "truncate=0.1"])]
#[tokio::test(start_paused = true)]
async fn a_mercury_never_gives_a_wrong_value_out_of_a_damaged_answer(#[case] faults: &[&str]) {
    let count = count(Kind::Mercury, faults, ONCE, 1000).await;
    assert_eq!(count.wrong, 0, "{count:?}");
    assert!(count.failed > 750 && count.right > 250, "{count:?}");
}

#[rstest]
#[case::flipped_bits(&["flip=0.05:1"], 0)]
#[case::flipped_bytes(&["flip=0.1:4"], 1)]
#[case::lost_bytes(&["drop=0.03"], 0)]
#[case::bytes_too_many(&["insert=0.03"], 0)]
#[case::cut_short(&["truncate=0.5"], 0)]
#[case::all_at_once(&["flip=0.01:3", "drop=0.01", "insert=0.01", "truncate=0.1"], 0)]
#[case::every_bit_of_a_byte(&["flip=0.1:8"], 1)]
#[tokio::test(start_paused = true)]
async fn what_an_8_bit_checksum_cannot_find_in_a_ce_is_counted_and_found_by_asking_twice(
    #[case] faults: &[&str],
    #[case] undetected: usize,
) {
    let once = count(Kind::Ce, faults, ONCE, 1000).await;
    assert_eq!(once.wrong, undetected, "{once:?}");
    assert!(once.failed > 750 && once.right > 250, "{once:?}");
    let twice = count(Kind::Ce, faults, TWICE, 400).await;
    assert_eq!(twice.wrong, 0, "{twice:?}");
    assert!(twice.right > 50, "{twice:?}");
}
