//! A serial port inside the runtime: no thread, no periodic reads; it wakes for bytes alone.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::termios;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::frame::visible;
use crate::link::OpenError;
use crate::link::ports::ports;
use crate::link::stream::{READ_SIZE, Sink, Source};
use crate::protocol::LineSettings;

use super::Access;
use super::refusal::{self, Facts};

mod line;

/// A terminal device held for this program alone.
#[derive(Debug)]
struct Tty(OwnedFd);

impl AsRawFd for Tty {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Drop for Tty {
    /// Lets others open it: the mark stays on the device, not on the handle.
    fn drop(&mut self) {
        let _ = termios::ioctl_tiocnxcl(&self.0);
    }
}

/// An open serial port.
#[derive(Debug)]
pub(super) struct Port {
    tty: AsyncFd<Tty>,
    peer: String,
    line: LineSettings,
}

impl Port {
    /// Opens a port; must be called within a runtime that has I/O.
    pub(super) fn open(path: &str, line: LineSettings, access: Access) -> Result<Self, OpenError> {
        let tty = open_alone(path, access)?;
        let in_force = line::set(&tty, line, termios::OptionalActions::Now)
            .map_err(|error| refusal::bad_line(path, line, &error))?;
        let interest = match access {
            Access::Talk => Interest::READABLE | Interest::WRITABLE,
            Access::Listen => Interest::READABLE,
        };
        let tty = AsyncFd::with_interest(tty, interest).map_err(|error| refused(path, &error))?;
        Ok(Self { tty, peer: name(path), line: in_force })
    }
}

impl Source for Port {
    const ENDED: &'static str = "the port is gone: unplugged?";

    async fn receive(&self) -> io::Result<Vec<u8>> {
        let read = |tty: &Tty| {
            let mut buffer = [0; READ_SIZE];
            let count = rustix::io::read(tty, &mut buffer)?;
            Ok(buffer.get(..count).unwrap_or_default().to_vec())
        };
        match self.tty.async_io(Interest::READABLE, read).await {
            // What Linux says of an adapter that was pulled out, depending on the driver.
            Err(error) if is_gone(&error) => Ok(Vec::new()),
            other => other,
        }
    }

    fn peer(&self) -> String {
        self.peer.clone()
    }

    fn line(&self) -> Option<LineSettings> {
        Some(self.line)
    }
}

impl Sink for Port {
    async fn transmit(&self, bytes: &[u8]) -> io::Result<usize> {
        self.tty.async_io(Interest::WRITABLE, |tty| Ok(rustix::io::write(tty, bytes)?)).await
    }

    /// The last bits are waited for by the driver too, off the runtime's thread: an adapter may still hold
    /// bytes that by the clock have left.
    async fn set_line(&self, line: LineSettings) -> Result<LineSettings, String> {
        let shown = |error: &dyn std::fmt::Display| visible::string(&error.to_string());
        let handle = self.tty.get_ref().0.try_clone().map_err(|error| shown(&error))?;
        tokio::task::spawn_blocking(move || line::set(&handle, line, termios::OptionalActions::Drain))
            .await
            .map_err(|error| shown(&error))?
            .map_err(|error| shown(&error))
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::IO | Errno::NXIO | Errno::NODEV | Errno::BADF))
}

/// Opens without waiting for a carrier, takes both kinds of exclusive hold, and makes sure it is a terminal.
fn open_alone(path: &str, access: Access) -> Result<Tty, OpenError> {
    let mode = match access {
        Access::Talk => OFlags::RDWR,
        Access::Listen => OFlags::RDONLY,
    };
    let is_device = fs::metadata(path).map_err(|error| refused(path, &error))?.file_type().is_char_device();
    if !is_device {
        return Err(refusal::no_port(path, &facts(path)));
    }
    let flags = mode | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let handle =
        rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| refused(path, &errno.into()))?;
    if !termios::isatty(&handle) {
        return Err(refusal::no_port(path, &facts(path)));
    }
    // The lock also holds against programs of root, which the exclusive mark does not.
    if rustix::fs::flock(&handle, FlockOperation::NonBlockingLockExclusive).is_err() {
        drop(handle);
        return Err(refusal::busy(path, &facts(path)));
    }
    let _ = termios::ioctl_tiocexcl(&handle);
    Ok(Tty(handle))
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
