//! How long reads take over the simulated line of 9600 Bd in real time, beside what wire and meter take.
//!
//! `cargo bench --bench reads`. The same exactly, on the paused clock, is the test `read_time`.
#![cfg(test)]

use std::time::Duration;

use meterscope::app::target::Target;
use meterscope::bus::{
    BusEvent, Errand, Handle, InitialLine, Intent, JobEvent, JobId, LinkState, Port, channel, run,
};
use meterscope::link::Clock;
use meterscope::meter::model;
use meterscope::protocol::{LineSettings, Options, Plan};
use meterscope::sim::{Secrets, SimBus, SimMeter};
use meterscope::trace::{Dir, Entry, SharedTrace, Trace};

const ROUNDS: usize = 9;

/// A read to be timed.
struct Case {
    name: &'static str,
    model: &'static str,
    address: &'static str,
    asked: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    /// What the simulated meter takes for each answer, and once besides.
    latency: (Duration, Duration),
    /// The silence that is demanded before each message but the first, in all of them together.
    silence: fn(LineSettings, u32) -> Duration,
    /// What may be added to wire time, meter and silence.
    allowance: Allowance,
}

/// What our side may add.
enum Allowance {
    /// So many milliseconds an exchange.
    Millis(u32),
    /// So many percent.
    Percent(u32),
}

const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

const NEVA: Case = Case {
    name: "",
    model: "neva-mt324",
    address: "",
    asked: &[],
    latency: (millis(40), millis(160)),
    silence: |_, messages| (messages - 1) * millis(30),
    allowance: Allowance::Percent(5),
};

const CASES: [Case; 4] = [
    Case {
        name: "CE307, sum and T1 to T3",
        model: "energomera-ce307",
        address: "13462",
        asked: &[
            ("energy", &[("tariff", "sum")]),
            ("energy", &[("tariff", "T1")]),
            ("energy", &[("tariff", "T2")]),
            ("energy", &[("tariff", "T3")]),
        ],
        latency: (millis(40), Duration::ZERO),
        silence: |_, _| Duration::ZERO,
        allowance: Allowance::Millis(3),
    },
    Case {
        name: "Mercury 206, 27",
        model: "mercury-206",
        address: "13462",
        asked: &[("energy", &[])],
        latency: (millis(10), Duration::ZERO),
        silence: |line, _| line.wire_time(5),
        allowance: Allowance::Millis(3),
    },
    Case {
        name: "NEVA MT324, totals, phases",
        asked: &[("energy", &[]), ("powers", &[]), ("voltages", &[]), ("currents", &[])],
        ..NEVA
    },
    Case { name: "NEVA MT324, a day's profile", asked: &[("load-profile", &[("days", "1")])], ..NEVA },
];

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{:<28} {:>9} {:>9} {:>9} {:>9} {:>9}", "ms", "limit", "+ meter", "allowed", "median", "worst");
    for case in &CASES {
        let (limits, mut times) = runtime.block_on(timed(case));
        times.sort();
        let figures =
            [limits.limit, limits.with_meter, limits.allowed, times[times.len() / 2], times[times.len() - 1]];
        let columns: Vec<String> =
            figures.iter().map(|time| format!("{:>9.1}", time.as_secs_f64() * 1000.0)).collect();
        println!("{:<28} {}", case.name, columns.join(" "));
    }
}

/// What a read is held to.
struct Limits {
    limit: Duration,
    with_meter: Duration,
    allowed: Duration,
}

impl Limits {
    /// For the frames that went to and fro.
    fn of(case: &Case, line: LineSettings, frames: &[Entry]) -> Self {
        let characters: u32 = frames.iter().map(|frame| frame.len).sum();
        let count = |way: Dir| u32::try_from(frames.iter().filter(|frame| frame.way == way).count()).unwrap();
        let (sent, answers) = (count(Dir::Tx), count(Dir::Rx));
        let limit = line.wire_time(characters as usize) + (case.silence)(line, sent);
        let with_meter = limit + case.latency.0 * answers + case.latency.1;
        let allowed = match case.allowance {
            Allowance::Millis(each) => with_meter + millis(each.into()) * sent,
            Allowance::Percent(share) => with_meter * (100 + share) / 100,
        };
        Self { limit, with_meter, allowed }
    }
}

async fn timed(case: &Case) -> (Limits, Vec<Duration>) {
    let model = model(case.model).unwrap();
    let clock = Clock::start();
    let trace = SharedTrace::new(Trace::new(clock.origin()));
    let (mut handle, ends) = channel();
    let meter = SimMeter::of_model(model, case.address, Secrets::default(), Vec::new()).unwrap();
    let link = SimBus::new(vec![meter]).open(clock);
    let address = model.address.resolve(case.address).unwrap().remove(0).address;
    let target = Target { model, address, password: None, keys: Vec::new() };
    let decoder = target.decoder();
    tokio::spawn(run(ends, Port::Full(link), trace.clone(), clock, Some(decoder), InitialLine::default()));
    handle.status.wait_for(|status| matches!(status.link, LinkState::Open(_))).await.unwrap();
    // A line just opened is left to settle.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (mut times, mut seen) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let from = trace.lock().len();
        read(&mut handle, &target, case, JobId(round as u64)).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = frames(&trace, from);
        times.push(seen[seen.len() - 1].last.since(seen[0].first));
    }
    (Limits::of(case, model.line, &seen), times)
}

/// The frames from a number on up to the last answer: a sign-off comes when everything has been read.
fn frames(trace: &SharedTrace, from: u32) -> Vec<Entry> {
    let trace = trace.lock();
    let all = (from..trace.len()).filter_map(|number| trace.entry(number)).filter(|entry| entry.len > 0);
    let mut frames: Vec<Entry> = all.collect();
    frames.truncate(1 + frames.iter().rposition(|frame| frame.way == Dir::Rx).unwrap());
    frames
}

/// Asks and waits until there is no more to do.
async fn read(handle: &mut Handle, target: &Target, case: &Case, job: JobId) {
    let errand = Box::new(Errand::reading(target.decoder(), plan(target, case)).unwrap());
    handle.intents.send(Intent::Run { job, errand }).unwrap();
    loop {
        match handle.events.recv().await.unwrap() {
            BusEvent::Job(_, JobEvent::Answered { result, .. }) => result.unwrap(),
            BusEvent::Job(_, JobEvent::Finished) => return,
            BusEvent::Job(..) | BusEvent::Line(_) | BusEvent::OtherMaster(_) => {}
            BusEvent::Ended(end) => panic!("{end:?}"),
        }
    }
}

fn plan(target: &Target, case: &Case) -> Plan {
    let request =
        |(id, arguments): &(&str, &[(&str, &str)])| target.request(id, arguments.iter().copied()).unwrap();
    let profile = target.profile(target.model.line, Duration::ZERO);
    target.plan(case.asked.iter().map(request).collect(), Options::default(), profile)
}
