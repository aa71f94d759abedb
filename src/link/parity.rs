//! Whether parity is computed here.

use std::fmt;
use std::str::FromStr;

/// Whether parity is computed here when seven data bits are asked for. Ports that really have seven data bits
/// are left alone whatever is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SoftParity {
    /// Never: bytes pass as they are.
    Off,
    /// Always.
    On,
    /// Where the port or what is received shows that it is needed.
    #[default]
    Auto,
}

/// A word that is no choice of parity in software.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parity in software is on, off or auto")]
pub struct BadSoftParity;

impl FromStr for SoftParity {
    type Err = BadSoftParity;

    fn from_str(text: &str) -> Result<Self, BadSoftParity> {
        match text {
            "off" => Ok(Self::Off),
            "on" => Ok(Self::On),
            "auto" => Ok(Self::Auto),
            _ => Err(BadSoftParity),
        }
    }
}

impl fmt::Display for SoftParity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Auto => "auto",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_read_back_as_they_print() {
        for choice in [SoftParity::Off, SoftParity::On, SoftParity::Auto] {
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
        assert_eq!("yes".parse::<SoftParity>(), Err(BadSoftParity));
    }
}
