//! Converters and adapters that go away, on the simulated bus (F60, F61, F63 to F66).

use std::time::Duration;

use meterscope::bus::LinkState;
use meterscope::link::Endpoint;
use meterscope::protocol::Fault;
use meterscope::sim::Speed;
use rstest::rstest;

use super::bench::{Bench, Kind, ONCE, suffers};

#[rstest]
#[case::f61_closed("fin=once:1s", "the far end closed the connection")]
#[case::f65_reset("rst=once:1s", "connection reset by peer")]
#[case::f66_unplugged("unplug=once:1s", "the adapter was unplugged")]
#[case::f61_closed_in_the_middle_of_an_answer("fin=once:1s@5", "the far end closed the connection")]
#[case::f66_unplugged_in_the_middle_of_an_answer("unplug=once:1s@5", "the adapter was unplugged")]
#[tokio::test(start_paused = true)]
async fn a_link_that_goes_away_is_named_and_used_again_once_it_is_back(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] fault: &str,
    #[case] why: &str,
) {
    let mut bench = Bench::new(kind, &[fault]);
    let job = bench.start(kind.plan(ONCE));
    bench.until(|status| matches!(status.link, LinkState::Lost(_))).await;
    let lost = bench.clock.now();
    assert_eq!(bench.status().link, LinkState::Lost(why.to_owned()));
    let outcome = bench.finish(job).await;
    assert_eq!(outcome.fault(), Some(&Fault::LinkLost));
    assert_eq!(bench.code(&outcome), "link-lost");
    bench.recovers().await;
    assert!(bench.clock.now().since(lost) < Duration::from_secs(2), "it was away for one second");
    let remarks = bench.remarks();
    assert!(remarks.contains(&format!("link lost: {why}")), "{remarks:?}");
    assert_eq!(remarks.iter().filter(|remark| remark.starts_with("link open")).count(), 2);
    assert_eq!(bench.deeds(bench_kind(fault)).len(), 1);
}

fn bench_kind(fault: &str) -> &str {
    fault.split('=').next().unwrap()
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f66_what_waits_while_the_adapter_is_away_is_asked_when_it_is_back(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let mut bench = Bench::new(kind, &["unplug=once:1s@5"]);
    let first = bench.start(kind.plan(ONCE));
    bench.until(|status| matches!(status.link, LinkState::Lost(_))).await;
    let waiting = bench.start(kind.plan(ONCE));
    assert_eq!(bench.finish(first).await.fault(), Some(&Fault::LinkLost));
    assert_eq!(bench.finish(waiting).await.values(), kind.truth());
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f60_a_frozen_connection_is_silence_and_thaws(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let mut bench = Bench::new(kind, &["freeze=once:60s"]);
    let outcome = bench.read(ONCE).await;
    assert_eq!((bench.code(&outcome), outcome.answered()), ("silence", 0));
    assert!(matches!(bench.status().link, LinkState::Open(_)), "nobody said that it was gone");
    assert_eq!(bench.deeds("freeze").len(), 1);
    tokio::time::sleep(Duration::from_secs(60)).await;
    bench.recovers().await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f65_a_refused_connection_is_named_and_used_when_it_is_taken(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let mut bench = Bench::new(kind, &["refuse=once:5s"]);
    bench.until(|status| status.link == LinkState::Lost("connection refused".to_owned())).await;
    assert_eq!(bench.read(ONCE).await.values(), kind.truth());
    assert_eq!(bench.deeds("refuse").len(), 1);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn f63_bytes_that_waited_for_us_are_shown_and_not_taken_for_an_answer(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    for seed in 0..50 {
        let mut bench = Bench::seeded(kind, vec![kind.meter()], &["preload=1:32"], seed, Speed::Real);
        let outcome = bench.read(ONCE).await;
        assert_eq!(outcome.values(), kind.truth(), "{}", bench.history());
        let waiting = bench.deeds("preload")[0].after.clone();
        let shown = bench.received(|_| true).concat();
        assert_eq!(shown[..waiting.len()], waiting, "{}", bench.history());
    }
}

/// What an earlier caller asked for and did not wait for is the worst that can be waiting: a sound answer of the
/// right meter to the right command.
#[rstest]
#[tokio::test(start_paused = true)]
async fn f63_an_earlier_callers_answer_is_not_taken_for_ours(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let (link, far) = meterscope::link::pair::with_far_end();
    let clock = crate::clock::start_clock();
    let mut bench = Bench::over(kind, link, meterscope::sim::fault::Faults::none(), clock);
    let line = Some(kind.model().line);
    let tell = async |event| far.events.send(event).await.unwrap();
    tell(meterscope::link::LinkEvent::Opened { peer: String::new(), line, at: clock.now() }).await;
    let job = bench.start(kind.plan_of(&kind.asked()[..1], ONCE));
    tokio::time::sleep(Duration::from_millis(5)).await;
    let mut old = super::scripted::body(kind);
    *old.last_mut().unwrap() = 9;
    let bytes = super::scripted::frame(kind, &old);
    tell(meterscope::link::LinkEvent::received(bytes, clock.now())).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    tell(meterscope::link::LinkEvent::Sent { at: clock.now() }).await;
    let outcome = bench.finish(job).await;
    assert_eq!((bench.code(&outcome), outcome.answered()), ("silence", 0), "{}", bench.history());
}

#[tokio::test(start_paused = true)]
async fn f64_a_doubled_ff_is_damage_in_the_frames_that_hold_one() {
    let kind = Kind::Ce;
    let meter = kind.meter_with(&[("1.8.1", "655.35"), ("1.8.2", "433.13"), ("1.8.3", "0"), ("1.8.4", "0")]);
    let mut bench = Bench::with(kind, vec![meter], &["ffdouble=1"]);
    let outcome = bench.carry_out(kind.plan(ONCE)).await;
    let failed: Vec<bool> = outcome.answers.iter().map(|(_, end)| end.is_err()).collect();
    assert_eq!(failed, [false, true, false, false], "{outcome:?}");
    assert_eq!(bench.code(&outcome), "damaged");
    bench.faults.set(Vec::new());
    assert_eq!(bench.carry_out(kind.plan(ONCE)).await.values()[1], ["T1 655.35 kWh"]);
}

#[tokio::test(start_paused = true)]
async fn f64_a_far_end_that_speaks_telnet_is_told() {
    let (link, far) = meterscope::link::pair::with_far_end();
    let clock = crate::clock::start_clock();
    let mut bench = Bench::over(Kind::Ce, link, meterscope::sim::fault::Faults::none(), clock);
    let tell = async |event| far.events.send(event).await.unwrap();
    tell(meterscope::link::LinkEvent::Opened { peer: String::new(), line: None, at: clock.now() }).await;
    let bytes = vec![0xFF, 0xFB, 0x2C, 0xFF, 0xFD, 0x03];
    tell(meterscope::link::LinkEvent::received(bytes, clock.now())).await;
    bench.until(|status| status.counters.bytes_in == 6).await;
    let remarks = bench.remarks();
    assert!(remarks.iter().any(|remark| remark.contains("telnet")), "{remarks:?}");
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn silence_over_a_converter_names_the_converter(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let (bench, outcome) = suffers(kind, &["swallow=1"], ONCE, "silence").await;
    let place = Endpoint::Tcp("192.0.2.7".to_owned(), 4001);
    let told = bench.diagnosis(outcome.fault().unwrap(), &place);
    assert!(told.look_at.iter().any(|line| line.starts_with("converter: its serial side")), "{told:?}");
}
