//! What a simulated meter does on commands that write or act.

use jiff::civil::DateTime;

use super::super::KERNEL10;
use super::super::arguments::clock_of;
use super::super::commands;
use super::super::layout::{Grid, Slot, Spec, mask};
use super::meter::error;
use super::state::State;
use crate::protocol::Access;

/// Bits of a classic configuration that commands with one byte set: code, byte, lowest bit, count, and what is
/// taken off the value first (CE102 description, app. B).
const CONFIG_BITS: &[(u16, usize, u8, u8, u8)] = &[
    (0x0104, 1, 0, 2, 0),
    (0x0105, 1, 2, 1, 0),
    (0x0106, 1, 3, 1, 0),
    (0x0108, 2, 3, 1, 0),
    (0x0109, 2, 4, 3, 0),
    (0x010B, 3, 0, 8, 0),
    (0x013A, 4, 4, 1, 0),
    (0x013B, 4, 5, 1, 0),
    (0x013C, 4, 6, 1, 0),
    (0x013F, 2, 0, 3, 1),
];

/// Carries a command out.
pub(super) fn write(state: &mut State, spec: &Spec, data: &[u8], wall: DateTime) -> Result<(), u8> {
    let first = data.first().copied().unwrap_or_default();
    match spec.id {
        "set-clock" => {
            let time = clock_of(data).ok_or(error::PARAMETER)?;
            state.ahead = time.duration_since(wall);
        }
        "time-sync" => sync(state, wall),
        "set-tariff" => set_tariff(state, first)?,
        "set-address" => state.address = little(data) as u16,
        "set-password" => set_password(state, data),
        "relay-on" => set_relay(state, first, true),
        "relay-off" => set_relay(state, first, false),
        "relay-switch" => set_relay(state, 0, data.get(1) == Some(&1)),
        "fix-data" => state.fixed = Some((state.clock(wall), state.registers)),
        "clear-tariffs" => state.written.retain(|(code, _), _| !matches!(code, 0x0140 | 0x0142 | 0x0144)),
        "set-season" if first == 1 => {
            state.written.retain(|(code, _), _| *code != 0x0140);
            keep(state, spec, data);
        }
        "set-tariff-programme" => set_schedule(state, spec, data, Grid::HalfHours)?,
        "set-day-schedule" => set_schedule(state, spec, data, Grid::Minutes)?,
        _ if state.dialect != KERNEL10 && set_config(state, spec.code, first) => {}
        _ => keep(state, spec, data),
    }
    Ok(())
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// To the nearest minute, if that is less than half a minute away.
fn sync(state: &mut State, wall: DateTime) {
    let second = i64::from(state.clock(wall).second());
    let step = if second < 30 { -second } else { 60 - second };
    state.ahead += jiff::SignedDuration::from_secs(step);
}

/// Only while tariffs are switched from outside.
fn set_tariff(state: &mut State, tariff: u8) -> Result<(), u8> {
    if state.config.get(1).is_none_or(|byte| byte & 4 == 0) {
        return Err(error::CONFIGURATION);
    }
    state.tariff = tariff;
    Ok(())
}

/// A classic meter has three; only the first is the one that writes here.
fn set_password(state: &mut State, data: &[u8]) {
    match data {
        [0, number @ ..] | number if number.len() == 4 => state.access.admin = little(number),
        _ => {}
    }
}

fn set_relay(state: &mut State, relay: u8, is_on: bool) {
    if let Some(slot) = state.relays.get_mut(usize::from(relay)) {
        *slot = is_on;
    }
    if let Some(config) = state.config.get_mut(1) {
        let bit = 0x40 << relay.min(1);
        *config = if is_on { *config | bit } else { *config & !bit };
    }
}

fn set_config(state: &mut State, code: u16, value: u8) -> bool {
    let Some((_, byte, shift, count, less)) = CONFIG_BITS.iter().find(|entry| entry.0 == code) else {
        return false;
    };
    if let Some(config) = state.config.get_mut(*byte) {
        let bits = mask(*count) << shift;
        *config = *config & !bits | (value.saturating_sub(*less) << shift) & bits;
    }
    true
}

/// Keeps what was written for the command that reads it, whose code is one less.
fn keep(state: &mut State, spec: &Spec, data: &[u8]) {
    let code = spec.code.saturating_sub(1);
    let reads = commands::named(state.dialect, code).filter(|spec| spec.access == Access::Read);
    let Some(reads) = reads else { return };
    let is_keyed =
        spec.id != "set-total-limit" && reads.request.iter().any(|slot| !matches!(slot, Slot::Zero(_)));
    let (key, value) = match data.split_first() {
        Some((key, value)) if is_keyed => (*key, value),
        _ => (0, data),
    };
    state.written.insert((code, key), value.to_vec());
}

/// Points must follow each other through the day.
fn set_schedule(state: &mut State, spec: &Spec, data: &[u8], grid: Grid) -> Result<(), u8> {
    let (Some((&[key, first, _], points)), base) =
        (data.split_first_chunk(), usize::from(grid == Grid::Minutes))
    else {
        return Err(error::COUNT);
    };
    let times = points.chunks(grid.width()).map(|point| point.split_last().map(|(_, time)| time));
    if !times.is_sorted_by(|before, after| before < after) {
        return Err(error::PROGRAMME);
    }
    let schedule = state.written.entry((spec.code - 1, key)).or_default();
    let at = usize::from(first).saturating_sub(base) * grid.width();
    schedule.resize(schedule.len().max(at + points.len()), 0);
    if let Some(slot) = schedule.get_mut(at..at + points.len()) {
        slot.copy_from_slice(points);
    }
    Ok(())
}
