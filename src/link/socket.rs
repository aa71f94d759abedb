//! A TCP connection, whoever called.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;

use crate::protocol::LineSettings;

use super::damage::Heard;
use super::stream::{READ_SIZE, Sink, Source};

/// A connection to a converter.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
}

impl Connection {
    /// Takes a connection over.
    pub(super) fn new(stream: TcpStream, peer: SocketAddr) -> io::Result<Self> {
        prepare(&stream)?;
        Ok(Self { stream, peer })
    }
}

/// Readies a connection: requests leave at once, and a far side that falls silent for good is found out.
pub(super) fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    watch(stream)
}

/// Finds a far side that vanished without a word (a pulled cable, a converter that lost power): after 10 s
/// without traffic it is asked every 5 s, and given up after 3 questions; the same 25 s go for bytes of ours that
/// it does not acknowledge.
#[cfg(unix)]
fn watch(stream: &TcpStream) -> io::Result<()> {
    use std::time::Duration;

    use rustix::net::sockopt;

    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, Duration::from_secs(10))?;
    sockopt::set_tcp_keepintvl(stream, Duration::from_secs(5))?;
    sockopt::set_tcp_keepcnt(stream, 3)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    sockopt::set_tcp_user_timeout(stream, 25_000)?;
    Ok(())
}

/// Elsewhere the standard library has no way to ask for it; a dead far side is noticed by the next write.
#[cfg(not(unix))]
fn watch(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

impl Source for Connection {
    const ENDED: &'static str = "the far end closed the connection";

    async fn receive(&self) -> io::Result<Heard> {
        loop {
            self.stream.readable().await?;
            let mut buffer = [0; READ_SIZE];
            match self.stream.try_read(&mut buffer) {
                Ok(count) => return Ok(buffer.get(..count).unwrap_or_default().to_vec().into()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn waits(&self) -> bool {
        true
    }

    fn peer(&self) -> String {
        self.peer.to_string()
    }

    fn line(&self) -> Option<LineSettings> {
        None
    }

    async fn set_line(&self, _: LineSettings) -> Result<LineSettings, String> {
        Err("a converter on raw TCP keeps the line settings that were set in the converter itself".to_owned())
    }
}

impl Sink for Connection {
    async fn transmit(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            self.stream.writable().await?;
            match self.stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => return other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    #[cfg(unix)]
    async fn a_connection_is_watched_and_leaves_nothing_waiting() {
        use rustix::net::sockopt;
        use std::time::Duration;

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        let connection = Connection::new(stream, address).unwrap();
        let stream = &connection.stream;
        assert!(stream.nodelay().unwrap());
        assert!(sockopt::socket_keepalive(stream).unwrap());
        assert_eq!(sockopt::tcp_keepidle(stream).unwrap(), Duration::from_secs(10));
        assert_eq!(sockopt::tcp_keepintvl(stream).unwrap(), Duration::from_secs(5));
        assert_eq!(sockopt::tcp_keepcnt(stream).unwrap(), 3);
        #[cfg(target_os = "linux")]
        assert_eq!(sockopt::tcp_user_timeout(stream).unwrap(), 25_000);
    }
}
