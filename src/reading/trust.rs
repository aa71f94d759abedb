//! Trust in a reading: the check it was carried under, and doubts about its answer.

/// A check that lets some damage pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// No check at all: a readout without BCC, a telegram without CRC.
    None,
    /// The block check character of IEC 62056-21, seven bits.
    Bcc,
    /// A CRC of eight bits.
    Crc8,
    /// A sum of bytes modulo 256.
    Sum,
}

impl Check {
    /// The rule for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bcc => "BCC",
            Self::Crc8 => "CRC-8",
            Self::Sum => "sum",
        }
    }

    /// Bits that tell damage; 0 where nothing is checked. One damaged message in two to the power of them passes.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Bcc => 7,
            Self::Crc8 | Self::Sum => 8,
        }
    }

    /// As JSON has it: `BCC, 7 bits`, or `none`.
    #[must_use]
    pub fn text(self) -> String {
        match self.bits() {
            0 => self.name().to_owned(),
            bits => format!("{}, {bits} bits", self.name()),
        }
    }
}

/// Doubt about a whole answer, although its check fits or it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// One code comes twice in it: a name may be damaged, or a line may be lost.
    DoubleCode,
    /// A line has lost its name or its brackets.
    LostName,
    /// It was read twice, and differs: the register went on between both, or one of the answers is damaged.
    Different,
}

impl Doubt {
    /// The stable word for scripts, the code of the problem that goes with it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DoubleCode => "double-code",
            Self::LostName => "lost-name",
            Self::Different => "different",
        }
    }

    /// In words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::DoubleCode => "doubtful: one code comes twice in this answer",
            Self::LostName => "doubtful: a line of this answer has lost its name",
            Self::Different => "read twice, and different the second time",
        }
    }
}
