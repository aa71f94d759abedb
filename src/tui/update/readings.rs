//! Reading and polling the pinned requests.

use super::super::keymap::Action;
use super::super::message::Effect;
use super::super::state::jobs::{Order, Purpose};
use super::super::state::popup::Attempt;
use super::super::state::{Polling, Popup, State};
use super::{Effects, bench, listening};
use crate::app::poller::{Ask, Ending, Tries};
use crate::bus::{Intent, JobId};
use crate::protocol::{Fault, IfSilent, Options, Request};

/// What the keys of this screen do.
pub(super) fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    let now = state.now.at;
    match action {
        Action::Poll => switch(state, effects),
        Action::Faster => state.polling.change_period(-1, now),
        Action::Slower => state.polling.change_period(1, now),
        _ => {}
    }
}

/// Polls the pinned requests, or no longer.
pub(super) fn switch(state: &mut State, effects: &mut Effects) {
    if state.polling.poller.repeats() {
        stop(state, effects);
    } else if can_read(state, Attempt::Poll) {
        state.polling.is_paused = false;
        state.polling.poller.start(state.now.at);
    }
}

/// Asks nothing any more: what runs ends at its next boundary.
fn stop(state: &mut State, effects: &mut Effects) {
    state.polling.stop();
    give_way(state, effects);
}

fn give_way(state: &State, effects: &mut Effects) {
    if let Some(job) = state.polling.job.filter(|job| state.jobs.get(*job).is_some()) {
        effects.push(Effect::Bus(Intent::GiveWay(job)));
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
pub(super) fn read_once(state: &mut State, effects: &mut Effects) {
    if can_read(state, Attempt::Read) {
        refresh(state);
        state.polling.poller.ask_once(state.now.at);
        tend(state, effects);
    }
}

/// Reads the everyday set of a meter that a person has just accepted, once, where the link can ask it.
pub(super) fn read_accepted(state: &mut State, effects: &mut Effects) {
    if state.reads_when_accepted() {
        let count = state.bench.pinned.len();
        let plural = if count == 1 { "" } else { "s" };
        read_once(state, effects);
        state.say(format!("{count} request{plural} sent once; 5 shows the values"));
    }
}

/// The poller's meter and what it is asked, as it is pinned now.
fn refresh(state: &mut State) {
    let requests: Vec<Request> = state.bench.pinned.clone();
    state.polling.poller.set_meters([((), requests)]);
}

/// Whether a poll waits for something else: nothing is sent behind a question whether to write.
#[must_use]
pub(super) fn is_held(state: &State) -> bool {
    let asks = matches!(state.popup, Some(Popup::Arm(_)));
    asks || state.arming.is_armed()
}

/// Asks what is due of a poll, or holds it back; whether anything came of it.
pub(super) fn tend(state: &mut State, effects: &mut Effects) -> bool {
    let (held, was_held) = (is_held(state), state.polling.poller.is_held());
    state.polling.poller.hold(held);
    if held && !was_held {
        give_way(state, effects);
    }
    let is_due = state.polling.poller.due().is_some_and(|due| due <= state.now.at);
    if !is_due || !state.is_connected() {
        return false;
    }
    refresh(state);
    let Some(ask) = state.polling.poller.next(state.now.at) else { return false };
    ask_for(state, ask, effects);
    true
}

/// Hands what the poller asks to the bus.
fn ask_for(state: &mut State, ask: Ask<(), Request>, effects: &mut Effects) {
    let usual = state.bench.options;
    let retries = if ask.tries == Tries::One { 0 } else { usual.retries };
    let options = Options { retries, if_silent: IfSilent::LeaveOut, ..usual };
    let order = Order { purpose: Purpose::Poll, requests: ask.commands, options, armed: false };
    match bench::run(state, order, None, effects) {
        Ok(job) => state.polling.job = job,
        Err(forbidden) => {
            state.polling.stop();
            state.warn(forbidden.to_string());
        }
    }
}

/// A request of a poll has ended.
pub(super) fn answered(state: &mut State, job: JobId, index: usize, fault: Option<&Fault>) {
    if state.polling.is_of(job) {
        state.polling.poller.answered(index, Ending::of(fault));
    }
}

/// A job of a poll is over.
pub(super) fn finished(state: &mut State, job: JobId) {
    if state.polling.is_of(job) {
        state.polling.job = None;
        state.polling.poller.finished(state.now.at);
    }
}

/// Another master was heard: a poll stops until a person wants it again; whether there was one.
pub(super) fn pause(state: &mut State, effects: &mut Effects) -> bool {
    let was_polling = state.polling.poller.repeats() || state.polling.poller.is_asking();
    if was_polling {
        stop(state, effects);
        state.polling.is_paused = true;
    }
    was_polling
}

/// The person drops a poll that runs: it stops altogether.
pub(super) fn drop_poll(state: &mut State) {
    if state.polling.poller.repeats() {
        state.say("polling stopped; p on screen 5 begins it again");
    }
    state.polling.stop();
}

/// A poll of another meter, which is off.
pub(super) fn begin_anew(state: &mut State) {
    state.polling = Polling::every(state.polling.poller.period());
}
