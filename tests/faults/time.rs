//! Pieces, clumps, late and slow answers (F20, F21, F27, F28, F62).

use std::time::Duration;

use meterscope::frame::At;
use meterscope::protocol::{Fault, Options};
use rstest::rstest;

use super::bench::{Bench, Kind, ONCE, PATIENT, suffers};

#[rstest]
#[case::f20_byte_by_byte("split=1:1/3ms")]
#[case::f20_fourteen_at_a_time("split=1:14/15ms")]
#[case::f20_uneven("split=1:1+2+5+7/9ms")]
#[case::f20_by_a_slow_converter("split=1:7/60ms")]
#[case::f62_packed_by_a_converter("split=1:32/12ms")]
#[case::f62_packed_into_one("split=1:560/0ms")]
#[tokio::test(start_paused = true)]
async fn an_answer_in_pieces_is_read_whole(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] fault: &str,
) {
    let (bench, outcome) = suffers(kind, &[fault], ONCE, "good").await;
    assert_eq!((outcome.values(), bench.damaged_frames()), (kind.truth(), 0), "{}", bench.history());
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f20_an_answer_cut_anywhere_is_read_whole(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    for cut in 1..30 {
        let fault = format!("split=1:{cut}+100/25ms");
        let (_, outcome) = suffers(kind, &[&fault], ONCE, "good").await;
        assert_eq!(outcome.values(), kind.truth(), "{fault}");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f21_two_answers_handed_over_together_are_told_apart(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let (bench, outcome) = suffers(kind, &["coalesce=once:2"], PATIENT, "good").await;
    assert_eq!((outcome.values(), bench.damaged_frames()), (kind.truth(), 0), "{}", bench.history());
}

/// How long each family waits for an answer, a little less and a little more.
fn around_the_deadline(kind: Kind) -> [Duration; 2] {
    let deadline = match kind {
        Kind::Ce | Kind::Iec => 2000,
        Kind::Mercury => 500,
    };
    [deadline * 9 / 10, deadline + 100].map(Duration::from_millis)
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn an_answer_just_in_time_is_an_answer(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let [early, _] = around_the_deadline(kind);
    let fault = format!("late=once:{}ms", early.as_millis());
    let (_, outcome) = suffers(kind, &[&fault], ONCE, "good").await;
    assert_eq!(outcome.warnings, [""; 0]);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f27_a_late_answer_is_not_taken_for_the_next_one(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let [_, late] = around_the_deadline(kind);
    let fault = format!("late=once:{}ms", late.as_millis());
    let (bench, outcome) = suffers(kind, &[&fault], ONCE, "silence").await;
    assert!(outcome.warned("late-answer"), "{outcome:?}\n{}", bench.history());
    let (_, rest) = outcome.answers.split_first().unwrap();
    assert!(rest.iter().all(|(_, end)| end.is_ok()), "only the late one is missing: {outcome:?}");
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f27_with_retries_a_late_answer_costs_no_value(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let [_, late] = around_the_deadline(kind);
    let fault = format!("late=once:{}ms", late.as_millis());
    let (_, outcome) = suffers(kind, &[&fault], PATIENT, "good").await;
    assert_eq!(outcome.values(), kind.truth());
    assert!(outcome.warned("late-answer"), "the second answer is too much: {outcome:?}");
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f27_an_answer_to_an_earlier_job_is_not_taken_for_one_to_the_next(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let [_, late] = around_the_deadline(kind);
    let mut bench = Bench::new(kind, &[&format!("late=once:{}ms", late.as_millis())]);
    let asked = kind.asked();
    let first = bench.carry_out(kind.plan_of(&asked[..1], ONCE)).await;
    assert_eq!(bench.code(&first), "silence");
    let second = bench.carry_out(kind.plan_of(&asked[1..2], ONCE)).await;
    assert_eq!(second.values(), [kind.truth()[1].clone()], "{}", bench.history());
    assert!(
        bench.remarks().iter().any(|remark| remark.contains("came after its time")),
        "{}",
        bench.history()
    );
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn the_answer_to_a_cancelled_job_is_not_taken_for_one_to_the_next(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let mut bench = Bench::new(kind, &[]);
    bench.opened().await;
    let asked = kind.asked();
    let cancelled = bench.start(kind.plan_of(&asked[..1], ONCE));
    let next = bench.start(kind.plan_of(&asked[1..2], ONCE));
    tokio::time::sleep(Duration::from_millis(80)).await;
    bench.handle.intents.send(meterscope::bus::Intent::Cancel(cancelled)).unwrap();
    let before = bench.clock.now();
    assert_eq!(bench.finish(cancelled).await.fault(), Some(&Fault::Cancelled));
    assert_eq!(bench.clock.now(), before, "who cancels is not made to wait");
    let outcome = bench.finish(next).await;
    assert_eq!(outcome.values(), [kind.truth()[1].clone()], "{}", bench.history());
    assert!(bench.clock.now().since(before) < Duration::from_millis(300), "nor the next one for long");
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f28_a_meter_that_answers_about_when_it_is_given_up_gives_the_truth_or_nothing(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let [early, late] = around_the_deadline(kind);
    let mut bench =
        Bench::new(kind, &[&format!("latency=1:{}ms..{}ms", early.as_millis(), late.as_millis())]);
    let (mut answered, mut asked) = (0, 0);
    for _ in 0..60 {
        let outcome = bench.read(ONCE).await;
        answered += outcome.answered();
        asked += outcome.answers.len();
        assert!(matches!(bench.code(&outcome), "good" | "silence"), "{outcome:?}");
    }
    assert!((asked / 10..asked * 9 / 10).contains(&answered), "{answered} of {asked}: it must be a gamble");
    tokio::time::sleep(Duration::from_secs(10)).await;
    bench.recovers().await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f32_an_answer_that_comes_twice_counts_once(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    for options in [ONCE, PATIENT, Options { retries: 1, read_twice: true, ..Options::default() }] {
        let (bench, outcome) = suffers(kind, &["dup=1"], options, "good").await;
        assert_eq!(outcome.values(), kind.truth(), "{}", bench.history());
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_something_is_still_coming_in(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let bench = {
        let (bench, _) = suffers(kind, &["dup=1"], ONCE, "good").await;
        bench
    };
    let trace = bench.trace.lock();
    let mut received = At::ZERO;
    for entry in (0..trace.len()).filter_map(|number| trace.entry(number)).filter(|entry| entry.len > 0) {
        match entry.way {
            meterscope::trace::Dir::Rx => received = entry.last,
            meterscope::trace::Dir::Tx => assert!(entry.first > received, "{entry:?} after {received}"),
        }
    }
}
