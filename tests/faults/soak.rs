//! Hours of a bad line: bytes swallowed and bits turned over while every model that is asked is read again and again.
//!
//! The simulated line is on paused time; how many hours it lives is `METERSCOPE_SOAK_MINUTES` for each model, a few
//! minutes where that is not set. What the meters hold does not change, so a value is right when a clean line brings
//! the same.

use std::collections::BTreeMap;
use std::time::Duration;

use meterscope::app::target::Target;
use meterscope::bus::{BusEvent, Errand, Handle, InitialLine, Intent, JobEvent, JobId, Port, channel, run};
use meterscope::frame::{At, visible};
use meterscope::link::Clock;
use meterscope::meter::{MODELS, Model};
use meterscope::protocol::{Integrity, Options};
use meterscope::reading::{Measured, Raw, Reading};
use meterscope::sim::fault::Faults;
use meterscope::sim::{Secrets, SimBus, SimMeter, Speed, demo_address};
use meterscope::trace::{Dir, EntryKind, SharedTrace, Trace};

/// How bad the line is: 15 of 100 answers lose bytes, 8 of 1000 bytes have a bit turned over.
const BAD: &[&str] = &["swallow=0.15", "flip=0.008"];

/// A meter on a line, and a bus that reads it.
struct Line {
    target: Target,
    handle: Handle,
    trace: SharedTrace,
    clock: Clock,
    jobs: u64,
}

/// What tells one register from another.
fn name(reading: &Reading) -> String {
    let Reading { code, quantity, tariff, phase, channel, period, .. } = reading;
    format!("{code:?} {} {tariff:?} {phase:?} {channel} {period:?}", quantity.name())
}

/// A meter of a model that is asked, under the address that the demo gives it.
fn target(model: &'static Model) -> Option<Target> {
    let candidates = model.address.resolve(&demo_address(model)).ok()?;
    let address = candidates.into_iter().next()?.address;
    let target = Target { model, address, password: None, keys: Vec::new() };
    let plan = target.plan(target.default_reads(), Options::default(), profile(&target));
    (model.address.has_address() && !plan.only_listens(target.family())).then_some(target)
}

fn profile(target: &Target) -> meterscope::protocol::Profile {
    target.profile(target.model.line, Duration::ZERO)
}

impl Line {
    fn new(target: Target, faults: &[&str], seed: u64) -> Self {
        let meter =
            SimMeter::of_model(target.model, &demo_address(target.model), Secrets::default(), Vec::new());
        let clock = crate::clock::start_clock();
        let faults = Faults::parse(faults, seed).unwrap();
        let bus = SimBus::new(vec![meter.unwrap()]).with_faults(faults).with_speed(Speed::Real);
        let trace = SharedTrace::new(Trace::new(clock.origin()));
        let (handle, ends) = channel();
        let port = Port::Full(bus.open(clock));
        let decoder = Some(target.decoder());
        tokio::spawn(run(ends, port, trace.clone(), clock, decoder, InitialLine::default()));
        Self { target, handle, trace, clock, jobs: 0 }
    }

    /// Reads the default set once.
    async fn read(&mut self, options: Options) -> Vec<Reading> {
        let plan = self.target.plan(self.target.default_reads(), options, profile(&self.target));
        self.jobs += 1;
        let job = JobId(self.jobs);
        let errand = Box::new(Errand::reading(self.target.decoder(), plan).unwrap());
        self.handle.intents.send(Intent::Run { job, errand }).unwrap();
        let mut readings = Vec::new();
        loop {
            let event = tokio::time::timeout(Duration::from_secs(3600), self.handle.events.recv()).await;
            match event.expect("a read ends").expect("a bus") {
                BusEvent::Job(id, JobEvent::Reading(reading, _)) if id == job => readings.push(reading),
                BusEvent::Job(id, JobEvent::Finished) if id == job => return readings,
                BusEvent::Ended(end) => panic!("the bus ended: {end:?}"),
                _ => {}
            }
        }
    }

