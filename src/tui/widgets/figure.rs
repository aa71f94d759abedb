//! Numbers, durations and values as text, for columns.

use std::time::Duration;

use crate::frame::{Field, Layer, Span, Value, Verdict, hex, visible};
use crate::reading::{Decimal, Unit};
use crate::tui::theme::Theme;

/// An exact number with a space between groups of three digits before the point: `2 979.64`.
#[must_use]
pub fn grouped(number: Decimal) -> String {
    let digits = number.to_string();
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.find('.').map_or((digits, ""), |at| digits.split_at(at));
    let mut text = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text.push_str(fraction);
    text
}

/// A number with its unit: `2 979.64 kWh`.
#[must_use]
pub fn with_unit(number: Decimal, unit: Unit, theme: &Theme) -> String {
    match unit {
        Unit::None => number.to_string(),
        unit => format!("{} {}", grouped(number), theme.unit(unit)),
    }
}

/// A waiting time: `+38 ms`, `+12.4 s`, `+3 min`, `+2 h`.
#[must_use]
pub fn gap(gap: Duration) -> String {
    match (gap.as_millis(), gap.as_secs()) {
        (millis @ 0..10_000, _) => format!("+{millis} ms"),
        (_, seconds @ 0..100) => format!("+{seconds}.{} s", gap.subsec_millis() / 100),
        (_, seconds @ 0..6000) => format!("+{} min", seconds / 60),
        (_, seconds) => format!("+{} h", seconds / 3600),
    }
}

/// What a field comes to, in words, with its unit; a secret stays masked unless `revealed`.
#[must_use]
pub fn value(layer: &Layer, field: &Field, revealed: bool, theme: &Theme) -> String {
    match (field.verdict, field.value) {
        (Verdict::Bad(mismatch), _) => mismatch.to_string(),
        (Verdict::Malformed(what), _) => what.to_owned(),
        (_, Value::Number(number)) => with_unit(number, field.unit, theme),
        (_, Value::Secret) if revealed => visible::text(layer.bytes_of(field)),
        _ => layer.text_of(field),
    }
}

/// The bytes of a field as hex, masked while secret, at most `most` of them.
#[must_use]
pub fn bytes(layer: &Layer, field: &Field, revealed: bool, most: usize, theme: &Theme) -> String {
    let bytes = layer.bytes_of(field);
    let shown = bytes.get(..most.min(bytes.len())).unwrap_or_default();
    let start = field.span.range().start;
    let mut text =
        if revealed { hex::spaced(shown) } else { layer.hex_of(Span::new(start, start + shown.len())) };
    if shown.len() < bytes.len() {
        text.push_str(theme.glyphs().ellipsis);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three_and_none_is_lost() {
        for (number, text) in [
            (Decimal::new(297_964, 2), "2 979.64"),
            (Decimal::new(0, 2), "0.00"),
            (Decimal::new(999, 0), "999"),
            (Decimal::new(1_234_567, 0), "1 234 567"),
            (Decimal::signed(-123_456_789, 3), "-123 456.789"),
            (Decimal::new(u64::MAX, 0), "18 446 744 073 709 551 615"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn gaps_get_coarser_as_they_get_longer() {
        for (millis, text) in [
            (0, "+0 ms"),
            (38, "+38 ms"),
            (9999, "+9999 ms"),
            (12_480, "+12.4 s"),
            (100_000, "+1 min"),
            (6_000_000, "+1 h"),
        ] {
            assert_eq!(gap(Duration::from_millis(millis)), text);
        }
    }
}
