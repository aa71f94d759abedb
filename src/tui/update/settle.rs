//! After every change: what follows from it is worked out anew, and nothing points outside of what there is.

use super::super::layout::{self, Areas, areas, inside};
use super::super::state::connect::Connect;
use super::super::state::inspector::Inspector;
use super::super::state::{Pane, Screen, State};
use super::super::widgets::{HexView, keep_in_view};
use super::{bench, go, telegram, trace};
use crate::trace::CaptureState;

/// Brings the state in order.
pub(super) fn settle(state: &mut State) {
    take_over_evidence(state);
    telegram::take_in(state);
    if state.shows_telegrams() {
        telegram::explain(state);
    } else if state.screen == Screen::Bench {
        bench::redraft(state);
    }
    if !state.panes().contains(&state.pane()) {
        go::to_first_pane(state);
    }
    fit(state);
}

/// Takes over how the trace is kept, and warns once when that fails; the header goes on saying it.
fn take_over_evidence(state: &mut State) {
    let (len, capture, paging_failure) = {
        let trace = state.trace.lock();
        (trace.len(), trace.capture_state(), trace.paging_failure())
    };
    state.view.len = len;
    let is_failed = |capture: &CaptureState| matches!(capture, CaptureState::Failed { .. });
    if let (CaptureState::Failed { why, kept, .. }, false) = (&capture, is_failed(&state.capture)) {
        state
            .warn(format!("The capture cannot be written: {why}. {kept} bytes are kept, the trace goes on."));
    }
    if let (Some(why), None) = (&paging_failure, &state.paging_failure) {
        state.warn(format!("Old entries cannot be put into a file: {why}. The memory grows instead."));
    }
    state.capture = capture;
    state.paging_failure = paging_failure;
}

/// Keeps what was chosen on the present screen in view.
fn fit(state: &mut State) {
    let areas = areas(state);
    match state.screen {
        Screen::Connect => fit_links(state, areas.rows(Pane::Links)),
        Screen::Meter => state.meter.picker.fit(areas.rows(Pane::Models)),
        Screen::Bench if state.shows_telegrams() => fit_telegram(state, &areas),
        Screen::Bench => fit_bench(state, &areas),
        Screen::Trace => {
            state.view.fit(areas.rows(Pane::Entries));
            trace::explain(state);
            let inner = inside(areas.of(Pane::Detail));
            fit_inspector(&mut state.view.detail, inner);
        }
        Screen::Archive => fit_archive(state, &areas),
        Screen::Readings => {
            let shown = state.readings.items().len();
            state.readings.list.fit(areas.rows(Pane::Values), shown);
        }
    }
}

fn fit_bench(state: &mut State, areas: &Areas) {
    state.bench.picker.fit(areas.rows(Pane::Commands));
    if let Some(dialogue) = &mut state.bench.dialogue {
        let rows = dialogue.rows().len();
        dialogue.list.fit(areas.rows(Pane::Steps), rows);
    }
    let inner = inside(areas.of(Pane::Reply));
    fit_inspector(&mut state.bench.reply, inner);
}

fn fit_archive(state: &mut State, areas: &Areas) {
    let archive = &mut state.archive;
    let days = archive.read.days().len();
    archive.days.fit(areas.rows(Pane::Days), days);
    let intervals = archive.day().map_or(0, |day| day.intervals.len());
    archive.intervals.fit(areas.rows(Pane::Intervals).saturating_sub(2), intervals);
}

fn fit_links(state: &mut State, height: usize) {
    let choices = state.connect.choices();
    let list = &mut state.connect.list;
    list.at = list.at.min(choices.len().saturating_sub(1));
    let row = Connect::row_of(&choices, list.at);
    let rows = Connect::row_of(&choices, choices.len().saturating_sub(1)) + 1;
    list.top = keep_in_view(row, list.top, height.max(1), rows);
    if row <= height.saturating_sub(1) {
        list.top = 0;
    }
}

/// Keeps the chosen line and its bytes on screen.
fn fit_telegram(state: &mut State, areas: &Areas) {
    let telegrams = &mut state.telegrams;
    let lines = layout::telegram_rows(areas, telegrams);
    telegrams.list.fit(lines, telegrams.lines.len());
    let hex = layout::glass(areas);
    let per_row = telegrams.glass.layer().map_or(1, |layer| HexView::new(layer).bytes_per_row(hex.width));
    telegrams.glass.fit(1, hex.height.into(), per_row);
}

/// Keeps the place in an explained frame on screen.
fn fit_inspector(inspector: &mut Inspector, inner: ratatui::layout::Rect) {
    let parts = layout::parts(inner, inspector);
    let per_row = inspector.layer().map_or(1, |layer| HexView::new(layer).bytes_per_row(parts.hex.width));
    inspector.fit(parts.tree.height.into(), parts.hex.height.into(), per_row);
}
