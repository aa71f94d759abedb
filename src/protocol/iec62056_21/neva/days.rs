//! The half-hour archive: which codes to read in which order, and what the answers come to.
//!
//! Registers and profiles are numbered in days back from the meter's own date, so the date is read before and
//! after each day; when midnight fell between, the day is read again.

use super::codes::{self, DATE, SEASONS, SPECIAL_DAYS, TIME};
use super::schedule::{Calendar, Day};
use super::split::{Energy, Profile, Registers, Slot};
use crate::protocol::Warning;
use crate::protocol::iec62056_21::bcc::CHECK;
use crate::reading::{Code, Measured, MeterTime, Period, Quantity, Raw, Reading, Unit};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// How often a day is read again because midnight fell into its reading.
const REPEATS: u8 = 3;

/// Bytes of the longest frame that asks for one of the codes.
pub(crate) const LONGEST_QUERY: usize = b"\x01R1\x0263010000()\x03h".len();

/// Day schedules that a meter has.
const MOST_SCHEDULES: u32 = 36;

const PROFILE: u32 = 0x6301_0000;
const REGISTERS: u32 = 0x0F80_8000;
const SCHEDULE: u32 = 0x0A00_64FF;

/// What is asked for next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Date,
    Time,
    Special,
    Seasons,
    Registers,
    Profile,
    Schedule(u8),
    DateAgain,
    Nothing,
}

/// What is known of the day that is being read.
#[derive(Debug, Default)]
struct Present {
    registers: Registers,
    profile: Option<Profile>,
    repeats: u8,
}

/// Reads days one after the other.
#[derive(Debug)]
pub(crate) struct Days {
    next: u8,
    last: u8,
    need: Need,
    today: Option<Date>,
    /// Minutes after midnight on the meter's clock.
    minute: u16,
    special: Vec<u8>,
    calendar: Option<Calendar>,
    schedules: Vec<(u8, Day)>,
    present: Present,
    warning: Option<Warning>,
    /// Codes that were answered.
    read: u32,
}

impl Days {
    /// From `first` days back to `last` days back; 0 is today.
    pub(crate) fn new(first: u8, last: u8) -> Self {
        Self {
            next: first,
            last: last.max(first),
            need: Need::Date,
            today: None,
            minute: 0,
            special: Vec::new(),
            calendar: None,
            schedules: Vec::new(),
            present: Present::default(),
            warning: None,
            read: 0,
        }
    }

    /// The code to read now; `None` when everything is read.
    pub(crate) fn code(&self) -> Option<u32> {
        let counted = |first: u32, index: u8| codes::find(first).map(|found| found.entry.code_for(index));
        match self.need {
            Need::Date | Need::DateAgain => Some(DATE),
            Need::Time => Some(TIME),
            Need::Special => Some(SPECIAL_DAYS),
            Need::Seasons => Some(SEASONS),
            Need::Registers => counted(REGISTERS, self.next),
            Need::Profile => counted(PROFILE, self.next),
            Need::Schedule(number) => Some(SCHEDULE | u32::from(number) << 16),
            Need::Nothing => None,
        }
    }

    /// Codes read, and codes in all as far as is known: another day schedule, or midnight in the middle of a day,
    /// takes some more.
    pub(crate) fn progress(&self) -> (u32, u32) {
        (self.read, self.read + self.left())
    }

    /// Codes that are still to be read: date, time, special days and seasons once, registers, profile and the date
    /// again for each day, a schedule at least.
    fn left(&self) -> u32 {
        let of_present = match self.need {
            Need::Date => 7,
            Need::Time => 6,
            Need::Special => 5,
            Need::Seasons => 4,
            Need::Registers => 3,
            Need::Profile | Need::Schedule(_) => 2,
            Need::DateAgain => 1,
            Need::Nothing => return 0,
        };
        let lacks_schedule = self.schedules.is_empty() && !matches!(self.need, Need::Schedule(_));
        of_present + u32::from(lacks_schedule) + 3 * u32::from(self.last.saturating_sub(self.next))
    }

    /// Codes in all at the most: registers, profile and date of each day, read again when midnight falls between, and
    /// what is read once.
    pub(crate) fn most_codes(&self) -> u32 {
        let days = u32::from(self.last - self.next) + 1;
        4 + MOST_SCHEDULES + days * 3 * (u32::from(REPEATS) + 1)
    }

