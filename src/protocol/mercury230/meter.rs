//! What a simulated meter holds, and the data of its answers made of it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::form::{Form, Item};
use super::pulses::Constant;
use super::rows::{self, Reply, Row};
use super::{encode, instant, is_single_phase, memory, status, values};
use crate::frame::Value;
use crate::protocol::{Dialect, Load};
use crate::reading::{Code, Decimal, Period};

/// Minutes of an interval of the load profile.
const INTERVAL: i64 = 30;

/// Records that the load profile holds before it begins anew.
const RECORDS: i64 = 4096;

/// Joules of a watt hour.
const WATT_HOUR: u64 = 3_600;

/// Registers and values of now as the meter leaves the factory, in the last digit that it sends. A real
/// 236's captures are the model (wirenboard/wb-mqtt-serial, tests).
#[rustfmt::skip]
static FACTORY: &[((u8, u8, u8), i64)] = &[
    ((1, 8, 0), 3_196_200), ((1, 8, 1), 1_947_350), ((1, 8, 2), 1_248_850), ((1, 8, 3), 0), ((1, 8, 4), 0),
    ((3, 8, 0), 300_444), ((3, 8, 1), 201_444), ((3, 8, 2), 99_000), ((3, 8, 3), 0), ((3, 8, 4), 0),
    ((5, 8, 0), 240_400), ((6, 8, 0), 0), ((7, 8, 0), 0), ((8, 8, 0), 60_044),
    ((21, 8, 0), 1_065_400), ((41, 8, 0), 1_065_400), ((61, 8, 0), 1_065_400),
    ((1, 7, 0), 33_000), ((21, 7, 0), 11_000), ((41, 7, 0), 11_000), ((61, 7, 0), 11_000),
    ((3, 7, 0), 3_000), ((23, 7, 0), 1_000), ((43, 7, 0), 1_000), ((63, 7, 0), 1_000),
    ((9, 7, 0), 33_150), ((29, 7, 0), 11_050), ((49, 7, 0), 11_050), ((69, 7, 0), 11_050),
    ((32, 7, 0), 24_128), ((52, 7, 0), 24_043), ((72, 7, 0), 23_971),
    ((31, 7, 0), 458), ((51, 7, 0), 460), ((71, 7, 0), 461), ((91, 7, 0), 0),
    ((13, 7, 0), 995), ((33, 7, 0), 995), ((53, 7, 0), 995), ((73, 7, 0), 995),
    ((14, 7, 0), 5_003),
];

/// What has no code: by the name of its item, in the form a person writes it.
#[rustfmt::skip]
static NAMED: &[(&str, &str)] = &[
    ("production date", "2020-06-22"), ("firmware version", "9.0.0"), ("build variant", "B4 E3 C2 97 DF 58"),
    ("firmware CRC", "7E F5"), ("variant code", "32 3A"), ("variant byte 7", "0C"), ("voltage ratio", "1"),
    ("current ratio", "1"), ("temperature", "24"), ("location", "PRIB"), ("time-out multiplier", "1"),
    ("time-out multiplier, extra port", "1"), ("angle of voltages L1 and L2", "120.00"),
    ("angle of voltages L1 and L3", "240.00"), ("angle of voltages L2 and L3", "120.00"),
    ("voltage distortion L1", "2.01"), ("voltage distortion L2", "1.98"), ("voltage distortion L3", "2.10"),
    ("voltage L1 to L2", "416.62"), ("voltage L2 to L3", "415.80"), ("voltage L1 to L3", "416.01"),
    ("power limit", "15000.00"), ("averaging period", "30"), ("billing day", "1"),
    ("lowest voltage allowed", "207.00"), ("lowest voltage, normal", "218.50"), ("highest voltage, normal", "241.50"),
    ("highest voltage allowed", "253.00"), ("lowest frequency allowed", "49.60"), ("lowest frequency, normal", "49.80"),
    ("highest frequency, normal", "50.20"), ("highest frequency allowed", "50.40"), ("disconnector temperature", "31"),
    ("limit of current imbalance", "20.00"), ("time of current imbalance", "10"),
    ("change to summer", "02 07 03"), ("change to winter", "03 07 10"),
];

/// When things in its journals happened.
const EVENT: &str = "2024-05-01T08:15:30";

