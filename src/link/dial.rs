//! Calling a host: its addresses in turn, what a failure means, and the pauses between calls.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::OpenError;
use crate::frame::visible;

/// How long one attempt to connect may take, names looked up included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where to call, and how often that was done in vain.
#[derive(Debug)]
pub(super) struct Dial {
    host: String,
    port: u16,
    backoff: Backoff,
}

impl Dial {
    pub(super) fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port, backoff: Backoff::default() }
    }

    /// Host and port, made visible.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", visible::string(&self.host), self.port)
    }

    /// Calls once.
    pub(super) async fn connect(&self) -> io::Result<(TcpStream, SocketAddr)> {
        timeout(CONNECT_TIMEOUT, connect(&self.host, self.port)).await.unwrap_or_else(|_| {
            Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("nobody answered within {} s", CONNECT_TIMEOUT.as_secs()),
            ))
        })
    }

    /// Why the first call failed.
    pub(super) fn refusal(&self, error: &io::Error) -> OpenError {
        refusal(&self.name(), error)
    }

    /// How long to wait before the next call.
    pub(super) fn pause(&mut self) -> Duration {
        self.backoff.next()
    }

    /// A connection brought bytes: the next pause is the shortest again.
    pub(super) fn proved(&mut self) {
        self.backoff = Backoff::default();
    }
}

/// Tries every address of a host in turn.
async fn connect(host: &str, port: u16) -> io::Result<(TcpStream, SocketAddr)> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    let addresses: Vec<SocketAddr> = lookup_host((host, port))
        .await
        .map_err(|error| io::Error::new(io::ErrorKind::NotFound, error))?
        .collect();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok((stream, address)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn refusal(link: &str, error: &io::Error) -> OpenError {
    let (link, what) = (link.to_owned(), visible::error(&error));
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
