//! Failures in words.

use super::super::state::State;
use super::super::state::bench::Outcome;
use crate::app::diagnosis::{Case, Diagnosis, diagnose, has_answered};
use crate::app::signal_hints;
use crate::protocol::Failure;

/// What the bench shows of a failure.
pub(super) fn outcome(state: &State, failure: &Failure, request: Option<u32>) -> Outcome {
    let (headline, advice) = told(state, failure, request);
    Outcome::Failed { headline, advice }
}

/// A failure in one line, then what was heard, what that rules out and what to look at, a line each.
pub(super) fn told(state: &State, failure: &Failure, request: Option<u32>) -> (String, Vec<String>) {
    let Some(diagnosis) = explain(state, failure, request) else {
        return (failure.step.to_owned(), Vec::new());
    };
    let mut advice = vec![diagnosis.heard];
    if !diagnosis.ruled_out.is_empty() {
        advice.push(format!("Ruled out: {}.", diagnosis.ruled_out.join(", ")));
    }
    if !diagnosis.look_at.is_empty() {
        advice.push("Look at, in this order:".to_owned());
    }
    let numbered =
        diagnosis.look_at.iter().enumerate().map(|(index, what)| format!(" {}  {what}", index + 1));
    advice.extend(numbered);
    (diagnosis.headline, advice)
}

fn explain(state: &State, failure: &Failure, request: Option<u32>) -> Option<Diagnosis> {
    let (target, link) = (state.target.as_ref()?, state.link.as_ref()?);
    let sent = request.and_then(|number| state.trace.lock().entry(number));
    let received = signal_hints::newest(&state.trace.lock(), state.shown.from);
    let began = state.jobs.on_the_line().map(|job| job.from);
    let case = Case {
        model: target.model,
        address: &target.address,
        place: &link.place,
        line: state.status.line,
        counters: state.status.counters,
        received: &received,
        has_answered: began.is_some_and(|from| has_answered(&state.trace.lock(), target, from)),
        request_bytes: sent.map_or(0, |entry| entry.len as usize),
    };
    Some(diagnose(&case, &failure.fault))
}