/// What a meter holds.
#[derive(Debug)]
pub(super) struct Memory {
    dialect: Dialect,
    /// Numbers by code, in their last digit.
    numbers: BTreeMap<(u8, u8, u8), i64>,
    /// Bytes by the name of the item.
    named: BTreeMap<&'static str, Vec<u8>>,
    serial: u32,
    /// How far its clock is ahead of the wall clock.
    ahead: SignedDuration,
    /// What is left of energy after whole watt hours.
    joules: u64,
}

impl Memory {
    /// As it leaves the factory.
    pub(super) fn new(serial: u32, dialect: Dialect) -> Self {
        let mut memory = Self {
            dialect,
            numbers: FACTORY.iter().copied().collect(),
            named: BTreeMap::new(),
            serial,
            ahead: SignedDuration::ZERO,
            joules: 0,
        };
        for (name, text) in NAMED {
            let place = places().find(|item| item.name == *name);
            if let Some((item, bytes)) = place.and_then(|item| Some((item, encode::text(item.form, text)?))) {
                memory.named.insert(item.name, bytes);
            }
        }
        memory
    }

    /// The multiplier of the end-of-frame silence, from 1.
    pub(super) fn timeout_multiplier(&self) -> u32 {
        self.named
            .get("time-out multiplier")
            .and_then(|bytes| bytes.last())
            .map_or(1, |n| u32::from(*n).max(1))
    }

    /// The meter's own time.
    pub(super) fn now(&self, wall: DateTime) -> DateTime {
        wall.checked_add(self.ahead).unwrap_or(wall)
    }

    /// Sets the clock.
    pub(super) fn set_clock(&mut self, time: DateTime, wall: DateTime) {
        self.ahead = time.duration_since(wall);
    }

    /// Sets bytes by the name of their item.
    pub(super) fn put(&mut self, name: &'static str, bytes: Vec<u8>) {
        self.named.insert(name, bytes);
    }

    /// Empties all energy registers.
    pub(super) fn reset_energy(&mut self) {
        self.numbers.iter_mut().filter(|((_, d, _), _)| *d == 8).for_each(|(_, number)| *number = 0);
    }

    /// The data of the answer to a read, or the status that refuses it.
    pub(super) fn answer(&self, row: &Row, body: &[u8], address: u8, wall: DateTime) -> Result<Vec<u8>, u8> {
        match (row.reply, body) {
            (Reply::Memory, &[_, kind, high, low, count]) => {
                return self.by_address(kind, [high, low], count, wall);
            }
            (Reply::Relative, &[_, kind, high, low, count]) => {
                return self.relative(kind, u16::from_be_bytes([high, low]), count, wall);
            }
            _ => {}
        }
        let items = row.reply_items(body, None, self.dialect).ok_or(status::UNKNOWN)?;
        Ok(items.iter().flat_map(|item| self.bytes_of(item, address, wall)).collect())
    }

    fn bytes_of(&self, item: &Item, address: u8, wall: DateTime) -> Vec<u8> {
        self.number_of(item)
            .or_else(|| self.own(item, address, wall))
            .or_else(|| self.named.get(item.name).cloned())
            .filter(|bytes| bytes.len() == item.form.size())
            .unwrap_or_else(|| blank(item.form))
    }

    fn number_of(&self, item: &Item) -> Option<Vec<u8>> {
        let code = item.means.code.filter(|_| !matches!(item.form, Form::Clock | Form::Serial))?;
        let number = *self.numbers.get(&key(code))?;
        encode::integer(item.form, of_period(number, item.means.period))
    }

    /// What follows from the clock, the address and the serial number.
    fn own(&self, item: &Item, address: u8, wall: DateTime) -> Option<Vec<u8>> {
        let now = self.now(wall);
        match (item.form, item.name) {
            (Form::Clock, _) => Some([encode::moment(now)?, vec![1]].concat()),
            (Form::Serial, _) => encode::integer(Form::Serial, self.serial.into()),
            (Form::Stamp, _) => encode::stamp(EVENT.parse().ok()?),
            (Form::FineStamp, _) => Some([vec![0], encode::stamp(EVENT.parse().ok()?)?].concat()),
            (Form::Date, _) => encode::date(now.date()),
            (Form::ProfileTime, _) => encode::profile_time(last_end(now)),
            (_, instant::IMBALANCE) if is_single_phase(self.dialect) => {
                let current = |c| self.numbers.get(&(c, 7, 0)).copied().unwrap_or(0);
                encode::integer(item.form, (current(31) - current(91)).abs())
            }
            (_, "network address") => Some(vec![0, address]),
            (_, "address of last record") => {
                Some(u16::try_from(place(last_end(now))).ok()?.to_be_bytes().to_vec())
            }
            _ => None,
        }
    }

