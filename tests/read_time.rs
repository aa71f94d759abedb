//! How long a read takes: on the paused clock exactly what wire, meter and demanded silence take.

#![cfg(test)]

#[path = "support/clock.rs"]
mod clock;

use std::time::Duration;

use clock::start_clock;
use meterscope::app::target::Target;
use meterscope::bus::{BusEvent, Errand, InitialLine, Intent, JobEvent, JobId, Port, channel, run};
use meterscope::frame::At;
use meterscope::meter::model;
use meterscope::protocol::{LineSettings, Options};
use meterscope::sim::{Secrets, SimBus, SimMeter};
use meterscope::trace::{Dir, Entry, SharedTrace, Trace};

const LINE: LineSettings = LineSettings::n81(9600);

/// What a CE307 takes to answer, from the end of the request (measured 38 to 53 ms on real ones).
const CE307_LATENCY: Duration = Duration::from_millis(40);
/// What the simulated Mercury takes after the silence that ends a request.
const MERCURY_LATENCY: Duration = Duration::from_millis(10);

/// What the simulated NEVA takes to answer, and what it takes after the option select.
const NEVA_LATENCY: Duration = Duration::from_millis(40);
const NEVA_CHANGE: Duration = Duration::from_millis(200);
/// What is left between an answer of a NEVA and the next message to it: what its maker's programs leave (16 to 31 ms),
/// where the standard has 200 ms.
const NEVA_TURN: Duration = Duration::from_millis(30);

/// What our side may add to each exchange.
const ALLOWANCE: Duration = Duration::from_millis(3);

/// Asks commands of a simulated meter and gives the frames that went to and fro.
async fn read(id: &str, address: &str, asked: &[(&str, &[(&str, &str)])]) -> Vec<Entry> {
    let model = model(id).unwrap();
    let to = model.address.resolve(address).unwrap().remove(0).address;
    let target = Target { model, address: to, password: None, keys: Vec::new() };
    let decoder = target.decoder();
    let meter = SimMeter::of_model(model, address, Secrets::default(), Vec::new()).unwrap();
    let clock = start_clock();
    let trace = SharedTrace::new(Trace::new(clock.origin()));
    let (mut handle, ends) = channel();
    let link = SimBus::new(vec![meter]).open(clock);
    tokio::spawn(run(ends, Port::Full(link), trace.clone(), clock, Some(decoder), InitialLine::default()));
    let requests = asked.iter().map(|(id, arguments)| target.request(id, arguments.iter().copied()).unwrap());
    let profile = target.profile(model.line, Duration::ZERO);
    let plan = target.plan(requests.collect(), Options::default(), profile);
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
    let frames = read("energomera-ce307", "13462", &asked).await;
    let ways: Vec<(Dir, u32)> = frames.iter().map(|frame| (frame.way, frame.len)).collect();
    assert_eq!(ways, [(Dir::Tx, 17), (Dir::Rx, 18)].repeat(4));

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
    let frames = read("mercury-206", "411486", &[("energy", &[])]).await;
    let ways: Vec<(Dir, u32)> = frames.iter().map(|frame| (frame.way, frame.len)).collect();
    assert_eq!(ways, [(Dir::Tx, 7), (Dir::Rx, 23)]);
    let limit = LINE.wire_time(7) + LINE.wire_time(5) + LINE.wire_time(23);
    assert_eq!(limit.as_micros(), 36_458);
    assert_eq!(taken(&frames), limit + MERCURY_LATENCY);
}

#[tokio::test(start_paused = true)]
async fn between_two_requests_to_a_mercury_lies_the_silence_that_it_demands_and_no_more() {
    let frames = read("mercury-206", "411486", &[("energy", &[]), ("instant", &[])]).await;
    assert_eq!(frames[2].first, tick(frames[1].last + LINE.wire_time(6)));
}

/// Holds a session with a NEVA to its limit: the wire time of every character, the meter's reaction times, and one
/// turn of the line before each message but the first. Gives how many messages were sent.
async fn neva(asked: &[(&str, &[(&str, &str)])]) -> usize {
    let line = LineSettings::e71(9600);
    let mut frames = read("neva-mt324", "", asked).await;
    // The sign-off comes when everything has been read.
    frames.truncate(1 + frames.iter().rposition(|frame| frame.way == Dir::Rx).unwrap());
    let mut limit = Duration::ZERO;
    for (before, frame) in frames.iter().zip(&frames[1..]) {
        let wait = match (before.way, frame.way) {
            (Dir::Tx, Dir::Rx) if before.len == 6 => NEVA_CHANGE,
            (Dir::Tx, Dir::Rx) => NEVA_LATENCY,
            (Dir::Rx, Dir::Tx) => NEVA_TURN,
            (way, _) => panic!("two frames in a row went {way:?}"),
        };
        let due = before.last + wait;
        let start = if frame.way == Dir::Tx { tick(due) } else { due };
        let wire = line.wire_time(frame.len as usize);
        assert_eq!(frame.last, start + wire, "{} bytes, {:?}", frame.len, frame.way);
        limit += wait + wire;
    }
    limit += line.wire_time(frames[0].len as usize);
    assert!(taken(&frames) * 100 <= limit * 105, "{:?} of {limit:?}", taken(&frames));
    frames.iter().filter(|frame| frame.way == Dir::Tx).count()
}

#[tokio::test(start_paused = true)]
async fn totals_tariffs_and_phase_values_of_a_neva_take_wire_reactions_and_short_turns_exactly() {
    let sent = neva(&[("energy", &[]), ("powers", &[]), ("voltages", &[]), ("currents", &[])]).await;
    assert_eq!(sent, 3 + 1 + 3 * 3, "sign-on, option select, password; ten codes");
}

#[tokio::test(start_paused = true)]
async fn one_day_of_a_nevas_load_profile_takes_wire_reactions_and_short_turns_exactly() {
    let sent = neva(&[("load-profile", &[("days", "1")])]).await;
    assert_eq!(sent, 3 + 1, "sign-on, option select, password; one code");
}
