//! What both simulated meters have counted, and the identity they show.

use crate::protocol::{Load, Setup, SetupError};

const WATT_HOUR: u64 = 3600;

/// What both know.
#[derive(Debug)]
pub(super) struct Counters {
    import: u32,
    export: u32,
    watts: u32,
    spare: u64,
}

impl Counters {
    /// The first values, changed by those of a setup.
    ///
    /// # Errors
    /// [`SetupError`] for a value that it does not have.
    pub(super) fn new(setup: &Setup) -> Result<Self, SetupError> {
        let mut counters = Self { import: 684_544, export: 129_412, watts: 366, spare: 0 };
        for (name, value) in &setup.values {
            let unfit = |expected: &str| SetupError {
                name: name.clone(),
                value: value.clone(),
                expected: expected.to_owned(),
            };
            let place = match name.as_str() {
                "1.8.0" => &mut counters.import,
                "2.8.0" => &mut counters.export,
                "1.7.0" => &mut counters.watts,
                _ => return Err(unfit("one of 1.8.0, 2.8.0, 1.7.0")),
            };
            *place = value
                .parse()
                .ok()
                .filter(|n: &u32| *n < 1 << 31)
                .ok_or_else(|| unfit("a number of 31 bits"))?;
        }
        Ok(counters)
    }

    /// Lets power and energy follow what is drawn.
    pub(super) fn draw(&mut self, load: Load) {
        self.spare = self.spare.saturating_add(load.watt_seconds);
        let hours = u32::try_from(self.spare / WATT_HOUR).unwrap_or(u32::MAX);
        self.import = self.import.saturating_add(hours);
        self.spare %= WATT_HOUR;
        self.watts = load.watts;
    }

    /// The records of present values.
    pub(super) fn records(&self) -> Vec<u8> {
        let mut records = Vec::new();
        let rows: [(&[u8], u32); 4] = [
            (&[0x04, 0x03], self.import),
            (&[0x04, 0x83, 0x3C], self.export),
            (&[0x04, 0x2B], self.watts),
            (&[0x04, 0xAB, 0x3C], 0),
        ];
        for (head, value) in rows {
            records.extend_from_slice(head);
            records.extend(value.to_le_bytes());
        }
        records
    }
}

/// Eight digits of the serial number, least significant byte first, maker, version and medium.
pub(super) fn identity(serial: &str, maker: [u8; 2], medium: u8) -> [u8; 8] {
    let digits: Vec<u8> = serial.bytes().filter(u8::is_ascii_digit).rev().map(|digit| digit - b'0').collect();
    let digit = |place: usize| digits.get(place).copied().unwrap_or(0);
    let pair = |byte: usize| digit(2 * byte) | digit(2 * byte + 1) << 4;
    let [m0, m1] = maker;
    [pair(0), pair(1), pair(2), pair(3), m0, m1, 1, medium]
}
