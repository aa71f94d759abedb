//! A serial port on a thread of its own, for systems whose ports cannot be waited for together with sockets.
//!
//! The thread is the only one to touch the port: it alternates short reads with what is queued to be done. A
//! read that waits on another thread could hold a write up for as long as it waits.

use std::io;
use std::sync::mpsc as queue;
use std::thread;
use std::time::Duration;

use serialport::{DataBits, ErrorKind, SerialPort, StopBits};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::frame::visible;
use crate::link::OpenError;
use crate::link::damage::Heard;
use crate::link::ports::ports;
use crate::link::stream::{READ_SIZE, Sink, Source};
use crate::protocol::{LineSettings, Parity};

use super::OpenPort;
use super::refusal::{self, Facts};

/// How long the thread waits for bytes before it looks what is to be done.
const SHORT_READ: Duration = Duration::from_millis(10);

/// Reads that may wait for the runtime to take them.
const WAITING_READS: usize = 64;

/// What the thread is asked to do.
enum Job {
    Write(Vec<u8>),
    SetLine(LineSettings, oneshot::Sender<Result<LineSettings, String>>),
}

/// An open serial port.
#[derive(Debug)]
pub(super) struct ThreadedPort {
    jobs: queue::Sender<Job>,
    reads: Mutex<mpsc::Receiver<io::Result<Vec<u8>>>>,
    peer: String,
    line: LineSettings,
}

/// An open serial port whose thread is given nothing to write.
#[derive(Debug)]
pub(super) struct ThreadedEar(ThreadedPort);

impl OpenPort for ThreadedEar {
    fn open(path: &str, line: LineSettings) -> Result<Self, OpenError> {
        ThreadedPort::open(path, line).map(Self)
    }
}

impl OpenPort for ThreadedPort {
    /// Opens a port and starts its thread.
    fn open(path: &str, line: LineSettings) -> Result<Self, OpenError> {
        let mut port = serialport::new(path, line.baud)
            .timeout(SHORT_READ)
            .open()
            .map_err(|error| refused(path, &error))?;
        let line = set(port.as_mut(), line)
            .map_err(|error| refusal::bad_line(path, line, &io::Error::from(error)))?;
        let (jobs, todo) = queue::channel();
        let (done, reads) = mpsc::channel(WAITING_READS);
        thread::Builder::new()
            .name("serial port".to_owned())
            .spawn(move || serve(port.as_mut(), &todo, &done))
            .map_err(|error| refusal::refusal(path, &error, &Facts::default()))?;
        Ok(Self { jobs, reads: Mutex::new(reads), peer: visible::string(path), line })
    }
}

impl Source for ThreadedPort {
    const ENDED: &'static str = "the port is gone: unplugged?";

    async fn receive(&self) -> io::Result<Heard> {
        let read = self.reads.lock().await.recv().await;
        read.unwrap_or_else(|| Ok(Vec::new())).map(Heard::from)
    }

    fn waits(&self) -> bool {
        false
    }

    fn peer(&self) -> String {
        self.peer.clone()
    }

    fn line(&self) -> Option<LineSettings> {
        Some(self.line)
    }

