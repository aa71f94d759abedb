//! A failed command, told with what was heard, what that rules out and what to look at.

use super::exit::{Exit, Trouble};
use super::live::Live;
use super::meter;
use crate::app::diagnosis::{self, Case};
use crate::app::signal_hints;
use crate::app::target::Target;
use crate::protocol::{Failure, Fault};

/// The error for a command that failed. `written` is the meter's address as it was typed, `request` the entry
/// of the last request in the trace.
#[must_use]
pub(super) fn trouble(
    live: &Live,
    target: &Target,
    written: &str,
    failure: &Failure,
    request: Option<u32>,
) -> Trouble {
    let status = live.session.status.borrow().clone();
    let request = request.and_then(|number| live.session.trace.lock().entry(number));
    let received = signal_hints::newest(&live.session.trace.lock(), 0);
    let case = Case {
        model: target.model,
        address: &target.address,
        place: &live.session.name.place,
        line: status.line,
        counters: status.counters,
        received: &received,
        has_answered: diagnosis::has_answered(&live.session.trace.lock(), target, 0),
        request_bytes: request.map_or(0, |entry| entry.len as usize),
    };
    let found = diagnosis::diagnose(&case, &failure.fault);
    let doing = format!("{} of {} on {}", failure.step, target.meter(), live.session.name.in_words());
    let trouble = Trouble::new(Exit::of(&failure.fault), doing, found.headline).hint(found.heard);
    let told = elsewhere(target, &case, written, &failure.fault).into_iter().fold(trouble, Trouble::hint);
    where_to_look(told, &found.ruled_out, &found.look_at)
}

/// Under which other address the meter may be found.
fn elsewhere(target: &Target, case: &Case<'_>, written: &str, fault: &Fault) -> Vec<String> {
    let simulated = meter::simulated_address(target.model, case.place)
        .map(|address| format!("the simulated bus has {} at address {address}", target.model.id));
    let is_silent = matches!(fault, Fault::NoAnswer { .. });
    let other = is_silent.then(|| meter::other_address(target.model, written)).flatten();
    simulated.into_iter().chain(other).collect()
}

fn where_to_look(mut trouble: Trouble, ruled_out: &[&str], look_at: &[String]) -> Trouble {
    if !ruled_out.is_empty() {
        trouble = trouble.hint(format!("ruled out: {}", ruled_out.join("; ")));
    }
    for (index, place) in look_at.iter().enumerate() {
        let head = if index == 0 { "look at:" } else { "        " };
        trouble = trouble.hint(format!("{head} {place}"));
    }
    trouble
}
