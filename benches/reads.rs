//! How long reads take over the simulated 9600 8N1 line in real time, beside what wire and meter take.
//!
//! `cargo bench --bench reads`. The same exactly, on the paused clock, is the test `read_time`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a harness may stop, and prints figures for people"
)]

use std::time::{Duration, Instant};

use meterscope::bus::{
    BusEvent, Decoder, Errand, Handle, Intent, JobEvent, JobId, LinkState, Port, Wanted, channel, run,
};
use meterscope::link::Clock;
use meterscope::meter::{Model, model};
use meterscope::protocol::{Address, LineSettings, Options, Plan, Profile, Request, registry};
use meterscope::sim::{Secrets, SimBus, SimMeter};
use meterscope::trace::{SharedTrace, Trace};

const LINE: LineSettings = LineSettings::n81(9600);
const ROUNDS: usize = 9;

/// A read to be timed.
struct Case {
    name: &'static str,
    model: &'static str,
    asked: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    /// Wire time and the silences that the protocol demands.
    limit: Duration,
    /// What the simulated meter takes to answer.
    latency: Duration,
}

fn main() {
    let cases = [
        Case {
            name: "CE307, sum and T1 to T3",
            model: "energomera-ce307",
            asked: &[
                ("energy", &[("tariff", "sum")]),
                ("energy", &[("tariff", "T1")]),
                ("energy", &[("tariff", "T2")]),
                ("energy", &[("tariff", "T3")]),
            ],
            limit: LINE.wire_time(4 * (17 + 18)),
            latency: Duration::from_millis(40),
        },
        Case {
            name: "Mercury 206, 27",
            model: "mercury-206",
            asked: &[("energy", &[])],
            limit: LINE.wire_time(7 + 5 + 23),
            latency: Duration::from_millis(10),
        },
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{:<26} {:>9} {:>9} {:>9} {:>9} {:>9}", "ms", "limit", "+ meter", "allowed", "median", "worst");
    for case in &cases {
        let mut times = runtime.block_on(timed(case));
        times.sort();
        let exchanges = u32::try_from(case.asked.len()).unwrap();
        let with_meter = case.limit + case.latency * exchanges;
        let figures = [
            case.limit,
            with_meter,
            with_meter + Duration::from_millis(3) * exchanges,
            times[times.len() / 2],
            times[times.len() - 1],
        ];
        let columns: Vec<String> =
            figures.iter().map(|time| format!("{:>9.1}", time.as_secs_f64() * 1000.0)).collect();
        println!("{:<26} {}", case.name, columns.join(" "));
    }
}

async fn timed(case: &Case) -> Vec<Duration> {
    let model = model(case.model).unwrap();
    let clock = Clock::start();
    let trace = SharedTrace::new(Trace::new(clock.origin()));
    let (mut handle, ends) = channel();
    let meter = SimMeter::of_model(model, "13462", Secrets::default(), Vec::new()).unwrap();
    let link = SimBus::new(vec![meter]).open(clock);
    tokio::spawn(run(ends, Port::Full(link), trace, clock, None, Wanted::default()));
    handle.status.wait_for(|status| matches!(status.link, LinkState::Open(_))).await.unwrap();
    // A line just opened is left to settle.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        times.push(read(&mut handle, model, case, JobId(round as u64)).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    times
}

/// From asking for the read to its last value.
async fn read(handle: &mut Handle, model: &'static Model, case: &Case, job: JobId) -> Duration {
    let decoder = Decoder { family: registry::family(model.protocol).unwrap(), dialect: model.dialect };
    let errand = Box::new(Errand::reading(decoder, plan(model, case, decoder)).unwrap());
    let start = Instant::now();
    handle.intents.send(Intent::Run { job, errand }).unwrap();
    let mut end = start;
    loop {
        match handle.events.recv().await.unwrap() {
            BusEvent::Job(_, JobEvent::Answered { result, .. }) => {
                result.unwrap();
                end = Instant::now();
            }
            BusEvent::Job(_, JobEvent::Finished) => return end.duration_since(start),
            BusEvent::Job(..) => {}
            BusEvent::Ended(end) => panic!("{end:?}"),
        }
    }
}

fn plan(model: &'static Model, case: &Case, decoder: Decoder) -> Plan {
    let commands = decoder.family.commands(model.dialect);
    let request = |(id, arguments): &(&str, &[(&str, &str)])| {
        let command = commands.iter().find(|command| command.id == *id).unwrap();
        Request { command, arguments: command.arguments(arguments.iter().copied()).unwrap() }
    };
    let profile = Profile {
        model: model.id,
        dialect: model.dialect,
        address: Address::numeric("13462", 13_462),
        password: None,
        line: model.line,
        network_delay: Duration::ZERO,
        keys: Vec::new(),
    };
    Plan { profile, requests: case.asked.iter().map(request).collect(), options: Options::default() }
}
