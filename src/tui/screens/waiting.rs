//! Progress of a request of the Bench until it is answered: its own try and its own time, and what it
//! waits behind.

use std::time::Duration;

use crate::bus::LinkState;
use crate::tui::state::State;
use crate::tui::state::jobs::{Attempt, Job, Purpose};

/// Progress of the request of the Bench: `try 2 of 3, 1.2 s`, or since when it waits for its turn.
pub(crate) fn standing(state: &State) -> String {
    state.jobs.of_the_bench().map_or_else(|| "awaited".to_owned(), |job| of(state, job))
}

/// Progress of a job.
pub(crate) fn of(state: &State, job: &Job) -> String {
    match job.attempt {
        _ if !job.has_begun => format!("waits its turn, {}", seconds(state.now.at.since(job.since))),
        Some(attempt) => attempted(state, attempt),
        None => format!("awaited, {}", seconds(state.now.at.since(job.since))),
    }
}

/// `try 2 of 3, 1.2 s`; of one that is sent once, its time.
fn attempted(state: &State, attempt: Attempt) -> String {
    let Attempt { number, of, since } = attempt;
    let time = seconds(state.now.at.since(since));
    if of > 1 { format!("try {number} of {of}, {time}") } else { format!("awaited, {time}") }
}

/// Seconds with their tenths.
fn seconds(passed: Duration) -> String {
    format!("{}.{} s", passed.as_secs(), passed.subsec_millis() / 100)
}

/// What the bench's request waits behind, and how to drop that.
pub(crate) fn ahead(state: &State, key: &str) -> String {
    let Some(job) = state.jobs.of_the_bench() else { return String::new() };
    if job.has_begun {
        return "waiting for the answer".to_owned();
    }
    if !matches!(state.status.link, LinkState::Open(_)) {
        return "the link is lost: it is sent when the link is back".to_owned();
    }
    let ahead: Vec<&Job> = state.jobs.ahead_of_the_bench().collect();
    match ahead.as_slice() {
        [] => "waits until the line has been silent long enough".to_owned(),
        [one] if one.purpose == Purpose::Poll => format!("after: {}; {key} drops it", poll(state, one)),
        [one] => format!("after: 1 request, {}; {key} drops it", of(state, one)),
        many => format!("after: {} requests; {key} drops them", many.len()),
    }
}

/// The try of the poll that runs: nothing more of the poll goes first.
fn poll(state: &State, job: &Job) -> String {
    let running = job.attempt.map(|attempt| format!(", {}", attempted(state, attempt)));
    format!("1 request of the poll{}", running.unwrap_or_default())
}