    async fn set_line(&self, line: LineSettings) -> Result<LineSettings, String> {
        let (answer, answered) = oneshot::channel();
        let gone = || "the port is gone".to_owned();
        self.jobs.send(Job::SetLine(line, answer)).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Source for ThreadedEar {
    const ENDED: &'static str = ThreadedPort::ENDED;

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
        self.0.set_line(line).await
    }
}

impl Sink for ThreadedPort {
    /// Queues the whole request; the thread writes it, and an error comes out of the next read.
    async fn transmit(&self, bytes: &[u8]) -> io::Result<usize> {
        let queued = self.jobs.send(Job::Write(bytes.to_vec()));
        queued.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Serves until the port fails or nobody asks any more.
fn serve(port: &mut dyn SerialPort, todo: &queue::Receiver<Job>, done: &mpsc::Sender<io::Result<Vec<u8>>>) {
    let mut buffer = [0; READ_SIZE];
    loop {
        let outcome = match do_queued(port, todo) {
            Ok(true) => read(port, &mut buffer),
            Ok(false) => return,
            Err(error) => Err(error),
        };
        let over = outcome.is_err();
        let told = match outcome {
            Ok(bytes) if bytes.is_empty() => Ok(()),
            other => done.blocking_send(other),
        };
        if over || told.is_err() {
            return;
        }
    }
}

/// Does everything that is queued; false when nobody asks any more.
fn do_queued(port: &mut dyn SerialPort, todo: &queue::Receiver<Job>) -> io::Result<bool> {
    loop {
        match todo.try_recv() {
            Ok(Job::Write(bytes)) => port.write_all(&bytes)?,
            Ok(Job::SetLine(line, answer)) => {
                port.flush()?;
                let result = set(port, line).map_err(|error| visible::error(&error));
                let _ = answer.send(result);
            }
            Err(queue::TryRecvError::Empty) => return Ok(true),
            Err(queue::TryRecvError::Disconnected) => return Ok(false),
        }
    }
}

/// Bytes, or none when none came in time.
fn read(port: &mut dyn SerialPort, buffer: &mut [u8]) -> io::Result<Vec<u8>> {
    match port.read(buffer) {
        Ok(0) => Err(io::ErrorKind::BrokenPipe.into()),
        Ok(count) => Ok(buffer.get(..count).unwrap_or_default().to_vec()),
        Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

fn set(port: &mut dyn SerialPort, line: LineSettings) -> serialport::Result<LineSettings> {
    port.set_baud_rate(line.baud)?;
    port.set_data_bits(if line.data_bits == 7 { DataBits::Seven } else { DataBits::Eight })?;
    port.set_parity(match line.parity {
        Parity::None => serialport::Parity::None,
        Parity::Even => serialport::Parity::Even,
        Parity::Odd => serialport::Parity::Odd,
    })?;
    port.set_stop_bits(if line.stop_bits == 2 { StopBits::Two } else { StopBits::One })?;
    in_force(port)
}

fn in_force(port: &dyn SerialPort) -> serialport::Result<LineSettings> {
    Ok(LineSettings {
        baud: port.baud_rate()?,
        data_bits: if port.data_bits()? == DataBits::Seven { 7 } else { 8 },
        parity: match port.parity()? {
            serialport::Parity::None => Parity::None,
            serialport::Parity::Even => Parity::Even,
            serialport::Parity::Odd => Parity::Odd,
        },
        stop_bits: if port.stop_bits()? == StopBits::Two { 2 } else { 1 },
    })
}

/// Windows reports a port in use as access denied, and a missing one as no device.
fn refused(path: &str, error: &serialport::Error) -> OpenError {
    let facts = Facts { ports: ports(), ..Facts::default() };
    match error.kind() {
        ErrorKind::Io(io::ErrorKind::PermissionDenied) if cfg!(windows) => refusal::busy(path, &facts),
        ErrorKind::NoDevice if !facts.ports.iter().any(|port| port.path == path) => {
            refusal::refusal(path, &io::ErrorKind::NotFound.into(), &facts)
        }
        ErrorKind::NoDevice => refusal::busy(path, &facts),
        ErrorKind::Io(kind) => refusal::refusal(path, &kind.into(), &facts),
        _ => refusal::refusal(path, &io::Error::other(error.description.clone()), &facts),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::fd::OwnedFd;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    fn pty() -> (OwnedFd, String) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        (master, name)
    }

    #[tokio::test]
    async fn bytes_go_both_ways_until_the_port_is_gone() {
        let (master, name) = pty();
        let port = ThreadedPort::open(&name, LineSettings::n81(9600)).unwrap();
        assert_eq!(port.line(), Some(LineSettings::n81(9600)));

        rustix::io::write(&master, b"\x01\x1B\xFF\x0D").unwrap();
        assert_eq!(port.receive().await.unwrap().bytes, b"\x01\x1B\xFF\x0D");

        assert_eq!(port.transmit(b"/?!\r\n").await.unwrap(), 5);
        let mut buffer = [0; 16];
        let count = rustix::io::read(&master, &mut buffer).unwrap();
        assert_eq!(&buffer[..count], b"/?!\r\n");

        drop(master);
        assert!(port.receive().await.is_err());
        assert!(port.receive().await.unwrap().bytes.is_empty());
    }

    #[tokio::test]
    async fn a_line_change_tells_what_is_in_force() {
        let (_master, name) = pty();
        let port = ThreadedPort::open(&name, LineSettings::n81(9600)).unwrap();
        assert_eq!(port.set_line(LineSettings::n81(300)).await, Ok(LineSettings::n81(300)));
    }

    #[tokio::test]
    async fn a_port_for_listening_reads() {
        let (master, name) = pty();
        let ear = ThreadedEar::open(&name, LineSettings::n81(9600)).unwrap();
        assert_eq!((ear.peer(), ear.line()), (name, Some(LineSettings::n81(9600))));
        rustix::io::write(&master, b"push").unwrap();
        assert_eq!(ear.receive().await.unwrap().bytes, b"push");
    }

    #[tokio::test]
    async fn a_missing_port_is_missing() {
        let missing = ThreadedPort::open("/dev/ttyMETERSCOPE", LineSettings::default());
        assert!(matches!(missing, Err(OpenError::Missing { .. })), "{missing:?}");
    }
}
