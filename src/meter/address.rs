//! Addresses: what a person writes, what the wire carries, and how one follows from a serial number.

use std::fmt;

use crate::frame::visible;
use crate::protocol::Address;

/// In which order an address stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Least significant byte first.
    LittleEndian,
    /// Most significant byte first.
    BigEndian,
    /// Characters, as they are written. [`AddressRule::width`], `min` and `max` count them then, and digits
    /// that are fewer than `min` get zeros in front.
    Text,
}

/// A way from a serial number to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SerialRule {
    /// How many of the last decimal digits are taken.
    pub last_digits: u8,
    /// The serial numbers it holds for, by their last digits; `None` for all.
    pub when: Option<Ending>,
    /// What becomes of digits that are too small to be an address.
    pub raise: Raise,
    /// How it is told to a person: `last five digits of the serial number`.
    pub because: &'static str,
}

/// Serial numbers that end in a number of `min..=max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// How many of the last decimal digits are looked at.
    pub digits: u8,
    /// The smallest number.
    pub min: u64,
    /// The largest number.
    pub max: u64,
}

/// What becomes of digits that are too small to be an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raise {
    /// They are taken as they are.
    No,
    /// `step` is added until `least` is reached.
    Steps {
        /// Smallest address.
        least: u64,
        /// What is added.
        step: u64,
    },
}

impl Raise {
    const fn apply(self, number: u64) -> u64 {
        match self {
            Self::Steps { least, step } if number < least && step > 0 => {
                number + (least - number).div_ceil(step) * step
            }
            _ => number,
        }
    }
}

impl SerialRule {
    /// A rule that takes the last digits as they are.
    #[must_use]
    pub const fn last(last_digits: u8, because: &'static str) -> Self {
        Self { last_digits, when: None, raise: Raise::No, because }
    }

    /// Only for serial numbers whose last digits are a number of `min..=max`.
    #[must_use]
    pub const fn when(self, digits: u8, min: u64, max: u64) -> Self {
        Self { when: Some(Ending { digits, min, max }), ..self }
    }

    /// With numbers that are too small raised.
    #[must_use]
    pub const fn raised(self, raise: Raise) -> Self {
        Self { raise, ..self }
    }

    /// The address that follows from a serial number of decimal digits, where the rule holds for it.
    fn apply(&self, serial: &str) -> Option<u64> {
        let ending =
            |digits: u8| serial.get(serial.len().saturating_sub(digits.into())..)?.parse::<u64>().ok();
        let holds = match self.when {
            Some(when) => (when.min..=when.max).contains(&ending(when.digits)?),
            None => true,
        };
        ending(self.last_digits).filter(|_| holds).map(|number| self.raise.apply(number))
    }
}

/// How the addresses of a model are written, checked and found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRule {
    /// Bytes on the wire.
    pub width: u8,
    /// Their order.
    pub order: Order,
    /// Smallest address in the book.
    pub min: u64,
    /// Largest address in the book; what the field can carry beyond it is allowed with a warning.
    pub max: u64,
    /// From serial number to address, the likelier first.
    pub serial: &'static [SerialRule],
    /// Decimal digits from which on a number is taken for a serial number.
    pub serial_digits: u8,
    /// The address that every meter answers, where there is one.
    pub unaddressed: Option<u64>,
}

/// An address that a text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The address.
    pub address: Address,
    /// Its bytes in wire order, before any stuffing.
    pub bytes: Vec<u8>,
    /// Why: `as written`, `last five digits of the serial number`.
    pub because: &'static str,
    /// What is odd about it, empty for nothing.
    pub warning: &'static str,
}

