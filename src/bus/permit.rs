//! Permission to change a meter.
//!
//! What may change a meter is put before the bus only together with a [`Permit`], and a permit exists only
//! together with a [`Witness`] that keeps what was written: there is no way to write without being allowed, and
//! none to write unseen. `app::arming` alone makes permits, out of what a person said; a test holds that.

use std::fmt;

use jiff::Timestamp;

use crate::protocol::{Access, Failure};

/// The permission to carry out one errand that may change a meter. It goes with that errand and is used up.
#[derive(Debug)]
pub struct Permit(Box<dyn Witness>);

impl Permit {
    /// The permission of a person who was asked, with what keeps the record.
    #[must_use]
    pub fn of_a_person(witness: Box<dyn Witness>) -> Self {
        Self(witness)
    }

    /// Keeps what was written.
    ///
    /// # Errors
    /// Why it could not be kept.
    pub(super) fn witness(&mut self, written: &Written) -> Result<(), String> {
        self.0.wrote(written)
    }
}

/// Keeps a record of what was written to meters.
pub trait Witness: Send + fmt::Debug {
    /// Keeps one frame with what came of it.
    ///
    /// # Errors
    /// Why it could not be kept.
    fn wrote(&mut self, written: &Written) -> Result<(), String>;
}

/// A frame that may have changed a meter, and what came of it. Secrets are masked in both runs of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// When it went out.
    pub time: Timestamp,
    /// Index of the request it belongs to; 0 for bytes as typed.
    pub request: usize,
    /// What it may have done; `None` when it was not recognised.
    pub access: Option<Access>,
    /// The bytes as hex, as the protocol composed them.
    pub bytes: String,
    /// What came back as hex, as it was on the wire; empty for nothing.
    pub answer: String,
    /// How it ended.
    pub result: Result<(), Failure>,
}

/// Something that may change a meter was asked for without the permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.map_or_else(
    || "bytes that no protocol recognises as a read may change a meter".to_owned(),
    |access| format!("a {} command may change the meter", access.word()),
))]
pub struct Forbidden(pub Option<Access>);
