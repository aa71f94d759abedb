//! OBIS codes as the product speaks of them: the value groups C.D.E, one vocabulary for every family.

use std::fmt;
use std::str::FromStr;

/// The groups C, D and E of an OBIS code (IEC 62056-61): what is measured, how, and in which tariff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// Group C, the measured quantity: 1 active import, 32 voltage L1.
    pub c: u8,
    /// Group D, the kind of value: 7 instantaneous, 8 time integral since reset.
    pub d: u8,
    /// Group E, the tariff of a register, 0 for the total.
    pub e: u8,
}

impl Code {
    /// The meter's time of day.
    pub const TIME: Self = Self::new(0, 9, 1);
    /// The meter's date.
    pub const DATE: Self = Self::new(0, 9, 2);

    /// The code `c.d.e`.
    #[must_use]
    pub const fn new(c: u8, d: u8, e: u8) -> Self {
        Self { c, d, e }
    }

    /// Active energy import of a tariff, 0 being the total.
    #[must_use]
    pub const fn import(tariff: u8) -> Self {
        Self::new(1, 8, tariff)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.c, self.d, self.e)
    }
}

/// A text that is not three numbers of 0 to 255 with points between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCode;

impl fmt::Display for BadCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an OBIS code is three numbers such as 1.8.0")
    }
}

impl std::error::Error for BadCode {}

impl FromStr for Code {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let mut groups = text.split('.').map(|group| group.parse::<u8>().map_err(|_| BadCode));
        let mut next = || groups.next().ok_or(BadCode)?;
        let code = Self::new(next()?, next()?, next()?);
        if groups.next().is_some() { Err(BadCode) } else { Ok(code) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_as_it_prints() {
        assert_eq!("32.7.0".parse(), Ok(Code::new(32, 7, 0)));
        assert_eq!(Code::import(2).to_string(), "1.8.2");
        for bad in ["1.8", "1.8.0.1", "256.1.1", "a.b.c", ""] {
            assert_eq!(bad.parse::<Code>(), Err(BadCode), "{bad}");
        }
    }
}
