//! What is measured, in words.

use super::Code;

/// The name of a measured quantity, such as "active energy import".
///
/// One name a quantity in the whole program: scripts match on it where a reading has no OBIS code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity(&'static str);

impl Quantity {
    /// Active energy taken from the grid, A+.
    pub const ACTIVE_IMPORT: Self = Self("active energy import");
    /// Active energy given to the grid, A-.
    pub const ACTIVE_EXPORT: Self = Self("active energy export");
    /// Reactive energy, R+.
    pub const REACTIVE_IMPORT: Self = Self("reactive energy import");
    /// Reactive energy, R-.
    pub const REACTIVE_EXPORT: Self = Self("reactive energy export");
    /// Instantaneous active power taken.
    pub const POWER: Self = Self("active power import");
    /// Instantaneous active power given.
    pub const POWER_EXPORT: Self = Self("active power export");
    /// Instantaneous reactive power.
    pub const REACTIVE_POWER: Self = Self("reactive power");
    /// Instantaneous apparent power.
    pub const APPARENT_POWER: Self = Self("apparent power");
    /// Voltage of a phase.
    pub const VOLTAGE: Self = Self("voltage");
    /// Current of a phase.
    pub const CURRENT: Self = Self("current");
    /// Power factor.
    pub const POWER_FACTOR: Self = Self("power factor");
    /// Mains frequency.
    pub const FREQUENCY: Self = Self("frequency");
    /// The meter's date and time of day.
    pub const CLOCK: Self = Self("clock");
    /// The meter's serial number.
    pub const SERIAL: Self = Self("serial number");
    /// Firmware version.
    pub const VERSION: Self = Self("version");
    /// Temperature inside the meter.
    pub const TEMPERATURE: Self = Self("temperature");
    /// Voltage of the backup battery.
    pub const BATTERY: Self = Self("battery voltage");
    /// The tariff in force.
    pub const TARIFF: Self = Self("tariff in force");

    /// The maker's name or number of the model, as a meter gives it.
    pub const MODEL: Self = Self("model");
    /// The number of the model that a CE meter answers with.
    pub const MODEL_NUMBER: Self = Self("model number");
    /// The build variant of a meter, in which its constant stands.
    pub const BUILD_VARIANT: Self = Self("build variant");

    /// A quantity that has no name above.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// What an OBIS code measures, as far as IEC 62056-61 fixes it for electricity.
    #[must_use]
    pub const fn of(code: Code) -> Option<Self> {
        Some(match (code.c, code.d, code.e) {
            (1, 8, _) => Self::ACTIVE_IMPORT,
            (2, 8, _) => Self::ACTIVE_EXPORT,
            (3, 8, _) => Self::REACTIVE_IMPORT,
            (4, 8, _) => Self::REACTIVE_EXPORT,
            (1 | 21 | 41 | 61 | 16, 7, _) => Self::POWER,
            (2 | 22 | 42 | 62, 7, _) => Self::POWER_EXPORT,
            (3 | 4 | 23 | 43 | 63 | 24 | 44 | 64, 7, _) => Self::REACTIVE_POWER,
            (9 | 29 | 49 | 69, 7, _) => Self::APPARENT_POWER,
            (12 | 32 | 52 | 72, 7, _) => Self::VOLTAGE,
            (11 | 31 | 51 | 71, 7, _) => Self::CURRENT,
            (13 | 33 | 53 | 73, 7, _) => Self::POWER_FACTOR,
            (14, 7, _) => Self::FREQUENCY,
            (0, 9, 1 | 2) => Self::CLOCK,
            (96, 1, _) => Self::SERIAL,
            _ => return None,
        })
    }
}
