//! The archives of a simulated Energomera meter, worked out from its present registers.
//!
//! On each day a register is taken to have grown by a thousandth of what it shows now, so that days, months,
//! years and the load profile agree with each other and with the registers, whatever those are set to.

use jiff::civil::{Date, DateTime};
use jiff::{ToSpan as _, Unit};

use super::values::Values;
use crate::protocol::Dialect;
use crate::protocol::iec62056_21::dissect::Asked;
use crate::protocol::iec62056_21::{EKT, EMR};
use crate::reading::Decimal;

/// There is no record of this date (ERR18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoSuchDate;

/// What an archive has to say, as the values in the brackets.
type Found = Result<Vec<String>, NoSuchDate>;

/// Half-hours of a day.
const HALF_HOURS: usize = 48;
/// How the energy of a day is spread over it: parts of 480.
const SHAPE: [u64; HALF_HOURS] = [
    6, 5, 5, 4, 4, 4, 4, 4, 4, 4, 5, 6, 8, 11, 13, 14, 13, 12, 10, 9, 8, 8, 8, 9, 10, 10, 9, 8, 8, 8, 9, 10,
    11, 13, 16, 18, 20, 21, 21, 20, 18, 16, 14, 12, 10, 8, 7, 5,
];
const PARTS: u64 = 480;
/// Decimals of a power at most.
const POWER_DECIMALS: u8 = 4;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Day,
    Month,
    Year,
}

/// A stretch of time that an archive keeps a record of.
#[derive(Debug, Clone, Copy)]
struct Period {
    length: Length,
    first: Date,
    last: Date,
}

impl Period {
    fn new(length: Length, date: Date) -> Self {
        let (first, last) = match length {
            Length::Day => (date, date),
            Length::Month => (date.first_of_month(), date.last_of_month()),
            Length::Year => (date.first_of_year(), date.last_of_year()),
        };
        Self { length, first, last }
    }

    /// By its place in the archive: 0 is the running one.
    fn back(length: Length, today: Date, back: i32) -> Option<Self> {
        let span = match length {
            Length::Day => back.days(),
            Length::Month => back.months(),
            Length::Year => back.years(),
        };
        today.checked_sub(span).ok().map(|date| Self::new(length, date))
    }

    /// From `dd.mm.yy`, `00.mm.yy`, `00.00.yy` or `mm.yy`.
    fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<i8> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
        let (length, day, month, year) = match *numbers.as_slice() {
            [0, 0, year] => (Length::Year, 1, 1, year),
            [month, year] | [0, month, year] => (Length::Month, 1, month, year),
            [day, month, year, ..] => (Length::Day, day, month, year),
            _ => return None,
        };
        Some(Self::new(length, Date::new(2000 + i16::from(year), month, day).ok()?))
    }

    /// How many periods of this length are kept.
    const fn depth(self) -> i32 {
        match self.length {
            Length::Day => 128,
            Length::Month => 40,
            Length::Year => 10,
        }
    }

    /// Whether a meter still has it on a day.
    fn is_kept(self, today: Date) -> bool {
        let oldest = Self::back(self.length, today, self.depth());
        self.first <= today && oldest.is_some_and(|oldest| oldest.first <= self.first)
    }

    /// `dd.mm.yy`, `01.mm.yy`, `01.00.yy`.
    fn label(self) -> String {
        let form = if self.length == Length::Year { "01.00.%y" } else { "%d.%m.%y" };
        self.first.strftime(form).to_string()
    }
}

/// A meter's archives at a moment.
#[derive(Debug)]
pub(super) struct Archives<'a> {
    /// Which generation it is of.
    pub dialect: Dialect,
    /// Its registers.
    pub values: &'a Values,
    /// What its clock shows.
    pub now: DateTime,
}

