//! A link opened by name, with the bus that runs on it.

#[cfg(not(feature = "sim"))]
#[path = "session/not_simulated.rs"]
mod simulated;
#[cfg(feature = "sim")]
mod simulated;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};

pub use simulated::Simulation;

use super::mqtt_login;
use crate::bus::{
    self, BUS_ENDS_WITHIN, BusEvent, BusSide, Handle, InitialLine, Intent, Port, Shown, Standing, Status,
};
use crate::frame::visible;
use crate::link::{Clock, Endpoint, LinkName, OpenError, Topic, listen, mqtt, rfc2217, serial, tcp};
use crate::meter::Model;
use crate::protocol::{Decoder, LineSettings, MeterKey};
use crate::trace::{Capture, Ring, SharedTrace, Trace};
use simulated::{OnBus, Swaps};

/// How long a converter may take to dial in, where nobody watches.
pub const DIAL_IN: Duration = Duration::from_secs(30);

/// Whether a link is opened to talk or only to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Requests may be sent.
    Talk,
    /// Nothing can be sent.
    Listen,
}

/// Where what goes over the link is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recording {
    /// Nowhere but in memory.
    None,
    /// Into a new file of this name.
    File(PathBuf),
    /// Into a ring of files.
    Ring(Ring),
}

/// What is to be opened, and how.
#[derive(Debug)]
pub struct Opening {
    /// Which link.
    pub name: LinkName,
    /// To talk or to listen.
    pub role: Role,
    /// The line, unless the name says another.
    pub line: LineSettings,
    /// By which protocol the traffic is cut at first.
    pub decoder: Option<Decoder>,
    /// Where it is written.
    pub recording: Recording,
    /// Keys to explain what is encrypted with.
    pub keys: Vec<MeterKey>,
    /// The zone of the meters' clocks, where it is set.
    pub zone: Option<TimeZone>,
    /// What goes wrong on the simulated bus, and how fast it is.
    pub simulation: Simulation,
    /// Who may speak, from what is known of the link before.
    pub standing: Standing,
    /// A session to be ended first: it may hold the same port.
    pub before: Option<Session>,
}

/// An open link, or one that is being opened: the first status or event tells.
#[derive(Debug)]
pub struct Session {
    /// Which link.
    pub name: LinkName,
    /// Everything that goes over it.
    pub trace: SharedTrace,
    /// The clock its stamps are from.
    pub clock: Clock,
    /// How things stand.
    pub status: watch::Receiver<Status>,
    /// What the bus tells.
    pub events: mpsc::Receiver<BusEvent>,
    /// How far the face has shown the trace, where it shows every entry.
    pub shown: watch::Sender<Option<Shown>>,
    on_bus: Option<OnBus>,
    intents: mpsc::UnboundedSender<Intent>,
}

impl Session {
    /// What goes wrong on a simulated bus, to be changed while it runs; `None` on a real link.
    #[cfg(feature = "sim")]
    #[must_use]
    pub fn faults(&self) -> Option<&crate::sim::fault::Faults> {
        self.on_bus.as_ref().map(OnBus::faults)
    }

    /// Sees to it that a simulated bus has a meter of this model; on a real link there is nothing to do.
    pub fn ask_for(&mut self, model: &'static Model) {
        if let Some(on_bus) = &mut self.on_bus {
            on_bus.ask_for(model);
        }
    }

    /// Tells the bus what is wanted; a bus that has ended has said so through its events.
    pub fn send(&self, intent: Intent) {
        let _ = self.intents.send(intent);
    }

