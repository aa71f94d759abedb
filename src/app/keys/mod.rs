//! The keys file: passwords and keys of meters, in a file that only its owner can read.
//!
//! Nothing of its content is ever quoted, not even in an error: what stands in the wrong place may be a key.
//!
//! An entry names its meter by serial number, address or system title, or names none and serves all. A telegram
//! shows a system title and nothing else, and a meter that only speaks has no address: where no address is known,
//! every key is tried on every meter, but a key with a system title only on that one. What a person gives as the
//! address of a meter may be any of the three names.

mod file;
mod typed;

pub use file::{KeysError, load, parse, title_of};
pub use typed::{FORM as KEY_FORM, TypedKeyError, typed};

use crate::frame::{Secret, hex};
use crate::link::Endpoint;
use crate::protocol::MeterKey;
#[cfg(feature = "sim")]
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

    /// Puts keys in the first place, where they are tried first. Others under the same name go.
    pub fn take(&mut self, keys: MeterKeys) {
        let name = keys.whose();
        self.meters
            .retain(|other| name.is_empty() || other.whose() != name || other.encryption_key.is_none());
        self.meters.insert(0, keys);
    }

    /// What a person should know about them: a key of zeros is no key.
    #[must_use]
    pub fn remarks(&self) -> Option<&'static str> {
        let mut keys =
            self.meters.iter().flat_map(|meter| [&meter.encryption_key, &meter.authentication_key]);
        let has_zeros = keys.any(|key| key.as_ref().is_some_and(typed::is_zero));
        has_zeros.then_some("a key is nothing but zeros: no operator hands out such a key")
    }

    /// These keys, and on the simulated bus the published one that its meters have, too.
    #[must_use]
    #[cfg(feature = "sim")]
    pub fn on(mut self, place: &Endpoint) -> Self {
        if *place == Endpoint::Sim {
            let MeterKey { encryption, authentication, .. } = demo_key();
            self.meters.push(MeterKeys {
                encryption_key: Some(encryption),
                authentication_key: authentication,
                ..MeterKeys::default()
            });
        }
        self
    }

    /// These keys: there is no simulated bus.
    #[cfg(not(feature = "sim"))]
    #[must_use]
    pub const fn on(self, _: &Endpoint) -> Self {
        self
    }
}

impl MeterKeys {
    /// Whether the entry says by serial number or address whose it is.
    const fn is_named(&self) -> bool {
        self.address.is_some() || self.serial.is_some()
    }

    /// Whether it names the meter that a person names so: by address, serial number or system title.
    fn is_of(&self, name: &str) -> bool {
        let is_title = || self.system_title.is_some_and(|own| title_of(name) == Some(own));
        [&self.address, &self.serial].into_iter().flatten().any(|own| same(own, name)) || is_title()
    }

    /// The meter it names, for people; empty for every meter.
    #[must_use]
    pub fn whose(&self) -> String {
        let title = || self.system_title.map(|title| hex::compact(&title));
        let name = self.serial.clone().or_else(|| self.address.clone()).or_else(title);
        name.unwrap_or_default()
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
    fn a_meter_may_be_named_by_its_system_title_as_well() {
        let keys = parse(
            "k",
            "[[meter]]\nserial = \"8\"\nencryption_key = \"9CoQ7w5LMFoLS3gJ\"\n[[meter]]\n\
             system_title = \"4B464D1020016FE5\"\nencryption_key = \"000102030405060708090a0b0c0d0e0f\"",
        )
        .unwrap();
        let found = keys.ciphers("4b464d1020016fe5");
        assert_eq!(found.iter().map(|key| key.encryption.reveal()[1]).collect::<Vec<_>>(), [1]);
        assert_eq!(keys.ciphers("8")[0].encryption.reveal(), b"9CoQ7w5LMFoLS3gJ");
    }

    #[test]
    fn keys_that_are_taken_take_the_place_of_those_under_the_same_name() {
        let named = |title: Option<u8>, byte: u8| MeterKeys {
            system_title: title.map(|byte| [byte; 8]),
            encryption_key: Some(Secret::new(vec![byte; 16])),
            ..MeterKeys::default()
        };
        let mut keys = Keys::default();
        for one in [named(Some(1), 1), named(Some(2), 2), named(None, 3), named(Some(1), 4), named(None, 5)] {
            keys.take(one);
        }
        let bytes: Vec<u8> = keys.ciphers("").iter().map(|key| key.encryption.reveal()[0]).collect();
        assert_eq!(bytes, [5, 4, 3, 2]);
        assert_eq!((keys.meters[1].whose().as_str(), keys.remarks()), ("0101010101010101", None));
        keys.take(named(None, 0));
        assert!(keys.remarks().is_some_and(|remark| remark.contains("zeros")));
    }

    #[test]
    fn the_simulated_bus_has_its_published_key() {
        assert_eq!(Keys::default().on(&Endpoint::Sim).ciphers(""), [demo_key()]);
        assert_eq!(Keys::default().on(&Endpoint::Serial("COM1".into())).ciphers(""), []);
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
            "the keys file k, line 2, column 18: 2 hex digits, 30 missing at character 3; a key is 32 hex digits, \
             64 for suite 2, or 16 characters"
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
