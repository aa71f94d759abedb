//! Reading the keys file.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::super::config;
use super::typed::{FORM as KEY_FORM, TypedKeyError, typed};
use super::{Keys, MeterKeys};
use crate::frame::{Secret, hex, visible};
use crate::trace::regular::{self, FileFault};

/// Why keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("cannot read the keys file {}: {what}", visible::string(file))]
    Unreadable {
        /// Which file.
        file: String,
        /// What the system said.
        what: String,
    },
    /// Others can read it.
    #[error(
        "the keys file {} is open to others (mode {mode:04o}): it was not read. Close it with: chmod 600 {}",
        visible::string(file),
        visible::string(file)
    )]
    Open {
        /// Which file.
        file: String,
        /// Its mode.
        mode: u32,
    },
    /// It is another user's, who could have put any key into it.
    #[error(
        "the keys file {} belongs to another user (uid {uid}): it was not read. Copy it, or take it over with chown",
        visible::string(file)
    )]
    Foreign {
        /// Which file.
        file: String,
        /// Whose it is.
        uid: u32,
    },
    /// It is not understood.
    #[error("the keys file {}, line {line}, column {column}: expected {expected}", visible::string(file))]
    Bad {
        /// Which file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What belongs there.
        expected: &'static str,
    },
    /// A key in it is none.
    #[error(
        "the keys file {}, line {line}, column {column}: {why}; a key is {KEY_FORM}",
        visible::string(file)
    )]
    BadKey {
        /// Which file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1, where the text of the key begins.
        column: usize,
        /// What is wrong with it.
        why: TypedKeyError,
    },
}

const FORM: &str = "tables headed [[meter]] with serial, address, system_title, password, encryption_key and \
                    authentication_key, each a text in double quotes";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    meter: Vec<Entry>,
}

type Text = Option<toml::Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    serial: Text,
    address: Text,
    system_title: Text,
    password: Text,
    encryption_key: Text,
    authentication_key: Text,
}

/// The keys in `chosen`, else in the file that `METERSCOPE_KEYS` names, else in `keys.toml` of the config
/// folder; only that last one may be missing.
///
/// # Errors
/// [`KeysError`], which quotes nothing of the file.
pub fn load(chosen: Option<&Path>) -> Result<Keys, KeysError> {
    let named = std::env::var_os("METERSCOPE_KEYS").filter(|path| !path.is_empty()).map(PathBuf::from);
    if let Some(path) = chosen.map(Path::to_path_buf).or(named) {
        return read(&path);
    }
    match config::folder().map(|folder| folder.join("keys.toml")) {
        Ok(path) if path.exists() => read(&path),
        _ => Ok(Keys::default()),
    }
}

fn read(path: &Path) -> Result<Keys, KeysError> {
    let file = visible::file(path);
    match regular::secret_text(path, config::LARGEST) {
        Ok(text) => parse(&file, &text),
        Err(FileFault::Open { mode }) => Err(KeysError::Open { file, mode }),
        Err(FileFault::Foreign { uid }) => Err(KeysError::Foreign { file, uid }),
        Err(fault) => Err(KeysError::Unreadable { file, what: fault.to_string() }),
    }
}

/// Keys from the text of `file`.
///
/// # Errors
/// [`KeysError::Bad`] with the place of what is not understood, and nothing of its content.
pub fn parse(file: &str, text: &str) -> Result<Keys, KeysError> {
    let place = |offset: usize| config::place(text, offset);
    let named = || file.to_owned();
    let refuse = |misfit: Misfit| match misfit {
        Misfit::Form(offset, expected) => {
            let (line, column) = place(offset);
            KeysError::Bad { file: named(), line, column, expected }
        }
        Misfit::Key(offset, why) => {
            let (line, column) = place(offset);
            KeysError::BadKey { file: named(), line, column, why }
        }
    };
    let content: File = toml::from_str(text)
        .map_err(|error| refuse(Misfit::Form(error.span().map_or(0, |s| s.start), FORM)))?;
    let entry = |entry: Entry| meter(entry).map_err(refuse);
    Ok(Keys { meters: content.meter.into_iter().map(entry).collect::<Result<_, _>>()? })
}

/// What does not fit, by its offset.
enum Misfit {
    /// And what would.
    Form(usize, &'static str),
    /// And why it is no key.
    Key(usize, TypedKeyError),
}

fn meter(entry: Entry) -> Result<MeterKeys, Misfit> {
    Ok(MeterKeys {
        serial: entry.serial.map(toml::Spanned::into_inner),
        address: entry.address.map(toml::Spanned::into_inner),
        system_title: title(entry.system_title)?,
        password: entry.password.map(|text| Secret::new(text.into_inner().into_bytes())),
        encryption_key: key(entry.encryption_key)?,
        authentication_key: key(entry.authentication_key)?,
    })
}

fn title(text: Text) -> Result<Option<[u8; 8]>, Misfit> {
    let Some(text) = text else { return Ok(None) };
    let unfit = Misfit::Form(text.span().start, "16 hex digits in double quotes");
    title_of(text.get_ref()).map(Some).ok_or(unfit)
}

/// The system title that a text of 16 hex digits is; `None` for other texts.
#[must_use]
pub fn title_of(text: &str) -> Option<[u8; 8]> {
    hex::parse(text).ok()?.try_into().ok()
}

fn key(text: Text) -> Result<Option<Secret>, Misfit> {
    let Some(text) = text else { return Ok(None) };
    let offset = text.span().start;
    let text = zeroize::Zeroizing::new(text.into_inner());
    typed(&text).map(Some).map_err(|why| Misfit::Key(offset, why))
}