    /// Closes the link and waits until what ran has signed off and everything is written, but not for ever.
    pub async fn end(mut self) {
        self.send(Intent::Close);
        let ended = async {
            while let Some(event) = self.events.recv().await {
                if matches!(event, BusEvent::Ended(_)) {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(BUS_ENDS_WITHIN, ended).await;
    }
}

/// Opens a link. Returns at once; the bus runs on a thread of its own, so that neither a slow screen nor a
/// blocked terminal ever delays the line.
#[must_use]
pub fn open(opening: Opening) -> Session {
    let (session, swaps, side) = begin(&opening, Clock::start());
    spawn(opening, swaps, (session.trace.clone(), session.clock, side));
    session
}

/// Opens a link without a thread of its own, for tests in paused time. Must be called within a runtime.
#[cfg(test)]
#[must_use]
pub fn open_here(opening: Opening) -> Session {
    let (session, swaps, side) = begin(&opening, Clock::of_tests());
    tokio::spawn(serve(opening, swaps, (session.trace.clone(), session.clock, side)));
    session
}

/// A session whose bus is still to be started, and what that needs.
fn begin(opening: &Opening, clock: Clock) -> (Session, Swaps, BusSide) {
    let mut trace = Trace::new(clock.origin());
    trace.set_keys(opening.keys.clone());
    trace.set_zone(opening.zone.clone());
    let trace = SharedTrace::new(trace);
    let (handle, side) = bus::channel();
    let Handle { intents, events, status, shown } = handle;
    let name = opening.name.clone();
    let is_simulated = matches!(name.place, Endpoint::Sim);
    let (on_bus, swapped) = OnBus::of(&opening.simulation);
    let on_bus = on_bus.filter(|_| is_simulated);
    (Session { name, trace, clock, status, events, shown, on_bus, intents }, swapped, side)
}

fn spawn(opening: Opening, swaps: Swaps, (trace, clock, side): (SharedTrace, Clock, BusSide)) {
    let link = opening.name.to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let failed = |error: &std::io::Error| OpenError::Refused {
        link,
        what: error.to_string(),
        hint: "the computer has no threads or files left: close other programs".to_owned(),
    };
    match runtime {
        Err(error) => side.fail(failed(&error)),
        Ok(runtime) => {
            let work = move || runtime.block_on(serve(opening, swaps, (trace, clock, side)));
            // Without a thread the ends are dropped, and the face sees its channels close.
            let _ = thread::Builder::new().name("bus".to_owned()).spawn(work);
        }
    }
}

/// The line of a simulated bus, and whether it is only listened to.
#[cfg_attr(not(feature = "sim"), expect(dead_code, reason = "there is no simulated bus to tell"))]
struct OnLine {
    zone: Option<TimeZone>,
    line: LineSettings,
    listens: bool,
    clock: Clock,
}

async fn serve(mut opening: Opening, swaps: Swaps, (trace, clock, side): (SharedTrace, Clock, BusSide)) {
    if let Some(before) = opening.before.take() {
        before.end().await;
    }
    if let Err(error) = record(&opening, &trace) {
        return side.fail(error);
    }
    let Opening { name, role, decoder, simulation, standing, .. } = opening;
    let line = name.line.unwrap_or(opening.line);
    let listens = role == Role::Listen;
    let port = match &name.place {
        Endpoint::File(path) => return bus::play(side, path, trace, decoder).await,
        Endpoint::Serial(device) => serial_port(device, line, listens, clock),
        Endpoint::Tcp(host, number) => called(host, *number, listens, clock).await,
        Endpoint::Rfc2217(host, number) => telnet(host, *number, line, listens, clock).await,
        Endpoint::Listen(address, number) => calling(address, *number, listens, clock).await,
        Endpoint::Mqtt(topic) => subscribed(topic, clock).await,
        Endpoint::Sim => {
            simulated::open(simulation, swaps, &OnLine { zone: opening.zone, line, listens, clock })
        }
    };
    let is_line_chosen = name.line.is_some();
    let is_shared = !matches!(name.place, Endpoint::Sim);
    let wanted =
        InitialLine { line: Some(line), is_line_chosen, soft_parity: name.soft_parity, standing, is_shared };
    match port {
        Ok(port) => bus::run(side, port, trace, clock, decoder, wanted).await,
        Err(error) => side.fail(error),
    }
}

/// Has the trace written to disk where that is wanted. What is played back has been written already.
fn record(opening: &Opening, trace: &SharedTrace) -> Result<(), OpenError> {
    if matches!(opening.name.place, Endpoint::File(_)) {
        return Ok(());
    }
    let (name, line) = (opening.name.to_string(), Some(opening.name.line.unwrap_or(opening.line)));
    let (capture, file) = match &opening.recording {
        Recording::None => return Ok(()),
        Recording::File(path) => (Capture::to_file(path, &name, line), path),
        Recording::Ring(ring) => (Capture::to_ring(ring.clone(), &name, line), &ring.folder),
    };
    let capture = capture.map_err(|error| OpenError::Refused {
        link: format!("capture {}", visible::file(file)),
        what: visible::error(&error),
        hint: "name a new file in a folder that can be written to".to_owned(),
    })?;
    trace.lock().capture_to(capture);
    Ok(())
}

async fn telnet(
    host: &str,
    number: u16,
    line: LineSettings,
    listens: bool,
    clock: Clock,
) -> Result<Port, OpenError> {
    if listens {
        return rfc2217::open_listening(host, number, line, clock).await.map(Port::Listening);
    }
    rfc2217::open(host, number, line, clock).await.map(Port::Full)
}

async fn subscribed(topic: &Topic, clock: Clock) -> Result<Port, OpenError> {
    mqtt::open_listening(topic, mqtt_login::sign_on()?, clock).await.map(Port::Listening)
}

fn serial_port(device: &str, line: LineSettings, listens: bool, clock: Clock) -> Result<Port, OpenError> {
    if listens {
        return serial::open_listening(device, line, clock).map(Port::Listening);
    }
    serial::open(device, line, clock).map(Port::Full)
}

/// A converter that takes our call.
async fn called(host: &str, number: u16, listens: bool, clock: Clock) -> Result<Port, OpenError> {
    if listens {
        return tcp::open_listening(host, number, clock).await.map(Port::Listening);
    }
    tcp::open(host, number, clock).await.map(Port::Full)
}

/// A converter that calls us.
async fn calling(address: &str, number: u16, listens: bool, clock: Clock) -> Result<Port, OpenError> {
    if listens {
        return listen::open_listening(address, number, clock).await.map(|(link, _)| Port::Listening(link));
    }
    listen::open(address, number, clock).await.map(|(link, _)| Port::Full(link))
}

#[cfg(test)]
mod tests;
