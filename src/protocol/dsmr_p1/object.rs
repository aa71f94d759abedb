//! References to objects, the beginning of every data line: `1-0:1.8.1`.

use crate::reading::Code;

/// An OBIS reference `A-B:C.D.E`, each group 0 to 255 (IEC 62056-61).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Object {
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
pub enum Spelling {
    /// Nothing.
    Plain,
    /// Group F is printed: `.255` or `*255`.
    WithF,
    /// A colon where a dot belongs: a misprint that the specifications themselves have.
    Colon,
}

impl Object {
    /// Groups C, D and E: what it measures.
    pub const fn code(self) -> Code {
        Code::new(self.c, self.d, self.e)
    }

    /// The reference that bytes begin with, how many of them it takes, and how it is spelled.
    #[expect(clippy::many_single_char_names, reason = "the groups of a reference are called by letters")]
    pub fn read(bytes: &[u8]) -> Option<(Self, usize, Spelling)> {
        let (a, rest) = group(bytes)?;
        let [b'-', rest @ ..] = rest else { return None };
        let (b, rest) = group(rest)?;
        let [b':', rest @ ..] = rest else { return None };
        let (c, rest) = group(rest)?;
        let [first @ (b'.' | b':'), rest @ ..] = rest else { return None };
        let (d, rest) = group(rest)?;
        let [second @ (b'.' | b':'), rest @ ..] = rest else { return None };
        let (e, rest) = group(rest)?;
        let (spelling, rest) = match rest {
            [b'.' | b'*', behind @ ..] => (Spelling::WithF, group(behind)?.1),
            _ if *first == b':' || *second == b':' => (Spelling::Colon, rest),
            _ => (Spelling::Plain, rest),
        };
        Some((Self { a, b, c, d, e }, bytes.len() - rest.len(), spelling))
    }
}

/// One to three digits of at most 255, and what follows them.
#[inline]
fn group(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (one, rest) = digit(bytes)?;
    let Some((two, behind)) = digit(rest) else { return Some((one, rest)) };
    let value = one * 10 + two;
    let Some((three, rest)) = digit(behind) else { return Some((value, behind)) };
    let value = u8::try_from(u16::from(value) * 10 + u16::from(three)).ok()?;
    if digit(rest).is_some() { None } else { Some((value, rest)) }
}

#[inline]
fn digit(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (byte, rest) = bytes.split_first()?;
    byte.is_ascii_digit().then_some((byte & 0x0F, rest))
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
    fn what_is_no_reference_is_none() {
        for text in
            ["1,0:2.7.0(0)", "1-0:2.7(0)", "1-0:256.7.0(0)", "1-0:0001.7.0(0)", "(00001.001)", "", "1-0:"]
        {
            assert_eq!(Object::read(text.as_bytes()), None, "{text}");
        }
    }
}
