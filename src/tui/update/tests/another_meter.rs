use super::*;
use crate::reading::{Code, Decimal, Measured, Reading, Unit};
use crate::tui::fixture::{Pushed, listening, readings};

const DSMR: Pushed = Pushed {
    model: "dsmr5-p1",
    telegrams: &["v50-iskra-stream-1", "v50-iskra-stream-2"],
    has_keys: false,
    cut: usize::MAX,
};

fn choose(state: &mut State, model: &str, address: &str) -> Vec<Effect> {
    let mut effects = Effects::new();
    meter::choose_by_name(state, model, address, &mut effects).unwrap();
    settle::settle(state);
    effects
}

fn cancelled(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Bus(Intent::Cancel(_)))).count()
}

fn energy(hundredths: u64) -> JobEvent {
    let value = Measured::Number(Decimal::new(hundredths, 2));
    JobEvent::Reading(Reading::of(Code::import(1), value, Unit::KilowattHour, &[]), At::from_millis(9000))
}

fn no_answer() -> JobEvent {
    let fault = Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
    JobEvent::Answered {
        index: 0,
        result: Err(Failure { step: "Energy", fault }),
        request: None,
        reply: Some(2),
    }
}

#[test]
fn nothing_of_the_meter_before_is_shown_and_its_frames_in_the_trace_feed_nothing() {
    let mut state = with_readings(SIZE);
    for model in crate::meter::MODELS.iter().filter(|model| !model.address.has_address()) {
        choose(&mut state, model.id, "");
        assert!(state.readings.known.is_empty(), "{}", model.id);
        assert_eq!(state.telegrams.count, 0, "{}: no frame of it came", model.id);
    }
}

#[test]
fn another_meter_stops_the_jobs_of_the_one_before_and_what_they_still_say_changes_nothing() {
    let mut state = connected(SIZE, Screen::Bench);
    let bench = job_of(&keys(&mut state, &["enter"])).unwrap();
    let poll = job_of(&keys(&mut state, &["5", "enter"]));
    let effects = choose(&mut state, "mercury-200", "5");
    assert_eq!(cancelled(&effects), 1 + usize::from(poll.is_some()));
    for job in [Some(bench), poll].into_iter().flatten() {
        for event in [JobEvent::Started, energy(4242), no_answer(), JobEvent::Finished] {
            send(&mut state, Message::Job(job, event));
        }
    }
    assert!(state.readings.known.is_empty() && state.readings.failed.is_empty());
    assert_eq!((&state.bench.outcome, state.bench.reply.entry), (&Outcome::Nothing, None));
    assert!(state.jobs.first().is_none());
}

#[test]
fn the_reply_and_the_failures_of_the_meter_before_do_not_stand_under_the_new_title() {
    let mut state = with_readings(SIZE);
    let job = job_of(&keys(&mut state, &["3", "enter"])).unwrap();
    send(&mut state, Message::Job(job, no_answer()));
    assert!(state.bench.reply.shown.is_some() && matches!(state.bench.outcome, Outcome::Failed { .. }));
    choose(&mut state, "mercury-200", "5");
    assert_eq!((&state.bench.outcome, state.bench.reply.shown.is_some()), (&Outcome::Nothing, false));
    assert!(state.readings.failed.is_empty());
}

#[test]
fn a_meter_that_is_chosen_again_has_its_values_and_pins_with_their_age() {
    let mut state = with_readings(SIZE);
    keys(&mut state, &["3", "p"]);
    let (known, pinned) = (state.readings.known.len(), state.bench.pinned.clone());
    choose(&mut state, "mercury-200", "5");
    assert_ne!(state.bench.pinned, pinned);
    let later = Moment { at: At::from_millis(900_000), wall: later(900) };
    send(&mut state, Message::Tick(later));
    choose(&mut state, "mercury-200", crate::tui::fixture::METER.1);
    assert_eq!((state.readings.known.len(), &state.bench.pinned), (known, &pinned));
    assert!(state.age(state.readings.newest().unwrap()).as_secs() > 800, "old looks old");
    assert!(!state.polling.poller.repeats());
}

#[test]
fn the_same_address_on_another_link_is_another_meter() {
    let mut state = with_readings(SIZE);
    start(&mut state, "tcp://192.0.2.7:4001".parse().ok(), None);
    send(&mut state, Message::Opened(crate::trace::SharedTrace::new(trace())));
    assert!(state.readings.known.is_empty());
    start(&mut state, "serial:/dev/ttyUSB0".parse().ok(), None);
    send(&mut state, Message::Opened(crate::trace::SharedTrace::new(trace())));
    assert_eq!(state.readings.known.len(), readings().len());
}

#[test]
fn another_password_is_of_the_same_meter() {
    let mut state = with_readings(SIZE);
    let known = state.readings.known.len();
    let mut target = state.target.clone().unwrap();
    target.password = Some(crate::frame::Secret::new(b"1".to_vec()));
    meter::take(&mut state, target, &mut Effects::new());
    assert_eq!(state.readings.known.len(), known);
}

#[test]
fn telegrams_before_a_meter_was_chosen_are_not_counted_as_its_own() {
    let mut state = listening(SIZE, Screen::Bench, &DSMR);
    assert_eq!(state.telegrams.count, 2);
    choose(&mut state, "dsmr4-p1", "");
    assert_eq!((state.telegrams.count, state.readings.known.len()), (0, 0));
    assert!(state.telegrams.glass.shown.is_none() && state.telegrams.lines.is_empty());
}

#[test]
fn the_reply_of_another_meter_says_whose_it_is() {
    let mut state = connected(SIZE, Screen::Bench);
    let of = |state: &State| {
        state
            .bench
            .reply
            .shown
            .as_ref()
            .and_then(|frame| state.shown.stranger(frame))
            .map(|other| other.to_string())
    };
    bus::show_reply(&mut state, 2);
    assert_eq!(of(&state), None);
    choose(&mut state, "mercury-200", "5");
    bus::show_reply(&mut state, 2);
    assert_eq!(of(&state).as_deref(), Some(crate::tui::fixture::METER.1));
}
