//! What stands between the brackets: numbers with units, time stamps, text in hex.

use crate::reading::{Decimal, MeterTime, Unit, Zone};

/// A number as a meter sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number with all its decimals.
    pub value: Decimal,
    /// Its unit; none where the meter sent none or one that is not known.
    pub unit: Unit,
    /// How many of the bytes are the number, without unit and star.
    pub digits: usize,
    /// How the unit stands.
    pub style: Style,
}

/// How a unit is attached to its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// There is none.
    Bare,
    /// By a star, as it should be.
    Star,
    /// Directly.
    NoStar,
    /// By a star, but it is not a known one.
    Foreign,
}

impl Number {
    /// Reads `003808.351*kWh`, `-0.910`, `(001247.747kWh`: digits with at most one point and a leading sign,
    /// then the unit. More digits than 64 bits hold are no number but an identifier.
    pub fn read(text: &[u8]) -> Option<Self> {
        let (value, digits) = decimal(text)?;
        let (unit, style) = match text.get(digits..)? {
            [] => (Unit::None, Style::Bare),
            [b'*', name @ ..] => unit(name).map_or((Unit::None, Style::Foreign), |unit| (unit, Style::Star)),
            name => (unit(name)?, Style::NoStar),
        };
        Some(Self { value, unit, digits, style })
    }
}

/// Digits that 64 bits hold whatever they are.
const SAFE_DIGITS: usize = 19;

/// The most digits of a number: all before the last 19 or so can only be zeros.
const MOST_DIGITS: usize = 24;

/// The number that bytes begin with and how many of them it takes.
fn decimal(text: &[u8]) -> Option<(Decimal, usize)> {
    let signed = matches!(text.first(), Some(b'-' | b'+'));
    let unsigned = text.get(usize::from(signed)..)?;
    let (sum, rest) = append(0, unsigned);
    let whole = unsigned.len() - rest.len();
    let (sum, rest, fraction) = match rest {
        [b'.', behind @ ..] => {
            let (sum, rest) = append(sum, behind);
            (sum, rest, behind.len() - rest.len())
        }
        rest => (sum, rest, 0),
    };
    let magnitude = match whole + fraction {
        1..=SAFE_DIGITS => sum,
        count if (1..=MOST_DIGITS).contains(&count) => checked(unsigned.get(..unsigned.len() - rest.len())?)?,
        _ => return None,
    };
    let decimals = fraction as u8;
    let value = if text.first() == Some(&b'-') {
        Decimal::signed(i64::try_from(magnitude).ok()?.checked_neg()?, decimals)
    } else {
        Decimal::new(magnitude, decimals)
    };
    Some((value, text.len() - rest.len()))
}

/// A number with the digits put behind it that bytes begin with, and what follows them. Right as long as there are no
/// more than [`SAFE_DIGITS`].
#[inline]
fn append(mut number: u64, bytes: &[u8]) -> (u64, &[u8]) {
    let mut rest = bytes;
    while let [digit @ b'0'..=b'9', behind @ ..] = rest {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit & 0x0F));
        rest = behind;
    }
    (number, rest)
}

/// The number of digits with perhaps a point among them, if 64 bits hold it.
fn checked(text: &[u8]) -> Option<u64> {
    let mut digits = text.iter().filter(|byte| byte.is_ascii_digit());
    digits.try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit & 0x0F)))
}

/// The unit of a name in any case.
fn unit(name: &[u8]) -> Option<Unit> {
    UNITS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes())).map(|(_, unit)| *unit)
}

/// The units that telegrams carry. Case differs from maker to maker: kVArh, kvarh.
static UNITS: [(&str, Unit); 22] = [
    ("kW", Unit::Kilowatt),
    ("kWh", Unit::KilowattHour),
    ("V", Unit::Volt),
    ("A", Unit::Ampere),
    ("s", Unit::Second),
    ("m3", Unit::CubicMetre),
    ("kvar", Unit::Kilovar),
    ("kvarh", Unit::KilovarHour),
    ("kVA", Unit::KilovoltAmpere),
    ("kVAh", Unit::KilovoltAmpereHour),
    ("W", Unit::Watt),
    ("Wh", Unit::WattHour),
    ("var", Unit::Var),
    ("varh", Unit::VarHour),
    ("VA", Unit::VoltAmpere),
    ("VAh", Unit::VoltAmpereHour),
    ("Hz", Unit::Hertz),
    ("GJ", Unit::Gigajoule),
    ("MJ", Unit::Megajoule),
    ("kV", Unit::Kilovolt),
    ("kA", Unit::Kiloampere),
    ("kHz", Unit::Kilohertz),
];

/// A time stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// A time that was.
    Set(MeterTime),
    /// The time a clock starts with: it has not been set.
    Default(MeterTime),
    /// No time at all, such as 632525252525W.
    Impossible,
}

impl Stamp {
    /// Reads `YYMMDDhhmmss` with S (daylight saving) or W (not) behind it, or in the old versions nothing; `None`
    /// for anything of another form.
    pub fn read(text: &[u8]) -> Option<Self> {
        let (digits, zone) = match text {
            [digits @ .., b'S' | b's'] => (digits, Zone::Summer),
            [digits @ .., b'W' | b'w'] => (digits, Zone::Winter),
            digits => (digits, Zone::Unknown),
        };
        let digits: &[u8; 12] = digits.try_into().ok()?;
        Self::of(digits, zone)
    }

