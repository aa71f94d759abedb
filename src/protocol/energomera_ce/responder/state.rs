//! What a simulated meter remembers.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::protocol::Dialect;

/// A simulated meter.
#[derive(Debug, Clone)]
pub struct State {
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
pub struct Access {
    /// The administrator's password.
    pub admin: u32,
    /// Wrong ones in a row.
    pub wrong: u8,
    /// The calendar hour during which no password is taken.
    pub locked: Option<DateTime>,
}

impl State {
    /// The meter's own time.
    pub fn clock(&self, wall: DateTime) -> DateTime {
        wall.checked_add(self.ahead).unwrap_or(wall)
    }

    /// The number of tariffs of the dialect.
    pub const fn tariffs(&self) -> u8 {
        if self.dialect.0 == super::super::KERNEL10.0 { 5 } else { 8 }
    }

    /// A register at the end of a period so many back: every period is 3 % of what is there now.
    pub fn register(&self, tariff: u8, back: u8) -> u32 {
        let now = self.registers.get(usize::from(tariff)).copied().unwrap_or_default();
        now.saturating_sub((now / 100 * 3).saturating_mul(u32::from(back)))
    }

    /// What came in during a period so many back.
    pub fn during(&self, tariff: u8, back: u8) -> u32 {
        self.register(tariff, back).saturating_sub(self.register(tariff, back.saturating_add(1)))
    }
}
