//! A serial port behind a converter that speaks RFC 2217: telnet with control of the port.
//!
//! Speed and format follow the conversation as on a port of this computer, and what the converter acknowledges
//! is what is in force. Bytes pass as they are both ways; FF is doubled on the connection (RFC 854). Flow
//! control is switched off; a converter's own wish to pause us is not heeded, as requests are far shorter than
//! its buffers.

mod options;
mod port;
mod session;
mod telnet;
#[cfg(test)]
mod tests;

use std::io;
use std::marker::PhantomData;
use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::dial::Dial;
use super::listen_task::Listener;
use super::reconnect::{Connector, Pause, run_reconnecting};
use super::stream::{Source, outlet};
use super::talk::Talker;
use super::{Clock, Link, ListenLink, OpenError};
use crate::frame::visible;
use crate::protocol::LineSettings;
use options::Use;
use session::{Ear, Port};

pub use options::MOST_FROM_LISTENER;

/// Calls a converter and sets its port. The first call must succeed; later a lost connection is called again
/// as in [`super::tcp::open`], with the line settings asked for last.
///
/// # Errors
/// When the host is missing, nobody answers, the far end speaks no RFC 2217 or does not set its port.
pub async fn open(host: &str, port: u16, line: LineSettings, clock: Clock) -> Result<Link, OpenError> {
    let (call, first) = Call::<Port>::first(host, port, line).await?;
    let (commands, orders) = mpsc::unbounded_channel();
    let (out, events) = outlet(clock);
    tokio::spawn(run_reconnecting(call, Some(first), Talker::new(orders, Some(line)), out));
    Ok(Link { commands, events })
}

/// As [`open`], for listening: what holds the connection can write telnet commands and nothing else, and no more than
/// [`MOST_FROM_LISTENER`] bytes of them, whatever the far end says. The line is set once.
///
/// # Errors
/// As [`open`].
pub async fn open_listening(
    host: &str,
    port: u16,
    line: LineSettings,
    clock: Clock,
) -> Result<ListenLink, OpenError> {
    let (call, first) = Call::<Ear>::first(host, port, line).await?;
    let (listener, lines) = Listener::new(Some(line));
    let (out, events) = outlet(clock);
    tokio::spawn(run_reconnecting(call, Some(first), listener, out));
    Ok(ListenLink { lines, events })
}

/// A port of one of the two kinds: to talk, or only to listen.
trait Remote: Source + Sized {
    /// What it is for.
    const USE: Use;

    /// Takes over an ear.
    fn over(ear: Ear) -> Self;
}

impl Remote for Ear {
    const USE: Use = Use::Listening;

    fn over(ear: Ear) -> Self {
        ear
    }
}

impl Remote for Port {
    const USE: Use = Use::Talking;

    fn over(ear: Ear) -> Self {
        Self(ear)
    }
}

/// Calls again.
#[derive(Debug)]
struct Call<P> {
    dial: Dial,
    line: LineSettings,
    kind: PhantomData<fn() -> P>,
}

impl<P: Remote> Call<P> {
    async fn first(host: &str, port: u16, line: LineSettings) -> Result<(Self, P), OpenError> {
        let call = Self { dial: Dial::new(host, port), line, kind: PhantomData };
        let (stream, peer) = call.dial.connect().await.map_err(|error| call.dial.refusal(&error))?;
        let port = Self::take(stream, peer, line).await.map_err(|error| OpenError::Refused {
            link: call.dial.name(),
            what: visible::error(&error),
            hint: "set the converter's port to RFC 2217 (\"telnet com port control\"), or use tcp://"
                .to_owned(),
        })?;
        Ok((call, port))
    }

    async fn take(stream: TcpStream, peer: SocketAddr, line: LineSettings) -> io::Result<P> {
        Ear::open(stream, peer, line, P::USE).await.map(P::over)
    }
}

impl<P: Remote> Connector for Call<P> {
    type Stream = P;

    fn pause(&mut self) -> Pause {
        let wait = self.dial.pause();
        Pause { wait, told: wait }
    }

    async fn reach(&mut self, line: Option<LineSettings>) -> Result<P, String> {
        let shown = |error: io::Error| visible::error(&error);
        let (stream, peer) = self.dial.connect().await.map_err(shown)?;
        Self::take(stream, peer, line.unwrap_or(self.line)).await.map_err(shown)
    }

    fn proved(&mut self) {
        self.dial.proved();
    }
}
