//! Jobs carried out: begun, told what happened, done what their exchange wants, ended.

use std::time::Duration;

use super::super::active::{Active, Begun};
use super::super::backlog::Backlog;
use super::super::conversation::Conversation;
use super::super::job::{Errand, Permission};
use super::super::{JobEvent, JobId, LinkState};
use super::Bus;
use crate::frame::At;
use crate::protocol::{Action, Event, Exchange, Failure, Fault, Warning};

/// Characters of silence between bytes of no known protocol: what most protocols of buses take for the end of a frame.
const SILENT_CHARACTERS: usize = 4;

/// A job that begins.
impl Bus {
    /// Begins the next job that waits, once the link is open and the last one is over.
    pub(super) fn start_next(&mut self) {
        while self.may_begin() && self.jobs.next_begins().is_some_and(|begins| begins <= self.clock.now()) {
            let Some((job, errand)) = self.jobs.next() else { return };
            if let Some(decoder) = errand.decoder().copied()
                && !self.traffic.is_cut_by(&decoder)
            {
                self.decode(Some(decoder), self.clock.now());
            }
            // A reply would come too late to what came before the job.
            let hears_early = errand.only_listens() && !errand.is_permitted();
            match self.begun(job, *errand) {
                Ok(begun) => {
                    self.jobs.start(Active::new(begun));
                    self.face.report_job(job, JobEvent::Started);
                    self.begin(hears_early);
                }
                Err(fault) => self.refuse(job, fault),
            }
        }
    }

    /// Whether a job could begin: one that was asked for after a change of the line waits for it.
    pub(super) const fn may_begin(&self) -> bool {
        self.jobs.is_free() && self.is_open() && self.line.is_settled()
    }

    /// What runs of a job on the line in force.
    fn begun(&mut self, job: JobId, errand: Errand) -> Result<Begun, Fault> {
        if !self.transmitter.can_send() && !errand.only_listens() {
            return Err(self.speakers.silenced());
        }
        let (urgency, decoder, silence) =
            (errand.urgency(), errand.decoder().copied(), self.silence_of(&errand));
        let (exchange, mut permission) = errand.into_exchange(self.line.in_force(), self.line.is_chosen());
        if let Permission::Permitted(permit) = &mut permission {
            permit.check().map_err(Fault::NotRecorded)?;
        }
        let exchange = self.on_this_line(exchange.map_err(Fault::Unsendable)?);
        Ok(Begun { job, urgency, exchange, silence, decoder, permission })
    }

    /// An exchange that knows what it finds.
    fn on_this_line(&mut self, mut exchange: Box<dyn Exchange>) -> Box<dyn Exchange> {
        if self.jobs.take_cut() {
            exchange.after_a_cut();
        }
        if self.line.in_force().is_none() {
            exchange.line_stays();
        }
        exchange
    }

    /// The silence that an errand owes the line between transmissions that nothing answers.
    fn silence_of(&self, errand: &Errand) -> Duration {
        let decoder = errand.decoder().copied().or(self.traffic.decoder());
        let planned = errand.asked().map(|plan| plan.profile.line);
        let line = self.line.in_force().or(planned).unwrap_or_default();
        decoder.map_or_else(|| line.wire_time(SILENT_CHARACTERS), |decoder| decoder.family.silence(line))
    }

    /// Begins the active job. One that only listens hears what nobody has heard yet.
    fn begin(&mut self, hears_early: bool) {
        let now = self.clock.now();
        self.tell_exchange(Event::Start, now);
        if hears_early {
            self.catch_up(now);
        }
        self.backlog.end();
    }

    /// Lets the job that has just begun hear what came before it, as if it came now.
    fn catch_up(&mut self, now: At) {
        for number in self.backlog.entries(self.traffic.len()) {
            if self.jobs.is_free() {
                return;
            }
            let entry = self.traffic.received_entry(number);
            if let Some((kind, bytes, came)) = entry.filter(|(.., came)| Backlog::is_news(*came, now)) {
                self.conversation().tell(number, kind, &bytes, now);
                self.pump(came);
            }
        }
    }

    const fn conversation(&mut self) -> Conversation<'_> {
        Conversation { jobs: &mut self.jobs, transmitter: &mut self.transmitter, status: &mut self.status }
    }

    /// Ends a job that could not begin.
    pub(super) fn refuse(&mut self, job: JobId, fault: Fault) {
        let result = Err(Failure { step: "before sending", fault });
        self.face.report_job(job, JobEvent::Answered { index: 0, result, request: None, reply: None });
        self.face.report_job(job, JobEvent::Finished);
    }
}

/// The job that runs.
impl Bus {
    pub(super) fn tell_exchange(&mut self, event: Event<'_>, at: At) {
        if let Some(active) = self.jobs.active_mut() {
            active.handle(event, at);
            self.pump(at);
        }
    }

