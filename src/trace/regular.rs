//! Files that a person names to be read: what bears the name may be a pipe, a device or without end.
//!
//! The kind is looked at before the file is opened (opening a device can have effects), and again of what was opened.
//! Lengths are held while reading, whatever the system says of the size.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::frame::visible;

/// Why a file that was named is not read. As text: the reason, then what to do.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// Nothing has that name, or the link of that name leads nowhere.
    #[error("no such file")]
    Missing,
    /// The name is a folder's.
    #[error("it is a folder: name a file in it")]
    Folder,
    /// A named pipe: whoever reads it waits for a writer, perhaps for ever.
    #[error("it is a named pipe: name a regular file")]
    Pipe,
    /// Such as `/dev/zero`, or a serial port.
    #[error("it is a device: name a regular file")]
    Device,
    /// A socket in the file system.
    #[error("it is a socket: name a regular file")]
    Socket,
    /// The system does not let us.
    #[error("no permission to read it")]
    Forbidden,
    /// There is more of it than is read.
    #[error("it is longer than the {most} bytes that are read")]
    TooLong {
        /// So many are read.
        most: u64,
    },
    /// A text was expected.
    #[error("it is not text: byte {at} is not UTF-8")]
    NotText {
        /// Which byte, from 0.
        at: usize,
    },
    /// Another user could have put anything into it.
    #[error("it belongs to another user (uid {uid}): copy it, or take it over with chown")]
    Foreign {
        /// Whose it is.
        uid: u32,
    },
    /// Other users can read or write it.
    #[error("it is open to others (mode {mode:04o}): close it with chmod 600")]
    Open {
        /// Its mode.
        mode: u32,
    },
    /// What else the system says.
    #[error("{}", visible::error(.0))]
    System(io::Error),
}

impl From<io::Error> for FileFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::IsADirectory => Self::Folder,
            _ => Self::System(error),
        }
    }
}

impl From<FileFault> for io::Error {
    fn from(fault: FileFault) -> Self {
        match fault {
            FileFault::System(error) => error,
            fault => Self::other(fault.to_string()),
        }
    }
}

/// Opens a regular file, or a stream that this process was started with (`/dev/stdin`, `/dev/fd/63` of a shell's
/// `<(...)`). All else is refused without waiting for it.
///
/// # Errors
/// [`FileFault`].
pub fn open(path: &Path) -> Result<File, FileFault> {
    if is_inherited(path) {
        return inherited(path);
    }
    refuse_kind(std::fs::metadata(path)?.file_type())?;
    let file = without_waiting().open(path)?;
    refuse_kind(file.metadata()?.file_type())?;
    Ok(file)
}

/// The text of a file of at most `most` bytes. It is wiped when dropped: it may hold keys.
///
/// # Errors
/// [`FileFault`].
pub fn text(path: &Path, most: u64) -> Result<Zeroizing<String>, FileFault> {
    read_text(open(path)?, most)
}

/// The text of a file that only its user may read.
///
/// # Errors
/// [`FileFault::Foreign`] and [`FileFault::Open`] when others have it in their hands, and the other ones.
pub fn secret_text(path: &Path, most: u64) -> Result<Zeroizing<String>, FileFault> {
    let file = open(path)?;
    refuse_shared(&file.metadata()?)?;
    read_text(file, most)
}

/// Whether another user may have put files into a folder that is only read: it is somebody else's (the system
/// administrator's own are none), or everybody may write to it.
#[cfg(unix)]
#[must_use]
pub fn is_untrusted_folder(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let user = rustix::process::geteuid().as_raw();
    std::fs::metadata(path).is_ok_and(|folder| is_untrusted((folder.uid(), folder.mode()), user))
}

/// Folders of a profile are their user's.
#[cfg(not(unix))]
#[must_use]
pub const fn is_untrusted_folder(_: &Path) -> bool {
    false
}

#[cfg(unix)]
const fn is_untrusted((uid, mode): (u32, u32), user: u32) -> bool {
    (uid != user && uid != 0) || mode & 0o002 != 0
}

fn read_text(file: File, most: u64) -> Result<Zeroizing<String>, FileFault> {
    // Room for all of it at once: what grows leaves copies behind in memory.
    let expected = file.metadata()?.len().min(most) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(expected).unwrap_or(0)));
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(FileFault::TooLong { most });
    }
    match str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(error) => Err(FileFault::NotText { at: error.valid_up_to() }),
    }
}

fn refuse_kind(kind: FileType) -> Result<(), FileFault> {
    if kind.is_file() {
        return Ok(());
    }
    if kind.is_dir() {
        return Err(FileFault::Folder);
    }
    Err(special(kind))
}

