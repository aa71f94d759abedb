//! Judgements: good, bad with what was found and expected, or not checked and why.

use std::fmt;

/// What was found where something else was expected, as numbers of a given count of hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch {
    /// What the frame holds.
    pub found: u64,
    /// What it should hold.
    pub expected: u64,
    /// Hex digits to print both with.
    pub digits: u8,
    /// Whether a secret forbids to show them.
    is_hidden: bool,
}

impl Mismatch {
    /// What was found and expected, with the count of hex digits to print both with.
    #[must_use]
    pub const fn new(found: u64, expected: u64, digits: u8) -> Self {
        Self { found, expected, digits, is_hidden: false }
    }

    /// The same, never to be shown.
    pub(super) const fn hidden(self) -> Self {
        Self { is_hidden: true, ..self }
    }

    /// What it should hold as hex; `**` for each byte where a secret forbids to show it.
    #[must_use]
    pub fn expected_text(self) -> String {
        figure(self.expected, self.digits, self.is_hidden)
    }
}

/// A number as hex; `**` for each of its bytes when it is hidden.
pub(super) fn figure(number: u64, digits: u8, is_hidden: bool) -> String {
    if is_hidden {
        return "**".repeat(usize::from(digits.div_ceil(2)));
    }
    format!("{number:0width$X}", width = usize::from(digits))
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = figure(self.found, self.digits, self.is_hidden);
        write!(f, "{found}, expected {}", self.expected_text())
    }
}

/// Why something was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reason {
    /// There is no rule that this could break.
    #[default]
    NoRule,
    /// The protocol, or this message of it, has no checksum.
    NoChecksum,
    /// A key is needed and none was given.
    NoKey,
    /// No key that was given fits.
    WrongKey,
    /// The frame ends before its checksum.
    CutShort,
}

impl Reason {
    /// The reason in words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoRule => "nothing to check it against",
            Self::NoChecksum => "no checksum",
            Self::NoKey => "no key",
            Self::WrongKey => "no key fits",
            Self::CutShort => "cut short",
        }
    }
}

/// The judgement on a field or a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Checked and right.
    Good,
    /// Checked and wrong.
    Bad(Mismatch),
    /// Wrong in form: a stuffing, length or marker that the protocol does not allow.
    Malformed(&'static str),
    /// Not checked.
    Unchecked(Reason),
}

impl Default for Verdict {
    fn default() -> Self {
        Self::Unchecked(Reason::NoRule)
    }
}

impl Verdict {
    /// Good if `found` is `expected`, else bad with both.
    #[must_use]
    pub const fn compare(found: u64, expected: u64, digits: u8) -> Self {
        if found == expected { Self::Good } else { Self::Bad(Mismatch::new(found, expected, digits)) }
    }

    /// Whether it was checked and found wrong.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Bad(_) | Self::Malformed(_))
    }

    /// `good`, `bad` or `unchecked`: the word of the JSON contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad(_) | Self::Malformed(_) => "bad",
            Self::Unchecked(_) => "unchecked",
        }
    }
}