    /// A remark that the answers give rise to.
    pub(crate) const fn warning(&mut self) -> Option<Warning> {
        self.warning.take()
    }

    /// The meter does not have the code. Whether it can go on without.
    pub(crate) fn refused(&mut self) -> bool {
        self.read += 1;
        match self.need {
            Need::Special => {
                self.need = Need::Seasons;
                true
            }
            Need::Seasons => {
                self.no_calendar();
                true
            }
            _ => false,
        }
    }

    /// Takes the value of the code asked for and gives the readings it completes.
    ///
    /// # Errors
    /// What is wrong with the value.
    pub(crate) fn answer(&mut self, value: &[u8]) -> Result<Vec<Reading>, &'static str> {
        self.read += 1;
        match self.need {
            Need::Date => self.date(value)?,
            Need::Time => {
                self.minute = minute(value).ok_or("the time is not HHMMSS")?;
                self.need = Need::Special;
            }
            Need::Special => {
                self.special = value.to_vec();
                self.need = Need::Seasons;
            }
            Need::Seasons => self.seasons(value),
            Need::Registers => {
                let registers = Registers::parse(value);
                self.present.registers = registers.ok_or("the day register is not five numbers of kWh")?;
                self.need = Need::Profile;
            }
            Need::Profile => {
                let profile = Profile::parse(value).ok_or("the profile is not a day's list of averages")?;
                self.present.profile = Some(profile);
                let number = self.number();
                let is_known = self.schedules.iter().any(|(known, _)| *known == number);
                self.need = if is_known { Need::DateAgain } else { Need::Schedule(number) };
            }
            Need::Schedule(number) => {
                let day = Day::parse(value).map_err(|_| "the day schedule is not a list of HHMMTT")?;
                self.schedules.push((number, day));
                self.need = Need::DateAgain;
            }
            Need::DateAgain => return self.date_again(value),
            Need::Nothing => {}
        }
        Ok(Vec::new())
    }

    fn date(&mut self, value: &[u8]) -> Result<(), &'static str> {
        self.today = Some(date(value).ok_or("the date is not YYMMDD")?);
        self.need = Need::Time;
        Ok(())
    }

    fn seasons(&mut self, value: &[u8]) {
        match Calendar::parse(value, &self.special) {
            Ok(calendar) => {
                self.calendar = Some(calendar);
                self.need = Need::Registers;
            }
            Err(_) => self.no_calendar(),
        }
    }

    fn no_calendar(&mut self) {
        let text = "the meter tells no seasons that could be used: day schedule 1 is taken for every day";
        self.warning = Some(Warning { code: "seasons", text: text.into() });
        self.need = Need::Registers;
    }

    /// The schedule of the present day.
    fn number(&self) -> u8 {
        let date = self.date_of_day();
        let number = self.calendar.as_ref().zip(date).map(|(calendar, date)| calendar.schedule(date));
        number.filter(|number| (1..=36).contains(number)).unwrap_or(1)
    }

    fn date_of_day(&self) -> Option<Date> {
        self.today?.checked_sub(i32::from(self.next).days()).ok()
    }

    fn date_again(&mut self, value: &[u8]) -> Result<Vec<Reading>, &'static str> {
        let now = date(value).ok_or("the date is not YYMMDD")?;
        if Some(now) == self.today {
            let readings = self.readings();
            self.advance();
            return Ok(readings);
        }
        self.present.repeats += 1;
        if self.present.repeats > REPEATS {
            return Err("the meter's date changed again and again while a day was read");
        }
        self.today = Some(now);
        self.minute = 0;
        self.need = Need::Registers;
        let text = "midnight fell into the reading of a day; it is read again";
        self.warning = Some(Warning { code: "midnight", text: text.into() });
        Ok(Vec::new())
    }

    fn advance(&mut self) {
        self.present = Present::default();
        self.need = if self.next >= self.last { Need::Nothing } else { Need::Registers };
        self.next += 1;
    }

    /// The readings of a day: its first registers, then for each interval the power and the registers after
    /// it, at last the energy of the day.
    fn readings(&mut self) -> Vec<Reading> {
        let (Some(date), Some(profile)) = (self.date_of_day(), self.present.profile.take()) else {
            return Vec::new();
        };
        let number = self.number();
        let Some((_, day)) = self.schedules.iter().find(|(known, _)| *known == number) else {
            return Vec::new();
        };
        let slots = profile.split(day);
        let end = if self.next == 0 { self.minute } else { u16::MAX };
        let over: Vec<&Slot> = slots.iter().filter(|slot| slot.to <= end).collect();
        let readings = day_readings(date, self.next, self.present.registers, &over);
        if over.len() < slots.len() {
            let text =
                format!("{} intervals of today are not over yet and left out", slots.len() - over.len());
            self.warning = Some(Warning { code: "incomplete", text: text.into() });
        }
        readings
    }
}

