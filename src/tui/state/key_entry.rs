//! The keys of a meter being typed, and whose they are.

use tui_input::Input;

use super::masked::Masked;
use crate::frame::hex;

/// Which of them is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum KeyField {
    /// The encryption key.
    #[default]
    Encryption,
    /// The authentication key.
    Authentication,
    /// Whose they are.
    Meter,
}

/// The box in which keys are typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyEntry {
    /// The encryption key.
    pub encryption: Masked,
    /// The authentication key; may stay empty.
    pub authentication: Masked,
    /// Whose they are: a system title or a serial number; empty for every meter.
    pub meter: Input,
    /// The system title of the newest encrypted telegram.
    pub seen: Option<[u8; 8]>,
    /// Which is being typed.
    pub at: KeyField,
    /// What is wrong with that one, without a word of it; empty for nothing.
    pub complaint: String,
}

impl KeyEntry {
    /// For the meter whose encrypted telegram came last, if one came.
    #[must_use]
    pub(crate) fn of(seen: Option<[u8; 8]>) -> Self {
        let meter = Input::from(seen.map(|title| hex::compact(&title)).unwrap_or_default());
        Self { meter, seen, ..Self::default() }
    }

    /// What is being typed into.
    pub(crate) const fn input(&mut self) -> &mut Input {
        match self.at {
            KeyField::Encryption => self.encryption.input_mut(),
            KeyField::Authentication => self.authentication.input_mut(),
            KeyField::Meter => &mut self.meter,
        }
    }

    /// Goes to the next one.
    pub(crate) const fn next(&mut self) {
        self.at = match self.at {
            KeyField::Encryption => KeyField::Authentication,
            KeyField::Authentication => KeyField::Meter,
            KeyField::Meter => KeyField::Encryption,
        };
    }

    /// Goes to the one before.
    pub(crate) const fn back(&mut self) {
        self.at = match self.at {
            KeyField::Encryption => KeyField::Meter,
            KeyField::Authentication => KeyField::Encryption,
            KeyField::Meter => KeyField::Authentication,
        };
    }
}