impl Archives<'_> {
    /// What stands in the answer; `None` for what is no archive or was set to something by itself.
    pub(super) fn answer(&self, asked: Asked<'_>) -> Option<Found> {
        let name = std::str::from_utf8(asked.address).ok()?;
        let (head, tail) = name.split_at_checked(3)?;
        let argument = std::str::from_utf8(asked.argument).ok()?;
        match self.dialect {
            EKT if self.values.get(asked.address).is_none() => self.of_ekt(head, tail, argument),
            EMR => self.of_emr(head, tail, argument),
            _ => None,
        }
    }

    /// `ENDPE`, `EAMQE`, `GRAPE`: what, and of which energy.
    fn of_ekt(&self, head: &str, energy: &str, argument: &str) -> Option<Found> {
        let registers = self.registers(&format!("ET0{energy}"))?;
        let today = self.now.date();
        let period = match head {
            "ECD" => Some(Period::new(Length::Day, today)),
            "ECM" => Some(Period::new(Length::Month, today)),
            "END" | "EAD" | "ENM" | "EAM" | "GRA" => Period::parse(argument),
            _ => return None,
        };
        let Some(period) = period.filter(|period| period.is_kept(today)) else {
            return Some(Err(NoSuchDate));
        };
        if head == "GRA" {
            return self.powers(*registers.first()?, period.first, argument);
        }
        let is_register = head.starts_with("EN");
        Some(Ok(registers.into_iter().map(|now| self.value(now, period, is_register).to_string()).collect()))
    }

    /// The half-hours of a day that are over, of those that `dd.mm.yy.from.count` asks for.
    fn powers(&self, total: Decimal, day: Date, argument: &str) -> Option<Found> {
        let numbers: Vec<usize> = argument.split('.').skip(3).filter_map(|text| text.parse().ok()).collect();
        let ended = self.half_hours(day)?;
        let over = window(&numbers).take_while(|at| *at < ended);
        let values: Vec<String> = over.map(|at| power(total, at).to_string()).collect();
        Some(if values.is_empty() { Err(NoSuchDate) } else { Ok(values) })
    }

    /// `EMD01`, `EMI03`, `VPR01`, `LST01`: what, and of which energy.
    fn of_emr(&self, head: &str, number: &str, argument: &str) -> Option<Found> {
        let mut parts = argument.split(',');
        let first = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        let today = self.now.date();
        match head {
            "EMD" | "EMM" | "EMY" | "EME" => {
                let length = match head {
                    "EMM" => Length::Month,
                    "EMY" => Length::Year,
                    _ => Length::Day,
                };
                let (back, kind) = first.split_once('.').unwrap_or((first, "0"));
                let period = Period::back(length, today, back.parse().ok()?);
                self.fixation(number, period, kind, rest.first().copied())
            }
            "EMI" => {
                let kind = rest.first().copied().unwrap_or("0");
                self.fixation(number, Period::parse(first), kind, rest.get(1).copied())
            }
            "VPR" => self.profile(number, Period::back(Length::Day, today, first.parse().ok()?), &rest),
            "VPI" => self.profile(number, Period::parse(first), &rest),
            "LST" => dates(number, today),
            _ => None,
        }
    }

    /// The date with the sum, then the registers whose bits are in the mask.
    fn fixation(
        &self,
        number: &str,
        period: Option<Period>,
        kind: &str,
        mask: Option<&str>,
    ) -> Option<Found> {
        let registers = self.registers(&format!("EMD{number}"))?;
        let Some(period) = period.filter(|period| period.is_kept(self.now.date())) else {
            return Some(Err(NoSuchDate));
        };
        let mask = mask.and_then(|mask| u32::from_str_radix(mask, 16).ok()).unwrap_or(u32::MAX);
        let mut values = registers.into_iter().map(|now| self.value(now, period, kind != "1"));
        let mut said = vec![format!("{},{}", period.label(), values.next()?)];
        let wanted = (0u32..32).zip(values).filter(|(bit, _)| mask >> bit & 1 == 1);
        said.extend(wanted.map(|(_, value)| value.to_string()));
        Some(Ok(said))
    }

    /// `dd.mm.yy,value,flag`, then `value,flag`; bit 0 of the flag: there is a value.
    fn profile(&self, number: &str, period: Option<Period>, rest: &[&str]) -> Option<Found> {
        let total = *self.registers(&format!("EMD{number}"))?.first()?;
        let Some(period) = period.filter(|period| period.is_kept(self.now.date())) else {
            return Some(Err(NoSuchDate));
        };
        let ended = self.half_hours(period.first)?;
        let numbers: Vec<usize> = rest.iter().filter_map(|text| text.parse().ok()).collect();
        let value =
            |at: usize| if at < ended { format!("{},1", power(total, at)) } else { "0.0,0".to_owned() };
        let mut said: Vec<String> = window(&numbers).map(value).collect();
        let first = said.first_mut()?;
        *first = format!("{},{first}", period.label());
        Some(Ok(said))
    }

    /// The register at the end of a period, or what it grew by in it.
    fn value(&self, now: Decimal, period: Period, is_register: bool) -> Decimal {
        let (today, daily) = (self.now.date(), daily(now));
        let last = period.last.min(today);
        let days = |from: Date, to: Date| to.since((Unit::Day, from)).map_or(0, |span| span.get_days());
        if !is_register {
            return times(daily, days(period.first, last) + 1);
        }
        let grown = times(daily, days(last, today));
        now.checked_sub(grown).filter(|left| left.units() >= 0).unwrap_or(Decimal::new(0, now.decimals()))
    }

    /// How many half-hours of a day are over.
    fn half_hours(&self, date: Date) -> Option<usize> {
        if date < self.now.date() {
            return Some(HALF_HOURS);
        }
        let minutes = i32::from(self.now.hour()) * 60 + i32::from(self.now.minute());
        usize::try_from(minutes / 30).ok()
    }

    fn registers(&self, name: &str) -> Option<Vec<Decimal>> {
        self.values.get(name.as_bytes())?.iter().map(|value| Decimal::parse(value)).collect()
    }
}