#[cfg(unix)]
fn special(kind: FileType) -> FileFault {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        FileFault::Pipe
    } else if kind.is_socket() {
        FileFault::Socket
    } else {
        FileFault::Device
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> FileFault {
    FileFault::Device
}

/// Whether a name stands for a descriptor of this process.
fn is_inherited(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

/// Whoever started us holds the other end, as with standard input: reading may wait.
#[cfg(unix)]
fn inherited(path: &Path) -> Result<File, FileFault> {
    let kind = std::fs::metadata(path)?.file_type();
    match refuse_kind(kind) {
        Ok(()) | Err(FileFault::Pipe) => Ok(File::open(path)?),
        refused => refused.and(Err(FileFault::Device)),
    }
}

#[cfg(not(unix))]
fn inherited(path: &Path) -> Result<File, FileFault> {
    Ok(File::open(path)?)
}

/// Reading, without waiting for the writer of a pipe that took the file's place, and without taking a terminal.
fn without_waiting() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NONBLOCK.union(rustix::fs::OFlags::NOCTTY).bits();
        options.custom_flags(i32::try_from(flags).unwrap_or(0));
    }
    options
}

#[cfg(unix)]
fn refuse_shared(file: &Metadata) -> Result<(), FileFault> {
    use std::os::unix::fs::MetadataExt as _;
    shared((file.uid(), file.mode()), rustix::process::geteuid().as_raw()).map_or(Ok(()), Err)
}

#[cfg(not(unix))]
const fn refuse_shared(_: &Metadata) -> Result<(), FileFault> {
    Ok(())
}

/// What is wrong with a file of that owner and mode that is to be the user's alone.
#[cfg(unix)]
fn shared((uid, mode): (u32, u32), user: u32) -> Option<FileFault> {
    if uid != user {
        Some(FileFault::Foreign { uid })
    } else if mode & 0o077 != 0 {
        Some(FileFault::Open { mode: mode & 0o7777 })
    } else {
        None
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A folder with one of everything that is no file.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0)
            .unwrap();
        symlink(at("pipe"), at("link to a pipe")).unwrap();
        symlink(at("nothing"), at("link to nothing")).unwrap();
        symlink("/dev/zero", at("link to a device")).unwrap();
        drop(std::os::unix::net::UnixListener::bind(at("socket")).unwrap());
        folder
    }

    #[test]
    fn what_is_no_regular_file_is_refused_at_once_by_its_kind() {
        let folder = folder();
        for (name, expected) in [
            ("", "it is a folder"),
            ("nothing", "no such file"),
            ("link to nothing", "no such file"),
            ("pipe", "it is a named pipe"),
            ("link to a pipe", "it is a named pipe"),
            ("link to a device", "it is a device"),
            ("socket", "it is a socket"),
            ("/dev/zero", "it is a device"),
            ("/dev/null", "it is a device"),
        ] {
            let fault = text(&folder.path().join(name), 100).unwrap_err().to_string();
            assert!(fault.starts_with(expected), "{name}: {fault}");
        }
    }

    #[test]
    fn a_length_is_held_while_reading_whatever_the_system_says_of_the_size() {
        let folder = folder();
        let file = folder.path().join("file");
        std::fs::write(&file, "12345").unwrap();
        assert_eq!(text(&file, 5).unwrap().as_str(), "12345");
        assert!(matches!(text(&file, 4), Err(FileFault::TooLong { most: 4 })));
        // Its size is 0 to the system.
        let endless = Path::new("/proc/self/maps");
        assert!(!endless.exists() || matches!(text(endless, 10), Err(FileFault::TooLong { .. })));
        File::create(&file).unwrap().set_len(1 << 40).unwrap();
        assert!(matches!(text(&file, 1 << 20), Err(FileFault::TooLong { .. })));
    }

    #[test]
    fn what_is_not_text_is_named_by_its_byte() {
        let folder = folder();
        let file = folder.path().join("file");
        std::fs::write(&file, b"ab\xFFc").unwrap();
        assert!(matches!(text(&file, 100), Err(FileFault::NotText { at: 2 })));
    }

    #[test]
    fn a_secret_file_is_its_users_alone() {
        assert!(shared((1000, 0o100_600), 1000).is_none());
        assert!(shared((1000, 0o100_400), 1000).is_none());
        assert!(matches!(shared((1001, 0o100_600), 1000), Some(FileFault::Foreign { uid: 1001 })));
        assert!(matches!(shared((0, 0o100_600), 1000), Some(FileFault::Foreign { uid: 0 })));
        assert!(matches!(shared((1000, 0o100_600), 0), Some(FileFault::Foreign { uid: 1000 })));
        for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601] {
            assert!(matches!(shared((1000, mode), 1000), Some(FileFault::Open { mode: m }) if m == mode));
        }
    }

    #[test]
    fn a_folder_that_is_read_is_the_users_or_the_systems_and_not_everybodys() {
        for (owner, mode, user, expected) in [
            (1000, 0o755, 1000, false),
            (1000, 0o775, 1000, false),
            (0, 0o755, 1000, false),
            (1001, 0o755, 1000, true),
            (1000, 0o777, 1000, true),
            (1000, 0o755, 0, true),
        ] {
            assert_eq!(is_untrusted((owner, mode), user), expected, "{owner} {mode:o}");
        }
    }

    #[test]
    fn a_stream_that_the_process_was_started_with_is_read() {
        use std::io::Write as _;
        use std::os::fd::AsRawFd as _;
        let (ours, mut theirs) = io::pipe().unwrap();
        theirs.write_all(b"keys").unwrap();
        drop(theirs);
        let path = format!("/dev/fd/{}", ours.as_raw_fd());
        assert_eq!(text(Path::new(&path), 100).unwrap().as_str(), "keys");
    }
}
