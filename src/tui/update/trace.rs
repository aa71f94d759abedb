//! Moving through the recorded traffic and searching it.

use super::super::keymap::Action;
use super::super::message::Effect;
use super::super::state::entry_text::is_match;
use super::super::state::trace::{Needle, Scan};
use super::super::state::{Pane, State};
use super::Effects;
use crate::frame::Dissection;
use crate::trace::{Entry, EntryKind, Trace};

/// Entries that are looked at in one go.
const STRETCH: u32 = 2_000;

/// What the keys of this screen do.
pub fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Left => state.view.detail.step_byte(-1),
        Action::Right => state.view.detail.step_byte(1),
        Action::Follow if state.view.is_following() => state.view.holding = true,
        Action::Follow => state.view.follow(),
        Action::Freeze => state.view.freeze(),
        Action::NextMatch => start(state, true, effects),
        Action::PreviousMatch => start(state, false, effects),
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
pub fn explain(state: &mut State) {
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
pub fn chunk_starts(trace: &Trace, entry: &Entry) -> Vec<usize> {
    let starts = trace.chunks_of(entry).into_iter().filter_map(|chunk| chunk.start.checked_sub(entry.start));
    starts.filter(|start| *start > 0).filter_map(|start| usize::try_from(start).ok()).collect()
}

/// What an entry means; of noise and echoes at least the bytes.
pub fn explanation(trace: &Trace, number: u32) -> Option<Dissection> {
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
pub fn accept_search(state: &mut State, effects: &mut Effects) {
    state.view.searching = false;
    look_for(state);
    if !state.view.needle.is_empty() {
        start(state, true, effects);
    }
}

/// What was typed is looked for from here on.
pub fn look_for(state: &mut State) {
    state.view.needle = Needle::new(state.view.query.value());
    state.view.found.clear();
    state.view.scan = None;
}

fn start(state: &mut State, forward: bool, effects: &mut Effects) {
    if state.view.needle.is_empty() {
        state.say("nothing is searched for: / begins");
        return;
    }
    let shown = state.view.shown();
    if shown == 0 {
        return;
    }
    let at = next(state.view.at, forward, shown);
    state.view.scan = Some(Scan { at, forward, left: shown });
    scan(state, effects);
}

const fn next(at: u32, forward: bool, len: u32) -> u32 {
    match (forward, at) {
        (true, at) if at + 1 >= len => 0,
        (true, at) => at + 1,
        (false, 0) => len.saturating_sub(1),
        (false, at) => at - 1,
    }
}

/// Looks through another stretch.
pub fn scan(state: &mut State, effects: &mut Effects) {
    let Some(mut scan) = state.view.scan.take() else { return };
    let shown = state.view.shown();
    let mut found = None;
    {
        let trace = state.trace.lock();
        for _ in 0..STRETCH.min(scan.left) {
            scan.left -= 1;
            if is_match(&trace, scan.at, &state.view.needle) {
                found = Some(scan.at);
                break;
            }
            scan.at = next(scan.at, scan.forward, shown);
        }
    }
    match found {
        Some(number) => {
            state.view.choose(number);
            state.view.found.clear();
        }
        None if scan.left > 0 => {
            "searching".clone_into(&mut state.view.found);
            state.view.scan = Some(scan);
            effects.push(Effect::ScanOn);
        }
        None => "not found".clone_into(&mut state.view.found),
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
