//! The screen of models: which meter, at which address, with which password.

use tui_input::Input;

use super::masked::Masked;
use super::picker::{Entry, Picker};
use crate::frame::Secret;
use crate::meter::{AddressError, Candidate, MODELS, Model};

/// The screen of models.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter {
    /// The models.
    pub picker: Picker,
    /// The address being typed.
    pub address: Input,
    /// The password being typed.
    pub password: Masked,
    /// Which of the addresses that the text may mean.
    pub candidate: usize,
}

impl Meter {
    /// The model under the cursor.
    #[must_use]
    pub(crate) fn model(&self) -> Option<&'static Model> {
        self.picker.chosen().and_then(|index| MODELS.get(index)).copied()
    }

    /// What the typed address may mean for that model.
    ///
    /// # Errors
    /// [`AddressError`] when nothing that can be sent is meant.
    pub(crate) fn candidates(&self) -> Option<Result<Vec<Candidate>, AddressError>> {
        Some(self.model()?.resolve(self.address.value()))
    }

    /// The address that would be used.
    #[must_use]
    pub(crate) fn chosen(&self) -> Option<Candidate> {
        let candidates = self.candidates()?.ok()?;
        candidates.get(self.candidate).or_else(|| candidates.first()).cloned()
    }

    /// The password that was typed, if any.
    #[must_use]
    pub(crate) fn secret(&self) -> Option<Secret> {
        let typed = self.password.text();
        (!typed.is_empty()).then(|| Secret::new(typed.as_bytes().to_vec()))
    }

    /// Searches the models anew.
    pub(crate) fn refresh(&mut self) {
        let entry = |model: &&'static Model| Entry {
            heading: model.maker,
            words: format!("{} {} {} {}", model.maker, model.title, model.id, model.protocol.id()),
        };
        self.picker.refresh(MODELS.iter().map(entry).enumerate());
    }
}
