//! A simulated meter that pushes.

use crate::protocol::{Responder, Setup, SetupError};

/// The meter that a setup describes.
///
/// # Errors
/// [`SetupError`] for a model that cannot be simulated.
pub fn responder(setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
    Err(SetupError {
        name: "model".to_owned(),
        value: setup.model.to_owned(),
        expected: "a model that can be simulated".to_owned(),
    })
}
