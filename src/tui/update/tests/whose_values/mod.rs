//! The law: whatever is chosen when, every value on the screens was said by the meter in the title.

mod desk;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::meter::{MODELS, Model};
use crate::protocol::{Context, Now, Output};
use crate::reading::{Decimal, Quantity, Reading};
use crate::sim::fault::{Faults, Rng};
use crate::tui::state::readings::Known;
use desk::Desk;

/// The digits of a number without the zeros around them: the same in whatever unit and with however many decimals.
fn digits(number: Decimal) -> String {
    number.units().unsigned_abs().to_string().trim_end_matches('0').to_owned()
}

/// The simulator's own values: each number that was given to a simulated meter, and to which.
fn owners() -> BTreeMap<String, &'static str> {
    let mut owners = BTreeMap::new();
    for (index, model) in MODELS.iter().enumerate() {
        for (_, value) in desk::setup(model, index).values {
            let before = owners.insert(digits(Decimal::parse(&value).unwrap()), model.id);
            assert!(before.is_none(), "{value} of {} is {before:?}'s, too", model.id);
        }
    }
    owners
}

/// The number of a register or of the power that every meter has of its own.
fn number_of(reading: &Reading) -> Option<Decimal> {
    let is_own =
        [Quantity::ACTIVE_IMPORT, Quantity::POWER].contains(&reading.quantity) && reading.phase.is_none();
    reading.number().filter(|_| is_own)
}

/// What is shown of a value: the last number, the one that its growth is counted from, those of its chart.
fn shown_numbers(known: &Known) -> impl Iterator<Item = Decimal> {
    let history = known.history.iter().map(|(_, number)| *number);
    let is_own = number_of(&known.reading).is_some();
    history.chain(known.first).chain(known.reading.number()).filter(move |_| is_own)
}

/// Everything with a number on the screens: Readings with its charts, the reply of the Bench, the telegram that is shown
/// and those that can be gone back to.
fn on_screen(state: &State) -> BTreeSet<String> {
    let mut numbers: BTreeSet<String> =
        state.readings.known.iter().flat_map(shown_numbers).map(digits).collect();
    let frames = [&state.bench.reply.shown, &state.telegrams.glass.shown].into_iter().flatten();
    numbers.extend(frames.flat_map(|frame| &frame.readings).filter_map(number_of).map(digits));
    let trace = state.trace.lock();
    let telegrams = state.telegrams.came.iter().rev().take(1);
    for frame in telegrams.filter_map(|came| trace.dissect(came.entry)) {
        numbers.extend(frame.readings.iter().filter_map(number_of).map(digits));
    }
    numbers
}

/// Whose numbers are on the screens besides those of the meter in the title; how many are its own.
fn foreign(state: &State, owners: &BTreeMap<String, &'static str>) -> (Vec<(String, &'static str)>, usize) {
    let Some(target) = &state.target else { return (Vec::new(), 0) };
    let owned =
        on_screen(state).into_iter().filter_map(|number| Some((owners.get(&number).copied()?, number)));
    let (own, others): (Vec<_>, Vec<_>) = owned.partition(|(owner, _)| *owner == target.model.id);
    (others.into_iter().map(|(owner, number)| (number, owner)).collect(), own.len())
}

/// What failed is a request of the meter in the title.
fn has_foreign_failure(state: &State) -> bool {
    let commands = state.commands();
    state.readings.failed.iter().any(|failed| commands.iter().all(|command| command.title != failed.title))
}

/// Whether a value has come since the meter was chosen. One that wants every frame acknowledged says none until then.
fn has_said_values(state: &State) -> bool {
    let trace = state.trace.lock();
    let mut frames = (state.shown.from..trace.len()).filter_map(|number| trace.dissect(number));
    frames.any(|frame| !frame.readings.is_empty())
}