    /// Does what the running exchange wants done.
    pub(super) fn pump(&mut self, at: At) {
        while let Some(active) = self.jobs.active_mut() {
            let job = active.job();
            match active.next_action() {
                None => break,
                Some(Action::Send(_)) if !self.transmitter.can_send() => active.handle(Event::LinkLost, at),
                Some(Action::Send(bytes)) => self.transmit(bytes, at),
                Some(Action::SetLine(line)) => self.ask_for_line(line),
                Some(Action::Wait(wait)) => active.wait_for(wait),
                Some(Action::Warning(warning)) => {
                    if active.may_warn() {
                        self.face.report_job(job, JobEvent::Warning(warning));
                    }
                }
                Some(Action::Answered { index, result }) => self.answered(index, result, at),
                Some(Action::Rest { until, owed }) => self.jobs.rest(until, owed),
                Some(Action::Finished) => {
                    self.transmitter.drop_paused();
                    self.finished(job);
                    self.reconnect_if_dead();
                }
                Some(Action::Try { number, of }) => self.face.report_job(job, JobEvent::Try { number, of }),
                Some(Action::Step(step)) => self.face.report_job(job, JobEvent::Step(step)),
                Some(Action::Progress { done, total }) => {
                    self.face.report_job(job, JobEvent::Progress { done, total });
                }
                Some(Action::Reading(reading)) => {
                    let reading = self.traffic.in_zone(reading);
                    self.face.report_job(job, JobEvent::Reading(reading, at));
                }
            }
        }
    }

    /// A job is over; how many of its warnings were not told is the last of them.
    pub(super) fn finished(&mut self, job: JobId) {
        let untold = self.jobs.end().map_or(0, |active| active.untold_warnings());
        let untold = u64::from(untold) + self.face.take_lost();
        if untold > 0 {
            let text = format!("{untold} more warnings were not told").into();
            self.face.report_job(job, JobEvent::Warning(Warning { code: "more-warnings", text }));
        }
        self.face.report_job(job, JobEvent::Finished);
    }

    pub(super) fn answered(&mut self, index: usize, result: Result<(), Failure>, at: At) {
        self.settle_write(&result, at);
        let Some(active) = self.jobs.active_mut() else { return };
        let job = active.job();
        let (request, reply) = active.end_request(index);
        if let Err(Failure { fault: Fault::NoAnswer { sent, echo, noise_bytes }, .. }) = &result {
            self.status.counters.missing += 1;
            if !echo && *noise_bytes == 0 {
                self.liveness.miss(*sent);
            }
        }
        if result.is_ok()
            && let Some(latency) =
                request.zip(reply).and_then(|(request, reply)| self.traffic.latency(request, reply))
        {
            self.status.latency = Some(latency);
        }
        self.face.report_job(job, JobEvent::Answered { index, result, request, reply });
    }

    /// What came of the last write is known: the log keeps it, too.
    pub(super) fn settle_write(&mut self, result: &Result<(), Failure>, at: At) {
        let Some(active) = self.jobs.active_mut() else { return };
        let job = active.job();
        if let Err(why) = self.traffic.look(|trace| active.end_write(result, trace, at)) {
            let text = format!("the write log lacks how this ended: {why}");
            self.traffic.note(text.clone(), at);
            self.face.report_job(job, JobEvent::Warning(Warning { code: "write-log", text: text.into() }));
        }
    }

    /// Has a raw connection opened again that may be dead. What waits is begun when it is back.
    fn reconnect_if_dead(&mut self) {
        if self.line.in_force().is_none() && self.is_open() && self.liveness.doubt() {
            self.status.link = LinkState::Lost("the connection may be dead".to_owned());
            self.transmitter.renew();
        }
    }
}

/// Jobs that a face wants, or wants no more.
impl Bus {
    /// Takes something to be carried out. What runs and is less urgent ends at its next boundary.
    pub(super) fn take(&mut self, job: JobId, errand: Box<Errand>) {
        let urgency = errand.urgency();
        self.jobs.push(job, errand);
        self.make_way(|active| active.urgency() < urgency);
    }

    /// Has a job end at its next boundary; one that waits has not begun, and does not.
    pub(super) fn give_way(&mut self, job: JobId) {
        if self.jobs.remove(job) {
            self.refuse(job, Fault::Cancelled);
        } else {
            self.make_way(|active| active.job() == job);
        }
    }

    /// Has the running job end at its next boundary, if it is such a one; told once.
    fn make_way(&mut self, is_meant: impl FnOnce(&Active) -> bool) {
        if self.jobs.active_mut().is_some_and(|active| is_meant(active) && active.begin_to_give_way()) {
            self.tell_exchange(Event::GiveWay, self.clock.now());
        }
    }

    pub(super) fn cancel(&mut self, job: JobId) {
        if self.jobs.is_running(job) {
            self.tell_exchange(Event::Cancelled, self.clock.now());
        } else if self.jobs.remove(job) {
            self.face.report_job(job, JobEvent::Finished);
        }
    }
}
