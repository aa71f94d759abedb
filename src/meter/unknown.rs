//! Names that are no model's: which model a person who typed one may want.

use std::fmt;

use super::models::{MODELS, UNREAD};
use crate::frame::{near, visible};

/// A model id that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownModel {
    /// What was typed.
    pub id: String,
    /// Which model reads it, why none does, and which ids come near; may be empty.
    pub advice: String,
}

impl fmt::Display for UnknownModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, advice } = self;
        write!(f, "unknown model \"{}\"{advice} (all: meterscope models)", visible::string(id))
    }
}

impl std::error::Error for UnknownModel {}

impl UnknownModel {
    /// With advice for what was typed.
    #[must_use]
    pub fn named(id: &str) -> Self {
        let ids = || MODELS.iter().map(|model| model.id);
        let advice = match UNREAD.iter().find(|unread| is_meant(id, unread.names)) {
            Some(unread) => format!("; no model reads it yet: {}", unread.speaks),
            None => match reads(id) {
                none if none.is_empty() => near::hint(id, ids()),
                // A name that is meant leaves no room for likeness.
                reads => reads + &near::hint(id, ids().filter(|known| near::is_close(id, known))),
            },
        };
        Self { id: id.to_owned(), advice }
    }
}

/// The models that people know by what was typed.
fn reads(typed: &str) -> String {
    let known = MODELS.iter().filter(|model| is_meant(typed, model.also));
    let ids: Vec<&str> = known.map(|model| model.id).collect();
    if ids.is_empty() { String::new() } else { format!("; read it as {}", ids.join(", ")) }
}

fn is_meant(typed: &str, names: &[&str]) -> bool {
    names.iter().any(|name| near::means(typed, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(typed: &str) -> String {
        UnknownModel::named(typed).advice
    }

    #[test]
    fn what_people_type_leads_to_the_model_that_reads_it() {
        for typed in [
            "elster",
            "Elster AS1440",
            "itron",
            "landis",
            "mt174",
            "MT-174",
            "as1440",
            "ace3000",
            "e350",
            "elstr",
        ] {
            assert!(advice(typed).starts_with("; read it as iec62056-21"), "{typed}{}", advice(typed));
        }
        assert_eq!(advice("landis"), "; read it as iec62056-21; near it: landisgyr-e450");
        assert_eq!(advice("mt174"), "; read it as iec62056-21");
    }

    #[test]
    fn what_no_model_reads_is_led_to_none() {
        for typed in ["milur", "Milur-107S", "милур", "mirtek", "nartis", "pulsar", "multical"] {
            let advice = advice(typed);
            assert!(advice.starts_with("; no model reads it yet: "), "{typed}{advice}");
            assert!(MODELS.iter().all(|model| !advice.contains(model.id)), "{typed}{advice}");
        }
        let shown = UnknownModel::named("xyz").to_string();
        assert_eq!(shown, "unknown model \"xyz\" (all: meterscope models)");
    }

    #[test]
    fn every_model_is_found_however_its_id_is_written_or_misspelt() {
        for model in MODELS {
            let bare: String = model.id.chars().filter(char::is_ascii_alphanumeric).collect();
            for typed in [model.id.to_uppercase(), bare, model.id.replace('-', " ")] {
                assert_eq!(near::nearest(&typed, MODELS.iter().map(|model| model.id)), [model.id], "{typed}");
            }
            for at in 1..model.id.len() {
                let mut typed = model.id.to_owned();
                typed.remove(at);
                let is_id = super::super::model(&typed).is_ok();
                assert!(is_id || advice(&typed).contains("; near it: "), "{typed}{}", advice(&typed));
            }
        }
    }

    #[test]
    fn no_other_name_is_the_id_of_a_model() {
        for name in
            MODELS.iter().flat_map(|model| model.also).chain(UNREAD.iter().flat_map(|unread| unread.names))
        {
            assert!(super::super::model(name).is_err(), "{name}");
        }
    }
}
