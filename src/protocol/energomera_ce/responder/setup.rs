//! Making a simulated meter out of a setup.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::super::{KERNEL10, arguments};
use super::state::{Access, State};
use crate::protocol::{Setup, SetupError};
use crate::reading::Decimal;

/// The administrator's password of a new CE307 (CE307 manual, app. B, 1.3).
const ADMIN: u32 = 777_777;

/// Tariff registers in hundredths of a kWh; the first is what a CE307 on a photograph showed.
const REGISTERS: [u32; 8] = [297_964, 123_456, 65_432, 1_024, 0, 0, 0, 0];

/// A meter as the setup wants it.
pub(super) fn state(setup: &Setup) -> Result<State, SetupError> {
    let number = setup.address.number().unwrap_or(1);
    let address = u16::try_from(number).ok().filter(|address| *address != u16::MAX);
    let address =
        address.ok_or_else(|| SetupError::new("address", setup.address.text(), "a number of 0 to 65534"))?;
    let mut state = blank(setup, address);
    if let Some(secret) = &setup.password {
        state.access.admin = arguments::password(secret)
            .ok_or_else(|| SetupError::new("password", "", arguments::PASSWORD))?;
    }
    for (name, value) in &setup.values {
        set(&mut state, name, value)?;
    }
    Ok(state)
}

fn blank(setup: &Setup, address: u16) -> State {
    let (version, model_number, phases) = make(setup.model);
    let mut registers = [0; 9];
    for (slot, register) in registers.iter_mut().skip(1).zip(REGISTERS) {
        *slot = register;
    }
    let serial =
        if setup.serial.is_empty() { format!("0117911658{address:05}") } else { setup.serial.clone() };
    let mut state = State {
        dialect: setup.dialect,
        address,
        serial: serial.into_bytes(),
        version,
        model_number,
        registers,
        decimals: 2,
        phases,
        volts: [23_010, 22_980, 23_140],
        amperes: [4_350, 2_100, 870],
        watts: [980_500, 470_250, 195_000],
        config: vec![0x16, 0x49, 0x23, 10, 0x01],
        tariff: 0,
        relays: [true, false],
        written: BTreeMap::new(),
        refused: Vec::new(),
        ahead: SignedDuration::ZERO,
        fixed: None,
        access: Access { admin: ADMIN, wrong: 0, locked: None },
    };
    if setup.model == "energomera-ce301m" {
        state.config.push(0x22);
    }
    sum(&mut state);
    state
}

/// Version, number of the firmware line and phases of a model.
fn make(model: &str) -> ([u8; 3], u16, usize) {
    match model {
        "energomera-ce307" => ([10, 3, 3], 3070, 3),
        "energomera-ce102-r51" => ([10, 1, 1], 1027, 1),
        "energomera-ce301m" => ([3, 1, 1], 3010, 3),
        "energomera-ce306" => ([3, 4, 10], 3060, 3),
        _ => ([2, 1, 6], 1025, 1),
    }
}

/// The total is what the tariffs come to.
fn sum(state: &mut State) {
    let total = state.registers.iter().skip(1).fold(0u32, |sum, register| sum.saturating_add(*register));
    if let Some(first) = state.registers.first_mut() {
        *first = total;
    }
}

/// Sets a value by its name.
fn set(state: &mut State, name: &str, value: &str) -> Result<(), SetupError> {
    if let Some(code) = name.strip_prefix("error.") {
        let error = refused(code, value).ok_or_else(|| SetupError::new(name, value, ERROR))?;
        state.refused.push(error);
        return Ok(());
    }
    if name == "decimals" {
        let number = value.parse::<u8>().ok().filter(|number| *number <= 3);
        state.decimals = number.ok_or_else(|| SetupError::new(name, value, "0 to 3"))?;
        return Ok(());
    }
    if let Some(tariff) = register(name).filter(|tariff| *tariff <= state.tariffs()) {
        let decimals = if state.dialect == KERNEL10 { 2 } else { state.decimals };
        energy(state, tariff, scaled(name, value, decimals, u32::MAX)?);
        return Ok(());
    }
    let Some((quantity, phase)) = instantaneous(name).filter(|(_, phase)| *phase < state.phases) else {
        return Err(SetupError::new(name, value, NAMES));
    };
    let word = |decimals| scaled(name, value, decimals, u32::from(u16::MAX)).map(|units| units as u16);
    match quantity {
        Quantity::Volts => replace(&mut state.volts, phase, word(2)?),
        Quantity::Amperes => replace(&mut state.amperes, phase, word(3)?),
        Quantity::Watts => replace(&mut state.watts, phase, scaled(name, value, 3, u32::MAX)?),
    }
    Ok(())
}

const NAMES: &str = "one of 1.8.0 (sum), 1.8.1 (T1) and so on, 32.7.0 (voltage), 31.7.0 (current), 21.7.0 (power), \
                     decimals, error.CCCC with a command code";
const ERROR: &str = "error.0130=02: a command code and two hex digits, or none";

fn energy(state: &mut State, tariff: u8, units: u32) {
    replace(&mut state.registers, usize::from(tariff), units);
    if tariff != 0 {
        sum(state);
    }
}

fn replace<T>(values: &mut [T], index: usize, value: T) {
    if let Some(slot) = values.get_mut(index) {
        *slot = value;
    }
}

fn refused(code: &str, value: &str) -> Option<(u16, Option<u8>)> {
    let code = u16::from_str_radix(code, 16).ok()?;
    let error = if value == "none" { None } else { Some(u8::from_str_radix(value, 16).ok()?) };
    Some((code, error))
}

/// `sum`, `T1` and `1.8.1` as the index of a register.
fn register(name: &str) -> Option<u8> {
    if name.eq_ignore_ascii_case("sum") {
        return Some(0);
    }
    name.strip_prefix("1.8.").or_else(|| name.strip_prefix(['T', 't']))?.parse().ok()
}

#[derive(Clone, Copy)]
enum Quantity {
    Volts,
    Amperes,
    Watts,
}

fn instantaneous(name: &str) -> Option<(Quantity, usize)> {
    Some(match name {
        "voltage" | "32.7.0" => (Quantity::Volts, 0),
        "52.7.0" => (Quantity::Volts, 1),
        "72.7.0" => (Quantity::Volts, 2),
        "current" | "31.7.0" => (Quantity::Amperes, 0),
        "51.7.0" => (Quantity::Amperes, 1),
        "71.7.0" => (Quantity::Amperes, 2),
        "power" | "1.7.0" | "21.7.0" => (Quantity::Watts, 0),
        "41.7.0" => (Quantity::Watts, 1),
        "61.7.0" => (Quantity::Watts, 2),
        _ => return None,
    })
}

/// A number as an integer with so many decimals taken in.
fn scaled(name: &str, value: &str, decimals: u8, largest: u32) -> Result<u32, SetupError> {
    let units = Decimal::parse(value).and_then(|number| {
        let shift = decimals.checked_sub(number.decimals())?;
        number.units().checked_mul(10i128.checked_pow(u32::from(shift))?)
    });
    let units = units.and_then(|units| u32::try_from(units).ok()).filter(|units| *units <= largest);
    units.ok_or_else(|| {
        SetupError::new(name, value, "a number with no more decimals than the meter has, within its register")
    })
}
