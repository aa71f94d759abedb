//! Advice on values that a weak check has let pass.

use crate::reading::{Check, Reading};

/// Advice to read twice: damaged frames came beside values whose check lets some damage pass, and each was asked once.
#[must_use]
pub fn advice<'a>(readings: impl IntoIterator<Item = &'a Reading>, damaged: u64) -> Option<String> {
    let weakest =
        readings.into_iter().filter_map(|reading| reading.check).min_by_key(|check| check.bits())?;
    let s = if damaged == 1 { "" } else { "s" };
    let check = match weakest {
        Check::None => "these values have no check".to_owned(),
        check => {
            let (name, bits) = (check.name(), check.bits());
            format!("the {name} of {bits} bits misses 1 in {}", 1_u32 << bits)
        }
    };
    (damaged > 0).then(|| format!("{damaged} damaged frame{s} came; {check}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Code, Decimal, Measured, Unit};

    fn energy() -> Reading {
        Reading::of(Code::import(1), Measured::Number(Decimal::new(1, 0)), Unit::KilowattHour, b"1")
    }

    #[test]
    fn a_damaged_neighbour_of_a_weak_check_is_told_with_its_odds() {
        let told = advice(&[energy().under(Check::Bcc)], 3);
        assert_eq!(told.as_deref(), Some("3 damaged frames came; the BCC of 7 bits misses 1 in 128"));
        let unchecked = advice(&[energy().under(Check::Bcc), energy().under(Check::None)], 1);
        assert_eq!(unchecked.as_deref(), Some("1 damaged frame came; these values have no check"));
    }

    #[test]
    fn a_strong_check_or_a_clean_line_needs_no_advice() {
        assert_eq!(advice(&[energy()], 3), None);
        assert_eq!(advice(&[energy().under(Check::Bcc)], 0), None);
    }
}
