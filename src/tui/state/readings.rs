//! The screen of values: what was read, when, and how it went before.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::scroll::Scroll;
use crate::reading::{Code, Decimal, Measured, MeterTime, Period, Phase, Quantity, Reading, Unit};

/// Values of one quantity that are kept for its chart.
const HISTORY: usize = 900;

/// Quantities that are kept at most: archives are long, and a meter may make up ever more of them.
const MOST: usize = 4096;

/// A quantity with its last value and those before.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The last value.
    pub reading: Reading,
    /// When it was read, by this computer's clock.
    pub when: Timestamp,
    /// The number it was at first, since the console has talked to this meter.
    pub first: Option<Decimal>,
    /// Numbers and when they were read, the oldest first.
    pub history: VecDeque<(Timestamp, Decimal)>,
}

/// What makes two readings values of one quantity.
type Key = (Option<Code>, Quantity, Option<u8>, Option<Phase>, u8, Period, Option<MeterTime>);

const fn key(reading: &Reading) -> Key {
    // Of an archive or log every moment is a value of its own.
    let then = match reading.period {
        Period::Then | Period::Interval => reading.at,
        _ => None,
    };
    let Reading { code, quantity, tariff, phase, channel, period, .. } = reading;
    (*code, *quantity, *tariff, *phase, *channel, *period, then)
}

/// A request that failed at the last attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failed {
    /// What was asked.
    pub title: &'static str,
    /// What happened, in one line.
    pub headline: String,
    /// What is ruled out and what to look at, a line each.
    pub advice: Vec<String>,
}

/// The screen of values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readings {
    /// The values, in the order in which they came first.
    pub known: Vec<Known>,
    /// What failed at the last attempt.
    pub failed: Vec<Failed>,
    /// The part of the list of values on screen.
    pub list: Scroll,
    /// Whether the chart was looked at last, where there is room for either it or the list.
    pub chart_on_top: bool,
}

impl Known {
    /// Has its numbers in the unit in which the meter sends it now; those that cannot be in it are dropped.
    fn turn_into(&mut self, unit: Unit) {
        let before = self.reading.unit;
        if before == unit {
            return;
        }
        let turned = |number: Decimal| before.convert(number, unit);
        self.first = self.first.and_then(turned);
        let history = std::mem::take(&mut self.history);
        let turned = history.into_iter().filter_map(|(when, number)| Some((when, turned(number)?)));
        self.history = turned.collect();
    }

    /// How much it has grown since it was read first.
    #[must_use]
    pub(crate) fn growth(&self) -> Option<Decimal> {
        self.reading.number()?.checked_sub(self.first?)
    }
}

impl Readings {
    /// Takes a value in. One that is absent does not blank the number before it.
    pub(crate) fn take(&mut self, reading: Reading, when: Timestamp) {
        let number = reading.number();
        let at = self.known.iter().position(|known| key(&known.reading) == key(&reading));
        let Some(known) = at.and_then(|at| self.known.get_mut(at)) else {
            let history = number.map(|number| (when, number)).into_iter().collect();
            if self.known.len() < MOST {
                self.known.push(Known { reading, when, first: number, history });
            }
            return;
        };
        if matches!(reading.value, Measured::Absent(_)) && known.reading.number().is_some() {
            return;
        }
        if number.is_some() {
            known.turn_into(reading.unit);
        }
        known.reading = reading;
        known.when = when;
        if let Some(number) = number {
            known.first.get_or_insert(number);
            known.history.push_back((when, number));
            if known.history.len() > HISTORY {
                known.history.pop_front();
            }
        }
    }

    /// Notes how a request ended: a failure replaces the one before of the same title, a success removes it.
    pub(crate) fn note(&mut self, title: &'static str, failure: Option<(String, Vec<String>)>) {
        self.failed.retain(|failed| failed.title != title);
        if let Some((headline, advice)) = failure {
            self.failed.push(Failed { title, headline, advice });
        }
    }

