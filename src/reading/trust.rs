//! Trust in a reading: the check it was carried under, and doubts about its answer.

/// A check that lets some damage pass: with `bits` bits, one damaged message in two to the power of `bits`.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// The rule: `BCC`, `CRC-8`, `sum`.
    pub name: &'static str,
    /// Bits that tell damage; 0 where nothing was checked.
    pub bits: u8,
}

impl Check {
    /// No check at all: a readout without BCC, a telegram without CRC.
    pub const NONE: Self = Self { name: "none", bits: 0 };

    /// As JSON has it: `BCC, 7 bits`, or `none`.
    #[must_use]
    pub fn text(&self) -> String {
        match self.bits {
            0 => self.name.to_owned(),
            bits => format!("{}, {bits} bits", self.name),
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
