//! The mouse: a click gives the focus and chooses, the wheel scrolls. It never sends anything.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::super::layout::{self, Areas, areas, inside};
use super::super::state::connect::Connect;
use super::super::state::inspector::Inspector;
use super::super::state::{Pane, Popup, Screen, State};
use super::super::widgets::HexView;
use super::{Effects, go, keys, popup, steps, telegram};

/// Rows that one notch of the wheel moves.
const NOTCH: isize = 3;

/// The mouse did something; whether anything came of it.
pub(super) fn moved(state: &mut State, event: MouseEvent, effects: &mut Effects) -> bool {
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => click(state, event.column, event.row),
        MouseEventKind::ScrollUp => wheel(state, event, -NOTCH, effects),
        MouseEventKind::ScrollDown => wheel(state, event, NOTCH, effects),
        _ => false,
    }
}

fn wheel(state: &mut State, event: MouseEvent, by: isize, effects: &mut Effects) -> bool {
    if state.popup.is_some() {
        popup::scroll(state, by, effects);
        return true;
    }
    let Some((pane, ..)) = areas(state).hit(event.column, event.row) else { return false };
    if matches!(pane, Pane::LinkEntry | Pane::LineEntry | Pane::Address | Pane::Password | Pane::Compose) {
        return false;
    }
    let focused = state.pane();
    state.focus_on(pane);
    keys::step(state, by);
    state.focus_on(focused);
    true
}

fn click(state: &mut State, column: u16, row: u16) -> bool {
    if state.popup.is_some() {
        if matches!(state.popup, Some(Popup::Help(_) | Popup::Writes(..) | Popup::Decoded(_))) {
            state.popup = None;
        }
        return true;
    }
    let areas = areas(state);
    if areas.tabs.contains((column, row).into()) {
        return click_tab(state, column);
    }
    let Some((pane, row, column)) = areas.hit(column, row) else { return false };
    state.focus_on(pane);
    choose(state, &areas, pane, (row, column));
    true
}

fn click_tab(state: &mut State, column: u16) -> bool {
    let Some(screen) = tab_at(column) else { return false };
    if screen == Screen::Archive {
        go::to_archive(state);
    } else {
        go::to(state, screen);
    }
    true
}

/// The numbered screen at a column of the second line; each stands as ` 1 Connect `.
#[must_use]
pub(super) fn tab_at(column: u16) -> Option<Screen> {
    let mut start = 0;
    for screen in Screen::ALL {
        let width = u16::try_from(screen.title().len()).unwrap_or(0) + 4;
        if (start..start + width).contains(&column) {
            return Some(screen);
        }
        start += width;
    }
    None
}

fn choose(state: &mut State, areas: &Areas, pane: Pane, (row, column): (usize, usize)) {
    match pane {
        Pane::Links => click_link(state, row),
        Pane::Models => {
            state.meter.picker.click(row);
            state.meter.candidate = 0;
        }
        Pane::Commands => state.bench.picker.click(row),
        Pane::Entries => {
            let number = state.view.top.saturating_add(u32::try_from(row).unwrap_or(0));
            if number < state.view.shown() {
                state.view.choose(number);
            }
        }
        Pane::Days => {
            let last = state.archive.read.days().len().saturating_sub(1);
            state.archive.days.at = (state.archive.days.top + row).min(last);
        }
        Pane::Intervals => {
            state.archive.intervals.at = state.archive.intervals.top + row.saturating_sub(1);
        }
        Pane::Steps => steps::click(state, row),
        Pane::Reply => click_frame(&mut state.bench.reply, areas.of(pane), row, column),
        Pane::Lines => telegram::choose(state, state.telegrams.list.top + row),
        Pane::TelegramBytes => click_byte(state, areas, (row, column)),
        Pane::Detail => click_frame(&mut state.view.detail, areas.of(pane), row, column),
        _ => {}
    }
}

fn click_link(state: &mut State, row: usize) {
    let choices = state.connect.choices();
    let row = state.connect.list.top + row;
    if let Some(at) = (0..choices.len()).find(|at| Connect::row_of(&choices, *at) == row) {
        state.connect.list.at = at;
    }
}

fn click_byte(state: &mut State, areas: &Areas, (row, column): (usize, usize)) {
    let inner = inside(areas.of(Pane::TelegramBytes));
    let hex = layout::glass(areas);
    let x = inner.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX));
    let y = inner.y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX));
    let glass = &state.telegrams.glass;
    let view = glass.layer().map(|layer| HexView { scroll: glass.hex_top, ..HexView::new(layer) });
    if let Some(byte) = view.and_then(|view| view.byte_at(hex, x, y)) {
        telegram::choose_byte(state, byte);
    }
}

fn click_frame(inspector: &mut Inspector, area: ratatui::layout::Rect, row: usize, column: usize) {
    let inner = inside(area);
    let parts = layout::parts(inner, inspector);
    let x = inner.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX));
    let y = inner.y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX));
    if parts.tree.contains((x, y).into()) {
        inspector.choose_row(inspector.tree_top + usize::from(y - parts.tree.y));
        return;
    }
    let view = inspector.layer().map(|layer| HexView { scroll: inspector.hex_top, ..HexView::new(layer) });
    if let Some(byte) = view.and_then(|view| view.byte_at(parts.hex, x, y)) {
        inspector.choose_byte(byte);
    }
}
