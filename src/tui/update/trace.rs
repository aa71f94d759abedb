//! Moving through the recorded traffic and searching it.

use super::super::keymap::Action;
use super::super::message::Effect;
use super::super::state::{Pane, State};
use super::Effects;
use crate::frame::Dissection;
use crate::trace::search::{Found, Query, STEP, Search, Towards};
use crate::trace::{Entry, EntryKind, Trace};

/// What the keys of this screen do.
pub(super) fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Left => state.view.detail.step_byte(-1),
        Action::Right => state.view.detail.step_byte(1),
        Action::Follow if state.view.is_following() => state.view.holding = true,
        Action::Follow => state.view.follow(),
        Action::Freeze => state.view.freeze(),
        Action::NextMatch => start(state, Towards::Later, effects),
        Action::PreviousMatch => start(state, Towards::Earlier, effects),
        Action::Partner => partner(state),
        Action::Chunks => switch_chunks(state),
        Action::NextLayer => state.view.detail.next_layer(),
        _ => {}
    }
}

fn switch_chunks(state: &mut State) {
    state.view.chunks = !state.view.chunks;
    state.say(if state.view.chunks {
        "a bar in the bytes marks where the link handed over a new chunk"
    } else {
        "chunks no longer marked"
    });
}

/// Explains the chosen entry.
pub(super) fn explain(state: &mut State) {
    let number = state.view.at;
    let explained = {
        let trace = state.trace.lock();
        let entry = trace.entry(number);
        entry.map(|entry| (explanation(&trace, number), chunk_starts(&trace, &entry)))
    };
    let (dissection, chunks) = explained.unwrap_or_default();
    state.view.detail.show(Some(number).filter(|_| state.view.len > 0), dissection);
    state.view.detail.chunks = chunks;
}

/// Bytes of an entry, other than the first, with which a new chunk begins.
pub(super) fn chunk_starts(trace: &Trace, entry: &Entry) -> Vec<usize> {
    let starts = trace.chunks_of(entry).into_iter().filter_map(|chunk| chunk.start.checked_sub(entry.start));
    starts.filter(|start| *start > 0).filter_map(|start| usize::try_from(start).ok()).collect()
}

/// What an entry means; of noise and echoes at least the bytes.
pub(super) fn explanation(trace: &Trace, number: u32) -> Option<Dissection> {
    let entry = trace.entry(number)?;
    let title = match entry.kind {
        EntryKind::Mark(_) => return None,
        EntryKind::Noise => "noise",
        EntryKind::Echo => "echo of what was sent",
        EntryKind::Frame(_) => "frame",
    };
    trace.dissect(number).or_else(|| trace.unexplained(number, title))
}

/// Takes what was typed and looks for it from the chosen entry on.
pub(super) fn accept_search(state: &mut State, effects: &mut Effects) {
    state.view.searching = false;
    look_for(state);
    if !state.view.needle.is_empty() {
        start(state, Towards::Later, effects);
    }
}

/// What was typed is looked for from here on.
pub(super) fn look_for(state: &mut State) {
    state.view.needle = Query::parse(state.view.query.value());
    state.view.found.clear();
    state.view.search = None;
}

fn start(state: &mut State, towards: Towards, effects: &mut Effects) {
    if state.view.needle.is_empty() {
        state.say("nothing is searched for: / begins");
        return;
    }
    let shown = state.view.shown();
    if shown == 0 {
        return;
    }
    state.view.search = Some(Search::new(state.view.needle.clone(), state.view.at, towards, shown));
    search_on(state, effects);
}

/// Looks through another stretch.
pub(super) fn search_on(state: &mut State, effects: &mut Effects) {
    let Some(mut search) = state.view.search.take() else { return };
    let found = search.step(&state.trace.lock(), STEP);
    match found {
        Found::Entry(number) => {
            state.view.choose(number);
            state.view.found.clear();
        }
        Found::NotYet => {
            "searching".clone_into(&mut state.view.found);
            state.view.search = Some(search);
            effects.push(Effect::SearchOn);
        }
        Found::Nothing => "not found".clone_into(&mut state.view.found),
    }
}

/// From a request to its reply and back.
fn partner(state: &mut State) {
    let number = state.view.at;
    let found = {
        let trace = state.trace.lock();
        let answers = trace.entry(number).and_then(|entry| entry.relation.answers);
        answers.or_else(|| reply_to(&trace, number))
    };
    match found.filter(|number| *number < state.view.shown()) {
        Some(number) => {
            state.view.choose(number);
            state.focus_on(Pane::Entries);
        }
        None => state.say("nothing in the trace answers this, and this answers nothing"),
    }
}

/// The entry that answers one: it follows within a few.
fn reply_to(trace: &Trace, request: u32) -> Option<u32> {
    const NEAR: u32 = 64;
    let end = trace.len().min(request.saturating_add(NEAR));
    (request.saturating_add(1)..end)
        .find(|number| trace.entry(*number).is_some_and(|entry| entry.relation.answers == Some(request)))
}
