//! A TCP converter that is called.

use std::io;

use tokio::sync::mpsc;

use crate::frame::visible;
use crate::protocol::LineSettings;

use super::dial::Dial;
use super::listen_task::Listener;
use super::reconnect::{Connector, Pause, run_reconnecting};
use super::socket::Connection;
use super::stream::outlet;
use super::talk::Talker;
use super::{Clock, Link, ListenLink, OpenError};

pub use super::dial::CONNECT_TIMEOUT;

/// Calls a converter. The first call must succeed; later a lost connection is called again after 1, 2, 4, 8, 16
/// and then every 30 seconds, beginning anew after a connection that brought bytes. The line settings are the
/// converter's own: every [`super::LinkCommand::SetLine`] is refused.
///
/// # Errors
/// When there is no such host, or nobody answers within [`CONNECT_TIMEOUT`], or the call is refused.
pub async fn open(host: &str, port: u16, clock: Clock) -> Result<Link, OpenError> {
    let (call, first) = Call::first(host, port).await?;
    let (commands, orders) = mpsc::unbounded_channel();
    let (out, events) = outlet(clock);
    tokio::spawn(run_reconnecting(call, Some(first), Talker::new(orders, None), out));
    Ok(Link { commands, events })
}

/// As [`open`], for listening: the task that holds the connection has no code to write to it.
///
/// # Errors
/// As [`open`].
pub async fn open_listening(host: &str, port: u16, clock: Clock) -> Result<ListenLink, OpenError> {
    let (call, first) = Call::first(host, port).await?;
    let (listener, lines) = Listener::new(None);
    let (out, events) = outlet(clock);
    tokio::spawn(run_reconnecting(call, Some(first), listener, out));
    Ok(ListenLink { lines, events })
}

/// Whether the first bytes of a connection are telnet option negotiation (IAC WILL, WON'T, DO or DON'T and an
/// option, RFC 854): then the converter's port speaks telnet or RFC 2217, doubles every FF, and has to be set to
/// raw TCP.
#[must_use]
pub const fn looks_like_telnet(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, 0xFB..=0xFE, _, ..])
}

/// Calls again.
#[derive(Debug)]
struct Call(Dial);

impl Call {
    async fn first(host: &str, port: u16) -> Result<(Self, Connection), OpenError> {
        let call = Self(Dial::new(host, port));
        let connection = call.connect().await.map_err(|error| call.0.refusal(&error))?;
        Ok((call, connection))
    }

    async fn connect(&self) -> io::Result<Connection> {
        let (stream, peer) = self.0.connect().await?;
        Connection::new(stream, peer)
    }
}

impl Connector for Call {
    type Stream = Connection;

    fn pause(&mut self) -> Pause {
        let wait = self.0.pause();
        Pause { wait, told: wait }
    }

    async fn reach(&mut self, _: Option<LineSettings>) -> Result<Connection, String> {
        self.connect().await.map_err(|error| visible::error(&error))
    }

    fn proved(&mut self) {
        self.0.proved();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telnet_greeting_is_known_from_meter_bytes() {
        // A converter that offers RFC 2217: WILL COM-PORT-OPTION, DO SUPPRESS GO AHEAD.
        assert!(looks_like_telnet(&[0xFF, 0xFB, 0x2C, 0xFF, 0xFD, 0x03]));
        for bytes in [&[0xFF_u8, 0xFB] as &[u8], &[], &[0xC0, 0x48], &[0xFF, 0xFF, 0x01], b"/NEV5\r\n"] {
            assert!(!looks_like_telnet(bytes), "{bytes:02X?}");
        }
    }
}
