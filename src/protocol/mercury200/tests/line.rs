//! Plans for the simulated meter, and the line to it.

use std::time::Duration;

use super::super::Mercury200;
use super::super::commands::COMMANDS;
pub(super) use crate::protocol::incotex::line::{Line, Trouble};
use crate::protocol::{Address, Dialect, LineSettings, Options, Plan, Profile, Request, Setup};

pub(super) const ADDRESS: u32 = 411_486;

pub(super) fn request(id: &str, arguments: &[(&str, &str)]) -> Request {
    let command = COMMANDS.iter().find(|command| command.id == id).unwrap();
    Request { command, arguments: command.arguments(arguments.iter().copied()).unwrap() }
}

pub(super) fn profile(model: &'static str, address: u32) -> Profile {
    Profile {
        model,
        dialect: Dialect::default(),
        address: Address::numeric(address.to_string(), address.into()),
        password: None,
        line: LineSettings::default(),
        is_line_chosen: false,
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        keys: Vec::new(),
    }
}

pub(super) fn setup(model: &'static str, values: &[(&str, &str)]) -> Setup {
    Setup {
        model,
        dialect: Dialect::default(),
        address: Address::numeric(ADDRESS.to_string(), ADDRESS.into()),
        serial: "10411486".into(),
        password: None,
        keys: Vec::new(),
        line: LineSettings::default(),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

pub(super) fn over(setup: &Setup, requests: Vec<Request>, options: Options) -> Line {
    let plan = Plan { profile: profile("mercury-206", ADDRESS), requests, options };
    Line::new(&Mercury200, plan, setup)
}
