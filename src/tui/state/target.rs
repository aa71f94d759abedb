//! The meter that is talked to.

use std::time::Duration;

use crate::bus::Decoder;
use crate::frame::Secret;
use crate::meter::{Candidate, Login, Model};
use crate::protocol::{Address, Command, Family, LineSettings, Profile, registry};

/// The meter that is talked to: a model at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Which model.
    pub model: &'static Model,
    /// Its address.
    pub address: Address,
    /// The address in wire order, before any stuffing.
    pub bytes: Vec<u8>,
    /// The password given for it.
    pub password: Option<Secret>,
}

impl Target {
    /// A model at an address.
    #[must_use]
    pub fn new(model: &'static Model, candidate: Candidate, password: Option<Secret>) -> Self {
        Self { model, address: candidate.address, bytes: candidate.bytes, password }
    }

    /// The family it belongs to.
    #[must_use]
    pub fn family(&self) -> Option<&'static dyn Family> {
        registry::family(self.model.protocol)
    }

    /// How its traffic is cut and tracked.
    #[must_use]
    pub fn decoder(&self) -> Option<Decoder> {
        Some(Decoder { family: self.family()?, dialect: self.model.dialect })
    }

    /// What can be asked of it.
    #[must_use]
    pub fn commands(&self) -> &'static [Command] {
        self.family().map_or(&[], |family| family.commands(self.model.dialect))
    }

    /// What a protocol has to know of it on a line.
    #[must_use]
    pub fn profile(&self, line: LineSettings, network_delay: Duration) -> Profile {
        Profile {
            model: self.model.id,
            dialect: self.model.dialect,
            address: self.address.clone(),
            password: self.password.clone().or_else(|| default_password(self.model)),
            line,
            network_delay,
        }
    }
}

fn default_password(model: &Model) -> Option<Secret> {
    let default = match model.login {
        Login::None => "",
        Login::Optional { default, .. } | Login::Required { default, .. } => default,
    };
    (!default.is_empty()).then(|| Secret::new(default.as_bytes().to_vec()))
}
