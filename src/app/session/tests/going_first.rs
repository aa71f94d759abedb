//! What a person asks for goes before a poll, for every model, in paused time: at a meter that is silent, and at one
//! that answers.

use std::sync::{Arc, Mutex};

use tokio::time::sleep;

use std::time::Duration;

use super::*;
use crate::app::target::Target;
use crate::bus::{Ended, Errand, JobEvent, JobId, Outgoing, Permit, Urgency, Witness};
use crate::frame::At;
use crate::link::pair::{FarEnd, with_far_end};
use crate::link::{LinkCommand, LinkEvent};
use crate::meter::MODELS;
use crate::protocol::{Fault, IfSilent, Options, Plan, Request};
use crate::sim::demo_address;

const POLL: JobId = JobId(1);
const PERSON: JobId = JobId(2);
/// What the person sends at a silent meter: no protocol's request.
const MARK: &[u8] = b"\xEE\xEE\xEE";
/// Characters of an answer whose time on the wire is part of a try.
const ANSWER: usize = 300;

#[derive(Debug)]
struct Nobody;

impl Witness for Nobody {
    fn check(&mut self) -> Result<(), String> {
        Ok(())
    }

    fn begins(&mut self, _: &Outgoing) -> Result<(), String> {
        Ok(())
    }

    fn ends(&mut self, _: &Ended) -> Result<(), String> {
        Ok(())
    }
}

/// The meter of a model with the address that it has on the simulated bus; `None` for one that is not asked.
fn target(model: &'static Model) -> Option<Target> {
    let found = model.resolve(&demo_address(model)).ok()?.into_iter().next()?;
    let target = Target { model, address: found.address, password: None, keys: Vec::new() };
    let everyday = target.default_reads();
    (!everyday.is_empty() && !target.only_listens(everyday)).then_some(target)
}

fn plan(target: &Target, requests: Vec<Request>) -> Plan {
    let options = Options { if_silent: IfSilent::LeaveOut, ..Options::default() };
    target.plan(requests, options, target.profile(target.model.line, Duration::ZERO))
}

fn poll(target: &Target) -> Intent {
    let errand = Errand::reading(target.decoder(), plan(target, target.default_reads())).unwrap();
    Intent::Run { job: POLL, errand: Box::new(errand.with_urgency(Urgency::Poll)) }
}

type Sent = Arc<Mutex<Vec<(Duration, Vec<u8>)>>>;

/// A meter that hears everything and says nothing.
async fn say_nothing(mut far: FarEnd, line: LineSettings, clock: Clock, sent: Sent) {
    let opened = LinkEvent::Opened { peer: String::new(), line: Some(line), at: clock.now() };
    far.events.send(opened).await.unwrap();
    while let Some(command) = far.commands.recv().await {
        let told = match command {
            LinkCommand::Send(bytes) => {
                sent.lock().unwrap().push((clock.now().since(At::ZERO), bytes));
                LinkEvent::Sent { at: clock.now() }
            }
            LinkCommand::SetLine(line) => LinkEvent::LineSet { line, at: clock.now() },
            LinkCommand::Renew => continue,
            LinkCommand::Close => return,
        };
        let _ = far.events.send(told).await;
    }
}

/// What is sent to a silent meter while it is polled; a person asks for something after a while.
async fn at_a_silent_meter(
    target: &Target,
    person_after: Option<Duration>,
) -> (Duration, Vec<(Duration, Vec<u8>)>) {
    let clock = Clock::of_tests();
    let (near, far) = with_far_end();
    let sent = Sent::default();
    tokio::spawn(say_nothing(far, target.model.line, clock, Arc::clone(&sent)));
    let trace = SharedTrace::new(Trace::new(clock.origin()));
    let (handle, ends) = bus::channel();
    tokio::spawn(bus::run(ends, Port::Full(near), trace, clock, None, InitialLine::default()));
    handle.intents.send(poll(target)).unwrap();
    sleep(person_after.unwrap_or_default()).await;
    let asked = clock.now().since(At::ZERO);
    if person_after.is_some() {
        let permit = Permit::of_a_person(Box::new(Nobody));
        let errand = Errand::raw_permitted(MARK.to_vec(), Duration::from_secs(1), permit);
        handle.intents.send(Intent::Run { job: PERSON, errand: Box::new(errand) }).unwrap();
    }
    sleep(Duration::from_secs(60)).await;
    let sent = sent.lock().unwrap().clone();
    (asked, sent)
}

