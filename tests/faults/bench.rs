//! A bus over simulated meters with faults, and what a read over it came to.

use std::time::Duration;

use crate::clock::start_clock;
use meterscope::app::diagnosis::{Case, Diagnosis, diagnose};
use meterscope::app::target::Target;
use meterscope::bus::{
    BusEvent, EchoState, Errand, Handle, InitialLine, Intent, JobEvent, JobId, LinkState, Port, Status,
    channel, run,
};
use meterscope::frame::visible;
use meterscope::link::{Clock, Endpoint, Link};
use meterscope::meter::{Model, model};
use meterscope::protocol::{Address, Decoder, Fault, IfSilent, Integrity, Options, Plan};
use meterscope::sim::fault::{Deed, Faults};
use meterscope::sim::{Secrets, SimBus, SimMeter, Speed};
use meterscope::trace::{Dir, EntryKind, SharedTrace, Trace};

/// A family under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A CE307: frames between END bytes, CRC-8, answers that do not name what they answer.
    Ce,
    /// A Mercury 206: frames found by length and silence, CRC-16.
    Mercury,
    /// A meter of IEC 62056-21, mode C: a session whose speed changes from 300 Bd to 9600.
    Iec,
}

impl Kind {
    pub fn model(self) -> &'static Model {
        let id = match self {
            Self::Ce => "energomera-ce307",
            Self::Mercury => "mercury-206",
            Self::Iec => "iec62056-21",
        };
        model(id).unwrap()
    }

    /// The address of the meter on the bench.
    pub const fn address(self) -> u64 {
        match self {
            Self::Ce => 13_462,
            Self::Mercury => 411_486,
            Self::Iec => 28_342_193,
        }
    }

    /// What a read asks: commands with their arguments.
    pub const fn asked(self) -> &'static [(&'static str, &'static [(&'static str, &'static str)])] {
        match self {
            Self::Ce => &[
                ("energy", &[("tariff", "sum")]),
                ("energy", &[("tariff", "T1")]),
                ("energy", &[("tariff", "T2")]),
                ("serial", &[]),
            ],
            Self::Mercury => &[("energy", &[]), ("instant", &[]), ("serial", &[])],
            Self::Iec => &[("readout", &[])],
        }
    }

    /// What a sound meter answers to each of them.
    pub fn truth(self) -> Vec<Vec<String>> {
        let lists: &[&[&str]] = match self {
            Self::Ce => &[&["1634.20 kWh"], &["T1 1201.07 kWh"], &["T2 433.13 kWh"], &["000013462"]],
            Self::Mercury => &[
                &["T1 1201.07 kWh", "T2 433.13 kWh", "T3 0.01 kWh", "T4 0.00 kWh"],
                &["L1 235.8 V", "L1 2.64 A", "588 W"],
                &["411486"],
            ],
            Self::Iec => &[&[
                "28342193",
                "33402.264 kWh",
                "T1 0.000 kWh",
                "T2 33402.264 kWh",
                "13.465 kWh",
                "T1 0.000 kWh",
                "T2 13.465 kWh",
                "28342193",
                "0000000",
            ]],
        };
        lists.iter().map(|list| list.iter().map(|text| (*text).to_owned()).collect()).collect()
    }

    /// The meter of [`Kind::truth`].
    pub fn meter(self) -> SimMeter {
        let values: &[(&str, &str)] = match self {
            Self::Ce => &[("1.8.1", "1201.07"), ("1.8.2", "433.13"), ("1.8.3", "0"), ("1.8.4", "0")],
            Self::Mercury => &[("1.8.1", "1201.07"), ("1.8.2", "433.13"), ("1.8.3", "0.01"), ("1.8.4", "0")],
            Self::Iec => &[],
        };
        self.meter_with(values)
    }

    pub fn meter_with(self, values: &[(&str, &str)]) -> SimMeter {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        SimMeter::of_model(self.model(), &self.address().to_string(), Secrets::default(), values).unwrap()
    }

    pub fn plan(self, options: Options) -> Plan {
        self.plan_of(self.asked(), options)
    }

    pub fn plan_of(self, asked: &[(&str, &[(&str, &str)])], options: Options) -> Plan {
        let target = self.target();
        let request = |(id, arguments): &(&str, &[(&str, &str)])| {
            target.request(id, arguments.iter().copied()).unwrap()
        };
        let profile = target.profile(target.model.line, Duration::ZERO);
        target.plan(asked.iter().map(request).collect(), options, profile)
    }

    fn target(self) -> Target {
        Target { model: self.model(), address: self.own_address(), password: None, keys: Vec::new() }
    }

    pub fn own_address(self) -> Address {
        match self {
            Self::Iec => Address::textual(self.address().to_string()),
            Self::Ce | Self::Mercury => Address::numeric(self.address().to_string(), self.address()),
        }
    }

    pub fn decoder(self) -> Decoder {
        self.target().decoder()
    }
}