    /// The tariff registers of active energy that run now, by tariff.
    #[must_use]
    pub(crate) fn tariffs(&self, way: Flow) -> Vec<&Known> {
        let is_of = |known: &&Known| known.reading.tariff.is_some() && way.is_of(&known.reading);
        let mut tariffs: Vec<&Known> = self.energy().filter(is_of).collect();
        tariffs.sort_by_key(|known| known.reading.tariff);
        tariffs
    }

    /// The total register of active energy.
    #[must_use]
    pub(crate) fn total(&self, way: Flow) -> Option<&Known> {
        self.energy().find(|known| known.reading.tariff.is_none() && way.is_of(&known.reading))
    }

    /// Everything that is not in the tariff tables.
    #[must_use]
    pub(crate) fn others(&self) -> Vec<&Known> {
        self.known.iter().filter(|known| !self.in_table(&known.reading)).collect()
    }

    /// Whether a value stands in one of the tariff tables. Export has a table where it has tariffs.
    fn in_table(&self, reading: &Reading) -> bool {
        let is_shown = Flow::Import.is_of(reading) || (Flow::Export.is_of(reading) && self.has_export());
        reading.is_energy_register() && reading.channel == 0 && is_shown
    }

    /// Whether what is given to the grid has a table of its own.
    #[must_use]
    pub(crate) fn has_export(&self) -> bool {
        self.energy().any(|known| known.reading.tariff.is_some() && Flow::Export.is_of(&known.reading))
    }

    /// The meter's clock, and when it was read. Where date and time are two values, both are put together.
    #[must_use]
    pub(crate) fn clock(&self) -> Option<(MeterTime, Timestamp)> {
        let told = |known: &Known| match known.reading.value {
            Measured::Time(time) if is_clock(&known.reading) => Some((time, known.when)),
            _ => None,
        };
        let parts: Vec<_> = self.known.iter().rev().filter_map(told).collect();
        let (time, when) = parts.iter().find(|(time, _)| time.hour.is_some()).or(parts.first())?;
        let whole = parts.iter().fold(*time, |time, (other, _)| time.or(*other));
        Some((whole, *when))
    }

    /// The power that the chart shows: the total one, else the first phase's.
    #[must_use]
    pub(crate) fn power(&self) -> Option<&Known> {
        let powers = || self.now(Quantity::POWER);
        powers().find(|known| known.reading.phase.is_none()).or_else(|| powers().next())
    }

    /// Everything that was read: the tariff table first, then the rest.
    #[must_use]
    pub(crate) fn all(&self) -> Vec<&Known> {
        let export = if self.has_export() { self.total(Flow::Export) } else { None };
        let import = self.tariffs(Flow::Import).into_iter().chain(self.total(Flow::Import));
        import.chain(self.tariffs(Flow::Export)).chain(export).chain(self.others()).collect()
    }

    /// When the newest value was read.
    #[must_use]
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.known.iter().map(|known| known.when).max()
    }

    /// Voltages of the phases; of a meter that names none, its voltage.
    #[must_use]
    pub(crate) fn voltages(&self) -> Vec<&Known> {
        let voltages = || self.now(Quantity::VOLTAGE);
        let phases: Vec<&Known> = voltages().filter(|known| known.reading.phase.is_some()).collect();
        if phases.is_empty() { voltages().take(1).collect() } else { phases }
    }

    /// The power given to the grid, where any was.
    #[must_use]
    pub(crate) fn given(&self) -> Option<&Known> {
        let mut given = self.now(Quantity::POWER_EXPORT).filter(|known| known.reading.phase.is_none());
        given.find(|known| known.history.iter().any(|(_, number)| number.units() != 0))
    }

    /// Whether there is anything to draw a chart of.
    #[must_use]
    pub(crate) fn has_chart(&self) -> bool {
        self.power().is_some() || !self.voltages().is_empty()
    }

    /// Present values of a quantity of the meter itself.
    pub(crate) fn now(&self, quantity: Quantity) -> impl Iterator<Item = &Known> {
        let is_now = move |reading: &Reading| {
            let is_own = reading.channel == 0 && reading.period == Period::Now;
            reading.quantity == quantity && is_own && reading.number().is_some()
        };
        self.known.iter().filter(move |known| is_now(&known.reading))
    }

    fn energy(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(|known| known.reading.is_energy_register() && known.reading.channel == 0)
    }
}

