//! The keys file: passwords and keys of meters, in a file that only its owner can read.
//!
//! Nothing of its content is ever quoted, not even in an error: what stands in the wrong place may be a key.
//!
//! An entry names its meter by serial number, address or system title, or names none and serves all. A telegram
//! shows a system title and nothing else, and a meter that only speaks has no address: where no address is known,
//! every key is tried on every meter, but a key with a system title only on that one.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::config;
use crate::frame::{Secret, hex, visible};
use crate::link::Place;
use crate::protocol::MeterKey;
use crate::sim::demo_key;

/// The passwords and keys of one meter, or of every meter when it names none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeterKeys {
    /// Serial number of the meter.
    pub serial: Option<String>,
    /// Address of the meter, as written.
    pub address: Option<String>,
    /// System title of the meter, as it stands in its telegrams.
    pub system_title: Option<[u8; 8]>,
    /// Its password.
    pub password: Option<Secret>,
    /// Its encryption key: 16 bytes, or 32 for security suite 2.
    pub encryption_key: Option<Secret>,
    /// Its authentication key, as long as the other.
    pub authentication_key: Option<Secret>,
}

/// All the keys there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// An entry a meter, in the order of the file.
    pub meters: Vec<MeterKeys>,
}

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
}

/// Why typed text is no key. Nothing of it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TypedKeyError {
    /// It has another length.
    #[error("expected 32 hex digits, or 64 for suite 2; {0} are there")]
    Length(usize),
    /// Something in it is no hex digit.
    #[error("character {0} is no hex digit")]
    NotHex(usize),
}

/// A key as a person types it: 32 hex digits, or 64 for security suite 2, in any case; spaces, colons and hyphens between them do not count.
///
/// # Errors
/// [`TypedKeyError`].
pub fn typed(text: &str) -> Result<Secret, TypedKeyError> {
    let between = |character: char| character.is_whitespace() || matches!(character, ':' | '-');
    let foreign = |character: char| !character.is_ascii_hexdigit() && !between(character);
    if let Some(at) = text.chars().position(foreign) {
        return Err(TypedKeyError::NotHex(at + 1));
    }
    let digits = zeroize::Zeroizing::new(text.chars().filter(|c| !between(*c)).collect::<String>());
    match hex::parse(&digits) {
        Ok(bytes) if KEY_BYTES.contains(&bytes.len()) => Ok(Secret::new(bytes)),
        _ => Err(TypedKeyError::Length(digits.len())),
    }
}

/// Bytes of a key: of security suites 0 and 1, and of suite 2.
const KEY_BYTES: [usize; 2] = [16, 32];

const KEY_FORM: &str = "32 hex digits, or 64 for suite 2, in double quotes";

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
    let file = path.to_string_lossy().into_owned();
    if let Some(mode) = open_mode(path) {
        return Err(KeysError::Open { file, mode });
    }
    let text = config::read_bounded(path)
        .map_err(|what| KeysError::Unreadable { file: file.clone(), what: visible::error(&what) })?;
    let text = zeroize::Zeroizing::new(text);
    parse(&file, &text)
}

/// The mode of a file that others may read or write; `None` when it is closed or not there.
#[cfg(unix)]
pub(super) fn open_mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
pub(super) fn open_mode(_: &Path) -> Option<u32> {
    None
}

/// Keys from the text of `file`.
///
/// # Errors
/// [`KeysError::Bad`] with the place of what is not understood, and nothing of its content.
pub fn parse(file: &str, text: &str) -> Result<Keys, KeysError> {
    let bad = |offset: usize, expected: &'static str| {
        let (line, column) = config::place(text, offset);
        KeysError::Bad { file: file.to_owned(), line, column, expected }
    };
    let content: File =
        toml::from_str(text).map_err(|error| bad(error.span().map_or(0, |s| s.start), FORM))?;
    let entry = |entry: Entry| meter(entry).map_err(|(offset, expected)| bad(offset, expected));
    Ok(Keys { meters: content.meter.into_iter().map(entry).collect::<Result<_, _>>()? })
}