    /// Memory by address: the load profile, whole records from where one begins.
    fn by_address(&self, kind: u8, at: [u8; 2], count: u8, wall: DateTime) -> Result<Vec<u8>, u8> {
        let records = i64::from(count / memory::RECORD);
        let is_profile = matches!(kind & 0x0F, 3 | 5);
        if !is_profile {
            return Ok(vec![0; usize::from(count.max(2))]);
        }
        if !count.is_multiple_of(memory::RECORD) || count == 0 {
            return Err(status::INTERNAL);
        }
        let upper = if kind & 0x80 == 0 { 0 } else { RECORDS };
        let first = i64::from(u16::from_be_bytes(at) >> 4) + upper;
        let last = last_end(self.now(wall));
        let back = |record: i64| (place(last) - record).rem_euclid(RECORDS);
        Ok((0..records).flat_map(|nth| self.record(last, back(first + nth))).collect())
    }

    /// The load profile from the newest record back.
    fn relative(&self, kind: u8, back: u16, count: u8, wall: DateTime) -> Result<Vec<u8>, u8> {
        if !matches!(kind & 0x0F, 3 | 5) {
            return Ok(vec![0; usize::from(count.max(2))]);
        }
        if !(1..=17).contains(&count) {
            return Err(status::INTERNAL);
        }
        let last = last_end(self.now(wall));
        Ok((0..i64::from(count)).flat_map(|nth| self.record(last, i64::from(back) + nth)).collect())
    }

    /// The record of so many intervals back. Energy that is not metered is FF FF.
    fn record(&self, last: DateTime, back: i64) -> Vec<u8> {
        let end = last.checked_sub(SignedDuration::from_mins(back * INTERVAL)).unwrap_or(last);
        let mut record = vec![0x08];
        record.extend(encode::profile_time(end).unwrap_or_else(|| vec![0; 5]));
        record.push(INTERVAL as u8);
        let power = |c| self.numbers.get(&(c, 7, 0)).copied().unwrap_or(0);
        let variant = self.named.get("build variant").map(Vec::as_slice).unwrap_or_default();
        let constant = Constant::of_variant(variant);
        let pulses = |c: u8| constant.map_or(0, |constant| constant.pulses(power(c), INTERVAL)).to_le_bytes();
        record.extend([pulses(1), [0xFF; 2], pulses(3), [0; 2]].concat());
        record
    }

    /// Sets a value by C.D.E, by the name of its item or by the id of a command with one item, from the text a
    /// person wrote.
    ///
    /// # Errors
    /// What would be right.
    pub(super) fn set(&mut self, name: &str, text: &str) -> Result<(), String> {
        let unknown = || "a value this meter has: an OBIS code or the name of a field".to_owned();
        let item = find(name).ok_or_else(unknown)?;
        let bytes = encode::text(item.form, text).ok_or_else(|| expectation(item.form))?;
        match (item.means.code, values::value(item.form, &bytes)) {
            (Some(code), Value::Number(number)) if item.form == Form::Serial => {
                self.serial = u32::try_from(number.units()).map_err(|_| unknown())?;
                let _ = code;
            }
            (Some(code), Value::Number(number)) => {
                self.numbers.insert(key(code), i64::try_from(number.units()).unwrap_or(i64::MAX));
            }
            _ => {
                self.named.insert(item.name, bytes);
            }
        }
        Ok(())
    }

    /// Something is drawn through it, in equal parts on all its phases.
    pub(super) fn draw(&mut self, load: Load) {
        let (phases, count): (&[u8], i64) =
            if is_single_phase(self.dialect) { (&[21], 1) } else { (&[21, 41, 61], 3) };
        let share = i64::from(load.watts) * 100 / count;
        self.numbers.insert((1, 7, 0), i64::from(load.watts) * 100);
        self.numbers.insert((9, 7, 0), i64::from(load.watts) * 100);
        for c in phases {
            self.numbers.insert((*c, 7, 0), share);
            self.numbers.insert((*c + 8, 7, 0), share);
            let volts = self.numbers.get(&(*c + 11, 7, 0)).copied().unwrap_or(23_000).max(1);
            self.numbers.insert((*c + 10, 7, 0), share * 1_000 / volts);
        }
        self.joules = self.joules.saturating_add(load.watt_seconds);
        let hours = i64::try_from(self.joules / WATT_HOUR).unwrap_or(0);
        self.joules %= WATT_HOUR;
        for register in [(1, 8, 0), (1, 8, 1)] {
            *self.numbers.entry(register).or_insert(0) += hours;
        }
    }
}

