//! What a simulated meter answers to commands that read.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::super::arguments::clock_bytes;
use super::super::commands::registers;
use super::super::layout::{Form, Grid, Slot, Spec};
use super::super::{KERNEL10, bcd};
use super::meter::error;
use super::state::State;
use crate::reading::Period;

type Reply = Result<Vec<u8>, u8>;

/// The data of the reply.
pub(super) fn read(state: &State, spec: &Spec, data: &[u8], wall: DateTime) -> Reply {
    let clock = state.clock(wall);
    if state.dialect == KERNEL10 {
        if let Some(reply) = kernel10(state, spec, data, clock) {
            return reply;
        }
    } else if let Some(reply) = classic(state, spec, data, clock) {
        return reply;
    }
    match spec.id {
        "ping" => Ok(state.address.to_le_bytes().to_vec()),
        "version" => Ok(version(state)),
        "version-ex" => Ok(vec![at(&state.version, 2), 0]),
        "serial-part" => Ok(serial(state, at(data, 0))),
        "clock" => clock_bytes(clock).map(|bytes| bytes.to_vec()).ok_or(error::CONFIGURATION),
        _ => Ok(setting(state, spec, data)),
    }
}

fn at(bytes: &[u8], index: usize) -> u8 {
    bytes.get(index).copied().unwrap_or_default()
}

fn version(state: &State) -> Vec<u8> {
    let built = if state.dialect == KERNEL10 { [0x14, 0x02, 0x17] } else { [0x05, 0x02, 0x10] };
    [state.version, built].concat()
}

fn serial(state: &State, part: u8) -> Vec<u8> {
    let reversed = state.serial.iter().rev().copied().chain(std::iter::repeat(0));
    reversed.skip(usize::from(part) * 8).take(8).collect()
}

fn kernel10(state: &State, spec: &Spec, data: &[u8], clock: DateTime) -> Option<Reply> {
    let phases = state.phases;
    Some(match spec.id {
        "status" => Ok(status(state, clock)),
        "meter-code" => Ok(vec![0x0A]),
        "skop" => Ok([1, 11, state.model_number, 1, 1, 1].into_iter().flat_map(u16::to_be_bytes).collect()),
        "energy" => Ok(kernel10_energy(state, registers::kernel10_by_month(data)?, month_date(clock, data))),
        "energy-by-day" => {
            Ok(kernel10_energy(state, registers::kernel10_by_day(data)?, day_date(clock, data)))
        }
        "journal" => kernel10_journal(data),
        "relay-state" => Ok(vec![0, u8::from(at_relay(state)), 0xFF * u8::from(at_relay(state))]),
        "day-schedule" => Ok(schedule(state, spec, data, Grid::Minutes)),
        "voltage" => Ok(state.volts.iter().take(phases).flat_map(|volts| volts.to_le_bytes()).collect()),
        "current" => Ok(state.amperes.iter().take(phases).flat_map(|amps| amps.to_le_bytes()).collect()),
        "power" => Ok(state.watts.iter().take(phases).flat_map(|watts| watts.to_le_bytes()).collect()),
        _ => return None,
    })
}

fn at_relay(state: &State) -> bool {
    state.relays.first().copied().unwrap_or_default()
}

fn status(state: &State, clock: DateTime) -> Vec<u8> {
    let is_locked = state.access.locked.is_some_and(|hour| hour.date().at(hour.hour(), 0, 0, 0) <= clock);
    let tariff = state.tariff + 1;
    vec![0, 0, u8::from(is_locked) << 1, 29, 0x0F, tariff, tariff, 0, 0, 0]
}

fn kernel10_energy(state: &State, (tariff, period): (u8, Period), date: [u8; 3]) -> Vec<u8> {
    let energy = match period {
        Period::DuringMonth(back) | Period::DuringDay(back) => state.during(tariff, back),
        Period::MonthEnd(back) | Period::DayEnd(back) => state.register(tariff, back),
        _ => state.register(tariff, 0),
    };
    date.into_iter().chain(energy.to_le_bytes()).collect()
}

fn month_date(clock: DateTime, data: &[u8]) -> [u8; 3] {
    let back = i64::from(at(data, 0) & 0x7F);
    let month = clock.date().first_of_month().checked_sub(back.months()).unwrap_or(clock.date());
    let [_, month, year] = date_bytes(month);
    [0, month, year]
}

