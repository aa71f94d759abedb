//! Which lengths a frame can have: all that stands for a length field in this family.

use super::layout;
use super::wire::{HEAD, LONGEST, SHORTEST};
use crate::protocol::Source;

/// A set of frame lengths up to [`LONGEST`], a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lengths(u64);

impl Lengths {
    /// No length.
    pub(super) const NONE: Self = Self(0);

    /// What the list of commands says of a frame that starts with these bytes (at least [`HEAD`], one more to
    /// tell the answers to 86 apart). Empty for commands that no list knows.
    pub(super) fn of(head: &[u8], source: Source) -> Self {
        let Some(layout) = head.get(HEAD - 1).and_then(|code| layout::of(*code)) else {
            return Self::NONE;
        };
        let mut lengths = Self::NONE.with(SHORTEST + layout.request_size());
        if source != Source::Requests
            && let Some(size) = layout.reply_size(head.get(HEAD).copied())
        {
            lengths = lengths.with(SHORTEST + size);
        }
        lengths
    }

    /// With one more.
    pub(super) const fn with(self, length: usize) -> Self {
        if length <= LONGEST { Self(self.0 | 1 << length) } else { self }
    }

    /// Whether a length is among them.
    pub(super) const fn has(self, length: usize) -> bool {
        length <= LONGEST && self.0 & 1 << length != 0
    }

    /// Whether one of them is larger than `length`.
    pub(super) const fn has_longer(self, length: usize) -> bool {
        length < LONGEST && self.0 >> (length + 1) != 0
    }

    /// Whether there are none.
    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All of them, the shortest first.
    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let length = (rest != 0).then(|| rest.trailing_zeros() as usize);
            rest &= rest.wrapping_sub(1);
            length
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(code: u8, first: u8, source: Source) -> Vec<usize> {
        Lengths::of(&[0, 0, 0, 0, code, first], source).iter().collect()
    }

    #[test]
    fn requests_have_one_length_and_the_other_streams_two() {
        assert_eq!(lengths(0x27, 0, Source::Requests), [7]);
        assert_eq!(lengths(0x27, 0, Source::Replies), [7, 23]);
        assert_eq!(lengths(0x02, 0, Source::Both), [7, 14]);
        assert_eq!(lengths(0x32, 0, Source::Both), [8, 23]);
    }

    #[test]
    fn answers_to_86_are_told_apart_by_the_number_they_repeat() {
        assert_eq!(lengths(0x86, 0, Source::Both), [8, 11]);
        assert_eq!(lengths(0x86, 2, Source::Both), [8, 13]);
        assert_eq!(lengths(0x86, 9, Source::Both), [8]);
    }

    #[test]
    fn nothing_is_known_of_commands_outside_the_list() {
        assert!(Lengths::of(&[0, 0, 0, 0, 0xEE, 0], Source::Both).is_empty());
        assert!(Lengths::of(&[0, 0], Source::Both).is_empty());
        assert!(Lengths::default().with(23).has_longer(22) && !Lengths::default().with(23).has_longer(23));
    }
}
