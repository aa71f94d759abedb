//! The same on real sockets and pseudo-terminals, in real time (F27, F60 to F62, F65, F66).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use meterscope::bus::LinkState;
use meterscope::link::{OpenError, serial, tcp};
use meterscope::protocol::Fault;
use meterscope::sim::fault::Faults;
use meterscope::sim::serve::{Reach, listen, pty};
use meterscope::sim::{SimBus, Speed};
use rstest::rstest;

use super::bench::{Bench, Kind, ONCE};

/// A converter with the bench's meter behind it and these faults on the line.
async fn converter(kind: Kind, faults: &Faults) -> SocketAddr {
    let bus = SimBus::new(vec![kind.meter()]).with_faults(faults.clone()).with_speed(Speed::Max);
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let (bound, serving) =
        listen(loopback, Reach::ThisComputer, bus.open_shared(crate::clock::start_clock())).await.unwrap();
    tokio::spawn(serving);
    bound
}

async fn bench_over_tcp(kind: Kind, faults: &[&str]) -> Bench {
    let faults = Faults::parse(faults, 1).unwrap();
    let address = converter(kind, &faults).await;
    let clock = crate::clock::start_clock();
    let link = tcp::open("127.0.0.1", address.port(), clock).await.unwrap();
    Bench::over(kind, link, faults, clock)
}

#[rstest]
#[tokio::test]
async fn a_meter_behind_a_converter_is_read(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let mut bench = bench_over_tcp(kind, &[]).await;
    assert_eq!(bench.read(ONCE).await.values(), kind.truth());
}

#[rstest]
#[case::f61_closed("fin=once:500ms")]
#[case::f65_reset("rst=once:500ms")]
#[tokio::test]
async fn a_converter_that_hangs_up_is_called_again_within_a_second_and_read(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] fault: &str,
) {
    let mut bench = bench_over_tcp(kind, &[fault]).await;
    let outcome = bench.read(ONCE).await;
    assert_eq!(outcome.fault(), Some(&Fault::LinkLost), "{outcome:?}");
    assert_eq!(bench.code(&outcome), "link-lost");
    let lost = Instant::now();
    bench.recovers().await;
    let took = lost.elapsed();
    assert!(took < Duration::from_millis(2500), "called again after a second, read in less: {took:?}");
}

#[rstest]
#[case::f62_small_packets("split=1:3/5ms")]
#[case::f04_a_stray_byte("prefix=1:00")]
#[case::f01_an_echo("echo=1")]
#[tokio::test]
async fn faults_of_the_line_behind_a_converter_cost_no_value(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
    #[case] fault: &str,
) {
    let mut bench = bench_over_tcp(kind, &[fault]).await;
    assert_eq!(bench.read(ONCE).await.values(), kind.truth(), "{}", bench.history());
    assert!(!bench.faults.log().is_empty());
    bench.recovers().await;
}

#[tokio::test]
async fn f65_a_converter_that_refuses_is_named_with_what_to_look_for() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = tcp::open("127.0.0.1", closed.port(), crate::clock::start_clock()).await;
    let Err(OpenError::Refused { what, hint, .. }) = refused else { panic!("{refused:?}") };
    assert!(what.contains("refused") && hint.contains("does another program use"), "{what}; {hint}");
}

/// A pseudo-terminal with the bench's meter behind it, and the name by which it is opened.
fn adapter(kind: Kind, faults: &Faults) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("meter");
    let bus = SimBus::new(vec![kind.meter()]).with_faults(faults.clone());
    tokio::spawn(pty(&name, bus.open_shared(crate::clock::start_clock())).unwrap());
    (folder, name)
}

fn bench_over_serial(kind: Kind, name: &Path, faults: Faults) -> Bench {
    let clock = crate::clock::start_clock();
    let link = serial::open(name.to_str().unwrap(), kind.model().line, clock).unwrap();
    Bench::over(kind, link, faults, clock)
}

#[rstest]
#[tokio::test]
async fn a_meter_on_a_serial_port_is_read(#[values(Kind::Ce, Kind::Mercury)] kind: Kind) {
    let faults = Faults::none();
    let (_folder, name) = adapter(kind, &faults);
    let mut bench = bench_over_serial(kind, &name, faults);
    assert_eq!(bench.read(ONCE).await.values(), kind.truth());
}

#[rstest]
#[tokio::test]
async fn f66_an_adapter_plugged_in_again_is_read_within_a_second(
    #[values(Kind::Ce, Kind::Mercury)] kind: Kind,
) {
    let faults = Faults::parse(&["unplug=once:700ms"], 1).unwrap();
    let (_folder, name) = adapter(kind, &faults);
    let mut bench = bench_over_serial(kind, &name, faults);
    let outcome = bench.read(ONCE).await;
    assert_eq!(outcome.fault(), Some(&Fault::LinkLost), "{outcome:?}");
    assert!(matches!(bench.status().link, LinkState::Lost(_)), "{:?}", bench.status().link);
    let gone = Instant::now();
    while std::fs::metadata(&name).is_err() {
        assert!(gone.elapsed() < Duration::from_secs(10), "it does not come back");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let back = Instant::now();
    bench.opened().await;
    assert!(back.elapsed() < Duration::from_secs(1), "{:?}", back.elapsed());
    bench.recovers().await;
}

/// A far side that takes bytes and says nothing, for as long as anybody cares to wait.
#[rstest]
#[tokio::test]
async fn f60_a_converter_that_has_frozen_is_silence_and_is_read_when_it_has_thawed(
    #[values(Kind::Mercury)] kind: Kind,
) {
    let mut bench = bench_over_tcp(kind, &["freeze=once:4s"]).await;
    let outcome = bench.read(ONCE).await;
    assert_eq!((bench.code(&outcome), outcome.answered()), ("silence", 0));
    tokio::time::sleep(Duration::from_secs(4)).await;
    bench.recovers().await;
}
