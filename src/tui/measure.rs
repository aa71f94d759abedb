//! Rows that panes take, measured before anything is drawn: what is laid out depends on them, and what a key does on
//! the layout.

use std::sync::LazyLock;

use super::state::State;
use super::state::bench::{Draft, Mode};
use super::state::form::{Form, FormField};
use super::theme::{Role, Theme};
use super::widgets::{self, Annotated, wrap};
use crate::protocol::{Command, Kind};

/// Rows that the parameters, the remark and the bytes take in so many columns.
pub(super) fn compose_rows(state: &State, columns: u16) -> u16 {
    static THEME: LazyLock<Theme> = LazyLock::new(Theme::default);
    let above = match (state.bench.mode, state.command()) {
        (Mode::Command, Some(command)) => {
            let form = with_form(&state.bench.form(command), &THEME, |form| form.height(columns, &THEME));
            form + u16::try_from(note_rows(command, columns).len()).unwrap_or(0)
        }
        _ => 1,
    };
    let draft = match &state.bench.draft {
        Draft::Ready { meaning: Some(meaning), .. } => meaning.wire().map_or(1, |layer| {
            Annotated { layer, checksum: None, selected: None, revealed: false }.height(columns, &THEME)
        }),
        _ => 1,
    };
    above.saturating_add(draft)
}

/// Does something with the parameters as they are shown.
pub(super) fn with_form<T>(form: &Form, theme: &Theme, look_at: impl FnOnce(widgets::Form<'_>) -> T) -> T {
    let words: Vec<[String; 2]> = form.fields.iter().map(|field| [hint(field), complaint(field)]).collect();
    let fields: Vec<widgets::FormField<'_>> =
        form.fields.iter().zip(&words).map(|(field, words)| parameter(theme, field, words)).collect();
    look_at(widgets::Form { fields: &fields, selected: None })
}

/// The remark on a command, as rows.
pub(super) fn note_rows(command: &Command, columns: u16) -> Vec<(String, Role)> {
    if command.note.is_empty() {
        return Vec::new();
    }
    wrap(command.note, columns.max(20)).into_iter().map(|line| (line, Role::Dim)).collect()
}

/// What a parameter is, in a few words, and what more its title says of it.
fn label(field: &FormField) -> (&'static str, &'static str) {
    field.parameter.title.split_once(", ").unwrap_or((field.parameter.title, ""))
}

/// What is wrong with a parameter; empty for nothing.
fn complaint(field: &FormField) -> String {
    match field.complaint() {
        fits if fits.is_empty() => fits,
        expectation => format!("expected {expectation}"),
    }
}

/// Columns that what is typed for a parameter usually takes, the cursor included.
fn columns(field: &FormField) -> u16 {
    let columns = match field.parameter.kind {
        Kind::Integer { max, .. } => max.to_string().len() + 1,
        Kind::DateTime => 20,
        Kind::Date => 11,
        Kind::Text { max } | Kind::Code { max } | Kind::Password { max } => max + 1,
        Kind::Bytes { max, .. } => 3 * max,
        Kind::Choice(_) => 0,
    };
    u16::try_from(columns).unwrap_or(u16::MAX).max(3)
}

/// What a parameter takes.
fn hint(field: &FormField) -> String {
    let (label, more) = label(field);
    let gap = if more.is_empty() { "" } else { "; " };
    format!("{label}: {more}{gap}{}", field.parameter.kind.expectation())
}

fn parameter<'a>(
    theme: &Theme,
    field: &'a FormField,
    [hint, error]: &'a [String; 2],
) -> widgets::FormField<'a> {
    let value = if field.choices().is_some() {
        widgets::FormValue::Choice(field.input.value())
    } else if field.is_secret() {
        widgets::FormValue::Secret(&field.input)
    } else {
        widgets::FormValue::Text(&field.input)
    };
    let unit = theme.unit(field.parameter.unit);
    widgets::FormField { label: label(field).0, value, unit, columns: columns(field), hint, error }
}
