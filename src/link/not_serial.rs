//! What stands for serial ports where they were not built in.

use super::{Clock, Link, ListenLink, OpenError};
use crate::protocol::LineSettings;

/// This program was built without serial ports.
///
/// # Errors
/// Always.
pub fn open(port: &str, _: LineSettings, _: Clock) -> Result<Link, OpenError> {
    Err(OpenError::not_built_in(port, "serial ports", "serial"))
}

/// This program was built without serial ports.
///
/// # Errors
/// Always.
pub fn open_listening(port: &str, _: LineSettings, _: Clock) -> Result<ListenLink, OpenError> {
    Err(OpenError::not_built_in(port, "serial ports", "serial"))
}
