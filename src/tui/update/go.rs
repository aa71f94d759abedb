//! Going from screen to screen and from pane to pane.

use super::super::state::{Pane, Screen, State};

/// Shows a screen.
pub(super) fn to(state: &mut State, screen: Screen) {
    state.screen = screen;
    state.maximised = false;
}

/// Shows the load profile, where the meter keeps one.
pub(super) fn to_archive(state: &mut State) {
    if super::has_archive(state) {
        to(state, Screen::Archive);
    } else {
        state.say("no meter is chosen that keeps a load profile which can be read");
    }
}

/// Once a link is open: on to what is still missing.
pub(super) fn after_opening(state: &mut State) {
    if state.screen == Screen::Connect {
        to(state, if state.target.is_some() { Screen::Bench } else { Screen::Meter });
    }
}

/// Moves the focus over so many panes, round and round.
pub(super) fn pane(state: &mut State, by: isize) {
    let panes: Vec<Pane> = state.panes().iter().copied().filter(|pane| state.has(*pane)).collect();
    let at = panes.iter().position(|pane| *pane == state.pane()).unwrap_or(0);
    let count = isize::try_from(panes.len()).unwrap_or(1).max(1);
    let next = (isize::try_from(at).unwrap_or(0) + by).rem_euclid(count).unsigned_abs();
    if let Some(next) = panes.get(next) {
        state.focus_on(*next);
    }
}

/// One step back: the whole screen is given back, a search ends, the focus returns to the first pane.
pub(super) fn back(state: &mut State) {
    if state.maximised {
        state.maximised = false;
        return;
    }
    if clear_search(state) {
        return;
    }
    to_first_pane(state);
}

/// Gives the first pane of the screen the focus.
pub(super) fn to_first_pane(state: &mut State) {
    if let Some(first) = state.panes().first() {
        state.focus_on(*first);
    }
}

fn clear_search(state: &mut State) -> bool {
    match state.screen {
        Screen::Bench if state.bench.picker.is_filtered() && !state.shows_telegrams() => {
            state.bench.picker.query.reset();
            let commands = state.commands();
            state.bench.refresh(commands);
            true
        }
        Screen::Meter if state.meter.picker.is_filtered() => {
            state.meter.picker.query.reset();
            state.meter.refresh();
            true
        }
        Screen::Trace if !state.view.needle.is_empty() => {
            state.view.query.reset();
            super::trace::look_for(state);
            true
        }
        _ => false,
    }
}

/// What the present place is called, for scrolling by a page.
pub(super) fn page(state: &State) -> isize {
    let rows = super::super::layout::areas(state).rows(state.pane());
    isize::try_from(rows.saturating_sub(1)).unwrap_or(1).max(1)
}
