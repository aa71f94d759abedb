//! Everything that can be asked: every command of every model, as plans.

use std::collections::HashSet;
use std::time::Duration;

use meterscope::app::target::Target;
use meterscope::meter::{MODELS, Model};
use meterscope::protocol::{Command, Kind, LineSettings, Options, Parameter, Plan, Request};

/// What an address may look like; the first that a model takes is used.
const ADDRESSES: [&str; 5] = ["201", "00000201", "1", "13462", ""];

/// Values for parameters of no default whose form only their command knows.
const TEXTS: [&str; 13] = [
    "1.8.0", "600104FF", "VOLTA", "0", "00000000", "12345678", "VOLTA()", "00:00=T1", "00:00=1", "01.01=1",
    "T1", "1", "123456",
];

/// A plan with the names of what it asks of whom.
pub struct Named {
    pub name: String,
    pub target: Target,
    pub plan: Plan,
}

pub fn target(model: &'static Model) -> Target {
    let address = ADDRESSES.iter().find_map(|text| model.resolve(text).ok());
    let address =
        address.unwrap_or_else(|| panic!("{}: none of the addresses fits", model.id)).swap_remove(0);
    Target { model, address: address.address, password: None, keys: Vec::new() }
}

fn plan(target: &Target, requests: Vec<Request>, options: Options) -> Plan {
    target.plan(requests, options, target.profile(target.model.line, Duration::ZERO))
}

/// Each command of each model by itself, once for models that speak alike; or the name of one that no arguments fit.
pub fn commands() -> Vec<Result<Named, String>> {
    let mut seen = HashSet::new();
    let mut plans = Vec::new();
    for model in MODELS {
        let target = target(model);
        for command in target.commands() {
            let line: LineSettings = model.line;
            if seen.insert((model.protocol.id(), model.dialect, line, command.id)) {
                let name = format!("{} {}", model.id, command.id);
                let request = request(&target, command).ok_or_else(|| name.clone());
                let named = |request| Named {
                    name,
                    plan: plan(&target, vec![request], Options::default()),
                    target: target.clone(),
                };
                plans.push(request.map(named));
            }
        }
    }
    plans
}

/// The everyday set of each model, once for models that speak alike.
pub fn default_reads(options: Options) -> Vec<Named> {
    let mut seen = HashSet::new();
    let speaks = |model: &&Model| seen.insert((model.protocol.id(), model.dialect, model.line));
    let of = |model: &'static Model| {
        let target = target(model);
        let name = format!("{} default_reads, {options:?}", model.id);
        Named { name, plan: plan(&target, target.default_reads(), options), target }
    };
    MODELS.iter().copied().filter(speaks).map(of).filter(|named| !named.plan.requests.is_empty()).collect()
}

/// A request with every parameter filled in, one that can be composed.
fn request(target: &Target, command: &'static Command) -> Option<Request> {
    let family = target.family();
    let profile = target.profile(target.model.line, Duration::ZERO);
    let attempt = |text: &&str| {
        let values: Vec<(&str, String)> =
            command.parameters.iter().map(|parameter| (parameter.name, value(parameter, text))).collect();
        let pairs = values.iter().map(|(name, value)| (*name, value.as_str()));
        let request = Request { command, arguments: command.arguments(pairs).ok()? };
        family.compose(&profile, &request).ok().map(|_| request)
    };
    TEXTS.iter().find_map(attempt)
}

fn value(parameter: &Parameter, text: &str) -> String {
    match (parameter.default, parameter.kind) {
        (Some(default), _) => default.to_owned(),
        (None, Kind::Integer { min, max }) => 1.clamp(min, max).to_string(),
        (None, Kind::Choice(choices)) => choices[0].word.to_owned(),
        (None, Kind::DateTime) => "2024-05-31T12:00:00".to_owned(),
        (None, Kind::Date) => "2024-05-31".to_owned(),
        (None, Kind::Bytes { min, .. }) => "01".repeat(min.max(1)),
        (None, Kind::Text { max } | Kind::Code { max } | Kind::Password { max }) => {
            text[..text.len().min(max)].to_owned()
        }
    }
}