/// Offset of what does not fit, and what would.
type Misfit = (usize, &'static str);

fn meter(entry: Entry) -> Result<MeterKeys, Misfit> {
    Ok(MeterKeys {
        serial: entry.serial.map(toml::Spanned::into_inner),
        address: entry.address.map(toml::Spanned::into_inner),
        system_title: title(entry.system_title)?,
        password: entry.password.map(|text| Secret::new(text.into_inner().into_bytes())),
        encryption_key: bytes(entry.encryption_key, &KEY_BYTES, KEY_FORM)?.map(Secret::new),
        authentication_key: bytes(entry.authentication_key, &KEY_BYTES, KEY_FORM)?.map(Secret::new),
    })
}

fn title(text: Text) -> Result<Option<[u8; 8]>, Misfit> {
    let bytes = bytes(text, &[8], "16 hex digits in double quotes")?;
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()))
}

fn bytes(text: Text, lengths: &[usize], expected: &'static str) -> Result<Option<Vec<u8>>, Misfit> {
    let Some(text) = text else { return Ok(None) };
    let offset = text.span().start;
    let text = zeroize::Zeroizing::new(text.into_inner());
    match hex::parse(&text) {
        Ok(bytes) if lengths.contains(&bytes.len()) => Ok(Some(bytes)),
        _ => Err((offset, expected)),
    }
}

impl Keys {
    /// The password for a meter at an address: of the entry that names the address or a serial number that
    /// was typed for it, else of the first one that names no meter.
    #[must_use]
    pub fn password(&self, address: &str) -> Option<&Secret> {
        let nameless = |meter: &&MeterKeys| !meter.is_named() && meter.system_title.is_none();
        let with_password = || self.meters.iter().filter(|meter| meter.password.is_some());
        let found = with_password().find(|m| m.is_of(address)).or_else(|| with_password().find(nameless));
        found.and_then(|meter| meter.password.as_ref())
    }

    /// The keys to try on what a meter encrypts: those of entries that name its address or the serial number
    /// that was typed for it, then those that name neither. Without an address, as where nothing is asked,
    /// all of them.
    #[must_use]
    pub fn ciphers(&self, address: &str) -> Vec<MeterKey> {
        let is_known = !address.trim().is_empty();
        let (own, others): (Vec<&MeterKeys>, Vec<_>) = self.meters.iter().partition(|m| m.is_of(address));
        let others = others.into_iter().filter(|meter| !(is_known && meter.is_named()));
        own.into_iter().chain(others).filter_map(MeterKeys::cipher).collect()
    }

    /// These keys, and on the simulated bus the published one that its meters have, too.
    #[must_use]
    pub fn on(mut self, place: &Place) -> Self {
        if *place == Place::Sim {
            let MeterKey { encryption, authentication, .. } = demo_key();
            self.meters.push(MeterKeys {
                encryption_key: Some(encryption),
                authentication_key: authentication,
                ..MeterKeys::default()
            });
        }
        self
    }
}

impl MeterKeys {
    /// Whether the entry says by serial number or address whose it is.
    const fn is_named(&self) -> bool {
        self.address.is_some() || self.serial.is_some()
    }

    /// Whether it names the meter at an address.
    fn is_of(&self, address: &str) -> bool {
        [&self.address, &self.serial].into_iter().flatten().any(|name| same(name, address))
    }

    /// Its encryption and authentication keys.
    fn cipher(&self) -> Option<MeterKey> {
        let encryption = self.encryption_key.clone()?;
        let authentication = self.authentication_key.clone();
        Some(MeterKey { system_title: self.system_title, encryption, authentication })
    }
}