    /// Reads `19-01-01 00:00:00`, the form of the oldest meters.
    pub fn read_dashed(text: &[u8]) -> Option<Self> {
        let digits = match text {
            [y1, y2, b'-', m1, m2, b'-', d1, d2, b' ', h1, h2, b':', n1, n2, b':', s1, s2] => {
                [*y1, *y2, *m1, *m2, *d1, *d2, *h1, *h2, *n1, *n2, *s1, *s2]
            }
            _ => return None,
        };
        Self::of(&digits, Zone::Unknown)
    }

    fn of(digits: &[u8; 12], zone: Zone) -> Option<Self> {
        let mut parts = [0u8; 6];
        for (part, pair) in parts.iter_mut().zip(digits.chunks_exact(2)) {
            *part = pair.iter().try_fold(0u8, |value, byte| {
                byte.is_ascii_digit().then(|| value.wrapping_mul(10).wrapping_add(byte - b'0'))
            })?;
        }
        let [year, month, day, hour, minute, second] = parts;
        let time = MeterTime { zone, ..MeterTime::date(2000 + u16::from(year), month, day) }
            .at(hour, minute, second);
        Some(match (year, month, day) {
            _ if !is_possible(parts) => Self::Impossible,
            (70, 1, 1) => Self::Default(MeterTime { year: Some(1970), ..time }),
            (0, 1, 1) => Self::Default(time),
            _ => Self::Set(time),
        })
    }

    /// The time, if it was set.
    pub const fn time(self) -> Option<MeterTime> {
        match self {
            Self::Set(time) => Some(time),
            Self::Default(_) | Self::Impossible => None,
        }
    }
}

/// Whether there is such a time, in years of two digits from 2000.
fn is_possible([year, month, day, hour, minute, second]: [u8; 6]) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(year % 4 == 0),
        _ => 0,
    };
    (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60
}

/// Appends the octets of hex digits; leaves `out` as it was when they are none.
pub fn unhex(text: &[u8], out: &mut Vec<u8>) -> bool {
    let from = out.len();
    out.reserve(text.len() / 2);
    let nibble = |byte: u8| char::from(byte).to_digit(16);
    for pair in text.chunks(2) {
        let octet = match *pair {
            [high, low] => nibble(high).zip(nibble(low)).map(|(high, low)| (high << 4 | low) as u8),
            _ => None,
        };
        let Some(octet) = octet else {
            out.truncate(from);
            return false;
        };
        out.push(octet);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<(String, Unit, Style)> {
        Number::read(text.as_bytes()).map(|n| (n.value.to_string(), n.unit, n.style))
    }

    #[test]
    fn numbers_keep_their_decimals_and_find_their_unit_in_any_case() {
        assert_eq!(shown("003808.351*kWh"), Some(("3808.351".into(), Unit::KilowattHour, Style::Star)));
        assert_eq!(shown("00000003.997*kVArh"), Some(("3.997".into(), Unit::KilovarHour, Style::Star)));
        assert_eq!(shown("001247.747kWh"), Some(("1247.747".into(), Unit::KilowattHour, Style::NoStar)));
        assert_eq!(shown("-063*A"), Some(("-63".into(), Unit::Ampere, Style::Star)));
        assert_eq!(shown("00.000"), Some(("0.000".into(), Unit::None, Style::Bare)));
        assert_eq!(shown("5*furlong"), Some(("5".into(), Unit::None, Style::Foreign)));
        assert_eq!(shown("2317482647*s"), Some(("2317482647".into(), Unit::Second, Style::Star)));
    }

    #[test]
    fn identifiers_and_texts_are_no_numbers() {
        for text in ["", ".", "-", "E0031", "12345678901234567890123456789012", "1.2.3", "12F", "ON", "12-34"]
        {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn stamps_say_whether_daylight_saving_is_in_force() {
        let read = |text: &str| Stamp::read(text.as_bytes());
        let shown = |text: &str| read(text).and_then(Stamp::time).map(|time| time.to_string());
        assert_eq!(shown("181106140429W").as_deref(), Some("2018-11-06 14:04:29 winter"));
        assert_eq!(shown("230724150730S").as_deref(), Some("2023-07-24 15:07:30 summer"));
        assert_eq!(shown("161107190000").as_deref(), Some("2016-11-07 19:00:00"));
        assert_eq!(shown("240229000000W").as_deref(), Some("2024-02-29 00:00:00 winter"));
        for unset in ["632525252525W", "000000000000S", "230229000000W", "230101240000W"] {
            assert_eq!(read(unset), Some(Stamp::Impossible), "{unset}");
        }
        for start in ["000101010000W", "700101010000W"] {
            assert!(matches!(read(start), Some(Stamp::Default(_))), "{start}");
        }
        for other in ["18110614042W", "181106140429X", "xxxxxxxxxxxxW", ""] {
            assert_eq!(read(other), None, "{other}");
        }
        let old = Stamp::read_dashed(b"19-01-01 00:00:00").and_then(Stamp::time).unwrap();
        assert_eq!(old.to_string(), "2019-01-01 00:00:00");
    }

    #[test]
    fn hex_is_undone_or_left_alone() {
        let mut out = b"x".to_vec();
        assert!(unhex(b"4B384547", &mut out));
        assert_eq!(out, b"xK8EG");
        assert!(!unhex(b"4B3", &mut out) && !unhex(b"4X", &mut out));
        assert_eq!(out, b"xK8EG");
    }
}
