use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::tui::layout::areas;

fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Message {
    Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

#[test]
fn a_click_chooses_and_gives_the_focus_and_never_sends() {
    let mut state = connected(SIZE, Screen::Trace);
    let list = areas(&state).of(Pane::Entries);
    let click = mouse(MouseEventKind::Down(MouseButton::Left), list.x + 5, list.y + 3);
    assert!(send(&mut state, click).is_empty());
    assert_eq!((state.view.at, state.pane()), (2, Pane::Entries));
    let tab = mouse(MouseEventKind::Down(MouseButton::Left), 22, 1);
    send(&mut state, tab);
    assert_eq!(state.screen, Screen::Bench);
    let commands = areas(&state).of(Pane::Commands);
    let click = mouse(MouseEventKind::Down(MouseButton::Left), commands.x + 5, commands.y + 3);
    assert!(send(&mut state, click).is_empty());
}

#[test]
fn the_wheel_moves_what_is_under_it_and_moving_changes_nothing() {
    let mut state = connected(SIZE, Screen::Trace);
    let list = areas(&state).of(Pane::Entries);
    send(&mut state, mouse(MouseEventKind::ScrollUp, list.x + 5, list.y + 3));
    assert_eq!(state.view.at, 4);
    let before = state.generation;
    send(&mut state, mouse(MouseEventKind::Moved, 10, 10));
    assert_eq!(state.generation, before);
}

#[test]
fn a_key_leaves_the_mouse_to_the_terminal() {
    let mut state = fresh(SIZE);
    assert!(matches!(send(&mut state, key("M")).as_slice(), [Effect::Mouse(false)]));
}
