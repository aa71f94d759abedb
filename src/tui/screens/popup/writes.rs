//! What was written to meters, the newest first.

use super::{Look, open};
use crate::app::output::writes;
use crate::app::write_log::Record;
use crate::frame::visible;
use crate::tui::theme::Role;
use crate::tui::widgets::wrap;

/// Draws the records from the one with the number `top` on, counted from the newest.
pub(super) fn draw(look: &mut Look<'_>, records: &[Record], top: usize) {
    let title = format!("Writes  {}", records.len());
    let (width, height) = (look.buf.area.width, look.buf.area.height);
    let inner = open(look, &title, "Esc closes", (width.saturating_sub(4), height.saturating_sub(4)));
    let columns = usize::from(inner.width).max(20);
    let shown = records.iter().rev().skip(top);
    let mut lines: Vec<(String, Role)> =
        shown.flat_map(|record| lines(look, record, columns)).take(usize::from(inner.height)).collect();
    if records.is_empty() {
        lines.push(("nothing was written to a meter yet".to_owned(), Role::Dim));
    }
    look.lines(inner, &lines);
}

fn lines(look: &super::Look<'_>, record: &Record, columns: usize) -> Vec<(String, Role)> {
    let when = record.time.to_zoned(look.state.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let meter = format!("{} {}", record.model, record.address);
    let head = visible::string(&format!("{when}  {}  {}  {}", record.command, meter.trim(), record.link));
    let answer = if record.answer.is_empty() { "nothing" } else { record.answer.as_str() };
    let role =
        if matches!(record.verdict.as_str(), "accepted" | "answered") { Role::Good } else { Role::Bad };
    let wrapped = |text: &str, role: Role| {
        wrap(&visible::string(text), columns).into_iter().map(move |line| (line, role)).collect::<Vec<_>>()
    };
    let mut lines = wrapped(&head, Role::Text);
    lines.extend(wrapped(&format!("{} {}", look.theme.glyphs().request, record.bytes), Role::Accent));
    lines.extend(wrapped(
        &format!("{} {answer}  {}", look.theme.glyphs().reply, writes::verdict(record)),
        role,
    ));
    lines.push((String::new(), Role::Text));
    lines
}