/// Whether the simulated meter of a model says no value for as long as nobody answers it.
fn waits_to_be_acknowledged(id: &str) -> bool {
    let (index, model) = MODELS.iter().enumerate().find(|(_, model)| model.id == id).unwrap();
    let (family, setup) = (model.protocol, desk::setup(model, index));
    let mut meter = family.responder(&setup).unwrap();
    let wall = jiff::civil::date(2026, 3, 1).at(14, 2, 11, 0);
    let moments = (0..300).map(|second| At::from_millis(second * 1000));
    let mut said = moments.filter_map(|at| meter.poll(Now { at, wall, ahead_minutes: 0, is_summer: false }));
    let context = Context { dialect: model.dialect, keys: &setup.keys, ..Context::default() };
    let is_a_call = |told| match told {
        Output::Send { bytes, .. } => family.dissect(&bytes, &context).readings.is_empty(),
        Output::SetLine(_) => false,
    };
    said.all(is_a_call)
}

fn judge(state: &State, owners: &BTreeMap<String, &'static str>, step: &str) -> usize {
    let (others, own) = foreign(state, owners);
    let title = state.target.as_ref().map_or("", |target| target.model.id);
    assert!(others.is_empty(), "{step}: under {title} stand {others:?}");
    let frames = [&state.bench.reply.shown, &state.telegrams.glass.shown].into_iter().flatten();
    let strangers: Vec<_> = frames.filter_map(|frame| state.shown.stranger(frame)).collect();
    assert!(strangers.is_empty(), "{step}: under {title} stand frames of {strangers:?}");
    assert!(!has_foreign_failure(state), "{step}: {title}: {:?}", state.readings.failed);
    own
}

#[tokio::test(start_paused = true)]
async fn every_meter_that_is_chosen_in_turn_shows_its_own_values_and_no_other() {
    let owners = owners();
    let mut desk = Desk::open(Faults::none()).await;
    let mut seen = BTreeSet::new();
    for model in MODELS {
        desk.pick(model);
        for _ in 0..20 {
            desk.read_all();
            desk.pass(Duration::from_secs(8), |state| {
                if judge(state, &owners, "in turn") > 0 {
                    seen.insert(model.id);
                }
            })
            .await;
            if seen.contains(model.id) {
                break;
            }
        }
        let is_silent = !seen.contains(model.id);
        assert!(!is_silent || !has_said_values(&desk.state), "{} says values, none is shown", model.id);
    }
    let told: BTreeSet<&str> = owners.values().copied().collect();
    let silent: Vec<_> = told.difference(&seen).collect();
    // One interface says no value before it is acknowledged, which is a write.
    assert!(silent.len() <= 1 && silent.iter().all(|id| waits_to_be_acknowledged(id)), "{silent:?}");
    let alike: Vec<_> = MODELS.iter().map(|model| model.id).filter(|id| !told.contains(id)).collect();
    assert!(alike.is_empty(), "nothing tells these from others: {alike:?}");
}

/// The steps of a person who cannot decide; after every message everything on screen is the meter's in the title.
async fn switch_about(seed: u64, faults: &[&str], owners: &BTreeMap<String, &'static str>) -> usize {
    let mut rng = Rng::new(seed);
    let mut desk = Desk::open(Faults::parse(faults, seed).unwrap()).await;
    let mut former: Vec<&'static Model> = Vec::new();
    let mut judged = 0;
    for step in 0..60 {
        let step = format!("seed {seed}, step {step}");
        match rng.below(10) {
            0..4 => {
                let model = MODELS[rng.index(MODELS.len())];
                desk.pick(model);
                former.push(model);
            }
            4 if !former.is_empty() => desk.pick(former[rng.index(former.len())]),
            4 | 5 => desk.press(&["3", "enter"]),
            6 => desk.press(&["5", "p"]),
            7 => desk.press(&["c"]),
            _ => desk.read_all(),
        }
        judge(&desk.state, owners, &step);
        let time = Duration::from_millis(rng.below(9000));
        desk.pass(time, |state| judged += judge(state, owners, &step)).await;
    }
    judged
}

#[tokio::test(start_paused = true)]
async fn every_value_on_the_screens_was_said_by_the_meter_in_the_title() {
    let owners = owners();
    let mut judged = 0;
    for seed in 0..3 {
        judged += switch_about(seed, &[], &owners).await;
        judged += switch_about(seed + 100, &["late=0.3:200ms..1500ms"], &owners).await;
    }
    assert!(judged > 1000, "{judged}");
}
