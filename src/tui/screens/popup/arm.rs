//! The question before something that may change the meter.
//!
//! ```text
//! ┏ ▶ This may change the meter ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! ┃ 00.09.02w Set date and time  (write)                                 ┃
//! ┃ to NEVA MT324 #00000201                                              ┃
//! ┃   2F 3F 30 30 30 30 30 32 30 31 21 0D 0A                             ┃
//! ┃ W 01 57 31 02 30 30 30 39 30 32 46 46 28 32 36 30 33 30 31 29 03 6A  ┃
//! ┃   W1 000902FF(260301)                                                ┃
//! ┃ Type 0201, the last digits of the address, to send this once:        ┃
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ Enter: send  Esc: do not send ┛
//! ```

use ratatui::layout::Rect;

use super::{Look, open};
use crate::frame::visible;
use crate::tui::keymap::Action;
use crate::tui::state::popup::{Question, Shown};
use crate::tui::state::target::name;
use crate::tui::theme::Role;
use crate::tui::widgets::{TextInput, wrap};

const COLUMNS: u16 = 76;
/// Before the bytes of a frame.
const MARK: &str = "W ";

type Line = (String, Role);

/// Draws the question.
pub(super) fn draw(look: &mut Look<'_>, question: &Question) {
    let armed = look.state.arming.is_armed();
    let (head, end) = (head(look, question), end(look, question));
    let columns = usize::from(look.buf.area.width.clamp(40, COLUMNS)) - 6;
    let room = usize::from(look.buf.area.height).saturating_sub(head.len() + end.len() + 6);
    let frames = frames(&question.frames, columns, room);
    let lines: Vec<Line> = [head, frames, end].concat();
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(3);
    let bottom = if armed { "Enter: send  Esc: do not send" } else { "Esc: do not send" };
    let inner = open(look, "This may change the meter", bottom, (COLUMNS, height));
    look.lines(Rect { height: inner.height.saturating_sub(1), ..inner }, &lines);
    if armed {
        let line = Rect { y: inner.bottom().saturating_sub(1), height: 1.min(inner.height), ..inner };
        TextInput::new(&question.input, "").render(line, look.buf, look.theme);
    }
}

fn head(look: &Look<'_>, question: &Question) -> Vec<Line> {
    let class = question.access.map_or("not recognised, so taken for dangerous", |access| access.word());
    let meter = look.state.target.as_ref().map(name);
    vec![
        (format!("{}  ({class})", question.title), Role::Write),
        (format!("to {}", meter.unwrap_or_else(|| "whatever is on the line".to_owned())), Role::Text),
        (String::new(), Role::Text),
    ]
}

fn end(look: &Look<'_>, question: &Question) -> Vec<Line> {
    let what = if look.state.arming.is_armed() {
        format!("Type {}, to send this once:", visible::string(&question.challenge.wanted()))
    } else {
        format!("This session only reads: {} arms it for one command.", look.key(Action::Arm))
    };
    vec![(String::new(), Role::Text), (what, Role::Warn)]
}

/// The frames; where there is no room for all, those that only lead up to the write are left out first.
fn frames(frames: &[Shown], columns: usize, room: usize) -> Vec<Line> {
    let all: Vec<Line> = frames.iter().flat_map(|frame| lines(frame, columns)).collect();
    if all.len() <= room {
        return all;
    }
    let (changing, others): (Vec<&Shown>, Vec<&Shown>) = frames.iter().partition(|frame| frame.changes);
    let mut kept: Vec<Line> = changing.into_iter().flat_map(|frame| lines(frame, columns)).collect();
    if !others.is_empty() {
        kept.push((format!("and {} frames around it that only read", others.len()), Role::Dim));
    }
    if kept.len() > room {
        let left_out = kept.len() - room.saturating_sub(1);
        kept.truncate(room.saturating_sub(1));
        kept.push((format!("and {left_out} more lines: a larger terminal shows them"), Role::Warn));
    }
    kept
}

fn lines(frame: &Shown, columns: usize) -> Vec<Line> {
    let (role, mark) = if frame.changes { (Role::Accent, MARK) } else { (Role::Dim, "  ") };
    let hex = wrap(&frame.hex, columns.saturating_sub(MARK.len()).max(20));
    let first = |index: usize| if index == 0 { mark } else { "  " };
    let mut lines: Vec<Line> =
        hex.into_iter().enumerate().map(|(index, line)| (format!("{}{line}", first(index)), role)).collect();
    if frame.changes && !frame.meaning.is_empty() {
        let meaning = wrap(&frame.meaning, columns.saturating_sub(MARK.len()).max(20));
        lines.extend(meaning.into_iter().map(|line| (format!("  {line}"), Role::Text)));
    }
    lines
}
