use super::*;

#[test]
fn polling_begins_with_its_key_and_waits_the_period_after_each_poll() {
    let mut state = connected(SIZE, Screen::Bench);
    assert!(keys(&mut state, &["5"]).is_empty());
    assert_eq!(state.due(), None, "nothing is asked before that");
    let effects = keys(&mut state, &["p"]);
    let (job, plan) = (job_of(&effects).unwrap(), errand_of(&effects).and_then(Errand::asked).unwrap());
    assert_eq!(plan.requests, state.bench.pinned);
    send(&mut state, Message::Job(job, JobEvent::Finished));
    assert_eq!(state.due(), Some(state.now.at + state.polling.poller.period()));
    keys(&mut state, &["p"]);
    assert_eq!(state.due(), None);
    keys(&mut state, &["4", "5"]);
    assert_eq!(state.due(), None, "what the person has stopped stays stopped");
}

#[test]
fn a_failed_request_is_told_and_the_last_values_stay() {
    let mut state = with_readings(SIZE);
    let known = state.readings.known.len();
    let job = job_of(&keys(&mut state, &["enter"])).unwrap();
    let fault = Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
    let result = Err(Failure { step: "Energy", fault });
    send(&mut state, Message::Job(job, JobEvent::Answered { index: 0, result, request: None, reply: None }));
    assert_eq!((state.readings.failed.len(), state.readings.known.len()), (1, known));
    let answered = JobEvent::Answered { index: 0, result: Ok(()), request: None, reply: None };
    send(&mut state, Message::Job(job, answered));
    assert!(state.readings.failed.is_empty());
}

#[test]
fn another_meter_begins_with_an_empty_table() {
    let mut state = with_readings(SIZE);
    start(&mut state, None, Some(("mercury-200".into(), "5".into())));
    assert!(state.readings.known.is_empty());
}
