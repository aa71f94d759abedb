//! Commands carried out against simulated meters over the simulated wire, on paused time.

#![cfg(test)]

#[path = "support/clock.rs"]
mod clock;

use std::time::Duration;

use clock::start_clock;
use jiff::tz::TimeZone;
use meterscope::app::target::Target;
use meterscope::frame::{At, visible};
use meterscope::link::{Clock, Link, LinkCommand, LinkEvent};
use meterscope::meter::{AddressRule, Login, Model, Order, Wiring, model};
use meterscope::protocol::energomera_ce::{Ce, KERNEL10};
use meterscope::protocol::{
    Action, Address, Event, Exchange, Fault, IfSilent, LineSettings, Options, PieceKind, Plan, Request,
    Source, Unfit,
};
use meterscope::sim::fault::Faults;
use meterscope::sim::{Secrets, SimBus, SimMeter, Speed, demo_meters, open};

const LINE: LineSettings = LineSettings::n81(9600);

static CE307: Model = Model {
    id: "energomera-ce307",
    also: &[],
    maker: "Energomera",
    title: "CE307",
    protocol: &Ce,
    is_generic: false,
    dialect: KERNEL10,
    line: LINE,
    other_speeds: &[],
    address: AddressRule {
        width: 2,
        order: Order::LittleEndian,
        min: 1,
        max: 65_535,
        serial: &[],
        serial_digits: 9,
        unaddressed: Some(0),
    },
    login: Login::None,
    encrypts: false,
    wiring: Wiring { interface: "RS-485", terminals: "", supply: "" },
    default_reads: &[],
    ambiguous_replies: false,
    lookalike: "",
    tariffs: 4,
    note: "",
};

/// What a plan came to.
#[derive(Debug, Default)]
struct Outcome {
    /// Values as text, in order.
    values: Vec<String>,
    /// How each request ended.
    answered: Vec<Option<Fault>>,
    /// When the last byte came.
    last: At,
}

const ONCE: Options = Options { retries: 0, read_twice: false, if_silent: IfSilent::AskOn };

fn plan_for(target: &Target, requests: Vec<Request>) -> Plan {
    target.plan(requests, ONCE, target.profile(target.model.line, Duration::ZERO))
}

/// The energies of the sum and three tariffs, each a request of its own.
fn four_tariffs(address: u64) -> Plan {
    let address = Address::numeric(address.to_string(), address);
    let target = Target { model: &CE307, address, password: None, keys: Vec::new() };
    let request = |tariff| target.request("energy", [("tariff", tariff)]).unwrap();
    plan_for(&target, ["sum", "T1", "T2", "T3"].map(request).to_vec())
}

fn ce307(address: &str) -> SimMeter {
    let values = [("1.8.1", "1201.07"), ("1.8.2", "433.12"), ("1.8.3", "0.01")];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    SimMeter::of_model(&CE307, address, Secrets::default(), values).unwrap()
}

/// The everyday set of a model.
fn default_reads(model: &'static Model, address: &str) -> Plan {
    let address = model.address.resolve(address).unwrap().remove(0).address;
    let target = Target { model, address, password: None, keys: Vec::new() };
    plan_for(&target, target.default_reads())
}

/// A link to these meters with these faults, opened.
async fn bus(meters: Vec<SimMeter>, faults: &Faults) -> Link {
    let bus = SimBus::new(meters).with_faults(faults.clone()).with_zone(TimeZone::UTC);
    let mut link = bus.open(Clock::starting_at("2026-03-01T18:00:00Z".parse().unwrap()));
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Opened { .. })));
    link
}

