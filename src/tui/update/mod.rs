//! What follows from what happens: `(state, message) -> (state, effects)`, without a terminal, a clock or a link.

mod archive;
mod bench;
mod bus;
mod ciphers;
mod codes;
mod connect;
mod copy;
mod failure;
mod go;
mod keys;
mod listening;
mod meter;
mod mouse;
mod paste;
mod popup;
mod prompt;
mod readings;
mod settle;
mod shown;
mod steps;
mod telegram;
mod trace;

#[cfg(test)]
mod tests;

pub(super) use bench::{FILE, request as composed_request};
pub(super) use codes::{are_asked as codes_are_asked, meter as meter_on_link};
pub(super) use keys::is_typing;

/// Whether the present meter keeps a load profile that can be read.
#[must_use]
pub(super) fn has_archive(state: &State) -> bool {
    archive::profile(state).is_some()
}
pub(super) use prompt::completions;

use super::message::{Effect, Message};
use super::state::{Phase, State};
use crate::link::LinkName;
use crate::trace::SharedTrace;

/// What is to be done outside, in order.
type Effects = Vec<Effect>;

/// Changes the state as the message demands and says what is to be done outside.
pub(super) fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let mut effects = Effects::new();
    let changed = apply(state, message, &mut effects);
    let changed = readings::tend(state, &mut effects) || changed;
    if changed {
        settle::settle(state);
        state.generation += 1;
    }
    effects
}

/// What is to be done at the very beginning: a link and a meter named on the command line.
pub(super) fn start(
    state: &mut State,
    link: Option<LinkName>,
    meter: Option<(String, String)>,
) -> Vec<Effect> {
    let mut effects = Effects::new();
    if let Some((model, address)) = meter
        && let Err(why) = meter::choose_by_name(state, &model, &address, &mut effects)
    {
        state.warn(why);
    }
    if let Some(name) = link {
        connect::open(state, name, &mut effects);
    }
    settle::settle(state);
    state.generation += 1;
    effects
}

/// Whether anything may have changed that can be seen.
fn apply(state: &mut State, message: Message, effects: &mut Effects) -> bool {
    match message {
        Message::Key(event) => return keys::pressed(state, event, effects),
        Message::Paste(text) => paste::pasted(state, &text),
        Message::Mouse(event) => return mouse::moved(state, event, effects),
        Message::Resize(width, height) => state.size = (width, height),
        Message::Tick(now) => return ticked(state, now, effects),
        Message::Drawn => {
            popup::drawn(state);
            return false;
        }
        Message::Traffic(status) => bus::traffic(state, status, effects),
        Message::Job(id, event) => bus::job(state, id, event),
        Message::OtherMaster(other) => bus::other_master(state, &other, effects),
        Message::Ended(why) => bus::ended(state, why),
        Message::Opened(trace) => opened(state, trace),
        Message::Ports(ports) => return connect::ports(state, ports),
        Message::Links(saved, recent) => {
            state.connect.saved = saved;
            state.connect.recent = recent;
        }
        Message::Writes(records) => state.popup = Some(super::state::Popup::Writes(records, 0)),
        Message::Said(text) => state.say(text),
        Message::Warned(text) => state.warn(text),
        Message::SearchOn => trace::search_on(state, effects),
    }
    true
}

fn ticked(state: &mut State, now: super::state::Moment, effects: &mut Effects) -> bool {
    let second_passed = state.now.wall.as_second() != now.wall.as_second();
    state.now = now;
    let repeated = bench::repeat_if_due(state, effects);
    let disarmed = state.arming.expire(now.at);
    if disarmed {
        state.say("reads only again: nothing was written in time");
    }
    repeated || disarmed || state.shows_tenths() || (second_passed && state.shows_time())
}

/// The bus runs; whether the link opens, the status will tell.
fn opened(state: &mut State, trace: SharedTrace) {
    state.trace = trace;
    ciphers::renew(state);
    state.phase = Phase::Opening { since: state.now.at };
    state.status = crate::bus::Status::default();
    state.faults.clear();
    state.jobs.clear();
    state.view = super::state::TraceView { chunks: state.view.chunks, ..Default::default() };
    shown::open(state);
}
