//! The demo bus: meters of the models there are, with invented serial numbers and a household behind each. A
//! meter without an address speaks whenever it wants to and has its line to itself.

use super::meter::SimMeter;
use crate::meter::{MODELS, Model};

/// One meter of every model that has an address, in the order of the list, each with its own; and of those
/// that speak by themselves, one for every setting of the line, since two on one line would talk over each
/// other. The model that is `asked` for goes before others of its line.
#[must_use]
pub fn demo_meters(asked: Option<&'static Model>) -> Vec<SimMeter> {
    let meters = MODELS.iter().enumerate().filter(|(_, model)| has_room(model, asked));
    meters.filter_map(|(index, model)| demo_meter(model, index as u64).ok()).collect()
}

/// Whether a model has its place on the demo bus.
fn has_room(model: &Model, asked: Option<&'static Model>) -> bool {
    if model.address.has_address() {
        return true;
    }
    let speakers = || MODELS.iter().filter(|other| !other.address.has_address() && other.line == model.line);
    let first = asked.filter(|asked| asked.line == model.line && !asked.address.has_address());
    first.or(speakers().next().copied()).is_some_and(|speaker| speaker.id == model.id)
}

/// The serial number of the first one. Its last two to six digits fit every address rule there is.
const FIRST_SERIAL: u64 = 11_200_107;
/// From one serial number to the next.
const SERIAL_STEP: u64 = 11;

/// The demo's meter of a model: found by a serial number where the model's address comes from one.
fn demo_meter(model: &'static Model, index: u64) -> Result<SimMeter, super::MeterError> {
    let address = if !model.address.has_address() {
        String::new()
    } else if model.address.serial.is_empty() {
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
        let meters = demo_meters(None);
        let names: BTreeSet<&str> = meters.iter().map(SimMeter::name).collect();
        let shared = MODELS.iter().filter(|model| model.address.has_address());
        assert!(shared.clone().all(|model| names.contains(model.id)));
        let addresses: BTreeSet<&str> = meters.iter().map(SimMeter::address).collect();
        assert!(addresses.len() >= shared.count());
    }

    #[test]
    fn a_meter_that_speaks_by_itself_has_its_line_to_itself() {
        for asked in MODELS.iter().filter(|model| !model.address.has_address()) {
            let meters = demo_meters(Some(asked));
            let speaks = |meter: &&SimMeter| {
                MODELS
                    .iter()
                    .any(|m| m.id == meter.name() && m.line == asked.line && !m.address.has_address())
            };
            let names: Vec<&str> = meters.iter().filter(speaks).map(SimMeter::name).collect();
            assert_eq!(names, [asked.id]);
        }
    }

    #[test]
    fn the_addresses_stay_the_same() {
        let addresses = || demo_meters(None).iter().map(|m| m.address().to_owned()).collect::<Vec<_>>();
        assert_eq!(addresses(), addresses());
    }
}
