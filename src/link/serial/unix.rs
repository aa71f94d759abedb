//! A serial port inside the runtime: no thread, no periodic reads; it wakes for bytes alone.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{self, OptionalActions};
use tokio::net::unix::pipe;

use crate::frame::visible;
use crate::link::OpenError;
use crate::link::damage::Heard;
use crate::link::ports::ports;
use crate::link::stream::{READ_SIZE, Sink, Source};
use crate::protocol::LineSettings;

use super::OpenPort;
use super::refusal::{self, Facts};

mod line;
mod marks;

use marks::Marks;

/// A serial port that can only be read: its handle was opened so, and the system refuses every write.
///
/// The runtime's pipe takes any file that can be waited for; a terminal device reads and writes like one.
#[derive(Debug)]
pub(super) struct Ear {
    reader: pipe::Receiver,
    marks: Mutex<Marks>,
    peer: String,
    line: LineSettings,
    is_pseudo: bool,
}

/// A serial port that can also be written.
#[derive(Debug)]
pub(super) struct Port {
    writer: pipe::Sender,
    ear: Ear,
}

impl Ear {
    fn over(path: &str, tty: OwnedFd, line: LineSettings) -> Result<Self, OpenError> {
        let line = line::set(&tty, line, OptionalActions::Now)
            .map_err(|error| refusal::bad_line(path, line, &error))?;
        let reader =
            pipe::Receiver::from_file_unchecked(File::from(tty)).map_err(|error| refused(path, &error))?;
        // Taken back when this is dropped, also where the rest of the opening fails.
        let is_pseudo = is_pseudo_terminal(&reader);
        let ear = Self { reader, marks: Mutex::new(Marks::of(line)), peer: name(path), line, is_pseudo };
        let _ = termios::ioctl_tiocexcl(&ear.reader);
        Ok(ear)
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenPort for Ear {
    fn open(path: &str, line: LineSettings) -> Result<Self, OpenError> {
        Self::over(path, open_alone(path, OFlags::RDONLY)?, line)
    }
}

impl OpenPort for Port {
    fn open(path: &str, line: LineSettings) -> Result<Self, OpenError> {
        let tty = open_alone(path, OFlags::RDWR)?;
        let writer = tty.try_clone().map(File::from).and_then(pipe::Sender::from_file_unchecked);
        let ear = Ear::over(path, tty, line)?;
        Ok(Self { writer: writer.map_err(|error| refused(path, &error))?, ear })
    }
}

impl Drop for Ear {
    /// Lets others open it: the mark stays on the device, not on the handle.
    fn drop(&mut self) {
        let _ = termios::ioctl_tiocnxcl(&self.reader);
    }
}

impl Source for Ear {
    const ENDED: &'static str = "the port is gone: unplugged?";

    async fn receive(&self) -> io::Result<Heard> {
        loop {
            self.reader.readable().await?;
            let mut buffer = [0; READ_SIZE];
            match self.reader.try_read(&mut buffer) {
                Ok(0) => return Ok(Heard::default()),
                Ok(count) => {
                    let heard = self.marks().take_out(buffer.get(..count).unwrap_or_default());
                    // Nothing at all would mean that the device is gone.
                    if !heard.bytes.is_empty() {
                        return Ok(heard);
                    }
                }
                Err(error) if is_for_later(&error) => {}
                Err(error) if is_gone(&error) => return Ok(Heard::default()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Whoever writes to a pseudo-terminal waits; a meter does not.
    fn waits(&self) -> bool {
        self.is_pseudo
    }

    fn peer(&self) -> String {
        self.peer.clone()
    }

    fn line(&self) -> Option<LineSettings> {
        Some(self.line)
    }

    async fn set_line(&self, line: LineSettings) -> Result<LineSettings, String> {
        let in_force = set_line(&self.reader, line, OptionalActions::Now).await?;
        self.marks().set(in_force);
        Ok(in_force)
    }
}

impl Source for Port {
    const ENDED: &'static str = Ear::ENDED;

    async fn receive(&self) -> io::Result<Heard> {
        self.ear.receive().await
    }

    fn waits(&self) -> bool {
        self.ear.waits()
    }

    fn peer(&self) -> String {
        self.ear.peer()
    }

    fn line(&self) -> Option<LineSettings> {
        self.ear.line()
    }

    /// The last bits are waited for by the driver too: an adapter may still hold bytes that by the clock have left.
    async fn set_line(&self, line: LineSettings) -> Result<LineSettings, String> {
        let in_force = set_line(&self.writer, line, OptionalActions::Drain).await?;
        self.ear.marks().set(in_force);
        Ok(in_force)
    }
}

impl Sink for Port {
    async fn transmit(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            self.writer.writable().await?;
            match self.writer.try_write(bytes) {
                Err(error) if is_for_later(&error) => {}
                Err(error) if is_gone(&error) => return Err(io::Error::other(Self::ENDED)),
                other => return other,
            }
        }
    }
}

/// Sets a port off the runtime's thread, as drivers may take their time.
async fn set_line(
    port: &impl AsFd,
    line: LineSettings,
    when: OptionalActions,
) -> Result<LineSettings, String> {
    let shown = |error: &dyn std::fmt::Display| visible::error(&error);
    let tty = port.as_fd().try_clone_to_owned().map_err(|error| shown(&error))?;
    let set = tokio::task::spawn_blocking(move || line::set(&tty, line, when)).await;
    set.map_err(|error| shown(&error))?.map_err(|error| shown(&error))
}

/// Whether another program, not a line, is at the other end.
fn is_pseudo_terminal(tty: &impl AsFd) -> bool {
    rustix::termios::ttyname(tty, Vec::new()).is_ok_and(|name| name.to_bytes().starts_with(b"/dev/pts/"))
}

fn is_for_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// What Linux says of an adapter that was pulled out, depending on the driver.
fn is_gone(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::IO | Errno::NXIO | Errno::NODEV))
}

/// Opens without waiting for a carrier, makes sure it is a terminal, and locks it. The lock also holds against
/// programs of root, which the exclusive mark (`TIOCEXCL`) does not.
fn open_alone(path: &str, access: OFlags) -> Result<OwnedFd, OpenError> {
    let is_device = fs::metadata(path).map_err(|error| refused(path, &error))?.file_type().is_char_device();
    if !is_device {
        return Err(refusal::no_port(path, &facts(path)));
    }
    let flags = access | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let handle =
        rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| refused(path, &errno.into()))?;
    if !termios::isatty(&handle) {
        return Err(refusal::no_port(path, &facts(path)));
    }
    if rustix::fs::flock(&handle, FlockOperation::NonBlockingLockExclusive).is_err() {
        drop(handle);
        return Err(refusal::busy(path, &facts(path)));
    }
    Ok(handle)
}

fn refused(path: &str, error: &io::Error) -> OpenError {
    refusal::refusal(path, error, &facts(path))
}

/// The path, and what the adapter calls itself.
fn name(path: &str) -> String {
    let real = Path::new(path).canonicalize().ok();
    let real = real.as_deref().and_then(Path::to_str).unwrap_or(path);
    let named = ports().into_iter().find(|port| port.path == real);
    match named {
        Some(port) if real == path => port.to_string(),
        Some(port) => format!("{}: {port}", visible::string(path)),
        None => visible::string(path),
    }
}

fn facts(path: &str) -> Facts {
    Facts {
        holder: held_by(Path::new(path)),
        group: group_of(Path::new(path)),
        user: std::env::var("USER").ok().map(|user| visible::string(&user)),
        ports: ports(),
    }
}

#[cfg(target_os = "linux")]
fn held_by(path: &Path) -> Option<String> {
    super::holder::holder(path)
}

#[cfg(not(target_os = "linux"))]
const fn held_by(_: &Path) -> Option<String> {
    None
}

/// The name of the group that may read and write the device.
fn group_of(path: &Path) -> Option<String> {
    const GROUP_MAY: u32 = 0o060;
    let facts = fs::metadata(path).ok().filter(|facts| facts.mode() & GROUP_MAY == GROUP_MAY)?;
    let groups = fs::read_to_string("/etc/group").ok()?;
    group_name(&groups, facts.gid()).map(visible::string)
}

/// A group's name out of the text of `/etc/group`: name, password, number, members (group(5)).
fn group_name(groups: &str, number: u32) -> Option<&str> {
    groups.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)?.parse() == Ok(number)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_named_by_its_number() {
        let groups = "root:x:0:\ndialout:x:20:anna\nusers:x:100:\n";
        assert_eq!(group_name(groups, 20), Some("dialout"));
        assert_eq!(group_name(groups, 21), None);
    }

    #[test]
    fn what_linux_says_of_a_pulled_adapter_counts_as_gone() {
        for errno in [Errno::IO, Errno::NXIO, Errno::NODEV] {
            assert!(is_gone(&errno.into()), "{errno}");
        }
        assert!(!is_gone(&Errno::AGAIN.into()));
    }
}
