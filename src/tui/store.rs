//! Links that are remembered from one start to the next: `links.toml` in the state folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::state::connect::Kept;
use crate::app::config;
use crate::trace::private;
use crate::trace::regular::{self, FileFault};

/// Largest file that is read.
const LARGEST: u64 = 1 << 20;

/// What the file holds. Passwords are never among it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct File {
    saved: Vec<Kept>,
    recent: Vec<Kept>,
}

/// Where it is: `$XDG_STATE_HOME/meterscope/links.toml`; `None` on a system without a home.
#[must_use]
pub fn place() -> Option<PathBuf> {
    Some(config::state_folder()?.join("links.toml"))
}

/// The saved and the recent links. A file that is missing or not understood gives none: it is only a comfort.
///
/// # Errors
/// [`FileFault`] when there is something in its place that is not read.
pub fn load(place: &Path) -> Result<(Vec<Kept>, Vec<Kept>), FileFault> {
    let text = match regular::text(place, LARGEST) {
        Err(FileFault::Missing) => return Ok((Vec::new(), Vec::new())),
        text => text?,
    };
    let file: File = toml::from_str(&text).unwrap_or_default();
    Ok((file.saved, file.recent))
}

/// Writes them, whole or not at all.
///
/// # Errors
/// What the system said, and when the folder or the file is a link or another user's.
pub fn save(place: &Path, saved: Vec<Kept>, recent: Vec<Kept>) -> std::io::Result<()> {
    let text = toml::to_string(&File { saved, recent }).map_err(std::io::Error::other)?;
    if let Some(folder) = place.parent() {
        private::own_folder(folder)?;
    }
    private::replace_file(place, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("deep").join("links.toml");
        let kept = |link: &str| Kept { link: link.into(), ..Kept::default() };
        save(&place, vec![kept("tcp://a:1")], vec![kept("sim:"), kept("serial:/dev/ttyUSB0")]).unwrap();
        let (saved, recent) = load(&place).unwrap();
        assert_eq!((saved.len(), recent[1].link.as_str()), (1, "serial:/dev/ttyUSB0"));
    }

    #[test]
    fn a_file_that_is_missing_or_broken_is_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("links.toml");
        assert_eq!(load(&place).unwrap(), (Vec::new(), Vec::new()));
        std::fs::write(&place, "saved = 5\0\u{1b}").unwrap();
        assert_eq!(load(&place).unwrap(), (Vec::new(), Vec::new()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_the_file_or_its_folder_is_not_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        std::fs::write(at("precious"), "other").unwrap();
        save(&at("state/links.toml"), Vec::new(), Vec::new()).unwrap();
        let mode = |name: &str| std::fs::metadata(at(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("state"), mode("state/links.toml")), (0o700, 0o600));
        std::fs::remove_file(at("state/links.toml")).unwrap();
        symlink(at("precious"), at("state/links.toml")).unwrap();
        symlink(at("state"), at("linked")).unwrap();
        for place in ["state/links.toml", "linked/other.toml"] {
            let error = save(&at(place), Vec::new(), Vec::new()).unwrap_err();
            assert!(error.to_string().starts_with("a link stands in "), "{error}");
        }
        assert_eq!(std::fs::read_to_string(at("precious")).unwrap(), "other");
    }
}
