//! Splitting a day's load profile over four tariffs, in whole watt minutes, so that nothing is ever rounded.
//!
//! An average of 3977 W over half an hour is 1988.5 Wh: 119 310 watt minutes. A half watt hour is 30 of them,
//! and a switch point off the half hour cuts an interval at a whole minute.

use super::schedule::{Day, MINUTES};
use crate::reading::Decimal;

/// An amount of energy in watt minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Energy(u64);

impl Energy {
    /// `watts` over `minutes`.
    pub(crate) fn of(watts: u32, minutes: u16) -> Self {
        Self(u64::from(watts).saturating_mul(u64::from(minutes)))
    }

    /// From a register in kilowatt hours; `None` when it is negative, too large or finer than a watt minute.
    pub(crate) fn from_kilowatt_hours(register: Decimal) -> Option<Self> {
        let watt_minutes = u128::try_from(register.units()).ok()?.checked_mul(60_000)?;
        let divisor = 10u128.checked_pow(u32::from(register.decimals()))?;
        let is_whole = watt_minutes.checked_rem(divisor)? == 0;
        is_whole.then(|| u64::try_from(watt_minutes / divisor).ok().map(Self))?
    }

    /// In watt hours: with one decimal where half watt hours do, else to the nearest thousandth.
    pub(crate) fn watt_hours(self) -> Decimal {
        if self.0.is_multiple_of(30) {
            return Decimal::new((self.0 / 30).saturating_mul(5), 1);
        }
        let thousandths = (u128::from(self.0) * 1000 + 30) / 60;
        Decimal::new(u64::try_from(thousandths).unwrap_or(u64::MAX), 3)
    }

    /// The sum.
    #[must_use]
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// A day's averages, as the meter gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    watts: Vec<u32>,
    minutes: u16,
}

impl Profile {
    /// Reads averages with commas between them. A decimal point means kilowatts, none means watts; the length
    /// of an interval follows from their count. `None` for anything else.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let watts: Vec<u32> = text.split(|byte| *byte == b',').map(watts).collect::<Option<_>>()?;
        let count = u16::try_from(watts.len()).ok().filter(|count| (1..=MINUTES).contains(count))?;
        (MINUTES.is_multiple_of(count)).then(|| Self { watts, minutes: MINUTES / count })
    }

    /// Splits the day by its schedule.
    pub(crate) fn split(&self, day: &Day) -> Vec<Slot> {
        let slot = |(index, watts): (usize, &u32)| {
            let from = u16::try_from(index).unwrap_or(u16::MAX).saturating_mul(self.minutes);
            let to = from.saturating_add(self.minutes);
            let tariffs = day.minutes(from, to).map(|minutes| Energy::of(*watts, minutes));
            Slot { from, to, watts: *watts, tariffs }
        };
        self.watts.iter().enumerate().map(slot).collect()
    }
}

fn watts(text: &[u8]) -> Option<u32> {
    let number = Decimal::parse(std::str::from_utf8(text).ok()?)?;
    let units = u64::try_from(number.units()).ok()?;
    let watts = match number.decimals() {
        0 => units,
        decimals => {
            let thousandths = units.checked_mul(1000)?;
            let divisor = 10u64.checked_pow(u32::from(decimals))?;
            (thousandths % divisor == 0).then_some(thousandths / divisor)?
        }
    };
    u32::try_from(watts).ok()
}

/// An interval of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Where it begins, in minutes after midnight.
    pub from: u16,
    /// Where it ends.
    pub to: u16,
    /// The average power.
    pub watts: u32,
    /// The energy of each tariff.
    pub tariffs: [Energy; 4],
}

/// Total and four tariffs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Registers {
    /// The sum of all.
    pub total: Energy,
    /// T1 to T4.
    pub tariffs: [Energy; 4],
}

impl Registers {
    /// The registers after an interval.
    #[must_use]
    pub(crate) fn after(self, slot: &Slot) -> Self {
        let mut next = self;
        for (register, energy) in next.tariffs.iter_mut().zip(slot.tariffs) {
            *register = register.plus(energy);
            next.total = next.total.plus(energy);
        }
        next
    }

