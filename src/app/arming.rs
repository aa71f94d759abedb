//! What a person has to type before something goes out that may change a meter, and the permission that follows.
//!
//! This is the only place that makes a [`Permit`]. What acts ([`Access::Control`]) wants a word of its own: headless
//! `--confirm WORD` beside `--allow-write`, which is enough for everything else. A word that is given must be right
//! in any case. In the console the session is armed first, then the same question is asked under the exact bytes.

use std::time::Duration;

use super::target::Target;
use super::write_log::Keeper;
use crate::bus::Permit;
use crate::protocol::{Access, Request};

/// Digits of the address that have to be typed.
const DIGITS: usize = 4;

/// What has to be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    wants: Wants,
    /// The name of what is done: the command's id; for bytes typed by hand `control` or `raw`.
    word: &'static str,
    /// The address, empty for none.
    address: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wants {
    /// `yes`: there is no address to tell meters apart by.
    Yes,
    /// The end of the address, so that the hand knows which meter it means.
    Digits(String),
    /// The name of what is done, or the whole address: it acts.
    Name,
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

/// What a request to a meter may do: what its command says, or what one of its frames addresses, where that is graver.
#[must_use]
pub fn access_of(target: &Target, request: &Request) -> Access {
    let (family, dialect) = (target.family(), target.model.dialect);
    let profile = target.profile(target.model.line, Duration::ZERO);
    let frames = family.compose(&profile, request).unwrap_or_default();
    let addressed = frames.iter().filter_map(|frame| family.access(frame, dialect)).max();
    request.command.access.max(addressed.unwrap_or(Access::Read))
}

impl Challenge {
    /// The one before a request to a meter.
    #[must_use]
    pub fn of_request(target: &Target, request: &Request) -> Self {
        Self::new(Some(access_of(target, request)), request.command.id, target.address.text())
    }

    /// The one before bytes typed by hand, which may do what `access` says.
    #[must_use]
    pub fn of_bytes(access: Option<Access>, address: &str) -> Self {
        let word = if access == Some(Access::Control) { "control" } else { "raw" };
        Self::new(access, word, address)
    }

    fn new(access: Option<Access>, word: &'static str, address: &str) -> Self {
        let wants = if access == Some(Access::Control) { Wants::Name } else { Wants::end_of(address) };
        Self { wants, word, address: address.to_owned() }
    }

    /// What has to be typed, in words: `1486, the last digits of the address`.
    #[must_use]
    pub fn wanted(&self) -> String {
        match &self.wants {
            Wants::Yes => "yes".to_owned(),
            Wants::Digits(digits) => format!("{digits}, the last digits of the address"),
            Wants::Name if self.address.is_empty() => self.word.to_owned(),
            Wants::Name => format!("{}, or the whole address {}", self.word, self.address),
        }
    }

    /// Whether `--allow-write` alone does not answer it.
    #[must_use]
    pub const fn wants_a_word(&self) -> bool {
        matches!(self.wants, Wants::Name)
    }

    /// What was typed is right.
    #[must_use]
    pub fn answer(&self, typed: &str) -> Option<Confirmed> {
        let typed = typed.trim();
        let fits = match &self.wants {
            Wants::Yes => typed.eq_ignore_ascii_case("yes"),
            Wants::Digits(digits) => typed == digits,
            Wants::Name => self.is_name(typed),
        };
        fits.then_some(Confirmed(()))
    }

    fn is_name(&self, typed: &str) -> bool {
        typed == self.word || (!self.address.is_empty() && typed == self.address)
    }

    /// `--allow-write` was given, and perhaps `--confirm` with a word, which must be right though none was wanted.
    #[must_use]
    pub fn allowed(&self, word: Option<&str>) -> Option<Confirmed> {
        match word {
            None => (!self.wants_a_word()).then_some(Confirmed(())),
            Some(word) if self.is_name(word.trim()) => Some(Confirmed(())),
            Some(word) => self.answer(word),
        }
    }
}

impl Wants {
    fn end_of(address: &str) -> Self {
        let digits: Vec<char> = address.chars().filter(char::is_ascii_alphanumeric).collect();
        let from = digits.len().saturating_sub(DIGITS);
        match digits.get(from..) {
            Some(end) if !end.is_empty() => Self::Digits(end.iter().collect()),
            _ => Self::Yes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::MODELS;
    use crate::protocol::{Address, Group, Kind};

    fn target(model: &str, address: &str) -> Target {
        let model = MODELS.iter().copied().find(|known| known.id == model).unwrap();
        Target { model, address: Address::textual(address), password: None, keys: Vec::new() }
    }

    fn challenge(model: &str, (command, arguments): (&str, &[(&str, &str)]), address: &str) -> Challenge {
        let target = target(model, address);
        let command = target.commands().iter().find(|known| known.id == command).unwrap();
        let arguments = command.arguments(arguments.iter().copied()).unwrap();
        Challenge::of_request(&target, &Request { command, arguments })
    }

    const RELAY: (&str, &[(&str, &str)]) = ("relay", &[("state", "off")]);
    const CLOCK: (&str, &[(&str, &str)]) = ("set-clock", &[("time", "2026-03-01T12:00:00")]);

    #[test]
    fn what_acts_wants_its_name_or_the_whole_address_and_the_flag_is_not_enough() {
        let password: (&str, &[(&str, &str)]) = ("set-password", &[("password", "12345678")]);
        let address: (&str, &[(&str, &str)]) = ("set-address", &[("value", "00000202")]);
        for asks in [RELAY, password, address] {
            let (command, asked) = (asks.0, challenge("neva-mt324", asks, "00000201"));
            assert_eq!(asked.wanted(), format!("{command}, or the whole address 00000201"));
            assert_eq!(asked.allowed(None), None);
            assert_eq!(asked.allowed(Some("0201")), None);
            assert_eq!(asked.allowed(Some("yes")), None);
            assert!(asked.allowed(Some("00000201")).is_some());
            assert!(asked.allowed(Some(command)).is_some());
            let unaddressed = challenge("neva-mt324", asks, "");
            assert_eq!(unaddressed.wanted(), command);
            assert_eq!(unaddressed.allowed(Some("")), None);
        }
    }

    #[test]
    fn other_writes_want_the_end_of_the_address_or_yes_and_the_flag_answers_for_both() {
        let asked = challenge("neva-mt324", CLOCK, "00000201");
        assert_eq!(asked.wanted(), "0201, the last digits of the address");
        assert!(asked.answer("0202").is_none() && asked.answer("").is_none());
        assert!(asked.answer(" 0201 ").is_some() && asked.allowed(None).is_some());
        assert_eq!(challenge("neva-mt324", CLOCK, "").wanted(), "yes");
    }

    #[test]
    fn a_word_that_is_given_must_be_right_though_none_was_wanted() {
        let asked = challenge("neva-mt324", CLOCK, "00000201");
        for right in ["set-clock", "00000201", "0201"] {
            assert!(asked.allowed(Some(right)).is_some(), "{right}");
        }
        for wrong in ["nope", "", "relay", "201", "00000202", "yes", "set-clock2"] {
            assert_eq!(asked.allowed(Some(wrong)), None, "{wrong}");
        }
        for access in [None, Some(Access::Read), Some(Access::Write), Some(Access::Control)] {
            let asked = Challenge::of_bytes(access, "");
            assert!(asked.allowed(Some("wrong")).is_none() && asked.allowed(Some("")).is_none());
        }
    }

    #[test]
    fn what_is_written_by_hand_is_judged_by_what_it_addresses() {
        let written = |code| challenge("neva-mt324", ("write-obis", &[("code", code), ("value", "1")]), "7");
        assert!(!written("60.01.0A*FF").wants_a_word());
        for address in ["60.01.01*FF", "60.01.01*01", "60010100"] {
            assert!(written(address).wants_a_word(), "{address}");
        }
    }

    #[test]
    fn bytes_that_are_known_to_act_want_a_word_too() {
        assert!(Challenge::of_bytes(Some(Access::Control), "").wants_a_word());
        assert!(!Challenge::of_bytes(Some(Access::Write), "7").wants_a_word());
        assert!(!Challenge::of_bytes(None, "").wants_a_word());
    }

    /// Words in an id or a title that tell of what wants a typed confirmation.
    const ACTS: &[&str] = &[
        "address", "password", "relay", "load", "init", "anew", "reset", "clear", "erase", "restart",
        "speed", "port", "uart", "protocol", "plc", "interval", "time-out", "limit",
    ];

    #[test]
    fn what_may_lose_a_meter_its_data_or_its_supply_acts_in_every_catalogue() {
        for model in MODELS {
            for command in model.protocol.profile().dialect(model.dialect).commands {
                let says = |word: &&&str| {
                    command.id.contains(**word) || command.title.to_lowercase().contains(**word)
                };
                let told = ACTS.iter().find(says);
                let sets = command.parameters.iter().any(|one| matches!(one.kind, Kind::Password { .. }));
                let is_plain = command.access == Access::Write;
                assert!(!(is_plain && sets), "{} {} sets a password", model.id, command.id);
                assert!(!is_plain || command.group != Group::Limits, "{} {}", model.id, command.id);
                assert!(!is_plain || told.is_none(), "{} {}: {told:?}", model.id, command.id);
            }
        }
    }
}
