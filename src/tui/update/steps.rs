//! Going through the steps of a session.

use super::super::state::dialogue::Row;
use super::super::state::{Dialogue, Pane, State};
use super::bus;
use crate::bus::JobId;

/// Gives the steps the focus.
pub(super) fn look_at(state: &mut State) {
    if state.bench.dialogue.is_some() {
        state.focus_on(Pane::Steps);
    } else {
        state.say("no session was held yet with this meter");
    }
}

/// Moves over so many rows and shows the frame of the one that is reached.
pub(super) fn step(state: &mut State, by: isize) {
    choose(state, |dialogue| dialogue.step(by));
}

/// Chooses a row on screen.
pub(super) fn click(state: &mut State, row: usize) {
    choose(state, |dialogue| dialogue.click(row));
}

/// To the side: opens the chosen step or closes it; from a frame on into it.
pub(super) fn turn(state: &mut State, by: isize) {
    if by < 0 {
        choose(state, Dialogue::fold);
    } else if !is_on_step(state) {
        state.focus_on(Pane::Reply);
    } else {
        choose(state, |dialogue| {
            dialogue.unfold();
        });
    }
}

/// Opens the chosen step or closes it; from a frame on into it.
pub(super) fn activate(state: &mut State) {
    if is_on_step(state) {
        choose(state, |dialogue| {
            dialogue.toggle();
        });
    } else {
        state.focus_on(Pane::Reply);
    }
}

fn is_on_step(state: &State) -> bool {
    let chosen = state.bench.dialogue.as_ref().and_then(Dialogue::chosen);
    matches!(chosen, Some(Row::Step(_)) | None)
}

fn choose(state: &mut State, change: impl FnOnce(&mut Dialogue)) {
    let Some(dialogue) = &mut state.bench.dialogue else { return };
    change(dialogue);
    let entry = dialogue.entry(&state.trace.lock());
    if let Some(entry) = entry {
        bus::show_reply(state, entry);
    }
}

/// Something went over the link, or a job began.
pub(super) fn follow(state: &mut State, begun: Option<JobId>) {
    let Some(dialogue) = &mut state.bench.dialogue else { return };
    let trace = state.trace.lock();
    if begun == Some(dialogue.job) {
        dialogue.begin(&trace);
    } else {
        dialogue.follow(&trace);
    }
}

/// A request of a job ended: it is shown by the step of its answer, or fails in the step of the last frame.
pub(super) fn answered(state: &mut State, job: JobId, entry: Option<u32>, why: Option<String>) {
    let Some(dialogue) = state.bench.dialogue.as_mut().filter(|dialogue| dialogue.job == job) else { return };
    dialogue.follow(&state.trace.lock());
    if let Some(why) = why {
        dialogue.fail(entry, why);
    }
    if let Some(entry) = entry {
        dialogue.point_at(entry);
    }
}

/// A job is over.
pub(super) fn finished(state: &mut State, job: JobId) {
    let Some(dialogue) = state.bench.dialogue.as_mut().filter(|dialogue| dialogue.job == job) else { return };
    dialogue.end(&state.trace.lock());
    if let Some(entry) = state.bench.reply.entry {
        dialogue.point_at(entry);
    }
}
