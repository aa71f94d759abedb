//! Passwords and keys: wiped when dropped, never printed.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes that must not be seen: a password or a key.
///
/// `Debug` shows only that there is one. There is no `Display` and no serialisation.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes the bytes over.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, to put into a frame or a cipher and nowhere else.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(********)")
    }
}
