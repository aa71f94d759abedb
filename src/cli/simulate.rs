//! `simulate`: meters for other programs to talk to.

use std::future::Future;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;
use std::pin::Pin;

use super::args::{Global, Simulate};
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::interrupt::Interrupt;
use super::live;
use super::out::{self, Out};
use super::{keys, password, zone};
use crate::app::{mqtt_login, telegram};
use crate::frame::visible;
use crate::link::{Clock, Endpoint, LinkName, mqtt};
use crate::sim::fault::Faults;
use crate::sim::serve::{self, Reach, ServeError};
use crate::sim::{Secrets, SharedBus, SimBus, SimMeter, demo_meters};

const DOING: &str = "simulating meters";

/// The household behind a meter of which nothing was set.
const SEED: u64 = 1;

/// Serves simulated meters until it is told to stop.
pub(super) fn run(global: &Global, given: &Simulate) -> Outcome {
    let meters = meters(global, given)?;
    let faults = Faults::parse(&given.fault, given.seed)
        .map_err(|error| Trouble::usage("reading the faults", error.to_string()))?;
    let names: Vec<String> = meters.iter().map(simulated).collect();
    let bus = SimBus::new(meters).with_faults(faults).with_speed(given.speed.into());
    let bus = bus.with_zone(zone::load(global)?);
    live::block_on(async {
        let interrupt = Interrupt::watch();
        let served = serve(given, bus.open_shared(Clock::start()).with_greeting(greeting(given))).await?;
        for name in &names {
            out::remark(name);
        }
        let mut out = Out::new();
        out.line(&served.place)?;
        out.flush()?;
        tokio::select! {
            ended = served.serving => ended.map(|()| Exit::Done).map_err(|error| trouble(&error).into()),
            () = interrupt.came() => Ok(Exit::Done),
        }
    })
}

/// The lines of the greeting; nothing for none.
fn greeting(given: &Simulate) -> Vec<u8> {
    given.greeting.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

fn simulated(meter: &SimMeter) -> String {
    match meter.address() {
        "" => format!("simulated: {}", meter.name()),
        address => format!("simulated: {} at address {}", meter.name(), visible::string(address)),
    }
}

/// The meters that were named, or one of every model.
fn meters(global: &Global, given: &Simulate) -> Result<Vec<SimMeter>, Stop> {
    let usage = |what: String| Stop::from(Trouble::usage(DOING, what));
    if given.model.is_empty() {
        if given.set.is_empty() && given.address.is_empty() {
            return Ok(demo_meters(None));
        }
        return Err(usage("--address and --set need a --model".to_owned()));
    }
    if given.address.len() > given.model.len() {
        return Err(usage("there are more addresses than models".to_owned()));
    }
    if given.model.len() > 1 && !given.set.is_empty() {
        return Err(usage("--set works with one --model only".to_owned()));
    }
    let addresses = given.address.iter().map(String::as_str).chain(std::iter::repeat(""));
    let keys = keys::load(global)?;
    let mut meters = Vec::new();
    for (model, address) in given.model.iter().zip(addresses) {
        let secrets = Secrets { password: password::known(&keys, address), keys: keys.ciphers(address) };
        let meter = SimMeter::of_model(model, address, secrets, given.set.clone());
        // What was set stays as it was set.
        let is_alive = given.set.is_empty() && telegram::is_pushed(model);
        let meter = meter.map(|meter| if is_alive { meter.with_household(SEED) } else { meter });
        meters.push(meter.map_err(|error| {
            let what = format!("{}: {error}", model.id);
            Trouble::usage(DOING, what).hint(format!("all commands: meterscope commands {}", model.id))
        })?);
    }
    Ok(meters)
}

type Serving = Pin<Box<dyn Future<Output = Result<(), ServeError>>>>;

/// A bus being served, and where.
struct Served {
    place: String,
    serving: Serving,
}

async fn serve(given: &Simulate, shared: SharedBus) -> Result<Served, Stop> {
    if let Some(target) = &given.place.connect {
        let target = bare(target).to_owned();
        let place = format!("tcp://{}", visible::string(&target));
        let dialling = async move {
            serve::dial(&target, shared).await;
            Ok(())
        };
        return Ok(Served { place, serving: Box::pin(dialling) });
    }
    if let Some(name) = &given.place.publish {
        return publish(given, name, shared).await;
    }
    if let Some(path) = &given.place.pty {
        return pty(path, shared);
    }
    let address = given.place.listen.as_deref().unwrap_or("127.0.0.1:0");
    let reach = if given.allow_remote { Reach::Network } else { Reach::ThisComputer };
    let (bound, serving) =
        serve::listen(resolve(address)?, reach, shared).await.map_err(|error| trouble(&error))?;
    Ok(Served { place: format!("tcp://{bound}"), serving: Box::pin(serving) })
}

/// Publishes on a topic what the meters push.
async fn publish(given: &Simulate, name: &LinkName, shared: SharedBus) -> Result<Served, Stop> {
    let Endpoint::Mqtt(topic) = &name.place else {
        let what = format!("--publish {name}: expected mqtt://[USER@]HOST[:PORT]/TOPIC");
        return Err(Trouble::usage(DOING, what).into());
    };
    if !given.model.is_empty() && given.model.iter().all(|model| model.address.has_address()) {
        let what = "--publish is for meters that speak by themselves; these answer when they are asked";
        return Err(Trouble::usage(DOING, what).hint("such as --model kaifa-ma309 or dsmr5-p1").into());
    }
    let opened = match mqtt_login::sign_on() {
        Ok(sign_on) => mqtt::open_publishing(topic, sign_on).await,
        Err(error) => Err(error),
    };
    let publisher = opened.map_err(|error| Trouble::new(Exit::Link, DOING, error.to_string()))?;
    let payload = given.payload.into();
    let publishing = async move {
        serve::publish(publisher, payload, shared).await;
        Ok(())
    };
    Ok(Served { place: name.to_string(), serving: Box::pin(publishing) })
}

#[cfg(unix)]
fn pty(path: &Path, shared: SharedBus) -> Result<Served, Stop> {
    let serving = serve::pty(path, shared).map_err(|error| trouble(&error))?;
    Ok(Served { place: visible::file(path), serving: Box::pin(serving) })
}

#[cfg(not(unix))]
fn pty(_: &Path, _: SharedBus) -> Result<Served, Stop> {
    let what = "this system has no pseudo-terminals";
    Err(Trouble::usage(DOING, what).hint("serve on TCP: --listen tcp://127.0.0.1:0").into())
}

fn bare(address: &str) -> &str {
    address.strip_prefix("tcp://").unwrap_or(address).trim_end_matches('/')
}

fn resolve(address: &str) -> Result<SocketAddr, Stop> {
    if let Ok(Some(found)) = bare(address).to_socket_addrs().map(|mut found| found.next()) {
        return Ok(found);
    }
    let what = format!("--listen {}: expected tcp://ADDRESS:PORT", visible::string(address));
    Err(Trouble::usage(DOING, what).hint("port 0 takes any free port: tcp://127.0.0.1:0").into())
}

fn trouble(error: &ServeError) -> Trouble {
    let exit = match error {
        ServeError::Exposed(_) => Exit::Forbidden,
        ServeError::Bind { .. } | ServeError::Taken(_) | ServeError::Pty { .. } => Exit::Link,
    };
    Trouble::new(exit, DOING, visible::error(error))
}
