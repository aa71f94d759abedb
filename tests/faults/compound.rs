//! Two faults at once: where each alone is dealt with, the two together may not be.

use rstest::rstest;

use meterscope::bus::EchoState;

use super::bench::{Bench, Kind, ONCE, PATIENT, suffers};

#[rstest]
#[case::echo_and_a_stray_byte(&["echo=1", "prefix=1:00"])]
#[case::echo_and_trailing_bytes(&["echo=1", "suffix=1:000000"])]
#[case::echo_in_clumps(&["echo=1", "quantise=1:16ms"])]
#[case::echo_and_pieces(&["echo=1", "split=1:3/9ms"])]
#[case::echo_and_one_byte_at_a_time(&["echo=1", "split=1:1/3ms"])]
#[case::echo_and_an_answer_twice(&["echo=1", "dup=1"])]
#[tokio::test(start_paused = true)]
async fn an_echo_with_more_trouble_is_still_taken_out(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] faults: &[&str],
) {
    let (bench, outcome) = suffers(kind, faults, ONCE, "good").await;
    assert_eq!(outcome.values(), kind.truth(), "{}", bench.history());
    assert_eq!(bench.echo(), EchoState::Present);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_late_answer_on_an_adapter_that_echoes_costs_no_value(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let late = match kind {
        Kind::Ce | Kind::Iec => "late=once:2100ms",
        Kind::Mercury => "late=once:600ms",
    };
    let (bench, outcome) = suffers(kind, &["echo=1", late], PATIENT, "good").await;
    assert_eq!(outcome.values(), kind.truth(), "{}", bench.history());
    assert!(outcome.warned("late-answer") && bench.echo() == EchoState::Present, "{outcome:?}");
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn half_an_answer_glued_to_a_whole_one_gives_the_whole_one_or_nothing(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    for keep in 1..20 {
        let truncate = format!("truncate=once:{keep}");
        let (bench, outcome) = suffers(kind, &[&truncate, "coalesce=once:2"], PATIENT, "good").await;
        assert_eq!(outcome.values(), kind.truth(), "{keep}\n{}", bench.history());
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn an_answer_cut_short_is_damage_or_silence_whatever_its_length(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    for keep in 0..18 {
        let mut bench = Bench::new(kind, &[&format!("truncate=1:{keep}")]);
        let plan = kind.plan_of(&kind.asked()[..1], PATIENT);
        let outcome = bench.carry_out(plan).await;
        let code = bench.code(&outcome);
        // The end of a frame that lacks its last END byte is in no doubt when the next one begins.
        let is_whole = kind == Kind::Ce && keep == 17;
        let expected: &[&str] = match keep {
            0 => &["silence"],
            _ if is_whole => &["good", "damaged"],
            _ => &["damaged", "noise-only"],
        };
        assert!(expected.contains(&code), "{keep}: {code} {outcome:?}\n{}", bench.history());
        bench.recovers().await;
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn an_adapter_pulled_out_while_it_echoes_is_used_again_when_it_is_back(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let mut bench = Bench::new(kind, &["echo=1", "unplug=once:1s@5"]);
    let outcome = bench.read(PATIENT).await;
    assert_eq!(bench.code(&outcome), "link-lost");
    bench.faults.set(vec!["echo=1".parse().unwrap()]);
    assert_eq!(bench.read(ONCE).await.values(), kind.truth());
    bench.recovers().await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn old_bytes_a_stray_byte_and_pieces_at_once_cost_no_value(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let faults = ["preload=1:32", "prefix=1:FF", "split=1:5/12ms", "suffix=1:00", "echo=1"];
    let (bench, outcome) = suffers(kind, &faults, PATIENT, "good").await;
    assert_eq!(outcome.values(), kind.truth(), "{}", bench.history());
}
