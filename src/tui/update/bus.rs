//! What the bus tells.

use super::super::message::Effect;
use super::super::state::bench::Outcome;
use super::super::state::jobs::{Attempt, Job, Purpose};
use super::super::state::{Arming, Phase, State};
use super::{Effects, archive, bench, codes, connect, failure, go, meter, readings, steps};
use crate::app::diagnosis::reason;
use crate::bus::{Intent, JobEvent, JobId, LinkState, OtherMaster, Status};
use crate::link::Endpoint;
use crate::protocol::{Failure, Fault, Warning};
use crate::trace::{Dir, EntryKind};

/// Bytes came or went, or the link changed its state.
pub(super) fn traffic(state: &mut State, status: Status, effects: &mut Effects) {
    let is_played = state.link.as_ref().is_some_and(|link| matches!(link.place, Endpoint::File(_)));
    let is_open = match status.link {
        LinkState::Open(_) => true,
        // A short capture is played to its end before it is looked at.
        LinkState::Closed(_) => is_played,
        LinkState::Opening | LinkState::Lost(_) => false,
    };
    if !status.speech.can_send() {
        state.arming = Arming::ReadOnly;
    }
    if let (Some(flaw), true) = (status.flaws.first(), state.status.flaws.is_empty()) {
        let more = if status.flaws.len() > 1 { ", and more: see the trace" } else { "" };
        state.warn(format!("This capture is damaged: {flaw}{more}"));
    }
    state.status = status;
    steps::follow(state, None);
    if is_open && matches!(state.phase, Phase::Opening { .. }) {
        state.phase = Phase::Running;
        meter::tell_bus(state, effects);
        connect::remember(state, effects);
        go::after_opening(state);
    }
}

/// Another master was heard for the first time: what would be sent again by itself waits for the person.
pub(super) fn other_master(state: &mut State, other: &OtherMaster, effects: &mut Effects) {
    let was_polling = readings::pause(state, effects);
    let was_sending = state.bench.repeat.take().is_some() || was_polling;
    state.warn(if was_sending { format!("{other}: polling pauses") } else { other.to_string() });
}

/// The bus has ended, or never came to run.
pub(super) fn ended(state: &mut State, why: Option<String>) {
    state.phase = Phase::Ended;
    state.arming = Arming::ReadOnly;
    if let Some(why) = why {
        connect::not_opened(state, why);
    }
    state.jobs.clear();
    state.bench.repeat = None;
    state.polling.stop();
}

/// A job makes progress. What is still said of one that is struck off is of a meter that was shown before.
pub(super) fn job(state: &mut State, id: JobId, event: JobEvent) {
    if state.jobs.get(id).is_none() {
        if let JobEvent::Warning(Warning { code: "write-log", text }) = event {
            state.warn(text);
        }
        return;
    }
    match event {
        JobEvent::Started => {
            let now = state.now.at;
            with_job(state, id, |job| (job.since, job.has_begun) = (now, true));
            steps::follow(state, Some(id));
        }
        JobEvent::Try { number, of } => {
            let since = state.now.at;
            with_job(state, id, |job| job.attempt = Some(Attempt { number, of, since }));
        }
        JobEvent::Step(step) => with_job(state, id, |job| job.step = step),
        JobEvent::Progress { done, total } => with_job(state, id, |job| job.progress = Some((done, total))),
        JobEvent::Reading(reading, at) => {
            let when = state.trace.lock().wall(at);
            let job = state.jobs.get(id).cloned();
            // What a meter says by itself is taken from its telegrams, which say whose they are.
            if !archive::take(state, job.as_ref(), &reading) && !state.listens() {
                state.readings.take(reading, when);
            }
        }
        JobEvent::Warning(warning) => warned(state, id, warning.text.into_owned()),
        JobEvent::Answered { index, result, request, reply } => {
            answered(state, id, &Answer { index, result, request, reply });
        }
        JobEvent::Finished => finished(state, id),
    }
}

/// Something is odd: what concerns the load profile stays with it.
fn warned(state: &mut State, id: JobId, text: String) {
    if state.jobs.get(id).is_some_and(|job| job.purpose == Purpose::Archive) {
        state.archive.remarks.push(text.clone());
    }
    state.warn(text);
}

/// How a request ended.
struct Answer {
    index: usize,
    result: Result<(), Failure>,
    request: Option<u32>,
    reply: Option<u32>,
}

fn with_job(state: &mut State, id: JobId, change: impl FnOnce(&mut Job)) {
    if let Some(job) = state.jobs.get_mut(id) {
        change(job);
    }
}

