//! Permission to change a meter.
//!
//! What may change a meter is put before the bus only together with a [`Permit`], and a permit exists only
//! together with a [`Witness`] that keeps what is written before it goes out: there is no way to write without being
//! allowed, and none to write unseen. `app::arming` alone makes permits, out of what a person said; a test holds that.

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

    /// Whether a record can be kept at all.
    ///
    /// # Errors
    /// Why it cannot.
    pub(super) fn check(&mut self) -> Result<(), String> {
        self.0.check()
    }

    /// Keeps what is about to go out.
    ///
    /// # Errors
    /// Why it could not be kept: nothing may go out then.
    pub(super) fn begins(&mut self, outgoing: &Outgoing) -> Result<(), String> {
        self.0.begins(outgoing)
    }

    /// Keeps what came of it.
    ///
    /// # Errors
    /// Why it could not be kept.
    pub(super) fn ends(&mut self, ended: &Ended) -> Result<(), String> {
        self.0.ends(ended)
    }
}

/// Keeps a record of what is written to meters: of each frame before it goes out, and of what came of it. The next
/// frame goes out only after the last one has ended.
pub trait Witness: Send + fmt::Debug {
    /// Whether a record can be kept; asked before anything is sent.
    ///
    /// # Errors
    /// Why it cannot.
    fn check(&mut self) -> Result<(), String>;

    /// Keeps a frame that is about to go out.
    ///
    /// # Errors
    /// Why it could not be kept; it is not sent then.
    fn begins(&mut self, outgoing: &Outgoing) -> Result<(), String>;

    /// Keeps what came of the frame that went out last.
    ///
    /// # Errors
    /// Why it could not be kept.
    fn ends(&mut self, ended: &Ended) -> Result<(), String>;
}

/// A frame that may change a meter, before it goes out. Secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// When it goes out.
    pub time: Timestamp,
    /// Index of the request it belongs to; 0 for bytes as typed.
    pub request: usize,
    /// What it may do; `None` when it was not recognised.
    pub access: Option<Access>,
    /// The bytes as hex, as the protocol composed them.
    pub bytes: String,
}

/// What came of a frame that may have changed a meter. Secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When it ended.
    pub time: Timestamp,
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
