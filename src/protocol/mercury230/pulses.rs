//! Pulses of the load profile made into energy and power (M236, 4.5).
//!
//! A record counts pulses of the meter's telemetry output, two to a pulse of its constant:
//! `kW = number x 60 / minutes / (2 x imp/kWh)`. The constant stands in the build variant (08 12), which an exchange
//! asks for before it reads a profile and which the tracker takes from whatever answer shows it.

use crate::reading::{Code, Decimal, Quantity, Unit};

/// What one pulse is by the code of the constant, in Wh or varh: 500 divided by 5000, 25000, 1250, 500, 1000 and 250
/// imp/kWh, as units and decimals.
const PULSE: [(u64, u8); 6] = [(1, 1), (2, 2), (4, 1), (1, 0), (5, 1), (2, 0)];

/// The bit of the session's step from which on it holds a constant; below stands the stage.
const SHIFT: u8 = 4;

/// A meter's constant: the code that its build variant has in the low half of byte 2 (M236, figure 4.33).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Constant(u8);

impl Constant {
    fn of_code(code: u8) -> Option<Self> {
        (usize::from(code) < PULSE.len()).then_some(Self(code))
    }

    /// That of a build variant.
    pub(super) fn of_variant(variant: &[u8]) -> Option<Self> {
        variant.get(1).and_then(|byte| Self::of_code(byte & 0x0F))
    }

    /// That of an answer which holds the build variant, by the body of its request: 08 12 begins with it, 08 01 has
    /// serial number, date and version before it.
    pub(super) fn of_answer(asked: &[u8], data: &[u8]) -> Option<Self> {
        let before = match (asked, data.len()) {
            ([0x08, 0x12], 6) | ([0x08, 0x12, 0x00], 12) => 0,
            ([0x08, 0x01], 16) | ([0x08, 0x01, 0x00], 24) => 10,
            _ => return None,
        };
        Self::of_variant(data.get(before..)?)
    }

    /// That which the step of a session holds.
    pub(super) fn of_step(step: u8) -> Option<Self> {
        (step >> SHIFT).checked_sub(1).and_then(Self::of_code)
    }

    /// What it adds to the step of a session.
    pub(super) const fn in_step(self) -> u8 {
        (self.0 + 1) << SHIFT
    }

    /// The energy of so many pulses in Wh or varh, exact.
    fn energy(self, pulses: u64) -> Decimal {
        let (units, decimals) = PULSE.get(usize::from(self.0)).copied().unwrap_or_default();
        Decimal::new(pulses.saturating_mul(units), decimals)
    }

    /// The average power of so many pulses in so many minutes, in W or var; `None` where it is no finite decimal.
    fn power(self, pulses: u64, minutes: u8) -> Option<Decimal> {
        let energy = self.energy(pulses);
        let more = (0..=3u8).find(|more| 60 * 10u64.pow((*more).into()) % u64::from(minutes.max(1)) == 0)?;
        let per_hour = 60 * 10i128.pow(more.into()) / i128::from(minutes.max(1));
        Decimal::scaled(energy.units() * per_hour, -i8::try_from(energy.decimals() + more).ok()?)
    }

    /// How many pulses a power in hundredths of a W makes in so many minutes.
    pub(super) fn pulses(self, hundredths: i64, minutes: i64) -> u16 {
        let (units, decimals) = PULSE.get(usize::from(self.0)).copied().unwrap_or((1, 0));
        let energy = hundredths.unsigned_abs() * minutes.unsigned_abs() * 10u64.pow(decimals.into());
        u16::try_from(energy / (6_000 * units)).unwrap_or(u16::MAX - 1)
    }
}

/// The low half of a step: the stage.
pub(super) const fn stage(step: u8) -> u8 {
    step & ((1 << SHIFT) - 1)
}

/// What a record of the load profile says before its pulses.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Record {
    /// The tariff of its interval, from 1.
    pub tariff: u8,
    /// Minutes of its interval.
    pub minutes: u8,
}

/// What a number of an interval is: its code, its quantity and its unit.
pub(super) type Meaning = (Code, Quantity, Unit);

