//! Meter ids: which meter a frame is of, by what the frame says of it.

use std::fmt;

use super::address::Address;
use super::sealed;
use crate::frame::{Dissection, visible};
use crate::reading::{Measured, Octets, Quantity, Reading};

/// A meter as it is told from others on a link: its family, the address its frames carry, and the serial number,
/// equipment id or system title that it states. What is not known is left out; one of which neither is known is the
/// nameless meter of its family, of which a link has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterId {
    family: &'static str,
    address: Option<Heard>,
    stated: Option<Octets>,
}

/// An address as frames carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    /// A number.
    Number(u64),
    /// Characters, as a sign-on has them.
    Text(String),
}

impl MeterId {
    /// The nameless meter of a family.
    #[must_use]
    pub const fn nameless(family: &'static str) -> Self {
        Self { family, address: None, stated: None }
    }

    /// The meter that is asked under an address; the unaddressed form is nobody's name.
    #[must_use]
    pub fn asked(family: &'static str, address: &Address) -> Self {
        let address = match (address.number(), address.text()) {
            (Some(number), _) => Some(Heard::Number(number)),
            (None, "") => None,
            (None, text) => Some(Heard::Text(text.to_owned())),
        };
        Self { address, ..Self::nameless(family) }
    }

    /// The meter whose frames carry this address and state this serial number, equipment id or system title.
    #[must_use]
    pub fn heard(family: &'static str, address: Option<u64>, stated: Option<Octets>) -> Self {
        Self { family, address: address.map(Heard::Number), stated }
    }

    /// The id of its family.
    #[must_use]
    pub const fn family(&self) -> &'static str {
        self.family
    }

    /// Whether nothing is known that tells it from another meter of its family.
    #[must_use]
    pub const fn is_nameless(&self) -> bool {
        self.address.is_none() && self.stated.is_none()
    }

    /// Whether both are surely two meters: of two families, or with two addresses or names.
    #[must_use]
    pub fn is_another(&self, other: &Self) -> bool {
        self.family != other.family
            || differ(self.address.as_ref(), other.address.as_ref())
            || differ(self.stated.as_ref(), other.stated.as_ref())
    }

    /// Whether both are surely one meter: of one family, with the same address or the same name.
    #[must_use]
    pub fn is_surely(&self, other: &Self) -> bool {
        let is_same = agree(self.address.as_ref(), other.address.as_ref())
            || agree(self.stated.as_ref(), other.stated.as_ref());
        is_same && !self.is_another(other)
    }

    /// Takes over what another frame of the same meter says of it.
    pub fn join(&mut self, other: Self) {
        self.address = self.address.take().or(other.address);
        self.stated = self.stated.take().or(other.stated);
    }
}

/// Whether both are known and not the same.
fn differ<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}

/// Whether both are known and the same.
fn agree<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.is_some() && one == other
}

/// What it is called, safe to show: what it states, else its address; empty for the nameless meter.
impl fmt::Display for MeterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.stated, &self.address) {
            (Some(stated), _) if stated.iter().all(|byte| (b' '..=b'~').contains(byte)) => {
                f.write_str(&visible::text(stated))
            }
            (Some(stated), _) => stated.iter().try_for_each(|byte| write!(f, "{byte:02X}")),
            (None, Some(Heard::Number(number))) => write!(f, "{number}"),
            (None, Some(Heard::Text(text))) => f.write_str(&visible::string(text)),
            (None, None) => Ok(()),
        }
    }
}

/// What a frame states of the meter that sent it: the system title it is encrypted under, else the serial number or
/// equipment id among its values.
#[must_use]
pub(super) fn stated(frame: &Dissection) -> Option<Octets> {
    let title = sealed::system_title(frame).map(|title| Octets::from(title.as_slice()));
    title.or_else(|| frame.readings.iter().find_map(serial))
}

/// The serial number of the meter itself, not of one that it tells for.
fn serial(reading: &Reading) -> Option<Octets> {
    let is_own = reading.quantity == Quantity::SERIAL && reading.channel == 0;
    match &reading.value {
        Measured::Text(text) if is_own => Some(text.clone()),
        Measured::Number(number) if is_own => Some(number.to_string().into_bytes().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stating(text: &str) -> MeterId {
        MeterId::heard("x", None, Some(text.as_bytes().into()))
    }

    #[test]
    fn two_meters_are_two_where_an_address_or_a_name_differs_and_never_by_guess() {
        let at = |number| MeterId::asked("x", &Address::numeric("", number));
        assert!(at(1).is_another(&at(2)) && stating("a").is_another(&stating("b")));
        assert!(at(1).is_another(&MeterId::heard("y", Some(1), None)));
        assert!(!at(1).is_another(&at(1)) && !at(1).is_another(&stating("a")));
        assert!(at(1).is_surely(&at(1)) && !at(1).is_surely(&stating("a")));
        assert!(!MeterId::nameless("x").is_another(&at(1)));
        assert!(MeterId::asked("x", &Address::none()).is_nameless());
        assert!(
            MeterId::asked("x", &Address::textual("07"))
                .is_another(&MeterId::asked("x", &Address::textual("7")))
        );
    }

    #[test]
    fn what_one_frame_says_of_a_meter_tells_it_from_others_later() {
        let mut meter = MeterId::heard("x", Some(1), None);
        meter.join(stating("a"));
        assert!(meter.is_another(&stating("b")) && meter.is_another(&MeterId::heard("x", Some(2), None)));
    }

    #[test]
    fn a_name_is_safe_to_show() {
        assert_eq!(stating("KFM 123").to_string(), "KFM 123");
        assert_eq!(stating("\u{1b}[2J").to_string(), "1B5B324A");
        assert_eq!(MeterId::asked("x", &Address::numeric("0107", 107)).to_string(), "107");
        assert_eq!(MeterId::nameless("x").to_string(), "");
    }
}