/// What a register grows by in a day.
fn daily(now: Decimal) -> Decimal {
    Decimal::new(magnitude(now) / 1000, now.decimals())
}

fn times(daily: Decimal, days: i32) -> Decimal {
    Decimal::new(magnitude(daily).saturating_mul(days.unsigned_abs().into()), daily.decimals())
}

/// The average power of a half-hour, in the register's unit without the hour.
fn power(now: Decimal, at: usize) -> Decimal {
    let part = SHAPE.get(at).copied().unwrap_or_default();
    let units = magnitude(daily(now)).saturating_mul(part * 100) / (PARTS / 2);
    let decimals = now.decimals().saturating_add(2);
    let spare = decimals.saturating_sub(POWER_DECIMALS);
    Decimal::new(units / 10u64.pow(spare.into()), decimals - spare)
}

fn magnitude(number: Decimal) -> u64 {
    u64::try_from(number.units()).unwrap_or_default()
}

/// The half-hours asked for: the first, counted from 1, and how many.
fn window(numbers: &[usize]) -> std::ops::Range<usize> {
    let from = numbers.first().copied().unwrap_or(1).saturating_sub(1).min(HALF_HOURS);
    let count = numbers.get(1).copied().unwrap_or(HALF_HOURS);
    from..from.saturating_add(count).min(HALF_HOURS)
}

