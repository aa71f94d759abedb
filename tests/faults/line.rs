//! Stray, changed and lost bytes; wiring and settings (F04 to F13, F33, F41, F42).

use std::time::Duration;

use meterscope::link::Endpoint;
use meterscope::protocol::{Fault, LineSettings};
use meterscope::sim::{SimBus, Speed};
use rstest::rstest;

use super::bench::{Bench, Kind, ONCE, PATIENT, suffers};

#[rstest]
#[case::f04_a_zero_before_the_answer(&["prefix=1:00"])]
#[case::f04_an_ff_before_the_answer(&["prefix=1:FF"])]
#[case::f04_both_before_the_answer(&["prefix=1:FF00"])]
#[case::f05_zeros_after_the_answer(&["suffix=1:000000"])]
#[case::f05_an_ff_after_the_answer(&["suffix=1:FF"])]
#[case::f42_one_byte_is_no_collision(&["prefix=1:FD"])]
#[case::f06_a_line_without_bias(&["idle=1:00/700ms"])]
#[tokio::test(start_paused = true)]
async fn stray_bytes_around_an_answer_are_shown_and_do_not_spoil_it(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] faults: &[&str],
) {
    let mut bench = Bench::new(kind, faults);
    for _ in 0..3 {
        let outcome = bench.read(ONCE).await;
        assert_eq!(bench.code(&outcome), "good", "{outcome:?}\n{}", bench.history());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    bench.recovers().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let count: usize = bench.faults.log().iter().map(|deed| deed.after.len() - deed.before.len()).sum();
    assert!(count > 0);
    assert_eq!(bench.noise().len(), count, "{}", bench.history());
    assert_eq!(bench.status().counters.noise_bytes, count as u64);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f06_stray_bytes_at_any_time_cost_at_most_a_retry(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let mut bench = Bench::new(kind, &["idle=0.5:FF/30ms"]);
    for _ in 0..20 {
        let outcome = bench.read(PATIENT).await;
        assert!(matches!(bench.code(&outcome), "good" | "damaged" | "noise-only"), "{outcome:?}");
    }
    assert!(bench.deeds("idle").len() > 20);
    bench.recovers().await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f11_silence_is_explained_by_a_list_of_what_to_check(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let (bench, outcome) = suffers(kind, &["swallow=1"], PATIENT, "silence").await;
    let silence = Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
    assert_eq!(outcome.fault(), Some(&silence));
    let found = bench.diagnosis(&silence, &Endpoint::Sim);
    for (place, word) in ["supply", "A and B swapped", "address", "speed"].iter().enumerate() {
        assert!(found.look_at[place].contains(word), "{place} {word}: {:?}", found.look_at);
    }
    assert!(bench.status().counters.missing >= kind.asked().len() as u64);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_meter_on_another_speed_is_silence_and_is_read_once_the_line_fits(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let clock = crate::clock::start_clock();
    let link = SimBus::new(vec![kind.meter()])
        .with_line(LineSettings::n81(4800))
        .with_speed(Speed::Real)
        .open(clock);
    let mut bench = Bench::over(kind, link, meterscope::sim::fault::Faults::none(), clock);
    let outcome = bench.read(PATIENT).await;
    let found = bench.diagnosis(outcome.fault().unwrap(), &Endpoint::Sim);
    assert_eq!(found.code, "silence");
    let hint = format!("speed: this meter leaves the factory with {}", kind.model().line);
    assert!(found.look_at.contains(&hint), "{found:?}");
    bench.handle.intents.send(meterscope::bus::Intent::SetLine(kind.model().line)).unwrap();
    bench.recovers().await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f12_an_adapter_that_hands_bytes_over_every_16_ms_costs_time_and_nothing_else(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let plain = Bench::new(kind, &[]).read(ONCE).await.took;
    let (_, outcome) = suffers(kind, &["quantise=1:16ms"], ONCE, "good").await;
    let asked = kind.asked().len() as u32;
    assert!(outcome.took > plain, "{plain:?} {outcome:?}");
    assert!(outcome.took <= plain + Duration::from_millis(20) * asked, "{plain:?} {outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn f13_a_request_torn_by_the_adapter_is_silence_from_a_meter_that_listens_for_silences() {
    let (bench, outcome) = suffers(Kind::Mercury, &["tx-split=1:4/20ms"], PATIENT, "silence").await;
    let converter = Endpoint::Tcp("converter".to_owned(), 4001);
    let found = bench.diagnosis(outcome.fault().unwrap(), &converter);
    assert!(found.look_at.iter().any(|line| line.contains("packing")), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn f13_a_request_torn_by_the_adapter_reaches_a_meter_whose_frames_have_ends() {
    suffers(Kind::Ce, &["tx-split=1:4/20ms"], ONCE, "good").await;
}

#[rstest]
#[case::f33_a_flipped_bit("flip=1:1@9")]
#[case::f33_a_flipped_byte("flip=1:8@10")]
#[case::a_lost_byte("drop=1@9")]
#[case::a_byte_too_many("insert=1:55@9")]
#[tokio::test(start_paused = true)]
async fn damage_is_found_and_told_with_what_was_expected(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] fault: &str,
) {
    let (bench, outcome) = suffers(kind, &[fault], PATIENT, "damaged").await;
    assert_eq!(outcome.answered(), 0);
    assert!(bench.damaged_frames() >= 3, "{}", bench.history());
    let told = bench.diagnosis(outcome.fault().unwrap(), &Endpoint::Sim);
    assert!(told.headline.contains("CRC") && told.headline.contains(", expected "), "{told:?}");
    assert!(told.ruled_out.contains(&"speed"));
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_byte_damaged_once_costs_one_repeated_question(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let (bench, outcome) = suffers(kind, &["flip=once:1@9"], PATIENT, "good").await;
    assert_eq!((outcome.values(), bench.damaged_frames()), (kind.truth(), 1));
}

#[rstest]
#[case::f08_seven_bits_with_parity("map7e1")]
#[case::f10_inverted("map_inverted")]
#[tokio::test(start_paused = true)]
async fn a_line_set_wrongly_gives_no_value_at_all(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] fault: &str,
) {
    let mut bench = Bench::new(kind, &[fault]);
    let outcome = bench.read(PATIENT).await;
    assert_eq!(outcome.answered(), 0, "{}", bench.history());
    assert!(matches!(bench.code(&outcome), "damaged" | "noise-only"), "{outcome:?}");
    assert!(!bench.deeds(bench.faults.specs()[0].kind()).is_empty());
    bench.recovers().await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f41_two_meters_with_one_address_give_no_value_of_a_mixture(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let twin = kind.meter_with(&[("1.8.1", "8765.43"), ("1.8.2", "9.99")]);
    let mut bench = Bench::with(kind, vec![kind.meter(), twin], &[]);
    let outcome = bench.carry_out(kind.plan_of(&kind.asked()[..1], PATIENT)).await;
    assert_eq!(bench.code(&outcome), "damaged", "{}", bench.history());
    assert!(outcome.values().concat().is_empty());
    let told = bench.diagnosis(outcome.fault().unwrap(), &Endpoint::Sim);
    assert!(told.look_at.iter().any(|line| line.contains("two meters with one address")));
}
