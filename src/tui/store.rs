//! Links that are remembered from one start to the next: `links.toml` in the state folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::state::connect::Kept;
use crate::app::config;

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
#[must_use]
pub fn load(place: &Path) -> (Vec<Kept>, Vec<Kept>) {
    let is_small = std::fs::metadata(place).is_ok_and(|file| file.len() <= LARGEST);
    let text = if is_small { std::fs::read_to_string(place).unwrap_or_default() } else { String::new() };
    let file: File = toml::from_str(&text).unwrap_or_default();
    (file.saved, file.recent)
}

/// Writes them, whole or not at all.
///
/// # Errors
/// What the system said.
pub fn save(place: &Path, saved: Vec<Kept>, recent: Vec<Kept>) -> std::io::Result<()> {
    let text = toml::to_string(&File { saved, recent }).map_err(std::io::Error::other)?;
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = place.with_extension(format!("toml.{}", std::process::id()));
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, place)
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
        let (saved, recent) = load(&place);
        assert_eq!((saved.len(), recent[1].link.as_str()), (1, "serial:/dev/ttyUSB0"));
    }

    #[test]
    fn a_file_that_is_missing_or_broken_is_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("links.toml");
        assert_eq!(load(&place), (Vec::new(), Vec::new()));
        std::fs::write(&place, "saved = 5\0\u{1b}").unwrap();
        assert_eq!(load(&place), (Vec::new(), Vec::new()));
    }
}
