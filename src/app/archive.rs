//! A load profile put together from its readings: days of intervals, with the energy of each tariff.
//!
//! A NEVA's registers after each interval are given by its exchange, already split by the meter's schedule; the
//! energy of an interval is what they grew by. A Mercury 230 gives the energy of each interval with its tariff, other
//! meters an average and no tariffs.

use std::io;

use jiff::civil::{Date, DateTime};

use super::output::table::{Align, Table};
use crate::reading::{Code, Decimal, Measured, Period, Reading, Unit};

/// The total and four tariffs.
pub const REGISTERS: usize = 5;

/// OBIS value group D of the energy of an interval.
const OF_INTERVAL: u8 = 29;

/// A value of the total and of each tariff, where there is one.
pub type Split = [Option<Decimal>; REGISTERS];

/// An interval of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// When it begins, on the meter's clock; of a Mercury 230, when it ends.
    pub at: DateTime,
    /// The average power, or what the meter counted.
    pub power: Option<(Decimal, Unit)>,
    /// The energy of the interval.
    pub energy: Split,
    /// The registers at its end.
    pub registers: Split,
}

/// A day of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// The registers at its beginning.
    pub start: Split,
    /// Its intervals in order of time.
    pub intervals: Vec<Interval>,
}

impl Day {
    /// The energy of the intervals that were read, exact.
    #[must_use]
    pub fn energy(&self) -> Split {
        std::array::from_fn(|tariff| {
            let parts = self.intervals.iter().filter_map(|interval| interval.energy.get(tariff).copied());
            parts.fold(None, |sum: Option<Decimal>, part| match (sum, part) {
                (Some(sum), Some(part)) => sum.checked_add(part),
                (sum, part) => sum.or(part),
            })
        })
    }

    /// From one interval to the next, in minutes; half an hour where it cannot be told.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        let gaps = self.intervals.windows(2).filter_map(|pair| match pair {
            [one, next] => Some(next.at.duration_since(one.at).as_mins()),
            _ => None,
        });
        gaps.filter(|gap| *gap > 0).min().unwrap_or(30)
    }
}

/// Days of a load profile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Archive {
    days: Vec<Day>,
    /// The unit of the first energy that was read.
    unit: Option<Unit>,
}

impl Archive {
    /// The days, the oldest first.
    #[must_use]
    pub fn days(&self) -> &[Day] {
        &self.days
    }

