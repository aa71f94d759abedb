//! Names of fields.

use std::borrow::Cow;
use std::fmt;

use crate::reading::Code;

/// What a field is called. Made of fixed words and numbers, never of foreign bytes, and costs no memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// A fixed name: `CRC`.
    Name(&'static str),
    /// A fixed name and a number: `T 1`, `record 12`.
    Nth(&'static str, u16),
    /// A fixed name and what it says of the value, with a number unless that is 0: `DIFE, tariff 2`.
    Qualified(&'static [&'static str; 2], u16),
    /// An OBIS code.
    Code(Code),
}

impl From<&'static str> for Label {
    fn from(name: &'static str) -> Self {
        Self::Name(name)
    }
}

impl Label {
    /// What it says of the value: the `tariff 2` of `DIFE, tariff 2`.
    #[must_use]
    pub fn qualifier(self) -> Option<String> {
        match self {
            Self::Qualified([_, says], 0) => Some((*says).to_owned()),
            Self::Qualified([_, says], number) => Some(format!("{says} {number}")),
            Self::Name(_) | Self::Nth(..) | Self::Code(_) => None,
        }
    }

    /// The name as text, which most of them are without being made.
    #[must_use]
    pub fn text(self) -> Cow<'static, str> {
        match self {
            Self::Name(name) => Cow::Borrowed(name),
            made => Cow::Owned(made.to_string()),
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Nth(name, number) => write!(f, "{name} {number}"),
            Self::Qualified([name, says], 0) => write!(f, "{name}, {says}"),
            Self::Qualified([name, says], number) => write!(f, "{name}, {says} {number}"),
            Self::Code(code) => code.fmt(f),
        }
    }
}
