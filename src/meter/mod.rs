//! Meters a person can pick: models as data, how their address is found, how they are wired.

mod address;
mod model;
mod models;
mod unknown;

pub use address::{AddressError, AddressRule, Candidate, Ending, Order, Raise, SerialRule};
pub use model::{Login, Model, Preset, Wiring};
pub use models::MODELS;
pub use unknown::UnknownModel;

/// The model with an id.
///
/// # Errors
/// [`UnknownModel`] with the models that may be meant.
pub fn model(id: &str) -> Result<&'static Model, UnknownModel> {
    MODELS.iter().copied().find(|model| model.id == id).ok_or_else(|| UnknownModel::named(id))
}
