//! Simulated meters: NEVA, both generations of Energomera, and any mode C meter with a readout.
//!
//! Besides values of the meter, a set-up may name: `identification` (the whole line without its end),
//! `bcc` (`xor7` or `add7`), `permission`
//! (`off` refuses writes), `reaction` (milliseconds), `timeout` (milliseconds after which a session ends by
//! itself), `readout` (data lines), `parity` (`even`: it hears and says 7E1 characters with their parity bit, as a
//! transparent converter at 8N1 carries them; without it, it answers as it is asked).

mod archive;
mod defaults;
mod meter;
mod values;

use crate::protocol::{Responder, Setup, SetupError};

/// Makes a simulated meter.
///
/// # Errors
/// [`SetupError`] for a name that such a meter cannot have and a value that cannot be sent.
pub(super) fn responder(setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
    Ok(Box::new(meter::Meter::new(setup)?))
}

#[cfg(test)]
mod tests;