/// The dates of an archive: 01 days, 02 months, 03 years, 04 profile, 05 maxima, 06 events.
fn dates(number: &str, today: Date) -> Option<Found> {
    let (length, count) = match number {
        "01" => (Length::Day, 128),
        "02" | "05" => (Length::Month, 40),
        "03" => (Length::Year, 10),
        "04" => (Length::Day, 64),
        "06" => return Some(Ok(vec!["00.00.00".to_owned(); 20])),
        _ => return None,
    };
    let labels = (0..count).filter_map(|back| Period::back(length, today, back).map(Period::label));
    Some(Ok(labels.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime = jiff::civil::date(2024, 5, 15).at(12, 34, 56, 0);

    fn ask(dialect: Dialect, name: &str, argument: &str) -> Option<Found> {
        let mut values = Values::default();
        values.put("ET0PE", vec!["1000.00".to_owned(), "600.00".to_owned()]);
        values.put("EMD01", vec!["1000.00".to_owned(), "600.00".to_owned(), "400.00".to_owned()]);
        let asked = Asked { address: name.as_bytes(), argument: argument.as_bytes() };
        Archives { dialect, values: &values, now: NOW }.answer(asked)
    }

    fn told(dialect: Dialect, name: &str, argument: &str) -> Vec<String> {
        ask(dialect, name, argument).expect("an archive").expect("a record")
    }

    #[test]
    fn what_a_month_counted_is_the_difference_of_the_registers_around_it() {
        assert_eq!(told(EKT, "ENMPE", "03.24"), ["955.00", "573.00"]);
        assert_eq!(told(EKT, "ENMPE", "04.24"), ["985.00", "591.00"]);
        assert_eq!(told(EKT, "EAMPE", "04.24"), ["30.00", "18.00"]);
        assert_eq!(told(EKT, "ENDPE", "14.05.24"), ["999.00", "599.40"]);
        assert_eq!(told(EKT, "ECMPE", ""), ["15.00", "9.00"]);
        assert_eq!(told(EKT, "ECDPE", ""), ["1.00", "0.60"]);
    }

    #[test]
    fn an_archive_is_asked_by_place_or_by_date_with_a_mask_of_registers() {
        assert_eq!(told(EMR, "EMD01", "0.0"), ["15.05.24,1000.00", "600.00", "400.00"]);
        assert_eq!(told(EMR, "EMD01", "1.0,2"), ["14.05.24,999.00", "399.60"]);
        assert_eq!(told(EMR, "EMM01", "1.1,0"), ["01.04.24,30.00"]);
        assert_eq!(told(EMR, "EMI01", "00.04.24,0,1"), ["01.04.24,985.00", "591.00"]);
        assert_eq!(told(EMR, "EMY01", "0.1,0"), ["01.00.24,136.00"]);
    }

    #[test]
    fn a_profile_adds_up_to_the_day_and_ends_where_today_does() {
        let day = told(EKT, "GRAPE", "14.05.24");
        assert_eq!(day.len(), HALF_HOURS);
        let sum: f64 = day.iter().map(|power| power.parse::<f64>().unwrap() / 2.0).sum();
        assert!((sum - 1.0).abs() < 0.01, "{sum}");
        assert_eq!(told(EKT, "GRAPE", "15.05.24").len(), 25);
        let [first, second] = &told(EMR, "VPR01", "0,25,2")[..] else { panic!("two intervals") };
        assert!(first.starts_with("15.05.24,0.0") && first.ends_with(",1"), "{first}");
        assert_eq!(second, "0.0,0");
    }

    #[test]
    fn what_is_not_kept_is_refused_by_its_date() {
        for (name, argument) in [("ENDPE", "16.05.24"), ("ENMPE", "01.20"), ("GRAPE", "nonsense")] {
            assert_eq!(ask(EKT, name, argument), Some(Err(NoSuchDate)), "{name}({argument})");
        }
        assert_eq!(ask(EMR, "EMD01", "129.0"), Some(Err(NoSuchDate)));
        assert_eq!(ask(EKT, "ENDQE", "14.05.24"), None, "no such register");
    }

    #[test]
    fn dates_of_an_archive() {
        let months = told(EMR, "LST02", "");
        assert_eq!((months.len(), months[1].as_str()), (40, "01.04.24"));
    }

    #[test]
    fn a_day_is_spread_over_all_its_parts() {
        assert_eq!(SHAPE.iter().sum::<u64>(), PARTS);
    }
}
