//! A link opened by name, with the bus that runs on it.

use std::path::PathBuf;
use std::thread;

use tokio::sync::{mpsc, watch};

use super::broker;
use crate::bus::{self, BusEvent, Decoder, Ends, Handle, Intent, Port, Status, Wanted};
use crate::frame::visible;
use crate::link::mqtt::SignOn;
use crate::link::{Clock, Link, LinkName, ListenLink, OpenError, Place, listen, mqtt, rfc2217, serial, tcp};
use crate::protocol::LineSettings;
use crate::sim::fault::Faults;
use crate::sim::{self, Speed, demo_meters};
use crate::trace::{Capture, Ring, SharedTrace, Trace};

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
    /// What goes wrong on the simulated bus, and how fast it is.
    pub simulation: Simulation,
}

/// How the simulated bus behaves.
#[derive(Debug)]
pub struct Simulation {
    /// What goes wrong on it.
    pub faults: Faults,
    /// As fast as the real line or as fast as can be.
    pub speed: Speed,
}

impl Default for Simulation {
    /// The real line on a good day.
    fn default() -> Self {
        Self { faults: Faults::none(), speed: Speed::Real }
    }
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
    pub events: mpsc::UnboundedReceiver<BusEvent>,
    intents: mpsc::UnboundedSender<Intent>,
}

impl Session {
    /// Tells the bus what is wanted; a bus that has ended has said so through its events.
    pub fn send(&self, intent: Intent) {
        let _ = self.intents.send(intent);
    }
}

/// Opens a link. Returns at once; the bus runs on a thread of its own, so that neither a slow screen nor a
/// blocked terminal ever delays the line.
#[must_use]
pub fn open(opening: Opening) -> Session {
    let clock = Clock::start();
    let trace = SharedTrace::new(Trace::new(clock.origin()));
    let (handle, ends) = bus::channel();
    let Handle { intents, events, status } = handle;
    let session =
        Session { name: opening.name.clone(), trace: trace.clone(), clock, status, events, intents };
    spawn(opening, trace, clock, ends);
    session
}

fn spawn(opening: Opening, trace: SharedTrace, clock: Clock, ends: Ends) {
    let link = opening.name.to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let failed = |error: &std::io::Error| OpenError::Refused {
        link,
        what: error.to_string(),
        hint: "the computer has no threads or files left: close other programs".to_owned(),
    };
    match runtime {
        Err(error) => ends.fail(failed(&error)),
        Ok(runtime) => {
            let work = move || runtime.block_on(serve(opening, trace, clock, ends));
            // Without a thread the ends are dropped, and the face sees its channels close.
            let _ = thread::Builder::new().name("bus".to_owned()).spawn(work);
        }
    }
}

async fn serve(opening: Opening, trace: SharedTrace, clock: Clock, ends: Ends) {
    let decoder = opening.decoder;
    if let Place::File(path) = &opening.name.place {
        return bus::play(ends, path, trace, decoder).await;
    }
    if let Err(error) = record(&opening, &trace) {
        return ends.fail(error);
    }
    let wanted = Wanted {
        line: Some(opening.name.line.unwrap_or(opening.line)),
        soft_parity: opening.name.soft_parity,
    };
    match port(opening, clock).await {
        Ok(port) => bus::run(ends, port, trace, clock, decoder, wanted).await,
        Err(error) => ends.fail(error),
    }
}

/// Has the trace written to disk where that is wanted.
fn record(opening: &Opening, trace: &SharedTrace) -> Result<(), OpenError> {
    let (name, line) = (opening.name.to_string(), Some(opening.name.line.unwrap_or(opening.line)));
    let (capture, file) = match &opening.recording {
        Recording::None => return Ok(()),
        Recording::File(path) => (Capture::to_file(path, &name, line), path),
        Recording::Ring(ring) => (Capture::to_ring(ring.clone(), &name, line), &ring.folder),
    };
    let capture = capture.map_err(|error| OpenError::Refused {
        link: format!("capture {}", visible::string(&file.to_string_lossy())),
        what: visible::string(&error.to_string()),
        hint: "name a new file in a folder that can be written to".to_owned(),
    })?;
    trace.lock().capture_to(capture);
    Ok(())
}

/// Opens the port behind a name.
async fn port(opening: Opening, clock: Clock) -> Result<Port, OpenError> {
    let line = opening.name.line.unwrap_or(opening.line);
    let listens = opening.role == Role::Listen;
    match &opening.name.place {
        Place::Serial(name) if listens => serial::open_listening(name, line, clock).map(Port::Listening),
        Place::Serial(name) => serial::open(name, line, clock).map(Port::Full),
        Place::Tcp(host, number) if listens => {
            tcp::open_listening(host, *number, clock).await.map(Port::Listening)
        }
        Place::Tcp(host, number) => tcp::open(host, *number, clock).await.map(Port::Full),
        Place::Rfc2217(host, number) if listens => {
            rfc2217::open_listening(host, *number, line, clock).await.map(Port::Listening)
        }
        Place::Rfc2217(host, number) => rfc2217::open(host, *number, line, clock).await.map(Port::Full),
        Place::Listen(address, number) if listens => {
            listen::open_listening(address, *number, clock).await.map(|(link, _)| Port::Listening(link))
        }
        Place::Listen(address, number) => {
            listen::open(address, *number, clock).await.map(|(link, _)| Port::Full(link))
        }
        Place::Mqtt(topic) => {
            let sign_on = SignOn { password: broker::password()? };
            mqtt::open_listening(topic, sign_on, clock).await.map(Port::Listening)
        }
        Place::Sim => Ok(simulated(opening.simulation, listens, clock)),
        Place::File(_) => Err(OpenError::Missing {
            link: opening.name.to_string(),
            what: "a capture is played, not opened as a port".to_owned(),
            hint: "use a serial port, a converter or sim:".to_owned(),
        }),
    }
}

/// The simulated bus with one meter of every model.
fn simulated(simulation: Simulation, listens: bool, clock: Clock) -> Port {
    let Link { commands, events } = sim::open(demo_meters(), simulation.faults, simulation.speed, clock);
    if !listens {
        return Port::Full(Link { commands, events });
    }
    // The bus goes on as long as somebody could command it; nobody who listens can.
    tokio::spawn(async move { commands.closed().await });
    Port::Listening(ListenLink { events })
}
