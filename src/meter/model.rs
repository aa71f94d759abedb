//! What a model is.

use super::address::{AddressError, AddressRule, Candidate};
use crate::protocol::{Address, Decoder, Dialect, Family, LineSettings};

/// A command with arguments, as the everyday set names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Command id.
    pub command: &'static str,
    /// Its arguments; the rest are defaults.
    pub arguments: &'static [(&'static str, &'static str)],
}

/// How a meter is to be connected, for the check list when nothing answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wiring {
    /// The interface: `RS-485`, `CAN or RS-485`.
    pub interface: &'static str,
    /// The terminals, where a source names them.
    pub terminals: &'static str,
    /// What supply the interface needs, empty for none.
    pub supply: &'static str,
}

/// Whether a meter wants a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// It has none.
    None,
    /// Reading needs none; this is sent unless another is given.
    Optional {
        /// What is sent by default, empty for the protocol's "no password".
        default: &'static str,
        /// What a password looks like.
        form: &'static str,
    },
    /// It answers nothing without.
    Required {
        /// The maker's default.
        default: &'static str,
        /// What a password looks like.
        form: &'static str,
    },
}

/// A meter type a person can pick.
#[derive(Debug, PartialEq, Eq)]
pub struct Model {
    /// `maker-type` in lower case.
    pub id: &'static str,
    /// Other names under which people look for it, in lower case: makers and types that have no model of their own.
    pub also: &'static [&'static str],
    /// The maker's name.
    pub maker: &'static str,
    /// The type as the front plate has it.
    pub title: &'static str,
    /// The protocol family that it speaks.
    pub protocol: &'static dyn Family,
    /// The dialect it speaks.
    pub dialect: Dialect,
    /// Whether it stands for any meter of its protocol, where nothing more is known.
    pub is_generic: bool,
    /// The line it leaves the factory with.
    pub line: LineSettings,
    /// Other speeds it can be set to, in the order worth trying.
    pub other_speeds: &'static [u32],
    /// How an address is written and found.
    pub address: AddressRule,
    /// Whether it wants a password.
    pub login: Login,
    /// Whether it encrypts what it says, with a key of the grid operator's.
    pub encrypts: bool,
    /// How it is wired.
    pub wiring: Wiring,
    /// What `read` asks without being told: energy totals and tariffs first, then instantaneous values.
    pub default_reads: &'static [Preset],
    /// Whether replies fail to name what they answer, so that reading twice is advised.
    pub ambiguous_replies: bool,
    /// What else may be in a housing like this, for the check list; empty for nothing.
    pub lookalike: &'static str,
    /// Number of tariffs it can have.
    pub tariffs: u8,
    /// A remark; empty for none.
    pub note: &'static str,
}

impl Model {
    /// The decoder of its traffic.
    #[must_use]
    pub const fn decoder(&self) -> Decoder {
        Decoder { family: self.protocol, dialect: self.dialect }
    }

    /// What a person means by an address, the likeliest first; never empty. A meter that encrypts what it says by
    /// itself has none: what is given then is the name of an entry of the keys file, and goes nowhere.
    ///
    /// # Errors
    /// [`AddressError`] when nothing that can be sent is meant.
    pub fn resolve(&self, text: &str) -> Result<Vec<Candidate>, AddressError> {
        let name = text.trim();
        if self.address.has_address() || !self.encrypts || name.is_empty() {
            return self.address.resolve(text);
        }
        let because = "names its entry in the keys file; no address is sent";
        Ok(vec![Candidate { address: Address::textual(name), bytes: Vec::new(), because, warning: "" }])
    }
}

#[cfg(test)]
mod tests {
    use crate::meter;

    #[test]
    fn a_meter_that_encrypts_and_has_no_address_is_named_by_its_keys() {
        let of = |id: &str, text: &str| meter::model(id).unwrap().resolve(text).map(|found| found[0].clone());
        let named = of("kaifa-ma309", " 12345678 ").unwrap();
        assert_eq!((named.address.text(), named.bytes.len()), ("12345678", 0));
        assert_eq!(of("kaifa-ma309", "").unwrap().address.text(), "");
        assert!(of("aidon", "12345678").is_err(), "it speaks in clear");
        assert_eq!(of("mercury-200", "123456").unwrap().address.number(), Some(123_456));
    }
}