/// An address that cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressError {
    /// Not a number.
    NotANumber(String),
    /// Hex digits with letters among them that do not say they are hex, so the next one without letters would
    /// be taken for a decimal number.
    BareHex(String),
    /// It does not fit the field.
    TooLarge {
        /// What was typed.
        text: String,
        /// The largest that fits.
        largest: u64,
    },
    /// The model has no address.
    NeedsNone,
    /// Its characters cannot stand in an address, or are too many.
    NotText {
        /// What was typed.
        text: String,
        /// The greatest count of characters.
        width: u8,
    },
    /// The model has no unaddressed form.
    Missing,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber(text) => write!(
                f,
                "address \"{}\": expected a decimal number, 0x and hex digits, hex bytes such as 06 47 5E, or a serial \
                 number",
                visible::string(text)
            ),
            Self::BareHex(text) => {
                write!(
                    f,
                    "address \"{text}\": expected a decimal number; hex is written with 0x in front: 0x{text}"
                )
            }
            Self::TooLarge { text, largest } => {
                write!(f, "address \"{}\": expected a number of at most {largest}", visible::string(text))
            }
            Self::NeedsNone => f.write_str("this meter has no address: leave it out"),
            Self::NotText { text, width } => write!(
                f,
                "address \"{}\": expected at most {width} letters, digits, points, dashes and blanks",
                visible::string(text)
            ),
            Self::Missing => f.write_str(
                "this meter answers only to its own address: give the number or its serial number",
            ),
        }
    }
}

impl std::error::Error for AddressError {}

impl AddressRule {
    /// The rule of a meter that has the line to itself and carries no address in its frames.
    pub const NONE: Self = Self {
        width: 0,
        order: Order::BigEndian,
        min: 0,
        max: 0,
        serial: &[],
        serial_digits: u8::MAX,
        unaddressed: Some(0),
    };

    /// Whether the meter has an address at all.
    #[must_use]
    pub const fn has_address(&self) -> bool {
        self.width > 0
    }

    /// What a text may mean, the likeliest first; never empty.
    ///
    /// # Errors
    /// [`AddressError`] when nothing that can be sent is meant.
    pub fn resolve(&self, text: &str) -> Result<Vec<Candidate>, AddressError> {
        let text = text.trim();
        if !self.has_address() {
            let none = Candidate {
                address: Address::none(),
                bytes: Vec::new(),
                because: "the only meter",
                warning: "",
            };
            return if text.is_empty() { Ok(vec![none]) } else { Err(AddressError::NeedsNone) };
        }
        if self.order == Order::Text {
            return self.resolve_text(text);
        }
        if text.is_empty() {
            let number = self.unaddressed.ok_or(AddressError::Missing)?;
            return Ok(vec![self.candidate("", number, "every meter that is there")]);
        }
        let written = self.read(text)?;
        if let Written::Decimal(_) = written
            && text.len() >= usize::from(self.serial_digits)
        {
            let candidates = self.by_serial(text);
            if !candidates.is_empty() {
                return Ok(candidates);
            }
        }
        match written {
            Written::Decimal(Some(number)) | Written::Hex(number) if number <= self.largest() => {
                Ok(vec![self.candidate(text, number, "as written")])
            }
            _ => Err(self.too_large(text)),
        }
    }

    /// An address of characters; a long run of digits may be the serial number it was made of.
    fn resolve_text(&self, text: &str) -> Result<Vec<Candidate>, AddressError> {
        if text.is_empty() {
            self.unaddressed.ok_or(AddressError::Missing)?;
            return Ok(vec![characters(Address::none(), "every meter that is there")]);
        }
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && text.len() >= usize::from(self.serial_digits) {
            let tail = |rule: &SerialRule| {
                let from = text.len().saturating_sub(usize::from(rule.last_digits));
                let tail = text.get(from..).unwrap_or(text);
                characters(Address::textual(tail), rule.because)
            };
            let found: Vec<Candidate> = self.serial.iter().map(tail).collect();
            if !found.is_empty() {
                return Ok(found);
            }
        }
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'-' | b'_');
        if text.len() > usize::from(self.width) || !text.bytes().all(fits) {
            return Err(AddressError::NotText { text: text.to_owned(), width: self.width });
        }
        let least = if is_number { usize::try_from(self.min).unwrap_or(0) } else { 0 };
        Ok(vec![characters(Address::textual(format!("{text:0>least$}")), "as written")])
    }

    /// What a text says, whether or not it can be sent.
    fn read(&self, text: &str) -> Result<Written, AddressError> {
        let not_a_number = || AddressError::NotANumber(text.to_owned());
        if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            return u64::from_str_radix(digits, 16).map(Written::Hex).map_err(|_| not_a_number());
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Written::Decimal(text.parse().ok()));
        }
        if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(AddressError::BareHex(text.to_owned()));
        }
        let bytes = bytes(text).ok_or_else(not_a_number)?;
        if bytes.len() > usize::from(self.width.min(8)) {
            return Err(self.too_large(text));
        }
        let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Ok(Written::Hex(match self.order {
            Order::LittleEndian => bytes.iter().rev().fold(0, join),
            Order::BigEndian | Order::Text => bytes.iter().fold(0, join),
        }))
    }

    /// The bytes of an address in wire order.
    #[must_use]
    pub fn bytes(&self, number: u64) -> Vec<u8> {
        let width = usize::from(self.width).min(8);
        match self.order {
            Order::LittleEndian => number.to_le_bytes().into_iter().take(width).collect(),
            Order::BigEndian => number.to_be_bytes().into_iter().skip(8 - width).collect(),
            Order::Text => number.to_string().into_bytes(),
        }
    }

    fn largest(&self) -> u64 {
        if self.width >= 8 { u64::MAX } else { (1 << (8 * self.width)) - 1 }
    }

    fn too_large(&self, text: &str) -> AddressError {
        AddressError::TooLarge { text: text.to_owned(), largest: self.largest() }
    }

    fn by_serial(&self, text: &str) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        for rule in self.serial {
            let Some(number) = rule.apply(text).filter(|n| *n <= self.largest()) else { continue };
            if found.iter().all(|c| c.address.number() != Some(number)) {
                found.push(self.candidate(&number.to_string(), number, rule.because));
            }
        }
        found
    }

    fn candidate(&self, text: &str, number: u64, because: &'static str) -> Candidate {
        let in_book = (self.min..=self.max).contains(&number) || self.unaddressed == Some(number);
        Candidate {
            address: Address::numeric(text, number),
            bytes: self.bytes(number),
            because,
            warning: if in_book { "" } else { "outside the range of the manual; sent all the same" },
        }
    }
}

