//! Opening and closing links.

use super::super::keymap::Action;
use super::super::message::Effect;
use super::super::state::connect::{Choice, Kept, Origin, Port};
use super::super::state::{Phase, Screen, State};
use super::{Effects, go, meter};
use crate::app::target::Target;
use crate::frame::visible;
use crate::link::{Endpoint, LinkName};
use crate::protocol::LineSettings;

/// Links used lately that are remembered.
const RECENT: usize = 8;

/// What the keys of this screen do.
pub(super) fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Save => keep(state, effects),
        Action::Forget => forget(state, effects),
        _ => {}
    }
}

/// Opens the link that was typed, with the line settings that were typed.
pub(super) fn open_typed(state: &mut State, effects: &mut Effects) {
    let text = state.connect.entry.value().trim().to_owned();
    if text.is_empty() {
        open_chosen(state, effects);
    } else {
        open_text(state, &text, effects);
    }
}

/// Opens the chosen link.
pub(super) fn open_chosen(state: &mut State, effects: &mut Effects) {
    let Some(choice) = state.connect.chosen() else { return };
    if !choice.kept.model.is_empty()
        && let Err(why) = meter::choose_by_name(state, &choice.kept.model, &choice.kept.address, effects)
    {
        state.warn(why);
    }
    open_text(state, choice.link(), effects);
}

/// Opens a link by its name, or says what is wrong with it.
pub(super) fn open_text(state: &mut State, text: &str, effects: &mut Effects) {
    if let Err(complaint) = try_open(state, text, effects) {
        state.warn(complaint.clone());
        state.connect.complaint = complaint;
    }
}

/// Opens a link by its name; line settings that were typed count where the name has none.
///
/// # Errors
/// What is wrong with the name or the line settings.
pub(super) fn try_open(state: &mut State, text: &str, effects: &mut Effects) -> Result<(), String> {
    let name = parse(text, state.connect.line.value())?;
    open(state, name, effects);
    Ok(())
}

fn parse(link: &str, settings: &str) -> Result<LinkName, String> {
    let mut name: LinkName = link.parse().map_err(|e: crate::link::NameError| e.to_string())?;
    if name.line.is_none() && !settings.trim().is_empty() {
        let parsed: Result<LineSettings, crate::protocol::BadLine> = settings.parse();
        name.line = Some(parsed.map_err(|error| error.to_string())?);
    }
    Ok(name)
}

/// Opens a link.
pub(super) fn open(state: &mut State, name: LinkName, effects: &mut Effects) {
    state.connect.complaint.clear();
    state.phase = Phase::Opening { since: state.now.at };
    state.link = Some(name.clone());
    state.jobs.clear();
    state.bench.repeat = None;
    state.polling.stop();
    meter::find_on_simulated_bus(state);
    let line = state.target.as_ref().map(|target| target.model.line).unwrap_or_default();
    let decoder = state.target.as_ref().map(Target::decoder);
    let keys = state.keys_here().ciphers("");
    let model = state.target.as_ref().map(|target| target.model);
    effects.push(Effect::Open { name, line, decoder, keys, model });
}

/// A link could not be opened.
pub(super) fn not_opened(state: &mut State, why: String) {
    state.phase = Phase::None;
    state.warn(why.clone());
    state.connect.complaint = why;
    go::to(state, Screen::Connect);
}

/// Closes the link.
pub(super) fn disconnect(state: &mut State, effects: &mut Effects) {
    if state.phase == Phase::None {
        state.say("no link is open");
        return;
    }
    state.phase = Phase::Ended;
    state.jobs.clear();
    state.bench.repeat = None;
    state.polling.stop();
    effects.push(Effect::Close);
}

/// These serial ports are there; whether that is news.
pub(super) fn ports(state: &mut State, ports: Vec<Port>) -> bool {
    state.connect.set_ports(ports)
}

/// Puts the open link at the head of those used lately, with the meter that is talked to.
pub(super) fn remember(state: &mut State, effects: &mut Effects) {
    let Some(kept) = present(state) else { return };
    let recent = &mut state.connect.recent;
    if recent.first() == Some(&kept) {
        return;
    }
    recent.retain(|known| known.link != kept.link);
    recent.insert(0, kept);
    recent.truncate(RECENT);
    store(state, effects);
}

/// The open link with the meter that is talked to; the simulated bus needs no remembering.
fn present(state: &State) -> Option<Kept> {
    let link = state.link.as_ref().filter(|link| link.place != Endpoint::Sim)?;
    let target = state.target.as_ref();
    Some(Kept {
        name: String::new(),
        link: link.to_string(),
        model: target.map_or("", |target| target.model.id).to_owned(),
        address: target.map_or("", |target| target.address.text()).to_owned(),
    })
}

fn store(state: &State, effects: &mut Effects) {
    effects.push(Effect::Remember(state.connect.saved.clone(), state.connect.recent.clone()));
}

/// Keeps the chosen link among the saved ones, or no longer.
fn keep(state: &mut State, effects: &mut Effects) {
    let Some(Choice { kept, .. }) = state.connect.chosen() else { return };
    let shown = visible::string(&kept.link);
    let saved = &mut state.connect.saved;
    if let Some(at) = saved.iter().position(|known| *known == kept) {
        saved.remove(at);
        state.say(format!("{shown} is no longer kept"));
    } else {
        saved.push(kept);
        state.say(format!("{shown} is kept"));
    }
    store(state, effects);
}

fn forget(state: &mut State, effects: &mut Effects) {
    let Some(choice) = state.connect.chosen() else { return };
    match choice.origin {
        Origin::Saved if state.connect.configured.contains(&choice.kept) => {
            state.say("this link is in the configuration file");
            return;
        }
        Origin::Saved => state.connect.saved.retain(|kept| *kept != choice.kept),
        Origin::Recent => state.connect.recent.retain(|kept| *kept != choice.kept),
        Origin::Found | Origin::BuiltIn => {
            state.say("only saved and recent links can be forgotten");
            return;
        }
    }
    store(state, effects);
}