    /// The unit of the energies.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.unit.unwrap_or_default()
    }

    /// An energy in the unit of all; `None` where it cannot be in it.
    fn placed(&mut self, number: Decimal, unit: Unit) -> Option<Decimal> {
        unit.convert(number, *self.unit.get_or_insert(unit))
    }

    /// Takes a reading in; whether it belongs to a load profile.
    pub fn take(&mut self, reading: &Reading) -> bool {
        let is_of_interval = reading.period == Period::Interval;
        let is_start = matches!(reading.period, Period::DayEnd(_));
        let Some(at) = reading.at.and_then(crate::reading::MeterTime::civil) else { return false };
        match (place(reading), reading.number()) {
            (Some(place), Some(number)) if is_start => {
                let number = self.placed(number, reading.unit);
                self.start(at, place, number);
            }
            (Some(place), Some(number)) if is_of_interval => {
                if let Some(number) = self.placed(number, reading.unit) {
                    self.register(at, place, number);
                }
            }
            (None, Some(number)) if is_of_interval && is_energy(reading) => self.energy(at, reading, number),
            (None, Some(number)) if is_of_interval => {
                let interval = self.interval(at);
                interval.power.get_or_insert((number, reading.unit));
            }
            // What it came to is the sum of its intervals.
            _ => return is_of_interval || matches!(reading.period, Period::DuringDay(_)),
        }
        true
    }

    fn day(&mut self, date: Date) -> &mut Day {
        let place = self.days.binary_search_by_key(&date, |day| day.date);
        let at = place.unwrap_or_else(|at| {
            self.days.insert(at, Day { date, start: Split::default(), intervals: Vec::new() });
            at
        });
        #[expect(clippy::indexing_slicing, reason = "it was found or put there")]
        &mut self.days[at]
    }

    fn interval(&mut self, at: DateTime) -> &mut Interval {
        let intervals = &mut self.day(at.date()).intervals;
        let place = intervals.binary_search_by_key(&at, |interval| interval.at).unwrap_or_else(|place| {
            let (energy, registers) = (Split::default(), Split::default());
            intervals.insert(place, Interval { at, power: None, energy, registers });
            place
        });
        #[expect(clippy::indexing_slicing, reason = "it was found or put there")]
        &mut intervals[place]
    }

    fn start(&mut self, at: DateTime, place: usize, number: Option<Decimal>) {
        if let Some(register) = self.day(at.date()).start.get_mut(place) {
            *register = number;
        }
    }

    /// The energy of an interval; the archive shows that of active import.
    fn energy(&mut self, at: DateTime, reading: &Reading, number: Decimal) {
        let Some(Code { c: 1, e, .. }) = reading.code else { return };
        let number = self.placed(number, reading.unit);
        if let Some(energy) = self.interval(at).energy.get_mut(usize::from(e)) {
            *energy = number;
        }
    }

    /// A register at the end of an interval, and what it has grown by since the one before.
    fn register(&mut self, at: DateTime, place: usize, number: Decimal) {
        self.interval(at);
        let day = self.day(at.date());
        let Ok(found) = day.intervals.binary_search_by_key(&at, |interval| interval.at) else { return };
        let before = match found.checked_sub(1).and_then(|before| day.intervals.get(before)) {
            Some(interval) => interval.registers,
            None => day.start,
        };
        let Some(interval) = day.intervals.get_mut(found) else { return };
        let before = before.get(place).copied().flatten();
        if let (Some(register), Some(energy)) =
            (interval.registers.get_mut(place), interval.energy.get_mut(place))
        {
            *register = Some(number);
            *energy = before.and_then(|before| number.checked_sub(before));
        }
    }

    /// A line an interval, for spreadsheets: begin, end, average power, energy and registers of total and
    /// tariffs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self, to: impl io::Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(to);
        let (energy, register) = (["energy", "t1", "t2", "t3", "t4"], ["total", "t1", "t2", "t3", "t4"]);
        let mut head: Vec<String> = ["begin", "end", "power", "power_unit"].map(str::to_owned).into();
        head.extend(energy.map(str::to_owned));
        head.push("energy_unit".to_owned());
        head.extend(register.map(|name| format!("{name}_register")));
        csv.write_record(&head)?;
        for day in &self.days {
            let length = jiff::SignedDuration::from_mins(day.minutes());
            for interval in &day.intervals {
                csv.write_record(self.record(interval, interval.at.saturating_add(length)))?;
            }
        }
        csv.flush()
    }

    fn record(&self, interval: &Interval, end: DateTime) -> Vec<String> {
        let moment = |at: DateTime| at.strftime("%Y-%m-%dT%H:%M").to_string();
        let number = |value: &Option<Decimal>| value.map(|value| value.to_string()).unwrap_or_default();
        let mut record = vec![moment(interval.at), moment(end)];
        let power = interval.power;
        record.push(power.map(|(power, _)| power.to_string()).unwrap_or_default());
        record.push(power.map(|(_, unit)| unit.symbol().to_owned()).unwrap_or_default());
        record.extend(interval.energy.iter().map(number));
        record.push(self.unit().symbol().to_owned());
        record.extend(interval.registers.iter().map(number));
        record
    }

    /// A table of a day's intervals with the sum of each column.
    #[must_use]
    pub fn table(&self, day: &Day) -> Table {
        let mut table = Table::new(&[
            ("date", Align::Key),
            ("from", Align::Left),
            ("power", Align::Right),
            ("unit", Align::Left),
            ("energy", Align::Right),
            ("T1", Align::Right),
            ("T2", Align::Right),
            ("T3", Align::Right),
            ("T4", Align::Right),
            ("unit", Align::Left),
        ]);
        let number =
            |value: &Option<Decimal>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
        let date = day.date.to_string();
        for interval in &day.intervals {
            let (power, unit) = match interval.power {
                Some((power, unit)) => (power.to_string(), unit.symbol().to_owned()),
                None => ("-".to_owned(), String::new()),
            };
            let mut cells = vec![date.clone(), interval.at.strftime("%H:%M").to_string(), power, unit];
            cells.extend(interval.energy.iter().map(number));
            cells.push(self.unit().symbol().to_owned());
            table.row(cells);
        }
        let mut sum = vec![date, "sum".to_owned(), String::new(), String::new()];
        sum.extend(day.energy().iter().map(number));
        sum.push(self.unit().symbol().to_owned());
        table.row(sum);
        table
    }
}

/// Whether a reading is the energy of an interval, not a register at its end.
fn is_energy(reading: &Reading) -> bool {
    reading.code.is_some_and(|code| code.d == OF_INTERVAL)
}

