//! Polling the pinned requests.

use super::super::keymap::Action;
use super::super::state::State;
use super::super::state::jobs::Purpose;
use super::super::state::popup::Attempt;
use super::{Effects, bench, listening};

/// What the keys of this screen do.
pub fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Poll => switch(state, effects),
        Action::Faster => change(state, -1),
        Action::Slower => change(state, 1),
        _ => {}
    }
}

fn change(state: &mut State, by: isize) {
    state.readings.change_period(by);
    if state.readings.next.is_some() {
        state.readings.next = Some(state.now.at + state.readings.period);
    }
}

/// Polls the pinned requests, or no longer.
pub fn switch(state: &mut State, effects: &mut Effects) {
    if state.readings.polling {
        state.readings.polling = false;
        state.readings.next = None;
        return;
    }
    if can_read(state, Attempt::Poll) {
        state.readings.polling = true;
        state.readings.next = Some(state.now.at);
        poll_if_due(state, effects);
    }
}

fn can_read(state: &mut State, attempt: Attempt) -> bool {
    if state.listens() {
        state.say("nothing needs to be asked: every telegram that comes is read");
        return false;
    }
    if state.target.is_none() {
        state.warn("choose a meter first, on screen 2");
        return false;
    }
    if state.bench.pinned.is_empty() {
        state.warn("nothing is pinned: pin requests on the bench");
        return false;
    }
    listening::may_send(state, attempt)
}

/// Reads the pinned requests once.
pub fn read_once(state: &mut State, effects: &mut Effects) {
    if can_read(state, Attempt::Read) && !state.jobs.is_busy(Purpose::Poll) {
        read(state, effects);
    }
}

/// Reads the everyday set of a meter that a person has just accepted, once, where the link can ask it.
pub fn read_accepted(state: &mut State, effects: &mut Effects) {
    if state.reads_when_accepted() {
        let count = state.bench.pinned.len();
        let plural = if count == 1 { "" } else { "s" };
        read_once(state, effects);
        state.say(format!("{count} request{plural} sent once; 5 shows the values"));
    }
}

fn read(state: &mut State, effects: &mut Effects) {
    state.readings.next = None;
    let requests = state.bench.pinned.clone();
    bench::read(state, Purpose::Poll, requests, effects);
}

/// Polls if the time has come; whether it did.
pub fn poll_if_due(state: &mut State, effects: &mut Effects) -> bool {
    let is_due = state.readings.next.is_some_and(|next| next <= state.now.at);
    if !state.readings.polling || !is_due {
        return false;
    }
    if state.jobs.is_busy(Purpose::Poll) {
        state.readings.next = None;
        return false;
    }
    read(state, effects);
    true
}

/// Polls at once, if polling is on.
pub fn schedule_now(state: &mut State) {
    state.readings.next = state.readings.polling.then_some(state.now.at);
}

/// A poll is done: the next one follows after the period.
pub fn schedule(state: &mut State) {
    if state.readings.polling {
        state.readings.next = Some(state.now.at + state.readings.period);
    }
}
