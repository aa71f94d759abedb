//! References to objects, the beginning of every data line: `1-0:1.8.1`.

use crate::reading::Code;

/// An OBIS reference `A-B:C.D.E`, each group 0 to 255 (IEC 62056-61).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Object {
    /// Medium: 0 abstract, 1 electricity, 5 heat, 6 cold, 7 gas, 8 water.
    pub a: u8,
    /// Channel.
    pub b: u8,
    /// Quantity.
    pub c: u8,
    /// Kind of value.
    pub d: u8,
    /// Tariff.
    pub e: u8,
}

/// What is odd about the way a reference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Nothing.
    Plain,
    /// Group F is printed: `.255` or `*255`.
    WithF,
    /// A colon where a dot belongs: a misprint that the specifications themselves have.
    Colon,
}

/// Bytes of the longest reference, with group F, and the one behind it. Where so many are looked at whatever they
/// are, no step asks whether there is one more.
const WINDOW: usize = 24;

impl Object {
    /// Groups C, D and E: what it measures.
    pub(super) const fn code(self) -> Code {
        Code::new(self.c, self.d, self.e)
    }

    /// The reference that bytes begin with, how many of them it takes, and how it is spelled.
    #[expect(clippy::many_single_char_names, reason = "the groups of a reference are called by letters")]
    #[expect(clippy::inline_always, reason = "every line begins with one: carrying it around costs as much")]
    #[inline(always)]
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, usize, Spelling)> {
        let padded;
        let bytes = if let Some(window) = bytes.first_chunk() {
            window
        } else {
            padded = pad(bytes);
            &padded
        };
        let byte = |at: usize| bytes.get(at).copied();
        let (a, dash) = group(bytes, 0)?;
        let (b, colon) = group(bytes, dash + 1)?;
        let (c, first) = group(bytes, colon + 1)?;
        let (d, second) = group(bytes, first + 1)?;
        let (e, end) = group(bytes, second + 1)?;
        let dots = match (byte(dash)?, byte(colon)?, byte(first)?, byte(second)?) {
            (b'-', b':', b'.', b'.') => Spelling::Plain,
            (b'-', b':', b'.' | b':', b'.' | b':') => Spelling::Colon,
            _ => return None,
        };
        let (end, spelling) = match byte(end) {
            Some(b'.' | b'*') => (group(bytes, end + 1)?.1, Spelling::WithF),
            _ => (end, dots),
        };
        Some((Self { a, b, c, d, e }, end, spelling))
    }
}

/// Bytes at the end of a text, with zeros behind them.
#[cold]
fn pad(bytes: &[u8]) -> [u8; WINDOW] {
    let mut padded = [0; WINDOW];
    padded.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    padded
}

/// One to three digits of at most 255 that stand at a place, and the place behind them.
#[inline]
fn group(bytes: &[u8; WINDOW], at: usize) -> Option<(u8, usize)> {
    let one = digit(bytes, at)?;
    let Some(two) = digit(bytes, at + 1) else { return Some((one, at + 1)) };
    let two = one * 10 + two;
    let Some(three) = digit(bytes, at + 2) else { return Some((two, at + 2)) };
    let three = two.checked_mul(10)?.checked_add(three)?;
    digit(bytes, at + 3).is_none().then_some((three, at + 3))
}

#[inline]
fn digit(bytes: &[u8; WINDOW], at: usize) -> Option<u8> {
    bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_in_every_spelling_that_is_met() {
        let sag = Object { a: 1, b: 0, c: 72, d: 32, e: 0 };
        assert_eq!(Object::read(b"1-0:72.32.0(00000)"), Some((sag, 11, Spelling::Plain)));
        assert_eq!(Object::read(b"1-0:72:32.0(00000)"), Some((sag, 11, Spelling::Colon)));
        assert_eq!(Object::read(b"1-0:72.32.0*255(0)"), Some((sag, 15, Spelling::WithF)));
        assert_eq!(Object::read(b"1-0:72.32.0.255(0)"), Some((sag, 15, Spelling::WithF)));
    }

    #[test]
    fn a_reference_of_any_length_is_read_at_the_end_of_a_text_as_within_it() {
        let short = Object { a: 1, b: 0, c: 1, d: 8, e: 0 };
        let long = Object { a: 255, b: 255, c: 255, d: 255, e: 255 };
        for (text, object) in [("1-0:1.8.0", short), ("255-255:255.255.255*255", long)] {
            for behind in ["", "(", "(000123.456*kWh)\r\n"] {
                let found = Object::read([text, behind].concat().as_bytes());
                assert_eq!(found.map(|(object, width, _)| (object, width)), Some((object, text.len())));
            }
        }
        assert_eq!(Object::read(b"255-255:255.255.255*2555"), None);
    }

    #[test]
    fn what_is_no_reference_is_none() {
        for text in
            ["1,0:2.7.0(0)", "1-0:2.7(0)", "1-0:256.7.0(0)", "1-0:0001.7.0(0)", "(00001.001)", "", "1-0:"]
        {
            assert_eq!(Object::read(text.as_bytes()), None, "{text}");
        }
    }
}