/// Which register of active import a reading is of: 0 for the total.
fn place(reading: &Reading) -> Option<usize> {
    match reading.code {
        Some(Code { c: 1, d: 8, e }) if matches!(reading.value, Measured::Number(_)) => {
            Some(usize::from(e)).filter(|place| *place < REGISTERS)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{MeterTime, Quantity};

    fn register(tariff: u8, tenths: u64, at: MeterTime, period: Period) -> Reading {
        let value = Measured::Number(Decimal::new(tenths, 1));
        Reading { at: Some(at), period, ..Reading::of(Code::import(tariff), value, Unit::WattHour, &[]) }
    }

    fn power(watts: u64, at: MeterTime) -> Reading {
        let value = Measured::Number(Decimal::new(watts, 0));
        let named = Reading::unnamed(Quantity::named("average power"), value, Unit::Watt, &[]);
        Reading { at: Some(at), period: Period::Interval, ..named }
    }

    /// Two half hours, the first at tariff 2, the second split between both tariffs.
    fn archive() -> Archive {
        let date = MeterTime::date(2024, 3, 1);
        let (first, second) = (date.at(0, 0, 0), date.at(0, 30, 0));
        let mut archive = Archive::default();
        let start = [(0, 10_000), (1, 6_000), (2, 4_000)];
        let after_first = [(0, 29_885), (1, 6_000), (2, 23_885)];
        let after_second = [(0, 39_885), (1, 9_000), (2, 30_885)];
        let registers = |at, period, values: [(u8, u64); 3]| {
            values.map(|(tariff, tenths)| register(tariff, tenths, at, period))
        };
        let all = [
            registers(first, Period::DayEnd(1), start).to_vec(),
            vec![power(3977, first)],
            registers(first, Period::Interval, after_first).to_vec(),
            vec![power(2000, second)],
            registers(second, Period::Interval, after_second).to_vec(),
        ];
        assert!(all.iter().flatten().all(|reading| archive.take(reading)));
        archive
    }

    #[test]
    fn the_energy_of_an_interval_is_what_its_registers_grew_by_to_the_half_watt_hour() {
        let archive = archive();
        let [day] = archive.days() else { panic!("one day") };
        let tenths = |value: u64| Some(Decimal::new(value, 1));
        assert_eq!(day.intervals[0].energy[..3], [tenths(19_885), tenths(0), tenths(19_885)]);
        assert_eq!(day.intervals[1].energy[..3], [tenths(10_000), tenths(3_000), tenths(7_000)]);
        assert_eq!(day.energy()[..3], [tenths(29_885), tenths(3_000), tenths(26_885)]);
    }

    #[test]
    fn the_energy_of_an_interval_that_a_meter_gives_is_taken_with_its_tariff() {
        let at = MeterTime::date(2024, 3, 1).at(0, 30, 0);
        let of = |c, d, e, tenths| {
            let value = Measured::Number(Decimal::new(tenths, 1));
            let reading = Reading::of(Code::new(c, d, e), value, Unit::WattHour, &[]);
            Reading { at: Some(at), period: Period::Interval, ..reading }
        };
        let readings = [of(1, 5, 0, 3300), of(1, 29, 0, 1650), of(1, 29, 2, 1650), of(3, 29, 0, 15)];
        let mut archive = Archive::default();
        assert!(readings.iter().all(|reading| archive.take(reading)));
        let [day] = archive.days() else { panic!("one day") };
        let tenths = |value: u64| Some(Decimal::new(value, 1));
        assert_eq!(day.energy(), [tenths(1650), None, tenths(1650), None, None]);
        assert_eq!(day.intervals[0].power, Some((Decimal::new(3300, 1), Unit::WattHour)));
    }

    #[test]
    fn a_line_an_interval_for_spreadsheets() {
        let mut csv = Vec::new();
        archive().csv(&mut csv).unwrap();
        let text = String::from_utf8(csv).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[1],
            "2024-03-01T00:00,2024-03-01T00:30,3977,W,1988.5,0.0,1988.5,,,Wh,2988.5,600.0,2388.5,,"
        );
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn a_profile_without_registers_has_its_averages() {
        let mut archive = Archive::default();
        let at = MeterTime::date(2024, 3, 1).at(14, 0, 0);
        assert!(archive.take(&power(332, at)));
        assert_eq!(archive.days()[0].intervals[0].power, Some((Decimal::new(332, 0), Unit::Watt)));
        let now = Reading::of(Code::import(1), Measured::Number(Decimal::new(1, 0)), Unit::KilowattHour, &[]);
        assert!(!archive.take(&now), "a running register is of no archive");
    }
}
