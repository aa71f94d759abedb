//! Exact decimals: a meter's number keeps the digits the meter sent, never a binary float.

use std::cmp::Ordering;
use std::fmt;

/// An exact decimal number with a fixed count of decimals, `2979.64` being 297 964 with two of them.
///
/// Holds every `u64` and `i64` with up to 38 decimals; trailing zeros are kept because they are the
/// resolution of the register.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    negative: bool,
    decimals: u8,
    magnitude: u64,
}

impl Decimal {
    /// Zero without decimals.
    pub const ZERO: Self = Self::new(0, 0);

    /// The integer `units` divided by ten to the power of `decimals`.
    #[must_use]
    pub const fn new(units: u64, decimals: u8) -> Self {
        Self { negative: false, decimals, magnitude: units }
    }

    /// Like [`Decimal::new`] for a signed integer.
    #[must_use]
    pub const fn signed(units: i64, decimals: u8) -> Self {
        Self { negative: units < 0, decimals, magnitude: units.unsigned_abs() }
    }

    /// `units` times ten to the power of `exponent`, the form of a DLMS scaler.
    ///
    /// `None` when a positive exponent carries the number beyond 64 bits.
    #[must_use]
    pub fn scaled(units: i128, exponent: i8) -> Option<Self> {
        let negative = units < 0;
        let magnitude = u64::try_from(units.unsigned_abs()).ok()?;
        if exponent <= 0 {
            return Some(Self { negative, decimals: exponent.unsigned_abs(), magnitude });
        }
        let factor = 10u64.checked_pow(u32::from(exponent.unsigned_abs()))?;
        Some(Self { negative, decimals: 0, magnitude: magnitude.checked_mul(factor)? })
    }

    /// Reads `-12.50` or `00042`: digits, at most one point, a leading sign; nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut magnitude = 0u64;
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
            magnitude = magnitude.checked_mul(10)?.checked_add(digit)?;
        }
        Some(Self { negative, decimals: u8::try_from(fraction.len()).ok().filter(|n| *n <= 38)?, magnitude })
    }

    /// How many digits stand after the point.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        self.decimals
    }

    /// The integer this is before the point is put in, with its sign.
    #[must_use]
    pub const fn units(self) -> i128 {
        let magnitude = self.magnitude as i128;
        if self.negative { -magnitude } else { magnitude }
    }

    /// The exact sum, with the larger count of decimals; `None` when it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let decimals = self.decimals.max(other.decimals);
        let sum = self.units_at(decimals)?.checked_add(other.units_at(decimals)?)?;
        Some(Self { negative: sum < 0, decimals, magnitude: u64::try_from(sum.unsigned_abs()).ok()? })
    }

    /// The exact difference; see [`Decimal::checked_add`].
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self { negative: !other.negative, ..other })
    }

    /// The same times ten to the power of `by`, exact; `None` when it does not fit.
    #[must_use]
    pub fn shifted(self, by: i8) -> Option<Self> {
        let exponent = i16::from(by) - i16::from(self.decimals);
        let exponent = i8::try_from(exponent).ok().filter(|exponent| *exponent >= -38)?;
        Self::scaled(self.units(), exponent)
    }

    /// The nearest float, for drawing charts and bars only.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a pixel needs no more than a float holds")]
    pub fn to_f64(self) -> f64 {
        self.units() as f64 / 10f64.powi(i32::from(self.decimals))
    }

    fn units_at(self, decimals: u8) -> Option<i128> {
        let factor = 10i128.checked_pow(u32::from(decimals.checked_sub(self.decimals)?))?;
        self.units().checked_mul(factor)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative && self.magnitude != 0 { "-" } else { "" };
        let width = usize::from(self.decimals) + 1;
        let digits = format!("{:0width$}", self.magnitude);
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(self.decimals));
        if fraction.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    /// By value: `1.0` equals `1.00`. Numbers too far apart in scale to align compare by magnitude.
    fn cmp(&self, other: &Self) -> Ordering {
        let decimals = self.decimals.max(other.decimals);
        match (self.units_at(decimals), other.units_at(decimals)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => self.to_f64().total_cmp(&other.to_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_every_decimal_the_register_has() {
        assert_eq!(Decimal::new(297_964, 2).to_string(), "2979.64");
        assert_eq!(Decimal::new(5, 2).to_string(), "0.05");
        assert_eq!(Decimal::new(0, 2).to_string(), "0.00");
        assert_eq!(Decimal::signed(-50, 1).to_string(), "-5.0");
        assert_eq!(Decimal::new(u64::MAX, 0).to_string(), "18446744073709551615");
    }

    #[test]
    fn reads_what_it_prints_and_refuses_the_rest() {
        for text in ["2979.64", "0.05", "-5.0", "42", "000050.00"] {
            let parsed = Decimal::parse(text).map(Decimal::decimals);
            assert_eq!(parsed, Some(text.split_once('.').map_or(0, |(_, f)| f.len() as u8)), "{text}");
        }
        for text in ["", "-", ".", "1e5", "1,5", "12a", "99999999999999999999"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn adds_without_losing_a_digit() {
        let sum = Decimal::new(5, 1).checked_add(Decimal::new(25, 2));
        assert_eq!(sum, Some(Decimal::new(75, 2)));
        assert_eq!(Decimal::new(1, 0).checked_sub(Decimal::new(2, 0)), Some(Decimal::signed(-1, 0)));
    }

    #[test]
    fn a_number_is_shifted_without_losing_a_digit() {
        let shifted =
            |units, decimals, by| Decimal::signed(units, decimals).shifted(by).map(|d| d.to_string());
        assert_eq!(shifted(12_345_678, 0, -3).as_deref(), Some("12345.678"));
        assert_eq!(shifted(-125, 2, 3).as_deref(), Some("-1250"));
        assert_eq!(shifted(125, 4, 3).as_deref(), Some("12.5"));
        assert_eq!((shifted(1, 37, -3), shifted(i64::MAX, 0, 9)), (None, None));
    }

    #[test]
    fn a_scaler_moves_the_point_both_ways() {
        assert_eq!(Decimal::scaled(2337, -1).map(|d| d.to_string()), Some("233.7".into()));
        assert_eq!(Decimal::scaled(5, 3).map(|d| d.to_string()), Some("5000".into()));
        assert_eq!(Decimal::scaled(i128::from(u64::MAX), 1), None);
    }
}
