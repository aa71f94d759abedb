//! How long a read takes: on the paused clock exactly what wire, meter and demanded silence take.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::time::Duration;

use meterscope::bus::{BusEvent, Decoder, Errand, Intent, JobEvent, JobId, Port, Wanted, channel, run};
use meterscope::frame::At;
use meterscope::link::Clock;
use meterscope::meter::model;
use meterscope::protocol::{Address, LineSettings, Options, Plan, Profile, Request, registry};
use meterscope::sim::{Secrets, SimBus, SimMeter};
use meterscope::trace::{Entry, SharedTrace, Trace, Way};

const LINE: LineSettings = LineSettings::n81(9600);

/// What a CE307 takes to answer, from the end of the request (measured 38 to 53 ms on real ones).
const CE307_LATENCY: Duration = Duration::from_millis(40);
/// What the simulated Mercury takes after the silence that ends a request.
const MERCURY_LATENCY: Duration = Duration::from_millis(10);

/// What our side may add to each exchange.
const ALLOWANCE: Duration = Duration::from_millis(3);

/// Asks commands of a simulated meter and gives the frames that went to and fro.
async fn read(id: &str, address: u64, asked: &[(&str, &[(&str, &str)])]) -> Vec<Entry> {
    let model = model(id).unwrap();
    let family = registry::family(model.protocol).unwrap();
    let meter = SimMeter::of_model(model, &address.to_string(), Secrets::default(), Vec::new()).unwrap();
    let clock = Clock::start();
    let trace = SharedTrace::new(Trace::new(clock.origin()));
    let (mut handle, ends) = channel();
    let decoder = Decoder { family, dialect: model.dialect };
    let link = SimBus::new(vec![meter]).open(clock);
    tokio::spawn(run(ends, Port::Full(link), trace.clone(), clock, Some(decoder), Wanted::default()));
    let request = |(id, arguments): &(&str, &[(&str, &str)])| {
        let command = family.commands(model.dialect).iter().find(|command| command.id == *id).unwrap();
        Request { command, arguments: command.arguments(arguments.iter().copied()).unwrap() }
    };
    let profile = Profile {
        model: model.id,
        dialect: model.dialect,
        address: Address::numeric(address.to_string(), address),
        password: None,
        line: model.line,
        network_delay: Duration::ZERO,
        keys: Vec::new(),
    };
    let plan = Plan { profile, requests: asked.iter().map(request).collect(), options: Options::default() };
    let errand = Box::new(Errand::reading(decoder, plan).unwrap());
    handle.intents.send(Intent::Run { job: JobId(1), errand }).unwrap();
    loop {
        match handle.events.recv().await.unwrap() {
            BusEvent::Job(_, JobEvent::Answered { result, .. }) => assert_eq!(result, Ok(())),
            BusEvent::Job(_, JobEvent::Finished) => break,
            _ => {}
        }
    }
    let trace = trace.lock();
    (0..trace.len()).filter_map(|number| trace.entry(number)).filter(|entry| entry.len > 0).collect()
}

/// From the first bit of the first request to the last bit of the last answer.
fn taken(frames: &[Entry]) -> Duration {
    frames.last().unwrap().last.since(started(frames))
}

fn started(frames: &[Entry]) -> At {
    frames[0].first
}

/// The next moment at which a timer of the runtime can go off: its milliseconds count from its own beginning.
fn tick(at: At) -> At {
    At::from_millis(at.nanos().div_ceil(1_000_000))
}

#[tokio::test(start_paused = true)]
async fn four_registers_of_a_ce307_take_wire_time_latency_and_a_short_silence_exactly() {
    let asked: Vec<(&str, &[(&str, &str)])> = vec![
        ("energy", &[("tariff", "sum")]),
        ("energy", &[("tariff", "T1")]),
        ("energy", &[("tariff", "T2")]),
        ("energy", &[("tariff", "T3")]),
    ];
    let frames = read("energomera-ce307", 13_462, &asked).await;
    let ways: Vec<(Way, u32)> = frames.iter().map(|frame| (frame.way, frame.len)).collect();
    assert_eq!(ways, [(Way::Out, 17), (Way::In, 18)].repeat(4));

    let exchange = LINE.wire_time(17) + CE307_LATENCY + LINE.wire_time(18);
    let mut at = started(&frames);
    for (index, pair) in frames.chunks(2).enumerate() {
        if index > 0 {
            at = tick(at + LINE.wire_time(3) / 2);
        }
        assert_eq!((pair[0].first, pair[1].last), (at, at + exchange), "exchange {index}");
        at = at + exchange;
    }
    let limit = LINE.wire_time(4 * (17 + 18));
    assert_eq!(limit.as_micros(), 145_833);
    assert!(taken(&frames) <= limit + 4 * (CE307_LATENCY + ALLOWANCE), "{:?}", taken(&frames));
}

#[tokio::test(start_paused = true)]
async fn all_registers_of_a_mercury_take_wire_time_demanded_silence_and_latency_exactly() {
    let frames = read("mercury-206", 411_486, &[("energy", &[])]).await;
    let ways: Vec<(Way, u32)> = frames.iter().map(|frame| (frame.way, frame.len)).collect();
    assert_eq!(ways, [(Way::Out, 7), (Way::In, 23)]);
    let limit = LINE.wire_time(7) + LINE.wire_time(5) + LINE.wire_time(23);
    assert_eq!(limit.as_micros(), 36_458);
    assert_eq!(taken(&frames), limit + MERCURY_LATENCY);
}

#[tokio::test(start_paused = true)]
async fn between_two_requests_to_a_mercury_lies_the_silence_that_it_demands_and_no_more() {
    let frames = read("mercury-206", 411_486, &[("energy", &[]), ("instant", &[])]).await;
    assert_eq!(frames[2].first, tick(frames[1].last + LINE.wire_time(6)));
}
