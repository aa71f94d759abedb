//! Which meter is meant: model, address and password from what was typed.

use std::path::Path;

use zeroize::Zeroizing;

use super::args::{Ask, Meter, Who};
use super::exit::{Stop, Trouble};
use super::{out, password};
use crate::app::keys::Keys;
use crate::app::target::Target;
use crate::frame::visible;
use crate::link::Endpoint;
use crate::meter::Model;
use crate::protocol::{Command, Kind, Parameter, Request};
use crate::sim::demo_address;

/// The meter that was named, on a link. On the simulated bus the address may be left out.
///
/// # Errors
/// [`Stop`] as [`target`].
pub(super) fn target_on(keys: &Keys, given: &Meter, place: &Endpoint) -> Result<Target, Stop> {
    match simulated_address(given.model, place) {
        Some(address) if given.who.address.is_empty() => {
            let who = Who { address, ..given.who.clone() };
            target(keys, &Meter { model: given.model, who })
        }
        _ => target(keys, given),
    }
}

/// Refuses to ask a capture for anything: only what a meter said by itself can be read from it.
///
/// # Errors
/// [`Stop`] when the link is a capture and the requests need more than listening.
pub(super) fn answers_on(place: &Endpoint, target: &Target, requests: &[Request]) -> Result<(), Stop> {
    match place {
        Endpoint::File(path) if !target.only_listens(requests.to_vec()) => Err(capture_is_silent(path)),
        _ => Ok(()),
    }
}

/// Nothing can be asked of a capture.
pub(super) fn capture_is_silent(path: &Path) -> Stop {
    let file = visible::file(path);
    let doing = format!("asking a meter on file:{file}");
    let what = "a capture can be read again, but nothing in it answers";
    Trouble::usage(doing, what).hint(format!("what it holds: meterscope decode {file}")).into()
}

/// What else an address may mean, when nobody answers under the one that was tried.
#[must_use]
pub(super) fn other_address(model: &Model, written: &str) -> Option<String> {
    let candidates = model.resolve(written).ok()?;
    let [tried, others @ ..] = candidates.as_slice() else { return None };
    let others: Vec<String> =
        others.iter().map(|other| format!("{} ({})", other.address, other.because)).collect();
    (!others.is_empty()).then(|| {
        let tried = format!("{} ({})", tried.address, tried.because);
        format!("only address {tried} was tried; not tried: --address {}", others.join(", "))
    })
}

/// Where the simulated bus has a meter of a model that is asked for; `None` on any other link.
#[must_use]
pub(super) fn simulated_address(model: &'static Model, place: &Endpoint) -> Option<String> {
    (*place == Endpoint::Sim).then(|| demo_address(model))
}

/// The meter that was named, with its password and keys.
///
/// # Errors
/// [`Stop`] for an address that cannot be sent and a password that cannot be had.
pub(super) fn target(keys: &Keys, given: &Meter) -> Result<Target, Stop> {
    let candidates = given.model.resolve(&given.who.address).map_err(|error| {
        Trouble::usage(format!("reading the address of {}", given.model.id), error.to_string())
    })?;
    let mut candidates = candidates.into_iter();
    let Some(chosen) = candidates.next() else {
        return Err(Trouble::usage("reading the address", "it means nothing that can be sent").into());
    };
    if !chosen.warning.is_empty() {
        out::remark(&format!("address {}: {}", chosen.address, chosen.warning));
    }
    for other in candidates {
        out::remark(&format!(
            "address {} ({}) is tried; it may also be {} ({})",
            chosen.address, chosen.because, other.address, other.because
        ));
    }
    let password = password::find(keys, given)?;
    let keys = keys.ciphers(&given.who.address);
    Ok(Target { model: given.model, address: chosen.address, password, keys })
}

/// The request that was named.
///
/// # Errors
/// [`Stop`] for an unknown command and for arguments that do not fit.
pub(super) fn request(target: &Target, ask: &Ask) -> Result<Request, Stop> {
    let secrets = new_passwords(target, ask)?;
    let secrets = secrets.iter().map(|(name, value)| (*name, value.as_str()));
    let pairs = ask.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(secrets);
    target.request(&ask.command, pairs).map_err(|error| {
        let doing = format!("reading the command {}", visible::string(&ask.command));
        let all = format!("all commands with their parameters: meterscope commands {}", target.model.id);
        Trouble::usage(doing, error.to_string()).hint(all).into()
    })
}

/// The passwords that a command sets: asked for, or of `METERSCOPE_NEW_PASSWORD`, never an argument, which other
/// users of the computer could see.
fn new_passwords(target: &Target, ask: &Ask) -> Result<Vec<(&'static str, Zeroizing<String>)>, Stop> {
    let is_meant =
        |known: &&Command| known.id == ask.command || known.code.eq_ignore_ascii_case(&ask.command);
    let Some(command) = target.commands().iter().find(is_meant) else { return Ok(Vec::new()) };
    let is_secret = |one: &&Parameter| matches!(one.kind, Kind::Password { .. });
    let mut found = Vec::new();
    for parameter in command.parameters.iter().filter(is_secret) {
        if ask.arguments.iter().any(|(name, _)| name == parameter.name) {
            let what = format!("{}=... would be seen by everybody on this computer", parameter.name);
            let hint = "leave it out and type it when asked, or put it into METERSCOPE_NEW_PASSWORD";
            return Err(Trouble::usage(format!("reading the command {}", command.id), what)
                .hint(hint)
                .into());
        }
        found.push((parameter.name, password::new(parameter.title)?));
    }
    Ok(found)
}
