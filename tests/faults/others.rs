//! A line with one master, us: neither our echo nor any answer is taken for the request of another one.

use std::time::Duration;

use meterscope::app::target::Target;
use meterscope::bus::{BusEvent, Errand, InitialLine, Intent, JobEvent, JobId, Port, channel, run};
use meterscope::meter::{MODELS, Model};
use meterscope::protocol::{Access, Options, Request};
use meterscope::sim::fault::Faults;
use meterscope::sim::{SimBus, Speed, demo_address, demo_meters};
use meterscope::trace::{SharedTrace, Trace};

/// Every read of a model that needs no value from a person.
fn reads(model: &'static Model) -> Vec<Request> {
    let commands = model.protocol.profile().dialect(model.dialect).commands.iter();
    let reads = commands.filter(|command| command.access == Access::Read);
    reads.filter_map(|command| Some(Request { command, arguments: command.arguments([]).ok()? })).collect()
}

/// Reads everything of a simulated meter on a line that others may ask on; what was said of another master.
async fn other_master(model: &'static Model, faults: &[&str]) -> Option<String> {
    let address = model.resolve(&demo_address(model)).unwrap().remove(0).address;
    let target = Target { model, address, password: None, keys: Vec::new() };
    let decoder = target.decoder();
    let clock = crate::clock::start_clock();
    let faults = Faults::parse(faults, 7).unwrap();
    let link = SimBus::new(demo_meters(Some(model))).with_faults(faults).with_speed(Speed::Real).open(clock);
    let trace = SharedTrace::new(Trace::new(clock.origin()));
    let (mut handle, ends) = channel();
    let wanted = InitialLine { is_shared: true, ..InitialLine::default() };
    tokio::spawn(run(ends, Port::Full(link), trace, clock, Some(decoder), wanted));
    let options = Options { retries: 0, ..Options::default() };
    let plan = target.plan(reads(model), options, target.profile(model.line, Duration::ZERO));
    let errand = Box::new(Errand::reading(decoder, plan).unwrap());
    handle.intents.send(Intent::Run { job: JobId(1), errand }).unwrap();
    loop {
        match handle.events.recv().await.unwrap() {
            BusEvent::OtherMaster(other) => return Some(other.to_string()),
            BusEvent::Job(_, JobEvent::Finished) => return None,
            BusEvent::Ended(end) => panic!("{}: {end:?}", model.id),
            BusEvent::Job(..) | BusEvent::Line(_) => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_answer_of_any_model_is_taken_for_another_master() {
    for model in MODELS {
        assert_eq!(other_master(model, &["echo=1"]).await, None, "{}", model.id);
    }
}
