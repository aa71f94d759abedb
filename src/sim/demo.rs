//! The demo bus: one meter of every model that can share a line, with invented serial numbers and a household
//! behind each. A meter without an address speaks whenever it wants to and has its line to itself.

use super::meter::SimMeter;
use crate::meter::{MODELS, Model};

/// One meter of every model that has an address, in the order of the list, each with its own.
#[must_use]
pub fn demo_meters() -> Vec<SimMeter> {
    let meters = MODELS.iter().enumerate().filter(|(_, model)| model.address.has_address());
    meters.filter_map(|(index, model)| demo_meter(model, index as u64).ok()).collect()
}

/// The serial number of the first one. Its last two to six digits fit every address rule there is.
const FIRST_SERIAL: u64 = 11_200_107;
/// From one serial number to the next.
const SERIAL_STEP: u64 = 11;

/// The demo's meter of a model: found by a serial number where the model's address comes from one.
fn demo_meter(model: &'static Model, index: u64) -> Result<SimMeter, super::MeterError> {
    let address = if model.address.serial.is_empty() {
        (model.address.min + 1 + index).to_string()
    } else {
        let width = usize::from(model.address.serial_digits.max(9));
        format!("{:0width$}", FIRST_SERIAL + index * SERIAL_STEP)
    };
    Ok(SimMeter::of_model(model, &address, None, Vec::new())?.with_household(FIRST_SERIAL + index))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_model_that_can_share_a_line_is_there_with_an_address_of_its_own() {
        let meters = demo_meters();
        let names: Vec<&str> = meters.iter().map(SimMeter::name).collect();
        let shared = MODELS.iter().filter(|model| model.address.has_address());
        assert_eq!(names, shared.map(|model| model.id).collect::<Vec<_>>());
        let addresses: BTreeSet<&str> = meters.iter().map(SimMeter::address).collect();
        assert_eq!(addresses.len(), meters.len());
    }

    #[test]
    fn the_addresses_stay_the_same() {
        let addresses = || demo_meters().iter().map(|m| m.address().to_owned()).collect::<Vec<_>>();
        assert_eq!(addresses(), addresses());
    }
}