/// What the pulses of a profile were, by their OBIS value group C from 1 (P+) to 4 (Q-): the average power, the energy
/// of the interval and, of P+, the same for its tariff.
pub(super) fn meant(constant: Constant, record: Record, c: u8, pulses: u64) -> Vec<(Meaning, Decimal)> {
    let power = constant.power(pulses, record.minutes).filter(|_| record.minutes > 0);
    let power = power.map(|power| (average(c), power));
    let by_tariff = (c == 1 && record.tariff > 0).then_some(record.tariff);
    let energies = [Some(0), by_tariff].into_iter().flatten();
    power.into_iter().chain(energies.map(|e| (energy(c, e), constant.energy(pulses)))).collect()
}

/// The average power of an interval.
pub(super) const fn average(c: u8) -> Meaning {
    let (name, unit) = match c {
        1 => ("average power", Unit::Watt),
        2 => ("average power export", Unit::Watt),
        3 => ("average reactive power", Unit::Var),
        _ => ("average reactive power export", Unit::Var),
    };
    (Code::new(c, 5, 0), Quantity::named(name), unit)
}

/// The energy of an interval, at a tariff, 0 being all.
fn energy(c: u8, e: u8) -> Meaning {
    let quantity = Quantity::of(Code::new(c, 8, e)).unwrap_or(Quantity::ACTIVE_IMPORT);
    (Code::new(c, 29, e), quantity, if c < 3 { Unit::WattHour } else { Unit::VarHour })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The codes of 5000, 25000, 1250, 500, 1000 and 250 imp/kWh.
    fn constant(code: u8) -> Constant {
        Constant::of_variant(&[0xB4, 0xE0 | code, 0xC2, 0x97, 0xDF, 0x58]).unwrap()
    }

    #[test]
    fn the_makers_examples_come_to_their_power() {
        // 10500 pulses in 30 minutes at 1000 imp/kWh are 10.5 kW (M236, 4.5), 1006 at 500 are 2.012 kW (4.3.3).
        let told = |code, pulses| constant(code).power(pulses, 30).map(|power| power.to_string());
        assert_eq!((told(4, 10_500), told(3, 1_006)), (Some("10500.0".to_owned()), Some("2012".to_owned())));
        assert_eq!(constant(4).energy(10_500).to_string(), "5250.0");
    }

    #[test]
    fn a_pulse_is_half_a_pulse_of_the_constant() {
        let told: Vec<String> = (0..6).map(|code| constant(code).energy(1).to_string()).collect();
        assert_eq!(told, ["0.1", "0.02", "0.4", "1", "0.5", "2"]);
        assert_eq!(Constant::of_variant(&[0xB4, 0xE6]), None, "a code that no list has");
    }

    #[test]
    fn a_power_that_is_no_finite_decimal_is_left_out() {
        let told = |minutes| constant(3).power(1, minutes).map(|power| power.to_string());
        assert_eq!((told(30), told(16), told(45)), (Some("2".into()), Some("3.75".into()), None));
        let record = Record { tariff: 2, minutes: 45 };
        let codes: Vec<String> =
            meant(constant(3), record, 1, 7).iter().map(|((code, ..), _)| code.to_string()).collect();
        assert_eq!(codes, ["1.29.0", "1.29.2"]);
    }

    #[test]
    fn the_variant_is_found_in_every_answer_that_holds_it() {
        let passport = [&[0; 10][..], &[0xB4, 0xE3, 0xC2, 0x97, 0xDF, 0x58]].concat();
        assert_eq!(Constant::of_answer(&[8, 1], &passport), Some(constant(3)));
        assert_eq!(Constant::of_answer(&[8, 0x12], &passport[10..]), Some(constant(3)));
        assert_eq!(Constant::of_answer(&[8, 0x12], &passport), None, "of another length");
        assert_eq!(Constant::of_answer(&[8, 3], &[9, 0, 0]), None);
    }

    proptest! {
        #[test]
        fn a_step_keeps_the_constant_and_the_stage(code in 0u8..6, low in 0u8..16) {
            let step = constant(code).in_step() | low;
            prop_assert_eq!((Constant::of_step(step), stage(step)), (Some(constant(code)), low));
            prop_assert_eq!(Constant::of_step(low), None);
        }

        #[test]
        fn pulses_of_a_power_come_back_as_that_power(code in 0u8..6, pulses in 0u64..60_000) {
            let power = constant(code).power(pulses, 30).unwrap();
            let hundredths = power.units() * 100 / 10i128.pow(power.decimals().into());
            prop_assert_eq!(u64::from(constant(code).pulses(hundredths as i64, 30)), pulses);
        }
    }
}
