//! Which view of a frame's bytes a layer is, as an id.

use std::fmt;

/// The views that a frame's bytes are explained in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LayerKind {
    /// As the bytes came.
    Wire,
    /// Without byte stuffing.
    Unstuffed,
    /// A telegram of text without its parity bits (P1 read with the wrong parity).
    SevenBits,
    /// Lines of text without their parity bits (IEC 62056-21).
    Text,
    /// Put together from the frames of a message.
    Reassembled,
    /// Decrypted.
    Decrypted,
    /// Texts that were sent as hex.
    Texts,
}

impl LayerKind {
    /// All of them, in the order in which they are made.
    pub const ALL: [Self; 7] = [
        Self::Wire,
        Self::Unstuffed,
        Self::SevenBits,
        Self::Text,
        Self::Reassembled,
        Self::Decrypted,
        Self::Texts,
    ];

    /// The name, as shown and as the JSON has it: `wire`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Unstuffed => "unstuffed",
            Self::SevenBits => "seven bits",
            Self::Text => "text",
            Self::Reassembled => "reassembled",
            Self::Decrypted => "decrypted",
            Self::Texts => "texts",
        }
    }
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
