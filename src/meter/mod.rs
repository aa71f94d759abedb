//! Meters a person can pick: models as data, how their address is found, how they are wired.

mod address;
mod model;
mod models;

use std::fmt;

use crate::frame::visible;

pub use address::{AddressError, AddressRule, Candidate, Ending, Order, Raise, SerialRule};
pub use model::{Login, Model, Preset, Wiring};
pub use models::MODELS;

/// The model with an id.
///
/// # Errors
/// [`UnknownModel`] with the ids that come nearest.
pub fn model(id: &str) -> Result<&'static Model, UnknownModel> {
    let found = MODELS.iter().copied().find(|model| model.id == id);
    found.ok_or_else(|| UnknownModel {
        id: id.to_owned(),
        near: nearest(id, MODELS.iter().map(|model| model.id)).join(", "),
    })
}

/// A model id that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownModel {
    /// What was typed.
    pub id: String,
    /// The ids that come nearest.
    pub near: String,
}

impl fmt::Display for UnknownModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, near } = self;
        write!(f, "unknown model \"{}\"; near it: {near} (all: meterscope models)", visible::string(id))
    }
}

impl std::error::Error for UnknownModel {}

/// The three ids that share most of their letters in order with what was typed.
#[must_use]
pub fn nearest(typed: &str, ids: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let mut scored: Vec<_> = ids.into_iter().map(|id| (likeness(typed, id), id)).collect();
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, id)| id).collect()
}

/// Letters in common, less those of the id that were not typed where ids have equally many.
fn likeness(typed: &str, id: &str) -> (usize, std::cmp::Reverse<usize>) {
    (common(typed, id), std::cmp::Reverse(id.len()))
}

/// How many letters of `typed` occur in `id` in the same order.
fn common(typed: &str, id: &str) -> usize {
    let mut rest = id.chars();
    typed
        .to_ascii_lowercase()
        .chars()
        .filter(|c| rest.clone().any(|k| k == *c) && rest.any(|k| k == *c))
        .count()
}
