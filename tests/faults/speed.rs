//! A session whose line changes its speed on the way.

use std::time::Duration;

use rstest::rstest;

use super::bench::{Bench, Kind, ONCE, PATIENT};

#[tokio::test(start_paused = true)]
async fn a_session_that_changes_its_speed_is_read() {
    let mut bench = Bench::new(Kind::Iec, &[]);
    let outcome = bench.read(ONCE).await;
    assert_eq!(outcome.values(), Kind::Iec.truth(), "{outcome:?}\n{}", bench.history());
}

#[rstest]
#[case::a_little("late-line=1:100ms")]
#[case::by_more_than_the_meter_waits("late-line=1:2s")]
#[case::once("late-line=once:2s")]
#[tokio::test(start_paused = true)]
async fn a_change_of_speed_that_comes_late_is_named_and_the_read_succeeds(#[case] fault: &str) {
    let mut bench = Bench::new(Kind::Iec, &[fault]);
    let outcome = bench.read(PATIENT).await;
    assert!(!bench.deeds("late_line").is_empty(), "the fault has struck");
    assert_eq!(outcome.values(), Kind::Iec.truth(), "{outcome:?}\n{}", bench.history());
    assert!(outcome.warned("speed"), "{outcome:?}");
    assert!(outcome.took < Duration::from_secs(30), "{outcome:?}");
    tokio::time::sleep(Duration::from_secs(5)).await;
    bench.recovers().await;
}
