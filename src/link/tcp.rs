//! A TCP converter that is called.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::frame::visible;
use crate::protocol::LineSettings;

use super::hush::Listener;
use super::keep::{Pause, Reach, keep};
use super::socket::Connection;
use super::stream::outlet;
use super::talk::Talker;
use super::{Clock, Link, ListenLink, OpenError};

/// How long one attempt to connect may take, names looked up included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

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
    tokio::spawn(keep(call, Some(first), Talker::new(orders, None), out));
    Ok(Link { commands, events })
}

/// As [`open`], for listening: the task that holds the connection has no code to write to it.
///
/// # Errors
/// As [`open`].
pub async fn open_listening(host: &str, port: u16, clock: Clock) -> Result<ListenLink, OpenError> {
    let (call, first) = Call::first(host, port).await?;
    let (out, events) = outlet(clock);
    tokio::spawn(keep(call, Some(first), Listener, out));
    Ok(ListenLink { events })
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
struct Call {
    host: String,
    port: u16,
    backoff: Backoff,
}

impl Call {
    async fn first(host: &str, port: u16) -> Result<(Self, Connection), OpenError> {
        let call = Self { host: host.to_owned(), port, backoff: Backoff::default() };
        let connection = call.connect().await.map_err(|error| call.refusal(&error))?;
        Ok((call, connection))
    }

    async fn connect(&self) -> io::Result<Connection> {
        timeout(CONNECT_TIMEOUT, connect(&self.host, self.port)).await.unwrap_or_else(|_| {
            Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("nobody answered within {} s", CONNECT_TIMEOUT.as_secs()),
            ))
        })
    }

    fn refusal(&self, error: &io::Error) -> OpenError {
        refusal(&format!("{}:{}", visible::string(&self.host), self.port), error)
    }
}

/// Tries every address of a host in turn.
async fn connect(host: &str, port: u16) -> io::Result<Connection> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    let addresses: Vec<SocketAddr> = lookup_host((host, port))
        .await
        .map_err(|error| io::Error::new(io::ErrorKind::NotFound, error))?
        .collect();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Connection::new(stream, address),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn refusal(link: &str, error: &io::Error) -> OpenError {
    let (link, what) = (link.to_owned(), visible::string(&error.to_string()));
    let hint = match error.kind() {
        io::ErrorKind::NotFound => {
            let hint = "is the name spelt right? try the converter's address in numbers".to_owned();
            return OpenError::Missing { link, what, hint };
        }
        io::ErrorKind::ConnectionRefused => {
            "the host is there but takes no call on this port: is the port right, and does another program use the converter?"
        }
        io::ErrorKind::ConnectionReset => {
            "many converters take one caller only: does another program use it?"
        }
        _ => "is the converter powered, in this network, and its address right?",
    };
    OpenError::Refused { link, what, hint: hint.to_owned() }
}

impl Reach for Call {
    type Stream = Connection;

    fn pause(&mut self) -> Pause {
        let wait = self.backoff.next();
        Pause { wait, told: wait }
    }

    async fn reach(&mut self, _: Option<LineSettings>) -> Result<Connection, String> {
        self.connect().await.map_err(|error| visible::string(&error.to_string()))
    }

    fn proved(&mut self) {
        self.backoff = Backoff::default();
    }
}

/// Waits between calls.
#[derive(Debug, Default)]
struct Backoff {
    calls: u32,
}

impl Backoff {
    const LONGEST: Duration = Duration::from_secs(30);

    fn next(&mut self) -> Duration {
        let wait = Duration::from_secs(1_u64.checked_shl(self.calls).unwrap_or(u64::MAX));
        self.calls = self.calls.saturating_add(1).min(u64::BITS);
        wait.min(Self::LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_spaced_out_up_to_half_a_minute() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..8).map(|_| backoff.next().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
        let mut worn = Backoff { calls: u64::BITS };
        assert_eq!(worn.next(), Backoff::LONGEST);
    }

    #[test]
    fn a_telnet_greeting_is_known_from_meter_bytes() {
        // A converter that offers RFC 2217: WILL COM-PORT-OPTION, DO SUPPRESS GO AHEAD.
        assert!(looks_like_telnet(&[0xFF, 0xFB, 0x2C, 0xFF, 0xFD, 0x03]));
        for bytes in [&[0xFF_u8, 0xFB] as &[u8], &[], &[0xC0, 0x48], &[0xFF, 0xFF, 0x01], b"/NEV5\r\n"] {
            assert!(!looks_like_telnet(bytes), "{bytes:02X?}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_look_for() {
        let said = |kind: io::ErrorKind| refusal("converter:4001", &kind.into()).to_string();
        assert!(said(io::ErrorKind::ConnectionRefused).contains("takes no call on this port"));
        assert!(said(io::ErrorKind::TimedOut).contains("is the converter powered"));
        assert!(matches!(
            refusal("x:1", &io::ErrorKind::NotFound.into()),
            OpenError::Missing { link, .. } if link == "x:1"
        ));
    }
}
