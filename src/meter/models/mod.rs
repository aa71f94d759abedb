//! The models, a file a maker.

mod energomera;
mod mercury;

use super::model::Model;

/// Every model that can be picked, in the order of the list.
pub static MODELS: &[&Model] = &[];
