//! Asking for any code of a meter.

use super::super::state::codes::Codes;
use super::super::state::{Pane, Popup, State};
use super::{Effects, bench};
use crate::protocol::{Access, Argument, Command, Failure, Fault, Kind, Request};

/// The error numbers by which meters say that they do not have a code: NEVA's 01, Energomera's 12.
const ABSENT: [u16; 2] = [1, 12];

/// Whether a command asks for a code.
fn takes_a_code(command: &Command) -> bool {
    command.parameters.iter().any(|one| matches!(one.kind, Kind::Code { .. }))
}

/// The command that a chosen code goes into: the one on the bench if it takes one, else the one that reads.
fn command(state: &State) -> Option<&'static Command> {
    let reads = |command: &&Command| takes_a_code(command) && command.access == Access::Read;
    state.command().filter(|one| takes_a_code(one)).or_else(|| state.commands().iter().find(reads))
}

/// Whether the meter can be asked by code.
#[must_use]
pub(crate) fn are_asked(state: &State) -> bool {
    state.commands().iter().any(takes_a_code)
}

/// Opens the box.
pub(super) fn open(state: &mut State) {
    let Some(target) = state.target.as_ref().filter(|_| command(state).is_some()) else {
        state.say("this meter is not asked by code");
        return;
    };
    state.popup = Some(Popup::Codes(Codes::new(target.family().codes(target.model.dialect))));
}

/// Puts the chosen code into its text, to be changed by hand.
pub(super) fn complete(codes: &mut Codes) {
    if let Some(code) = codes.chosen() {
        codes.input = code.into();
        codes.at = 0;
    }
}

/// Reads the chosen code, or fills it into the command that writes.
pub(super) fn take(state: &mut State, codes: &Codes, effects: &mut Effects) {
    let (Some(command), Some(code)) = (command(state), codes.chosen()) else { return };
    if let Err(why) = bench::fill_in(state, command.id, &[("code", &code)]) {
        state.warn(why);
    } else if command.access == Access::Read {
        bench::send(state, effects);
    } else {
        state.focus_on(Pane::Compose);
    }
}

/// Which meter on which link is meant, for remembering.
pub(crate) fn meter(state: &State) -> String {
    let link = state.link.as_ref().map(ToString::to_string).unwrap_or_default();
    let target = state.target.as_ref();
    let (model, address) = target.map_or(("", ""), |target| (target.model.id, target.address.text()));
    format!("{link} {model} {address}")
}

/// Remembers that the meter has a code or says that it does not.
pub(super) fn note(state: &mut State, request: &Request, failed: Option<&Failure>) {
    let Some(Argument::Text(code)) = request.arguments.get("code") else { return };
    let is_absent = match failed.map(|failure| &failure.fault) {
        None => false,
        Some(Fault::Refused { code: Some(number), .. }) if ABSENT.contains(number) => true,
        Some(_) => return,
    };
    let meter = meter(state);
    state.absent.note(&meter, code, is_absent);
}
