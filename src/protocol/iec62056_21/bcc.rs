//! The block check character, and who computes it how.
//!
//! It covers every byte after the first SOH or STX up to and including the ETX or EOT, without parity bits.
//! NEVA and the makers of the west take the exclusive or (IEC 62056-21 names ISO 1155); Energomera adds. A CE208
//! or CE308 can be set to either, or to find out by itself (parameter `PRTzz`).

use super::{EKT, EMR, NEVA_1, NEVA_3};
use crate::frame::checksum::CheckKind;
use crate::protocol::Dialect;
use crate::reading::Check;

/// The check character over seven bits: one damaged block in 128 fits it.
pub(super) const CHECK: Check = Check::Bcc;

/// A way to compute the block check character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Exclusive or of the bytes, seven bits.
    Xor7,
    /// Sum of the bytes modulo 128.
    Add7,
}

impl Rule {
    /// The character for the bytes it covers.
    pub(super) fn of(self, covered: &[u8]) -> u8 {
        match self {
            Self::Xor7 => covered.iter().fold(0, |sum, byte| sum ^ byte) & 0x7F,
            Self::Add7 => covered.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) & 0x7F,
        }
    }

    /// As it is told: `BCC xor7`.
    pub(super) const fn name(self) -> &'static str {
        self.kind().name()
    }

    /// Its id.
    pub(super) const fn kind(self) -> CheckKind {
        match self {
            Self::Xor7 => CheckKind::Xor7,
            Self::Add7 => CheckKind::Add7,
        }
    }

    /// The other one.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Xor7 => Self::Add7,
            Self::Add7 => Self::Xor7,
        }
    }
}

/// Which rule a frame is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// This one alone.
    Only(Rule),
    /// Whichever fits, this one first.
    Auto(Rule),
}

impl Method {
    /// The method of a dialect.
    pub(super) fn of(dialect: Dialect) -> Self {
        match dialect {
            NEVA_1 | NEVA_3 => Self::Only(Rule::Xor7),
            EKT => Self::Only(Rule::Add7),
            EMR => Self::Auto(Rule::Add7),
            _ => Self::Auto(Rule::Xor7),
        }
    }

    /// The rule that the character follows, or the one it should have followed.
    pub(super) fn judge(self, covered: &[u8], found: u8) -> Result<Rule, Rule> {
        let (first, other) = match self {
            Self::Only(rule) => (rule, None),
            Self::Auto(rule) => (rule, Some(rule.other())),
        };
        if first.of(covered) == found {
            return Ok(first);
        }
        other.filter(|rule| rule.of(covered) == found).ok_or(first)
    }

    /// The rule to compute with.
    pub(super) const fn rule(self) -> Rule {
        match self {
            Self::Only(rule) | Self::Auto(rule) => rule,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_off_has_the_check_characters_of_the_books() {
        assert_eq!((Rule::Xor7.of(b"B0\x03"), Rule::Add7.of(b"B0\x03")), (0x71, 0x75));
    }

    #[test]
    fn auto_takes_either_and_names_the_first_when_none_fits() {
        let auto = Method::Auto(Rule::Xor7);
        assert_eq!(auto.judge(b"B0\x03", 0x75), Ok(Rule::Add7));
        assert_eq!(auto.judge(b"B0\x03", 0x00), Err(Rule::Xor7));
        assert_eq!(Method::Only(Rule::Xor7).judge(b"B0\x03", 0x75), Err(Rule::Xor7));
    }
}
