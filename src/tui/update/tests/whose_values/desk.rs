//! A console before a simulated line on which every meter has values of its own, in paused time.

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::*;
use crate::bus::{self, BusEvent, Handle, InitialLine, Port};
use crate::link::Clock;
use crate::protocol::{Address, Family, Setup};
use crate::sim::{SimBus, SimMeter, demo_address, demo_key, demo_meters, share_a_bus};
use crate::trace::{SharedTrace, Trace};
use crate::tui::fixture::BEGIN;

/// How often the console looks at the clock.
const TICK: Duration = Duration::from_millis(500);

pub(super) struct Desk {
    pub state: State,
    clock: Clock,
    handle: Handle,
    asked: Option<&'static Model>,
    swaps: mpsc::UnboundedSender<Vec<SimMeter>>,
}

impl Desk {
    pub(super) async fn open(faults: Faults) -> Self {
        let mut state = fresh(SIZE);
        start(&mut state, "sim:".parse().ok(), None);
        let clock = Clock::starting_at(BEGIN.parse().unwrap());
        let trace = SharedTrace::new(Trace::new(clock.origin()));
        let (swaps, swapped) = mpsc::unbounded_channel();
        let (handle, ends) = bus::channel();
        let link = SimBus::new(meters(None)).with_faults(faults).with_swaps(swapped).open(clock);
        tokio::spawn(bus::run(ends, Port::Full(link), trace.clone(), clock, None, InitialLine::default()));
        send(&mut state, Message::Opened(trace));
        let mut desk = Self { state, clock, handle, asked: None, swaps };
        desk.pass(Duration::from_secs(1), |_| ()).await;
        assert!(desk.state.is_connected());
        desk
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Bus(intent) => drop(self.handle.intents.send(intent)),
                Effect::Simulate(model) => {
                    if !share_a_bus(self.asked, Some(model)) {
                        drop(self.swaps.send(meters(Some(model))));
                    }
                    self.asked = Some(model);
                }
                _ => {}
            }
        }
    }

    /// Presses keys, after a question that may be open is left.
    pub(super) fn press(&mut self, names: &[&str]) {
        if self.state.popup.is_some() {
            keys(&mut self.state, &["esc"]);
        }
        self.press_on(names);
    }

    fn press_on(&mut self, names: &[&str]) {
        let effects = keys(&mut self.state, names);
        self.perform(effects);
    }

    pub(super) fn pick(&mut self, model: &Model) {
        self.press(&["3", ":"]);
        type_text(&mut self.state, &format!("model {}", model.id));
        self.press_on(&["enter"]);
    }

    /// Reads the pinned requests.
    pub(super) fn read_all(&mut self) {
        self.press(&["5", "enter", "3"]);
    }

    /// Lets time pass and looks after everything that happens.
    pub(super) async fn pass(&mut self, time: Duration, mut look: impl FnMut(&State)) {
        let end = Instant::now() + time;
        let mut tick = Instant::now();
        loop {
            let message = tokio::select! {
                biased;
                Some(event) = self.handle.events.recv() => match event {
                    BusEvent::Job(id, event) => Message::Job(id, event),
                    BusEvent::Line(finding) => Message::Said(finding.to_string()),
                    BusEvent::OtherMaster(other) => Message::Warned(other.to_string()),
                    BusEvent::Ended(result) => panic!("{result:?}"),
                },
                Ok(()) = self.handle.status.changed() => {
                    Message::Traffic(self.handle.status.borrow_and_update().clone())
                }
                () = tokio::time::sleep_until(tick.min(end)) => {
                    tick += TICK;
                    let at = self.clock.now();
                    Message::Tick(Moment { at, wall: self.state.trace.lock().wall(at) })
                }
            };
            let effects = send(&mut self.state, message);
            self.perform(effects);
            look(&self.state);
            if Instant::now() >= end {
                return;
            }
        }
    }
}

/// The meters that the demo bus would have, each with totals, tariffs, power and serial number of its own.
fn meters(asked: Option<&'static Model>) -> Vec<SimMeter> {
    let there = demo_meters(asked);
    let is_there = |model: &&&Model| there.iter().any(|meter| meter.name() == model.id);
    let numbered = MODELS.iter().enumerate().filter(|(_, model)| is_there(model));
    numbered.map(|(index, model)| meter(model, index)).collect()
}

fn meter(model: &'static Model, index: usize) -> SimMeter {
    let responder = model.protocol.responder(&setup(model, index)).unwrap();
    SimMeter::with_responder(model.id, demo_address(model), model.line, responder)
}

/// A meter with as many values of its own as its family lets be set.
pub(super) fn setup(model: &'static Model, index: usize) -> Setup {
    let found = model.resolve(&demo_address(model)).unwrap().remove(0);
    let mut setup = Setup {
        model: model.id,
        dialect: model.dialect,
        address: if model.address.has_address() { found.address } else { Address::none() },
        serial: (112_001_070 + 11 * index).to_string(),
        password: None,
        keys: if model.encrypts { vec![demo_key()] } else { Vec::new() },
        line: model.line,
        values: Vec::new(),
    };
    for (place, name) in ["1.8.0", "1.8.1", "1.8.2", "1.8.3", "1.8.4", "1.7.0"].into_iter().enumerate() {
        set(&mut setup, model.protocol, name, 1000 + 10 * index + place);
    }
    setup
}

/// Sets a value in the first form that this meter takes, if it has it at all.
fn set(setup: &mut Setup, family: &dyn Family, name: &str, number: usize) {
    for text in [format!("{number}.{:02}", 1 + number % 89), (number * 100 + 1 + number % 89).to_string()] {
        let mut with = setup.clone();
        with.values.push((name.to_owned(), text));
        if family.responder(&with).is_ok() {
            *setup = with;
            return;
        }
    }
}