fn day_readings(date: Date, back: u8, start: Registers, slots: &[&Slot]) -> Vec<Reading> {
    let mut readings = Vec::with_capacity(slots.len() * 6 + 10);
    let midnight = meter_time(date, 0);
    for (code, energy) in named(start, 8) {
        readings.push(reading(code, energy, midnight, Period::DayEnd(back.saturating_add(1))));
    }
    let mut registers = start;
    let mut of_day = Registers::default();
    for slot in slots {
        registers = registers.after(slot);
        of_day = of_day.after(slot);
        readings.push(power(slot, meter_time(date, slot.from)));
        for (code, energy) in named(registers, 8) {
            readings.push(reading(code, energy, meter_time(date, slot.from), Period::Interval));
        }
    }
    for (code, energy) in named(of_day, 9) {
        readings.push(reading(code, energy, midnight, Period::DuringDay(back)));
    }
    readings
}

/// Total and tariffs under 1.d.0 to 1.d.4: group D 8 is a register, 9 the energy of a period.
fn named(registers: Registers, d: u8) -> impl Iterator<Item = (Code, Energy)> {
    let all = std::iter::once(registers.total).chain(registers.tariffs);
    (0u8..).zip(all).map(move |(e, energy)| (Code::new(1, d, e), energy))
}

fn reading(code: Code, energy: Energy, at: MeterTime, period: Period) -> Reading {
    let value = energy.watt_hours();
    let text = value.to_string();
    Reading {
        code: Some(code),
        quantity: Quantity::ACTIVE_IMPORT,
        tariff: (code.e != 0).then_some(code.e),
        phase: None,
        channel: 0,
        period,
        value: Measured::Number(value),
        unit: Unit::WattHour,
        raw: Raw::Text(text.into_bytes().into()),
        at: Some(at),
        check: Some(CHECK),
        doubt: None,
    }
}

fn power(slot: &Slot, at: MeterTime) -> Reading {
    let value = crate::reading::Decimal::new(slot.watts.into(), 0);
    Reading {
        code: Some(Code::new(1, 5, 0)),
        quantity: Quantity::named("average power"),
        tariff: None,
        phase: None,
        channel: 0,
        period: Period::Interval,
        value: Measured::Number(value),
        unit: Unit::Watt,
        raw: Raw::Text(value.to_string().into_bytes().into()),
        at: Some(at),
        check: Some(CHECK),
        doubt: None,
    }
}

fn meter_time(date: Date, minute: u16) -> MeterTime {
    let day =
        MeterTime::date(date.year().unsigned_abs(), date.month().unsigned_abs(), date.day().unsigned_abs());
    day.at((minute / 60) as u8, (minute % 60) as u8, 0)
}

fn pair(text: &[u8], at: usize) -> Option<u8> {
    match *text.get(at..at + 2)? {
        [tens @ b'0'..=b'9', units @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (units - b'0')),
        _ => None,
    }
}

fn date(text: &[u8]) -> Option<Date> {
    if text.len() != 6 {
        return None;
    }
    let part = |at| pair(text, at).and_then(|part| i8::try_from(part).ok());
    Date::new(2000 + i16::from(part(0)?), part(2)?, part(4)?).ok()
}

fn minute(text: &[u8]) -> Option<u16> {
    let (hour, minute) = (pair(text, 0)?, pair(text, 2)?);
    (text.len() == 6 && hour < 24 && minute < 60).then_some(u16::from(hour) * 60 + u16::from(minute))
}