/// Patient as the program is when nothing else is asked for.
pub const PATIENT: Options = Options { retries: 2, read_twice: false, if_silent: IfSilent::AskOn };
/// Every request once.
pub const ONCE: Options = Options { retries: 0, read_twice: false, if_silent: IfSilent::AskOn };
/// Every value asked for twice.
pub const TWICE: Options = Options { retries: 2, read_twice: true, if_silent: IfSilent::AskOn };

/// What a read came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// For each request, the values taken for good, and how it ended.
    pub answers: Vec<(Vec<String>, Result<(), Fault>)>,
    /// The codes of what was remarked, in order.
    pub warnings: Vec<&'static str>,
    /// From the first request to the end.
    pub took: Duration,
}

impl Outcome {
    /// The first failure.
    pub fn fault(&self) -> Option<&Fault> {
        self.answers.iter().find_map(|(_, result)| result.as_ref().err())
    }

    /// The values of each request.
    pub fn values(&self) -> Vec<Vec<String>> {
        self.answers.iter().map(|(values, _)| values.clone()).collect()
    }

    /// How many requests were answered.
    pub fn answered(&self) -> usize {
        self.answers.iter().filter(|(_, result)| result.is_ok()).count()
    }

    /// Whether a remark was made.
    pub fn warned(&self, code: &str) -> bool {
        self.warnings.contains(&code)
    }
}

/// A bus with a link, ready to read over.
pub struct Bench {
    pub kind: Kind,
    pub handle: Handle,
    pub trace: SharedTrace,
    pub faults: Faults,
    pub clock: Clock,
    /// What was said of other masters.
    pub others: Vec<String>,
    jobs: u64,
}

impl Bench {
    /// One sound meter on a line with these faults.
    pub fn new(kind: Kind, faults: &[&str]) -> Self {
        Self::with(kind, vec![kind.meter()], faults)
    }

    /// These meters on a line with these faults, in real time.
    pub fn with(kind: Kind, meters: Vec<SimMeter>, faults: &[&str]) -> Self {
        Self::seeded(kind, meters, faults, 1, Speed::Real)
    }

    pub fn seeded(kind: Kind, meters: Vec<SimMeter>, faults: &[&str], seed: u64, pace: Speed) -> Self {
        let faults = Faults::parse(faults, seed).unwrap();
        let clock = start_clock();
        let bus = SimBus::new(meters).with_faults(faults.clone()).with_speed(pace);
        Self::over(kind, bus.open(clock), faults, clock)
    }

    /// Over any link; `faults` are those of whoever stands at its far end.
    pub fn over(kind: Kind, link: Link, faults: Faults, clock: Clock) -> Self {
        let trace = SharedTrace::new(Trace::new(clock.origin()));
        let (handle, ends) = channel();
        tokio::spawn(run(
            ends,
            Port::Full(link),
            trace.clone(),
            clock,
            Some(kind.decoder()),
            InitialLine { is_shared: true, ..InitialLine::default() },
        ));
        Self { kind, handle, trace, faults, clock, others: Vec::new(), jobs: 0 }
    }

    /// Reads everything once and gives what came of it, having made sure that no wrong value was taken for good.
    pub async fn read(&mut self, options: Options) -> Outcome {
        let before = self.others.len();
        let outcome = self.carry_out(self.kind.plan(options)).await;
        assert_true(self.kind, &outcome);
        let is_shared = self.faults.specs().iter().any(|fault| fault.to_string().starts_with("idle"));
        assert!(is_shared || self.others.len() == before, "nobody else asks here: {:?}", self.others);
        outcome
    }

    /// Carries any plan out.
    pub async fn carry_out(&mut self, plan: Plan) -> Outcome {
        let job = self.start(plan);
        self.finish(job).await
    }

    /// Hands a plan over without waiting.
    pub fn start(&mut self, plan: Plan) -> JobId {
        self.jobs += 1;
        let job = JobId(self.jobs);
        let decoder = self.kind.decoder();
        let errand = Box::new(Errand::reading(decoder, plan).unwrap());
        self.handle.intents.send(Intent::Run { job, errand }).unwrap();
        job
    }

    /// Waits for the end of a plan.
    pub async fn finish(&mut self, job: JobId) -> Outcome {
        let mut outcome = Outcome::default();
        let mut values = Vec::new();
        let start = self.clock.now();
        loop {
            let event = tokio::time::timeout(Duration::from_secs(600), self.handle.events.recv()).await;
            match event.expect("the bus goes on").expect("a bus") {
                BusEvent::Job(id, event) if id == job => match event {
                    JobEvent::Reading(reading, _) => values.push(visible::reading(&reading)),
                    JobEvent::Warning(warning) => outcome.warnings.push(warning.code),
                    JobEvent::Answered { result, .. } => {
                        let result = result.map_err(|failure| failure.fault);
                        outcome.answers.push((std::mem::take(&mut values), result));
                        outcome.took = self.clock.now().since(start);
                    }
                    JobEvent::Finished => return outcome,
                    JobEvent::Started
                    | JobEvent::Step(_)
                    | JobEvent::Try { .. }
                    | JobEvent::Progress { .. } => {}
                },
                BusEvent::OtherMaster(other) => self.others.push(other.to_string()),
                BusEvent::Job(..) | BusEvent::Line(_) => {}
                BusEvent::Ended(end) => panic!("the bus ended: {end:?}"),
            }
        }
    }

