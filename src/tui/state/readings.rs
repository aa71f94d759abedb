//! The screen of values: what was read, when, and how it went before.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use super::scroll::Scroll;
use crate::frame::At;
use crate::reading::{Code, Decimal, Measured, Period, Phase, Quantity, Reading};

/// Values of one quantity that are kept for its chart.
const HISTORY: usize = 900;

/// How often is polled by default.
pub const PERIOD: Duration = Duration::from_secs(5);

/// The periods that can be chosen.
const PERIODS: [u64; 9] = [1, 2, 5, 10, 15, 30, 60, 300, 900];

/// A quantity with its last value and those before.
#[derive(Debug, Clone)]
pub struct Known {
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
type Key = (Option<Code>, Quantity, Option<u8>, Option<Phase>, Period);

const fn key(reading: &Reading) -> Key {
    (reading.code, reading.quantity, reading.tariff, reading.phase, reading.period)
}

/// A request that failed at the last attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// What was asked.
    pub title: &'static str,
    /// What happened, in one line.
    pub headline: String,
    /// What is ruled out and what to look at, a line each.
    pub advice: Vec<String>,
}

/// The screen of values.
#[derive(Debug, Clone)]
pub struct Readings {
    /// The values, in the order in which they came first.
    pub known: Vec<Known>,
    /// What failed at the last attempt.
    pub failed: Vec<Failed>,
    /// Whether the pinned requests are polled.
    pub polling: bool,
    /// Whether polling was begun or stopped for this meter; until then it begins when the screen is shown.
    pub decided: bool,
    /// How often.
    pub period: Duration,
    /// When next; `None` while it is being done.
    pub next: Option<At>,
    /// The part of the list of values on screen.
    pub list: Scroll,
}

impl Default for Readings {
    fn default() -> Self {
        Self {
            known: Vec::new(),
            failed: Vec::new(),
            polling: false,
            decided: false,
            period: PERIOD,
            next: None,
            list: Scroll::default(),
        }
    }
}

impl Known {
    /// How much it has grown since it was read first.
    #[must_use]
    pub fn growth(&self) -> Option<Decimal> {
        self.reading.number()?.checked_sub(self.first?)
    }
}

impl Readings {
    /// Takes a value in. One that is absent does not blank the number before it.
    pub fn take(&mut self, reading: Reading, when: Timestamp) {
        let number = reading.number();
        let at = self.known.iter().position(|known| key(&known.reading) == key(&reading));
        let Some(known) = at.and_then(|at| self.known.get_mut(at)) else {
            let history = number.map(|number| (when, number)).into_iter().collect();
            self.known.push(Known { reading, when, first: number, history });
            return;
        };
        if matches!(reading.value, Measured::Absent(_)) && known.reading.number().is_some() {
            return;
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
    pub fn note(&mut self, title: &'static str, failure: Option<(String, Vec<String>)>) {
        self.failed.retain(|failed| failed.title != title);
        if let Some((headline, advice)) = failure {
            self.failed.push(Failed { title, headline, advice });
        }
    }

    /// The tariff registers of active import that run now, by tariff.
    #[must_use]
    pub fn tariffs(&self) -> Vec<&Known> {
        let mut tariffs: Vec<&Known> = self
            .energy()
            .filter(|known| known.reading.tariff.is_some() && is_import(&known.reading))
            .collect();
        tariffs.sort_by_key(|known| known.reading.tariff);
        tariffs
    }

    /// The total register of active import.
    #[must_use]
    pub fn total(&self) -> Option<&Known> {
        self.energy().find(|known| known.reading.tariff.is_none() && is_import(&known.reading))
    }

    /// Everything that is not in the tariff table.
    #[must_use]
    pub fn others(&self) -> Vec<&Known> {
        let in_table = |reading: &Reading| reading.is_energy_register() && is_import(reading);
        self.known.iter().filter(|known| !in_table(&known.reading)).collect()
    }

    /// The meter's clock.
    #[must_use]
    pub fn clock(&self) -> Option<&Known> {
        self.known.iter().rfind(|known| is_clock(&known.reading))
    }

    /// The power that the chart shows: the total one, else the first phase's.
    #[must_use]
    pub fn power(&self) -> Option<&Known> {
        let powers = || self.known.iter().filter(|known| known.reading.quantity == Quantity::POWER);
        powers().find(|known| known.reading.phase.is_none()).or_else(|| powers().next())
    }

    /// Everything that was read: the tariff table first, then the rest.
    #[must_use]
    pub fn all(&self) -> Vec<&Known> {
        self.tariffs().into_iter().chain(self.total()).chain(self.others()).collect()
    }

    /// When the newest value was read.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.known.iter().map(|known| known.when).max()
    }

    /// Polls more often (`-1`) or less often (`1`).
    pub fn change_period(&mut self, by: isize) {
        let now = self.period.as_secs();
        let at = PERIODS.iter().position(|period| *period >= now).unwrap_or(PERIODS.len() - 1);
        let at = at.saturating_add_signed(by).min(PERIODS.len() - 1);
        self.period = Duration::from_secs(PERIODS.get(at).copied().unwrap_or(now));
    }

    fn energy(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(|known| known.reading.is_energy_register())
    }
}

fn is_import(reading: &Reading) -> bool {
    reading.quantity == Quantity::ACTIVE_IMPORT
}

fn is_clock(reading: &Reading) -> bool {
    reading.quantity == Quantity::CLOCK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Absent, Unit};

    fn energy(tariff: u8, hundredths: u64) -> Reading {
        let value = Measured::Number(Decimal::new(hundredths, 2));
        Reading::of(Code::import(tariff), value, Unit::KilowattHour, &[])
    }

    #[test]
    fn the_tariff_table_holds_registers_by_tariff_and_the_total_apart() {
        let mut readings = Readings::default();
        for (tariff, value) in [(0, 300), (2, 100), (1, 200)] {
            readings.take(energy(tariff, value), Timestamp::UNIX_EPOCH);
        }
        let order: Vec<_> = readings.tariffs().iter().map(|k| k.reading.tariff).collect();
        assert_eq!(order, [Some(1), Some(2)]);
        assert_eq!(readings.total().and_then(|k| k.reading.number()), Some(Decimal::new(300, 2)));
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
    fn history_is_bounded() {
        let mut readings = Readings::default();
        for value in 0..2000 {
            readings.take(energy(1, value), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(readings.known[0].history.len(), HISTORY);
    }

    #[test]
    fn the_period_moves_in_steps_and_stops_at_the_ends() {
        let mut readings = Readings::default();
        readings.change_period(1);
        assert_eq!(readings.period.as_secs(), 10);
        readings.change_period(-9);
        assert_eq!(readings.period.as_secs(), 1);
    }
}
