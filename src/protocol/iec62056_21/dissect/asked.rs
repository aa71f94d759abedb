//! What the request of an answer asked for.

use crate::protocol::iec62056_21::message::{Message, parse};

/// A request's data set.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// The address: `0F0880FF`, `EMD01`.
    pub address: &'a [u8],
    /// What stands in its brackets, up to the last closing one.
    pub argument: &'a [u8],
}

impl<'a> Asked<'a> {
    /// From the bytes of a request, parity bits taken out; `None` when it has no data set.
    pub(crate) fn new(request: &'a [u8]) -> Option<Self> {
        let content = match parse(request) {
            Message::Command(command) | Message::Fast(_, command) => command.block.content,
            _ => return None,
        };
        Self::of(request.get(content)?)
    }

    /// From a data set.
    pub(crate) fn of(content: &'a [u8]) -> Option<Self> {
        let open = content.iter().position(|byte| *byte == b'(').unwrap_or(content.len());
        let close = content.iter().rposition(|byte| *byte == b')').unwrap_or(content.len());
        let argument = content.get(open + 1..close).unwrap_or_default();
        Some(Self { address: content.get(..open)?, argument })
    }

    /// An argument by its place, counted from 0, with commas between them.
    pub(crate) fn part(&self, index: usize) -> Option<&'a [u8]> {
        self.argument.split(|byte| *byte == b',').nth(index)
    }

    /// Whether an answer to this can stand under a name: under that asked for, and of a group or an archive of all
    /// energies under those of its parts.
    pub(crate) fn may_answer_as(&self, name: &[u8]) -> bool {
        let asked = self.address;
        let name = name.trim_ascii();
        if asked.is_empty() || name.eq_ignore_ascii_case(asked) {
            return true;
        }
        match asked {
            b"GROUP" | b"GRPNM" => self.argument.windows(name.len().max(1)).any(|part| part == name),
            [kind @ .., b'0', b'0'] => name.len() == asked.len() && name.starts_with(kind),
            _ => false,
        }
    }

    /// The mask of values that a group read asks of a parameter: `400B(7)`.
    pub(crate) fn mask(&self, name: &[u8]) -> Option<u32> {
        let at = self.argument.windows(name.len()).position(|window| window == name)?;
        let rest = self.argument.get(at + name.len()..)?.strip_prefix(b"(")?;
        hex(rest.split(|byte| *byte == b')').next()?)
    }
}

/// A hex number of at most eight digits.
pub(super) fn hex(text: &[u8]) -> Option<u32> {
    crate::frame::hex::number(text).filter(|_| text.len() <= 8)?.try_into().ok()
}

/// The place of the set bit number `nth` of a mask, both from 0.
pub(super) fn nth_bit(mask: u32, nth: usize) -> Option<u8> {
    (0u8..32).filter(|bit| mask >> bit & 1 == 1).nth(nth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_read_tells_the_mask_of_each_parameter() {
        let asked = Asked::new(b"/?00000211!\x01R1\x02GROUP(400B(7)400D(1)5003(1))\x03h").unwrap();
        assert_eq!((asked.mask(b"400B"), asked.mask(b"400D"), asked.mask(b"4001")), (Some(7), Some(1), None));
        assert_eq!((nth_bit(0b1010, 0), nth_bit(0b1010, 1), nth_bit(0b1010, 2)), (Some(1), Some(3), None));
    }
}
