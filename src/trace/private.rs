//! Files and folders for nobody but the user: traffic can hold passwords and load curves.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a file that was not there, for the user alone (mode 0600), without following a link.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when anything has that name, and whatever else the system says.
pub fn create_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let no_follow = rustix::fs::OFlags::NOFOLLOW.bits();
        options.mode(0o600).custom_flags(i32::try_from(no_follow).unwrap_or(0));
    }
    options.open(path)
}

/// A new private file that has no name any more, where the system allows that of an open file.
///
/// # Errors
/// Whatever the system says.
pub fn nameless_file(folder: &Path) -> io::Result<File> {
    let stamp = jiff::Timestamp::now().as_nanosecond();
    let mut error = io::Error::from(io::ErrorKind::AlreadyExists);
    for attempt in 0..16 {
        let path = folder.join(format!("meterscope-{}-{stamp}-{attempt}.pages", std::process::id()));
        match create_file(&path) {
            Ok(file) => {
                let _ = std::fs::remove_file(&path);
                return Ok(file);
            }
            Err(why) => error = why,
        }
    }
    Err(error)
}

/// Opens a file to write at its end, creating it for the user alone (mode 0600), without following a link.
///
/// # Errors
/// Whatever the system says.
pub fn append_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let no_follow = rustix::fs::OFlags::NOFOLLOW.bits();
        options.mode(0o600).custom_flags(i32::try_from(no_follow).unwrap_or(0));
    }
    options.open(path)
}

/// Creates a folder and those above it, for the user alone (mode 0700). One that exists is left as it is.
///
/// # Errors
/// Whatever the system says.
pub fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Refuses a folder in which others could put or replace files.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] when it belongs to another user or others may write to it.
pub fn check_folder(path: &Path) -> io::Result<()> {
    let folder = std::fs::metadata(path)?;
    match what_is_wrong(&folder) {
        Some(reason) => Err(io::Error::new(io::ErrorKind::PermissionDenied, reason)),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn what_is_wrong(folder: &std::fs::Metadata) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt as _;
    if folder.uid() != rustix::process::geteuid().as_raw() {
        Some("the folder belongs to another user")
    } else if folder.mode() & 0o022 != 0 {
        Some("other users may write to the folder")
    } else {
        None
    }
}

/// Folders of a profile are their user's alone.
#[cfg(not(unix))]
const fn what_is_wrong(_: &std::fs::Metadata) -> Option<&'static str> {
    None
}

/// Opens a regular file for reading; a pipe or a device of that name is refused without waiting for it.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for what is no regular file, and whatever else the system says.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let no_wait = rustix::fs::OFlags::NONBLOCK.bits();
        options.custom_flags(i32::try_from(no_wait).unwrap_or(0));
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn files_and_folders_are_the_users_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("a/b");
        create_folder(&folder).unwrap();
        let file = folder.join("c");
        create_file(&file).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    }

    #[test]
    fn a_folder_that_others_may_write_to_is_refused() {
        let home = tempfile::tempdir().unwrap();
        for (mode, good) in [(0o700, true), (0o755, true), (0o775, false), (0o777, false)] {
            std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(check_folder(home.path()).is_ok(), good, "{mode:o}");
        }
    }

    #[test]
    fn nothing_that_exists_is_opened_for_writing() {
        let home = tempfile::tempdir().unwrap();
        let (file, link) = (home.path().join("file"), home.path().join("link"));
        create_file(&file).unwrap();
        std::os::unix::fs::symlink(home.path().join("elsewhere"), &link).unwrap();
        for path in [&file, &link] {
            assert_eq!(create_file(path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        }
        assert!(!home.path().join("elsewhere").exists());
    }

    #[test]
    fn only_regular_files_are_read() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        for path in [home.path(), &pipe, Path::new("/dev/null")] {
            assert_eq!(open_regular(path).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{path:?}");
        }
    }
}
