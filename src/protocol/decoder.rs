//! The family and dialect by which traffic is cut, tracked and explained.

use super::dialect::Dialect;
use super::family::Family;

/// A protocol family with the dialect in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoder {
    /// The family.
    pub family: &'static dyn Family,
    /// The dialect, where a picked model fixes it.
    pub dialect: Dialect,
}

impl Decoder {
    /// The decoder of a family whose dialect is not known.
    #[must_use]
    pub const fn of(family: &'static dyn Family) -> Self {
        Self { family, dialect: Dialect(0) }
    }
}
