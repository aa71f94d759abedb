use super::*;
use crate::app::session::{self, Opening, Recording, Role, Session, Simulation};
use crate::bus::{BusEvent, Standing};
use crate::meter::{MODELS, Model};
use crate::protocol::Integrity;
use crate::trace::{Dir, EntryKind};

/// A console and the simulated bus it talks to, in paused time.
struct Desk {
    state: State,
    session: Option<Session>,
}

impl Desk {
    async fn open() -> Self {
        let mut desk = Self { state: fresh(SIZE), session: None };
        let effects = start(&mut desk.state, "sim:".parse().ok(), None);
        desk.perform(effects);
        desk.until(State::is_connected).await;
        desk
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match (effect, &mut self.session) {
                (Effect::Open { name, line, decoder, keys, model }, session) => {
                    let simulation = Simulation { model, ..Simulation::default() };
                    let (role, recording) = (Role::Talk, Recording::None);
                    let opened = session::open_here(Opening {
                        name,
                        role,
                        line,
                        decoder,
                        recording,
                        keys,
                        zone: None,
                        simulation,
                        standing: Standing::default(),
                        before: None,
                    });
                    send(&mut self.state, Message::Opened(opened.trace.clone()));
                    *session = Some(opened);
                }
                (Effect::Bus(intent), Some(session)) => session.send(intent),
                (Effect::Simulate(model), Some(session)) => session.ask_for(model),
                _ => {}
            }
        }
    }

    fn press(&mut self, names: &[&str]) {
        let effects = keys(&mut self.state, names);
        self.perform(effects);
    }

    fn pick(&mut self, model: &Model) {
        self.press(&[":"]);
        type_text(&mut self.state, &format!("model {}", model.id));
        self.press(&["enter", "3"]);
    }

    async fn until(&mut self, is_so: impl Fn(&State) -> bool) {
        const PATIENCE: Duration = Duration::from_secs(180);
        let wait = async {
            while !is_so(&self.state) {
                let session = self.session.as_mut().expect("open");
                let message = tokio::select! {
                    biased;
                    Some(event) = session.events.recv() => match event {
                        BusEvent::Job(id, event) => Message::Job(id, event),
                        BusEvent::Line(finding) => Message::Said(finding.to_string()),
                        BusEvent::OtherMaster(other) => Message::OtherMaster(other),
                        BusEvent::Ended(result) => panic!("{result:?}"),
                    },
                    Ok(()) = session.status.changed() => {
                        Message::Traffic(session.status.borrow_and_update().clone())
                    }
                };
                let effects = send(&mut self.state, message);
                self.perform(effects);
            }
        };
        let ended = tokio::time::timeout(PATIENCE, wait).await;
        assert!(ended.is_ok(), "{:?} {:?}", self.state.target, self.state.bench.outcome);
    }
}

fn has_address(model: &Model) -> bool {
    model.address.has_address()
}

#[tokio::test(start_paused = true)]
async fn every_model_that_is_picked_answers_its_first_command_at_once() {
    let mut desk = Desk::open().await;
    for model in MODELS.iter().filter(|model| has_address(model)) {
        desk.pick(model);
        desk.press(&["enter"]);
        desk.until(|state| !matches!(state.bench.outcome, Outcome::Waiting | Outcome::Nothing)).await;
        let outcome = &desk.state.bench.outcome;
        assert!(matches!(outcome, Outcome::Answered { .. }), "{}: {outcome:?}", model.id);
        desk.until(|state| state.jobs.first().is_none()).await;
        desk.state.bench.outcome = Outcome::Nothing;
    }
}

#[tokio::test(start_paused = true)]
async fn every_model_that_speaks_by_itself_begins_when_it_is_picked() {
    let mut desk = Desk::open().await;
    for model in MODELS.iter().filter(|model| !has_address(model)) {
        desk.pick(model);
        let from = desk.state.trace.lock().len();
        desk.until(|state| {
            let trace = state.trace.lock();
            let heard = |number| {
                trace.entry(number).is_some_and(|entry| {
                    entry.way == Dir::Rx
                        && matches!(entry.kind, EntryKind::Frame(judged) if judged != Integrity::Bad)
                })
            };
            (from..trace.len()).any(heard)
        })
        .await;
    }
}
