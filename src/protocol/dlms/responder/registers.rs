//! What a simulated meter has counted and measures.

use crate::protocol::Load;
use crate::reading::{Code, Decimal};

/// Watt seconds of a watt hour.
const HOUR: u64 = 3600;

/// The registers, each a whole number of its smallest step.
#[derive(Debug, Clone)]
pub(super) struct Registers {
    rows: Vec<Row>,
    /// Energy that does not fill a watt hour yet, in watt seconds.
    spare: u64,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    code: Code,
    value: u32,
    /// Decimals that `value` has.
    decimals: u8,
}

/// Registers with their first values: W, Wh, V with one decimal, A with two.
#[rustfmt::skip]
const FIRST: &[(u8, u8, u32, u8)] = &[
    (1, 7, 366, 0), (2, 7, 0, 0), (3, 7, 12, 0), (4, 7, 0, 0),
    (1, 8, 12_345_678, 0), (2, 8, 4_321, 0), (3, 8, 96_000, 0), (4, 8, 9_000, 0),
    (32, 7, 2338, 1), (52, 7, 2341, 1), (72, 7, 2348, 1),
    (31, 7, 157, 2), (51, 7, 0, 2), (71, 7, 0, 2), (13, 7, 998, 3),
];

impl Default for Registers {
    fn default() -> Self {
        let row = |(c, d, value, decimals): &(u8, u8, u32, u8)| Row {
            code: Code::new(*c, *d, 0),
            value: *value,
            decimals: *decimals,
        };
        Self { rows: FIRST.iter().map(row).collect(), spare: 0 }
    }
}

impl Registers {
    /// A register's value times ten to the power of `decimals`; 0 for one that is not there.
    pub(super) fn value(&self, code: Code, decimals: u8) -> u32 {
        let Some(row) = self.rows.iter().find(|row| row.code == code) else { return 0 };
        match row.decimals.checked_sub(decimals) {
            Some(less) => row.value / 10u32.pow(less.into()),
            None => row.value.saturating_mul(10u32.pow(u32::from(decimals - row.decimals))),
        }
    }

    /// Sets a register by C.D.E.
    ///
    /// # Errors
    /// What would fit.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        let known = "a value this meter has, by C.D.E";
        let code: Code = name.parse().map_err(|_| known)?;
        let row = self.rows.iter_mut().find(|row| row.code == code).ok_or(known)?;
        let number = "a number that is not negative, with no more decimals than the register";
        let decimal = Decimal::parse(value).ok_or(number)?;
        let more = row.decimals.checked_sub(decimal.decimals()).ok_or(number)?;
        let units = u32::try_from(decimal.units()).map_err(|_| number)?;
        row.value = units.checked_mul(10u32.pow(more.into())).ok_or(number)?;
        Ok(())
    }

    /// Lets power and energy follow what is drawn.
    pub(super) fn draw(&mut self, load: Load) {
        self.spare = self.spare.saturating_add(load.watt_seconds);
        let hours = u32::try_from(self.spare / HOUR).unwrap_or(u32::MAX);
        self.spare %= HOUR;
        let volts = self.value(Code::new(32, 7, 0), 1).max(1);
        let hundredths = u64::from(load.watts) * 1000 / u64::from(volts);
        for row in &mut self.rows {
            match (row.code.c, row.code.d) {
                (1, 8) => row.value = row.value.saturating_add(hours),
                (1, 7) => row.value = load.watts,
                (31, 7) => row.value = u32::try_from(hundredths).unwrap_or(u32::MAX),
                _ => {}
            }
        }
    }
}