/// Which way energy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Taken from the grid.
    Import,
    /// Given to the grid.
    Export,
}

impl Flow {
    fn is_of(self, reading: &Reading) -> bool {
        match self {
            Self::Import => reading.quantity == Quantity::ACTIVE_IMPORT,
            Self::Export => reading.quantity == Quantity::ACTIVE_EXPORT,
        }
    }
}

fn is_clock(reading: &Reading) -> bool {
    reading.quantity == Quantity::CLOCK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Absent;

    fn energy(tariff: u8, hundredths: u64) -> Reading {
        let value = Measured::Number(Decimal::new(hundredths, 2));
        Reading::of(Code::import(tariff), value, Unit::KilowattHour, &[])
    }

    #[test]
    fn a_date_and_a_time_that_are_read_apart_make_one_clock() {
        let mut readings = Readings::default();
        let (date, time) =
            (MeterTime::date(2026, 3, 1), MeterTime::date(2026, 3, 1).at(14, 2, 11).parted().unwrap().0);
        for (part, second) in [(date, 1), (time, 2)] {
            let reading = Reading::of(Code::new(0, 9, second), Measured::Time(part), Unit::None, &[]);
            let reading = Reading { quantity: Quantity::CLOCK, ..reading };
            readings.take(reading, Timestamp::from_second(i64::from(second)).unwrap());
        }
        let clock = (MeterTime::date(2026, 3, 1).at(14, 2, 11), Timestamp::from_second(2).unwrap());
        assert_eq!(readings.clock(), Some(clock));
    }

    #[test]
    fn the_tariff_table_holds_registers_by_tariff_and_the_total_apart() {
        let mut readings = Readings::default();
        for (tariff, value) in [(0, 300), (2, 100), (1, 200)] {
            readings.take(energy(tariff, value), Timestamp::UNIX_EPOCH);
        }
        let order: Vec<_> = readings.tariffs(Flow::Import).iter().map(|k| k.reading.tariff).collect();
        assert_eq!(order, [Some(1), Some(2)]);
        assert_eq!(readings.total(Flow::Import).and_then(|k| k.reading.number()), Some(Decimal::new(300, 2)));
        assert!(readings.others().is_empty());
    }

    #[test]
    fn a_value_that_is_absent_does_not_blank_the_one_before() {
        let mut readings = Readings::default();
        readings.take(energy(1, 200), Timestamp::UNIX_EPOCH);
        let absent = Reading { value: Measured::Absent(Absent::NoData), ..energy(1, 0) };
        readings.take(absent, Timestamp::UNIX_EPOCH);
        assert_eq!(readings.known[0].reading.number(), Some(Decimal::new(200, 2)));
    }

    #[test]
    fn growth_is_counted_from_the_first_reading_however_long_ago() {
        let mut readings = Readings::default();
        for value in 100..1200 {
            readings.take(energy(1, value), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(readings.known[0].growth(), Some(Decimal::new(1099, 2)));
    }

    #[test]
    fn numbers_sent_in_another_unit_go_on_in_the_new_one_and_those_of_another_kind_begin_anew() {
        let mut readings = Readings::default();
        let of = |units, unit| Reading { unit, ..energy(1, units) };
        readings.take(of(12_345, Unit::KilowattHour), Timestamp::UNIX_EPOCH);
        readings.take(of(12_346_000, Unit::WattHour), Timestamp::UNIX_EPOCH);
        let known = &readings.known[0];
        let numbers: Vec<String> = known.history.iter().map(|(_, number)| number.to_string()).collect();
        assert_eq!(numbers, ["123450", "123460.00"]);
        assert_eq!(known.growth(), Some(Decimal::new(10, 0)));
        readings.take(of(5, Unit::None), Timestamp::UNIX_EPOCH);
        assert_eq!((readings.known[0].history.len(), readings.known[0].growth()), (1, Some(Decimal::ZERO)));
    }

    #[test]
    fn history_is_bounded() {
        let mut readings = Readings::default();
        for value in 0..2000 {
            readings.take(energy(1, value), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(readings.known[0].history.len(), HISTORY);
    }
}
