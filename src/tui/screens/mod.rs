//! The screens. Each file draws one; none changes anything.

pub(super) mod archive;
pub(super) mod bar;
pub(super) mod bench;
pub(super) mod connect;
mod frame;
pub(super) mod meter;
pub(super) mod popup;
pub(super) mod readings;
mod standing;
mod steps;
pub(super) mod telegram;
pub(super) mod trace;
pub(super) mod waiting;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::layout::Areas;
use super::snapshot::Snapshot;
use super::state::{Pane, State};
use super::theme::{Role, Theme};
use super::widgets::{self, Pen, TextInput};

/// What is drawn, how, where and into what.
pub(super) struct Look<'a> {
    /// What is drawn.
    pub state: &'a State,
    /// How.
    pub theme: &'a Theme,
    /// Where.
    pub areas: &'a Areas,
    /// What of the trace.
    pub snapshot: &'a Snapshot,
    /// Into what.
    pub buf: &'a mut Buffer,
}

impl Look<'_> {
    /// Draws a pane's border and gives its inside; empty when the pane is not shown.
    pub(super) fn pane(&mut self, pane: Pane, title: &str, right: &str, bottom: &str) -> Rect {
        let area = self.areas.of(pane);
        let focused = self.state.pane() == pane && self.state.popup.is_none();
        widgets::Pane { title, right, bottom, focused }.render(area, self.buf, self.theme);
        if area.is_empty() { area } else { widgets::Pane::inner(area) }
    }

    /// A pen for an area.
    pub(super) fn pen(&mut self, area: Rect) -> Pen<'_> {
        Pen::new(area, self.buf, self.theme)
    }

    /// A line to type into, in the first row of an area; `pane` tells whether keys go to it.
    pub(super) fn input(&mut self, area: Rect, pane: Pane, line: TextInput<'_>) {
        let focused = self.state.pane() == pane && self.state.popup.is_none();
        TextInput { focused, ..line }.render(area, self.buf, self.theme);
    }

    /// The key of an action as it is bound, or nothing.
    #[must_use]
    pub(super) fn key(&self, action: super::keymap::Action) -> String {
        self.state.keymap.key(action).unwrap_or_default()
    }

    /// Lines of text from the top of an area, those that do not fit left out.
    pub(super) fn lines(&mut self, area: Rect, lines: &[(String, Role)]) {
        let mut pen = self.pen(area);
        for (row, (line, role)) in (0..area.height).zip(lines) {
            pen.fit(0, row, area.width, line, *role);
        }
    }
}
