//! The terminal itself: the master side as a stream, and the symbolic link to the other side.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, ioctl_tiocnxcl, tcgetattr, tcsetattr};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::error::ServeError;

/// The master side of a pseudo-terminal in raw mode.
#[derive(Debug)]
pub(super) struct PtyFile {
    master: AsyncFd<OwnedFd>,
    /// Kept open, so that the master does not fail when the last client closes its side.
    other_side: OwnedFd,
    target: PathBuf,
    path: PathBuf,
}

impl PtyFile {
    /// Makes one, with a symbolic link to its other side at `path`.
    pub(super) fn create(path: &Path) -> Result<Self, ServeError> {
        let failed = |error: io::Error| ServeError::Pty { path: path.to_owned(), what: error.to_string() };
        let (master, other_side, target) = raw_pair().map_err(failed)?;
        clear_the_place(path)?;
        #[expect(deprecated, reason = "the safe way in; sound here, as an OwnedFd keeps its descriptor open")]
        let master = AsyncFd::new(master).map_err(failed)?;
        std::os::unix::fs::symlink(&target, path).map_err(failed)?;
        Ok(Self { master, other_side, target, path: path.to_owned() })
    }

    /// Takes back what a client may have claimed for itself (TIOCEXCL). A pseudo-terminal stays claimed when the
    /// client closes it, and nobody could open it again; a serial port does not.
    fn unclaim(&self) {
        // Fails only without a terminal, and then reading and writing say so.
        let _ = ioctl_tiocnxcl(&self.other_side);
    }
}

fn raw_pair() -> io::Result<(OwnedFd, OwnedFd, PathBuf)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname(&master, Vec::new())?;
    let other_side = open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let mut settings = tcgetattr(&other_side)?;
    settings.make_raw();
    tcsetattr(&other_side, OptionalActions::Now, &settings)?;
    fcntl_setfd(&master, FdFlags::CLOEXEC)?;
    fcntl_setfl(&master, fcntl_getfl(&master)? | OFlags::NONBLOCK)?;
    Ok((master, other_side, PathBuf::from(name.to_string_lossy().into_owned())))
}

/// Removes a link to a terminal that an earlier run left; anything else stays.
fn clear_the_place(path: &Path) -> Result<(), ServeError> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let is_ours = fs::read_link(path).is_ok_and(|target| target.starts_with("/dev/pts"));
    if is_ours && fs::remove_file(path).is_ok() { Ok(()) } else { Err(ServeError::Taken(path.to_owned())) }
}

impl Drop for PtyFile {
    fn drop(&mut self) {
        if fs::read_link(&self.path).is_ok_and(|target| target == self.target) {
            // Nothing can be done about a link that will not go; the next run replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl AsyncRead for PtyFile {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut guard = ready!(self.master.poll_read_ready(cx))?;
            let read = |fd: &AsyncFd<OwnedFd>| Ok(rustix::io::read(fd.get_ref(), buf.initialize_unfilled())?);
            if let Ok(result) = guard.try_io(read) {
                self.unclaim();
                return Poll::Ready(result.map(|count| buf.advance(count)));
            }
        }
    }
}

impl AsyncWrite for PtyFile {
    /// Bytes for which there is no room are lost, as in a serial port that nobody reads.
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut guard = ready!(self.master.poll_write_ready(cx))?;
        let written = guard.try_io(|fd| Ok(rustix::io::write(fd.get_ref(), bytes)?));
        self.unclaim();
        Poll::Ready(written.unwrap_or(Ok(bytes.len())))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
