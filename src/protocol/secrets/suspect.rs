//! Bytes in which secrets are looked for.

use std::ops::Range;

/// What is known of the line around the bytes of a frame or of noise.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The bytes of the same way before them, the last ones.
    pub before: &'a [u8],
    /// The bytes of the same way behind them, the first ones.
    pub after: &'a [u8],
    /// Secret bytes of what was sent lately.
    pub sent: &'a [Vec<u8>],
}

/// Bytes in which passwords are looked for.
#[derive(Debug, Clone)]
pub struct Suspect<'a> {
    /// The bytes with those around them.
    pub bytes: &'a [u8],
    /// Which of them are one frame or one run of noise: there a message may begin or end.
    pub entry: Range<usize>,
    /// Whether the first of them is the first of the stream, and the last the last so far: no more were there to
    /// be handed in.
    pub is_all: [bool; 2],
    /// Whether a checksum says that they are one whole frame, of whichever protocol.
    pub is_sound: bool,
}

impl Suspect<'_> {
    /// Whether a cut message could begin at `at`.
    #[must_use]
    pub const fn begins(&self, at: usize) -> bool {
        let [is_first, _] = self.is_all;
        at == self.entry.start || (at == 0 && is_first)
    }

    /// Whether a cut message could end at `at`.
    #[must_use]
    pub const fn ends(&self, at: usize) -> bool {
        let [_, is_last] = self.is_all;
        at == self.entry.end || (at == self.bytes.len() && is_last)
    }
}
