//! The adapter hears itself (F01 to F03).

use meterscope::bus::EchoState;
use meterscope::link::Endpoint;
use meterscope::protocol::{Fault, Options};
use rstest::rstest;

use super::bench::{Bench, Kind, ONCE, PATIENT, suffers};

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_line_without_faults_gives_the_truth(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let mut bench = Bench::new(kind, &[]);
    let outcome = bench.read(ONCE).await;
    assert_eq!(outcome.values(), kind.truth());
    assert_eq!((outcome.warnings.len(), bench.echo()), (0, EchoState::Absent));
    assert!(bench.noise().is_empty());
}

#[rstest]
#[case::f01_whole(&["echo=1"])]
#[case::f03_but_for_its_last_byte(&["echo=1:drop_last"])]
#[case::f03_half(&["echo=1:partial"])]
#[tokio::test(start_paused = true)]
async fn an_echo_is_named_and_taken_out(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] faults: &[&str],
) {
    let (bench, outcome) = suffers(kind, faults, ONCE, "good").await;
    assert_eq!(outcome.warnings, [""; 0]);
    assert_eq!(bench.echo(), EchoState::Present);
    assert!(bench.echoes().len() >= kind.asked().len(), "{}", bench.history());
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f02_an_echo_without_a_meter_is_no_answer_although_its_checksum_fits(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let mut bench = Bench::with(kind, Vec::new(), &["echo=1"]);
    let outcome = bench.read(PATIENT).await;
    let silence = Fault::NoAnswer { sent: 3, echo: true, noise_bytes: 0 };
    assert!(outcome.answers.iter().all(|(values, end)| values.is_empty() && *end == Err(silence.clone())));
    let found = bench.diagnosis(&silence, &Endpoint::Sim);
    assert_eq!(found.code, "echo-only");
    assert!(found.ruled_out.contains(&"adapter dead: it hears itself"), "{found:?}");
    assert_eq!(bench.status().counters.good, 0);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f03_an_echo_with_noise_in_it_costs_at_most_a_retry(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    for position in 0..7 {
        let (mut bench, noise) = (Bench::new(kind, &["echo=1"]), format!("insert=1:FF@{position}"));
        // The noise of the adapter stands in front of what it hears; the echo itself is not touched.
        bench.faults.set(vec!["echo=1".parse().unwrap(), noise.parse().unwrap()]);
        let outcome = bench.read(Options { retries: 1, read_twice: false, ..Options::default() }).await;
        assert_eq!(bench.echo(), EchoState::Present);
        assert!(matches!(bench.code(&outcome), "good" | "damaged" | "noise-only"), "{outcome:?}");
        assert!(!bench.deeds("insert").is_empty());
        bench.recovers().await;
    }
}
