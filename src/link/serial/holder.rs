//! Who holds a port, as far as Linux tells.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::frame::visible;

/// The program that has the port open, such as `tio (process 1234)`: found among the open files of the
/// processes we may look into, else by its lock, which is told of everybody's processes.
pub(super) fn holder(port: &Path) -> Option<String> {
    let real = port.canonicalize().ok()?;
    let process = opener(&real).or_else(|| {
        let locks = fs::read_to_string("/proc/locks").ok()?;
        locker(&locks, &lock_id(&real)?)
    })?;
    Some(name(process))
}

fn name(process: u32) -> String {
    if process == std::process::id() {
        return format!("this program itself (process {process})");
    }
    let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    match name.trim() {
        "" => format!("process {process}"),
        name => format!("{} (process {process})", visible::string(name)),
    }
}

fn opener(real: &Path) -> Option<u32> {
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let process: u32 = entry.file_name().to_str()?.parse().ok()?;
        let mut files = fs::read_dir(entry.path().join("fd")).ok()?.flatten();
        files.any(|file| fs::read_link(file.path()).is_ok_and(|target| target == real)).then_some(process)
    })
}

/// A file as `/proc/locks` names it: device numbers in hex and inode (proc(5)).
fn lock_id(real: &Path) -> Option<String> {
    let facts = fs::metadata(real).ok()?;
    let (major, minor) = (rustix::fs::major(facts.dev()), rustix::fs::minor(facts.dev()));
    Some(format!("{major:02x}:{minor:02x}:{}", facts.ino()))
}

/// The process that holds a lock on the file, out of the text of `/proc/locks`: number, kind, mode, access,
/// process, file, range.
fn locker(locks: &str, file: &str) -> Option<u32> {
    locks.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(4);
        let process = words.next()?.parse().ok()?;
        (words.next()? == file).then_some(process)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_lock_is_found_by_the_file() {
        let locks = "1: POSIX  ADVISORY  WRITE 812 00:1b:442 0 EOF\n2: FLOCK  ADVISORY  WRITE 3120 00:06:1077 0 EOF\n";
        assert_eq!(locker(locks, "00:06:1077"), Some(3120));
        assert_eq!(locker(locks, "00:06:1078"), None);
    }

    #[test]
    fn our_own_open_file_is_found() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let said = holder(file.path()).unwrap();
        assert!(said.starts_with("this program itself"), "{said}");
    }
}
