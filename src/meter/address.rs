//! Addresses: what a person writes, what the wire carries, and how one follows from a serial number.

use crate::frame::visible;
use crate::protocol::Address;

/// In which order an address stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Least significant byte first.
    LittleEndian,
    /// Most significant byte first.
    BigEndian,
}

/// A way from a serial number to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SerialRule {
    /// How many of the last decimal digits are taken.
    pub last_digits: u8,
    /// How it is told to a person: `last five digits of the serial number`.
    pub because: &'static str,
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a number.
    #[error("address \"{}\": expected a decimal number, 0x and hex digits, or a serial number", visible::string(.0))]
    NotANumber(String),
    /// It does not fit the field.
    #[error("address {} does not fit {width} bytes: the largest is {largest}", visible::string(.text))]
    TooLarge {
        /// What was typed.
        text: String,
        /// Bytes of the field.
        width: u8,
        /// The largest that fits.
        largest: u64,
    },
    /// The model has no unaddressed form.
    #[error("this meter answers only to its own address: give the number or its serial number")]
    Missing,
}

impl AddressRule {
    /// What a text may mean, the likeliest first; never empty.
    ///
    /// # Errors
    /// [`AddressError`] when nothing that can be sent is meant.
    pub fn resolve(&self, text: &str) -> Result<Vec<Candidate>, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            let number = self.unaddressed.ok_or(AddressError::Missing)?;
            return Ok(vec![self.candidate("", number, "every meter that is there")]);
        }
        let number = parse(text).ok_or_else(|| AddressError::NotANumber(text.to_owned()))?;
        let is_serial = !is_hex(text) && text.len() >= usize::from(self.serial_digits);
        let candidates = if is_serial { self.from_serial(text) } else { Vec::new() };
        if !candidates.is_empty() {
            return Ok(candidates);
        }
        if number > self.largest() {
            return Err(AddressError::TooLarge {
                text: text.to_owned(),
                width: self.width,
                largest: self.largest(),
            });
        }
        Ok(vec![self.candidate(text, number, "as written")])
    }

    /// The bytes of an address in wire order.
    #[must_use]
    pub fn bytes(&self, number: u64) -> Vec<u8> {
        let width = usize::from(self.width).min(8);
        match self.order {
            Order::LittleEndian => number.to_le_bytes().into_iter().take(width).collect(),
            Order::BigEndian => number.to_be_bytes().into_iter().skip(8 - width).collect(),
        }
    }

    fn largest(&self) -> u64 {
        if self.width >= 8 { u64::MAX } else { (1 << (8 * self.width)) - 1 }
    }

    fn from_serial(&self, text: &str) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        for rule in self.serial {
            let tail = text.get(text.len().saturating_sub(usize::from(rule.last_digits))..).unwrap_or(text);
            let Some(number) = parse(tail).filter(|n| *n <= self.largest()) else { continue };
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

fn is_hex(text: &str) -> bool {
    text.starts_with("0x") || text.starts_with("0X")
}

fn parse(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
        None => None,
    }
}
