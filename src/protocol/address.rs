//! A meter's address: as the person wrote it and as the wire carries it.

use std::fmt;

/// An address that a model's rule has accepted. Where it comes from is the meter layer's matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    text: String,
    number: Option<u64>,
}

impl Address {
    /// An address that is a number on the wire; `text` keeps leading zeros.
    #[must_use]
    pub fn numeric(text: impl Into<String>, number: u64) -> Self {
        Self { text: text.into(), number: Some(number) }
    }

    /// An address that is characters on the wire.
    #[must_use]
    pub fn textual(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: None }
    }

    /// The unaddressed form, where a protocol has one.
    #[must_use]
    pub const fn none() -> Self {
        Self { text: String::new(), number: None }
    }

    /// As the person wrote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number on the wire, for protocols that send one.
    #[must_use]
    pub const fn number(&self) -> Option<u64> {
        self.number
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_empty() { f.write_str("any") } else { f.write_str(&self.text) }
    }
}
