//! The dialect of a meter within its protocol family.

/// A variant of a protocol, numbered by its family; 0 is "not known" or the only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Dialect(pub u8);