#[tokio::test(start_paused = true)]
async fn at_a_silent_meter_a_persons_request_begins_within_one_try() {
    let mut models = 0;
    for target in MODELS.iter().filter_map(|model| target(model)) {
        models += 1;
        let id = target.model.id;
        let (_, alone) = at_a_silent_meter(&target, None).await;
        let first = alone.first().unwrap_or_else(|| panic!("{id}: nothing was asked")).clone();
        let again = alone.iter().skip(1).find(|(_, bytes)| *bytes == first.1);
        let pace = again.unwrap_or_else(|| panic!("{id}: {alone:?}")).0.saturating_sub(first.0);
        let bound = pace + target.model.line.wire_time(ANSWER);
        for millis in (60..4_000).step_by(430) {
            let (asked, sent) = at_a_silent_meter(&target, Some(Duration::from_millis(millis))).await;
            let begun =
                sent.iter().find(|(_, bytes)| bytes == MARK).unwrap_or_else(|| panic!("{id}: {sent:?}")).0;
            assert!(
                begun.saturating_sub(asked) <= bound,
                "{id}, asked after {millis} ms: {:?} of {bound:?}",
                begun.saturating_sub(asked)
            );
            let between: Vec<_> = sent.iter().filter(|(at, _)| (asked..begun).contains(at)).collect();
            let most = if target.family().profile().has_sessions { 2 } else { 0 };
            assert!(between.len() <= most, "{id}: {between:?}");
            assert!(between.iter().all(|(_, bytes)| *bytes != first.1), "{id}: asked again: {between:?}");
        }
    }
    assert!(models > 30, "{models}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_meter_is_asked_for_its_first_request_and_nothing_else() {
    for target in MODELS.iter().filter_map(|model| target(model)) {
        let one = target.default_reads().into_iter().take(1).collect();
        let mut of_one = target.family().exchange(plan(&target, one)).unwrap();
        of_one.handle(crate::protocol::Event::Start, At::ZERO);
        let (_, all) = at_a_silent_meter(&target, None).await;
        let mut distinct: Vec<_> = all.iter().map(|(_, bytes)| bytes.clone()).collect();
        distinct.sort();
        distinct.dedup();
        // The request; with a session the break and sign-off as well.
        let most = if target.family().profile().has_sessions { 3 } else { 1 };
        assert!(distinct.len() <= most, "{}: {distinct:?}", target.model.id);
    }
}

/// What the bus tells of both jobs, up to the end of the person's; the person asks after a while.
async fn at_a_meter_that_answers(target: &Target, after: Duration) -> (Vec<(JobId, JobEvent)>, usize) {
    let mut session =
        open("sim:", Role::Talk, target.model.line, target.model.id, target.model.protocol.id());
    session.send(poll(target));
    let mut told = Vec::new();
    let mut asked_at = None;
    let timer = sleep(after);
    tokio::pin!(timer);
    loop {
        tokio::select! {
            biased;
            event = session.events.recv() => match event {
                Some(BusEvent::Job(job, event)) => {
                    let is_over = (job, &event) == (PERSON, &JobEvent::Finished);
                    told.push((job, event));
                    if is_over {
                        return (told, asked_at.unwrap());
                    }
                }
                Some(_) => {}
                None => panic!("{}: the bus ended: {told:?}", target.model.id),
            },
            () = &mut timer, if asked_at.is_none() => {
                let first = target.default_reads().into_iter().take(1).collect();
                let errand = Errand::reading(target.decoder(), plan(target, first)).unwrap();
                session.send(Intent::Run { job: PERSON, errand: Box::new(errand) });
                asked_at = Some(told.len());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn at_a_meter_that_answers_at_most_the_running_request_ends_before_a_persons_begins() {
    for target in MODELS.iter().filter_map(|model| target(model)) {
        let id = target.model.id;
        for millis in [70, 300, 1_100, 2_900] {
            let (told, asked_at) = at_a_meter_that_answers(&target, Duration::from_millis(millis)).await;
            let is_begun = |(job, event): &(JobId, JobEvent)| (*job, event) == (PERSON, &JobEvent::Started);
            let begun = told.iter().position(is_begun).unwrap_or_else(|| panic!("{id}: {told:?}"));
            let ends = |event: &JobEvent| {
                let is_cut = |result: &Result<(), crate::protocol::Failure>| {
                    result.as_ref().is_err_and(|failure| failure.fault == Fault::Cancelled)
                };
                matches!(event, JobEvent::Answered { result, .. } if !is_cut(result))
            };
            let between = told.get(asked_at..begun).unwrap_or_default();
            let ended = between.iter().filter(|(job, event)| *job == POLL && ends(event)).count();
            assert!(ended <= 1, "{id} after {millis} ms: {between:?}");
            let of_poll = told[begun..].iter().filter(|(job, _)| *job == POLL).count();
            assert_eq!(of_poll, 0, "{id} after {millis} ms");
            let answered = told[begun..]
                .iter()
                .any(|(_, event)| matches!(event, JobEvent::Answered { result: Ok(()), .. }));
            assert!(answered, "{id} after {millis} ms: {:?}", &told[begun..]);
        }
    }
}
