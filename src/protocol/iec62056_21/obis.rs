//! OBIS and EDIS codes as readouts write them, and their units.

use crate::reading::{Code, Unit};

/// A code of a data line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Obis {
    /// Groups C, D and E; a missing E is 0.
    pub code: Code,
    /// Group F when it names a period before: `*01`; `None` for now.
    pub back: Option<u8>,
}

/// Reads `1-0:1.8.0*255`, `1.8.0`, `32.7`, `1.6*1`, `C.1.0`; `None` for anything else.
pub(super) fn parse(text: &[u8]) -> Option<Obis> {
    let text =
        text.iter().rposition(|byte| *byte == b':').map_or(text, |at| text.get(at + 1..).unwrap_or(text));
    let split = text.iter().position(|byte| matches!(byte, b'*' | b'&'));
    let (groups, back) = match split {
        Some(at) => (text.get(..at)?, Some(number(text.get(at + 1..)?)?)),
        None => (text, None),
    };
    let mut parts = groups.split(|byte| *byte == b'.');
    let (c, d) = (number(parts.next()?)?, number(parts.next()?)?);
    let e = parts.next().map_or(Some(0), number)?;
    if parts.next().is_some() {
        return None;
    }
    Some(Obis { code: Code::new(c, d, e), back: back.filter(|back| *back != 255) })
}

/// A group: a number, or a letter that stands for one (IEC 62056-61: C 96, F 97, L 98, P 99).
fn number(text: &[u8]) -> Option<u8> {
    match text {
        b"C" => return Some(96),
        b"F" => return Some(97),
        b"L" => return Some(98),
        b"P" => return Some(99),
        _ => {}
    }
    if text.is_empty() || text.len() > 3 {
        return None;
    }
    text.iter().try_fold(0u8, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// The unit that readouts write so, in any case.
pub(super) fn unit(text: &[u8]) -> Option<Unit> {
    const OTHER: &[(&str, Unit)] = &[
        ("kVArh", Unit::KilovarHour),
        ("VArh", Unit::VarHour),
        ("kVAr", Unit::Kilovar),
        ("C", Unit::Celsius),
        ("Grad", Unit::Degree),
        ("Deg", Unit::Degree),
    ];
    let symbol = |symbol: &str| symbol.as_bytes().eq_ignore_ascii_case(text);
    let known = Unit::ALL.iter().copied().find(|unit| symbol(unit.symbol()));
    known.or_else(|| OTHER.iter().find(|(name, _)| symbol(name)).map(|(_, unit)| *unit))
}

/// The plain name of letters that stand where a code has numbers.
pub(super) fn named(text: &[u8]) -> Option<&'static str> {
    let text =
        text.iter().rposition(|byte| *byte == b':').map_or(text, |at| text.get(at + 1..).unwrap_or(text));
    let text = text.split(|byte| *byte == b'*').next().unwrap_or(text);
    Some(match text {
        b"F.F" | b"FF" | b"F.F.0" => "error register",
        b"C.1.1" => "manufacturing number",
        b"C.1.6" => "firmware checksum",
        b"C.5.0" => "status",
        b"C.7.0" => "count of power failures",
        b"P.01" => "load profile",
        b"P.98" => "operational log",
        b"P.99" => "standard log",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_however_short_they_are() {
        let read = |text: &str| parse(text.as_bytes()).map(|o| (o.code.to_string(), o.back));
        assert_eq!(read("1-0:1.8.0*255"), Some(("1.8.0".into(), None)));
        assert_eq!(read("32.7"), Some(("32.7.0".into(), None)));
        assert_eq!(read("1.6*1"), Some(("1.6.0".into(), Some(1))));
        assert_eq!(read("1-0:21.7.255*255"), Some(("21.7.255".into(), None)));
        assert_eq!(read("C.1.0"), Some(("96.1.0".into(), None)));
        assert_eq!(read("0-0:C.51.2*03"), Some(("96.51.2".into(), Some(3))));
        assert_eq!(read("F.F"), Some(("97.97.0".into(), None)));
        for other in ["FF", "ET0PE", "1", "1.8.0.0", "3:171.0*x", "256.1", ""] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn units_are_known_in_their_spellings() {
        assert_eq!(unit(b"kWh"), Some(Unit::KilowattHour));
        assert_eq!(unit(b"kVArh"), Some(Unit::KilovarHour));
        assert_eq!(unit(b"kvarh"), Some(Unit::KilovarHour));
        assert_eq!(unit(b"W"), Some(Unit::Watt));
        assert_eq!(unit(b"P/S"), None);
    }
}
