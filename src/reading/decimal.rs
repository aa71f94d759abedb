//! Exact decimals: a meter's number keeps the digits the meter sent, never a binary float.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

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

    const fn is_below_zero(self) -> bool {
        self.negative && self.magnitude != 0
    }

    /// The order of the numbers without their signs.
    fn compared_by_size(self, other: &Self) -> Ordering {
        match self.decimals.cmp(&other.decimals) {
            Ordering::Less => against_finer(self.magnitude, other.decimals - self.decimals, other.magnitude),
            Ordering::Equal => self.magnitude.cmp(&other.magnitude),
            Ordering::Greater => {
                against_finer(other.magnitude, self.decimals - other.decimals, self.magnitude).reverse()
            }
        }
    }

    fn units_at(self, decimals: u8) -> Option<i128> {
        let factor = 10i128.checked_pow(u32::from(decimals.checked_sub(self.decimals)?))?;
        self.units().checked_mul(factor)
    }
}

/// The order of `magnitude` times ten to the power of `decimals`, and `finer`.
fn against_finer(magnitude: u64, decimals: u8, finer: u64) -> Ordering {
    // 10^20 is more than 64 bits hold, and less than that times 64 bits fits into 128.
    let scaled = 10u128.pow(u32::from(decimals.min(19))) * u128::from(magnitude);
    let is_beyond = decimals > 19 && magnitude > 0;
    if is_beyond { Ordering::Greater } else { scaled.cmp(&u128::from(finer)) }
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
    /// By value and exact, however far apart the scales are: `1.0` equals `1.00`.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_below_zero(), other.is_below_zero()) {
            (false, false) => self.compared_by_size(other),
            (true, true) => other.compared_by_size(self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl Hash for Decimal {
    /// By value, as [`Ord`]: the number without the zeros at its end.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (mut magnitude, mut decimals) = (self.magnitude, self.decimals);
        while decimals > 0 && magnitude.is_multiple_of(10) {
            magnitude /= 10;
            decimals -= 1;
        }
        (self.is_below_zero(), magnitude, decimals).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use std::hash::DefaultHasher;

    use proptest::prelude::*;

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

    #[test]
    fn numbers_of_any_scale_are_told_apart_exactly() {
        let (tiny, small) = (Decimal::new(1, 128), Decimal::new(2, 128));
        assert!(Decimal::ZERO < tiny && tiny < small && small < Decimal::new(1, 38));
        assert!(
            Decimal::signed(-1, 128) < Decimal::ZERO && Decimal::signed(-1, 0) < Decimal::signed(-1, 128)
        );
        // As floats these two are one.
        assert!(Decimal::new(u64::MAX - 1, 0) < Decimal::new(u64::MAX, 0));
        let (whole, fine) = (Decimal::new(1, 0), Decimal::new(10_000_000_000_000_000_001, 19));
        assert_eq!((whole.cmp(&fine), fine.cmp(&whole)), (Ordering::Less, Ordering::Greater));
        assert_eq!(Decimal::signed(0, 3), Decimal::ZERO.checked_sub(Decimal::ZERO).unwrap());
    }

    fn hash(number: Decimal) -> u64 {
        let mut hasher = DefaultHasher::new();
        number.hash(&mut hasher);
        hasher.finish()
    }

    /// Any number that there is, often with zeros at its end and near to others.
    fn numbers() -> impl Strategy<Value = Decimal> {
        let magnitude = prop_oneof![any::<u64>(), 0..20u64, (0..20u64).prop_map(|n| n * 1_000_000)];
        let decimals = prop_oneof![0..8u8, 0..=128u8];
        (any::<bool>(), magnitude, decimals).prop_map(|(negative, magnitude, decimals)| Decimal {
            negative,
            decimals,
            magnitude,
        })
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in numbers(), b in numbers(), c in numbers()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            let mut sorted = [a, b, c];
            sorted.sort_unstable();
            let [low, middle, high] = sorted;
            prop_assert!(low <= middle && middle <= high && low <= high);
            if low == middle && middle == high {
                prop_assert_eq!(low, high);
            }
        }

        #[test]
        fn equal_numbers_have_one_hash_and_one_difference(a in numbers(), b in numbers(), zeros in 0..12u32) {
            prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
            let longer = a.magnitude.checked_mul(10u64.pow(zeros));
            if let Some(magnitude) = longer {
                let same = Decimal { magnitude, decimals: a.decimals + zeros as u8, ..a };
                prop_assert_eq!(same, a);
                prop_assert_eq!(hash(same), hash(a));
            }
            if let Some(difference) = a.checked_sub(b) {
                prop_assert_eq!(difference.cmp(&Decimal::ZERO), a.cmp(&b));
            }
        }
    }
}
