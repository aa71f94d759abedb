//! Data sets, `address(value*unit)`, read as meters write them and not as the standard demands.
//!
//! Met in the field: several sets in a line, values of one address on following lines or the address repeated
//! for each, no address at all, brackets inside brackets, a blank before the unit, lines ended by LF LF, `!`
//! right behind the last set.

use std::ops::Range;

/// A piece of the text of a data message. Pieces follow each other without gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// The address of the values that follow.
    Address(Range<usize>),
    /// An opening bracket.
    Open(usize),
    /// A value, with its unit if it has one; may be empty.
    Value(Range<usize>),
    /// A closing bracket.
    Close(usize),
    /// CR, LF or several of them.
    LineEnd(Range<usize>),
    /// The `!` behind the last line.
    Mark(usize),
}

/// The tokens of a text, with indices counted from `offset`.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    text: &'a [u8],
    offset: usize,
    at: usize,
    inside: bool,
}

impl<'a> Tokens<'a> {
    /// Of `text`, which begins at `offset` of its frame.
    pub(super) const fn new(text: &'a [u8], offset: usize) -> Self {
        Self { text, offset, at: 0, inside: false }
    }

    fn take(&mut self, len: usize) -> Range<usize> {
        let from = self.offset + self.at;
        self.at += len;
        from..from + len
    }

    /// How far a value goes: up to the bracket that closes it, or to the end of its line when none does.
    fn value(rest: &[u8]) -> usize {
        let mut depth = 0usize;
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => return at,
                b')' => depth -= 1,
                b'\r' | b'\n' => {
                    // A bracket that was opened inside and never closed: the first closing one counts.
                    let line = rest.get(..at).unwrap_or_default();
                    return line.iter().position(|byte| *byte == b')').unwrap_or(at);
                }
                _ => {}
            }
        }
        rest.iter().position(|byte| *byte == b')').filter(|_| depth > 0).unwrap_or(rest.len())
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if self.inside {
            self.inside = false;
            let len = Self::value(rest);
            return Some(Token::Value(self.take(len)));
        }
        let run = |of: fn(u8) -> bool| rest.iter().position(|byte| !of(*byte)).unwrap_or(rest.len());
        Some(match rest.first()? {
            b'(' => {
                self.inside = true;
                Token::Open(self.take(1).start)
            }
            b')' => Token::Close(self.take(1).start),
            b'\r' | b'\n' => Token::LineEnd(self.take(run(|byte| matches!(byte, b'\r' | b'\n')))),
            b'!' => Token::Mark(self.take(1).start),
            _ => Token::Address(self.take(run(|byte| !matches!(byte, b'(' | b')' | b'\r' | b'\n' | b'!')))),
        })
    }
}

/// A value taken apart: the number or text, and what stands behind `*`, a blank or `&`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    /// The value itself, without padding.
    pub value: Range<usize>,
    /// Its unit.
    pub unit: Range<usize>,
}

/// Takes the value at `span` of `text` apart.
pub(super) fn parts(text: &[u8], span: &Range<usize>) -> Parts {
    let bytes = text.get(span.clone()).unwrap_or_default();
    let star = bytes.iter().rposition(|byte| *byte == b'*');
    let split = star.or_else(|| blank_before_unit(bytes));
    let end = split.unwrap_or(bytes.len());
    let unit = split.map_or(span.end, |at| span.start + at + 1)..span.end;
    let value = bytes.get(..end).unwrap_or_default();
    let from = value.iter().position(|byte| *byte != b' ').unwrap_or(end);
    let to = value.iter().rposition(|byte| *byte != b' ').map_or(from, |at| at + 1);
    Parts { value: span.start + from..span.start + to, unit }
}

/// The blank in `024562 kWh`.
fn blank_before_unit(bytes: &[u8]) -> Option<usize> {
    let at = bytes.iter().rposition(|byte| *byte == b' ')?;
    let number = bytes.get(..at)?;
    let unit = bytes.get(at + 1..)?;
    let is_number = number.iter().any(u8::is_ascii_digit)
        && number.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b' '));
    (is_number && super::obis::unit(unit).is_some()).then_some(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let part = |range: &Range<usize>| text[range.clone()].to_owned();
        Tokens::new(text.as_bytes(), 0)
            .filter_map(|token| match token {
                Token::Address(range) => Some(part(&range)),
                Token::Value(range) => Some(format!("={}", part(&range))),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn sets_are_found_in_every_style() {
        assert_eq!(shown("ET0PE(68.42)\r\n(45.54)\r\n"), ["ET0PE", "=68.42", "=45.54"]);
        assert_eq!(shown("400B(E12)(118.8)400D(50.01)"), ["400B", "=E12", "=118.8", "400D", "=50.01"]);
        assert_eq!(shown("1-0:0.2.0((ER11))\r\n"), ["1-0:0.2.0", "=(ER11)"]);
        assert_eq!(shown("1.6*1(000013,0)!\r\n"), ["1.6*1", "=000013,0"]);
        assert_eq!(shown("(0033402.264*kWh)"), ["=0033402.264*kWh"]);
        assert_eq!(shown("1.8.0(12"), ["1.8.0", "=12"]);
    }

    #[test]
    fn units_are_split_off() {
        let split = |text: &str| {
            let parts = parts(text.as_bytes(), &(0..text.len()));
            (text[parts.value].to_owned(), text[parts.unit].to_owned())
        };
        assert_eq!(split("024562 kWh"), ("024562".into(), "kWh".into()));
        assert_eq!(split("          120858"), ("120858".into(), String::new()));
        assert_eq!(split("-000115.94*W"), ("-000115.94".into(), "W".into()));
        assert_eq!(split("        "), (String::new(), String::new()));
        assert_eq!(split("20-12-30 16:24"), ("20-12-30 16:24".into(), String::new()));
    }

    proptest! {
        #[test]
        fn tokens_tile_any_text(text in "[ -~\r\n]{0,80}") {
            let mut next = 0;
            for token in Tokens::new(text.as_bytes(), 0) {
                let range = match token {
                    Token::Address(r) | Token::Value(r) | Token::LineEnd(r) => r,
                    Token::Open(at) | Token::Close(at) | Token::Mark(at) => at..at + 1,
                };
                prop_assert_eq!(range.start, next);
                next = range.end;
            }
            prop_assert_eq!(next, text.len());
        }
    }
}
