//! A person's request and a poll on one line: what goes first, what is said of it, how it is stopped.

use super::*;
use crate::bus::{JobId, Urgency};
use crate::tui::screens::waiting;

/// A console that polls: the poll is under way.
fn polling() -> (State, JobId) {
    let mut state = connected(SIZE, Screen::Readings);
    let job = job_of(&keys(&mut state, &["p"])).unwrap();
    send(&mut state, Message::Job(job, JobEvent::Started));
    send(&mut state, Message::Job(job, JobEvent::Try { number: 2, of: 3 }));
    (state, job)
}

fn later_by(state: &mut State, millis: u64) -> Vec<Effect> {
    let at = state.now.at + Duration::from_millis(millis);
    send(state, Message::Tick(Moment { at, wall: state.now.wall }))
}

fn ended(index: usize, fault: Option<Fault>) -> JobEvent {
    let result = fault.map_or(Ok(()), |fault| Err(Failure { step: "a request", fault }));
    JobEvent::Answered { index, result, request: None, reply: None }
}

fn silence() -> Fault {
    Fault::NoAnswer { sent: 1, echo: false, noise_bytes: 0 }
}

fn cancelled(effects: &[Effect]) -> Vec<JobId> {
    let stopped = |effect: &Effect| match effect {
        Effect::Bus(Intent::Cancel(job)) => Some(*job),
        _ => None,
    };
    effects.iter().filter_map(stopped).collect()
}

fn gives_way(effects: &[Effect], job: JobId) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Bus(Intent::GiveWay(of)) if *of == job))
}

#[test]
fn a_poll_is_less_urgent_than_what_is_repeated_and_that_than_what_a_person_sends() {
    let mut state = connected(SIZE, Screen::Readings);
    let polled = keys(&mut state, &["p"]);
    assert_eq!(errand_of(&polled).map(Errand::urgency), Some(Urgency::Poll));
    let sent = keys(&mut state, &["3", "enter"]);
    assert_eq!(errand_of(&sent).map(Errand::urgency), Some(Urgency::Person));
    let repeated = keys(&mut state, &["r"]);
    assert_eq!(errand_of(&repeated).map(Errand::urgency), Some(Urgency::Repeat));
}

#[test]
fn the_bench_says_what_its_request_waits_behind_and_then_its_own_try() {
    let (mut state, poll) = polling();
    later_by(&mut state, 1_240);
    let own = job_of(&keys(&mut state, &["3", "enter"])).unwrap();
    later_by(&mut state, 300);
    assert_eq!(waiting::standing(&state), "waits its turn, 0.3 s");
    assert_eq!(waiting::ahead(&state, "c"), "after: 1 request of the poll, try 2 of 3, 1.5 s; c drops it");
    send(&mut state, Message::Job(poll, JobEvent::Finished));
    send(&mut state, Message::Job(own, JobEvent::Started));
    send(&mut state, Message::Job(own, JobEvent::Try { number: 1, of: 3 }));
    later_by(&mut state, 700);
    assert_eq!(waiting::standing(&state), "try 1 of 3, 0.7 s");
}

#[test]
fn the_key_that_stops_drops_what_is_ahead_and_then_the_request_itself() {
    let (mut state, poll) = polling();
    let own = job_of(&keys(&mut state, &["3", "enter"])).unwrap();
    assert_eq!(cancelled(&keys(&mut state, &["c"])), [poll]);
    assert!(!state.polling.poller.repeats(), "a poll that was dropped does not come back");
    send(&mut state, Message::Job(poll, JobEvent::Finished));
    send(&mut state, Message::Job(own, JobEvent::Started));
    assert_eq!(cancelled(&keys(&mut state, &["c"])), [own]);
}

