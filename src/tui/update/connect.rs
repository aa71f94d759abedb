//! Opening and closing links.

use tui_input::Input;

use super::super::keymap::Action;
use super::super::message::Effect;
use super::super::state::connect::{Origin, Port};
use super::super::state::{Pane, Phase, Screen, State};
use super::{Effects, go};
use crate::frame::visible;
use crate::link::LinkName;
use crate::protocol::LineSettings;

/// Links used lately that are remembered.
const RECENT: usize = 8;

/// What the keys of this screen do.
pub fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Save => keep(state, effects),
        Action::Forget => forget(state, effects),
        _ => {}
    }
}

/// Opens the link that was typed, with the line settings that were typed.
pub fn open_typed(state: &mut State, effects: &mut Effects) {
    let text = state.connect.entry.value().trim().to_owned();
    if text.is_empty() {
        open_chosen(state, effects);
    } else {
        open_text(state, &text, effects);
    }
}

/// Opens the chosen link.
pub fn open_chosen(state: &mut State, effects: &mut Effects) {
    if let Some(choice) = state.connect.chosen() {
        open_text(state, &choice.link, effects);
    }
}

/// Opens a link by its name; line settings that were typed count where the name has none.
pub fn open_text(state: &mut State, text: &str, effects: &mut Effects) {
    match parse(text, state.connect.line.value()) {
        Ok(name) => open(state, name, effects),
        Err(complaint) => {
            state.warn(complaint.clone());
            state.connect.complaint = complaint;
        }
    }
}

fn parse(link: &str, line: &str) -> Result<LinkName, String> {
    let mut name: LinkName = link.parse().map_err(|e: crate::link::NameError| e.to_string())?;
    if name.line.is_none() && !line.trim().is_empty() {
        let line: LineSettings = line.parse().map_err(|e: crate::protocol::BadLine| e.to_string())?;
        name.line = Some(line);
    }
    Ok(name)
}

/// Opens a link.
pub fn open(state: &mut State, name: LinkName, effects: &mut Effects) {
    state.connect.complaint.clear();
    state.phase = Phase::Opening { since: state.now.at };
    state.link = Some(name.clone());
    state.jobs.clear();
    state.bench.repeat = None;
    state.readings.next = None;
    effects.push(Effect::Open(name));
}

/// A link could not be opened.
pub fn not_opened(state: &mut State, why: String) {
    state.phase = Phase::None;
    state.warn(why.clone());
    state.connect.complaint = why;
    go::to(state, Screen::Connect);
}

/// Closes the link.
pub fn disconnect(state: &mut State, effects: &mut Effects) {
    if state.phase == Phase::None {
        state.say("no link is open");
        return;
    }
    state.phase = Phase::Ended;
    state.jobs.clear();
    state.bench.repeat = None;
    state.readings.polling = false;
    effects.push(Effect::Close);
}

/// These serial ports are there; whether that is news.
pub fn ports(state: &mut State, ports: Vec<Port>) -> bool {
    state.connect.set_ports(ports)
}

/// Puts the open link at the head of those used lately.
pub fn remember(state: &mut State, effects: &mut Effects) {
    let Some(link) = state.link.as_ref().map(ToString::to_string) else { return };
    if link == "sim:" {
        return;
    }
    let recent = &mut state.connect.recent;
    recent.retain(|known| *known != link);
    recent.insert(0, link);
    recent.truncate(RECENT);
    store(state, effects);
}

fn store(state: &State, effects: &mut Effects) {
    effects.push(Effect::Remember(state.connect.saved.clone(), state.connect.recent.clone()));
}

/// Keeps the chosen link, or what is typed, among the saved ones.
fn keep(state: &mut State, effects: &mut Effects) {
    let Some(link) = state.connect.chosen().map(|choice| choice.link) else { return };
    let saved = &mut state.connect.saved;
    if let Some(at) = saved.iter().position(|known| *known == link) {
        saved.remove(at);
        state.say(format!("{} is no longer kept", visible::string(&link)));
    } else {
        saved.push(link.clone());
        state.say(format!("{} is kept", visible::string(&link)));
    }
    store(state, effects);
}

fn forget(state: &mut State, effects: &mut Effects) {
    let Some(choice) = state.connect.chosen() else { return };
    match choice.origin {
        Origin::Saved => state.connect.saved.retain(|link| *link != choice.link),
        Origin::Recent => state.connect.recent.retain(|link| *link != choice.link),
        Origin::Found | Origin::BuiltIn => {
            state.say("only saved and recent links can be forgotten");
            return;
        }
    }
    store(state, effects);
}

/// Puts a link into the entry to be changed.
pub fn edit_chosen(state: &mut State) {
    if let Some(choice) = state.connect.chosen() {
        state.connect.entry = Input::from(choice.link);
        state.focus_on(Pane::LinkEntry);
    }
}
