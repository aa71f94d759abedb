//! The days that were read, what was odd about them, and how far the reading has got.

use ratatui::layout::Rect;

use super::Look;
use crate::app::archive::Day;
use crate::tui::keymap::Action;
use crate::tui::state::jobs::Purpose;
use crate::tui::state::{Pane, State};
use crate::tui::theme::Role;
use crate::tui::widgets::{Pen, figure, wrap};

/// Draws the list of days with the notes below it.
pub(super) fn draw(look: &mut Look<'_>) {
    let state = look.state;
    let title = format!("Days: {}", state.archive.wanted());
    let (right, bottom) = (progress(look), bottom(look));
    let inner = look.pane(Pane::Days, &title, &right, &bottom);
    if inner.is_empty() {
        return;
    }
    let notes = notes(state, inner.width);
    let taken = u16::try_from(notes.len()).unwrap_or(u16::MAX).min(inner.height / 2);
    let area = Rect { height: inner.height - taken, ..inner };
    list(look, area);
    if state.archive.read.days().is_empty() && taken == 0 {
        let text = invitation(look);
        look.pen(area).fit(1, 0, area.width, &text, Role::Dim);
    }
    look.lines(Rect { y: area.bottom(), height: taken, ..inner }, &notes);
}

fn list(look: &mut Look<'_>, area: Rect) {
    let state = look.state;
    let unit = look.theme.unit(state.archive.read.unit());
    let shown = state.archive.newest_first().enumerate().skip(state.archive.days.top);
    for (y, (at, day)) in (0..area.height).zip(shown) {
        let mut pen = look.pen(Rect { y: area.y + y, height: 1, ..area });
        row(&mut pen, day, unit, at == state.archive.days.at);
    }
}

/// A day: its date, how many intervals were read of it, and their energy.
fn row(pen: &mut Pen<'_>, day: &Day, unit: &str, is_chosen: bool) {
    let current = pen.theme().glyphs().current;
    pen.put(0, 0, if is_chosen { current } else { " " }, Role::Accent);
    let x = pen.put(2, 0, &day.date.to_string(), Role::Text);
    let x = pen.put(x + 2, 0, &format!("{:3}", day.intervals.len()), Role::Dim);
    if let Some(energy) = day.energy().first().copied().flatten() {
        let text = format!("{} {unit}", figure::grouped(energy));
        pen.right(x, 0, pen.width().saturating_sub(x + 1), &text, Role::Text);
    }
    if is_chosen {
        pen.select(0, 0, pen.width());
    }
}

fn invitation(look: &Look<'_>) -> String {
    if crate::tui::update::has_archive(look.state) {
        format!("{} reads it", look.key(Action::Activate))
    } else {
        "this meter keeps no load profile".to_owned()
    }
}

/// What was odd and why the reading ended early, as rows.
fn notes(state: &State, columns: u16) -> Vec<(String, Role)> {
    let trouble = Some((state.archive.trouble.as_str(), Role::Bad)).filter(|(text, _)| !text.is_empty());
    let remarks = state.archive.remarks.iter().map(|remark| (remark.as_str(), Role::Warn));
    let rows = |(text, role): (&str, Role)| wrap(text, columns).into_iter().map(move |row| (row, role));
    trouble.into_iter().chain(remarks).flat_map(rows).collect()
}

/// How far it has got and how to stop it.
fn progress(look: &Look<'_>) -> String {
    let state = look.state;
    let Some(job) = state.jobs.of(Purpose::Archive) else {
        return String::new();
    };
    let seconds = state.now.at.since(job.since).as_secs();
    let done = job.progress.map(|(done, total)| format!("{done} of {total}, ")).unwrap_or_default();
    format!("{done}{seconds} s, {} stops", look.key(Action::Cancel))
}

fn bottom(look: &Look<'_>) -> String {
    let key = |action| look.key(action);
    format!(
        "{} {} how many · {} {} from when",
        key(Action::MoreDays),
        key(Action::FewerDays),
        key(Action::Earlier),
        key(Action::Later)
    )
}
