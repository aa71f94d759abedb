//! Plans for the simulated meter, and the line to it.

use std::time::Duration;

use super::super::{Mercury230, rows};
use crate::frame::Secret;
pub(super) use crate::protocol::incotex::line::{Line, Trouble};
use crate::protocol::{Address, Dialect, LineSettings, Options, Plan, Profile, Request, Setup};

pub(super) const ADDRESS: u8 = 49;

/// Opens the channel as the user, with the password of the maker.
pub(super) const OPEN: [u8; 8] = [1, 1, 1, 1, 1, 1, 1, 1];

pub(super) fn request(id: &str, arguments: &[(&str, &str)]) -> Request {
    let command = rows::COMMANDS.iter().find(|command| command.id == id).unwrap();
    Request { command, arguments: command.arguments(arguments.iter().copied()).unwrap() }
}

pub(super) fn profile(password: Option<&str>, dialect: Dialect) -> Profile {
    Profile {
        model: "mercury-236",
        dialect,
        address: Address::numeric(ADDRESS.to_string(), ADDRESS.into()),
        password: password.map(|text| Secret::new(text.as_bytes().to_vec())),
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
        serial: "41906449".into(),
        password: None,
        line: LineSettings::default(),
        keys: Vec::new(),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

pub(super) fn over(setup: &Setup, requests: Vec<Request>, options: Options) -> Line {
    over_as(setup, requests, options, profile(None, setup.dialect))
}

pub(super) fn over_as(setup: &Setup, requests: Vec<Request>, options: Options, profile: Profile) -> Line {
    Line::new(&Mercury230, Plan { profile, requests, options }, setup)
}

/// The bodies of the questions.
pub(super) fn bodies(line: &Line) -> Vec<&[u8]> {
    line.questions.iter().map(|question| &question[1..question.len() - 2]).collect()
}
