//! Picking a meter.

use tui_input::Input;

use super::super::keymap::Action;
use super::super::message::Effect;
use super::super::state::{Arming, Pane, Screen, State};
use super::{Effects, bench, ciphers, connect, go, readings, shown};
use crate::app::target::Target;
use crate::bus::{Intent, Speech};
use crate::link::Endpoint;
use crate::meter::{MODELS, Model};
use crate::sim::demo_address;

/// What the keys of this screen do.
pub(super) fn perform(state: &mut State, action: Action) {
    match action {
        Action::OtherAddress | Action::Left | Action::Right => other_address(state),
        _ => {}
    }
}

fn other_address(state: &mut State) {
    let count = match state.meter.candidates() {
        Some(Ok(candidates)) => candidates.len(),
        _ => 0,
    };
    if count > 1 {
        state.meter.candidate = (state.meter.candidate + 1) % count;
        if state.target.is_some() {
            state.say("Enter in the address takes it");
        }
    }
}

/// Takes the model, address and password that were given.
pub(super) fn choose(state: &mut State, effects: &mut Effects) {
    let Some(model) = state.meter.model() else {
        state.warn("no model is chosen");
        return;
    };
    fill_in_address(state, model);
    match state.meter.candidates() {
        Some(Err(error)) => {
            state.warn(error.to_string());
            state.focus_on(Pane::Address);
        }
        _ => {
            if let Some(candidate) = state.meter.chosen() {
                let password = state.meter.secret();
                let target = Target { model, address: candidate.address, password, keys: Vec::new() };
                take(state, target, effects);
                go::to(state, if state.is_connected() { Screen::Bench } else { Screen::Connect });
                readings::read_accepted(state, effects);
            }
        }
    }
}

/// On the simulated bus the address of its meter stands for one that was not typed.
fn fill_in_address(state: &mut State, model: &'static Model) {
    let typed = state.meter.address.value().trim();
    let of_another = state.target.as_ref().is_some_and(|before| {
        before.model.id != model.id && before.address.text() == typed && typed == demo_address(before.model)
    });
    if state.is_simulated() && (typed.is_empty() || of_another) {
        state.meter.address = Input::from(demo_address(model));
        state.meter.candidate = 0;
    }
}

/// A meter that was chosen without an address is, on the simulated bus, the one with its address there.
pub(super) fn find_on_simulated_bus(state: &mut State) {
    let is_simulated = state.is_simulated();
    let Some(target) =
        state.target.as_mut().filter(|target| is_simulated && target.address.text().is_empty())
    else {
        return;
    };
    let candidates = target.model.resolve(&demo_address(target.model)).unwrap_or_default();
    if let Some(candidate) = candidates.into_iter().next() {
        target.address = candidate.address;
    }
}

/// An address as it was typed; one that was left out is, on the simulated bus, that of its meter.
fn address_of(state: &State, model: &'static Model, typed: &str) -> String {
    let is_left_out = typed.trim().is_empty() && state.is_simulated();
    if is_left_out { demo_address(model) } else { typed.to_owned() }
}

/// Talks to this meter from now on.
pub(super) fn take(state: &mut State, target: Target, effects: &mut Effects) {
    let is_same_model = state.target.as_ref().is_some_and(|before| before.model == target.model);
    let was_for_its_meter = state.listens_for_its_meter();
    shown::choose(state, &target, effects);
    if !is_same_model {
        state.bench.forms.clear();
        state.bench.picker = super::super::state::picker::Picker::default();
        state.bench.refresh(target.commands());
        state.bench.choose_everyday(target.commands());
    }
    state.target = Some(target);
    state.arming = Arming::ReadOnly;
    ciphers::renew(state);
    if state.is_simulated()
        && let Some(target) = &state.target
    {
        effects.push(Effect::Simulate(target.model));
    }
    tell_bus(state, effects);
    if was_for_its_meter && !state.listens() {
        // The bus does it before whatever is asked of it next.
        state.status.speech = Speech::ReadsOnly;
    }
    if state.is_connected() {
        connect::remember(state, effects);
    }
    bench::redraft(state);
}

/// Tells the bus by which protocol the traffic is to be read and what line the meter is on.
pub(super) fn tell_bus(state: &mut State, effects: &mut Effects) {
    let Some(target) = state.target.as_ref().filter(|_| state.is_connected()) else { return };
    let line = target.model.line;
    effects.push(Effect::Bus(Intent::Decode(Some(target.decoder()))));
    let chosen_by_hand = state.link.as_ref().and_then(|link| link.line);
    let far_end_sets_it = state
        .link
        .as_ref()
        .is_some_and(|link| matches!(link.place, Endpoint::Tcp(..) | Endpoint::Listen(..)));
    if chosen_by_hand.is_some() {
        return;
    }
    if far_end_sets_it {
        effects.push(Effect::Bus(Intent::Expect(line)));
    } else {
        effects.push(Effect::Bus(Intent::FactoryLine(line)));
    }
}

/// Chooses a model and an address by their names, as the command line and the prompt give them.
///
/// # Errors
/// What is wrong with either.
pub(super) fn choose_by_name(
    state: &mut State,
    model: &str,
    address: &str,
    effects: &mut Effects,
) -> Result<(), String> {
    let model = crate::meter::model(model).map_err(|error| error.to_string())?;
    state.meter.picker.query.reset();
    state.meter.refresh();
    state.meter.picker.at = MODELS.iter().position(|known| known.id == model.id).unwrap_or(0);
    state.meter.address = Input::from(address);
    state.meter.candidate = 0;
    let candidates = model.resolve(&address_of(state, model, address)).map_err(|error| error.to_string())?;
    if let Some(candidate) = candidates.into_iter().next() {
        let password = state.meter.secret();
        take(state, Target { model, address: candidate.address, password, keys: Vec::new() }, effects);
    }
    Ok(())
}
