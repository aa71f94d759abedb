//! The keys of a meter being typed.

use tui_input::Input;

use super::masked::Masked;

/// Which of the two is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyField {
    /// The encryption key.
    #[default]
    Encryption,
    /// The authentication key.
    Authentication,
}

/// The box in which keys are typed.
#[derive(Debug, Clone, Default)]
pub struct KeyEntry {
    /// The encryption key.
    pub encryption: Masked,
    /// The authentication key; may stay empty.
    pub authentication: Masked,
    /// Which is being typed.
    pub at: KeyField,
    /// What is wrong with that one, without a word of it; empty for nothing.
    pub complaint: String,
}

impl KeyEntry {
    /// What is being typed into.
    pub const fn input(&mut self) -> &mut Input {
        match self.at {
            KeyField::Encryption => self.encryption.input_mut(),
            KeyField::Authentication => self.authentication.input_mut(),
        }
    }

    /// Goes to the other one.
    pub const fn other(&mut self) {
        self.at = match self.at {
            KeyField::Encryption => KeyField::Authentication,
            KeyField::Authentication => KeyField::Encryption,
        };
    }
}