/// Addresses that differ only in leading zeros are the same.
fn same(left: &str, right: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches('0').to_owned();
    !right.trim().is_empty() && bare(left) == bare(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_name_a_meter_or_serve_all() {
        let keys = parse(
            "k",
            r#"
[[meter]]
address = "00042"
password = "one"
[[meter]]
password = "any"
[[meter]]
system_title = "4B464D1020016FE5"
encryption_key = "000102030405060708090a0b0c0d0e0f"
"#,
        )
        .unwrap();
        assert_eq!(keys.password("42"), Some(&Secret::new(b"one".to_vec())));
        assert_eq!(keys.password("43"), Some(&Secret::new(b"any".to_vec())));
        assert_eq!(keys.password(""), Some(&Secret::new(b"any".to_vec())));
        assert_eq!(keys.meters[2].encryption_key.as_ref().map(|key| key.reveal().len()), Some(16));
    }

    #[test]
    fn keys_go_to_the_meter_they_name_and_the_nameless_to_all() {
        let key = |name: &str, digit: u8| {
            format!("[[meter]]\n{name}\nencryption_key = \"{}\"\n", format!("0{digit}").repeat(16))
        };
        let title = "system_title = \"4B464D1020016FE5\"";
        let text = [key("", 1), key("address = \"7\"", 2), key("serial = \"8\"", 3), key(title, 4)].concat();
        let keys = parse("k", &text).unwrap();
        let firsts = |address: &str| -> Vec<u8> {
            keys.ciphers(address).iter().map(|key| key.encryption.reveal()[0]).collect()
        };
        assert_eq!(firsts("007"), [2, 1, 4]);
        assert_eq!(firsts("8"), [3, 1, 4]);
        assert_eq!(firsts("9"), [1, 4]);
        assert_eq!(firsts(""), [1, 2, 3, 4], "nobody has an address here");
        assert_eq!(keys.ciphers("")[3].system_title, Some(*b"KFM\x10\x20\x01\x6F\xE5"));
    }

    #[test]
    fn the_simulated_bus_has_its_published_key() {
        assert_eq!(Keys::default().on(&Place::Sim).ciphers(""), [demo_key()]);
        assert_eq!(Keys::default().on(&Place::Serial("COM1".into())).ciphers(""), []);
    }

    #[test]
    fn a_typed_key_is_taken_as_people_write_it_and_its_faults_are_named_without_quoting() {
        let plain = typed("000102030405060708090a0B0C0D0E0F").unwrap();
        assert_eq!(typed("00:01:02:03 04-05-06-07 08090A0B 0C0D0E0F"), Ok(plain));
        assert_eq!(
            typed("00010").unwrap_err().to_string(),
            "expected 32 hex digits, or 64 for suite 2; 5 are there"
        );
        assert_eq!(typed("").unwrap_err(), TypedKeyError::Length(0));
        assert_eq!(typed(&"00".repeat(17)).unwrap_err(), TypedKeyError::Length(34));
        assert_eq!(typed("00 x1").unwrap_err().to_string(), "character 4 is no hex digit");
    }

    #[test]
    fn a_key_of_suite_2_is_twice_as_long() {
        let long = "0F".repeat(32);
        let text = format!("[[meter]]\nencryption_key = \"{long}\"\nauthentication_key = \"{long}\"\n");
        let [key] = parse("k", &text).unwrap().ciphers("").try_into().unwrap();
        assert_eq!(
            (key.encryption.clone(), key.authentication),
            (typed(&long).unwrap(), Some(key.encryption))
        );
        assert!(parse("k", &text.replace(&long, &"0F".repeat(24))).is_err(), "no suite has such keys");
    }

    #[test]
    fn an_entry_with_a_password_alone_is_no_cipher() {
        assert_eq!(parse("k", "[[meter]]\npassword = \"x\"").unwrap().ciphers(""), []);
    }

    #[test]
    fn no_error_quotes_a_secret() {
        for text in [
            "[[meter]]\npassword = hunter2",
            "[[meter]]\nhunter2 = \"x\"",
            "[[meter]]\npassword = 12345",
            "[[meter]]\nencryption_key = \"hunter2\"",
            "hunter2",
            "[[meter]]\nencryption_key = \"0001\"",
        ] {
            let error = parse("k", text).unwrap_err();
            let message = format!("{error} {error:?}");
            assert!(message.contains("k, line "), "{message}");
            for secret in ["hunter2", "12345", "0001"] {
                assert!(!message.contains(secret), "{message}");
            }
        }
    }

    #[test]
    fn a_wrong_key_is_named_by_its_place() {
        let message = parse("k", "[[meter]]\nencryption_key = \"00\"").unwrap_err().to_string();
        assert_eq!(
            message,
            "the keys file k, line 2, column 18: expected 32 hex digits, or 64 for suite 2, in double quotes"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_way_to_close_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        std::fs::write(&path, "[[meter]]\npassword = \"x\"").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let message = load(Some(&path)).unwrap_err().to_string();
        assert!(message.contains("(mode 0640)") && message.contains("chmod 600 "), "{message}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(load(Some(&path)).map(|keys| keys.meters.len()), Ok(1));
    }
}
