//! Boxes over the screen.

mod arm;
mod codes;
mod writes;

use ratatui::layout::Rect;

use super::{Look, frame};
use crate::app::keys::KEY_FORM;
use crate::frame::hex;
use crate::tui::keymap::{ACTIONS, Action, Context, Info};
use crate::tui::state::key_entry::{KeyEntry, KeyField};
use crate::tui::state::{Inspector, Popup};
use crate::tui::theme::Role;
use crate::tui::update::completions;
use crate::tui::widgets::{self, Help, HelpRow, TextInput, width, wrap};

/// Draws the box that is open, if one is.
pub(crate) fn draw(look: &mut Look<'_>) {
    match &look.state.popup {
        None => {}
        Some(Popup::Help(top)) => help(look, *top),
        Some(Popup::Prompt { input, at }) => prompt(look, input, *at),
        Some(Popup::Arm(question)) => arm::draw(look, question),
        Some(Popup::Listening { .. }) => listening(look),
        Some(Popup::Key(entry)) => key(look, entry),
        Some(Popup::Codes(chosen)) => codes::draw(look, chosen),
        Some(Popup::Writes(records, top)) => writes::draw(look, records, *top),
        Some(Popup::Paste(bytes)) => paste(look, bytes),
        Some(Popup::Decoded(inspector)) => decoded(look, inspector),
        Some(Popup::Quit { lost }) => quit(look, lost),
    }
}