fn day_date(clock: DateTime, data: &[u8]) -> [u8; 3] {
    let back = i64::from(at(data, 0) & 0x7F);
    date_bytes(clock.date().checked_sub(back.days()).unwrap_or(clock.date()))
}

fn date_bytes(date: Date) -> [u8; 3] {
    let year = u8::try_from(date.year().rem_euclid(100)).unwrap_or_default();
    [bcd::encode(date.day().unsigned_abs()), bcd::encode(date.month().unsigned_abs()), bcd::encode(year)]
}

/// Ten records a journal.
fn kernel10_journal(data: &[u8]) -> Reply {
    let (journal, record) = (at(data, 0), at(data, 1));
    let number = 10u8.checked_sub(record).filter(|number| *number > 0).ok_or(error::RECORD)?;
    let mut reply = vec![number, 0, 0, 0, number, journal, 0x5A, 0x21, journal];
    if journal == 0x07 {
        reply.extend([0, 0, 0, 0]);
    }
    Ok(reply)
}

fn classic(state: &State, spec: &Spec, data: &[u8], clock: DateTime) -> Option<Reply> {
    let energy = |energy: Option<(u8, Period)>| Some(Ok(classic_energy(state, energy?)));
    Some(match spec.id {
        "config" => Ok(config(state)),
        "relay-state" => Ok(vec![state.relays.iter().rev().fold(0, |byte, on| byte << 1 | u8::from(*on))]),
        "meter-code" => Ok([state.version.as_slice(), &[1, 1, 2, 4, 4, 4, 2, 0, 4, 0x20, 0x40, 0]].concat()),
        "battery" => Ok(vec![120, 96]),
        "tariff" => Ok(vec![state.tariff]),
        "average-power" | "power" => Ok(power(state)),
        "energy" => return energy(registers::tariff_by_month(data)),
        "energy-by-day" => return energy(registers::tariff_by_day(data)),
        "energy-total" => return energy(registers::total_by_month(data)),
        "energy-total-by-day" => return energy(registers::total_by_day(data)),
        "energy-by-interval" => Ok(intervals(data, clock)),
        "energy-half-hour" => Ok(vec![12, 0]),
        "maximum-of-day" => Ok(vec![37, 0x2A, 0, 0]),
        "maximum-of-month" => Ok(vec![15, 38, 0x4B, 0, 0]),
        "journal" => classic_journal(data, clock),
        "energy-by-interval-saved" => Ok(vec![2, 9, 0, 0, 8, 0, 0]),
        "tariff-programme" => Ok(schedule(state, spec, data, Grid::HalfHours)),
        "fixed-data" => fixed(state, at(data, 0)),
        "time-zone" => Ok(vec![at(&setting(state, spec, data), 0), 1]),
        _ => return None,
    })
}

fn config(state: &State) -> Vec<u8> {
    let mut config = state.config.clone();
    if let Some(first) = config.first_mut() {
        *first = *first & !3 | state.decimals & 3;
    }
    config
}

/// All phases together, in kW with the decimals of energies.
fn power(state: &State) -> Vec<u8> {
    let milliwatts: u32 = state.watts.iter().take(state.phases).sum();
    let units = milliwatts / 10u32.pow(6 - u32::from(state.decimals.min(3)));
    units.to_le_bytes().into_iter().take(3).collect()
}

fn classic_energy(state: &State, (tariff, period): (u8, Period)) -> Vec<u8> {
    let back = match period {
        Period::MonthEnd(back) | Period::DayEnd(back) => back,
        _ => 0,
    };
    state.register(tariff, back).to_le_bytes().to_vec()
}

/// Intervals of today that have not come yet have no value.
fn intervals(data: &[u8], clock: DateTime) -> Vec<u8> {
    let is_today = data.get(..3) == Some(date_bytes(clock.date()).as_slice());
    let now = clock.hour().unsigned_abs() * 2 + u8::from(clock.minute() >= 30);
    let one = |nth: u8| {
        let interval = at(data, 3).saturating_add(nth);
        if is_today && interval >= now { [0xFF; 3] } else { [interval % 24 + 3, 0, 0] }
    };
    (0..at(data, 4)).flat_map(one).collect()
}

