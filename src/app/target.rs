//! Whom to ask: a model, an address, a password; and what to ask it.

use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::frame::{Secret, near};
use crate::meter::{Login, Model, Preset};
use crate::protocol::registry::FAMILIES;
use crate::protocol::{
    Address, ArgumentError, Command, Decoder, DialectProfile, Family, LineSettings, MeterId, MeterKey,
    Options, Plan, Profile, Reach, Request,
};

/// Records of a load profile a day: half hours.
const RECORDS: u32 = 48;

/// A meter that is to be talked to.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its type.
    pub model: &'static Model,
    /// Its address, as the model's rule accepted it.
    pub address: Address,
    /// Its password, if one was given; else the model's default is used.
    pub password: Option<Secret>,
    /// Keys to try on what it encrypts.
    pub keys: Vec<MeterKey>,
}

/// Why a request cannot be made from what a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No such command.
    #[error("{model} has no command \"{}\"{advice}", crate::frame::visible::string(.command))]
    Unknown {
        /// The model's id.
        model: &'static str,
        /// What was typed.
        command: String,
        /// The ids that come near, or where all are listed.
        advice: String,
    },
    /// Its arguments do not fit.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
}

impl Target {
    /// The meter in words: `mercury-206 11200294`, or the model alone where nobody is addressed.
    #[must_use]
    pub fn meter(&self) -> String {
        if self.model.address.has_address() {
            format!("{} {}", self.model.id, self.address)
        } else {
            self.model.id.to_owned()
        }
    }

    /// The family that speaks the model's protocol.
    #[must_use]
    pub const fn family(&self) -> &'static dyn Family {
        self.model.protocol
    }

    /// The facts about the dialect that it speaks.
    #[must_use]
    pub fn dialect(&self) -> &'static DialectProfile {
        self.model.protocol.profile().dialect(self.model.dialect)
    }

    /// The meter that is meant, as frames tell it; the nameless one of its family where nobody is addressed.
    #[must_use]
    pub fn meter_id(&self) -> MeterId {
        let is_asked = self.model.address.has_address();
        // What names the keys of a meter that nobody addresses goes nowhere.
        if is_asked { self.family().meter_at(&self.address) } else { MeterId::nameless(self.family().id()) }
    }

    /// By what the traffic with it is to be cut and tracked.
    #[must_use]
    pub const fn decoder(&self) -> Decoder {
        self.model.decoder()
    }

    /// The zone of its clock, where its model is of one country.
    #[must_use]
    pub fn zone(&self) -> Option<TimeZone> {
        self.dialect().zone.and_then(|rule| TimeZone::posix(rule).ok())
    }

    /// Everything it can be asked.
    #[must_use]
    pub fn commands(&self) -> &'static [Command] {
        self.dialect().commands
    }

    /// A request by command id or code, with `name=value` arguments.
    ///
    /// # Errors
    /// [`RequestError`] for an unknown command and for arguments that do not fit.
    pub fn request<'a>(
        &self,
        command: &str,
        arguments: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Request, RequestError> {
        let commands = self.commands();
        let by_id = commands.iter().find(|known| known.id == command);
        let by_code = || commands.iter().find(|known| known.code.eq_ignore_ascii_case(command));
        let command = by_id.or_else(by_code).ok_or_else(|| self.unknown(command))?;
        Ok(Request { command, arguments: command.arguments(arguments)? })
    }

    /// The everyday set: energy totals and tariffs first, then instantaneous values.
    #[must_use]
    pub fn default_reads(&self) -> Vec<Request> {
        let preset = |p: &Preset| self.request(p.command, p.arguments.iter().copied()).ok();
        self.model.default_reads.iter().filter_map(preset).collect()
    }

    /// The meter as its protocol needs to know it, on a line with a network's delay.
    #[must_use]
    pub fn profile(&self, line: LineSettings, network_delay: Duration) -> Profile {
        Profile {
            model: self.model.id,
            dialect: self.model.dialect,
            address: self.address.clone(),
            password: self.password.clone().or_else(|| default_password(self.model.login)),
            line,
            is_line_chosen: false,
            families: FAMILIES,
            network_delay,
            keys: self.keys.clone(),
        }
    }

    /// What reads the load profile of `count` days, the newest of which is `first` days back from `today`; none
    /// where the meter keeps no load profile.
    #[must_use]
    pub fn load_profile(&self, first: u16, count: u16, today: Date) -> Vec<Request> {
        let Some(profile) = self.dialect().load_profile else { return Vec::new() };
        let last = first.saturating_add(count.max(1) - 1).min(profile.furthest);
        let ask = |pairs: &[(&str, String)]| {
            self.request(profile.command, pairs.iter().map(|(name, value)| (*name, value.as_str()))).ok()
        };
        let days = first..=last;
        match profile.reach {
            Reach::Days { first: from, last: to } => {
                ask(&[(from, first.to_string()), (to, last.to_string())]).into_iter().collect()
            }
            Reach::DayBack(day) => days.filter_map(|back| ask(&[(day, back.to_string())])).collect(),
            Reach::Date(date) => days
                .filter_map(|back| today.checked_sub(i32::from(back).days()).ok())
                .filter_map(|of| ask(&[(date, of.to_string())]))
                .collect(),
            Reach::Records { back, count, most } => {
                let (from, to) = (u32::from(first) * RECORDS, (u32::from(last) + 1) * RECORDS);
                let stretches = (from..to).step_by(usize::from(most.max(1)));
                let ask = |at: u32| {
                    let many = (to - at).min(u32::from(most));
                    ask(&[(back, at.to_string()), (count, many.to_string())])
                };
                stretches.filter_map(ask).collect()
            }
        }
    }

    /// A plan for requests.
    #[must_use]
    pub fn plan(&self, requests: Vec<Request>, options: Options, profile: Profile) -> Plan {
        Plan { profile, requests, options }
    }

    /// Whether requests can be carried out by listening alone, as those of meters that speak by themselves.
    #[must_use]
    pub fn only_listens(&self, requests: Vec<Request>) -> bool {
        let profile = self.profile(self.model.line, Duration::ZERO);
        self.plan(requests, Options::default(), profile).only_listens(self.family())
    }

    fn unknown(&self, typed: &str) -> RequestError {
        let advice = match near::hint(typed, self.commands().iter().map(|command| command.id)) {
            none if none.is_empty() => format!(" (all: meterscope commands {})", self.model.id),
            near => near,
        };
        RequestError::Unknown { model: self.model.id, command: typed.to_owned(), advice }
    }
}

