//! What a simulated meter remembers.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::protocol::{Dialect, Load};

/// A simulated meter.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Its dialect.
    pub dialect: Dialect,
    /// Its address.
    pub address: u16,
    /// Its serial number.
    pub serial: Vec<u8>,
    /// Kernel, type and version of the firmware.
    pub version: [u8; 3],
    /// Number of the firmware line, the third word of SKOP.
    pub model_number: u16,
    /// Total, then T1 to T8, in the smallest unit.
    pub registers: [u32; 9],
    /// Decimals of energies and powers of a classic meter.
    pub decimals: u8,
    /// Phases: 1 or 3.
    pub phases: usize,
    /// Hundredths of a volt, by phase.
    pub volts: [u16; 3],
    /// Milliamperes, by phase.
    pub amperes: [u16; 3],
    /// Milliwatts, by phase.
    pub watts: [u32; 3],
    /// Configuration of a classic meter; six bytes on CE301M.
    pub config: Vec<u8>,
    /// The tariff in force, from 0.
    pub tariff: u8,
    /// Whether the relays are on.
    pub relays: [bool; 2],
    /// What was written, by the code of the command that reads it and its first data byte.
    pub written: BTreeMap<(u16, u8), Vec<u8>>,
    /// Commands that it refuses whatever is asked, with the error code; `None` for none.
    pub refused: Vec<(u16, Option<u8>)>,
    /// How far its clock is ahead of the wall clock.
    pub ahead: SignedDuration,
    /// The moment and the registers of the last fixation.
    pub fixed: Option<(DateTime, [u32; 9])>,
    /// Who may write.
    pub access: Access,
}

/// The password and who has tried others.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// The administrator's password.
    pub admin: u32,
    /// Wrong ones in a row.
    pub wrong: u8,
    /// The calendar hour during which no password is taken.
    pub locked: Option<DateTime>,
}

impl State {
    /// The meter's own time.
    pub(super) fn clock(&self, wall: DateTime) -> DateTime {
        wall.checked_add(self.ahead).unwrap_or(wall)
    }

    /// The number of tariffs of the dialect.
    pub(super) const fn tariffs(&self) -> u8 {
        if self.dialect.0 == super::super::KERNEL10.0 { 5 } else { 8 }
    }

    /// A register at the end of a period so many back: every period is 3 % of what is there now.
    pub(super) fn register(&self, tariff: u8, back: u8) -> u32 {
        let now = self.registers.get(usize::from(tariff)).copied().unwrap_or_default();
        now.saturating_sub((now / 100 * 3).saturating_mul(u32::from(back)))
    }

    /// Takes a load in: powers and currents of the phases alike, energy into the tariff in force and the total.
    /// Takes and gives the watt seconds that do not fill a unit of the registers.
    pub(super) fn draw(&mut self, load: Load, spare: u64) -> u64 {
        let milliwatts = u64::from(load.watts) * 1000 / self.phases.max(1) as u64;
        let phases = self.watts.iter_mut().zip(&mut self.amperes).zip(&self.volts);
        for ((watts, amperes), volts) in phases.take(self.phases) {
            let milliamperes = milliwatts * 100 / u64::from(*volts).max(1);
            *watts = u32::try_from(milliwatts).unwrap_or(u32::MAX);
            *amperes = u16::try_from(milliamperes).unwrap_or(u16::MAX);
        }
        let decimals = if self.dialect == super::super::KERNEL10 { 2 } else { self.decimals.min(3) };
        let unit = 3_600_000 / 10_u64.pow(u32::from(decimals));
        let watt_seconds = spare.saturating_add(load.watt_seconds);
        let units = u32::try_from(watt_seconds / unit).unwrap_or(u32::MAX);
        for register in [0, usize::from(self.tariff) + 1] {
            if let Some(value) = self.registers.get_mut(register) {
                *value = value.wrapping_add(units);
            }
        }
        watt_seconds % unit
    }

    /// What came in during a period so many back.
    pub(super) fn during(&self, tariff: u8, back: u8) -> u32 {
        self.register(tariff, back).saturating_sub(self.register(tariff, back.saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::setup;
    use super::*;
    use crate::protocol::{Address, LineSettings, Setup};

    #[test]
    fn what_is_drawn_shows_in_powers_currents_and_registers_and_no_watt_second_is_lost() {
        for (model, phases) in [("energomera-ce102", 1), ("energomera-ce307", 3)] {
            let dialect = if model == "energomera-ce307" {
                super::super::super::KERNEL10
            } else {
                super::super::super::CLASSIC
            };
            let setup = Setup {
                model,
                dialect,
                address: Address::numeric("7", 7),
                serial: "11200107".to_owned(),
                password: None,
                keys: Vec::new(),
                line: LineSettings::default(),
                values: Vec::new(),
            };
            let mut state = setup::state(&setup).unwrap();
            let before = state.registers;
            let spare = state.draw(Load { watts: 2300, watt_seconds: 35_000 }, 0);
            assert_eq!((state.registers, spare), (before, 35_000), "{model}");
            let spare = state.draw(Load { watts: 2300, watt_seconds: 40_000 }, spare);
            assert_eq!((state.registers[0] - before[0], spare), (2, 3_000), "{model}");
            let tariff = usize::from(state.tariff) + 1;
            assert_eq!(state.registers[tariff] - before[tariff], 2);
            assert_eq!(state.watts[0], 2_300_000 / phases);
            let milliamperes = state.watts[0] * 100 / u32::from(state.volts[0]);
            assert_eq!(u32::from(state.amperes[0]), milliamperes);
        }
    }
}
