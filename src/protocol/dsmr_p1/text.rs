//! What stands between the brackets: numbers with units, time stamps, text in hex.

use crate::reading::{Decimal, MeterTime, Unit, Zone};

/// A number as a meter sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
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
pub(super) enum Style {
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
    #[expect(clippy::inline_always, reason = "nearly every line has one: carrying it around costs as much")]
    #[inline(always)]
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let (value, digits) = decimal(text)?;
        let (unit, style) = match text.get(digits..)? {
            [] => (Unit::None, Style::Bare),
            [b'*', name @ ..] => unit(name).map_or((Unit::None, Style::Foreign), |unit| (unit, Style::Star)),
            name => (unit(name)?, Style::NoStar),
        };
        Some(Self { value, unit, digits, style })
    }
}

/// The most digits of a number: all before the last 19 or so can only be zeros.
const MOST_DIGITS: usize = 24;

/// Digits that 64 bits hold whatever they are.
const SAFE_DIGITS: usize = 19;

/// The number that bytes begin with and how many of them it takes.
#[expect(clippy::inline_always, reason = "a part of reading a number, which every line has")]
#[inline(always)]
fn decimal(text: &[u8]) -> Option<(Decimal, usize)> {
    let first = *text.first()?;
    let sign = usize::from(matches!(first, b'-' | b'+'));
    let (mut magnitude, mut end, mut point) = (0u64, sign, None);
    while let Some(byte) = text.get(end) {
        match byte {
            b'0'..=b'9' => magnitude = magnitude.wrapping_mul(10).wrapping_add(u64::from(byte & 0x0F)),
            b'.' if point.is_none() => point = Some(end),
            _ => break,
        }
        end += 1;
    }
    let digits = end - sign - usize::from(point.is_some());
    if digits > SAFE_DIGITS {
        magnitude = checked(text.get(sign..end)?).filter(|_| digits <= MOST_DIGITS)?;
    }
    let decimals = point.map_or(0, |point| end - point - 1) as u8;
    let value = match first {
        b'-' => Decimal::signed(i64::try_from(magnitude).ok()?.checked_neg()?, decimals),
        _ => Decimal::new(magnitude, decimals),
    };
    (digits > 0).then_some((value, end))
}

/// The number of digits with perhaps a point among them, if 64 bits hold it.
#[cold]
fn checked(text: &[u8]) -> Option<u64> {
    let mut digits = text.iter().filter(|byte| byte.is_ascii_digit());
    digits.try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit & 0x0F)))
}

/// The unit of a name in any case.
#[expect(clippy::inline_always, reason = "a part of reading a number, which every line has")]
#[inline(always)]
fn unit(name: &[u8]) -> Option<Unit> {
    let key = key(name);
    UNITS.iter().find(|(known, _)| *known == key).map(|(_, unit)| *unit)
}

/// A name of at most seven bytes in lower case as one number, led by a one, so that it is compared at once; 0 for
/// a longer one.
#[inline]
const fn key(name: &[u8]) -> u64 {
    let (mut key, mut rest) = (1, name);
    while let [byte, behind @ ..] = rest {
        key = key << 8 | byte.to_ascii_lowercase() as u64;
        rest = behind;
    }
    if name.len() < size_of::<u64>() { key } else { 0 }
}

/// The units that telegrams carry, the most frequent first. Case differs from maker to maker: kVArh, kvarh.
const NAMES: &[(&str, Unit)] = &[
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

/// The keys of [`NAMES`].
static UNITS: [(u64, Unit); NAMES.len()] = keys();

#[expect(clippy::indexing_slicing, reason = "the loop is bounded by the length; runs at compile time")]
const fn keys() -> [(u64, Unit); NAMES.len()] {
    let mut keys = [(0, Unit::None); NAMES.len()];
    let mut at = 0;
    while at < NAMES.len() {
        keys[at] = (key(NAMES[at].0.as_bytes()), NAMES[at].1);
        at += 1;
    }
    keys
}

/// A time stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
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
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let (digits, zone) = match text {
            [digits @ .., b'S' | b's'] => (digits, Zone::Summer),
            [digits @ .., b'W' | b'w'] => (digits, Zone::Winter),
            digits => (digits, Zone::Unknown),
        };
        let digits: &[u8; 12] = digits.try_into().ok()?;
        Self::of(digits, zone)
    }

    /// Reads `19-01-01 00:00:00`, the form of the oldest meters.
    pub(super) fn read_dashed(text: &[u8]) -> Option<Self> {
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
    pub(super) const fn time(self) -> Option<MeterTime> {
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
pub(super) fn unhex(text: &[u8], out: &mut Vec<u8>) -> bool {
    let from = out.len();
    let (pairs, odd) = text.as_chunks();
    let mut is_hex = odd.is_empty();
    out.extend(pairs.iter().map(|[high, low]| {
        let (high, low) = (nibble(*high), nibble(*low));
        is_hex &= high < 16 && low < 16;
        high << 4 | low & 0x0F
    }));
    if !is_hex {
        out.truncate(from);
    }
    is_hex
}

/// What a hex digit counts; more than 15 for any other byte.
#[inline]
const fn nibble(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => u8::MAX,
    }
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
    fn a_unit_is_known_by_all_of_its_name() {
        for (name, unit) in NAMES {
            for name in [(*name).to_owned(), name.to_lowercase(), name.to_uppercase()] {
                let found = Number::read(format!("1*{name}").as_bytes()).map(|number| number.unit);
                assert_eq!(found, Some(*unit), "{name}");
                for other in [format!("\0{name}"), format!("{name}\0"), format!("{name}{name}{name}")] {
                    let found = Number::read(format!("1*{other}").as_bytes()).map(|number| number.style);
                    assert_eq!(found, Some(Style::Foreign), "{other:?}");
                }
            }
        }
        assert_eq!(shown("1*m\u{13}"), Some(("1".into(), Unit::None, Style::Foreign)));
    }

    #[test]
    fn numbers_are_exact_up_to_what_64_bits_hold() {
        for digits in [
            "9999999999999999999",
            "18446744073709551615",
            "1844674407370955161.5",
            "000000000000000000000000",
        ] {
            let sum = digits.replace('.', "").parse::<u64>().unwrap();
            let number = Number::read(digits.as_bytes()).unwrap();
            assert_eq!(number.value.units(), i128::from(sum), "{digits}");
        }
        for digits in ["18446744073709551616", "0000000000000000000000001", "-9223372036854775808"] {
            assert_eq!(shown(digits), None, "{digits}");
        }
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
