//! Reading the load profile.

use super::super::keymap::Action;
use super::super::message::Effect;
use super::super::state::jobs::{Job, Purpose};
use super::super::state::popup::Attempt;
use super::super::state::scroll::Scroll;
use super::super::state::{Pane, State};
use super::{Effects, bench, listening};
use crate::app::target::Target;
use crate::protocol::{LoadProfile, Request};
use crate::reading::Reading;

/// What the keys of this screen do.
pub(super) fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::MoreDays => state.archive.change_count(1),
        Action::FewerDays => state.archive.change_count(-1),
        Action::Earlier | Action::Left => state.archive.change_first(1),
        Action::Later | Action::Right => state.archive.change_first(-1),
        Action::Export => export(state, effects),
        _ => {}
    }
}

/// How the present meter is asked for its load profile.
pub(super) fn profile(state: &State) -> Option<LoadProfile> {
    let target = state.target.as_ref()?;
    target.dialect().load_profile
}

fn requests(state: &State) -> Vec<Request> {
    let today = state.now.wall.to_zoned(state.zone.clone()).date();
    let view = &state.archive;
    state.target.as_ref().map(|target| target.load_profile(view.first, view.count, today)).unwrap_or_default()
}

/// Reads the days that are wanted.
pub(super) fn read(state: &mut State, effects: &mut Effects) {
    let requests = requests(state);
    if requests.is_empty() {
        state.warn("this meter keeps no load profile that can be read: choose another on screen 2");
        return;
    }
    if !listening::may_send(state, Attempt::Archive) {
        return;
    }
    if state.jobs.is_busy(Purpose::Archive) {
        state.say("the load profile is being read; c stops it and keeps what was read");
        return;
    }
    state.archive.remarks.clear();
    state.archive.trouble.clear();
    bench::read(state, Purpose::Archive, requests, effects);
}

/// Takes a reading of a job that reads the load profile in; whether it was one.
pub(super) fn take(state: &mut State, job: Option<&Job>, reading: &Reading) -> bool {
    let Some(profile) = profile(state) else { return false };
    let asks = job.is_some_and(|job| job.requests.iter().any(|asked| asked.command.id == profile.command));
    asks && state.archive.read.take(reading)
}

/// Moves over the days or the intervals.
pub(super) fn step(state: &mut State, by: isize) {
    let view = &mut state.archive;
    let days = view.read.days().len();
    if state.focus.get(super::super::state::Screen::Archive as usize) == Some(&Pane::Days) {
        view.days.step(by, days);
        view.intervals = Scroll::default();
    } else {
        let intervals = view.day().map_or(0, |day| day.intervals.len());
        view.intervals.step(by, intervals);
    }
}

fn export(state: &mut State, effects: &mut Effects) {
    let days = state.archive.read.days();
    let (Some(first), Some(last), Some(target)) = (days.first(), days.last(), &state.target) else {
        state.warn("nothing was read yet: Enter reads");
        return;
    };
    let name = format!("archive-{}-{}-{}--{}.csv", target.model.id, plain(target), first.date, last.date);
    let mut text = Vec::new();
    match state.archive.read.csv(&mut text) {
        Ok(()) => effects.push(Effect::Write(name.into(), text)),
        Err(error) => state.warn(error.to_string()),
    }
}

/// The address as part of a file's name.
fn plain(target: &Target) -> String {
    target.address.text().chars().filter(char::is_ascii_alphanumeric).collect()
}
