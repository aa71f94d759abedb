//! Whether what is to be sent may be sent: `--allow-write`, and `--confirm` or a question where a word is wanted.

use std::io::{BufRead as _, IsTerminal as _};

use super::super::args::Send;
use super::super::exit::{Exit, Stop, Trouble};
use super::super::out;
use crate::app::arming::{self, Challenge, Confirmed};
use crate::app::target::Target;
use crate::app::write_log::{self, Keeper};
use crate::bus::{self, Permission};
use crate::frame::{Direction, Mask, visible};
use crate::protocol::{Access, Context, Decoder, Request, secrets};

/// The permission for a command; one that reads needs no word of anybody's.
///
/// # Errors
/// [`Stop`] when it is not allowed, or the word that is wanted was not given.
pub(super) fn of_command(
    given: &Send,
    target: &Target,
    request: &Request,
    doing: &str,
) -> Result<Permission, Stop> {
    let command = request.command;
    let challenge = Challenge::of_request(target, request);
    let access = arming::access_of(target, request);
    if access == Access::Read {
        return refuse_a_wrong_word(given, &challenge, doing).map(|()| Permission::Reading);
    }
    if !given.allow_write {
        let what = format!("{} is a {} command", command.id, access.word());
        let hint = "it was not sent; allow it with --allow-write";
        return Err(Trouble::new(Exit::Forbidden, doing, what).hint(hint).into());
    }
    let confirmed = confirmed(given, &challenge, || frames(target, request), doing)?;
    let keeper = Keeper { commands: vec![command.id], ..keeper(given, target.model.id) };
    Ok(Permission::Permitted(confirmed.permit(keeper)))
}

/// The permission for bytes typed by hand. Those that a protocol recognises as a read, and none as anything else, need
/// no word of anybody's.
///
/// # Errors
/// [`Stop`] as for a command.
pub(super) fn of_bytes(
    given: &Send,
    bytes: &[u8],
    decoder: Option<Decoder>,
    doing: &str,
) -> Result<Permission, Stop> {
    let access = bus::access(bytes, decoder);
    let challenge = Challenge::of_bytes(access, &given.who.address);
    if access == Some(Access::Read) {
        return refuse_a_wrong_word(given, &challenge, doing).map(|()| Permission::Reading);
    }
    if !given.allow_write {
        let why = match access {
            Some(other) => format!("{} is a {} command", secrets::masked_hex(bytes), other.word()),
            None => {
                format!("{} is not recognised as a read command of any protocol", secrets::masked_hex(bytes))
            }
        };
        let hint = "nothing was sent; what may change a meter is sent only with --allow-write";
        return Err(Trouble::new(Exit::Forbidden, doing, why).hint(hint).into());
    }
    let confirmed = confirmed(given, &challenge, || vec![secrets::masked_hex(bytes)], doing)?;
    Ok(Permission::Permitted(confirmed.permit(keeper(given, given.model.map_or("", |model| model.id)))))
}

fn keeper(given: &Send, model: &str) -> Keeper {
    Keeper {
        place: write_log::place(),
        link: given.link.to_string(),
        model: model.to_owned(),
        address: given.who.address.clone(),
        ..Keeper::default()
    }
}

/// The word that was given, or typed when asked for under the bytes that would go out.
fn confirmed(
    given: &Send,
    challenge: &Challenge,
    frames: impl FnOnce() -> Vec<String>,
    doing: &str,
) -> Result<Confirmed, Stop> {
    let typed = match &given.confirm {
        None if challenge.wants_a_word() && can_ask() => Some(ask(challenge, &frames())?),
        word => word.clone(),
    };
    challenge.allowed(typed.as_deref()).ok_or_else(|| not_confirmed(challenge, doing))
}

/// A word that was given must be right, though what reads wants none.
fn refuse_a_wrong_word(given: &Send, challenge: &Challenge, doing: &str) -> Result<(), Stop> {
    match &given.confirm {
        Some(word) if challenge.allowed(Some(word)).is_none() => Err(not_confirmed(challenge, doing)),
        _ => Ok(()),
    }
}

fn not_confirmed(challenge: &Challenge, doing: &str) -> Stop {
    let wanted = visible::string(&challenge.wanted());
    let trouble = Trouble::new(Exit::Forbidden, doing, format!("not confirmed: expected {wanted}"));
    trouble
        .hint("nothing was sent; a control command wants --confirm WORD, and a word that is given must fit")
        .into()
}

fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn ask(challenge: &Challenge, frames: &[String]) -> Result<String, Stop> {
    out::complain("This may change the meter. To be sent:\n");
    for frame in frames {
        out::complain(&format!("  {frame}\n"));
    }
    out::complain(&format!("Type {} to send it once: ", visible::string(&challenge.wanted())));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line)
}

/// The frames of a request as hex, secrets masked.
fn frames(target: &Target, request: &Request) -> Vec<String> {
    let family = target.family();
    let profile = target.profile(target.model.line, std::time::Duration::ZERO);
    let dialect = target.model.dialect;
    let context = Context { direction: Direction::Request, dialect, ..Context::default() };
    let masked = |frame: &Vec<u8>| Mask::of(&family.dissect(frame, &context), 0).spaced_hex(frame);
    family.compose(&profile, request).unwrap_or_default().iter().map(masked).collect()
}