/// Carries a plan out, as the bus task does but without its care for echoes.
async fn carry_out(link: &mut Link, clock: Clock, plan: Plan) -> Outcome {
    let family = model(plan.profile.model).unwrap().protocol;
    let mut framer = family.framer(Source::Replies, LINE);
    let mut exchange = family.exchange(plan).unwrap();
    let mut outcome = Outcome::default();
    let mut wake = None;
    exchange.handle(Event::Start, clock.now());
    while obey(exchange.as_mut(), link, &mut wake, &mut outcome) {
        let wait = async {
            match wake {
                Some(at) => tokio::time::sleep_until(clock.instant(at)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            event = link.events.recv() => match event.expect("a link") {
                LinkEvent::Sent { at } => exchange.handle(Event::Sent, at),
                LinkEvent::Received { bytes, at, .. } => {
                    outcome.last = at;
                    framer.push(&bytes, at, &mut |piece| match piece.kind {
                        PieceKind::Frame(_) => exchange.handle(Event::Frame(piece.bytes), at),
                        PieceKind::Noise => exchange.handle(Event::Noise(piece.bytes), at),
                    });
                }
                LinkEvent::LineSet { .. } => {}
                other => panic!("{other:?}"),
            },
            () = wait => {
                let at = wake.take().unwrap_or_default();
                exchange.handle(Event::Deadline, at);
            }
        }
    }
    outcome
}

/// Does what the exchange wants; whether it wants to go on.
fn obey(exchange: &mut dyn Exchange, link: &Link, wake: &mut Option<At>, outcome: &mut Outcome) -> bool {
    while let Some(action) = exchange.next_action() {
        match action {
            Action::Send(bytes) => link.commands.send(LinkCommand::Send(bytes)).unwrap(),
            Action::SetLine(to) => link.commands.send(LinkCommand::SetLine(to)).unwrap(),
            Action::Wait(wait) => *wake = Some(wait.until),
            Action::Reading(reading) => outcome.values.push(visible::measured(&reading.value)),
            Action::Answered { result, .. } => {
                outcome.answered.push(result.err().map(|failure| failure.fault));
            }
            Action::Finished => return false,
            _ => {}
        }
    }
    true
}

#[tokio::test(start_paused = true)]
async fn a_ce307_gives_its_total_and_three_tariffs_in_wire_time_and_latency_exactly() {
    let mut link = bus(vec![ce307("7")], &Faults::none()).await;
    let outcome = carry_out(&mut link, start_clock(), four_tariffs(7)).await;
    assert_eq!(outcome.answered, [None, None, None, None]);
    assert_eq!(outcome.values, ["1644.44", "1201.07", "433.12", "0.01"]);
    // 4 x (17 + 18) characters of 10 bits at 9600 are 145.8 ms, and the meter thinks for 40 ms each time.
    let one = LINE.wire_time(17) + Duration::from_millis(40) + LINE.wire_time(18);
    // Before every question but the first lie one and a half characters of silence, by a timer that counts milliseconds.
    let after = |end: At| At::from_millis((end + LINE.wire_time(3) / 2).nanos().div_ceil(1_000_000)) + one;
    assert_eq!(outcome.last, after(after(after(At::ZERO + one))));
}

/// How the first request ends with these faults.
async fn first_fault(meters: Vec<SimMeter>, specs: &[&str]) -> (Option<Fault>, Faults) {
    let faults = Faults::parse(specs, 5).unwrap();
    let mut link = bus(meters, &faults).await;
    let outcome = carry_out(&mut link, start_clock(), four_tariffs(7)).await;
    (outcome.answered.into_iter().next().unwrap(), faults)
}

#[tokio::test(start_paused = true)]
async fn an_answer_with_another_address_carries_a_checksum_that_fits() {
    let (fault, faults) = first_fault(vec![ce307("7")], &["misaddress=once:2"]).await;
    assert_eq!(fault, Some(Fault::Unexpected(Unfit::Address { expected: 7, found: 9 })));
    let log = faults.log();
    assert_eq!(log.len(), 1);
    assert_ne!(log[0].before, log[0].after);
}

#[tokio::test(start_paused = true)]
async fn a_p1_meter_at_another_speed_is_read_on_the_line_that_its_bytes_speak_for() {
    let any = model("dsmr-p1").unwrap();
    let at_other_speeds = [
        ("dsmr2-p1", "16719.940", LineSettings::n81(115_200)),
        ("dsmr4-p1", "3808.351", LineSettings::e71(9600)),
    ];
    for (id, energy, near) in at_other_speeds {
        let meter = SimMeter::of_model(model(id).unwrap(), "", Secrets::default(), Vec::new()).unwrap();
        let bus = SimBus::new(vec![meter]).with_line(near).with_zone(TimeZone::UTC);
        let mut link = bus.open(Clock::starting_at("2026-03-01T18:00:00Z".parse().unwrap()));
        assert!(matches!(link.events.recv().await, Some(LinkEvent::Opened { .. })));
        let mut plan = default_reads(any, "");
        plan.profile.line = near;
        let outcome = carry_out(&mut link, start_clock(), plan).await;
        assert_eq!(outcome.answered, [None], "{id}");
        assert!(outcome.values.contains(&energy.to_owned()), "{id}: {:?}", outcome.values);
    }
}

#[tokio::test(start_paused = true)]
async fn a_swallowed_answer_is_silence() {
    let (fault, _) = first_fault(vec![ce307("7")], &["swallow=once"]).await;
    assert_eq!(fault, Some(Fault::NoAnswer { sent: 1, echo: false, noise_bytes: 0 }));
}

#[tokio::test(start_paused = true)]
async fn bytes_around_an_answer_do_not_spoil_it() {
    let (fault, _) =
        first_fault(vec![ce307("7")], &["prefix=1:00", "suffix=1:000000", "split=1:1/3ms"]).await;
    assert_eq!(fault, None);
}

#[tokio::test(start_paused = true)]
async fn two_meters_with_one_address_damage_each_other() {
    let other = vec![("1.8.1".to_owned(), "77.77".to_owned())];
    let twin = SimMeter::of_model(&CE307, "7", Secrets::default(), other).unwrap();
    let (fault, _) = first_fault(vec![ce307("7"), twin], &[]).await;
    assert!(matches!(fault, Some(Fault::Damaged { .. })), "{fault:?}");
}

#[tokio::test(start_paused = true)]
async fn a_household_lets_the_registers_of_its_meter_grow() {
    let (home, clock) = (ce307("7").with_household(1), start_clock());
    let mut link = bus(vec![home], &Faults::none()).await;
    let before = carry_out(&mut link, clock, four_tariffs(7)).await.values;
    tokio::time::sleep(Duration::from_secs(36_000)).await;
    let after = carry_out(&mut link, clock, four_tariffs(7)).await.values;
    let grown = |index: usize| after[index].parse::<f64>().unwrap() - before[index].parse::<f64>().unwrap();
    assert!((1.0..15.0).contains(&grown(0)), "{before:?} {after:?}");
    assert!((grown(0) - grown(1)).abs() < 0.001, "{before:?} {after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_mercury_200_gives_its_tariffs_in_wire_time_silence_and_turnaround_exactly() {
    let mercury = model("mercury-200").unwrap();
    let meter = SimMeter::of_model(mercury, "043096", Secrets::default(), Vec::new()).unwrap();
    let mut link = bus(vec![meter], &Faults::none()).await;
    let mut plan = default_reads(mercury, "043096");
    plan.requests.truncate(1);
    let outcome = carry_out(&mut link, start_clock(), plan).await;
    assert_eq!(outcome.answered, [None]);
    // 7 + 23 characters and the five of silence that end the request: 36.5 ms; the meter takes 10 ms to turn round.
    let time = LINE.wire_time(7) + LINE.wire_time(5) + Duration::from_millis(10) + LINE.wire_time(23);
    assert_eq!(outcome.last.since(At::ZERO), time);
}

#[tokio::test(start_paused = true)]
async fn every_meter_of_the_demo_answers_its_everyday_set_on_the_one_bus() {
    let meters = demo_meters(None);
    let names: Vec<(String, String)> =
        meters.iter().map(|meter| (meter.name().to_owned(), meter.address().to_owned())).collect();
    let mut link = bus(meters, &Faults::none()).await;
    for (name, address) in names.into_iter().filter(|(name, _)| model(name).unwrap().line == LINE) {
        let plan = default_reads(model(&name).unwrap(), &address);
        let asked = plan.requests.len();
        let outcome = carry_out(&mut link, start_clock(), plan).await;
        assert_eq!(outcome.answered, vec![None; asked], "{name} at {address}");
        assert!(outcome.values.len() >= 4, "{name}: {:?}", outcome.values);
    }
}

#[tokio::test(start_paused = true)]
async fn the_demo_moves_while_it_is_looked_at() {
    let mut link = bus(demo_meters(None), &Faults::none()).await;
    let (clock, first) =
        (start_clock(), demo_meters(None).into_iter().find(|m| m.name() == "mercury-206").unwrap());
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let mut plan = default_reads(model(first.name()).unwrap(), first.address());
        plan.requests.retain(|request| request.command.id == "instant");
        seen.insert(carry_out(&mut link, clock, plan).await.values);
    }
    assert!(seen.len() >= 15, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn a_mercury_with_another_address_carries_a_checksum_that_fits() {
    let mercury = model("mercury-206").unwrap();
    let meter = SimMeter::of_model(mercury, "43096744", Secrets::default(), Vec::new()).unwrap();
    let mut link = bus(vec![meter], &Faults::parse(&["misaddress=once:3"], 1).unwrap()).await;
    let mut plan = default_reads(mercury, "43096744");
    plan.requests.truncate(1);
    let outcome = carry_out(&mut link, start_clock(), plan).await;
    let unfit = Unfit::Address { expected: 43_096_744, found: 43_096_747 };
    assert_eq!(outcome.answered, [Some(Fault::Unexpected(unfit))]);
}

#[tokio::test(start_paused = true)]
async fn at_full_speed_a_meter_that_waits_for_silence_answers_at_once() {
    let mercury = model("mercury-206").unwrap();
    let meter = SimMeter::of_model(mercury, "43096744", Secrets::default(), Vec::new()).unwrap();
    let mut link = open(vec![meter], Faults::none(), Speed::Max, start_clock());
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Opened { .. })));
    let mut plan = default_reads(mercury, "43096744");
    plan.requests.truncate(1);
    let outcome = carry_out(&mut link, start_clock(), plan).await;
    assert_eq!((outcome.answered, outcome.last), (vec![None], At::ZERO));
}
