//! Line settings: what a serial port is set to, written `9600-8N1` in link names and `9600 8N1` on screen.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The parity bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parity {
    /// No parity bit.
    None,
    /// The bit makes the count of ones even.
    Even,
    /// The bit makes the count of ones odd.
    Odd,
}

impl Parity {
    const fn letter(self) -> char {
        match self {
            Self::None => 'N',
            Self::Even => 'E',
            Self::Odd => 'O',
        }
    }
}

/// Baud rate and character format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LineSettings {
    /// Bits a second, 300 and up.
    pub baud: u32,
    /// 7 or 8.
    pub data_bits: u8,
    /// Parity.
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
}

impl LineSettings {
    /// Eight data bits, no parity, one stop bit.
    #[must_use]
    pub const fn n81(baud: u32) -> Self {
        Self { baud, data_bits: 8, parity: Parity::None, stop_bits: 1 }
    }

    /// Seven data bits, even parity, one stop bit.
    #[must_use]
    pub const fn e71(baud: u32) -> Self {
        Self { baud, data_bits: 7, parity: Parity::Even, stop_bits: 1 }
    }

    /// Eight data bits, even parity, one stop bit.
    #[must_use]
    pub const fn e81(baud: u32) -> Self {
        Self { baud, data_bits: 8, parity: Parity::Even, stop_bits: 1 }
    }

    /// Bits a character takes on the wire, start bit included.
    #[must_use]
    pub const fn character_bits(self) -> u32 {
        let parity = if matches!(self.parity, Parity::None) { 0 } else { 1 };
        1 + self.data_bits as u32 + parity + self.stop_bits as u32
    }

    /// How long `characters` bytes take on the wire.
    #[must_use]
    pub fn wire_time(self, characters: usize) -> Duration {
        let bits = characters as u64 * u64::from(self.character_bits());
        Duration::from_nanos(bits.saturating_mul(1_000_000_000) / u64::from(self.baud.max(1)))
    }
}

impl Default for LineSettings {
    /// 9600 8N1, what most meters of the bus kind start with.
    fn default() -> Self {
        Self::n81(9600)
    }
}

impl fmt::Display for LineSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}{}", self.baud, self.data_bits, self.parity.letter(), self.stop_bits)
    }
}

/// A text that is not line settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine;

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("line settings are written as speed, data bits, parity (N, E or O), stop bits: 9600-8N1")
    }
}

impl std::error::Error for BadLine {}

impl FromStr for LineSettings {
    type Err = BadLine;

    /// Takes `9600-8N1`, `9600 8N1` and `9600,8e1`.
    fn from_str(text: &str) -> Result<Self, BadLine> {
        let (baud, format) = text.trim().split_once(['-', ' ', ',']).ok_or(BadLine)?;
        let baud = baud.parse().ok().filter(|baud| (50..=4_000_000).contains(baud)).ok_or(BadLine)?;
        let (data_bits, parity, stop_bits) = match format.trim().as_bytes() {
            [data @ b'7'..=b'8', parity, stop @ b'1'..=b'2'] => (data - b'0', *parity, stop - b'0'),
            _ => return Err(BadLine),
        };
        let parity = match parity.to_ascii_uppercase() {
            b'N' => Parity::None,
            b'E' => Parity::Even,
            b'O' => Parity::Odd,
            _ => return Err(BadLine),
        };
        Ok(Self { baud, data_bits, parity, stop_bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_way_people_write_them() {
        assert_eq!("9600-8N1".parse(), Ok(LineSettings::n81(9600)));
        assert_eq!("300,7e1".parse(), Ok(LineSettings::e71(300)));
        assert_eq!("2400 8E1".parse(), Ok(LineSettings::e81(2400)));
        for bad in ["9600", "9600-9N1", "9600-8X1", "0-8N1", "9600-8N3"] {
            assert_eq!(bad.parse::<LineSettings>(), Err(BadLine), "{bad}");
        }
    }

    #[test]
    fn wire_time_counts_start_parity_and_stop_bits() {
        assert_eq!(LineSettings::n81(9600).wire_time(96), Duration::from_millis(100));
        assert_eq!(LineSettings::e81(2400).wire_time(24), Duration::from_millis(110));
    }
}
