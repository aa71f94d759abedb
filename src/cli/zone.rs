//! The time zone of the meters' clocks.

use jiff::tz::TimeZone;

use super::args::Global;
use super::exit::{Stop, Trouble};
use crate::app::config;

/// The zone that was named, here or in the configuration; `None` to take that of each model's country.
///
/// # Errors
/// [`Stop`] for a configuration that is not understood.
pub(super) fn load(global: &Global) -> Result<Option<TimeZone>, Stop> {
    if global.timezone.is_some() {
        return Ok(global.timezone.clone());
    }
    match config::load(global.config.as_deref()) {
        Ok(config) => Ok(config.timezone),
        Err(error) => Err(Trouble::usage("reading the configuration", error.to_string()).into()),
    }
}