fn classic_journal(data: &[u8], clock: DateTime) -> Reply {
    let (journal, record) = (at(data, 0), at(data, 1));
    let depth = if matches!(journal, 0x0B..=0x0D) { 40 } else { 20 };
    if record >= depth {
        return Err(error::PARAMETER);
    }
    let event = match journal {
        0x01 => 0x10,
        0x02 => 0x20,
        0x03 => 0x31,
        0x04 => 0x41,
        0x05 => 0x50,
        0x06 => 0x60,
        0x07 => 0x80,
        0x08 => 0x90,
        0x09 => 0xA2,
        0x0A => 0xB0,
        0x0B => 0xC0,
        0x0C => 0xD1,
        _ => 0xE0,
    };
    let when = clock.checked_sub(i64::from(record).days()).unwrap_or(clock);
    let time = clock_bytes(when).ok_or(error::CONFIGURATION)?;
    Ok(time.into_iter().chain([event]).collect())
}

fn fixed(state: &State, item: u8) -> Reply {
    let (when, registers) = state.fixed.ok_or(error::CONFIGURATION)?;
    let value = match item {
        0 => clock_bytes(when).ok_or(error::CONFIGURATION)?.to_vec(),
        1..=8 => registers.get(usize::from(item)).copied().unwrap_or_default().to_le_bytes().to_vec(),
        _ => power(state),
    };
    Ok(std::iter::once(item).chain(value).collect())
}

/// The points asked for; those that were never written are zeros, the first is T1 from midnight.
fn schedule(state: &State, spec: &Spec, data: &[u8], grid: Grid) -> Vec<u8> {
    let (key, first, count) = (at(data, 0), at(data, 1), at(data, 2));
    let written = state.written.get(&(spec.code, key)).cloned();
    let midnight: &[u8] = if grid == Grid::HalfHours { &[0, 1] } else { &[0, 0, 1] };
    let points = written.unwrap_or_else(|| midnight.to_vec());
    let base = u8::from(grid == Grid::Minutes);
    let skipped = usize::from(first.saturating_sub(base)) * grid.width();
    let wanted = usize::from(count) * grid.width();
    points.into_iter().skip(skipped).chain(std::iter::repeat(0)).take(wanted).collect()
}

/// What was written last; before that, a plausible setting.
fn setting(state: &State, spec: &Spec, data: &[u8]) -> Vec<u8> {
    let key = if spec.request.iter().any(|slot| !matches!(slot, Slot::Zero(_))) { at(data, 0) } else { 0 };
    let layout = spec.replies.first();
    let echoes =
        layout.and_then(|layout| layout.head.first()).is_some_and(|cell| matches!(cell.form, Form::Echo));
    let value = state.written.get(&(spec.code, key)).cloned().unwrap_or_else(|| default(spec, key));
    if echoes { std::iter::once(key).chain(value).collect() } else { value }
}

fn default(spec: &Spec, key: u8) -> Vec<u8> {
    match spec.id {
        "config" => vec![1, 0x0F, 0x4A, 0, 0, 0],
        "clock-trim" => vec![12],
        "subscriber" => {
            if key == 0 {
                b"24000000".to_vec()
            } else {
                vec![0; 8]
            }
        }
        "load-config" => vec![1, 60, 0],
        "relay-config" if spec.replies.iter().all(|layout| layout.head.len() > 1) => {
            vec![0x09, 5, 10, 1, 0, 0]
        }
        "relay-config" => vec![1],
        "special-day" => vec![bcd::encode(key % 28 + 1), 0x01, 1],
        "season" => vec![0x01, bcd::encode(key), 1, 1, 1, 1, 1, 1, 1],
        "energy-limit" | "total-energy-limit" | "total-limit" => vec![0x40, 0x0D, 0x03, 0],
        "power-limit" | "power-limit-by-tariff" => vec![0xDC, 0x05, 0],
        "time-zone" => vec![41],
        "dst-hour" => vec![0x02],
        "dst-rule" => vec![0, 0x15, 0x03, 0x03, 0x15, 0x10, 0x04],
        _ => Vec::new(),
    }
}
