//! A telnet connection whose far end is a serial port.
//!
//! An [`Ear`] writes nothing but telnet commands; only a [`Port`] can put bytes on the line behind it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::options::{Options, Use};
use super::port::{self, Answers};
use super::telnet::{Decoder, Negotiation, escape};
use crate::link::damage::Heard;
use crate::link::fair::Share;
use crate::link::socket;
use crate::link::stream::{READ_SIZE, Sink, Source};
use crate::protocol::LineSettings;

/// How long an acknowledgement may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// What has left the computer may still be on its way to the converter's port, or in its buffer: so long is
/// waited before the line is changed under it.
const IN_FLIGHT: Duration = Duration::from_millis(20);

/// Why the line of a port that is only read stays as it is.
const SET_ONCE: &str =
    "listening sets a converter's port once: name the line, as in rfc2217://HOST:PORT?line=9600-8N1";

/// Bytes of the line that are kept while an answer of the converter is waited for.
const MOST_RECEIVED: usize = 256 * 1024;

/// A serial port behind telnet that is only read.
#[derive(Debug)]
pub(super) struct Ear {
    stream: TcpStream,
    peer: SocketAddr,
    talk: Mutex<Talk>,
    line: LineSettings,
    is_for: Use,
}

/// A serial port behind telnet that can also be written.
#[derive(Debug)]
pub(super) struct Port(pub(super) Ear);

/// Both directions of the conversation with the server.
#[derive(Debug, Default)]
struct Talk {
    decoder: Decoder,
    options: Options,
    answers: Answers,
    /// Data that came while something else was waited for.
    received: Vec<u8>,
    /// What the connection has not taken yet.
    unwritten: Vec<u8>,
}

impl Ear {
    /// Agrees with the server that its port is controlled, readies it and sets it.
    pub(super) async fn open(
        stream: TcpStream,
        peer: SocketAddr,
        line: LineSettings,
        is_for: Use,
    ) -> io::Result<Self> {
        socket::prepare(&stream)?;
        let mut ear = Self { stream, peer, talk: Mutex::default(), line, is_for };
        let begin = ear.talk().options.begin(is_for);
        ear.put(&begin)?;
        let refused = "the far end speaks no RFC 2217: use tcp:// where its port is raw";
        match ear.until(|talk| talk.options.has_port()).await {
            Ok(true) => {}
            Ok(false) => return Err(io::Error::other(refused)),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(io::Error::other(refused)),
            Err(error) => return Err(error),
        }
        ear.put(&port::ready(is_for))?;
        ear.line = ear.settle(line).await.map_err(io::Error::other)?;
        // What the port had kept for the last caller is not for this one.
        ear.talk().received.clear();
        Ok(ear)
    }

    fn talk(&self) -> MutexGuard<'_, Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has commands written, now or as soon as the connection takes them.
    fn put(&self, command: &[u8]) -> io::Result<()> {
        self.talk().unwritten.extend_from_slice(command);
        self.flush()
    }

    fn flush(&self) -> io::Result<()> {
        let mut talk = self.talk();
        while !talk.unwritten.is_empty() {
            match self.stream.try_write(&talk.unwritten) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => drop(talk.unwritten.drain(..count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads once and hears what was said; how many bytes came, none when the far end has ended. May be
    /// dropped without losing a byte.
    async fn read(&self) -> io::Result<usize> {
        loop {
            let waits = !self.talk().unwritten.is_empty();
            let interest = if waits { Interest::READABLE | Interest::WRITABLE } else { Interest::READABLE };
            self.stream.ready(interest).await?;
            self.flush()?;
            let mut buffer = [0; READ_SIZE];
            match self.stream.try_read(&mut buffer) {
                Ok(count) => {
                    self.hear(buffer.get(..count).unwrap_or_default())?;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn hear(&self, bytes: &[u8]) -> io::Result<()> {
        let mut guard = self.talk();
        let talk = &mut *guard;
        let mut told = Vec::new();
        talk.decoder.decode(bytes, &mut talk.received, &mut told);
        for told in told {
            match told {
                Negotiation::Option(verb, option) => {
                    talk.unwritten.extend(talk.options.hear(verb, option).into_iter().flatten());
                }
                Negotiation::Sub(content) => talk.answers.hear(&content),
            }
        }
        drop(guard);
        self.flush()
    }

    /// Reads until the far end has said what is waited for.
    async fn until<T>(&self, mut said: impl FnMut(&Talk) -> Option<T>) -> io::Result<T> {
        let wait = async {
            let mut share = Share::default();
            loop {
                share.give_way().await;
                if let Some(said) = said(&self.talk()) {
                    return Ok(said);
                }
                if self.talk().received.len() >= MOST_RECEIVED {
                    return Err(io::Error::other(
                        "the line is never silent long enough for the converter to answer",
                    ));
                }
                match self.read().await? {
                    0 => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, Self::ENDED)),
                    count => share.took(count),
                }
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Sets the port and waits for what is then in force.
    async fn settle(&self, line: LineSettings) -> Result<LineSettings, String> {
        self.talk().answers = Answers::default();
        self.put(&port::ask(line)).map_err(|error| error.to_string())?;
        match self.until(|talk| talk.answers.line()).await {
            Ok(settled) => settled,
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                Err("the converter did not acknowledge the line settings".to_owned())
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Source for Ear {
    const ENDED: &'static str = "the far end closed the connection";

    async fn receive(&self) -> io::Result<Heard> {
        // A far end that says nothing but telnet is read as well.
        let mut share = Share::default();
        loop {
            share.give_way().await;
            let received = std::mem::take(&mut self.talk().received);
            if !received.is_empty() {
                return Ok(received.into());
            }
            match self.read().await? {
                0 => return Ok(Heard::default()),
                count => share.took(count),
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
        Some(self.line)
    }

    /// The port of who only listens is set once, at opening: noise on the line must not make it write again.
    async fn set_line(&self, line: LineSettings) -> Result<LineSettings, String> {
        match self.is_for {
            Use::Talking => self.settle(line).await,
            Use::Listening => Err(SET_ONCE.to_owned()),
        }
    }
}

impl Source for Port {
    const ENDED: &'static str = Ear::ENDED;

    async fn receive(&self) -> io::Result<Heard> {
        self.0.receive().await
    }

    fn waits(&self) -> bool {
        self.0.waits()
    }

    fn peer(&self) -> String {
        self.0.peer()
    }

    fn line(&self) -> Option<LineSettings> {
        self.0.line()
    }

    async fn set_line(&self, line: LineSettings) -> Result<LineSettings, String> {
        tokio::time::sleep(IN_FLIGHT).await;
        self.0.set_line(line).await
    }
}

impl Sink for Port {
    /// Takes all of the bytes at once: half of a doubled FF can not be told of.
    async fn transmit(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.stream.writable().await?;
        escape(bytes, &mut self.0.talk().unwritten);
        self.0.flush()?;
        Ok(bytes.len())
    }
}
