//! What a person has to type before something goes out that may change a meter, and the permission that follows.
//!
//! This is the only place that makes a [`Permit`]. Headless, `--allow-write` answers for everything but what
//! switches the supply or changes a password: that wants a word of its own, `--confirm WORD`. In the console
//! the session is armed first, then the same question is asked under the exact bytes.

use super::write_log::Keeper;
use crate::bus::Permit;
use crate::protocol::{Access, Command, Group, Kind};

/// Digits of the address that have to be typed.
const DIGITS: usize = 4;

/// What has to be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Challenge {
    /// `yes`: there is no address to tell meters apart by.
    Yes,
    /// The end of the address, so that the hand knows which meter it means.
    Meter(String),
    /// The name of what is done, or the whole address: a load would be switched or a password changed.
    Name {
        /// The command's id; for bytes typed by hand `control`.
        word: &'static str,
        /// The address, empty for none.
        address: String,
    },
}

/// The right thing was typed.
#[derive(Debug, PartialEq, Eq)]
pub struct Confirmed(());

impl Confirmed {
    /// The permission, with what keeps the record.
    #[must_use]
    pub fn permit(self, keeper: Keeper) -> Permit {
        Permit::of_a_person(Box::new(keeper))
    }
}

impl Challenge {
    /// The one before a command to the meter at `address`.
    #[must_use]
    pub fn of_command(command: &Command, address: &str) -> Self {
        if is_grave(command) { Self::name(command.id, address) } else { Self::of_meter(address) }
    }

    /// The one before bytes typed by hand, which may do what `access` says.
    #[must_use]
    pub fn of_bytes(access: Option<Access>, address: &str) -> Self {
        match access {
            Some(Access::Control) => Self::name("control", address),
            _ => Self::of_meter(address),
        }
    }

    fn name(word: &'static str, address: &str) -> Self {
        Self::Name { word, address: address.to_owned() }
    }

    fn of_meter(address: &str) -> Self {
        let digits: Vec<char> = address.chars().filter(char::is_ascii_alphanumeric).collect();
        let from = digits.len().saturating_sub(DIGITS);
        match digits.get(from..) {
            Some(end) if !end.is_empty() => Self::Meter(end.iter().collect()),
            _ => Self::Yes,
        }
    }

    /// What has to be typed, in words: `1486, the last digits of the address`.
    #[must_use]
    pub fn wanted(&self) -> String {
        match self {
            Self::Yes => "yes".to_owned(),
            Self::Meter(digits) => format!("{digits}, the last digits of the address"),
            Self::Name { word, address } if address.is_empty() => word.to_string(),
            Self::Name { word, address } => format!("{word}, or the whole address {address}"),
        }
    }

    /// Whether `--allow-write` alone does not answer it.
    #[must_use]
    pub const fn wants_a_word(&self) -> bool {
        matches!(self, Self::Name { .. })
    }

    /// What was typed is right.
    #[must_use]
    pub fn answer(&self, typed: &str) -> Option<Confirmed> {
        let typed = typed.trim();
        let fits = match self {
            Self::Yes => typed.eq_ignore_ascii_case("yes"),
            Self::Meter(digits) => typed == digits,
            Self::Name { word, address } => typed == *word || (!address.is_empty() && typed == address),
        };
        fits.then_some(Confirmed(()))
    }

    /// `--allow-write` was given, and perhaps `--confirm` with a word.
    #[must_use]
    pub fn allowed(&self, word: Option<&str>) -> Option<Confirmed> {
        match self {
            Self::Yes | Self::Meter(_) => Some(Confirmed(())),
            Self::Name { .. } => self.answer(word?),
        }
    }
}

/// Whether a command switches the supply or changes a password.
fn is_grave(command: &Command) -> bool {
    let sets_a_password = command.parameters.iter().any(|one| matches!(one.kind, Kind::Password { .. }));
    let switches = command.access == Access::Control && command.group == Group::Limits;
    sets_a_password || switches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::target::family_of;
    use crate::meter::MODELS;

    fn challenge(model: &str, command: &str, address: &str) -> Challenge {
        let model = MODELS.iter().copied().find(|known| known.id == model).unwrap();
        let command =
            family_of(model).commands(model.dialect).iter().find(|known| known.id == command).unwrap();
        Challenge::of_command(command, address)
    }

    #[test]
    fn a_relay_or_a_password_wants_the_word_or_the_whole_address_and_the_flag_is_not_enough() {
        for command in ["relay", "set-password"] {
            let asked = challenge("neva-mt324", command, "00000201");
            assert_eq!(asked.wanted(), format!("{command}, or the whole address 00000201"));
            assert_eq!(asked.allowed(None), None);
            assert_eq!(asked.allowed(Some("0201")), None);
            assert_eq!(asked.allowed(Some("yes")), None);
            assert!(asked.allowed(Some("00000201")).is_some());
            assert!(asked.allowed(Some(command)).is_some());
            let unaddressed = challenge("neva-mt324", command, "");
            assert_eq!(unaddressed.wanted(), command);
            assert_eq!(unaddressed.allowed(Some("")), None);
        }
    }

    #[test]
    fn other_writes_want_the_end_of_the_address_or_yes_and_the_flag_answers_for_both() {
        let asked = challenge("neva-mt324", "set-clock", "00000201");
        assert_eq!(asked, Challenge::Meter("0201".into()));
        assert!(asked.answer("0202").is_none() && asked.answer("").is_none());
        assert!(asked.answer(" 0201 ").is_some() && asked.allowed(None).is_some());
        assert_eq!(challenge("neva-mt324", "set-clock", ""), Challenge::Yes);
    }

    #[test]
    fn bytes_that_are_known_to_act_want_a_word_too() {
        assert!(Challenge::of_bytes(Some(Access::Control), "").wants_a_word());
        assert!(!Challenge::of_bytes(Some(Access::Write), "7").wants_a_word());
        assert!(!Challenge::of_bytes(None, "").wants_a_word());
    }

    #[test]
    fn every_password_and_every_load_switch_of_every_model_is_grave() {
        for model in MODELS {
            for command in family_of(model).commands(model.dialect) {
                let switches = ["relay", "relay-on", "relay-off", "relay-switch", "load"];
                let is_known = command.id == "set-password" || switches.contains(&command.id);
                let acts = command.access == Access::Control;
                assert!(is_grave(command) || !(is_known && acts), "{} {}", model.id, command.id);
            }
        }
    }
}
