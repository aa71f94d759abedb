//! Where capture files are made: one of a given name, or a ring of them in a folder.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::store::Store;
use crate::trace::{private, regular};

/// Names tried within one second.
const MOST_A_SECOND: u32 = 100;

/// Makes the files of a capture.
pub trait Rotation: Send + std::fmt::Debug {
    /// Makes a new file and opens it.
    ///
    /// # Errors
    /// What the system says.
    fn create(&mut self, wall: Timestamp) -> io::Result<(Box<dyn Store>, PathBuf)>;

    /// Takes a file back that could not be begun.
    fn discard(&mut self, path: &Path);

    /// Bytes after which the next file is begun.
    fn limit(&self) -> u64;

    /// The newest file holds a record now: older ones beyond the count may go.
    fn prune(&mut self);
}

/// One file, opened beforehand.
#[derive(Debug)]
pub(super) struct Single {
    path: PathBuf,
    file: Option<File>,
}

impl Single {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: Some(private::create_file(path)?) })
    }
}

impl Rotation for Single {
    fn create(&mut self, _: Timestamp) -> io::Result<(Box<dyn Store>, PathBuf)> {
        let file = self.file.take().map_or_else(|| private::create_file(&self.path), Ok)?;
        Ok((Box::new(file), self.path.clone()))
    }

    fn discard(&mut self, path: &Path) {
        let _ = std::fs::remove_file(path);
    }

    fn limit(&self) -> u64 {
        u64::MAX
    }

    fn prune(&mut self) {}
}

/// Where the console keeps its captures, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// The folder; made when it is not there.
    pub folder: PathBuf,
    /// Bytes after which the next file is begun.
    pub size: u64,
    /// Files kept, those of earlier sessions among them.
    pub count: usize,
}

impl Ring {
    /// Sixteen files of 16 MiB.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder, size: 16 << 20, count: 16 }
    }

    /// The files of the ring, oldest first. Others in the folder are left alone.
    ///
    /// # Errors
    /// What the system says when the folder cannot be listed.
    pub fn files(&self) -> io::Result<Vec<PathBuf>> {
        let mut found: Vec<_> = std::fs::read_dir(&self.folder)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter_map(|path| Some((Stamp::of(path.file_name()?.to_str()?)?, path)))
            .collect();
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, path)| path).collect())
    }
}

impl Rotation for Ring {
    fn create(&mut self, wall: Timestamp) -> io::Result<(Box<dyn Store>, PathBuf)> {
        private::create_folder(&self.folder)?;
        private::check_folder(&self.folder)?;
        let newest = self.files()?.last().and_then(|path| Stamp::of(path.file_name()?.to_str()?));
        for number in 0..MOST_A_SECOND {
            let stamp = Stamp::at(wall, number);
            // A clock that was set back must not make the newest file look like the oldest.
            let stamp = match &newest {
                Some(newest) if *newest >= stamp => newest.next(number),
                _ => stamp,
            };
            let path = self.folder.join(stamp.name());
            match private::create_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(file) => {
                    // Tells other instances not to delete it; without the lock it is only less safe.
                    let _ = file.try_lock();
                    return Ok((Box::new(file), path));
                }
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn discard(&mut self, path: &Path) {
        let _ = std::fs::remove_file(path);
    }

    fn limit(&self) -> u64 {
        self.size
    }

    fn prune(&mut self) {
        let Ok(files) = self.files() else {
            return;
        };
        let surplus = files.len().saturating_sub(self.count.max(1));
        for path in files.iter().take(surplus).filter(|path| !is_held(path)) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Whether another instance is writing a file.
fn is_held(path: &Path) -> bool {
    matches!(regular::open(path).map(|file| file.try_lock()), Ok(Err(std::fs::TryLockError::WouldBlock)))
}

/// The changing part of a file's name: the second (UTC) as digits, and a number within it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Stamp {
    second: String,
    number: u32,
}

impl Stamp {
    fn at(wall: Timestamp, number: u32) -> Self {
        let second = wall.to_zoned(TimeZone::UTC).strftime("%Y%m%d-%H%M%S").to_string();
        Self { second, number }
    }

    /// One that comes `more + 1` after this.
    fn next(&self, more: u32) -> Self {
        Self { second: self.second.clone(), number: self.number.saturating_add(more + 1) }
    }

    fn name(&self) -> String {
        match self.number {
            0 => format!("meterscope-{}.pcapng", self.second),
            number => format!("meterscope-{}-{number}.pcapng", self.second),
        }
    }

    fn of(name: &str) -> Option<Self> {
        let middle = name.strip_prefix("meterscope-")?.strip_suffix(".pcapng")?;
        let (second, number) = match middle.split_at_checked(15)? {
            (second, "") => (second, 0),
            (second, number) => {
                (second, number.strip_prefix('-')?.parse().ok().filter(|number| *number > 0)?)
            }
        };
        let is_stamp = |(at, byte): (usize, u8)| if at == 8 { byte == b'-' } else { byte.is_ascii_digit() };
        second.bytes().enumerate().all(is_stamp).then(|| Self { second: second.to_owned(), number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(ring: &Ring) -> Vec<String> {
        let files = ring.files().unwrap();
        files.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    fn wall(second: i64) -> Timestamp {
        Timestamp::from_second(1_763_700_000 + second).unwrap()
    }

    #[test]
    fn names_tell_the_second_and_keep_their_order_when_the_clock_is_set_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut ring = Ring::new(folder.path().join("captures"));
        for second in [0, 0, 5, -100] {
            let (_, path) = ring.create(wall(second)).unwrap();
            assert_eq!(ring.files().unwrap().last(), Some(&path), "the newest is the last");
        }
        let expected = [
            "meterscope-20251121-044000.pcapng",
            "meterscope-20251121-044000-1.pcapng",
            "meterscope-20251121-044005.pcapng",
            "meterscope-20251121-044005-1.pcapng",
        ];
        assert_eq!(names(&ring), expected);
    }

    #[test]
    fn only_the_oldest_of_its_own_files_go() {
        let folder = tempfile::tempdir().unwrap();
        let foreign = ["notes.txt", "meterscope-x.pcapng", "meterscope-20251121-044000-.pcapng"];
        for name in foreign {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let mut ring = Ring { count: 2, ..Ring::new(folder.path().to_owned()) };
        for second in 0..5 {
            drop(ring.create(wall(second)).unwrap());
        }
        ring.prune();
        assert_eq!(names(&ring), ["meterscope-20251121-044003.pcapng", "meterscope-20251121-044004.pcapng"]);
        assert!(foreign.iter().all(|name| folder.path().join(name).exists()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_the_folder_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let (elsewhere, captures) = (home.path().join("elsewhere"), home.path().join("captures"));
        std::fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &captures).unwrap();
        let error = Ring::new(captures).create(wall(0)).unwrap_err();
        assert!(error.to_string().starts_with("a link stands in the place of the folder"), "{error}");
        assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_is_being_written_is_not_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let mut ring = Ring { count: 1, ..Ring::new(folder.path().to_owned()) };
        let (held, path) = ring.create(wall(0)).unwrap();
        ring.create(wall(1)).unwrap();
        ring.prune();
        assert!(path.exists());
        drop(held);
        ring.prune();
        assert!(!path.exists());
    }
}