/// A candidate that is characters on the wire.
fn characters(address: Address, because: &'static str) -> Candidate {
    let bytes = address.text().as_bytes().to_vec();
    Candidate { address, bytes, because, warning: "" }
}

/// What a text says, by the way it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// Decimal digits; `None` when they are more than 64 bits hold, which a serial number may be.
    Decimal(Option<u64>),
    /// Hex: after `0x`, or as bytes in wire order.
    Hex(u64),
}

/// Two hex digits a byte with something between the bytes, such as `06 47 5E` or `06:47:5E`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    text.split([' ', ':', '-', ','])
        .map(|pair| {
            let is_pair = pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_pair.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 4-byte address that follows from the last six digits of the serial number, or from all of them.
    const WIDE: AddressRule = AddressRule {
        width: 4,
        order: Order::BigEndian,
        min: 0,
        max: 0xFFFF_FFFF,
        serial: &[SerialRule::last(6, "last six"), SerialRule::last(8, "whole")],
        serial_digits: 7,
        unaddressed: None,
    };

    /// A 2-byte address that follows from the last five digits, or the last four where five do not fit.
    const NARROW: AddressRule = AddressRule {
        width: 2,
        order: Order::LittleEndian,
        min: 1,
        max: 65_000,
        serial: &[SerialRule::last(5, "last five"), SerialRule::last(4, "last four")],
        serial_digits: 8,
        unaddressed: Some(0),
    };

    fn candidates(rule: &AddressRule, text: &str) -> Vec<(u64, &'static str)> {
        let found = rule.resolve(text).unwrap();
        found.iter().map(|c| (c.address.number().unwrap(), c.because)).collect()
    }

    #[test]
    fn decimal_hex_and_bytes_are_the_same_address() {
        for text in ["411486", "0x06475E", "0x6475e", "0X6475E", "06 47 5E", "00 06 47 5E", "06:47:5E"] {
            assert_eq!(candidates(&WIDE, text), [(411_486, "as written")], "{text}");
            assert_eq!(WIDE.resolve(text).unwrap()[0].bytes, [0x00, 0x06, 0x47, 0x5E], "{text}");
        }
    }

    #[test]
    fn hex_without_0x_is_refused_with_how_to_write_it() {
        for text in ["abc", "06475E", "0006475e", "f", &"e".repeat(20)] {
            let refused = WIDE.resolve(text).unwrap_err();
            assert_eq!(refused, AddressError::BareHex(text.to_owned()));
            let told = format!(
                "address \"{text}\": expected a decimal number; hex is written with 0x in front: 0x{text}"
            );
            assert_eq!(refused.to_string(), told);
        }
    }

    #[test]
    fn bytes_stand_in_wire_order() {
        assert_eq!(candidates(&NARROW, "96 34"), [(0x3496, "as written")]);
        assert_eq!(NARROW.resolve("13462").unwrap()[0].bytes, [0x96, 0x34]);
        assert_eq!(candidates(&NARROW, "0x3496"), [(0x3496, "as written")]);
    }

    #[test]
    fn a_serial_number_gives_every_address_it_can_stand_for_the_likelier_first() {
        assert_eq!(candidates(&WIDE, "10925595"), [(925_595, "last six"), (10_925_595, "whole")]);
        assert_eq!(candidates(&WIDE, "6925646"), [(925_646, "last six"), (6_925_646, "whole")]);
        assert_eq!(candidates(&NARROW, "009059058013462"), [(13_462, "last five"), (3_462, "last four")]);
        assert_eq!(candidates(&NARROW, "009059058099999"), [(9_999, "last four")]);
        assert_eq!(candidates(&NARROW, "99999999999999999999900123"), [(123, "last five")]);
    }

    #[test]
    fn an_address_of_characters_keeps_its_zeros_and_comes_from_a_serial_number() {
        let rule =
            AddressRule { width: 32, order: Order::Text, min: 0, max: 32, serial_digits: 12, ..NARROW };
        let texts = |rule: &AddressRule, text: &str| {
            let found = rule.resolve(text).unwrap();
            found.iter().map(|c| (c.address.text().to_owned(), c.because)).collect::<Vec<_>>()
        };
        assert_eq!(texts(&rule, " 00000201 "), [("00000201".to_owned(), "as written")]);
        assert_eq!(texts(&AddressRule { min: 8, ..rule }, "201"), [("00000201".to_owned(), "as written")]);
        assert_eq!(texts(&AddressRule { min: 8, ..rule }, "K7"), [("K7".to_owned(), "as written")]);
        assert_eq!(texts(&rule, ""), [(String::new(), "every meter that is there")]);
        assert_eq!(texts(&rule, "009114135064195")[0], ("64195".to_owned(), "last five"));
        assert_eq!(rule.resolve("201").unwrap()[0].bytes, b"201");
        for bad in ["a!b", "(1)", "\u{1b}[2J", &"9".repeat(33)] {
            let rule = AddressRule { serial: &[], ..rule };
            assert!(matches!(rule.resolve(bad), Err(AddressError::NotText { .. })), "{bad}");
        }
    }

    #[test]
    fn a_short_number_is_taken_as_written() {
        assert_eq!(candidates(&WIDE, "7"), [(7, "as written")]);
        assert_eq!(candidates(&NARROW, " 13462 "), [(13_462, "as written")]);
    }

    #[test]
    fn what_the_book_does_not_have_is_sent_with_a_warning() {
        assert_ne!(NARROW.resolve("65100").unwrap()[0].warning, "");
        assert_eq!(NARROW.resolve("65000").unwrap()[0].warning, "");
    }

    #[test]
    fn nothing_written_is_everybody_or_an_error() {
        assert_eq!(candidates(&NARROW, ""), [(0, "every meter that is there")]);
        assert_eq!(WIDE.resolve(" "), Err(AddressError::Missing));
    }

    #[test]
    fn a_meter_without_address_takes_none() {
        let found = AddressRule::NONE.resolve(" ").unwrap().remove(0);
        assert_eq!((found.address, found.bytes.as_slice()), (Address::none(), [].as_slice()));
        assert_eq!(AddressRule::NONE.resolve("7"), Err(AddressError::NeedsNone));
    }

    #[test]
    fn what_cannot_be_sent_is_refused_with_the_limit() {
        let message = |rule: &AddressRule, text| rule.resolve(text).unwrap_err().to_string();
        assert_eq!(message(&NARROW, "70000"), "address \"70000\": expected a number of at most 65535");
        assert!(message(&WIDE, "01 02 03 04 05").contains("at most 4294967295"));
        assert!(message(&WIDE, "0x100000000").contains("at most 4294967295"));
        for text in ["kitchen", "12 3", "1.5", "-1", "0x", "06 4G", "411 486", "\u{1b}[2J"] {
            assert!(matches!(WIDE.resolve(text), Err(AddressError::NotANumber(_))), "{text}");
            assert!(!message(&WIDE, text).contains('\u{1b}'));
        }
    }
}