const fn key(code: Code) -> (u8, u8, u8) {
    (code.c, code.d, code.e)
}

/// What a register held or gained at another time: a plausible part of what it holds.
const fn of_period(number: i64, period: Period) -> i64 {
    match period {
        Period::Now => number,
        Period::DuringMonth(_) | Period::InMonth(_) => number / 20,
        Period::DuringYear(_) => number / 2,
        Period::DuringDay(_) | Period::Interval => number / 500,
        _ => number - number / 10,
    }
}

/// What stands where nothing is metered.
fn blank(form: Form) -> Vec<u8> {
    let byte = if matches!(form, Form::Energy | Form::Power(..) | Form::Value(..)) { 0xFF } else { 0 };
    vec![byte; form.size()]
}

/// The end of the last whole interval.
fn last_end(now: DateTime) -> DateTime {
    let minute = if now.minute() >= 30 { 30 } else { 0 };
    now.with().minute(minute).second(0).subsec_nanosecond(0).build().unwrap_or(now)
}

/// Where a record stands: the address in memory is 16 times this.
fn place(end: DateTime) -> i64 {
    let epoch = jiff::civil::date(2020, 1, 1).at(0, 0, 0, 0);
    (end.duration_since(epoch).as_mins() / INTERVAL).rem_euclid(RECORDS)
}

/// Every item of the answers that have a fixed form, and of those with values of now and running registers.
fn places() -> impl Iterator<Item = Item> {
    rows::rows().flat_map(row_items)
}

fn row_items(row: &'static Row) -> Vec<Item> {
    let body = |arguments: &[u8]| [row.code, arguments].concat();
    let of = |arguments: &[u8]| {
        row.reply_items(&body(arguments), Some(95), Dialect::default()).unwrap_or_default()
    };
    match row.reply {
        Reply::Items(items) => items.to_vec(),
        Reply::Instant if row.arguments.is_empty() => of(&[]),
        Reply::Energy | Reply::Quadrants if row.arguments.len() == 2 => {
            (0..=4).flat_map(|tariff| of(&[0, tariff])).collect()
        }
        Reply::Energy if row.arguments.len() == 1 => (0..=4).flat_map(|tariff| of(&[tariff])).collect(),
        _ => Vec::new(),
    }
}

fn find(name: &str) -> Option<Item> {
    let wanted = name.replace('-', " ");
    let by_id = || {
        let row = rows::rows().find(|row| row.command.id == name)?;
        match row_items(row).as_slice() {
            [item] => Some(*item),
            _ => None,
        }
    };
    places()
        .find(|item| item.means.code.is_some_and(|code| code.to_string() == name))
        .or_else(|| places().find(|item| item.means.code.is_none() && item.name.replace('-', " ") == wanted))
        .or_else(by_id)
}

/// What fits a form, in words.
fn expectation(form: Form) -> String {
    match form {
        Form::Value(decimals, _) => format!("a number up to {}", Decimal::new(0x3F_FFFF, decimals)),
        Form::Energy => "a whole number of Wh or varh".to_owned(),
        Form::Clock | Form::Moment | Form::Stamp => "a date and time such as 2024-05-31T12:00:00".to_owned(),
        Form::BuildDate | Form::Date => "a date such as 2024-05-31".to_owned(),
        Form::Version => "a version such as 9.0.0".to_owned(),
        Form::Text(count) => format!("at most {count} characters"),
        Form::Choice(choices) | Form::PaddedChoice(choices) => {
            format!("one of {}", choices.iter().map(|c| c.word).collect::<Vec<_>>().join(", "))
        }
        Form::Word(decimals) => format!("a number up to {}", Decimal::new(0xFFFF, decimals)),
        Form::Long(decimals) => format!("a number up to {}", Decimal::new(u32::MAX.into(), decimals)),
        Form::Hex(_) | Form::HexLow(_) | Form::PaddedHex | Form::Bytes(_) | Form::Variant | Form::State => {
            format!("{} bytes as hex", form.size())
        }
        _ => format!("a whole number of {} bytes", form.size()),
    }
}
