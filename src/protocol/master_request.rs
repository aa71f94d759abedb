//! The request of a master, whoever sent it.

/// A whole, sound request of a master that stands at the beginning of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterRequest {
    /// How many bytes it has.
    pub len: usize,
    /// The address of the meter that it asks, as a person writes it; `None` where it names none.
    pub address: Option<String>,
    /// How sure that is.
    pub strength: Strength,
}

/// How sure it is that bytes are a request of a master.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// A meter of another family may say the same: two different ones to one meter are needed.
    Doubtful,
    /// Sound and listed: sure where somebody begins to speak.
    Listed,
    /// Marks or lengths, and a strong check: no chance wherever it stands.
    Marked,
}
