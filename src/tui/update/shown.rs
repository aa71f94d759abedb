//! Change of the shown meter: data of another one is kept aside, and its later frames change no screen.

use super::super::message::Effect;
use super::super::state::bench::Outcome;
use super::super::state::shown::{Attribution, Views, Whose};
use super::super::state::{Inspector, Readings, State, Telegrams};
use super::{Effects, readings};
use crate::app::target::Target;
use crate::bus::Intent;
use crate::frame::Dissection;
use crate::link::Endpoint;
use crate::protocol::{Dialect, registry};
use crate::trace::Entry;

/// A meter is chosen. When it is another one than before, what was asked of that one is stopped, and what is known of
/// this one is shown.
pub(super) fn choose(state: &mut State, target: &Target, effects: &mut Effects) {
    let before = state.target.as_ref();
    let is_asked_alike = before.is_some_and(|before| super::super::state::target::is_same(before, target));
    if !is_asked_alike {
        stop_jobs(state, effects);
    }
    if let Some(whose) = turned(state, target) {
        let from = if has_ended(&whose) { 0 } else { state.trace.lock().len() };
        turn_to(state, whose, from, target);
    } else if before_model(state) != Some(target.model.id) {
        state.bench.pinned = target.default_reads();
    }
}

/// A link is being opened, with a trace of its own: on another link it is another meter, whatever its address.
pub(super) fn open(state: &mut State) {
    if let Some(target) = state.target.clone()
        && let Some(whose) = turned(state, &target)
    {
        turn_to(state, whose, 0, &target);
    }
    state.shown.restart();
    state.bench.reply = Inspector::default();
    state.bench.outcome = Outcome::Nothing;
    state.bench.dialogue = None;
    state.telegrams = Telegrams::default();
}

/// Whether a frame that came in is of the meter that is shown. One that speaks by itself in the place of the one that
/// was shown is shown from here on.
pub(super) fn is_of_shown(state: &mut State, number: u32, entry: &Entry, frame: &Dissection) -> bool {
    let dialect = state.target.as_ref().map(|target| target.model.dialect);
    let family = entry.family.and_then(|family| registry::FAMILIES.get(usize::from(family)));
    let is_read_so = dialect.is_some_and(|dialect| is_read_as(entry, dialect));
    let Some(family) = family.filter(|_| is_read_so) else { return false };
    match state.shown.attribute(&family.meter_of(frame), is_reliable(frame)) {
        Attribution::Shown => true,
        Attribution::Another => false,
        Attribution::TakesOver(meter) => {
            let Some((whose, target)) = state.shown.whose.clone().zip(state.target.clone()) else {
                return false;
            };
            state.say(format!("another meter speaks now: {meter}"));
            turn_to(state, Whose { meter, ..whose }, number, &target);
            true
        }
    }
}

/// Whether what a frame says was found by the rules of the dialect that is chosen, or by none of a dialect's own.
fn is_read_as(entry: &Entry, dialect: Dialect) -> bool {
    [dialect, Dialect::default()].contains(&entry.relation.dialect)
}

/// Whether what a frame states of its meter can be relied on: it is whole, and nothing speaks against it.
fn is_reliable(frame: &Dissection) -> bool {
    !frame.verdict.is_bad() && !frame.is_part()
}

/// The meter that a target means from now on, where that is another one than is shown.
fn turned(state: &mut State, target: &Target) -> Option<Whose> {
    let link = state.link.as_ref().map(|link| link.place.clone());
    let dialect = target.model.dialect;
    let chosen = Whose { link, dialect, meter: target.meter_id() };
    let is_chosen_again = state
        .target
        .as_ref()
        .is_some_and(|before| before.model == target.model && before.address == target.address);
    let other = state.shown.other().cloned();
    let Some(shown) = &mut state.shown.whose else { return Some(chosen) };
    if shown.link.is_none() && chosen.link.is_some() {
        // What was prepared before a link was opened is for the meter on it.
        *shown = chosen;
        return None;
    }
    if shown.link != chosen.link || shown.dialect != dialect {
        return Some(chosen);
    }
    match (chosen.meter.is_nameless(), other) {
        (false, _) if shown.meter.is_surely(&chosen.meter) => None,
        (true, None) if is_chosen_again => None,
        (true, Some(meter)) if is_chosen_again => Some(Whose { meter, ..chosen }),
        // Nobody can say that it is the same.
        _ => Some(chosen),
    }
}

fn before_model(state: &State) -> Option<&'static str> {
    state.target.as_ref().map(|target| target.model.id)
}

/// Whether everything that comes over a link has been there before it was opened.
const fn has_ended(whose: &Whose) -> bool {
    matches!(whose.link, Some(Endpoint::File(_)))
}

/// Shows a meter from an entry of the trace on.
fn turn_to(state: &mut State, whose: Whose, from: u32, target: &Target) {
    let before = put_by(state);
    let Telegrams { cut, next, searched, .. } = before.telegrams;
    let Views { readings: known, telegrams, archive, pinned } = state.shown.turn_to(whose, from, before);
    readings::begin_anew(state);
    state.readings = known;
    state.telegrams = Telegrams { cut, next: next.max(from), searched, ..telegrams };
    state.archive = archive;
    let kept = pinned.filter(|(model, _)| *model == target.model.id);
    state.bench.pinned = kept.map_or_else(|| target.default_reads(), |(_, pinned)| pinned);
    state.bench.repeat = None;
    state.bench.dialogue = None;
    state.bench.reply = Inspector::default();
    state.bench.outcome = Outcome::Nothing;
}

/// Takes from the screens what is of the meter that was shown. Nothing of it is asked any more, and why its last
/// requests failed is no longer true.
fn put_by(state: &mut State) -> Views {
    let readings = std::mem::take(&mut state.readings);
    let pinned = std::mem::take(&mut state.bench.pinned);
    Views {
        readings: Readings { failed: Vec::new(), ..readings },
        telegrams: std::mem::take(&mut state.telegrams),
        archive: std::mem::take(&mut state.archive),
        pinned: before_model(state).map(|model| (model, pinned)),
    }
}

/// Stops everything that the bus was asked to do; what it still tells of it concerns no meter that is shown.
fn stop_jobs(state: &mut State, effects: &mut Effects) {
    effects.extend(state.jobs.ids().map(|job| Effect::Bus(Intent::Cancel(job))));
    state.jobs.clear();
    readings::begin_anew(state);
    state.bench.repeat = None;
    if state.bench.outcome == Outcome::Waiting {
        state.bench.outcome = Outcome::Nothing;
    }
}