fn default_password(login: Login) -> Option<Secret> {
    match login {
        Login::None | Login::Optional { default: "", .. } => None,
        Login::Optional { default, .. } | Login::Required { default, .. } => {
            Some(Secret::new(default.as_bytes().to_vec()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::MODELS;
    use crate::protocol::registry;

    fn target(model: &'static Model) -> Target {
        Target { model, address: Address::numeric("1", 1), password: None, keys: Vec::new() }
    }

    #[test]
    fn the_requests_for_a_load_profile_fit_every_model_that_keeps_one() {
        let today = jiff::civil::date(2026, 3, 1);
        let mut kept = 0;
        for model in MODELS {
            let target = target(model);
            let Some(profile) = target.dialect().load_profile else { continue };
            kept += 1;
            let requests = target.load_profile(1, 2, today);
            let expected = match profile.reach {
                Reach::Days { .. } => 1,
                Reach::DayBack(_) | Reach::Date(_) => 2,
                Reach::Records { .. } => 6,
            };
            assert_eq!(requests.len(), expected, "{}", model.id);
            assert!(requests.iter().all(|request| request.command.id == profile.command));
        }
        assert!(kept > 20, "{kept}");
    }

    #[test]
    fn the_dialect_of_every_model_is_one_of_its_family() {
        for model in MODELS {
            let picked = model.protocol.profile().picked;
            assert!(usize::from(model.dialect.0) <= picked.len(), "{}", model.id);
        }
    }

    #[test]
    fn one_model_stands_for_any_meter_of_a_family_that_pushes() {
        for family in registry::FAMILIES.iter().filter(|family| family.profile().usual.is_some()) {
            let generic = MODELS.iter().filter(|model| model.is_generic && model.protocol == *family);
            assert_eq!(generic.count(), 1, "{family:?}");
        }
    }

    #[test]
    fn the_family_of_every_model_is_registered_and_its_everyday_set_fits_it() {
        for model in MODELS {
            let target = target(model);
            assert_eq!(registry::family(model.protocol.id()), Some(model.protocol));
            for preset in model.default_reads {
                let request = target.request(preset.command, preset.arguments.iter().copied());
                assert!(request.is_ok(), "{} {}: {request:?}", model.id, preset.command);
            }
        }
    }
}
