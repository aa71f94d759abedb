//! Whom to ask: a model, an address, a password; and what to ask it.

use std::time::Duration;

use crate::bus::Decoder;
use crate::frame::Secret;
use crate::meter::{self, Login, Model, Preset};
use crate::protocol::{
    Address, ArgumentError, Command, Family, LineSettings, MeterKey, Options, Plan, Profile, Request,
    registry,
};

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
    #[error("{model} has no command \"{}\"; near it: {near}", crate::frame::visible::string(.command))]
    Unknown {
        /// The model's id.
        model: &'static str,
        /// What was typed.
        command: String,
        /// The ids that come nearest.
        near: String,
    },
    /// Its arguments do not fit.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
}

impl Target {
    /// The family that speaks the model's protocol.
    ///
    /// # Panics
    /// Never: a test holds that every model names a family of the registry.
    #[must_use]
    pub fn family(&self) -> &'static dyn Family {
        family_of(self.model)
    }

    /// By what the traffic with it is to be cut and tracked.
    #[must_use]
    pub fn decoder(&self) -> Decoder {
        Decoder { family: self.family(), dialect: self.model.dialect }
    }

    /// Everything it can be asked.
    #[must_use]
    pub fn commands(&self) -> &'static [Command] {
        self.family().commands(self.model.dialect)
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
    pub fn everyday(&self) -> Vec<Request> {
        let preset = |p: &Preset| self.request(p.command, p.arguments.iter().copied()).ok();
        self.model.everyday.iter().filter_map(preset).collect()
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
            network_delay,
            keys: self.keys.clone(),
        }
    }

    /// A plan for requests.
    #[must_use]
    pub fn plan(&self, requests: Vec<Request>, options: Options, profile: Profile) -> Plan {
        Plan { profile, requests, options }
    }

    fn unknown(&self, typed: &str) -> RequestError {
        let near = meter::nearest(typed, self.commands().iter().map(|command| command.id)).join(", ");
        RequestError::Unknown { model: self.model.id, command: typed.to_owned(), near }
    }
}

/// The family that speaks a model's protocol.
///
/// # Panics
/// Never: a test holds that every model names a family of the registry.
#[must_use]
pub fn family_of(model: &Model) -> &'static dyn Family {
    #[expect(
        clippy::expect_used,
        reason = "models and families are both compiled in; a test walks all models"
    )]
    registry::family(model.protocol).expect("every model names a family")
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

    fn target(model: &'static Model) -> Target {
        Target { model, address: Address::numeric("1", 1), password: None, keys: Vec::new() }
    }

    #[test]
    fn every_model_names_a_family_and_its_everyday_set_fits_it() {
        for model in MODELS {
            let target = target(model);
            assert_eq!(target.family().id(), model.protocol);
            for preset in model.everyday {
                let request = target.request(preset.command, preset.arguments.iter().copied());
                assert!(request.is_ok(), "{} {}: {request:?}", model.id, preset.command);
            }
        }
    }
}
