//! Whom a master asks: a primary address, or a slave that it selects by its identification number ("The M-Bus: a
//! documentation", 4.8, 5.3 and 7.1).

use super::link;
use crate::protocol::{Address, ComposeError};

/// The highest address of one slave alone.
pub(super) const LAST_PRIMARY: u8 = 250;
/// The slave that was selected by its identification number.
pub(super) const SELECTED: u8 = 253;
/// Every slave, with reply: of use where there is one.
pub(super) const ANY: u8 = 254;
/// Digits of an identification number.
const DIGITS: usize = 8;

/// What is expected of an address.
const EXPECTED: &str = "a number of 0 to 250, 254 for the only slave, or the 8 digits of the identification \
                        number with F for any digit";

/// Whom to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slave {
    /// By its primary address.
    Primary(u8),
    /// By its identification number, least significant byte first.
    Secondary([u8; 4]),
}

impl Slave {
    /// What a person wrote; nothing stands for the only slave there is.
    ///
    /// # Errors
    /// [`ComposeError::Address`].
    pub(super) fn of(address: &Address) -> Result<Self, ComposeError> {
        let text = address.text();
        let unfit = || ComposeError::Address { text: text.to_owned(), expected: EXPECTED };
        if text.is_empty() {
            return Ok(Self::Primary(ANY));
        }
        if text.len() == DIGITS {
            return digits(text).map(Self::Secondary).ok_or_else(unfit);
        }
        let number = text.parse().ok().filter(|number| *number <= LAST_PRIMARY || *number == ANY);
        number.map(Self::Primary).ok_or_else(unfit)
    }

    /// The A field of what goes to it.
    pub(super) const fn field(self) -> u8 {
        match self {
            Self::Primary(address) => address,
            Self::Secondary(_) => SELECTED,
        }
    }

    /// What goes first: the reset of its link, or its selection.
    pub(super) fn greeting(self) -> Vec<u8> {
        match self {
            Self::Primary(address) => link::short(link::RESET, address),
            Self::Secondary([n0, n1, n2, n3]) => {
                // Maker, version and medium may be any.
                let any = [0xFF; 4];
                let head = [link::SEND, SELECTED, link::SELECT, n0, n1, n2, n3];
                link::seal(&[&head[..], &any].concat())
            }
        }
    }

    /// The slave that a frame selects, where it is the greeting of one.
    pub(super) fn selected_by(frame: &[u8]) -> Option<Self> {
        let number = frame.get(link::HEAD + 3..)?.first_chunk()?;
        let is_number =
            number.iter().all(|byte| [byte >> 4, byte & 0x0F].iter().all(|d| matches!(d, 0..=9 | 0xF)));
        let slave = Self::Secondary(*number);
        (is_number && slave.greeting() == frame).then_some(slave)
    }

    /// Whether an A field is one that requests are put to.
    pub(super) const fn is_field(address: u8) -> bool {
        matches!(address, 0..=LAST_PRIMARY | SELECTED | ANY)
    }

    /// Whether an answer from this address can be its.
    pub(super) fn answers_from(self, address: u8) -> bool {
        match self {
            Self::Primary(ANY) | Self::Secondary(_) => true,
            Self::Primary(own) => own == address,
        }
    }
}

/// Eight digits, least significant byte first; F stands for any digit.
fn digits(text: &str) -> Option<[u8; 4]> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'F' | b'f');
    let number = text.bytes().all(is_digit).then(|| u32::from_str_radix(text, 16).ok())??;
    Some(number.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;

    fn of(text: &str) -> Option<Slave> {
        Slave::of(&Address::textual(text)).ok()
    }

    #[test]
    fn a_short_number_is_an_address_and_eight_digits_are_an_identification_number() {
        assert_eq!(of("5"), Some(Slave::Primary(5)));
        assert_eq!(of("005"), Some(Slave::Primary(5)));
        assert_eq!(of(""), Some(Slave::Primary(254)));
        assert_eq!(of("12345678"), Some(Slave::Secondary([0x78, 0x56, 0x34, 0x12])));
        assert_eq!(of("00000005"), Some(Slave::Secondary([5, 0, 0, 0])));
        assert_eq!(of("FFFF5678"), Some(Slave::Secondary([0x78, 0x56, 0xFF, 0xFF])));
        for unfit in ["251", "253", "255", "1234567", "1234567A", "x", "-1"] {
            assert_eq!(of(unfit), None, "{unfit}");
        }
    }

    #[test]
    fn what_goes_first_is_as_the_documentation_has_it() {
        let sent = |text: &str| hex::spaced(&of(text).unwrap().greeting());
        assert_eq!(sent("1"), "10 40 01 41 16");
        assert_eq!(sent("12345678"), "68 0B 0B 68 53 FD 52 78 56 34 12 FF FF FF FF B2 16");
    }
}