#[test]
fn the_rest_of_a_poll_that_gave_way_is_asked_afterwards_and_has_not_failed() {
    let (mut state, poll) = polling();
    send(&mut state, Message::Job(poll, ended(0, None)));
    send(&mut state, Message::Job(poll, ended(1, Some(Fault::Cancelled))));
    assert!(state.readings.failed.is_empty());
    let effects = send(&mut state, Message::Job(poll, JobEvent::Finished));
    let plan = errand_of(&effects).and_then(Errand::asked).expect("the rest");
    assert_eq!(plan.requests, state.bench.pinned[1..]);
}

#[test]
fn a_silent_meter_is_left_out_for_the_round_and_asked_with_one_try_in_the_next() {
    let (mut state, poll) = polling();
    send(&mut state, Message::Job(poll, ended(0, Some(silence()))));
    assert!(send(&mut state, Message::Job(poll, JobEvent::Finished)).is_empty(), "the round is over");
    let effects = later_by(&mut state, 5_000);
    let plan = errand_of(&effects).and_then(Errand::asked).unwrap();
    assert_eq!((plan.options.retries, plan.requests.len()), (0, state.bench.pinned.len()));
}

#[test]
fn nothing_is_polled_behind_the_question_whether_to_write_nor_while_armed() {
    let (mut state, poll) = polling();
    choose_write(&mut state);
    let effects = keys(&mut state, &["esc", "3", "enter"]);
    assert!(matches!(state.popup, Some(Popup::Arm(_))));
    assert!(gives_way(&effects, poll));
    send(&mut state, Message::Job(poll, ended(0, Some(Fault::Cancelled))));
    send(&mut state, Message::Job(poll, JobEvent::Finished));
    assert!(!sends(&later_by(&mut state, 20_000)), "held");
    assert!(sends(&keys(&mut state, &["esc"])), "it goes on");
    let mut state = polling().0;
    keys(&mut state, &["w"]);
    assert!(state.polling.poller.is_held());
}

#[test]
fn another_master_pauses_a_poll_until_the_person_wants_it_again() {
    let (mut state, poll) = polling();
    let other = crate::bus::OtherMaster { asks: vec!["13462".into()], last: At::ZERO };
    let effects = send(&mut state, Message::OtherMaster(std::sync::Arc::new(other)));
    assert!(gives_way(&effects, poll));
    send(&mut state, Message::Job(poll, JobEvent::Finished));
    assert!(!sends(&later_by(&mut state, 60_000)));
    assert!(notice(&state).contains("polling pauses"), "{}", notice(&state));
    assert!(sends(&keys(&mut state, &["5", "p"])));
}

#[test]
fn a_recording_is_asked_nothing_and_that_is_said_in_a_sentence() {
    let mut state = fresh(SIZE);
    let meter = Some(("mercury-200".to_owned(), "411486".to_owned()));
    start(&mut state, "file:heard.pcapng".parse().ok(), meter);
    send(&mut state, Message::Opened(crate::trace::SharedTrace::new(trace())));
    let status = Status { speech: crate::bus::Speech::File, ..crate::tui::fixture::status() };
    send(&mut state, Message::Traffic(status));
    for pressed in [["3", "enter"], ["5", "p"], ["5", "enter"]] {
        assert!(!sends(&keys(&mut state, &pressed)), "{pressed:?}");
        assert_eq!(notice(&state), "nothing is sent: this is a recording", "{pressed:?}");
    }
    assert_eq!(state.due(), None);
}

#[test]
fn opening_another_link_ends_a_poll() {
    let (mut state, _) = polling();
    let mut effects = keys(&mut state, &["1", ":"]);
    type_text(&mut state, "open serial:/dev/ttyUSB1");
    effects.extend(keys(&mut state, &["enter"]));
    effects.extend(send(&mut state, Message::Opened(crate::trace::SharedTrace::new(trace()))));
    effects.extend(send(&mut state, Message::Traffic(crate::tui::fixture::status())));
    effects.extend(later_by(&mut state, 60_000));
    assert!(!sends(&effects), "{effects:?}");
    assert!(!state.polling.poller.repeats());
}