    /// Whether a frame came that passed its check, holds a value, and was never sent so by the meter.
    fn passed_damaged(&self, reading: &Reading, clean: &[Vec<u8>], from: u32) -> bool {
        let trace = self.trace.lock();
        let raw = match &reading.raw {
            Raw::Bytes(bytes) | Raw::Text(bytes) => bytes.to_vec(),
        };
        let entries = (from..trace.len()).filter_map(|number| trace.entry(number));
        let passed = entries.filter(|entry| {
            entry.way == Dir::Rx
                && matches!(entry.kind, EntryKind::Frame(Integrity::Good | Integrity::Unchecked))
        });
        { passed }.any(|entry| {
            let bytes = trace.bytes_of(&entry);
            let seven: Vec<u8> = bytes.iter().map(|byte| byte & 0x7F).collect();
            let holds = |frame: &[u8]| raw.is_empty() || frame.windows(raw.len()).any(|part| part == raw);
            !clean.contains(&bytes.to_vec()) && (holds(&bytes) || holds(&seven))
        })
    }

    fn frames(&self) -> Vec<Vec<u8>> {
        let trace = self.trace.lock();
        let entries = (0..trace.len()).filter_map(|number| trace.entry(number));
        let inward = entries.filter(|entry| entry.way == Dir::Rx);
        inward.map(|entry| trace.bytes_of(&entry).into_owned()).collect()
    }
}

/// The values that do not change while nobody writes, and every frame that brings them.
async fn truth(target: &Target) -> (BTreeMap<String, String>, Vec<Vec<u8>>) {
    let mut line = Line::new(target.clone(), &[], 1);
    let first = line.read(Options::default()).await;
    tokio::time::sleep(Duration::from_secs(7)).await;
    let second = line.read(Options::default()).await;
    let stays = |reading: &&Reading| second.iter().any(|other| *other == **reading);
    let constant = first.iter().filter(stays).filter(|reading| !matches!(reading.value, Measured::Time(_)));
    (constant.map(|reading| (name(reading), visible::measured(&reading.value))).collect(), line.frames())
}

/// How a soak went.
#[derive(Debug, Default)]
struct Tally {
    compared: u32,
    doubted: u32,
    wrong: Vec<String>,
    unexplained: Vec<String>,
}

async fn soak(target: Target, options: Options, minutes: u64, seed: u64) -> Tally {
    let (truth, clean) = truth(&target).await;
    assert!(!truth.is_empty(), "{}: nothing to compare with", target.model.id);
    let mut line = Line::new(target, BAD, seed);
    let end = line.clock.now() + Duration::from_secs(60 * minutes);
    let mut tally = Tally::default();
    let now = |line: &Line| -> At { line.clock.now() };
    while now(&line) < end {
        let from = line.trace.lock().len();
        for reading in line.read(options).await {
            let is_named = truth.get(&name(&reading));
            let value = visible::measured(&reading.value);
            if reading.doubt.is_some() {
                tally.doubted += 1;
            } else if let (Some(right), false) = (is_named, matches!(reading.value, Measured::Absent(_))) {
                tally.compared += 1;
                if *right != value {
                    let what = format!("{}: {value}, not {right}", name(&reading));
                    let weak = reading.check.is_some_and(|check| check.bits() <= 8);
                    let passed = line.passed_damaged(&reading, &clean, from);
                    if !(weak && passed) {
                        tally.unexplained.push(format!("{what}, check {:?}, {passed}", reading.check));
                    }
                    tally.wrong.push(what);
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    tally
}

fn minutes() -> u64 {
    let wanted = std::env::var("METERSCOPE_SOAK_MINUTES").ok().and_then(|text| text.parse().ok());
    wanted.unwrap_or(4)
}

/// A model for each family and dialect that is asked.
fn models() -> Vec<Target> {
    let mut seen = std::collections::BTreeSet::new();
    let targets = MODELS.iter().filter_map(|model| target(model));
    targets.filter(|target| seen.insert((target.family().id(), target.model.dialect.0))).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_read_twice_is_right_whatever_the_line() {
    for (seed, target) in (1..).zip(models()) {
        let model = target.model.id;
        let tally =
            soak(target, Options { retries: 3, read_twice: true, ..Options::default() }, minutes(), seed)
                .await;
        println!("{model}, twice: {} compared, {} doubted", tally.compared, tally.doubted);
        assert_eq!(tally.wrong, Vec::<String>::new(), "{model}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_value_is_one_whose_damage_its_weak_check_let_pass() {
    for (seed, target) in (100..).zip(models()) {
        let model = target.model.id;
        let tally =
            soak(target, Options { retries: 3, read_twice: false, ..Options::default() }, minutes(), seed)
                .await;
        println!("{model}, once: {} compared, {} doubted, wrong:", tally.compared, tally.doubted);
        tally.wrong.iter().for_each(|wrong| println!("  {wrong}"));
        assert_eq!(tally.unexplained, Vec::<String>::new(), "{model}");
    }
}