/// An emptied area with a border in the middle of the screen; gives its inside.
fn open(look: &mut Look<'_>, title: &str, bottom: &str, (width, height): (u16, u16)) -> Rect {
    let whole = look.buf.area;
    let width = width.min(whole.width.saturating_sub(4));
    let height = height.min(whole.height.saturating_sub(2));
    let area = Rect { x: (whole.width - width) / 2, y: (whole.height - height) / 2, width, height };
    look.pen(area).clear();
    widgets::Pane { title, right: "", bottom, focused: true }.render(area, look.buf, look.theme);
    let inner = widgets::Pane::inner(area);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

fn help(look: &mut Look<'_>, scroll: usize) {
    let lines = help_lines(look);
    let size = (look.buf.area.width.saturating_sub(4), look.buf.area.height.saturating_sub(2));
    let inner = open(look, "Keys", "letters of the Russian layout count as the keys they lie on · Esc", size);
    let rows: Vec<HelpRow<'_>> = lines
        .iter()
        .map(|(keys, info)| match info {
            Ok(info) => HelpRow::Key(keys, info.id, info.about),
            Err(title) => HelpRow::Heading(title),
        })
        .collect();
    let help = Help { rows: &rows, scroll };
    Help { scroll: scroll.min(help.hidden(inner)), ..help }.render(inner, look.buf, look.theme);
}

/// The keys of this screen, then those of every screen, then those while typing and in boxes.
fn help_lines(look: &Look<'_>) -> Vec<(String, Result<&'static Info, &'static str>)> {
    let contexts = [look.state.context(), Context::Global, Context::Input, Context::Question, Context::Popup];
    let mut lines = Vec::new();
    for context in contexts {
        lines.push((String::new(), Err(context.title())));
        for info in ACTIONS.iter().filter(|info| info.context == context) {
            lines.push((look.state.keymap.keys(info.action).join(" "), Ok(info)));
        }
    }
    lines
}

fn prompt(look: &mut Look<'_>, input: &tui_input::Input, at: usize) {
    let found = completions(look.state, input.value());
    let inner = open(look, "Command", "Tab completes · Enter does it", (100, 18));
    let forms = found.iter().map(|one| width(&one.form)).max().unwrap_or_default();
    let column = (forms + 3).min(inner.width / 2);
    let mut pen = look.pen(inner);
    pen.put(0, 0, ":", Role::Accent);
    let line = Rect { x: inner.x + 1, width: inner.width.saturating_sub(1), height: 1, ..inner };
    TextInput::new(input, "").render(line, look.buf, look.theme);
    let rows = usize::from(inner.height.saturating_sub(1));
    let first = (at + 1).saturating_sub(rows);
    for (y, (index, one)) in (1..inner.height).zip(found.iter().enumerate().skip(first)) {
        let mut pen = look.pen(Rect { y: inner.y + y, height: 1, ..inner });
        let form = pen.fit(1, 0, inner.width, &one.form, Role::Text);
        let about = if one.about.is_empty() { inner.width } else { column.max(form + 2) };
        pen.fit(about, 0, inner.width, one.about, Role::Dim);
        if index == at {
            pen.select(0, 0, inner.width);
        }
    }
}

/// The keys of a meter, as stars, and whose they are.
fn key(look: &mut Look<'_>, entry: &KeyEntry) {
    let inner =
        open(look, "Key of a meter that encrypts", "Enter takes it · Tab the next field · Esc", (76, 12));
    let fields = [
        (KeyField::Encryption, entry.encryption.input(), "encryption    ", "from the grid operator"),
        (KeyField::Authentication, entry.authentication.input(), "authentication", "as long; empty for none"),
        (
            KeyField::Meter,
            &entry.meter,
            "of the meter  ",
            "system title or serial number; empty for every meter",
        ),
    ];
    for (row, (field, input, label, placeholder)) in (0..).zip(fields) {
        let focused = entry.at == field;
        let error = if focused { entry.complaint.as_str() } else { "" };
        let line = Rect { y: inner.y.saturating_add(2 * row), height: 2, ..inner }.intersection(inner);
        let masked = field != KeyField::Meter;
        let text = TextInput { input, label, placeholder, masked, error, focused };
        text.render(line, look.buf, look.theme);
    }
    let below = Rect { y: inner.y.saturating_add(6), height: 4, ..inner }.intersection(inner);
    let form = format!("A key is {KEY_FORM}.");
    let seen = match entry.seen {
        Some(title) => format!("{} is the system title of the last telegram.", hex::compact(&title)),
        None => "No encrypted telegram has come; without a name it is tried on every meter.".to_owned(),
    };
    let told = [
        form.as_str(),
        seen.as_str(),
        "It is tried on what has come already, too.",
        "It is kept until meterscope ends and written nowhere.",
    ];
    look.lines(below, &told.map(|text| (text.to_owned(), Role::Dim)));
}

fn paste(look: &mut Look<'_>, bytes: &[u8]) {
    const SHOWN: usize = 64;
    let inner = open(look, "Decode this hex?", "Enter decodes · Esc does nothing", (76, 9));
    let shown = bytes.get(..SHOWN.min(bytes.len())).unwrap_or_default();
    let mut lines = vec![(format!("{} bytes were pasted; nothing is sent:", bytes.len()), Role::Text)];
    let wrapped = wrap(&hex::spaced(shown), usize::from(inner.width.max(20)));
    lines.extend(wrapped.into_iter().map(|line| (line, Role::Accent)));
    look.lines(inner, &lines);
}

fn decoded(look: &mut Look<'_>, inspector: &Inspector) {
    let size = (look.buf.area.width, look.buf.area.height);
    let inner = open(look, "Decoded", "Esc closes", (size.0.saturating_sub(6), size.1.saturating_sub(4)));
    frame::draw(look, inner, inspector);
}

/// Whether to send on a link that is listened to: the keys are named as they are bound.
fn listening(look: &mut Look<'_>) {
    let why = match &look.state.status.other_master {
        Some(other) => format!("{other}. Requests can collide."),
        None => "This meter speaks by itself. Nothing is asked of it.".to_owned(),
    };
    let keys = format!(
        "{}: send all the same  {}: listen",
        look.key(Action::SendAllTheSame),
        look.key(Action::Close)
    );
    let room = look.buf.area.width.saturating_sub(10);
    let whole = format!("{why} {keys}");
    let told = if width(&whole) <= room {
        vec![whole]
    } else {
        let mut told = wrap(&why, usize::from(room.clamp(12, 70)));
        told.push(keys);
        told
    };
    let columns = told.iter().map(|line| width(line)).max().unwrap_or_default().saturating_add(4);
    let height = u16::try_from(told.len()).unwrap_or(u16::MAX).saturating_add(2);
    let inner = open(look, "Listening", "", (columns.max(20), height));
    let lines: Vec<(String, Role)> = told.into_iter().map(|line| (line, Role::Warn)).collect();
    look.lines(inner, &lines);
}

fn quit(look: &mut Look<'_>, lost: &str) {
    let inner = open(look, "Leave?", "Enter leaves · Esc stays", (60, 4));
    look.lines(inner, &[(lost.to_owned(), Role::Warn)]);
}
