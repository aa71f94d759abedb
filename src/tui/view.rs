//! Drawing: the state as it is, nothing else. Changes nothing, asks nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::layout::{self, Areas, MINIMUM, areas};
use super::screens::{self, Look};
use super::snapshot::Snapshot;
use super::state::{Screen, State};
use super::theme::{Role, Theme};
use super::widgets::{Pen, width};

/// Draws everything.
pub(super) fn view(state: &State, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if layout::too_small((area.width, area.height)) || layout::too_small(state.size) {
        too_small(theme, area, buf);
        header(state, theme, area, buf);
        return;
    }
    let areas = areas(state);
    let snapshot = Snapshot::take(state, &areas);
    let mut look = Look { state, theme, areas: &areas, snapshot: &snapshot, buf };
    screens::bar::status(&mut look);
    screens::bar::tabs(&mut look);
    match state.screen {
        Screen::Connect => screens::connect::draw(&mut look),
        Screen::Meter => screens::meter::draw(&mut look),
        Screen::Bench if state.shows_telegrams() => screens::telegram::draw(&mut look),
        Screen::Bench => screens::bench::draw(&mut look),
        Screen::Trace => screens::trace::draw(&mut look),
        Screen::Readings => screens::readings::draw(&mut look),
        Screen::Archive => screens::archive::draw(&mut look),
    }
    screens::bar::footer(&mut look);
    screens::popup::draw(&mut look);
}

/// The top line alone: who may speak is shown at every size.
fn header(state: &State, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let areas = Areas { status: Rect { height: area.height.min(1), ..area }, ..Areas::default() };
    let snapshot = Snapshot::take(state, &areas);
    screens::bar::status(&mut Look { state, theme, areas: &areas, snapshot: &snapshot, buf });
}

/// What stands below the top line of a terminal that is too small: what is needed and what there is.
fn too_small(theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut pen = Pen::new(area, buf, theme);
    pen.clear();
    let lines = [
        format!("meterscope needs {}x{}", MINIMUM.0, MINIMUM.1),
        format!("this terminal is {}x{}", area.width, area.height),
        "enlarge it, or use the command line".to_owned(),
        "recording goes on".to_owned(),
    ];
    let top = (area.height.saturating_sub(4) / 2).max(1);
    for (row, line) in (top..).zip(&lines) {
        let left = area.width.saturating_sub(width(line)) / 2;
        let role = if row == top { Role::Warn } else { Role::Text };
        pen.fit(left, row, area.width, line, role);
    }
}
