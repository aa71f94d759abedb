//! Files and folders that we make, for nobody but the user: traffic can hold passwords and load curves.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
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
    tempfile::tempfile_in(folder)
}

/// Puts a file in the place of another, whole or not at all: written beside it under a name that nobody can foresee,
/// for the user alone, brought to the disk, and renamed. Only a regular file of the user's own is replaced.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] with the reason when something else stands in its place, and whatever else the
/// system says.
pub fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    refuse_replacing(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    // The new name is on the disk when the folder is; not every system lets folders be opened.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Refuses what nobody but somebody else can have put there.
fn refuse_replacing(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        standing => refuse_foreign(&standing?),
    }
}

fn refuse_foreign(standing: &Metadata) -> io::Result<()> {
    let why = if standing.is_symlink() {
        "a link stands in its place"
    } else if !standing.is_file() {
        "what stands in its place is no regular file"
    } else if is_foreign(standing) {
        "the file in its place belongs to another user"
    } else {
        return Ok(());
    };
    Err(denied(why))
}

fn denied(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
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
        // A pipe that came into its place meanwhile is not waited for.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    }
    options.open(path)
}

/// Opens a regular file of the user's own to write at its end, creating it for the user alone (mode 0600). A link, a
/// pipe, a device or a file of another user in its place is refused without waiting for it.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] with what stands there, and whatever else the system says.
pub fn append_own_file(path: &Path) -> io::Result<File> {
    refuse_replacing(path)?;
    let file = append_file(path)?;
    refuse_foreign(&file.metadata()?)?;
    Ok(file)
}

/// Sees to it that a file has room for so many more bytes, where the system can tell; its length stays as it is.
///
/// # Errors
/// [`io::ErrorKind::StorageFull`] and the like: there is no room.
pub fn reserve(file: &File, more: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{FallocateFlags, fallocate};
        // Not every file system can.
        if let Err(rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT) =
            fallocate(file, FallocateFlags::KEEP_SIZE, file.metadata()?.len(), more)
        {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
    }
    let _ = (file, more);
    Ok(())
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

/// Makes a folder of our own, such as the one of our state, or closes it to others (mode 0700) when it is there.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] with the reason when it is a link or belongs to another user, and whatever else
/// the system says.
pub fn own_folder(path: &Path) -> io::Result<()> {
    create_folder(path)?;
    refuse_folder(&std::fs::symlink_metadata(path)?)?;
    close_folder(path)
}

/// Refuses a folder in which others could put or replace files.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] with the reason when it is a link, belongs to another user, or others may write
/// to it.
pub fn check_folder(path: &Path) -> io::Result<()> {
    let folder = std::fs::symlink_metadata(path)?;
    refuse_folder(&folder)?;
    if others_may_write(&folder) {
        return Err(denied("other users may write to the folder: close it with chmod 700"));
    }
    Ok(())
}

fn refuse_folder(folder: &Metadata) -> io::Result<()> {
    if folder.is_symlink() {
        Err(denied("a link stands in the place of the folder: name the folder itself"))
    } else if !folder.is_dir() {
        Err(denied("what stands in the place of the folder is none"))
    } else if is_foreign(folder) {
        Err(denied("the folder belongs to another user"))
    } else {
        Ok(())
    }
}

#[cfg(unix)]
fn is_foreign(standing: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    standing.uid() != rustix::process::geteuid().as_raw()
}

#[cfg(unix)]
fn others_may_write(folder: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    folder.mode() & 0o022 != 0
}

/// Changes the mode of the folder itself, whatever is put under its name meanwhile.
#[cfg(unix)]
fn close_folder(path: &Path) -> io::Result<()> {
    use rustix::fs::{Mode, OFlags, fchmod, open};
    use std::os::unix::fs::MetadataExt as _;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = File::from(open(path, flags, Mode::empty())?);
    if folder.metadata()?.mode() & 0o077 != 0 {
        fchmod(&folder, Mode::RWXU)?;
    }
    Ok(())
}

/// Files and folders of a profile are their user's.
#[cfg(not(unix))]
const fn is_foreign(_: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
const fn others_may_write(_: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
const fn close_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
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
    fn a_file_is_replaced_whole_and_is_the_users_alone() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        for content in ["first, longer", "second"] {
            replace_file(&file, content.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&file).unwrap(), content);
        }
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_link_or_a_folder_in_the_place_of_a_file_is_not_replaced_and_what_it_leads_to_stays() {
        let home = tempfile::tempdir().unwrap();
        let (elsewhere, link) = (home.path().join("elsewhere"), home.path().join("link"));
        std::fs::write(&elsewhere, "precious").unwrap();
        std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
        let error = replace_file(&link, b"new").unwrap_err();
        assert_eq!(error.to_string(), "a link stands in its place");
        assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "precious");
        let folder = home.path().join("folder");
        std::fs::create_dir(&folder).unwrap();
        assert!(replace_file(&folder, b"new").unwrap_err().to_string().ends_with("no regular file"));
        assert!(replace_file(Path::new("/nonexistent/file"), b"new").is_err());
    }

    #[test]
    fn our_own_folder_is_closed_to_others_and_a_link_in_its_place_refused() {
        let home = tempfile::tempdir().unwrap();
        let (folder, link) = (home.path().join("folder"), home.path().join("link"));
        let mode = || std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
        own_folder(&folder).unwrap();
        assert_eq!(mode(), 0o700);
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        own_folder(&folder).unwrap();
        assert_eq!(mode(), 0o700);
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        for refused in [own_folder(&link), check_folder(&link)] {
            assert!(refused.unwrap_err().to_string().starts_with("a link stands in the place"));
        }
    }
}
