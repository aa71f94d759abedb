//! The demo bus: meters of the models there are, with invented serial numbers and a household behind each. A
//! meter without an address speaks whenever it wants to and has its line to itself.

use super::meter::{Secrets, SimMeter};
use crate::frame::Secret;
use crate::meter::{MODELS, Model};
use crate::protocol::MeterKey;

/// The meters of the demo bus, each with its own address: every model of the protocols that get along on one
/// line. A model that is `asked` for and does not get along with them has the bus for its own protocol, or,
/// when it speaks by itself, for itself.
#[must_use]
pub fn demo_meters(asked: Option<&'static Model>) -> Vec<SimMeter> {
    let meters = MODELS.iter().enumerate().filter(|(_, model)| is_on_bus(model, asked));
    meters.filter_map(|(index, model)| demo_meter(model, index as u64).ok()).collect()
}

/// Whether a model is on the demo bus for which another, or none, was asked.
fn is_on_bus(model: &Model, asked: Option<&Model>) -> bool {
    match asked.filter(|asked| !gets_along(asked)) {
        None => gets_along(model),
        Some(asked) if asked.address.has_address() => model.protocol == asked.protocol,
        Some(asked) => model.id == asked.id,
    }
}

/// Whether the demo bus is the same for whichever of two models is asked.
#[must_use]
pub fn share_a_bus(one: Option<&Model>, other: Option<&Model>) -> bool {
    MODELS.iter().all(|model| is_on_bus(model, one) == is_on_bus(model, other))
}

/// Under which address the demo bus has a meter of a model when it is asked for; empty where meters of this
/// model have none.
#[must_use]
pub fn demo_address(asked: &'static Model) -> String {
    let index = MODELS.iter().position(|model| model.id == asked.id).unwrap_or_default();
    demo_meter(asked, index as u64).map(|meter| meter.address().to_owned()).unwrap_or_default()
}

/// Whether a model shares the demo bus with the others: not if it answers what is meant for them. A meter that speaks by
/// itself talks over all others.
fn gets_along(model: &Model) -> bool {
    model.address.has_address() && !model.protocol.profile().answers_others
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
    let secrets = Secrets { password: None, keys: vec![demo_key()] };
    Ok(SimMeter::of_model(model, &address, secrets, Vec::new())?.with_household(FIRST_SERIAL + index))
}

/// The keys of the demo's meters that encrypt: no secret, but those of the examples in the DLMS UA Green Book
/// (ed. 8, 9.2.3.3).
#[must_use]
pub fn demo_key() -> MeterKey {
    let counted_from = |first: u8| Secret::new((first..first + 16).collect());
    MeterKey { system_title: None, encryption: counted_from(0x00), authentication: Some(counted_from(0xD0)) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_model_is_there_when_it_is_asked_for_and_every_meter_has_an_address_of_its_own() {
        for wanted in MODELS {
            let meters = demo_meters(Some(wanted));
            assert!(meters.iter().any(|meter| meter.name() == wanted.id), "{}", wanted.id);
            let numbered = meters.iter().filter(|meter| !meter.address().is_empty());
            let addresses: BTreeSet<&str> = numbered.clone().map(SimMeter::address).collect();
            assert_eq!(addresses.len(), numbered.count(), "{}", wanted.id);
        }
    }

    #[test]
    fn every_model_is_found_under_the_address_that_is_told() {
        for wanted in MODELS {
            let address = demo_address(wanted);
            let meters = demo_meters(Some(wanted));
            let found = meters.iter().find(|meter| meter.name() == wanted.id).map(SimMeter::address);
            assert_eq!(found, Some(address.as_str()), "{}", wanted.id);
        }
    }

    #[test]
    fn models_that_answer_one_another_share_a_bus_and_others_do_not() {
        let model = |id: &str| MODELS.iter().copied().find(|model| model.id == id);
        assert!(share_a_bus(None, model("mercury-200")));
        assert!(share_a_bus(model("mercury-200"), model("neva-mt324")));
        assert!(share_a_bus(model("mercury-230"), model("mercury-234")));
        assert!(!share_a_bus(None, model("mercury-230")));
    }

    #[test]
    fn the_addresses_stay_the_same() {
        let addresses = || demo_meters(None).iter().map(|m| m.address().to_owned()).collect::<Vec<_>>();
        assert_eq!(addresses(), addresses());
    }
}