fn answered(state: &mut State, id: JobId, answer: &Answer) {
    let Some(job) = state.jobs.get(id).cloned() else { return };
    state.shown.awaits_answer &= answer.result.is_err();
    let failed = answer.result.as_ref().err();
    readings::answered(state, id, answer.index, failed.map(|failure| &failure.fault));
    // What gave way to something more urgent has not failed.
    let is_cut = job.purpose == Purpose::Poll && failed.is_some_and(|why| why.fault == Fault::Cancelled);
    if is_cut {
        return;
    }
    if let Some(request) = job.requests.get(answer.index) {
        let why = failed.map(|failure| failure::told(state, failure, answer.request));
        state.readings.note(request.command.title, why);
    }
    if let (Purpose::Archive, Some(failure)) = (job.purpose, failed) {
        let kept = if state.archive.read.days().is_empty() { "" } else { "; what was read is kept" };
        state.archive.trouble = format!("{}{kept}", reason(&failure.fault));
    }
    if let Some(request) = job.requests.get(answer.index) {
        codes::note(state, request, failed);
    }
    if !matches!(job.purpose, Purpose::Bench | Purpose::Repeat) {
        return;
    }
    let entry = answer.reply.or(answer.request);
    match answer.reply {
        Some(reply) => show_reply(state, reply),
        // What came before is no answer to this.
        None => state.bench.reply.show(None, None),
    }
    state.bench.outcome = match failed {
        None => Outcome::Answered { latency: latency(state, answer) },
        Some(failure) => with_remarks(state, failure::outcome(state, failure, answer.request)),
    };
    steps::answered(state, id, entry, failed.map(|failure| reason(&failure.fault)));
}

/// A failure with what the frame that came says of itself: which bit or rule would explain its checksum.
fn with_remarks(state: &State, outcome: Outcome) -> Outcome {
    let Outcome::Failed { headline, advice } = outcome else { return outcome };
    let remarks = state.bench.reply.remarks().into_iter().map(str::to_owned);
    Outcome::Failed { headline, advice: remarks.chain(advice).collect() }
}

fn latency(state: &State, answer: &Answer) -> Option<std::time::Duration> {
    let trace = state.trace.lock();
    Some(trace.entry(answer.reply?)?.latency(&trace.entry(answer.request?)?))
}

/// Puts an entry of the trace under the glass of the bench.
pub(super) fn show_reply(state: &mut State, number: u32) {
    let (dissection, chunks) = {
        let trace = state.trace.lock();
        let chunks = trace.entry(number).map(|entry| super::trace::chunk_starts(&trace, &entry));
        (super::trace::explanation(&trace, number), chunks.unwrap_or_default())
    };
    state.bench.reply.show(Some(number), dissection);
    state.bench.reply.chunks = chunks;
}

fn finished(state: &mut State, id: JobId) {
    let Some(job) = state.jobs.end(id) else { return };
    steps::finished(state, id);
    match job.purpose {
        Purpose::Repeat => bench::schedule_repeat(state),
        Purpose::Poll => readings::finished(state, id),
        Purpose::Raw => raw_finished(state, &job),
        Purpose::Bench if state.bench.outcome == Outcome::Waiting => state.bench.outcome = Outcome::Nothing,
        Purpose::Bench | Purpose::Archive => {}
    }
    if job.armed {
        state.say("sent; reads only again");
    }
}

/// Shows the last thing that came after raw bytes were sent.
fn raw_finished(state: &mut State, job: &Job) {
    let last = {
        let trace = state.trace.lock();
        let is_answer = |number: &u32| {
            trace.entry(*number).is_some_and(|entry| {
                entry.way == Dir::Rx && matches!(entry.kind, EntryKind::Frame(_) | EntryKind::Noise)
            })
        };
        (job.from..trace.len()).rev().find(is_answer)
    };
    let Some(number) = last else {
        let headline = "Nothing came back".to_owned();
        state.bench.outcome = Outcome::Failed { headline, advice: Vec::new() };
        return;
    };
    show_reply(state, number);
    state.bench.outcome = Outcome::Answered { latency: state.status.latency };
}

/// Stops what is being waited for: what the bench's request waits behind, where it waits; else what has the line.
pub(super) fn cancel(state: &mut State, effects: &mut Effects) {
    let repeated = state.bench.repeat.take().is_some();
    let ahead: Vec<JobId> = state.jobs.ahead_of_the_bench().map(|job| job.id).collect();
    let on_the_line = || state.jobs.on_the_line().map(|job| job.id).into_iter().collect();
    let dropped: Vec<JobId> = if ahead.is_empty() { on_the_line() } else { ahead };
    if dropped.iter().any(|job| state.polling.is_of(*job)) {
        readings::drop_poll(state);
    }
    match dropped.as_slice() {
        [] if matches!(state.phase, Phase::Opening { .. }) => {
            state.phase = Phase::None;
            effects.push(Effect::Close);
        }
        [] if !repeated => state.say("nothing is being waited for"),
        dropped => effects.extend(dropped.iter().map(|job| Effect::Bus(Intent::Cancel(*job)))),
    }
}