    /// Reads `total,T1,T2,T3,T4` in kilowatt hours.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let mut registers = Self::default();
        let mut slots = std::iter::once(&mut registers.total).chain(&mut registers.tariffs);
        for item in text.split(|byte| *byte == b',') {
            let number = Decimal::parse(std::str::from_utf8(item).ok()?)?;
            *slots.next()? = Energy::from_kilowatt_hours(number)?;
        }
        slots.next().is_none().then_some(registers)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Recorded by vika-sonne/NevaMt3xx (`meter_imitator.sh`): a day of an MT324.
    pub(crate) const PROFILE: &str = "03977,03995,03997,04014,04031,04036,04038,04062,04078,04073,04068,04054,\
        04034,03958,03928,03900,03889,03892,03897,03890,03860,03857,03844,03843,03827,03838,03847,03849,03846,\
        03849,03847,03842,03857,03849,03847,03847,03870,03864,03846,03847,03852,03819,03835,03843,03825,03846,\
        03876,03880";
    const DAY: &str = "070001,230002,000000,000000,000000,000000,000000,000000";
    const START: &str = "000400.84,000309.98,000090.86,000000.00,000000.00";

    fn text(energy: Energy) -> String {
        energy.watt_hours().to_string()
    }

    #[test]
    fn the_recorded_day_comes_out_to_the_last_half_watt_hour() {
        let day = Day::parse(DAY.as_bytes()).unwrap();
        let mut registers = Registers::parse(START.as_bytes()).unwrap();
        let mut after = Vec::new();
        for slot in Profile::parse(PROFILE.as_bytes()).unwrap().split(&day) {
            registers = registers.after(&slot);
            after.push([registers.total, registers.tariffs[0], registers.tariffs[1]].map(text));
        }
        let expected = [
            (0, ["402828.5", "309980.0", "92848.5"]),
            (1, ["404826.0", "309980.0", "94846.0"]),
            (13, ["429047.5", "309980.0", "119067.5"]),
            (14, ["431011.5", "311944.0", "119067.5"]),
            (45, ["490743.5", "371676.0", "119067.5"]),
            (46, ["492681.5", "371676.0", "121005.5"]),
            (47, ["494621.5", "371676.0", "122945.5"]),
        ];
        for (slot, registers) in expected {
            assert_eq!(after[slot], registers, "after slot {slot}");
        }
        assert_eq!(after.len(), 48);
    }

    #[test]
    fn a_decimal_point_means_kilowatts_and_24_values_mean_hours() {
        let hours = Profile::parse(["00.25"; 24].join(",").as_bytes()).unwrap();
        let slots = hours.split(&Day::parse(b"000001").unwrap());
        assert_eq!((hours.minutes, slots[5].watts, slots[5].tariffs[0]), (60, 250, Energy::of(250, 60)));
    }

    #[test]
    fn what_is_no_profile_is_refused() {
        for bad in ["", "1,2,3,4,5,6,7", "03977,x", "-1", "0.00001"] {
            assert_eq!(Profile::parse(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(Registers::parse(b"1.00,2.00"), None);
        assert_eq!(Registers::parse(b"1,2,3,4,5,6"), None);
    }

    proptest! {
        #[test]
        fn the_tariffs_add_up_to_the_total(
            watts in proptest::collection::vec(0..99_999u32, 48),
            switches in proptest::collection::vec((0..24u16, 0..60u16, 1..5u8), 1..8),
        ) {
            let day: Vec<String> = switches.iter().map(|(h, m, t)| format!("{h:02}{m:02}{t:02}")).collect();
            let day = Day::parse(day.join(",").as_bytes()).unwrap();
            let text: Vec<String> = watts.iter().map(|w| format!("{w:05}")).collect();
            let slots = Profile::parse(text.join(",").as_bytes()).unwrap().split(&day);
            let end = slots.iter().fold(Registers::default(), Registers::after);
            let by_tariff = end.tariffs.iter().fold(Energy::default(), |sum, energy| sum.plus(*energy));
            prop_assert_eq!(end.total, by_tariff);
            let watts: u64 = watts.iter().map(|w| u64::from(*w)).sum();
            prop_assert_eq!(end.total, Energy(watts * 30));
        }

        #[test]
        fn each_minute_of_a_day_belongs_to_one_tariff(
            switches in proptest::collection::vec((0..24u16, 0..60u16, 1..5u8), 1..8),
            from in 0..MINUTES, length in 0..200u16,
        ) {
            let day: Vec<String> = switches.iter().map(|(h, m, t)| format!("{h:02}{m:02}{t:02}")).collect();
            let day = Day::parse(day.join(",").as_bytes()).unwrap();
            let to = (from + length).min(MINUTES);
            let minutes = day.minutes(from, to);
            prop_assert_eq!(minutes.iter().sum::<u16>(), to - from);
            for tariff in 1..=4u8 {
                let counted = (from..to).filter(|minute| day.tariff_at(*minute) == tariff).count();
                prop_assert_eq!(usize::from(minutes[usize::from(tariff) - 1]), counted);
            }
        }
    }
}
