//! Serial ports.
//!
//! On Unix the port is driven inside the caller's runtime and wakes it only for bytes (`unix.rs`); elsewhere a
//! thread owns it (`threaded.rs`). A port that goes away is opened again when its name comes back, or the same
//! USB adapter under another name.
//!
//! Damaged bytes are delivered as they were received; on Unix it is told which they are.
//! The modem lines are left to the system, which raises DTR and RTS at opening and drops them at the end (some
//! optical heads are powered by them).

#[cfg(target_os = "linux")]
mod holder;
mod identity;
mod latency;
mod refusal;
#[cfg(any(test, not(unix)))]
mod threaded;
#[cfg(unix)]
mod unix;

pub use latency::adapter_latency;

use std::marker::PhantomData;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::protocol::LineSettings;

use super::listen_task::Listener;
use super::reconnect::{Connector, Pause, run_reconnecting};
use super::stream::{Source, outlet};
use super::talk::Talker;
use super::{Clock, Link, ListenLink, OpenError};
use identity::Identity;
#[cfg(not(unix))]
use threaded::{ThreadedEar as Ear, ThreadedPort as Port};
#[cfg(unix)]
use unix::{Ear, Port};

/// How often a lost port is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A port of one of the two kinds: to talk, or only to listen.
trait OpenPort: Source + Sized {
    /// Opens the port at a path, for this program alone.
    fn open(path: &str, line: LineSettings) -> Result<Self, OpenError>;
}

/// Opens a serial port by its path or bare name (`ttyUSB0`), for this program alone. Must be called within a
/// runtime that has timers and I/O.
///
/// # Errors
/// When the port is missing, held by somebody else, forbidden, no serial port, or does not take the settings.
pub fn open(port: &str, line: LineSettings, clock: Clock) -> Result<Link, OpenError> {
    let (reach, first) = Reopen::<Port>::first(port, line)?;
    let (commands, orders) = mpsc::unbounded_channel();
    let (out, events) = outlet(clock);
    tokio::spawn(run_reconnecting(reach, Some(first), Talker::new(orders, Some(line)), out));
    Ok(Link { commands, events })
}

/// Opens a serial port for listening. On Unix it is opened read-only, so that the system refuses every write;
/// elsewhere the thread that owns it is given nothing to write. Must be called within a runtime that has timers
/// and I/O.
///
/// # Errors
/// As [`open`].
pub fn open_listening(port: &str, line: LineSettings, clock: Clock) -> Result<ListenLink, OpenError> {
    let (reach, first) = Reopen::<Ear>::first(port, line)?;
    let (listener, lines) = Listener::new(Some(line));
    let (out, events) = outlet(clock);
    tokio::spawn(run_reconnecting(reach, Some(first), listener, out));
    Ok(ListenLink { lines, events })
}

/// Opens the port again after it was lost.
#[derive(Debug)]
struct Reopen<P> {
    name: String,
    identity: Identity,
    line: LineSettings,
    kind: PhantomData<fn() -> P>,
}

impl<P: OpenPort> Reopen<P> {
    fn first(name: &str, line: LineSettings) -> Result<(Self, P), OpenError> {
        let name = identity::path(name);
        let port = P::open(&name, line)?;
        let identity = Identity::of(&name);
        Ok((Self { name, identity, line, kind: PhantomData }, port))
    }
}

impl<P: OpenPort> Connector for Reopen<P> {
    type Stream = P;

    fn pause(&mut self) -> Pause {
        Pause { wait: LOOK_EVERY, told: Duration::ZERO }
    }

    async fn reach(&mut self, line: Option<LineSettings>) -> Result<P, String> {
        let path = self.identity.path_now().unwrap_or_else(|| self.name.clone());
        P::open(&path, line.unwrap_or(self.line)).map_err(|error| match error {
            // While it is away every attempt finds the same; the list of other ports would only distract.
            OpenError::Missing { link, .. } => format!("waiting for {link} to come back"),
            other => other.to_string(),
        })
    }
}