    /// Takes the faults away; then one exchange a request is enough to read everything.
    pub async fn recovers(&mut self) {
        self.faults.set(Vec::new());
        let outcome = self.read(ONCE).await;
        assert_eq!(outcome.values(), self.kind.truth(), "after the fault: {outcome:?}\n{}", self.history());
        assert!(outcome.fault().is_none(), "after the fault: {outcome:?}");
    }

    /// What the program makes of a failure.
    pub fn diagnosis(&self, fault: &Fault, place: &Endpoint) -> Diagnosis {
        let status = self.status();
        let case = Case {
            model: self.kind.model(),
            address: &self.kind.own_address(),
            place,
            line: status.line,
            counters: status.counters,
            received: &[],
            has_answered: false,
            request_bytes: match self.kind {
                Kind::Ce => 17,
                Kind::Mercury => 7,
                Kind::Iec => 6,
            },
        };
        diagnose(&case, fault)
    }

    /// The word for the first failure of a read; `good` when there is none.
    pub fn code(&self, outcome: &Outcome) -> &'static str {
        outcome.fault().map_or("good", |fault| self.diagnosis(fault, &Endpoint::Sim).code)
    }

    pub fn status(&self) -> Status {
        self.handle.status.borrow().clone()
    }

    pub fn echo(&self) -> EchoState {
        self.status().echo
    }

    /// Waits until the link is in a state.
    pub async fn until(&mut self, wanted: impl FnMut(&Status) -> bool) {
        let waiting = self.handle.status.wait_for(wanted);
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("in time").unwrap();
    }

    pub async fn opened(&mut self) {
        self.until(|status| matches!(status.link, LinkState::Open(_))).await;
    }

    /// What the fault proxy did of a kind.
    pub fn deeds(&self, kind: &str) -> Vec<Deed> {
        self.faults.log().into_iter().filter(|deed| deed.kind == kind).collect()
    }

    /// Received entries of the trace of a kind, as bytes.
    pub fn received(&self, wanted: impl Fn(EntryKind) -> bool) -> Vec<Vec<u8>> {
        let trace = self.trace.lock();
        (0..trace.len())
            .filter_map(|number| trace.entry(number))
            .filter(|entry| entry.way == Dir::Rx && wanted(entry.kind))
            .map(|entry| trace.bytes_of(&entry).into_owned())
            .collect()
    }

    /// What was remarked in the trace.
    pub fn remarks(&self) -> Vec<String> {
        let trace = self.trace.lock();
        let entries = (0..trace.len()).filter_map(|number| trace.entry(number));
        entries.filter_map(|entry| trace.mark_of(&entry).map(ToString::to_string)).collect()
    }

    pub fn echoes(&self) -> Vec<Vec<u8>> {
        self.received(|kind| kind == EntryKind::Echo)
    }

    pub fn noise(&self) -> Vec<u8> {
        self.received(|kind| kind == EntryKind::Noise).concat()
    }

    pub fn damaged_frames(&self) -> usize {
        self.received(|kind| kind == EntryKind::Frame(Integrity::Bad)).len()
    }

    /// The trace, for the message of a test that fails.
    pub fn history(&self) -> String {
        let trace = self.trace.lock();
        let entries = (0..trace.len()).filter_map(|number| trace.entry(number));
        let lines = entries.map(|entry| {
            let bytes = meterscope::frame::hex::spaced(&trace.bytes_of(&entry));
            format!("{} {:?} {:?} {bytes}\n", entry.first, entry.way, entry.kind)
        });
        lines.collect()
    }
}

/// Nothing but what the meter holds was taken for good, each under the name it was asked by; what was answered
/// was answered whole.
pub fn assert_true(kind: Kind, outcome: &Outcome) {
    let truth = kind.truth();
    for ((values, result), truth) in outcome.answers.iter().zip(&truth) {
        let is_true = values.is_empty() || values == truth;
        assert!(is_true, "a wrong value was taken for good: {values:?}, not {truth:?}\n{outcome:?}");
        assert!(result.is_err() || values == truth, "answered without its values: {outcome:?}");
    }
}

/// Reads over a line with faults: every one of them must have struck, the first failure must be explained by
/// this word (`good` for none), and once the faults are over the next exchange must bring the truth.
pub async fn suffers(kind: Kind, faults: &[&str], options: Options, code: &str) -> (Bench, Outcome) {
    let mut bench = Bench::new(kind, faults);
    let outcome = bench.read(options).await;
    assert_eq!(bench.code(&outcome), code, "{outcome:?}\n{}", bench.history());
    for spec in bench.faults.specs() {
        assert!(!bench.deeds(spec.kind()).is_empty(), "{spec} did not strike");
    }
    bench.recovers().await;
    (bench, outcome)
}
