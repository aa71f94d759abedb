//! A TCP converter that calls: we listen, it dials in.
//!
//! One caller at a time. Who calls while another is connected waits in the system's queue and is taken when the
//! first has left. A caller that lost power or its cable counts as having left after 25 seconds at the latest
//! (see the watch on connections), or at once when it is back and answers that it knows of no connection.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::frame::visible;
use crate::protocol::LineSettings;

use super::listen_task::Listener;
use super::reconnect::{Connector, Pause, run_reconnecting};
use super::socket::Connection;
use super::stream::outlet;
use super::talk::Talker;
use super::{Clock, Link, ListenLink, OpenError};

/// Waits for callers on an address (`0.0.0.0` for all of this computer) and a port, 0 for any free one; says
/// which it became. Nothing is told before the first caller is there. The line settings are the converter's own:
/// every [`super::LinkCommand::SetLine`] is refused.
///
/// # Errors
/// When the address is not of this computer, or the port is taken or forbidden.
pub async fn open(address: &str, port: u16, clock: Clock) -> Result<(Link, SocketAddr), OpenError> {
    let (callers, bound) = bind(address, port).await?;
    let (commands, orders) = mpsc::unbounded_channel();
    let (out, events) = outlet(clock);
    tokio::spawn(run_reconnecting(callers, None, Talker::new(orders, None), out));
    Ok((Link { commands, events }, bound))
}

/// As [`open`], for listening only: the task that holds the connection has no code to write to it.
///
/// # Errors
/// As [`open`].
pub async fn open_listening(
    address: &str,
    port: u16,
    clock: Clock,
) -> Result<(ListenLink, SocketAddr), OpenError> {
    let (callers, bound) = bind(address, port).await?;
    let (listener, lines) = Listener::new(None);
    let (out, events) = outlet(clock);
    tokio::spawn(run_reconnecting(callers, None, listener, out));
    Ok((ListenLink { lines, events }, bound))
}

async fn bind(address: &str, port: u16) -> Result<(Callers, SocketAddr), OpenError> {
    let bound = async {
        let listener = TcpListener::bind((address, port)).await?;
        let bound = listener.local_addr()?;
        Ok((Callers { listener, pause: Duration::ZERO }, bound))
    };
    bound.await.map_err(|error| refusal(&format!("{}:{port}", visible::string(address)), &error))
}

fn refusal(link: &str, error: &io::Error) -> OpenError {
    let (link, what) = (link.to_owned(), visible::error(&error));
    match error.kind() {
        io::ErrorKind::AddrInUse => OpenError::Busy {
            link,
            what,
            hint: "another program listens there: take another port".to_owned(),
        },
        io::ErrorKind::PermissionDenied => OpenError::Forbidden {
            link,
            hint: "ports below 1024 are kept for the system: take a higher one".to_owned(),
        },
        _ => OpenError::Missing {
            link,
            what,
            hint: "listen on an address of this computer, or on 0.0.0.0 for all of them".to_owned(),
        },
    }
}

/// Takes callers, one after the other.
#[derive(Debug)]
struct Callers {
    listener: TcpListener,
    pause: Duration,
}

impl Connector for Callers {
    type Stream = Connection;

    fn pause(&mut self) -> Pause {
        Pause { wait: self.pause, told: Duration::ZERO }
    }

    async fn reach(&mut self, _: Option<LineSettings>) -> Result<Connection, String> {
        let caller = match self.listener.accept().await {
            Ok((stream, peer)) => Connection::new(stream, peer),
            Err(error) => Err(error),
        };
        // The system may be short of something for a while; asking at once would keep it busy.
        self.pause = if caller.is_ok() { Duration::ZERO } else { Duration::from_secs(1) };
        caller.map_err(|error| visible::error(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_is_taken_is_busy() {
        let clock = Clock::of_tests();
        let (_link, bound) = open("127.0.0.1", 0, clock).await.unwrap();
        let second = open("127.0.0.1", bound.port(), clock).await;
        assert!(matches!(second, Err(OpenError::Busy { .. })), "{second:?}");
    }

    #[tokio::test]
    async fn an_address_of_somebody_else_is_missing() {
        // 192.0.2.0/24 is for documentation and belongs to nobody (RFC 5737).
        let refused = open("192.0.2.1", 0, Clock::of_tests()).await;
        assert!(matches!(refused, Err(OpenError::Missing { .. })), "{refused:?}");
    }

    #[test]
    fn a_low_port_is_forbidden_with_the_way_out() {
        let said = refusal("0.0.0.0:80", &io::ErrorKind::PermissionDenied.into()).to_string();
        assert!(said.contains("below 1024"), "{said}");
    }
}
