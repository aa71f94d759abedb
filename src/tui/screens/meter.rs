//! ```text
//! ┏ ▶ Models ━━━━━━━━━━━━━━━┓┌ Address or serial number ───────────────┐
//! ┃ Energomera              ┃│ 011791165813462                         │
//! ┃▶  CE307 R33             ┃│▶ 13462  96 34  last five digits of ...   │
//! ┃   CE102                 ┃│   3462  86 0D  last four digits          │
//! ┃ Mercury                 ┃├ Password ───────────────────────────────┤
//! ┃   Mercury 200           ┃├ CE307 R33 ──────────────────────────────┤
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━┛└─────────────────────────────────────────┘
//! ```

use ratatui::layout::Rect;

use super::Look;
use crate::frame::hex;
use crate::meter::{Login, MODELS, Model};
use crate::tui::keymap::Action;
use crate::tui::state::Pane;
use crate::tui::state::picker::Picker;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, PickerItem, TextInput, wrap};

/// Draws the screen of models.
pub(crate) fn draw(look: &mut Look<'_>) {
    models(look);
    address(look);
    password(look);
    about(look);
}

fn models(look: &mut Look<'_>) {
    let picker = &look.state.meter.picker;
    let inner = look.pane(Pane::Models, &search_title("Models", picker), &counts(picker), "");
    let items: Vec<PickerItem<'_>> =
        picker.matching().filter_map(|index| MODELS.get(index)).map(|m| item(m)).collect();
    list(look, inner, picker, (&items, "no such model; Esc clears the search"));
}

const fn item(model: &'static Model) -> PickerItem<'static> {
    PickerItem { group: model.maker, code: "", title: model.title, mark: "", mark_role: Role::Dim }
}

/// A searched list with its choice; the words stand there when nothing matches.
pub(crate) fn list(
    look: &mut Look<'_>,
    inner: Rect,
    picker: &Picker,
    (items, empty): (&[PickerItem<'_>], &str),
) {
    let list = widgets::Picker {
        items,
        selected: picker.matching().position(|index| index == picker.at).unwrap_or(usize::MAX),
        scroll: picker.top,
        query: picker.query.value(),
        focused: true,
        empty,
    };
    list.render(inner, look.buf, look.theme);
}

/// A list's title with what is searched for.
#[must_use]
pub(crate) fn search_title(title: &str, picker: &Picker) -> String {
    if picker.searching {
        format!("{title}  /{}_", picker.query.value())
    } else if picker.is_filtered() {
        format!("{title}  /{}", picker.query.value())
    } else {
        title.to_owned()
    }
}

/// How many of a list are shown, when a search hides some.
#[must_use]
pub(crate) fn counts(picker: &Picker) -> String {
    let (shown, all) = picker.counts();
    if shown == all { String::new() } else { format!("{shown} of {all}") }
}

fn address(look: &mut Look<'_>) {
    let state = look.state;
    let other = look.key(Action::OtherAddress);
    let many = matches!(state.meter.candidates(), Some(Ok(found)) if found.len() > 1);
    let bottom = match (many, state.reads_when_accepted()) {
        (true, _) => format!("{other} in the list: the other one"),
        (false, true) => format!("{} reads its everyday set once", look.key(Action::Activate)),
        (false, false) => String::new(),
    };
    let inner = look.pane(Pane::Address, "Address or serial number", "", &bottom);
    let placeholder = "decimal, 0x hex, or the serial number";
    look.input(inner, Pane::Address, TextInput { placeholder, ..TextInput::new(&state.meter.address, "") });
    let below = Rect { y: inner.y.saturating_add(1), height: inner.height.saturating_sub(1), ..inner };
    let lines: Vec<(String, Role)> = candidates(look)
        .into_iter()
        .flat_map(|(line, role)| wrap(&line, below.width).into_iter().map(move |line| (line, role)))
        .collect();
    look.lines(below, &lines);
}

/// What the typed address may mean, with its bytes.
fn candidates(look: &Look<'_>) -> Vec<(String, Role)> {
    let current = look.theme.glyphs().current;
    match look.state.meter.candidates() {
        None => Vec::new(),
        Some(Err(error)) => vec![(error.to_string(), Role::Bad)],
        Some(Ok(found)) => {
            let mut lines = Vec::new();
            for (index, candidate) in found.iter().enumerate() {
                let chosen = index == look.state.meter.candidate.min(found.len() - 1);
                let (mark, role) = if chosen { (current, Role::Accent) } else { (" ", Role::Dim) };
                let bytes = hex::spaced(&candidate.bytes);
                let text =
                    format!("{mark} {:>6}  {bytes}  {}", candidate.address.to_string(), candidate.because);
                lines.push((text, role));
                if !candidate.warning.is_empty() {
                    lines.push((format!("  {}", candidate.warning), Role::Warn));
                }
            }
            lines
        }
    }
}

fn password(look: &mut Look<'_>) {
    let state = look.state;
    let (hint, form) = match state.meter.model().map(|model| model.login) {
        None | Some(Login::None) => ("this meter has none", ""),
        Some(Login::Optional { form, .. }) => ("not needed for reading", form),
        Some(Login::Required { form, .. }) => ("the maker's default is used", form),
    };
    let inner = look.pane(Pane::Password, "Password", "", "");
    let line =
        TextInput { placeholder: hint, masked: true, ..TextInput::new(state.meter.password.input(), "") };
    look.input(inner, Pane::Password, line);
    let below = Rect { y: inner.y.saturating_add(1), height: inner.height.saturating_sub(1), ..inner };
    look.pen(below).fit(0, 0, below.width, form, Role::Dim);
}

fn about(look: &mut Look<'_>) {
    let area = look.areas.extra(0);
    let Some(model) = look.state.meter.model() else { return };
    if area.height < 3 {
        return;
    }
    let title = format!("{} {}", model.maker, model.title);
    widgets::Pane { title: &title, ..widgets::Pane::default() }.render(area, look.buf, look.theme);
    let inner = widgets::Pane::inner(area);
    let lines = facts(model, &look.key(Action::EnterKey), inner.width);
    look.lines(inner, &lines);
}

/// What is to be known of a model, wrapped.
fn facts(model: &'static Model, key: &str, columns: u16) -> Vec<(String, Role)> {
    let key_hint = if model.encrypts { format!("{key} takes its key") } else { String::new() };
    let mut lines =
        vec![format!("line: {}   protocol: {}   id: {}", model.line, model.protocol.id(), model.id)];
    let mut add = |label: &str, text: &str| {
        if !text.is_empty() {
            lines.push(format!("{label}{text}"));
        }
    };
    add("interface: ", model.wiring.interface);
    add("terminals: ", model.wiring.terminals);
    add("supply: ", model.wiring.supply);
    add("in the same housing: ", model.lookalike);
    let speeds: Vec<String> = model.other_speeds.iter().map(u32::to_string).collect();
    add("speeds it can be set to: ", &speeds.join(", "));
    add("", model.note);
    add("", &key_hint);
    if model.ambiguous_replies {
        add(
            "",
            "its replies do not say all that they answer: reading twice is advised where a wrong value would do harm",
        );
    }
    lines.iter().flat_map(|line| wrap(line, columns)).map(|line| (line, Role::Text)).collect()
}
