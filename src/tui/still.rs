//! The trace screen drawn without a terminal, so that drawing can be measured by itself.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::keymap::Keymap;
use super::message::Message;
use super::state::{Screen, State};
use super::theme::Theme;
use super::update::update;
use super::view::view;
use crate::bus::{LinkState, Status};
use crate::trace::SharedTrace;

/// The trace screen over a trace of the caller's, following its end.
#[derive(Debug)]
pub struct Still {
    state: State,
    theme: Theme,
    buffer: Buffer,
}

impl Still {
    /// Of so many columns and rows.
    #[must_use]
    pub fn of(trace: SharedTrace, size: (u16, u16)) -> Self {
        let mut state = State::new(size, Keymap::default());
        let entries = trace.lock().len();
        update(&mut state, Message::Opened(trace));
        state.screen = Screen::Trace;
        let status = Status { link: LinkState::Open(String::new()), entries, ..Status::default() };
        update(&mut state, Message::Traffic(status));
        let buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        Self { state, theme: Theme::default(), buffer }
    }

    /// Draws everything anew.
    pub fn draw(&mut self) -> &Buffer {
        self.buffer.reset();
        let area = self.buffer.area;
        view(&self.state, &self.theme, area, &mut self.buffer);
        &self.buffer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixture;

    #[test]
    fn the_traffic_stands_on_it() {
        let mut still = Still::of(SharedTrace::new(fixture::trace()), (120, 36));
        let text: String = still.draw().content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(text.contains("T1 621.42 kWh"), "{text}");
    }
}
