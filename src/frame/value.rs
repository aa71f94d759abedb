//! Values of fields, as compact as they can be told.

use std::fmt;

use crate::reading::{Absent, Decimal, MeterTime};

/// What the bytes of a field mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Value {
    /// The bytes themselves; there is nothing more to say.
    #[default]
    Bytes,
    /// An exact number; its unit is the field's.
    Number(Decimal),
    /// A number people read as hex, with its count of digits: a command code, a bit word.
    Hex(u64, u8),
    /// A checksum as the frame holds it, with its count of hex digits.
    Checksum(u32, u8),
    /// A code and what it stands for.
    Meaning(u64, &'static str),
    /// A fixed word, such as `yes`, `off` or `request`.
    Word(&'static str),
    /// The field's bytes are text of the meter's; show them through the visible-text function.
    Text,
    /// A date or time.
    Time(MeterTime),
    /// No value, and why.
    Absent(Absent),
    /// A password or key: the bytes are not to be shown.
    Secret,
}

impl Value {
    /// A whole number.
    #[must_use]
    pub const fn count(number: u64) -> Self {
        Self::Number(Decimal::new(number, 0))
    }

    /// Whether it is a password or key.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self, Self::Secret)
    }
}

impl fmt::Display for Value {
    /// The value without its unit. `Bytes` and `Text` print nothing: they need the frame's bytes, see
    /// [`super::Layer::text_of`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes | Self::Text => Ok(()),
            Self::Number(number) => number.fmt(f),
            Self::Hex(number, digits) => write!(f, "{number:0width$X}", width = usize::from(*digits)),
            Self::Checksum(number, digits) => write!(f, "{number:0width$X}", width = usize::from(*digits)),
            Self::Meaning(code, meaning) => write!(f, "{code} {meaning}"),
            Self::Word(word) => f.write_str(word),
            Self::Time(time) => time.fmt(f),
            Self::Absent(why) => f.write_str(why.reason()),
            Self::Secret => f.write_str("********"),
        }
    }
}
