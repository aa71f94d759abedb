//! References to objects, the beginning of every data line: `1-0:1.8.1`.

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
    /// The reference that bytes begin with, how many of them it takes, and how it is spelled.
    pub fn read(bytes: &[u8]) -> Option<(Self, usize, Spelling)> {
        let mut at = 0;
        let mut object = Self { a: group(bytes, &mut at)?, b: 0, c: 0, d: 0, e: 0 };
        mark(bytes, &mut at, b"-")?;
        object.b = group(bytes, &mut at)?;
        mark(bytes, &mut at, b":")?;
        object.c = group(bytes, &mut at)?;
        let first = mark(bytes, &mut at, b".:")?;
        object.d = group(bytes, &mut at)?;
        let second = mark(bytes, &mut at, b".:")?;
        object.e = group(bytes, &mut at)?;
        let mut spelling = if first == b':' || second == b':' { Spelling::Colon } else { Spelling::Plain };
        if matches!(bytes.get(at), Some(b'.' | b'*')) {
            at += 1;
            group(bytes, &mut at)?;
            spelling = Spelling::WithF;
        }
        Some((object, at, spelling))
    }
}

/// One to three digits of at most 255.
fn group(bytes: &[u8], at: &mut usize) -> Option<u8> {
    let mut value = 0u16;
    let from = *at;
    while let Some(digit @ b'0'..=b'9') = bytes.get(*at) {
        value = value * 10 + u16::from(digit - b'0');
        *at += 1;
        if *at - from > 3 {
            return None;
        }
    }
    if *at == from { None } else { u8::try_from(value).ok() }
}

fn mark(bytes: &[u8], at: &mut usize, allowed: &[u8]) -> Option<u8> {
    let found = *bytes.get(*at)?;
    *at += 1;
    allowed.contains(&found).then_some(found)
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
